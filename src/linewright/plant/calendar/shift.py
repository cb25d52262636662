"""A shift: a span of wall time on some days of the week, with its breaks.

Times are seconds after midnight on the local clock; what they mean in true time is
decided in ``calendar``, how they are written in the plant file in ``shift_text``.

>>> night = Shift(name="night", days=(0, 1), start_s=22 * 3600, end_s=30 * 3600)
>>> night.starts_on(dt.date(2026, 1, 5)), night.starts_on(dt.date(2026, 1, 7))
(True, False)
"""

import datetime as dt
from itertools import pairwise
from typing import Literal

import msgspec

__all__ = ["Break", "Bucket", "CalendarInvalid", "Shift"]

DAY_S = 86_400
WEEK_DAYS = 7
FIRST_DATE = dt.date(1970, 1, 1)
LAST_DATE = dt.date(2200, 1, 1)
"""Calendars are defined between these dates."""

EVERY_WEEKS_MAX = 26
"""Longest rotation; bounds the search for the first date on which two shifts meet."""

Bucket = Literal["meal", "meeting", "cleaning", "maintenance"]
"""Where the time of a break is booked: planned time that is not worked."""


class CalendarInvalid(ValueError):
    """A part of a calendar that cannot be, or a window outside its range.

    Parameters
    ----------
    where
        The part, such as ``shift evening`` or ``timezone``.
    what
        What is wrong with it.
    suggestion
        What to write or do instead.

    Examples
    --------
    >>> try:
    ...     Shift(name="day", days=(), start_s=0, end_s=60)
    ... except CalendarInvalid as error:
    ...     error.where, error.suggestion
    ('shift day', 'name at least one day')
    """

    def __init__(self, where: str, what: str, suggestion: str) -> None:
        super().__init__(where, what, suggestion)
        self.where = where
        self.what = what
        self.suggestion = suggestion

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.suggestion}"


def check(where: str, *claims: tuple[bool, str, str]) -> None:
    """Refuse at the first claim that does not hold: (holds, what else is wrong, suggestion)."""
    for holds, what, suggestion in claims:
        if not holds:
            raise CalendarInvalid(where, what, suggestion)


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A planned stop inside a shift, in seconds after the midnight before the shift's start.

    Examples
    --------
    >>> Break(start_s=10 * 3600, end_s=10 * 3600 + 1800).bucket
    'meal'
    """

    start_s: int
    end_s: int
    bucket: Bucket = "meal"

    def __post_init__(self) -> None:
        ordered = 0 <= self.start_s < self.end_s <= 2 * DAY_S
        check("break", (ordered, "its end is not after its start", "give both in order"))


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A span of wall time on some days of the week: the time people are there.

    Parameters
    ----------
    name
        Unique in its calendar.
    days
        Days on which it starts, Monday is 0; sorted, each once.
    start_s, end_s
        Seconds of wall time after midnight; ``end_s`` exceeds 86,400 where the shift
        ends on the next day. At most 24 h long.
    breaks
        In order, inside the shift, not overlapping; on the same scale as ``start_s``.
    from_date, until_date
        First and last date on which it may start, both included; None: no limit.
    every_weeks, offset_weeks
        A rotation: it runs in one week of every so many, the ``offset_weeks``-th after
        the week (Monday to Sunday) of ``from_date``, which a rotation must have.

    Raises
    ------
    CalendarInvalid
        When one of these does not hold.

    Examples
    --------
    >>> night = Shift(name="night", days=(0, 1), start_s=22 * 3600, end_s=30 * 3600)
    >>> (night.end_s - night.start_s) // 3600
    8
    """

    name: str
    days: tuple[int, ...]
    start_s: int
    end_s: int
    breaks: tuple[Break, ...] = ()
    from_date: dt.date | None = None
    until_date: dt.date | None = None
    every_weeks: int = 1
    offset_weeks: int = 0

    def __post_init__(self) -> None:
        edges = [self.start_s]
        edges += [edge for pause in self.breaks for edge in (pause.start_s, pause.end_s)]
        in_order = all(one <= two for one, two in pairwise([*edges, self.end_s]))
        in_week = all(0 <= day < WEEK_DAYS for day in self.days)
        sorted_once = all(one < two for one, two in pairwise(self.days))
        at_most_a_day = self.start_s < self.end_s <= self.start_s + DAY_S
        check(
            f"shift {self.name}",
            (bool(self.days), "it has no days", "name at least one day"),
            (in_week and sorted_once, "its days are not 0 to 6 in order", "sort them"),
            (0 <= self.start_s < DAY_S, "it does not start on its day", "start before 24:00"),
            (at_most_a_day, "it is not between 0 and 24 h long", "split it or end it later"),
            (in_order, "its breaks overlap or lie outside", "put them inside, in order"),
        )
        self._check_dates()

    def _check_dates(self) -> None:
        known = [date for date in (self.from_date, self.until_date) if date is not None]
        in_range = all(FIRST_DATE <= date <= LAST_DATE for date in known)
        rotation_ok = 1 <= self.every_weeks <= EVERY_WEEKS_MAX
        anchored = self.from_date is not None or self.every_weeks == 1
        check(
            f"shift {self.name}",
            (in_range, "its dates are not within 1970 to 2200", "give dates in this range"),
            (known == sorted(known), "it ends before it begins", "swap its dates"),
            (rotation_ok, "its rotation is out of range", f"use 1 to {EVERY_WEEKS_MAX} weeks"),
            (
                0 <= self.offset_weeks < self.every_weeks,
                "its week is not in its rotation",
                "use 0 to every_weeks - 1",
            ),
            (anchored, "its rotation has no first week", "give the date it starts from"),
        )

    def starts_on(self, date: dt.date) -> bool:
        """Whether weekday, dates and rotation let it start on a date, holidays aside.

        Examples
        --------
        >>> Shift(name="day", days=(0,), start_s=0, end_s=60).starts_on(dt.date(2026, 1, 5))
        True
        """
        if date.weekday() not in self.days:
            return False
        if self.until_date is not None and date > self.until_date:
            return False
        if self.from_date is None:
            return True
        return date >= self.from_date and self._in_rotation(date, self.from_date)

    def _in_rotation(self, date: dt.date, anchor: dt.date) -> bool:
        # Ordinal 1 is a Monday, so this numbers the weeks from Monday to Sunday.
        weeks = (date.toordinal() - 1) // WEEK_DAYS - (anchor.toordinal() - 1) // WEEK_DAYS
        return weeks % self.every_weeks == self.offset_weeks
