"""Buckets: what the rows of a tag come to, span by span, and the few rows that a plot needs.

>>> rows = Series(
...     np.array([0, 4, 6]), np.array([1.0, 3.5, 6.0]), np.array([0, 0, 0], np.uint16)
... )
>>> found = bucketed("a#b", rows, Grid(from_ns=0, every_ns=4, count=2), Known(until_ns=8))
>>> found.mean, found.time_mean, found.covered
([1.0, 4.75], [1.0, 4.75], [1.0, 1.0])
"""

import math
from collections.abc import Sequence

import msgspec

from linewright.history.keeping.arrays import Array, Floats, Ints, np
from linewright.history.keeping.rows import Series
from linewright.plant.records import Quality

__all__ = ["BUCKETS_MAX", "Buckets", "Grid", "Known", "bucketed", "few", "grid"]

BUCKETS_MAX = 100_000
"""Most buckets of one answer, over all tags: some 10 MB in Python."""

FEW_A_BUCKET = 4
"""Rows that a bucket of a plot keeps at most: first, least, greatest, last."""

TIME_MAX_NS = 2**63 - 1

_NAN = float("nan")


class Grid(msgspec.Struct, frozen=True):
    """Buckets of one width, side by side.

    Examples
    --------
    >>> Grid(from_ns=10, every_ns=5, count=3).until_ns
    25
    """

    from_ns: int
    every_ns: int
    count: int

    @property
    def until_ns(self) -> int:
        """End of the last bucket, which is not in it.

        Examples
        --------
        >>> Grid(from_ns=0, every_ns=1, count=1).until_ns
        1
        """
        return self.from_ns + self.every_ns * self.count


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a tag beside its rows in the window.

    Examples
    --------
    >>> Known(until_ns=5).value is None
    True
    """

    until_ns: int
    """Newest event time of all: a value is not held beyond it."""
    value: float | None = None
    """Good value that was held when the window began; None where there was none."""
    value_ns: int = 0
    """Since when."""
    gaps: Sequence[tuple[int, int]] = ()
    """Times without data of its sources, as pairs of event times."""


class Buckets(msgspec.Struct, frozen=True, kw_only=True):
    """Aggregates of one tag, a place for each bucket.

    Bad rows count in `rows` and `bad` only. Where a bucket has no good number, `min`, `max`,
    `mean`, `first` and `last` are NaN; where nothing is known of it for any moment, `time_mean`
    is NaN and `covered` is 0.

    Examples
    --------
    >>> Buckets(tag="a#b", every_ns=1).start_ns
    []
    """

    tag: str
    every_ns: int
    start_ns: list[int] = []
    rows: list[int] = []
    """All rows, texts and bad ones too; 0 marks an empty bucket."""
    count: list[int] = []
    """Rows with a good number."""
    bad: list[int] = []
    min: list[float] = []
    max: list[float] = []
    mean: list[float] = []
    """Of the good numbers, each with the same weight."""
    time_mean: list[float] = []
    """Each number holds until the next row, a gap, or the newest time of all."""
    covered: list[float] = []
    """Share of the bucket over which a good number was held."""
    first: list[float] = []
    last: list[float] = []
    gap: list[bool] = []
    """Whether a gap of a source of the tag reaches into it."""


def grid(from_ns: int, until_ns: int, every_ns: int) -> Grid:
    """Buckets from a time on until another one is reached.

    Parameters
    ----------
    from_ns
        Where the first begins.
    until_ns
        What the last one reaches at least.
    every_ns
        Width.

    Raises
    ------
    ValueError
        The width is not positive, there would be more than `BUCKETS_MAX`, or the last one would
        end beyond what times can say.

    Examples
    --------
    >>> grid(0, 10, 4).count
    3
    """
    if every_ns <= 0:
        raise ValueError(f"a bucket of {every_ns} ns: name a width above 0")
    count = max(-(-(until_ns - from_ns) // every_ns), 0)
    if count > BUCKETS_MAX:
        raise ValueError(f"{count} buckets, at most {BUCKETS_MAX}: ask for wider ones")
    if from_ns + every_ns * count > TIME_MAX_NS:
        raise ValueError("the last bucket ends beyond the year 2262: ask for an earlier end")
    return Grid(from_ns, every_ns, count)


def bucketed(tag: str, rows: Series, cells: Grid, known: Known) -> Buckets:
    """Aggregates of the rows of one tag.

    Parameters
    ----------
    tag
        Its address.
    rows
        Its rows within the grid, in order.
    cells
        The buckets.
    known
        What was before the window, and what is missing.

    Examples
    --------
    >>> nothing = Series(np.array([], np.int64), np.array([]), np.array([], np.uint16))
    >>> bucketed("a#b", nothing, Grid(from_ns=0, every_ns=5, count=1), Known(until_ns=5)).rows
    [0]
    """
    cell = (rows.t_ns - cells.from_ns) // cells.every_ns
    is_bad = (rows.quality & np.uint16(Quality.BAD)) != 0
    is_good = ~is_bad & np.isfinite(rows.value)
    counts = np.bincount(cell, minlength=cells.count)
    of_good, bad = counts, np.zeros_like(counts)
    is_whole = bool(is_good.all())
    if not is_whole:
        bad = np.bincount(cell[is_bad], minlength=cells.count)
        of_good = np.bincount(cell[is_good], minlength=cells.count)
    if is_whole and not known.gaps:
        time_mean, covered = _held_whole(rows, counts, cells, known)
    else:
        time_mean, covered = _held(rows, is_good, cells, known)
    starts = cells.from_ns + cells.every_ns * np.arange(cells.count)
    good = _reduced(rows.value if is_whole else rows.value[is_good], of_good)
    return Buckets(
        count=of_good.tolist(),
        tag=tag,
        every_ns=cells.every_ns,
        start_ns=starts.tolist(),
        rows=counts.tolist(),
        bad=bad.tolist(),
        time_mean=time_mean.tolist(),
        covered=covered.tolist(),
        gap=_touched(starts, cells.every_ns, known.gaps).tolist(),
        **good,
    )


def few(rows: Series, from_ns: int, until_ns: int, points: int) -> Array:
    """Places of the rows that a plot of some points shows: the outline stays as it is.

    Parameters
    ----------
    rows
        Rows of one tag, in order.
    from_ns, until_ns
        Window of the plot.
    points
        Most rows, at least `FEW_A_BUCKET`.

    Returns
    -------
    numpy.ndarray
        Rising places: in each of ``points // 4`` buckets the first and the last row, and the
        least and the greatest good number. All rows where they are few enough.

    Examples
    --------
    >>> values = np.array([0.0, 9.0, -9.0, 1.0, 2.0, 3.0])
    >>> rows = Series(np.arange(6), values, np.zeros(6, np.uint16))
    >>> few(rows, 0, 6, 4).tolist()
    [0, 1, 2, 5]
    """
    total = len(rows.t_ns)
    if total <= points:
        return np.arange(total)
    cells = max(points // FEW_A_BUCKET, 1)
    width = max(-(-(until_ns - from_ns) // cells), 1)
    starts = np.searchsorted(rows.t_ns, from_ns + width * np.arange(cells))
    starts = np.unique(starts[starts < total])
    ends = np.append(starts[1:], total)
    is_good = ((rows.quality & np.uint16(Quality.BAD)) == 0) & np.isfinite(rows.value)
    low = high = rows.value
    if not is_good.all():
        low, high = np.where(is_good, low, np.inf), np.where(is_good, high, -np.inf)
    spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
    # Bucket by bucket: a few thousand short passes are faster than several over all rows. Where
    # no row of a bucket is good its first one is found, which is kept anyway.
    least = [begin + int(low[begin:end].argmin()) for begin, end in spans]
    most = [begin + int(high[begin:end].argmax()) for begin, end in spans]
    found: Array = np.unique(np.concatenate([starts, ends - 1, least, most]))
    return found


def _reduced(value: Floats, counts: Ints) -> dict[str, list[float]]:
    """Extremes, mean, first and last of each bucket, whose values follow one another."""
    found: dict[str, list[float]] = {}
    filled = np.flatnonzero(counts)
    ends = np.cumsum(counts)[filled] - 1
    starts = ends + 1 - counts[filled]
    given = {"first": value[starts], "last": value[ends]}
    if len(starts):
        given["min"] = np.minimum.reduceat(value, starts)
        given["max"] = np.maximum.reduceat(value, starts)
        with np.errstate(over="ignore"):
            given["mean"] = np.add.reduceat(value, starts) / counts[filled]
    for name in ("min", "max", "mean", "first", "last"):
        column = np.full(len(counts), _NAN)
        if len(starts):
            column[filled] = given[name]
        found[name] = column.tolist()
    return found


def _held_whole(rows: Series, counts: Ints, cells: Grid, known: Known) -> tuple[Floats, Floats]:
    """As `_held`, in a few passes, where every row is a good number and nothing is missing."""
    cell_starts = cells.from_ns + cells.every_ns * np.arange(cells.count)
    cell_ends = cell_starts + cells.every_ns
    filled = np.flatnonzero(counts)
    after = np.cumsum(counts)
    ends = after[filled] - 1
    starts = ends + 1 - counts[filled]
    # From the start of each bucket on, what was held before it, until its first row or its end.
    value = np.append(rows.value, _NAN if known.value is None else known.value)
    before = after - counts - 1  # -1, the last place: what was known before the window
    until = cell_ends.copy()
    until[filled] = rows.t_ns[starts]
    total = _shares(cell_starts, until, cells, known)
    total[np.isnan(value[before])] = 0.0
    held = total * np.where(total > 0, value[before], 0.0)
    if len(starts):
        # Then each row until the next one, the last one until the end of the bucket.
        until = np.append(rows.t_ns[1:], 0)
        until[ends] = cell_ends[filled]
        shares = _shares(rows.t_ns, until, cells, known)
        total[filled] += np.add.reduceat(shares, starts)
        held[filled] += np.add.reduceat(shares * rows.value, starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = held / total
    mean[total == 0] = math.nan
    return mean, total


def _shares(since: Ints, until: Ints, cells: Grid, known: Known) -> Floats:
    """Lengths of some times, as far as values are held, as shares of a bucket."""
    lasts = np.minimum(until, known.until_ns) - since
    return np.maximum(lasts, 0) / float(cells.every_ns)


def _held(rows: Series, is_good: Array, cells: Grid, known: Known) -> tuple[Floats, Floats]:
    """Time-weighted mean of each bucket, and the share of it over which a number was held."""
    edges = cells.from_ns + cells.every_ns * np.arange(cells.count + 1)
    gap_starts = np.array(sorted(start for start, _ in known.gaps), np.int64)
    cuts = np.concatenate([rows.t_ns, edges, gap_starts, [known.until_ns]])
    cuts = np.clip(cuts, cells.from_ns, cells.until_ns)
    order = np.argsort(cuts, kind="stable")  # of a few runs in order: they are merged
    held = (np.cumsum(order < len(rows.t_ns)) - 1)[:-1]
    cuts = cuts[order]
    at, lasts = cuts[:-1], np.diff(cuts).astype(np.float64)
    value = np.append(rows.value, _NAN if known.value is None else known.value)[held]
    is_known = np.append(is_good, known.value is not None)[held] & (at < known.until_ns)
    if len(gap_starts):
        t_ns = np.append(rows.t_ns, known.value_ns)[held]
        before = np.searchsorted(gap_starts, at, side="right") - 1
        is_known &= (before < 0) | (gap_starts[before] < t_ns)
    is_known &= lasts > 0
    cell = ((at - cells.from_ns) // cells.every_ns)[is_known]
    lasts, value = lasts[is_known], value[is_known]
    total = np.bincount(cell, weights=lasts, minlength=cells.count)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        shares = lasts / total[cell]
        mean = np.bincount(cell, weights=shares * value, minlength=cells.count).astype(float)
    mean[total == 0] = math.nan
    return mean, total / cells.every_ns


def _touched(starts: Ints, every_ns: int, gaps: Sequence[tuple[int, int]]) -> Array:
    """Which buckets a gap reaches into."""
    found = np.zeros(len(starts), bool)
    for begin, end in gaps:
        found |= (starts <= end) & (starts + every_ns > begin)
    return found
