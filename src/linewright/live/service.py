"""The shell of live: follows samples and people, publishes records, keeps LineStates, a snapshot.

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
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.bus import Applied, Bucket, Bus, Message, Stream
from linewright.live.attending import (
    Attention,
    Hearing,
    attend,
    decode_attention,
    encode_attention,
    heed,
    heeding,
    news,
    settled_ns,
    ticked,
)
from linewright.live.fold import LiveFold, begin, encode_fold, resume, ripen, step
from linewright.live.lines import line_states, shade
from linewright.plant import Address
from linewright.plant.records import (
    Alarm,
    Call,
    Record,
    RecordInvalid,
    class_of,
    decode,
    encode,
)
from linewright.plant.samples import FrameInvalid, frame_from

__all__ = ["run"]

SILENT_S = 3.0
"""A source that sent no frame for so long, heartbeats included, is silent: three missed ones."""
PUT_S = 0.25
"""All LineStates are put four times a second: of what only grows older, a screen shows no more."""
CHANGED_S = 0.05
"""A line in which a state or a count changed is put at once, at most twenty times a second."""
SNAPSHOT_S = 1.0
"""A snapshot a second: after a restart at most so much is read again."""
KEY = "live"
"""Key of the snapshot in the bucket `folds`."""

_log = logging.getLogger(__name__)


class _Snapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept: the fold, and the last message that is in it."""

    seq: int
    fold: msgspec.Raw
    attention: msgspec.Raw = msgspec.Raw()
    """Empty in a snapshot of before there were alarms."""
    unsent: tuple[msgspec.Raw, ...] = ()
    """Records that follow from the time and may not be published yet."""


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Follow the samples of a site, and what people do about alarms and calls, until `stop` is set.

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
    tasks = [
        asyncio.create_task(live.read(), name="live reads"),
        asyncio.create_task(live.heed(Alarm), name="live heeds alarms"),
        asyncio.create_task(live.heed(Call), name="live heeds calls"),
        asyncio.create_task(stop.wait(), name="live waits for its end"),
    ]
    try:
        while not any(each.done() for each in tasks):
            await live.tick()
            await asyncio.gather(live.put(), live.keep())
            await _put_for(live, PUT_S, tasks)
        for each in tasks:
            if each.done():
                await each
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await live.put()
    await live.keep(at_once=True)


async def _put_for(live: "_Live", wait_s: float, tasks: Sequence["asyncio.Task[Any]"]) -> None:
    """Wait so long, or until a task is done; put what changes meanwhile soon after it did."""
    until_s = time.monotonic() + wait_s
    changed = asyncio.create_task(live.changed.wait(), name="live waits for a change")
    try:
        while (left_s := until_s - time.monotonic()) > 0 and not any(e.done() for e in tasks):
            either = [*tasks, changed]
            await asyncio.wait(either, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if changed.done():
                await live.put_changed()
                changed = asyncio.create_task(live.changed.wait(), name="live waits for a change")
                left_s = min(CHANGED_S, max(0.0, until_s - time.monotonic()))
                await asyncio.wait(tasks, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        changed.cancel()
        await asyncio.gather(changed, return_exceptions=True)


class _Live:
    """The running service: what is read so far and what was put."""

    def __init__(self, bus: Bus, applied: Applied, start: "_Start") -> None:
        self._bus = bus
        self._applied = applied
        self._plant = applied.plant()
        self._fold = start.fold
        self._seq = start.seq
        self._attention = start.attention
        self._attending = asyncio.Lock()
        """Held while samples, time, alarms and calls are folded and what came out is published."""
        self._unsent = start.unsent
        self._kept: tuple[int, ...] = ()
        self._kept_s = float("-inf")
        self._old_seq = 0
        self._started_s = time.monotonic()
        self._heard_s: dict[str, float] = {}
        self._put: dict[str, bytes] = {}
        self._changed: set[Address] = set()
        self.changed = asyncio.Event()
        """Set when a line changed and is not put yet."""
        self._read = asyncio.Event()
        self._heeded = {Alarm: False, Call: False}
        self._lines: Bucket
        self._folds: Bucket

    @classmethod
    async def at(cls, bus: Bus) -> "_Live":
        """Live as of the last snapshot, or of nothing."""
        applied = await bus.applied()
        folds = await bus.bucket("folds")
        live = cls(bus, applied, _start(await folds.get(KEY), applied))
        live._folds = folds
        live._lines = await bus.bucket("line")
        live._old_seq = await bus.end_seq(Stream.SAMPLES)
        if live._seq >= live._old_seq or await bus.first_seq(Stream.SAMPLES) > live._old_seq:
            live._read.set()
        _log.info("live goes on after sample %d of %d", live._seq, live._old_seq)
        return live

    async def read(self) -> None:
        """Fold every message that comes; a frame that breaks its contract is passed over."""
        messages = self._bus.follow(Stream.SAMPLES, after=self._seq)
        async with contextlib.aclosing(messages) as coming:
            async for message in coming:
                await self._take(message)
                if message.seq >= self._old_seq:
                    self._read.set()

    async def heed(self, kind: type[Alarm | Call]) -> None:
        """Fold the stored records of a class, once the stored samples were read, and then new ones.

        What is derived from samples anew comes before what people did about it, as it did then.
        """
        await self._read.wait()
        subject = f"lw.{class_of(kind)}.{self._bus.site}.>"
        seq = self._attention.alarm_seq if kind is Alarm else self._attention.call_seq
        async with contextlib.aclosing(self._bus.past(subject, after=seq)) as stored:
            async for message in stored:
                await self._learn(message)
                seq = message.seq
        self._heeded[kind] = True
        follows = self._bus.follow(Stream.RECORDS, after=seq, subject=subject)
        async with contextlib.aclosing(follows) as coming:
            async for message in coming:
                await self._learn(message)

    async def tick(self) -> None:
        """Fold the time into alarms and calls, once all that was stored has been read."""
        clock = self._bus.clock
        if not all(self._heeded.values()) or not await clock.known(wait_s=0.0):
            return
        hearing = Hearing(started_s=self._started_s, now_s=time.monotonic(), heard_s=self._heard_s)
        now_ns, speed = clock.now_ns(), clock.speed
        async with self._attending:
            fold, told = ripen(self._fold, settled_ns(now_ns, speed))
            attention, raised = heeding(self._attention, None, news(self._fold, fold, told))
            self._fold, self._attention = fold, attention
            self._unsent += (*told, *raised)
        await self._send(told)
        async with self._attending:
            attention, records = ticked(
                self._attention, self._fold, hearing, now_ns=now_ns, speed=speed
            )
            for record in records:
                await self._bus.publish(record)
            self._attention = attention

    async def _send(self, told: Sequence[Record]) -> None:
        """Publish what time alone brought out.

        It is kept first: samples that are read again after a kill do not bring it out again, and
        one that comes late must know what was told.
        """
        if not self._unsent:
            return
        await self.keep(at_once=True)
        for record in self._unsent:
            await self._bus.publish(record)
        self._unsent, self._kept = (), ()
        self._show(told)

    def _show(self, told: Sequence[Record]) -> None:
        self._changed.update(each.address.parent or each.address for each in told)
        if self._changed:
            self.changed.set()

    async def _take(self, message: Message) -> None:
        try:
            frame = frame_from(message.subject, message.data)
        except FrameInvalid as error:
            _log.warning("a frame is passed over: %s", error)
            self._seq = message.seq
            return
        async with self._attending:
            fold, records = step(self._fold, frame, message.stored_ns)
            for record in records:
                await self._bus.publish(record)
            attention, raised = self._attention, tuple[Record, ...]()
            if fold is not self._fold:  # not a frame that was read before
                states = news(self._fold, fold, records)
                attention, raised = heeding(attention, frame, states)
            for record in raised:
                await self._bus.publish(record)
            self._fold, self._seq, self._attention = fold, message.seq, attention
        if message.seq > self._old_seq:  # what lay there before the start says nothing of now
            self._heard_s[frame.header.source] = time.monotonic()
        self._show(records)

    async def _learn(self, message: Message) -> None:
        try:
            record = decode(message.data, Record)
        except RecordInvalid as error:
            _log.warning("a record is passed over: %s", error)
            return
        async with self._attending:
            self._attention = heed(self._attention, record, message.seq)

    async def put_changed(self) -> None:
        """Put the lines in which a state or a count changed since the last time."""
        self.changed.clear()
        changed, self._changed = self._changed, set()
        if changed:
            await self._put_lines(changed)

    async def put(self) -> None:
        """Put each LineState that differs from what lies there."""
        self.changed.clear()
        self._changed.clear()
        await self._put_lines(None)

    async def _put_lines(self, only: Container[Address] | None) -> None:
        silent = _silent(self._fold, self._heard_s, time.monotonic())
        states = line_states(self._fold, self._plant, only=only)
        put = {each.address.replace("/", "."): encode(shade(each, silent)) for each in states}
        changed = {key: data for key, data in put.items() if self._put.get(key) != data}
        # All at once: each waits for a disk, and a line that changed must not wait for the others.
        await asyncio.gather(*(self._lines.put(key, data) for key, data in changed.items()))
        self._put |= changed

    async def keep(self, *, at_once: bool = False) -> None:
        """Keep a snapshot if something was read and the last one is old enough."""
        now_s = time.monotonic()
        if now_s - self._kept_s < SNAPSHOT_S and not at_once:
            return
        async with self._attending:
            attention, seq = self._attention, self._seq
            read = (seq, attention.alarm_seq, attention.call_seq)
            kept = _Snapshot(
                seq=seq,
                fold=msgspec.Raw(encode_fold(self._fold)),
                attention=msgspec.Raw(encode_attention(attention)),
                unsent=tuple(msgspec.Raw(encode(each)) for each in self._unsent),
            )
        if read == self._kept and not self._unsent:
            return
        await self._folds.put(KEY, msgspec.json.encode(kept))
        self._kept, self._kept_s = read, now_s


class _Start(msgspec.Struct, frozen=True, kw_only=True):
    """What is gone on from."""

    fold: LiveFold
    attention: Attention
    seq: int
    unsent: tuple[Record, ...] = ()


def _start(data: bytes | None, applied: Applied) -> _Start:
    """What to go on from: the snapshot, or nothing."""
    plant, rev, site = applied.plant(), applied.rev, applied.site
    if data is not None:
        try:
            kept = msgspec.json.decode(data, type=_Snapshot)
            fold = resume(bytes(kept.fold), plant, rev, site)
            attention = attend(plant, rev, site)
            if bytes(kept.attention):
                attention = decode_attention(bytes(kept.attention), plant, rev, site)
            unsent = tuple(decode(bytes(each), Record) for each in kept.unsent)
            return _Start(fold=fold, attention=attention, seq=kept.seq, unsent=unsent)
        except (ValueError, msgspec.MsgspecError) as error:
            _log.warning("everything is read again: %s", error)
    return _Start(fold=begin(plant, rev, site), attention=attend(plant, rev, site), seq=0)


def _silent(fold: LiveFold, heard_s: Mapping[str, float], now_s: float) -> frozenset[str]:
    """Stations that were heard once and of which no source has spoken for `SILENT_S`."""
    spoken: set[str] = set()
    fresh: set[str] = set()
    for source in fold.sources:
        spoken.update(source.stations)
        if now_s - heard_s.get(source.source, float("-inf")) < SILENT_S:
            fresh.update(source.stations)
    return frozenset(spoken - fresh)
