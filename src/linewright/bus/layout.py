"""What is kept on the bus: its streams and buckets, their subjects and their bounds."""

import enum
from typing import Any

from linewright.bus.errors import BusUnavailable
from linewright.bus.wire import ApiRefused, Wire
from linewright.plant.records import RECORDS

__all__ = ["Stream", "bucket_stream", "ensure_bucket", "ensure_streams", "key_prefix"]

S_NS = 1_000_000_000
_DAY_NS = 86_400 * S_NS
_MIB = 1 << 20

DUPLICATE_WINDOW_NS = 10 * 60 * S_NS
"""For how long a repeated id is dropped: longer than any service takes to come back."""

SAMPLES_BYTES_MAX = 2048 * _MIB
SAMPLES_AGE_MAX_NS = 3 * _DAY_NS
"""Samples wait here for `history`, which keeps them; three days bridge a long weekend."""

RECORDS_BYTES_MAX = 1024 * _MIB
RECORDS_AGE_MAX_NS = 90 * _DAY_NS
"""Records wait for readers and for folds that start anew; history keeps them for good."""

BUCKET_BYTES_MAX = 64 * _MIB
"""A bucket keeps the newest value of each key only; folds of a large line are the largest."""

_STREAM_EXISTS = 10058
"""The server's code for a stream that is there with other settings."""


class Stream(enum.StrEnum):
    """The two streams of a site.

    Examples
    --------
    >>> Stream("samples")
    <Stream.SAMPLES: 'samples'>
    """

    SAMPLES = "samples"
    RECORDS = "records"

    def of(self, site: str) -> str:
        """Name of the stream on the server.

        Examples
        --------
        >>> Stream.RECORDS.of("nogales")
        'records-nogales'
        """
        return f"{self.value}-{site}"


def bucket_stream(name: str, site: str) -> str:
    """Name of the stream behind a bucket, as other NATS clients name it too.

    Examples
    --------
    >>> bucket_stream("plant", "nogales")
    'KV_plant-nogales'
    """
    return f"KV_{name}-{site}"


def key_prefix(name: str, site: str) -> str:
    """What stands before a key in its subject.

    Examples
    --------
    >>> key_prefix("plant", "nogales")
    '$KV.plant-nogales.'
    """
    return f"$KV.{name}-{site}."


def stream_settings(stream: Stream, site: str) -> dict[str, Any]:
    """Settings of a stream in the form of the server's API.

    Examples
    --------
    >>> stream_settings(Stream.SAMPLES, "nogales")["subjects"]
    ['lw.samples.nogales.>']
    """
    if stream is Stream.SAMPLES:
        subjects = [f"lw.samples.{site}.>"]
        bounds = (SAMPLES_BYTES_MAX, SAMPLES_AGE_MAX_NS)
    else:
        subjects = [f"lw.{name}.{site}{end}" for name in sorted(RECORDS) for end in ("", ".>")]
        bounds = (RECORDS_BYTES_MAX, RECORDS_AGE_MAX_NS)
    return {
        "name": stream.of(site),
        "subjects": subjects,
        "max_bytes": bounds[0],
        "max_age": bounds[1],
        "duplicate_window": DUPLICATE_WINDOW_NS,
        **_KEPT,
    }


def bucket_settings(name: str, site: str) -> dict[str, Any]:
    """Settings of a bucket's stream in the form of the server's API.

    Examples
    --------
    >>> bucket_settings("plant", "nogales")["max_msgs_per_subject"]
    1
    """
    return {
        "name": bucket_stream(name, site),
        "subjects": [f"{key_prefix(name, site)}>"],
        "max_bytes": BUCKET_BYTES_MAX,
        "max_msgs_per_subject": 1,
        "allow_rollup_hdrs": True,
        "deny_delete": True,
        "duplicate_window": DUPLICATE_WINDOW_NS,
        **_KEPT,
        "discard": "new",
    }


_KEPT = {
    "retention": "limits",
    "storage": "file",
    "discard": "old",
    "num_replicas": 1,
    "allow_direct": True,
}


async def ensure_streams(wire: Wire, site: str, *, wait_s: float) -> None:
    """Make the streams of a site, or bring their settings up to date."""
    for stream in Stream:
        await _ensure(wire, stream_settings(stream, site), wait_s=wait_s)


async def ensure_bucket(wire: Wire, name: str, site: str) -> None:
    """Make a bucket, or bring its settings up to date."""
    await _ensure(wire, bucket_settings(name, site))


async def _ensure(wire: Wire, settings: dict[str, Any], *, wait_s: float | None = None) -> None:
    name = settings["name"]
    try:
        try:
            await wire.api(f"STREAM.CREATE.{name}", settings, wait_s=wait_s)
        except ApiRefused as error:
            if error.code != _STREAM_EXISTS:
                raise
            await wire.api(f"STREAM.UPDATE.{name}", settings, wait_s=wait_s)
    except ApiRefused as error:
        hint = "check the free disk space and what else uses this server"
        raise BusUnavailable(name, error.what, hint) from error
