"""The service: reads both streams from where the file stands, appends, publishes gaps, answers.

The position of a stream is in the file, in the same transaction as what was read up to there. So
the streams are read in order from that position, and nothing is acknowledged: what is not in the
file is read again.
"""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from linewright.bus import Bus, BusUnavailable, Message, Stream
from linewright.history.asking import QUESTIONS, answer
from linewright.history.audit_file import AuditFile
from linewright.history.intake import Arrival, take_in
from linewright.history.reader import History
from linewright.history.writer import Appended, Writer

__all__ = ["run"]

BATCH_MESSAGES = 500
"""Most messages of one transaction: a commit costs some 10 ms whatever is in it."""

BATCH_BYTES = 32 << 20
"""Most bytes of one transaction: frames may have a megabyte each."""

GATHER_S = 0.5
"""Longest wait for a transaction to fill up: so old is what is asked for at most."""

QUEUE_MESSAGES = 500
"""Messages read ahead while a transaction is under way."""

QUIET_S = 1.0
"""How long nothing may come after `stop` before the last transaction: others end at that time."""

DRAIN_S = 5.0
"""Longest reading on after `stop`; what is left is read after the next start."""

LOOK_S = 0.1
"""Between two looks at the ends of the streams."""

T = TypeVar("T")

log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Keep the history of a site until `stop` is set.

    Parameters
    ----------
    bus
        Connected bus of the site.
    folder
        Private folder: the database and ``audit.jsonl``.
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


class _Desk:
    """The open file with one thread that writes and one that reads."""

    def __init__(self, bus: Bus, folder: Path) -> None:
        self._bus = bus
        self._folder = folder
        self._writing = ThreadPoolExecutor(1, "history-write")
        self._reading = ThreadPoolExecutor(1, "history-read")
        self._queue: asyncio.Queue[Arrival] = asyncio.Queue(QUEUE_MESSAGES)
        self._plant_rev = ""
        self._writer: Writer
        self._history: History
        self._file: AuditFile

    @classmethod
    async def open(cls, bus: Bus, folder: Path) -> "_Desk":
        desk = cls(bus, folder)
        try:
            await desk._in(desk._writing, desk._open)
        except BaseException:
            desk._writing.shutdown()
            desk._reading.shutdown()
            raise
        return desk

    async def close(self) -> None:
        """Close the file behind the transaction under way."""
        await self._in(self._reading, self._history.close)
        await self._in(self._writing, self._close)
        self._writing.shutdown()
        self._reading.shutdown()

    async def work(self) -> None:
        """Answer at once; append as soon as a plant is applied, which gaps name."""
        for question in QUESTIONS:
            subject = f"lw.ask.{self._bus.site}.history.{question}"
            await self._bus.answer(subject, self._answering(question))
        self._plant_rev = (await self._bus.applied()).rev
        await self._publish_outbox()
        begins = {stream: await self._begin(stream) for stream in Stream}
        try:
            async with asyncio.TaskGroup() as group:
                for stream, after in begins.items():
                    group.create_task(self._pump(stream, after))
                group.create_task(self._append())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def drained(self) -> None:
        """Wait until all that is on the streams is stored and nothing more comes."""
        clock = asyncio.get_running_loop().time
        quiet_s, ends = clock() + QUIET_S, dict.fromkeys(Stream, -1)
        while clock() < quiet_s:
            now = {stream: await self._bus.end_seq(stream) for stream in Stream}
            behind = any(self._writer.position(each.value) < end for each, end in now.items())
            if now != ends or behind:
                ends, quiet_s = now, clock() + QUIET_S
            await asyncio.sleep(LOOK_S)

    async def _begin(self, stream: Stream) -> int:
        """Sequence to read a stream after; from the start where it was lost and made anew."""
        position = self._writer.position(stream.value)
        end = await self._bus.end_seq(stream)
        if end < position:
            log.warning("stream %s ends at %d, before %d: read anew", stream, end, position)
            await self._in(self._writing, lambda: self._writer.rewind(stream.value))
            position = 0
        return position

    async def _pump(self, stream: Stream, after: int) -> None:
        async for message in self._bus.follow(stream, after=after):
            await self._queue.put(_arrival(stream, message))

    async def _append(self) -> None:
        """Append batch after batch; publish the gaps that they show."""
        while True:
            batch = await self._gather()
            appended = await self._in(self._writing, functools.partial(self._keep, batch))
            if appended.refused:
                log.warning("%d messages could not be read; kept as they came", appended.refused)
            for gap in appended.gaps:
                span = (gap.of_source, gap.epoch, gap.first_n, gap.last_n)
                log.warning("gap of %s, epoch %d, batches %s to %s", *span)
            if appended.gaps:
                await self._publish_outbox()

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
        for gap in self._writer.outbox():
            await self._bus.publish(gap)

    def _answering(self, question: str) -> Callable[[bytes], Awaitable[bytes]]:
        async def reply(request: bytes) -> bytes:
            return await self._in(self._reading, lambda: answer(question, request, self._history))

        return reply

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, work)

    def _open(self) -> None:
        self._writer = Writer.open(self._folder)
        self._history = History(self._writer.database.reader())
        self._file = AuditFile.open(self._folder, self._history.audit())

    def _close(self) -> None:
        self._file.close()
        self._writer.close()

    def _keep(self, batch: list[Arrival]) -> Appended:
        appended = self._writer.append(take_in(batch), plant_rev=self._plant_rev)
        self._file.append(appended.lines)
        return appended


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
