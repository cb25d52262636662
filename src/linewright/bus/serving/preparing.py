"""Streams and buckets of a site: made by `up`, waited for by everybody else."""

from typing import Any

from linewright.bus.errors import BusUnavailable
from linewright.bus.layout import Room, Stream, bucket_settings, bucket_stream, stream_settings
from linewright.bus.permissions import BUCKETS, UP, USERS
from linewright.bus.wire import ApiRefused, Wire

__all__ = ["ensure_streams", "found_bucket", "found_streams", "prepared", "room_of"]

PREPARE_S = 30.0
"""How long the server may take to make the streams of a site."""

BUCKET_S = 10.0
"""How long a bucket that somebody else makes is waited for."""

_HINT = "`linewright up` makes it: see that it runs, for this site"

LOOK_S = 0.2
"""Pause between two looks for streams that `up` has yet to make."""

_STREAM_EXISTS = 10058
"""The server's code for a stream that is there with other settings."""

_STREAM_NOT_FOUND = 10059

_NO_JETSTREAM = frozenset([10035, 10039, 10076])
"""The server's codes for an account, or a server, that stores nothing."""


async def prepared(wire: Wire, site: str) -> None:
    """Make the streams and every bucket of a site, or bring their settings up to date."""
    room = await ensure_streams(wire, site, wait_s=PREPARE_S)
    for name in BUCKETS:
        await _ensure(wire, bucket_settings(name, site, room))


async def found_streams(wire: Wire, site: str, *, wait_s: float) -> None:
    """See that the streams of a site are there, or make them where that is this user's to do.

    `up` makes them, and so does the user of a server that is not ours; others wait for them.

    Raises
    ------
    BusUnavailable
        Nobody has made them in `wait_s`, or the server cannot keep them.
    PermissionRefused
        This user has no rights at this site.
    """
    rights = USERS.get(wire.user)
    if wire.user != UP:
        names = [stream.of(site) for stream in (Stream if rights is None else rights.reads)]
        if await _are_there(wire, names, wait_s=0.0 if rights is None else wait_s):
            return
        if rights is not None:
            raise BusUnavailable(", ".join(names), f"not there in {wait_s:g} s", _HINT)
    await ensure_streams(wire, site, wait_s=wait_s)


async def found_bucket(wire: Wire, name: str, site: str) -> None:
    """See that a bucket is there, or make it where that is this user's to do.

    Raises
    ------
    BusUnavailable
        Nobody has made it, or the server cannot keep it.
    PermissionRefused
        This user has no business with it.
    """
    made, is_ours = bucket_stream(name, site), wire.user in USERS
    if wire.user != UP and await _are_there(wire, [made], wait_s=BUCKET_S if is_ours else 0.0):
        return
    if is_ours:
        raise BusUnavailable(made, "there is no such bucket", _HINT)
    await _ensure(wire, bucket_settings(name, site, await room_of(wire)))


async def room_of(wire: Wire, *, wait_s: float | None = None) -> Room:
    """How much the server lets this account store.

    Raises
    ------
    BusUnavailable
        It stores nothing, or did not answer in time.
    """
    try:
        told = await wire.api("INFO", wait_s=wait_s)
    except ApiRefused as error:
        hint = "start the NATS server with JetStream"
        raise BusUnavailable(wire.where, f"it stores nothing: {error.what}", hint) from error
    most = int(told.get("limits", {}).get("max_storage", -1))
    return Room(most) if most > 0 else Room()


async def ensure_streams(wire: Wire, site: str, *, wait_s: float) -> Room:
    """Make the streams of a site, or bring their settings up to date."""
    room = await room_of(wire, wait_s=wait_s)
    for stream in Stream:
        await _ensure(wire, stream_settings(stream, site, room), wait_s=wait_s)
    return room


async def _are_there(wire: Wire, names: list[str], *, wait_s: float) -> bool:
    """Whether streams are there, or are made by somebody else in `wait_s`.

    Raises
    ------
    BusUnavailable
        The server did not answer in time, or stores nothing.
    PermissionRefused
        This user has no business with one of them.
    """
    left_s = wait_s
    for name in names:
        while not await _is_there(wire, name):
            if left_s <= 0:
                return False
            await wire.pause(LOOK_S)
            left_s -= LOOK_S
    return True


async def _is_there(wire: Wire, name: str) -> bool:
    try:
        await wire.api(f"STREAM.INFO.{name}")
    except ApiRefused as error:
        if error.code == _STREAM_NOT_FOUND:
            return False
        raise BusUnavailable(name, error.what) from error
    return True


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
        if error.code in _NO_JETSTREAM:
            hint = "start the NATS server with JetStream"
        else:
            hint = "check the free disk space and what else uses this server"
        raise BusUnavailable(name, error.what, hint) from error
