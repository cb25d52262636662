"""What is kept on the bus: its streams and buckets, their subjects and their bounds."""

import enum
from typing import Any

import msgspec

from linewright.plant.records import RECORDS

__all__ = ["Room", "Stream", "bucket_settings", "bucket_stream", "key_prefix", "stream_settings"]

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

SAMPLES_PART, RECORDS_PART, BUCKET_PART = 2, 4, 64
"""What part of the disk that the server may use each of them takes at most: a half, a quarter,
and a sixty-fourth, so that a site fits with room for sixteen buckets."""


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


class Room(msgspec.Struct, frozen=True):
    """What the server may store, and the bounds that follow from it.

    Examples
    --------
    >>> small = Room(1 << 30)
    >>> small.samples >> 20, small.records >> 20, small.bucket >> 20
    (512, 256, 16)
    >>> Room(1 << 40).samples >> 20
    2048
    """

    bytes: int = 32 * 1024 * _MIB

    @property
    def samples(self) -> int:
        """Most bytes of the stream of samples."""
        return min(SAMPLES_BYTES_MAX, self.bytes // SAMPLES_PART)

    @property
    def records(self) -> int:
        """Most bytes of the stream of records."""
        return min(RECORDS_BYTES_MAX, self.bytes // RECORDS_PART)

    @property
    def bucket(self) -> int:
        """Most bytes of a bucket."""
        return min(BUCKET_BYTES_MAX, self.bytes // BUCKET_PART)


def stream_settings(stream: Stream, site: str, room: Room | None = None) -> dict[str, Any]:
    """Settings of a stream in the form of the server's API.

    Examples
    --------
    >>> stream_settings(Stream.SAMPLES, "nogales")["subjects"]
    ['lw.samples.nogales.>']
    """
    room = room or Room()
    if stream is Stream.SAMPLES:
        subjects = [f"lw.samples.{site}.>"]
        bounds = (room.samples, SAMPLES_AGE_MAX_NS)
    else:
        subjects = [f"lw.{name}.{site}{end}" for name in sorted(RECORDS) for end in ("", ".>")]
        bounds = (room.records, RECORDS_AGE_MAX_NS)
    return {
        "name": stream.of(site),
        "subjects": subjects,
        "max_bytes": bounds[0],
        "max_age": bounds[1],
        "duplicate_window": DUPLICATE_WINDOW_NS,
        **_KEPT,
    }


def bucket_settings(name: str, site: str, room: Room | None = None) -> dict[str, Any]:
    """Settings of a bucket's stream in the form of the server's API.

    Examples
    --------
    >>> bucket_settings("plant", "nogales")["max_msgs_per_subject"]
    1
    """
    room = room or Room()
    return {
        "name": bucket_stream(name, site),
        "subjects": [f"{key_prefix(name, site)}>"],
        "max_bytes": room.bucket,
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
    # A direct get answers with the bare message, on whatever subject the asker names: with it, a
    # user could forge a message where it may not publish.
    "allow_direct": False,
}
