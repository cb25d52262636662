"""Conformance of a history: checks that every back end passes, ours or not.

A back end is told by a function that opens it in a folder. Each check opens it there, appends,
and compares every answer with a `Ledger`: plain lists, sorted and searched in the simplest way.

>>> import tempfile
>>> CHECKS["repeats_are_dropped"](DuckHistory.open, Path(tempfile.mkdtemp()))
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, Self

import msgspec

from linewright.history import Arrival, History, Writer, take_in
from linewright.history.buckets import Buckets
from linewright.history.keeping import Compactor, Rule
from linewright.plant.records import Quality
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame, samples_subject

__all__ = ["CHECKS", "Batch", "Check", "DuckHistory", "Factory", "Held", "Ledger", "Row", "batch"]

HOUR_NS = 3_600_000_000_000
T0_NS = 1_717_400_000_000_000_000 // HOUR_NS * HOUR_NS
SITE = "nogales"

ROUNDING = 1e-9
"""Means differ by the order in which numbers are added."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One sample.

    Examples
    --------
    >>> Row(tag="nogales#kw", t_ns=1, value=2.0).quality
    0
    """

    tag: str
    t_ns: int
    value: float
    seen_ns: int = 0
    quality: int = 0
    integer: int | None = None
    text: str | None = None
    raw_ns: int | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one frame.

    Examples
    --------
    >>> Batch(source="meter", n=0, rows=()).epoch
    1
    """

    source: str
    n: int
    rows: tuple[Row, ...]
    epoch: int = 1


class Held(Protocol):
    """An open history that is checked."""

    def append(self, batches: Sequence[Batch]) -> None:
        """Keep batches; those that came before are dropped."""

    def compact(self, now_ns: int) -> None:
        """Do whatever housekeeping is due at a time."""

    def reopen(self) -> None:
        """Close it and open it again."""

    def close(self) -> None:
        """Close it."""

    def read(self, tag: str, from_ns: int, until_ns: int, limit: int) -> list[Row]:
        """Give the rows of a tag in order."""

    def aggregate(
        self, tags: Sequence[str], from_ns: int, until_ns: int, every_ns: int
    ) -> list[Buckets]:
        """Give buckets of some tags."""

    def as_of(self, tag: str, times_ns: Sequence[int]) -> list[tuple[int | None, int | None]]:
        """Give time and quality of the row that held at each of some times."""

    def decimate(
        self, tag: str, from_ns: int, until_ns: int, points: int
    ) -> list[tuple[int, float]]:
        """Give times and numbers for a plot."""

    def last(self) -> list[Row]:
        """Give the last row of each tag."""

    def count(self) -> int:
        """Give the number of rows."""


Factory = Callable[[Path], Held]
Check = Callable[[Factory, Path], None]


class DuckHistory:
    """Our own back end, as the checks see it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the history of a folder."""
        return cls(folder)

    def _open(self) -> None:
        self._writer = Writer.open(self._folder)
        self._history = History(self._writer.database.reader())
        self._compactor = Compactor(self._writer.database.reader())

    def append(self, batches: Sequence[Batch]) -> None:
        """Keep batches; those that came before are dropped."""
        after = self._writer.position("samples")
        arrivals = [_arrival(each, after + at) for at, each in enumerate(batches, 1)]
        intake = take_in(arrivals)
        assert not intake.refused, intake.refused[0].what
        self._writer.append(intake, plant_rev="r1")

    def compact(self, now_ns: int) -> None:
        """Do whatever housekeeping is due at a time."""
        rule = Rule(files_kept_s=0.0)
        while not self._compactor.compact(now_ns=now_ns, rule=rule).is_done:
            continue

    def reopen(self) -> None:
        """Close it and open it again."""
        self.close()
        self._open()

    def close(self) -> None:
        """Close it."""
        self._compactor.close()
        self._history.close()
        self._writer.close()

    def read(self, tag: str, from_ns: int, until_ns: int, limit: int) -> list[Row]:
        """Give the rows of a tag in order."""
        return _rows_of(self._history.read(tag, from_ns, until_ns, limit))

    def aggregate(
        self, tags: Sequence[str], from_ns: int, until_ns: int, every_ns: int
    ) -> list[Buckets]:
        """Give buckets of some tags."""
        return self._history.aggregate(tags, from_ns, until_ns, every_ns=every_ns)

    def as_of(self, tag: str, times_ns: Sequence[int]) -> list[tuple[int | None, int | None]]:
        """Give time and quality of the row that held at each of some times."""
        (found,) = self._history.as_of([tag], times_ns)
        return list(zip(found.t_ns, found.quality, strict=True))

    def decimate(
        self, tag: str, from_ns: int, until_ns: int, points: int
    ) -> list[tuple[int, float]]:
        """Give times and numbers for a plot."""
        found = self._history.decimate(tag, from_ns, until_ns, points).to_pydict()
        return list(zip(found["t_ns"], found["value"], strict=True))

    def last(self) -> list[Row]:
        """Give the last row of each tag."""
        return _rows_of(self._history.last())

    def count(self) -> int:
        """Give the number of rows."""
        return self._history.counts().samples


class Ledger:
    """The oracle: every row in a list, every answer by looking at all of them."""

    def __init__(self) -> None:
        self._rows: list[tuple[tuple[int, int, int, int, int], Row]] = []
        self._batches: dict[tuple[str, int, int], None] = {}
        self._sources: dict[tuple[str, int], int] = {}

    def append(self, batches: Sequence[Batch]) -> None:
        """Keep batches; those that came before are dropped."""
        for each in batches:
            key = (each.source, each.epoch, each.n)
            if key in self._batches:
                continue
            self._batches[key] = None
            source = self._sources.setdefault(key[:2], len(self._sources))
            for row in each.rows:
                order = (row.t_ns, row.seen_ns, source, each.n, len(self._rows))
                self._rows.append((order, row))

    def rows(self, tag: str) -> list[Row]:
        """All rows of a tag in order."""
        mine = [(order, row) for order, row in self._rows if row.tag == tag]
        return [row for _, row in sorted(mine, key=lambda pair: pair[0])]

    def tags(self) -> list[str]:
        """All tags in order."""
        return sorted({row.tag for _, row in self._rows})

    def count(self) -> int:
        """Give the number of rows."""
        return len(self._rows)

    def check(self, held: Held) -> None:
        """Compare every answer of a history with the rows of the ledger."""
        assert held.count() == self.count(), (held.count(), self.count())
        lasts = [self.rows(tag)[-1] for tag in self.tags()]
        _must_equal("last", held.last(), lasts)
        for tag in self.tags():
            rows = self.rows(tag)
            low, high = rows[0].t_ns, rows[-1].t_ns
            _must_equal(tag, held.read(tag, 0, 2**63 - 1, 100_000), rows)
            middle = (low + high) // 2
            inside = [row for row in rows if low <= row.t_ns < middle]
            _must_equal(tag, held.read(tag, low, middle, 3), inside[:3])
            self._check_as_of(held, tag, [low - 1, low, middle, high, high + 1])
            self._check_buckets(held, tag, low, high + 1)
            self._check_plot(held, tag, low, high + 1)

    def _lacks_batches(self) -> bool:
        counts: dict[tuple[str, int], list[int]] = {}
        for source, epoch, n in self._batches:
            counts.setdefault((source, epoch), []).append(n)
        return any(max(numbers) >= len(numbers) for numbers in counts.values())

    def _check_as_of(self, held: Held, tag: str, times_ns: Sequence[int]) -> None:
        rows = self.rows(tag)
        found = held.as_of(tag, times_ns)
        for time_ns, one in zip(times_ns, found, strict=True):
            before = [row for row in rows if row.t_ns <= time_ns]
            wanted = (before[-1].t_ns, before[-1].quality) if before else (None, None)
            assert one == wanted, (tag, time_ns, one, wanted)

    def _check_plot(self, held: Held, tag: str, from_ns: int, until_ns: int) -> None:
        rows = self.rows(tag)
        shown = held.decimate(tag, from_ns, until_ns, 8)
        pairs = [(row.t_ns, row.value) for row in rows]
        assert len(shown) <= max(8, 4), (tag, len(shown))
        assert [time for time, _ in shown] == sorted(time for time, _ in shown)
        assert all(_is_among(pair, pairs) for pair in shown), (tag, shown)
        assert (shown[0][0], shown[-1][0]) == (pairs[0][0], pairs[-1][0])
        good = [row.value for row in rows if _is_good(row)]
        if good:
            numbers = [value for _, value in shown if math.isfinite(value)]
            assert (min(numbers), max(numbers)) == (min(good), max(good)) or _has_bad(rows), tag

    def _check_buckets(self, held: Held, tag: str, from_ns: int, until_ns: int) -> None:
        every_ns = max(-(-(until_ns - from_ns) // 5), 1)
        (found,) = held.aggregate([tag], from_ns, until_ns, every_ns)
        newest_ns = max(row.t_ns for _, row in self._rows)
        for at, start_ns in enumerate(found.start_ns):
            end_ns = start_ns + every_ns
            inside = [row for row in self.rows(tag) if start_ns <= row.t_ns < min(end_ns, until_ns)]
            good = [row.value for row in inside if _is_good(row)]
            assert found.rows[at] == len(inside), (tag, at)
            assert found.count[at] == len(good), (tag, at)
            assert found.bad[at] == sum(bool(row.quality & Quality.BAD) for row in inside)
            none = [math.nan]
            wanted = [min(good or none), max(good or none), (good or none)[0], (good or none)[-1]]
            given = [found.min[at], found.max[at], found.first[at], found.last[at]]
            assert all(_same(*pair) for pair in zip(given, wanted, strict=True)), (
                tag,
                given,
                wanted,
            )
            mean = math.fsum(value / len(good) for value in good) if good else math.nan
            assert _close(found.mean[at], mean, good), (tag, found.mean[at], mean)
            if self._lacks_batches():
                continue  # what a gap hides is not held, and gaps have tests of their own
            end_ns = min(end_ns, until_ns, newest_ns)
            mean, share_ns = _held_mean(self.rows(tag), start_ns, end_ns)
            assert _close(found.time_mean[at], mean, [row.value for row in self.rows(tag)])
            assert abs(found.covered[at] - share_ns / every_ns) < ROUNDING


def batch(source: str, n: int, *rows: Row, epoch: int = 1) -> Batch:
    """Batch of rows.

    Parameters
    ----------
    source
        Name of its source.
    n
        Its number.
    rows
        Its rows.
    epoch
        Of its source.

    Examples
    --------
    >>> batch("meter", 0).rows
    ()
    """
    return Batch(source=source, n=n, rows=rows, epoch=epoch)


@contextmanager
def _opened(factory: Factory, folder: Path) -> Iterator[tuple[Held, Ledger]]:
    held = factory(folder)
    try:
        yield held, Ledger()
    finally:
        held.close()


def _put(held: Held, ledger: Ledger, *batches: Batch) -> None:
    held.append(batches)
    ledger.append(batches)


def _steps(tag: str, first_s: int, count: int, step_s: int = 7) -> tuple[Row, ...]:
    """Rows of a tag at a steady pace, their numbers rounded as a sensor does."""
    times = [T0_NS + (first_s + at * step_s) * 1_000_000_000 for at in range(count)]
    return tuple(
        Row(tag=tag, t_ns=t, value=round(20 + math.sin(at) / 3, 3), seen_ns=t + 5)
        for at, t in enumerate(times)
    )


def _check_empty(factory: Factory, folder: Path) -> None:
    with _opened(factory, folder) as (held, ledger):
        ledger.check(held)
        assert held.read("nogales#nothing", 0, 9, 9) == []
        assert held.aggregate(["nogales#nothing"], 0, 10, 5)[0].rows == [0, 0]
        held.compact(2**62)
        _put(held, ledger, batch("meter", 0))
        ledger.check(held)


def _check_repeats(factory: Factory, folder: Path) -> None:
    with _opened(factory, folder) as (held, ledger):
        first = batch("meter", 0, *_steps("nogales#kw", 0, 9))
        _put(held, ledger, first, first)
        held.reopen()
        _put(held, ledger, first, batch("meter", 1, *_steps("nogales#kw", 63, 2)))
        held.compact(2**62)
        _put(held, ledger, first)
        ledger.check(held)


def _check_late(factory: Factory, folder: Path) -> None:
    with _opened(factory, folder) as (held, ledger):
        for n in range(4):
            _put(held, ledger, batch("meter", n, *_steps("nogales#kw", n * 3600, 500)))
            held.compact(T0_NS + (n + 1) * HOUR_NS)
        ledger.check(held)
        for n, first_s in enumerate([60, 3000, 3601, 9000, 100, 200, 300, 400, 500, 600, 700], 4):
            _put(held, ledger, batch("meter", n, *_steps("nogales#kw", first_s, 3, 1)))
            held.compact(2**62)
            ledger.check(held)
        held.reopen()
        ledger.check(held)


def _check_raw(factory: Factory, folder: Path) -> None:
    """An episode of a wrong clock in rows that are right before and after it, late ones included.

    Compacted hours with and without raw times are merged both ways.
    """
    with _opened(factory, folder) as (held, ledger):
        wrong = [
            msgspec.structs.replace(row, quality=int(Quality.CLOCK), raw_ns=row.t_ns - HOUR_NS)
            for row in _steps("nogales#kw", 1800, 400)
        ]
        right = _steps("nogales#kw", 0, 257)
        _put(held, ledger, batch("meter", 0, *right), batch("meter", 1, *wrong))
        ledger.check(held)
        held.compact(T0_NS + HOUR_NS)
        _put(held, ledger, batch("meter", 2, *_steps("nogales#kw", 7200, 9)))
        for n in range(3, 14):
            late = wrong[n : n + 1] if n % 2 else right[n : n + 1]
            _put(held, ledger, batch("meter", n, *late))
            held.compact(2**62)
            ledger.check(held)
        held.reopen()
        ledger.check(held)


def _check_two_sources(factory: Factory, folder: Path) -> None:
    with _opened(factory, folder) as (held, ledger):
        rows = _steps("nogales#kw", 0, 50)
        again = tuple(
            msgspec.structs.replace(row, value=-1.5, seen_ns=row.seen_ns - 1) for row in rows
        )
        _put(held, ledger, batch("a", 0, *rows), batch("b", 0, *again))
        ledger.check(held)
        held.compact(2**62)
        _put(held, ledger, batch("b", 1, *again), batch("a", 0, *rows, epoch=2))
        ledger.check(held)
        held.compact(2**62)
        ledger.check(held)


_ODD = (
    Row(
        tag="nogales#odd", t_ns=T0_NS, value=math.nan, quality=int(Quality.BAD | Quality.NOT_FINITE)
    ),
    Row(tag="nogales#odd", t_ns=T0_NS + 1, value=math.inf, quality=514, seen_ns=7),
    Row(tag="nogales#odd", t_ns=T0_NS + 2, value=-0.0),
    Row(tag="nogales#odd", t_ns=T0_NS + 3, value=5e-324),
    Row(tag="nogales#odd", t_ns=T0_NS + 4, value=1.7976931348623157e308),
    Row(tag="nogales#odd", t_ns=T0_NS + 5, value=0.1 + 0.2),
    Row(tag="nogales#odd", t_ns=T0_NS + 6, value=-1e-9),
    Row(tag="nogales#odd", t_ns=T0_NS + 7, value=1.5, quality=int(Quality.CLOCK), raw_ns=-1),
    Row(tag="nogales#odd", t_ns=T0_NS + 8, value=1.5, quality=4, raw_ns=2**63 - 1),
    Row(tag="nogales#int", t_ns=T0_NS, value=float(2**63), integer=2**63 - 1),
    Row(tag="nogales#int", t_ns=T0_NS + 1, value=float(-(2**63)), integer=-(2**63)),
    Row(tag="nogales#int", t_ns=T0_NS + 2, value=0.5, integer=7),
    Row(tag="nogales#int", t_ns=2**62, value=0.0, integer=0),
    Row(tag="nogales#text", t_ns=T0_NS, value=math.nan, text=""),
    Row(tag="nogales#text", t_ns=T0_NS, value=math.nan, text="Späne\x00 é" * 100),
    Row(tag="nogales#text", t_ns=0, value=1.25, text="both", integer=1),
)


def _check_odd(factory: Factory, folder: Path) -> None:
    with _opened(factory, folder) as (held, ledger):
        _put(held, ledger, batch("odd", 0, *_ODD))
        for row in _ODD:
            _put(held, ledger, batch("single", _ODD.index(row), msgspec.structs.replace(row)))
        _check_rows(held, ledger)
        held.compact(2**62 + 2 * HOUR_NS)
        held.reopen()
        _check_rows(held, ledger)


def _check_rows(held: Held, ledger: Ledger) -> None:
    _must_equal("last", held.last(), [ledger.rows(tag)[-1] for tag in ledger.tags()])
    for tag in ledger.tags():
        _must_equal(tag, held.read(tag, 0, 2**63 - 1, 100_000), ledger.rows(tag))


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "nothing_is_nothing": _check_empty,
        "repeats_are_dropped": _check_repeats,
        "late_rows_are_in_order": _check_late,
        "two_sources_of_one_tag": _check_two_sources,
        "odd_values_come_back": _check_odd,
        "raw_times_come_back": _check_raw,
    }
)
"""Every check by its name; each takes a back end and an empty folder, and asserts."""


def _arrival(each: Batch, seq: int) -> Arrival:
    rows = each.rows
    columns = Columns(
        tag=[row.tag for row in rows],
        t_ns=[row.t_ns for row in rows],
        seen_ns=[row.seen_ns for row in rows],
        value=[row.value for row in rows],
        quality=[row.quality for row in rows],
        integer=[row.integer for row in rows],
        text=[row.text for row in rows],
        raw_ns=[row.raw_ns for row in rows],
    )
    header = FrameHeader(site=SITE, source=each.source, epoch=each.epoch, n=each.n)
    data = encode_frame(frame(header, columns))
    return Arrival(stream="samples", subject=samples_subject(header), data=data, seq=seq)


def _rows_of(found: Columns) -> list[Row]:
    return [
        Row(
            tag=tag,
            t_ns=found.t_ns[at],
            value=found.value[at],
            seen_ns=found.seen_ns[at],
            quality=found.quality[at],
            integer=(found.integer or [])[at],
            text=(found.text or [])[at],
            raw_ns=(found.raw_ns or [])[at],
        )
        for at, tag in enumerate(found.tag)
    ]


def _must_equal(what: str, found: Sequence[Row], wanted: Sequence[Row]) -> None:
    """Bit by bit: minus zero is not zero, NaN is NaN."""
    shown = [repr(row) for row in found]
    assert shown == [repr(row) for row in wanted], (what, found, wanted)


def _is_good(row: Row) -> bool:
    return not row.quality & Quality.BAD and math.isfinite(row.value)


def _has_bad(rows: Sequence[Row]) -> bool:
    return any(not _is_good(row) for row in rows)


def _is_among(pair: tuple[int, float], pairs: Sequence[tuple[int, float]]) -> bool:
    return any(pair[0] == time and _same(pair[1], value) for time, value in pairs)


def _same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))


def _close(found: float, wanted: float, values: Sequence[float]) -> bool:
    """Whether two means of values are the same but for rounding."""
    if math.isnan(wanted) or math.isnan(found):
        return math.isnan(wanted) == math.isnan(found)
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return abs(found - wanted) <= ROUNDING * largest or found == wanted


def _held_mean(rows: Sequence[Row], from_ns: int, until_ns: int) -> tuple[float, int]:
    """Mean of what was held from a time to another, and for how many ns a number was held."""
    total, held_ns = 0.0, 0
    for at, row in enumerate(rows):
        end_ns = rows[at + 1].t_ns if at + 1 < len(rows) else until_ns
        low, high = max(row.t_ns, from_ns), min(end_ns, until_ns)
        if high > low and _is_good(row):
            held_ns += high - low
            total += row.value * (high - low)
    return (total / held_ns, held_ns) if held_ns else (math.nan, 0)
