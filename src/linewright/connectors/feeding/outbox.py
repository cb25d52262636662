"""What a source still has to publish: rows, gaps and heartbeats, in the order of their arrival.

Whatever stands before something in the outbox is stored before it. So, after a death, everything
older than the newest stored time is stored, and one gap from there on accounts for the rest.

>>> box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=41))
>>> box.add([Row(tag="nogales/machining/bracket/saw#kw", t_ns=7, seen_ns=9, value=3.0, quality=0)])
>>> batch = box.head()
>>> batch.rows[0].value, box.published(batch), box.head(), box.stored_ns
(3.0, None, None, 7)
"""

from collections import deque
from collections.abc import Sequence

import msgspec

from linewright.connectors.values import Row, is_timed
from linewright.plant.records import Gap
from linewright.plant.samples import Columns, Frame, FrameHeader, frame

__all__ = ["Batch", "Numbering", "Outbox", "Overrun", "newest_timed_ns"]

ROWS_MAX = 200_000
"""Most rows that wait in one outbox: a minute of a fast source while the bus is away."""

BATCH_ROWS_MAX = 5_000
"""Most rows of one frame: about a fifth of what the bus takes, so that texts fit too."""

BATCH_TEXT_MAX = 150_000
"""Most characters of text in one frame, likewise; each may take four bytes."""

HEARTBEAT_NS = 1_000_000_000
"""Silence after which a source that is connected sends a frame without rows, 1 s."""


class Numbering(msgspec.Struct, frozen=True, kw_only=True):
    """Whose frames these are, and the number of the next one.

    Examples
    --------
    >>> Numbering(site="nogales", source="saw", epoch=5, n=0).n
    0
    """

    site: str
    source: str
    epoch: int
    n: int


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that go out together under one number; without rows it is a heartbeat.

    Examples
    --------
    >>> numbering = Numbering(site="nogales", source="saw", epoch=5, n=0)
    >>> Batch(numbering=numbering, rows=()).frame().rows
    0
    """

    numbering: Numbering
    rows: tuple[Row, ...]

    def frame(self) -> Frame:
        """Frame of the rows.

        Examples
        --------
        >>> Batch(numbering=Numbering(site="a", source="b", epoch=1, n=2), rows=()).frame().header.n
        2
        """
        to = self.numbering
        rows = self.rows
        columns = Columns(
            tag=[row.tag for row in rows],
            t_ns=[row.t_ns for row in rows],
            seen_ns=[row.seen_ns for row in rows],
            value=[row.value for row in rows],
            quality=[row.quality for row in rows],
            integer=[row.integer for row in rows],
            text=[row.text for row in rows],
        )
        return frame(FrameHeader(site=to.site, source=to.source, epoch=to.epoch, n=to.n), columns)


class Overrun(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that found no room: from when to when, and how many.

    Examples
    --------
    >>> Overrun(from_ns=1, until_ns=5, count=3).count
    3
    """

    from_ns: int
    until_ns: int
    count: int


def newest_timed_ns(made: Frame) -> int | None:
    """Newest time of a change in a frame, or None where it holds none.

    Examples
    --------
    >>> newest_timed_ns(
    ...     Batch(numbering=Numbering(site="a", source="b", epoch=1, n=2), rows=()).frame()
    ... )
    """
    times_ns = made.batch.column("t_ns").to_pylist()
    qualities = made.batch.column("quality").to_pylist()
    timed = [t for t, quality in zip(times_ns, qualities, strict=True) if is_timed(quality)]
    return max(timed, default=None)


class Outbox:
    """Rows and gaps of one source on their way to the bus.

    Parameters
    ----------
    numbering
        Number of the next frame.
    stored_ns
        Time up to which everything is accounted for in what is stored already.
    rows_max
        Most rows that wait.

    Examples
    --------
    >>> box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=41))
    >>> box.head() is None, box.heartbeat().numbering.n
    (True, 41)
    """

    def __init__(
        self, numbering: Numbering, stored_ns: int | None = None, *, rows_max: int = ROWS_MAX
    ) -> None:
        self.epoch = numbering.epoch
        self._numbering = numbering
        self._rows_max = rows_max
        # Each item but a gap holds a row at least, and gaps come with rows or connections.
        self._items: deque[list[Row] | Gap] = deque(maxlen=ROWS_MAX)
        self._waiting = 0
        self._overrun: Overrun | None = None
        self._latest: dict[str, Row] = {}
        self._going: Batch | None = None
        self.taken_ns = stored_ns
        """Newest time of a change that was taken in, or end of the latest gap."""
        self.stored_ns = stored_ns
        """The same, of what is published."""

    def add(self, rows: Sequence[Row]) -> None:
        """Take rows in, in the order in which they came.

        A row that repeats time and value of the one before of its tag is dropped; one with the
        same time and another value comes a nanosecond later: a tag never has two values at once.
        Rows that find no room are dropped and counted, see `overrun`.
        """
        fresh = [row for row in map(self._once, rows) if row is not None]
        if self._overrun is not None or self._waiting + len(fresh) > self._rows_max:
            # Nothing more is taken until the gap stands before it: `overrun`.
            self._drop(fresh)
            return
        if not fresh:
            return
        if not self._items or isinstance(self._items[-1], Gap):
            self._items.append([])
        last = self._items[-1]
        assert isinstance(last, list), "rows go behind rows"
        last.extend(fresh)
        self._waiting += len(fresh)
        self._take(max((row.t_ns for row in fresh if row.is_timed), default=None))

    def add_gap(self, gap: Gap) -> None:
        """Take a gap in, behind the rows that are here."""
        self._items.append(gap)
        if not gap.tags:
            self._take(gap.until_ns)

    @property
    def is_overrun(self) -> bool:
        """Whether rows were dropped that no gap accounts for yet."""
        return self._overrun is not None

    def overrun(self) -> Overrun | None:
        """Rows that were dropped, once there is room again.

        Until the question was answered no row is taken in, so that the gap can stand before them.
        """
        if self._overrun is None or self._waiting > self._rows_max // 2:
            return None
        found, self._overrun = self._overrun, None
        return found

    def head(self) -> Batch | Gap | None:
        """What is to be published next, or None; the same until `published` is called.

        A number never stands for two contents: the bus drops the second one as a repeat.
        """
        if self._going is not None:
            return self._going
        if not self._items:
            return None
        first = self._items[0]
        if isinstance(first, Gap):
            return first
        # Oldest first, so that a part of them stored means everything older is stored too.
        first.sort(key=lambda row: row.t_ns)
        self._going = Batch(numbering=self._numbering, rows=tuple(first[: _fitting(first)]))
        return self._going

    def heartbeat(self) -> Batch:
        """Frame without rows under the next number, where nothing else is to be published."""
        assert self.head() is None, "a heartbeat says that there is nothing new"
        self._going = Batch(numbering=self._numbering, rows=())
        return self._going

    def published(self, sent: Batch | Gap) -> None:
        """Forget what the bus has."""
        if isinstance(sent, Gap):
            self._items.popleft()
            if not sent.tags:
                self._store(sent.until_ns)
            return
        self._going = None
        self._numbering = msgspec.structs.replace(self._numbering, n=self._numbering.n + 1)
        if sent.rows:
            first = self._items[0]
            assert isinstance(first, list), "rows were sent"
            # What was added since stands behind them: only `head` sorts.
            del first[: len(sent.rows)]
            self._waiting -= len(sent.rows)
            if not first:
                self._items.popleft()
        self._store(max((row.t_ns for row in sent.rows if row.is_timed), default=None))
        if self.stored_ns is None:
            # Nothing but first readings so far: what is not stored is not older than they are.
            self._store(min((row.t_ns for row in sent.rows), default=None))

    def _once(self, row: Row) -> Row | None:
        before = self._latest.get(row.tag)
        if before is not None and row.t_ns == before.t_ns:
            if _content(row) == _content(before):
                return None
            row = msgspec.structs.replace(row, t_ns=row.t_ns + 1)
        elif (
            before is not None and row.t_ns == before.t_ns - 1 and _content(row) == _content(before)
        ):
            return None
        self._latest[row.tag] = row
        return row

    def _drop(self, rows: Sequence[Row]) -> None:
        times_ns = [row.t_ns for row in rows]
        if not times_ns:
            return
        before = self._overrun
        if before is not None:
            times_ns += [before.from_ns, before.until_ns]
        self._overrun = Overrun(
            from_ns=min(times_ns),
            until_ns=max(times_ns),
            count=len(rows) + (0 if before is None else before.count),
        )

    def _take(self, t_ns: int | None) -> None:
        if t_ns is not None:
            self.taken_ns = max(t_ns, self.taken_ns or 0)

    def _store(self, t_ns: int | None) -> None:
        if t_ns is not None:
            self.stored_ns = max(t_ns, self.stored_ns or 0)


def _content(row: Row) -> tuple[str, int | None, str | None, int]:
    # As text, because NaN differs from itself.
    return repr(row.value), row.integer, row.text, row.quality


def _fitting(rows: list[Row]) -> int:
    """How many of the rows fit one frame, at least one."""
    characters = 0
    for count, row in enumerate(rows[:BATCH_ROWS_MAX]):
        characters += len(row.text or "")
        if characters > BATCH_TEXT_MAX and count:
            return count
    return min(len(rows), BATCH_ROWS_MAX)
