"""What a source still has to publish: rows, gaps and heartbeats, in the order of their arrival.

Whatever stands before something in the outbox is stored before it. So, after a death, everything
older than the newest stored time is stored, and one gap from there on accounts for the rest.

>>> box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=41))
>>> box.names(["nogales/machining/bracket/saw#kw"])
>>> rows = Rows()
>>> rows.add_one(0, t_ns=7, seen_ns=9, value=3.0, quality=0)
>>> box.add(rows)
>>> batch = box.head()
>>> batch.rows.value, box.published(batch), box.head(), box.stored_ns
([3.0], None, None, 7)
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec

from linewright.connectors.feeding.arrays import column, tag_column, tag_names
from linewright.connectors.feeding.rows import Rows, is_timed
from linewright.plant.records import Gap
from linewright.plant.samples import Columns, Frame, FrameHeader, frame

__all__ = ["Batch", "Numbering", "Outbox", "Overrun", "newest_timed_ns"]

ROWS_MAX = 200_000
"""Most rows that wait in one outbox: a minute of a fast source while the bus is away."""

BATCH_ROWS_MAX = 20_000
"""Most rows of one frame: what a frame holds."""

BATCH_BYTES_MAX = 900_000
"""Most bytes of one frame, less than the bus takes by the frame's head and its tags' own bound."""

ROW_BYTES = 44
"""Bytes of a row without text: seven columns with their bits of what is missing."""

RAW_BYTES = 9
"""Bytes that a row has more in a frame with raw times."""

HEARTBEAT_NS = 1_000_000_000
"""Silence after which a source that is connected sends a frame without rows, 1 s."""

_OFFSET_BYTES = 4
_CHARACTER_BYTES = 4


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
    >>> Batch(numbering=numbering, rows=Rows(), tags=tag_names([])).frame().rows
    0
    """

    numbering: Numbering
    rows: Rows
    tags: Any
    """Dictionary of the source's tags, as Arrow has it."""
    newest_timed_ns: int | None = None
    """Newest time of a change in it."""

    def frame(self) -> Frame:
        """Frame of the rows.

        Examples
        --------
        >>> numbering = Numbering(site="a", source="b", epoch=1, n=2)
        >>> Batch(numbering=numbering, rows=Rows(), tags=tag_names([])).frame().header.n
        2
        """
        to, rows = self.numbering, self.rows
        columns = Columns(
            tag=tag_column(rows.tag, self.tags),
            t_ns=column("t_ns", rows.t_ns),
            seen_ns=column("seen_ns", rows.seen_ns),
            value=column("value", rows.value),
            quality=column("quality", rows.quality),
            integer=column("int", rows.integer),
            text=column("text", rows.text),
            raw_ns=_raw_column(rows),
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
    >>> numbering = Numbering(site="a", source="b", epoch=1, n=2)
    >>> newest_timed_ns(Batch(numbering=numbering, rows=Rows(), tags=tag_names([])).frame())
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
        self._items: deque[Rows | Gap] = deque(maxlen=ROWS_MAX)
        self._waiting = 0
        self._overrun: Overrun | None = None
        self.names([])
        self._going: Batch | None = None
        self._is_rewound = False
        self.taken_ns = stored_ns
        """Newest time of a change that was taken in, or end of the latest gap."""
        self.stored_ns = stored_ns
        """The same, of what is published."""

    def names(self, tags: Sequence[str]) -> None:
        """Say which tags the rows count from now on; those that wait keep theirs.

        Examples
        --------
        >>> Outbox(Numbering(site="a", source="b", epoch=1, n=0)).names(["a#kw"])
        """
        self._tags = tag_names(tags)
        sizes = [len(tag) + _OFFSET_BYTES for tag in tags]
        # The dictionary of a frame holds all tags, or one for each row at most.
        by_all = (BATCH_BYTES_MAX - sum(sizes)) // ROW_BYTES
        by_row = BATCH_BYTES_MAX // (ROW_BYTES + max(sizes, default=0))
        self._fitting = min(BATCH_ROWS_MAX, max(by_all, by_row))

    def add(self, rows: Rows) -> None:
        """Take rows in, in the order in which they came; they belong to the outbox then.

        Rows that find no room are dropped and counted, see `overrun`.
        """
        count = len(rows)
        if not count:
            return
        if self._overrun is not None or self._waiting + count > self._rows_max:
            # Nothing more is taken until the gap stands before it: `overrun`.
            self._drop(rows)
            return
        last = self._items[-1] if self._items else None
        if isinstance(last, Rows) and last.names is self._tags:
            last.extend(rows)
        else:
            rows.names = self._tags
            self._items.append(rows)
        self._waiting += count
        self._take(rows.newest_timed_ns())

    def reach(self, t_ns: int | None) -> None:
        """Say that everything until then is accounted for without being a row."""
        self._take(t_ns)

    def rewind(self, t_ns: int) -> None:
        """Say that the account is known until then only: the clock of the plant was put back."""
        self.taken_ns, self._is_rewound = t_ns, True

    def add_gap(self, gap: Gap) -> None:
        """Take a gap in, behind the rows that are here."""
        self._items.append(gap)
        if not gap.tags:
            self._take(gap.until_ns)

    @property
    def waiting(self) -> int:
        """Rows that wait."""
        return self._waiting

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
        self._items[0] = first = first.in_order()
        batch = first.first(_fitting(first, self._fitting))
        self._going = Batch(
            numbering=self._numbering,
            rows=batch,
            tags=first.names,
            newest_timed_ns=batch.newest_timed_ns(),
        )
        return self._going

    def heartbeat(self) -> Batch:
        """Frame without rows under the next number, where nothing else is to be published."""
        assert self.head() is None, "a heartbeat says that there is nothing new"
        self._going = Batch(numbering=self._numbering, rows=Rows(), tags=self._tags)
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
        if len(sent.rows):
            first = self._items[0]
            assert isinstance(first, Rows), "rows were sent"
            # What was added since stands behind them: only `head` sorts.
            first.drop_first(len(sent.rows))
            self._waiting -= len(sent.rows)
            if not len(first):
                self._items.popleft()
        self._store(sent.newest_timed_ns)
        if self.stored_ns is None:
            # Nothing but first readings so far: what is not stored is not older than they are.
            self._store(min(sent.rows.t_ns, default=None))
        if not self._items and self._overrun is None and self.stored_ns is not None:
            # Nothing waits: what was taken in is stored, or was dropped as the plant file says.
            if self._is_rewound:
                self.stored_ns, self._is_rewound = self.taken_ns, False
            self._store(self.taken_ns)

    def _drop(self, rows: Rows) -> None:
        times_ns = list(rows.t_ns)
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


def _raw_column(rows: Rows) -> Any:  # noqa: ANN401 - Arrow's own type
    """Column of the raw times; None where no row has one, and the frame goes without."""
    if not rows.raw_ns:
        return None
    return column("raw_ns", [rows.raw_ns.get(place) for place in range(len(rows))])


def _fitting(rows: Rows, fitting: int) -> int:
    """How many of the rows fit one frame that holds `fitting` without text; at least one."""
    if rows.raw_ns:
        fitting = max(1, fitting * ROW_BYTES // (ROW_BYTES + RAW_BYTES))
    most = min(len(rows), fitting)
    if not any(rows.text[:most]):
        return most
    size, each = 0, BATCH_BYTES_MAX // fitting
    for count, text in enumerate(rows.text[:most]):
        size += each + (0 if text is None else _CHARACTER_BYTES * len(text))
        if size > BATCH_BYTES_MAX and count:
            return count
    return most
