"""The service: reads both streams from where the file stands, appends, publishes gaps, answers.

The position of a stream is in the file, in the same transaction as what was read up to there. So
the streams are read in order from that position, and nothing is acknowledged: what is not in the
file is read again.

Four threads work on the one file: one appends, one answers, one compacts and exports, one writes
the listing for other processes. Where the disk is full, appending waits and tries again; what is
on the streams waits there.
"""

import asyncio
import contextlib
import functools
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec

from linewright.bus import Bus, BusUnavailable, Message, Stream
from linewright.history.asking import QUESTIONS, failed
from linewright.history.intake import Arrival
from linewright.history.keeping.compaction import CompactionEnded
from linewright.history.keeping.files import FileDamaged
from linewright.history.keeping.renaming import former_addresses
from linewright.history.numbering import STREAM_SOURCE
from linewright.history.reader import History
from linewright.history.serving.aside import Account
from linewright.history.serving.open_store import ExportRefused, Exports, Settings, Store
from linewright.history.store import DuckError, HistoryUnusable
from linewright.history.writer import Appended
from linewright.plant import PlantInvalid

__all__ = ["run"]

BATCH_MESSAGES = 500
"""Most messages of one transaction: a commit costs some 10 ms whatever is in it."""

BATCH_BYTES = 32 << 20
"""Most bytes of one transaction: frames may have a megabyte each."""

GATHER_S = 0.3
"""Longest wait for a transaction to fill up: so old is what is asked for at most."""

QUEUE_MESSAGES = 500
"""Messages read ahead while a transaction is under way."""

QUIET_S = 1.0
"""How long nothing may come after `stop` before the last transaction: others end at that time."""

DRAIN_S = 5.0
"""Longest reading on after `stop`; what is left is read after the next start."""

LOOK_S = 0.1
"""Between two looks at the ends of the streams."""

RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Waits after appends that failed, the last one for good: somebody makes room on the disk."""

COMPACT_S = 60.0
"""Between two looks for what can be compacted, and after one that failed."""

PUBLISH_S = 3.0
"""Between two listings for other processes at least."""

PUBLISH_SHARE = 10
"""So many times as long as the last listing took, until the next one: a tenth of a core at most."""

T = TypeVar("T")

_EXPORT, _EXPORTING, _STATE = "export", "exporting", "state"

log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Keep the history of a site until `stop` is set.

    Parameters
    ----------
    bus
        Connected bus of the site.
    folder
        Private folder: the database, its Parquet files and ``audit.jsonl``.
    stop
        Set from outside; what is on the streams then is stored first, within `DRAIN_S`.

    Raises
    ------
    HistoryUnusable
        Another process writes this history, or its file is damaged.
    BusUnavailable
        The bus did not come back.
    """
    desk = await _Desk.open(bus, folder)
    try:
        await _until(stop, desk.work(), desk.drained)
    finally:
        await desk.close()


class _State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the service is, for who asks."""

    trouble: str = ""
    """Why nothing is stored at the moment; empty while all is well."""
    damage: tuple[str, ...] = ()
    """Files that are missing or damaged, and those that were put aside for it."""
    compacted_ns: int = 0
    published_ns: int = 0


class _Desk:
    """The open file with its threads: each has a connection of its own."""

    def __init__(self, bus: Bus, folder: Path) -> None:
        self._bus = bus
        self._folder = folder
        self._settings = Settings.read(folder)
        self._writing = ThreadPoolExecutor(1, "history-write")
        self._reading = ThreadPoolExecutor(1, "history-read")
        self._working = ThreadPoolExecutor(1, "history-work")
        self._publishing = ThreadPoolExecutor(1, "history-publish")
        self._queue: asyncio.Queue[Arrival] = asyncio.Queue(QUEUE_MESSAGES)
        self._plant_rev = ""
        self._exports = Exports(folder)
        self._state = _State()
        self._renamed: Mapping[str, Sequence[str]] = {}
        self._suspects: set[str] = set()
        self._is_suspected = asyncio.Event()
        self._store: Store

    @classmethod
    async def open(cls, bus: Bus, folder: Path) -> "_Desk":
        desk = cls(bus, folder)
        try:
            await desk._open()
        except BaseException:
            desk._shut_down()
            raise
        return desk

    async def close(self) -> None:
        """Close the file behind the work under way."""
        await self._close()
        self._shut_down()

    async def work(self) -> None:
        """Answer at once; append as soon as a plant is applied, which gaps name."""
        for question in QUESTIONS:
            await self._bus.answer(self._subject(question), self._answering(question))
        await self._bus.answer(self._subject(_EXPORT), self._export)
        await self._bus.answer(self._subject(_EXPORTING), self._exporting)
        await self._bus.answer(self._subject(_STATE), self._tell_state)
        applied = await self._bus.applied()
        self._plant_rev = applied.rev
        with contextlib.suppress(PlantInvalid):  # a plant without a text: there is nothing renamed
            self._renamed = former_addresses(applied.plant())
        self._store.use_names(self._renamed)
        await self._publish_outbox()
        begins = {stream: await self._begin(stream) for stream in Stream}
        try:
            async with asyncio.TaskGroup() as group:
                for stream, after in begins.items():
                    group.create_task(self._pump(stream, after))
                group.create_task(self._append())
                group.create_task(self._keep_compacting())
                group.create_task(self._keep_publishing())
                group.create_task(self._keep_whole())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def drained(self) -> None:
        """Wait until all that is on the streams is stored and nothing more comes."""
        clock = asyncio.get_running_loop().time
        quiet_s, ends = clock() + QUIET_S, dict.fromkeys(Stream, -1)
        while clock() < quiet_s:
            now = {stream: await self._bus.end_seq(stream) for stream in Stream}
            behind = any(self._store.position(each.value) < end for each, end in now.items())
            if now != ends or behind:
                ends, quiet_s = now, clock() + QUIET_S
            await asyncio.sleep(LOOK_S)

    async def _begin(self, stream: Stream) -> int:
        """Sequence to read a stream after; from the start where it was lost and made anew."""
        position = self._store.position(stream.value)
        end = await self._bus.end_seq(stream)
        if end < position:
            log.warning("stream %s ends at %d, before %d: read anew", stream, end, position)
            await self._in(self._writing, lambda: self._store.writer.rewind(stream.value))
            position = 0
        return position

    async def _pump(self, stream: Stream, after: int) -> None:
        async for message in self._bus.follow(stream, after=after):
            await self._queue.put(_arrival(stream, message))

    async def _append(self) -> None:
        """Append batch after batch; publish the gaps that they show."""
        while True:
            batch = await self._gather()
            appended = await self._kept(batch)
            if appended.refused:
                log.warning("%d messages could not be read; kept as they came", appended.refused)
            for gap in appended.gaps:
                span = (gap.of_source, gap.epoch, gap.first_n, gap.last_n)
                is_stream = gap.of_source.startswith(STREAM_SOURCE.format(""))
                what = "messages" if is_stream else "batches"
                log.warning("gap of %s, epoch %d, %s %s to %s", *span[:2], what, *span[2:])
            if appended.gaps:
                await self._publish_outbox()

    async def _kept(self, batch: list[Arrival]) -> Appended:
        """Append a batch; where the disk fails, again and again until it is stored."""
        waits = itertools.chain(RETRY_S, itertools.repeat(RETRY_S[-1]))
        for wait_s in waits:
            try:
                keep = functools.partial(self._store.keep, batch, plant_rev=self._plant_rev)
                appended = await self._in(self._writing, keep)
            except (DuckError, OSError) as error:
                said = str(error).partition("\n")[0]
                log.error("nothing is stored (%s); tried again in %g s", said, wait_s)  # noqa: TRY400 - the line says it
                self._note(trouble=said)
                await asyncio.sleep(wait_s)
                await self._reopen()
            else:
                if self._state.trouble:
                    log.warning("it is stored again")
                    self._note(trouble="")
                return appended
        raise AssertionError("the waits never end")

    async def _reopen(self) -> None:
        """Open the file anew: DuckDB gives up on one after a failed write."""
        try:
            await self._close()
            await self._open()
            await self._publish_outbox()  # a gap may be stored, and what failed came after
        except (HistoryUnusable, DuckError, OSError) as error:
            log.error("the file cannot be opened yet: %s", str(error).partition("\n")[0])  # noqa: TRY400 - the line says it

    async def _gather(self) -> list[Arrival]:
        """Messages of the next transaction, at least one."""
        batch = [await self._queue.get()]
        size = len(batch[0].data)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GATHER_S):
                while len(batch) < BATCH_MESSAGES and size < BATCH_BYTES:
                    batch.append(await self._queue.get())
                    size += len(batch[-1].data)
        return batch

    async def _publish_outbox(self) -> None:
        """Publish the gaps that are not on the stream; again after a kill, with the same ids."""
        for gap in self._store.writer.outbox():
            await self._bus.publish(gap)

    async def _keep_compacting(self) -> None:
        """Compact what is due, file by file, so that nothing waits long for the thread."""
        while True:
            try:
                now_ns = self._bus.clock.now_ns()
                compact = functools.partial(
                    self._store.compact, now_ns, self._settings.rule(), time.time_ns()
                )
                done = await self._in(self._working, compact)
            except CompactionEnded:
                done = None
            except (DuckError, OSError, FileDamaged, BusUnavailable) as error:
                log.warning("not compacted: %s", str(error).partition("\n")[0])
                done = None
                if isinstance(error, FileDamaged):
                    self._suspect({error.path.as_posix()})
            else:
                self._note(compacted_ns=time.time_ns())
            if done is None or done.is_done:
                await asyncio.sleep(COMPACT_S)

    async def _keep_publishing(self) -> None:
        """Keep the listing for other processes fresh."""
        while True:
            began_s = time.monotonic()
            now_ns = time.time_ns()
            try:
                await self._in(self._publishing, lambda: self._store.publish(time.time_ns()))
            except (DuckError, OSError) as error:
                log.warning("no new listing: %s", str(error).partition("\n")[0])
            else:
                self._note(published_ns=now_ns)
            took_s = time.monotonic() - began_s
            await asyncio.sleep(max(PUBLISH_S, PUBLISH_SHARE * took_s))

    def _answering(self, question: str) -> Callable[[bytes], Awaitable[bytes]]:
        async def reply(request: bytes) -> bytes:
            said, suspects = await self._in(
                self._reading, lambda: self._store.answered(question, request)
            )
            self._suspect(suspects)
            return said

        return reply

    def _suspect(self, paths: Collection[str]) -> None:
        """Have files looked at that could not be read; no more than there are on the list."""
        if paths:
            self._suspects.update(paths)
            self._is_suspected.set()

    async def _keep_whole(self) -> None:
        """Put files back that are whole again, and aside what is found damaged."""
        store, now_ns = self._store, await self._now_ns()
        await self._mended(lambda: [f"{path}: put back" for path in store.put_back(now_ns)])
        with contextlib.suppress(DuckError, OSError):
            self._suspect(await self._in(self._working, store.check))
        while True:
            await self._is_suspected.wait()
            self._is_suspected.clear()
            suspects, self._suspects = self._suspects, set()
            account = Account(
                site=self._bus.site, plant_rev=self._plant_rev, now_ns=await self._now_ns()
            )
            await self._mended(functools.partial(self._store.set_aside, suspects, account))

    async def _mended(self, work: Callable[[], list[str]]) -> None:
        """Change the list of files, and tell of it: in the log, the state, and the gaps."""
        try:
            done = await self._in(self._working, work)
            if done:
                await self._in(self._writing, self._store.writer.read_outbox)
        except (DuckError, OSError) as error:
            log.warning("damaged files stay as they are: %s", str(error).partition("\n")[0])
            return
        for each in done:
            log.error("%s", each)
        self._note(damage=self._store.damage)
        await self._publish_outbox()

    async def _now_ns(self) -> int:
        """Time in the plant; waits until that of an emulated one is known."""
        while True:
            with contextlib.suppress(BusUnavailable):
                return self._bus.clock.now_ns()
            await asyncio.sleep(RETRY_S[-1])

    async def _export(self, request: bytes) -> bytes:
        """Begin an export in the thread that compacts; where it stands is asked for."""
        try:
            number, work = self._exports.begin(request)
        except (ExportRefused, msgspec.DecodeError) as error:
            return failed(_EXPORT, str(error))
        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._working, lambda: self._worked(work, loop))
        return msgspec.json.encode({"id": number})

    def _worked(self, work: Callable[[History], None], loop: asyncio.AbstractEventLoop) -> None:
        """Export, in its thread; what could not be read is looked at behind it."""
        work(self._store.exporting)
        loop.call_soon_threadsafe(self._suspect, self._store.exporting.suspects())

    async def _exporting(self, request: bytes) -> bytes:
        return self._exports.answer(request)

    async def _tell_state(self, _: bytes) -> bytes:
        return msgspec.json.encode(self._state)

    def _note(self, **changes: object) -> None:
        self._state = msgspec.structs.replace(self._state, **changes)

    def _subject(self, question: str) -> str:
        return f"lw.ask.{self._bus.site}.history.{question}"

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, work)

    async def _open(self) -> None:
        open_it = functools.partial(Store.open, self._folder, run_ns=time.time_ns())
        self._store = await self._in(self._writing, open_it)
        self._store.use_names(self._renamed)
        for each in self._store.damage:
            log.error("%s", each)
        self._note(damage=self._store.damage)
        self._suspect(self._store.history.suspects())

    async def _close(self) -> None:
        """Close each connection in its thread, the writer's last."""
        self._exports.cancel()
        self._store.end_compaction()
        store = self._store
        await self._in(self._publishing, store.close_publishing)
        await self._in(self._working, store.close_working)
        await self._in(self._reading, store.close_reading)
        await self._in(self._writing, store.close)

    def _shut_down(self) -> None:
        for thread in (self._writing, self._reading, self._working, self._publishing):
            thread.shutdown()


def _arrival(stream: Stream, message: Message) -> Arrival:
    return Arrival(
        stream=stream.value,
        subject=message.subject,
        data=message.data,
        seq=message.seq,
        stored_ns=message.stored_ns,
    )


async def _until(
    stop: asyncio.Event, work: Awaitable[None], drained: Callable[[], Awaitable[None]]
) -> None:
    """Do `work` until `stop` is set and it is `drained`; raises what it raises."""
    working = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            with contextlib.suppress(BusUnavailable, TimeoutError):
                async with asyncio.timeout(DRAIN_S):
                    await drained()
        if working.done():
            working.result()
    finally:
        for task in (working, waiting):
            task.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)
