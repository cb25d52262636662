"""Moments: the value of tags at given times, and what a window needs from before it.

>>> from linewright.history.keeping.rows import sorted_rows
>>> picked = at_times(sorted_rows([]), np.array([5]))
>>> as_of("a#b", [5], [picked], np.array([0])).t_ns
[None]
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from linewright.history.buckets import Buckets, Known
from linewright.history.keeping.arrays import Array, Ints, np, numbers, pa
from linewright.history.keeping.packing import HOUR_NS
from linewright.history.keeping.rows import Series
from linewright.plant.records import Quality

__all__ = ["TIMES_MAX", "AsOf", "as_of", "at_times", "clusters", "few_table", "joined", "known_of"]

TIMES_MAX = 100_000
"""Most moments of one question: some 10 MB in Python for a few tags."""


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one tag that held at given times; None in all columns where there was none yet.

    Examples
    --------
    >>> AsOf(tag="a#b", times_ns=[]).value
    []
    """

    tag: str
    times_ns: Sequence[int]
    t_ns: list[int | None] = []
    """Event time of the row: the age of a value is the time asked for less this."""
    value: list[float | None] = []
    integer: list[int | None] = []
    text: list[str | None] = []
    quality: list[int | None] = []


def clusters(times: Ints) -> Iterator[Ints]:
    """Rising times in groups, none of them far from its neighbour in the group.

    Parameters
    ----------
    times
        In order.

    Examples
    --------
    >>> [group.tolist() for group in clusters(np.array([1, 2, 2 * HOUR_NS]))]
    [[1, 2], [7200000000000]]
    """
    cuts = np.flatnonzero(np.diff(times) >= HOUR_NS) + 1
    yield from (group for group in np.split(times, cuts) if len(group))


def at_times(rows: Any, times: Ints) -> Any:  # noqa: ANN401 - Arrow's own
    """Row that held at each of some times, as a table with nulls where there was none.

    Parameters
    ----------
    rows
        Rows of one tag, in order.
    times
        Event times.
    """
    place = np.searchsorted(numbers(rows["t_ns"]), times, side="right") - 1
    wanted = rows.select(["t_ns", "value", "int", "text", "quality"])
    return wanted.take(pa.array(place, mask=place < 0))


def as_of(tag: str, times_ns: Sequence[int], parts: Sequence[Any], place: Array) -> AsOf:
    """Rows for times in the order in which these were asked for.

    Parameters
    ----------
    tag
        Its address.
    times_ns
        As they were asked for.
    parts
        What `at_times` gave for distinct times, in order.
    place
        Where each time lies among the distinct ones.
    """
    if not parts:
        return AsOf(tag=tag, times_ns=times_ns)
    found = pa.concat_tables(parts).take(pa.array(place)).to_pydict()
    return AsOf(tag=tag, times_ns=times_ns, integer=found.pop("int"), **found)


def known_of(held: Any, until_ns: int, gaps: Sequence[tuple[int, int]]) -> Known:  # noqa: ANN401 - Arrow's own
    """What is known of a tag before a window.

    Parameters
    ----------
    held
        Rows before it, in order; the last one counts.
    until_ns
        Newest event time of all.
    gaps
        Times without data.

    Examples
    --------
    >>> from linewright.history.keeping.arrays import ROWS
    >>> known_of(ROWS.empty_table(), 5, []).until_ns
    5
    """
    if not held.num_rows:
        return Known(until_ns=until_ns, gaps=gaps)
    row = held.slice(held.num_rows - 1).to_pylist()[0]
    is_good = not row["quality"] & Quality.BAD and np.isfinite(row["value"])
    value = row["value"] if is_good else None
    return Known(until_ns=until_ns, value=value, value_ns=row["t_ns"], gaps=gaps)


def joined(parts: Sequence[Buckets]) -> Buckets:
    """Buckets of one tag that follow each other, as one.

    Examples
    --------
    >>> one = Buckets(tag="a#b", every_ns=1, start_ns=[0])
    >>> joined([one, one]).start_ns
    [0, 0]
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    names = [name for name in first.__struct_fields__ if name not in {"tag", "every_ns"}]
    columns = {name: [each for part in parts for each in getattr(part, name)] for name in names}
    return Buckets(tag=first.tag, every_ns=first.every_ns, **columns)


def few_table(rows: Series | None, places: Array | Sequence[int]) -> Any:  # noqa: ANN401 - Arrow's own
    """Rows at some places as a table of t_ns, value and quality.

    Parameters
    ----------
    rows
        Rows of one tag; None for none.
    places
        Which.

    Examples
    --------
    >>> few_table(None, []).num_rows
    0
    """
    if rows is None:
        rows = Series(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.uint16))
        places = np.zeros(0, np.int64)
    columns = {"t_ns": rows.t_ns, "value": rows.value, "quality": rows.quality}
    return pa.table({name: pa.array(column[places]) for name, column in columns.items()})
