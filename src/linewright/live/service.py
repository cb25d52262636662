"""The shell of live: follows the samples, publishes records, keeps LineStates and a snapshot.

The order makes a restart harmless: records of a frame are published before the frame counts as
read, and a snapshot holds nothing whose records were not. What is derived again after a restart
has the same ids and is dropped as a repeat.

Silence is judged here, on the monotonic clock: a source that sent nothing for `SILENT_S` has its
stations marked stale in the LineState; the fold and the records know nothing of it.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from linewright.bus import Applied, Bucket, Bus, Message, Stream
from linewright.live.fold import FoldInvalid, LiveFold, begin, encode_fold, resume, step
from linewright.live.lines import line_states, shade
from linewright.plant.records import encode
from linewright.plant.samples import FrameInvalid, frame_from

__all__ = ["run"]

SILENT_S = 3.0
"""A source that sent no frame for so long, heartbeats included, is silent: three missed ones."""
PUT_S = 0.25
"""LineStates are put at most four times a second: a screen shows no more, key-value bears it."""
SNAPSHOT_S = 1.0
"""A snapshot a second: after a restart at most so much is read again."""
KEY = "live"
"""Key of the snapshot in the bucket `folds`."""

_log = logging.getLogger(__name__)


class _Snapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept: the fold, and the last message that is in it."""

    seq: int
    fold: msgspec.Raw


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Follow the samples of a site until `stop` is set.

    Parameters
    ----------
    bus
        Connected bus of the site.
    folder
        Private folder; nothing is kept there, the snapshot lies on the bus.
    stop
        Set from outside; the service then takes a last snapshot and returns.

    Raises
    ------
    BusUnavailable
        The bus was away for longer than it bears; the supervisor starts the service again.
    """
    del folder
    live = await _Live.at(bus)
    reading = asyncio.create_task(live.read(), name="live reads")
    stopping = asyncio.create_task(stop.wait(), name="live waits for its end")
    try:
        while not stopping.done() and not reading.done():
            await live.put()
            await live.keep()
            await asyncio.wait(
                (reading, stopping), timeout=PUT_S, return_when=asyncio.FIRST_COMPLETED
            )
        if reading.done():
            await reading
    finally:
        for task in (reading, stopping):
            task.cancel()
        await asyncio.gather(reading, stopping, return_exceptions=True)
    await live.put()
    await live.keep(at_once=True)


class _Live:
    """The running service: what is read so far and what was put."""

    def __init__(self, bus: Bus, applied: Applied, fold: LiveFold, seq: int) -> None:
        self._bus = bus
        self._applied = applied
        self._fold = fold
        self._seq = seq
        self._kept_seq = -1
        self._kept_s = float("-inf")
        self._old_seq = 0
        self._heard_s: dict[str, float] = {}
        self._put: dict[str, bytes] = {}
        self._lines: Bucket
        self._folds: Bucket

    @classmethod
    async def at(cls, bus: Bus) -> "_Live":
        """Live as of the last snapshot, or of nothing."""
        applied = await bus.applied()
        folds = await bus.bucket("folds")
        fold, seq = _start(await folds.get(KEY), applied)
        live = cls(bus, applied, fold, seq)
        live._folds = folds
        live._lines = await bus.bucket("line")
        live._old_seq = await bus.end_seq(Stream.SAMPLES)
        _log.info("live goes on after sample %d of %d", seq, live._old_seq)
        return live

    async def read(self) -> None:
        """Fold every message that comes; a frame that breaks its contract is passed over."""
        messages = self._bus.follow(Stream.SAMPLES, after=self._seq)
        async with contextlib.aclosing(messages) as coming:
            async for message in coming:
                await self._take(message)

    async def _take(self, message: Message) -> None:
        try:
            frame = frame_from(message.subject, message.data)
        except FrameInvalid as error:
            _log.warning("a frame is passed over: %s", error)
            self._seq = message.seq
            return
        fold, records = step(self._fold, frame, message.stored_ns)
        for record in records:
            await self._bus.publish(record)
        self._fold, self._seq = fold, message.seq
        if message.seq > self._old_seq:  # what lay there before the start says nothing of now
            self._heard_s[frame.header.source] = time.monotonic()

    async def put(self) -> None:
        """Put each LineState that differs from what lies there."""
        silent = _silent(self._fold, self._heard_s, time.monotonic())
        for state in line_states(self._fold, self._applied.plant()):
            key, data = state.address.replace("/", "."), encode(shade(state, silent))
            if self._put.get(key) != data:
                await self._lines.put(key, data)
                self._put[key] = data

    async def keep(self, *, at_once: bool = False) -> None:
        """Keep a snapshot if something was read and the last one is old enough."""
        now_s = time.monotonic()
        if self._seq == self._kept_seq or (now_s - self._kept_s < SNAPSHOT_S and not at_once):
            return
        seq = self._seq
        kept = _Snapshot(seq=seq, fold=msgspec.Raw(encode_fold(self._fold)))
        await self._folds.put(KEY, msgspec.json.encode(kept))
        self._kept_seq, self._kept_s = seq, now_s


def _start(data: bytes | None, applied: Applied) -> tuple[LiveFold, int]:
    """Fold and sequence to go on from."""
    plant = applied.plant()
    if data is not None:
        try:
            kept = msgspec.json.decode(data, type=_Snapshot)
            return resume(bytes(kept.fold), plant, applied.rev, applied.site), kept.seq
        except (FoldInvalid, msgspec.MsgspecError) as error:
            _log.warning("everything is read again: %s", error)
    return begin(plant, applied.rev, applied.site), 0


def _silent(fold: LiveFold, heard_s: Mapping[str, float], now_s: float) -> frozenset[str]:
    """Stations that were heard once and of which no source has spoken for `SILENT_S`."""
    spoken: set[str] = set()
    fresh: set[str] = set()
    for source in fold.sources:
        spoken.update(source.stations)
        if now_s - heard_s.get(source.source, float("-inf")) < SILENT_S:
            fresh.update(source.stations)
    return frozenset(spoken - fresh)
