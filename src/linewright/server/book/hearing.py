"""The shell of the book: loads what lies in history, and hears records and samples from then on.

Records are kept by id and revision, so that what comes from both sides is kept once and nothing
depends on the order. Until history has answered, what is heard is shown already.
"""

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing

from linewright.bus import Applied, Bus, BusUnavailable, Message, Stream
from linewright.live.day import Period, day_at, day_of
from linewright.plant.records import (
    RECORDS,
    Approval,
    Correction,
    Record,
    RecordInvalid,
    class_of,
    decode_from,
)
from linewright.plant.samples import FrameInvalid, frame_from
from linewright.server.book.asking import HistoryAsked
from linewright.server.book.keeping import CLASSES, Kept
from linewright.server.book.reckoning.plain import NS_PER_H, NS_PER_MS
from linewright.server.book.reckoning.windows import period_of
from linewright.server.book.signals import Asked
from linewright.server.book.tracing import STATES_MS, csv_of, no_history, trend_of, with_station
from linewright.server.known import Known, Moment
from linewright.server.views.signals import TrendView

__all__ = ["Book"]

LOG = logging.getLogger(__name__)

DAYS_KEPT = 2
"""Whole production days that are kept beside the open one: yesterday, and Friday on a Monday's
first shift is asked of history."""

OVERLAP = 20_000
"""Messages before the end of the stream that are read from the stream, too: history is less than
a second behind, and no site makes so many records in a second."""

SAMPLES_BACK = 200
"""Frames before the end of the stream that are read, so that every source has spoken at once."""

LOAD_AGAIN_S = 1.0
"""Pause before history is asked again where it does not answer: it starts beside us."""

FORGET_EACH_S = 60.0
"""How often what is older than `DAYS_KEPT` days is let go."""

PAST_MAX = 4
"""Older windows that are kept: the last ones that were looked at."""

YIELD_EACH = 500
"""Messages after which others get their turn."""

BACK_H = {"state": 7 * 24, "reason": 3 * 24, "gap": 3 * 24, "alarm": 14 * 24, "call": 14 * 24}
"""How much earlier than the window what may still hold in it is looked for, in hours."""

NOTES = (Approval, Correction)
"""What is written of a window after its end."""

NAMES = frozenset(name for name, kind in RECORDS.items() if kind in CLASSES)
"""Classes of records that are asked for."""


class Book:
    """The book of a site, filled from the bus.

    Parameters
    ----------
    bus
        Of the site.
    applied
        The plant in force.
    known
        What the server hears besides records: lines, links, services, cases.
    """

    def __init__(self, bus: Bus, applied: Applied, known: Known) -> None:
        self._bus = bus
        self._applied = applied
        self._plant = applied.plant()
        self._known = known
        self.kept = Kept(self._plant, applied.rev, applied.site, known)
        """The book of now."""
        self.history = HistoryAsked(bus)
        self._past: OrderedDict[tuple[int, int], Kept] = OrderedDict()
        self._loading = asyncio.Lock()
        self.acting = asyncio.Lock()
        """Held while a person's act is checked and stored: one at a time."""

    def moment(self) -> Moment:
        """Return the plant in force, and the clocks; plant time is 0 while it is not known."""
        clock, t_ns = self._bus.clock, 0
        with contextlib.suppress(BusUnavailable):
            t_ns = clock.now_ns()
        return Moment(
            plant=self._plant,
            site=self._applied.site,
            rev=self._applied.rev,
            emulated=self._applied.emulated,
            t_ns=t_ns,
            speed=clock.speed,
            wall_ns=time.time_ns(),
            mono_s=time.monotonic(),
        )

    @property
    def past(self) -> tuple[Kept, ...]:
        """Older windows that are in memory, the last one looked at first."""
        return tuple(reversed(self._past.values()))

    async def run(self) -> None:
        """Hear records and samples until the bus is closed.

        Raises
        ------
        BusUnavailable
            The bus stayed away for long.
        """
        self.kept.begun_s = time.monotonic()
        works = (self._hear_records(), self._hear_samples(), self._load(), self._forget())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def take(self, record: Record, *, is_new: bool = True) -> None:
        """Put a record into the book of now, and into those of the past that it belongs to.

        Parameters
        ----------
        record
            Of any class.
        is_new
            Whether it came just now: what lay in the stream before the start is not late.
        """
        plant_ns = self.moment().t_ns if is_new else 0
        self.kept.hear(record, plant_ns)
        for (from_ns, until_ns), past in self._past.items():
            early_ns = from_ns - BACK_H.get(class_of(record), 0) * NS_PER_H
            if early_ns <= record.t_ns < until_ns or isinstance(record, NOTES):
                past.hear(record, plant_ns)

    async def of(self, window: str) -> Kept:
        """Return the book that covers a window: that of now, or one read from history.

        Parameters
        ----------
        window
            As `period_of` reads it.

        Raises
        ------
        Refusal
            The text names no window, or history does not have it in time.
        """
        moment = self.moment()
        period = period_of(window, moment)
        if period.start_ns >= self.kept.day.since_ns:
            return self.kept
        if period.start_ns >= self._horizon_ns(moment.t_ns):
            return self.kept
        async with self._loading:
            return await self._past_of(period, moment)

    async def trend(self, tag: str, from_ms: int, until_ms: int, points: int) -> TrendView:
        """Return one tag over a window; of a short one also states and alarms of the kept days.

        Parameters
        ----------
        tag
            Whole address.
        from_ms, until_ms
            The window.
        points
            Most rows.

        Raises
        ------
        Refusal
            As `trend_of`.
        """
        wanted = Asked(tag=tag, from_ns=from_ms * NS_PER_MS, until_ns=until_ms * NS_PER_MS)
        drawn = await trend_of(self.history, self.kept, self.moment(), wanted, points)
        since_ns = self._horizon_ns(self.moment().t_ns)
        if until_ms - from_ms > STATES_MS or wanted.until_ns <= since_ns:
            return drawn
        return with_station(drawn, self.kept, self.moment(), since_ns=since_ns)

    async def csv(self, tags: Sequence[str], from_ms: int, until_ms: int) -> AsyncIterator[bytes]:
        """Return every row of some tags in a window as CSV, piece by piece.

        Parameters
        ----------
        tags
            Whole addresses.
        from_ms, until_ms
            The window.

        Raises
        ------
        Refusal
            As `csv_of`.
        """
        from_ns, until_ns = from_ms * NS_PER_MS, until_ms * NS_PER_MS
        wanted = [Asked(tag=tag, from_ns=from_ns, until_ns=until_ns) for tag in tags]
        return await csv_of(self.history, self.kept, self.moment(), wanted)

    async def _past_of(self, period: Period, moment: Moment) -> Kept:
        key = period.start_ns, period.end_ns
        if key in self._past:
            self._past.move_to_end(key)
            return self._past[key]
        is_over = period.end_ns <= moment.t_ns
        until_ns = period.end_ns if is_over else None
        past = Kept(self._plant, self._applied.rev, self._applied.site, self._known, until_ns)
        past.newest, past.begun_s = self.kept.newest, self.kept.begun_s
        try:
            await self._read_into(past, period.start_ns, period.end_ns)
        except BusUnavailable as error:
            raise no_history(error, f"window {period.name}") from error
        past.is_whole = True
        self._past[key] = past
        while len(self._past) > PAST_MAX:
            self._past.popitem(last=False)
        return past

    async def _load(self) -> None:
        """Read the kept days from history, as soon as it answers."""
        while not self.kept.is_whole:
            try:
                now_ns = self._bus.clock.now_ns()
                from_ns = self._horizon_ns(now_ns)
                await self._read_into(self.kept, from_ns, now_ns + NS_PER_H)
                self.kept.newest.fill(await self.history.last())
                self.kept.is_whole = True
                LOG.info("the book is read from history")
            except BusUnavailable as error:
                LOG.info("the book waits for history: %s", error)
                await asyncio.sleep(LOAD_AGAIN_S)

    async def _read_into(self, kept: Kept, from_ns: int, until_ns: int) -> None:
        for name in sorted(NAMES):
            early_ns = max(0, from_ns - BACK_H.get(name, 0) * NS_PER_H)
            # Notes and signatures are written when the window is over.
            late_ns = self.moment().t_ns + NS_PER_H if RECORDS[name] in NOTES else until_ns
            async for page in self.history.records(name, early_ns, late_ns):
                for record in page:
                    kept.hear(record, 0)
                await asyncio.sleep(0)

    async def _hear_records(self) -> None:
        old_seq = await self._bus.end_seq(Stream.RECORDS)
        stream = self._bus.follow(Stream.RECORDS, after=max(0, old_seq - OVERLAP))
        async with aclosing(stream) as messages:
            async for message in messages:
                with _passed_over(message):
                    if message.subject.split(".")[1] in NAMES:
                        record = decode_from(message.subject, message.data)
                        self.take(record, is_new=message.seq > old_seq)
                if message.seq % YIELD_EACH == 0:
                    await asyncio.sleep(0)

    async def _hear_samples(self) -> None:
        after = max(0, await self._bus.end_seq(Stream.SAMPLES) - SAMPLES_BACK)
        stream = self._bus.follow(Stream.SAMPLES, after=after)
        async with aclosing(stream) as messages:
            async for message in messages:
                with _passed_over(message):
                    found = frame_from(message.subject, message.data)
                    self.kept.newest.hear(found, message.stored_ns, self.moment().t_ns)

    async def _forget(self) -> None:
        while True:
            await asyncio.sleep(FORGET_EACH_S)
            t_ns = self.moment().t_ns
            if t_ns and self.kept.is_whole:
                self.kept.forget(self._horizon_ns(t_ns))

    def _horizon_ns(self, t_ns: int) -> int:
        """Return where the kept days begin."""
        calendar = self._plant.sites[self._applied.site].calendar()
        today = day_at(calendar, t_ns).day
        return day_of(calendar, today - dt.timedelta(days=DAYS_KEPT)).start_ns


@contextlib.contextmanager
def _passed_over(message: Message) -> Iterator[None]:
    """Log what cannot be read, and go on: the book of the rest is worth more."""
    try:
        yield
    except (RecordInvalid, FrameInvalid) as error:
        LOG.warning("what came on %s cannot be read: %s", message.subject, error)
