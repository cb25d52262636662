"""Samples of one source on their way into frames, column by column.

>>> rows = Rows()
>>> rows.add_one(0, t_ns=7, seen_ns=9, value=3.0, quality=0)
>>> len(rows), rows.newest_timed_ns()
(1, 7)
"""

import math
from itertools import pairwise
from typing import Any

from linewright.plant.records import Quality

__all__ = ["Rows", "is_timed"]

COLUMNS = ("tag", "t_ns", "seen_ns", "value", "quality", "integer", "text")

_NOT_TIMED = int(Quality.INITIAL | Quality.NOT_CONNECTED | Quality.CONFIGURATION)


def is_timed(quality: int) -> bool:
    """Whether a sample of this quality bears the time of a change at the source.

    A reading, a loss and a missing item bear the time at which they were found out.

    Examples
    --------
    >>> is_timed(Quality.GOOD), is_timed(Quality.BAD | Quality.NOT_CONNECTED)
    (True, False)
    """
    return not quality & _NOT_TIMED


class Rows:
    """Columns of samples, all of one length; `tag` counts the points of the source.

    Parameters
    ----------
    raw_ns
        Times that the source gave, of the places of rows whose own time was not believed.
    tag, t_ns, seen_ns, value, quality, integer, text
        The columns; they belong to the rows then. Left out: no rows.

    Examples
    --------
    >>> Rows().newest_timed_ns() is None
    True
    """

    __slots__ = (*COLUMNS, "names", "raw_ns")

    def __init__(self, raw_ns: dict[int, int] | None = None, **columns: list[Any]) -> None:
        assert not columns or columns.keys() == set(COLUMNS), "all columns or none"
        self.tag: list[int] = columns.get("tag", [])
        self.t_ns: list[int] = columns.get("t_ns", [])
        self.seen_ns: list[int] = columns.get("seen_ns", [])
        self.value: list[float] = columns.get("value", [])
        self.quality: list[int] = columns.get("quality", [])
        self.integer: list[int | None] = columns.get("integer", [])
        self.text: list[str | None] = columns.get("text", [])
        self.raw_ns = {} if raw_ns is None else raw_ns
        """Place -> time that the source gave; only rows with `Quality.CLOCK` have one."""
        self.names: Any = None
        """Dictionary of the tags that `tag` counts, once they are in an outbox."""

    def __len__(self) -> int:
        return len(self.tag)

    def add_one(self, tag: int, *, t_ns: int, seen_ns: int, value: float, quality: int) -> None:
        """Add one number.

        Examples
        --------
        >>> rows = Rows()
        >>> rows.add_one(0, t_ns=7, seen_ns=9, value=3.0, quality=0)
        >>> rows.value
        [3.0]
        """
        self.extend(
            Rows(
                tag=[tag],
                t_ns=[t_ns],
                seen_ns=[seen_ns],
                value=[value],
                quality=[quality],
                integer=[None],
                text=[None],
            )
        )

    def add_missing(self, tag: int, why: Quality, *, t_ns: int, seen_ns: int) -> None:
        """Add a sample that says why there is no value.

        Examples
        --------
        >>> rows = Rows()
        >>> rows.add_missing(0, Quality.NOT_CONNECTED, t_ns=7, seen_ns=9)
        >>> rows.quality
        [66]
        """
        quality = int(Quality.BAD | why)
        self.add_one(tag, t_ns=t_ns, seen_ns=seen_ns, value=math.nan, quality=quality)

    def extend(self, more: "Rows") -> None:
        """Add rows behind these.

        Examples
        --------
        >>> rows = Rows()
        >>> rows.extend(rows)
        >>> len(rows)
        0
        """
        if more.raw_ns:
            behind = len(self.tag)
            self.raw_ns |= {behind + place: raw_ns for place, raw_ns in more.raw_ns.items()}
        self.tag += more.tag
        self.t_ns += more.t_ns
        self.seen_ns += more.seen_ns
        self.value += more.value
        self.quality += more.quality
        self.integer += more.integer
        self.text += more.text

    def at(self, places: list[int]) -> "Rows":
        """Rows at these places, in their order.

        Examples
        --------
        >>> len(Rows().at([]))
        0
        """
        raw_ns = self.raw_ns
        found = Rows(
            raw_ns={at: raw_ns[k] for at, k in enumerate(places) if k in raw_ns} if raw_ns else {},
            tag=[self.tag[k] for k in places],
            t_ns=[self.t_ns[k] for k in places],
            seen_ns=[self.seen_ns[k] for k in places],
            value=[self.value[k] for k in places],
            quality=[self.quality[k] for k in places],
            integer=[self.integer[k] for k in places],
            text=[self.text[k] for k in places],
        )
        found.names = self.names
        return found

    def first(self, count: int) -> "Rows":
        """Copy of the first rows.

        Examples
        --------
        >>> len(Rows().first(5))
        0
        """
        return Rows(
            raw_ns={place: raw_ns for place, raw_ns in self.raw_ns.items() if place < count},
            tag=self.tag[:count],
            t_ns=self.t_ns[:count],
            seen_ns=self.seen_ns[:count],
            value=self.value[:count],
            quality=self.quality[:count],
            integer=self.integer[:count],
            text=self.text[:count],
        )

    def drop_first(self, count: int) -> None:
        """Forget the first rows.

        Examples
        --------
        >>> Rows().drop_first(5)
        """
        if self.raw_ns:
            rest = self.raw_ns.items()
            self.raw_ns = {place - count: raw_ns for place, raw_ns in rest if place >= count}
        del self.tag[:count]
        del self.t_ns[:count]
        del self.seen_ns[:count]
        del self.value[:count]
        del self.quality[:count]
        del self.integer[:count]
        del self.text[:count]

    def in_order(self) -> "Rows":
        """These rows where they are oldest first, else a copy that is; of one time as they stand.

        Examples
        --------
        >>> rows = Rows()
        >>> rows.in_order() is rows
        True
        """
        if all(before <= after for before, after in pairwise(self.t_ns)):
            return self
        return self.at(sorted(range(len(self.t_ns)), key=self.t_ns.__getitem__))

    def newest_timed_ns(self) -> int | None:
        """Newest time of a change, None where there is none.

        Examples
        --------
        >>> Rows().newest_timed_ns() is None
        True
        """
        if not any(quality & _NOT_TIMED for quality in set(self.quality)):
            return max(self.t_ns, default=None)
        timed = zip(self.t_ns, self.quality, strict=True)
        return max((t_ns for t_ns, quality in timed if not quality & _NOT_TIMED), default=None)
