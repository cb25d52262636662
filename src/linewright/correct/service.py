"""The shell of the loop: follows samples and records, appends the steps of cases.

One queue, one reader of it: the order in which messages are folded is the order in which records
follow. A snapshot is stored only after everything that followed from its messages was published,
so that a restart makes the same records again; they have the same ids and count once. Rehearsals
run beside it in a thread, so that the loop goes on.
"""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from pathlib import Path

import msgspec

from linewright.bus import Applied, Bus, Conflict, Message, Stream
from linewright.correct.cases import Setting
from linewright.correct.forks import LINE_AGE_S, NotRehearsed, rehearse_case, warm_up
from linewright.correct.rehearse import Rehearsal
from linewright.correct.thinking import Memory, SnapshotInvalid, Thinking, Work, resume
from linewright.correct.watch.cycles import Sample
from linewright.correct.watch.stations import NS_PER_S, StationView, views_of
from linewright.plant import Address
from linewright.plant.calendar import production_day
from linewright.plant.records import (
    Case,
    LineState,
    Record,
    RecordInvalid,
    SiteKind,
    decode,
    decode_from,
    encode,
)
from linewright.plant.samples import FrameInvalid, frame_from

__all__ = ["run"]

log = logging.getLogger(__name__)

KEY = "think"
"""Key of the snapshot in the bucket `folds`."""

SNAPSHOT_S = 1.0
"""How often the memory is stored: a restart reads the messages of a second again."""

TICK_S = 0.2
"""How often bounds of waiting are looked at when nothing comes."""

QUEUE_MAX = 1000
"""Messages read ahead; beyond, the readers wait."""

LINE_WAIT_S = 5.0
"""How long a rehearsal waits for a state of the line that is young enough."""

LINE_ASK_S = 0.1
"""How often it looks."""

CATCH_UP_S = 20.0
"""How long the messages of before are waited for at most, should the newest have aged away."""


class _Item(msgspec.Struct, frozen=True):
    """What waits in the queue: a message, or word that a stream is read up to where it began."""

    stream: Stream
    message: Message | None


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Carry on the cases of a site until `stop` is set.

    Parameters
    ----------
    bus
        Connected bus of the site.
    folder
        Private folder; nothing is kept there, the memory is in the bucket `folds`.
    stop
        Set by the supervisor.

    Raises
    ------
    BusUnavailable
        The server stayed away for a minute.
    """
    del folder
    applied = await bus.applied()
    think = _Think(bus, applied, await _memory(bus, applied))
    loop = asyncio.create_task(think.loop())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({loop, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if loop.done():
            loop.result()
    finally:
        loop.cancel()
        stopped.cancel()
        await asyncio.gather(loop, stopped, return_exceptions=True)


async def _memory(bus: Bus, applied: Applied) -> Memory:
    folds = await bus.bucket("folds")
    try:
        return resume(await folds.get(KEY), applied.rev)
    except SnapshotInvalid as error:
        log.warning("the snapshot cannot be used, all is read again: %s", error)
        return Memory(plant_rev=applied.rev)


def _views(applied: Applied, now_ns: int) -> Mapping[Address, StationView]:
    plant = applied.plant()
    site = plant.sites.get(applied.site)
    day = production_day(site.calendar(), now_ns) if site is not None else dt.date.min
    return views_of(plant, applied.site, day)


class _Think:
    """The running service."""

    def __init__(self, bus: Bus, applied: Applied, memory: Memory) -> None:
        kind = SiteKind.SIMULATED if applied.emulated else SiteKind.REAL
        self._bus = bus
        self._setting = Setting(plant=applied.plant(), plant_rev=applied.rev, site_kind=kind)
        self._thinking = Thinking(_views(applied, bus.clock.now_ns()), self._setting, memory)
        self._queue: asyncio.Queue[_Item] = asyncio.Queue(QUEUE_MAX)
        self._records_read = asyncio.Event()
        self._behind = {Stream.SAMPLES, Stream.RECORDS}
        self._beside: list[Record] = []
        self._appended: dict[str, int] = {}
        self._rehearsals: dict[str, asyncio.Task[None]] = {}
        self._stored_s = 0.0
        self._changed = False

    async def loop(self) -> None:
        """Read, fold, publish, remember; until cancelled."""
        samples_end = await self._bus.end_seq(Stream.SAMPLES)
        records_end = await self._bus.end_seq(Stream.RECORDS)
        readers = [
            asyncio.create_task(self._read(Stream.RECORDS, records_end)),
            asyncio.create_task(self._read(Stream.SAMPLES, samples_end)),
            asyncio.create_task(self._warm()),
        ]
        try:
            while True:
                for reader in readers:
                    if reader.done():
                        reader.result()
                await self._turn()
        finally:
            tasks = [*readers, *self._rehearsals.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _warm(self) -> None:
        """Compile the twin before it is needed."""
        lines = {view.address.parent for view in self._thinking.views.values()}
        for line in sorted(each for each in lines if each is not None):
            await asyncio.to_thread(warm_up, self._setting.plant, line)

    async def _read(self, stream: Stream, end: int) -> None:
        """Put what is stored and what comes into the queue; samples wait for the old records."""
        thinking = self._thinking
        after = thinking.samples_seq if stream is Stream.SAMPLES else thinking.records_seq
        if stream is Stream.SAMPLES:
            await self._records_read.wait()
        caught_up = after >= end
        if caught_up:
            await self._caught_up(stream)
        messages = self._bus.follow(stream, after=after)
        async with aclosing(messages) as coming:
            async for message in coming:
                await self._queue.put(_Item(stream, message))
                if not caught_up and message.seq >= end:
                    caught_up = True
                    await self._caught_up(stream)

    async def _caught_up(self, stream: Stream) -> None:
        await self._queue.put(_Item(stream, None))
        if stream is Stream.RECORDS:
            self._records_read.set()

    async def _turn(self) -> None:
        """Fold what waits in the queue, then do what follows from it."""
        item: _Item | None = None
        with suppress(TimeoutError):
            item = await asyncio.wait_for(self._queue.get(), TICK_S)
        if item is not None:
            await self._take(item)
        for _ in range(self._queue.qsize()):
            await self._take(self._queue.get_nowait())
        if self._behind:
            return
        await self._publish_beside()
        await self._settle()
        await self._take_back()
        self._rehearse()
        if self._changed and time.monotonic() - self._stored_s >= SNAPSHOT_S:
            await self._store()

    async def _take(self, item: _Item) -> None:
        self._changed = True
        if item.message is None:
            self._behind.discard(item.stream)
        elif item.stream is Stream.SAMPLES:
            await self._take_frame(item.message)
        else:
            await self._take_record(item.message)

    async def _take_frame(self, message: Message) -> None:
        try:
            batch = frame_from(message.subject, message.data).batch
        except FrameInvalid as error:
            log.warning("a frame is passed over: %s", error)
            self._thinking.take_samples((), message.seq)
            return
        names = ("tag", "t_ns", "seen_ns", "value", "text", "quality")
        columns = [batch.column(name).to_pylist() for name in names]
        samples = [
            Sample(tag=tag, t_ns=t, seen_ns=seen, value=value, text=text, quality=quality)
            for tag, t, seen, value, text, quality in zip(*columns, strict=True)
        ]
        for opened in self._thinking.take_samples(samples, message.seq):
            log.info("case %s opened: %s", opened.id, opened.title)
            await self._append(opened, after=0)

    async def _take_record(self, message: Message) -> None:
        if not message.subject.startswith(("lw.case.", "lw.ack.", "lw.command.")):
            self._thinking.pass_record(message.seq)
            return
        try:
            record = decode_from(message.subject, message.data)
            self._beside += self._thinking.take_record(record, message.seq)
        except RecordInvalid as error:
            log.warning("record %d is passed over: %s", message.seq, error)
            is_case = message.subject.startswith("lw.case.")
            case_id = message.subject.rpartition(".")[2] if is_case else ""
            self._thinking.pass_record(message.seq, case_id)
            return
        if isinstance(record, Case):
            folded = self._thinking.cases[record.case_id]
            log.info("case %s is %s", record.case_id, folded.stage.value)
            await (await self._bus.bucket("cases")).put(record.case_id, encode(folded))

    async def _publish_beside(self) -> None:
        while self._beside:
            await self._bus.publish(self._beside[0])
            del self._beside[0]

    async def _settle(self) -> None:
        """Append what follows for each case, once per step that was read."""
        for case, seq, records in self._thinking.steps(self._bus.clock.now_ns()):
            if self._appended.get(case.case_id) == seq:
                continue
            for record in records:
                if isinstance(record, Case):
                    await self._append(record, after=seq)
                else:
                    await self._bus.publish(record)
            self._appended[case.case_id] = seq

    async def _take_back(self) -> None:
        """Publish what ends the changes whose time is over."""
        for command in self._thinking.undos(self._bus.clock.now_ns(), time.time_ns()):
            log.info("case %s: its change is taken back", command.case)
            await self._bus.publish(command)
            self._changed = True

    async def _append(self, step: Case, *, after: int) -> None:
        try:
            await self._bus.append(step, after=after)
        except Conflict as error:
            log.info("case %s went on without this step: %s", step.case_id, error)

    def _rehearse(self) -> None:
        for case, work in self._thinking.to_rehearse():
            if case.case_id not in self._rehearsals:
                task = asyncio.create_task(self._rehearsed(case, work))
                self._rehearsals[case.case_id] = task

    async def _rehearsed(self, case: Case, work: Work) -> None:
        line = await self._line_of(case)
        view = self._thinking.views[case.address]
        speed = self._thinking.speed_of(case.address)
        began_s = time.monotonic()
        try:
            found: Rehearsal = await asyncio.to_thread(
                rehearse_case, self._setting.plant, (view, speed), case, work.diagnosis, line
            )
        except NotRehearsed as error:
            log.warning("case %s is not rehearsed: %s", case.case_id, error)
            self._thinking.rehearsed(case.case_id, f"{error}.")
        except Exception:  # whatever the twin meets, the case goes on with a person
            log.exception("the rehearsal of case %s failed", case.case_id)
            self._thinking.rehearsed(case.case_id, "the rehearsal failed.")
        else:
            self._thinking.rehearsed(case.case_id, found)
            log.info("case %s rehearsed in %.1f s", case.case_id, time.monotonic() - began_s)
        self._changed = True

    async def _line_of(self, case: Case) -> LineState | None:
        """State of the case's line, not much older than the case; None: there is none in time."""
        place = case.address.parent
        assert place is not None, "a station stands in a line"
        lines = await self._bus.bucket("line")
        until_s = time.monotonic() + LINE_WAIT_S
        found: LineState | None = None
        while time.monotonic() < until_s:
            data = await lines.get(place.replace("/", "."))
            found = decode(data, LineState) if data is not None else None
            if found is not None and found.as_of_ns >= case.t_ns - LINE_AGE_S * NS_PER_S:
                return found
            await asyncio.sleep(LINE_ASK_S)
        return found

    async def _store(self) -> None:
        folds = await self._bus.bucket("folds")
        await folds.put(KEY, self._thinking.snapshot())
        self._stored_s = time.monotonic()
        self._changed = False
