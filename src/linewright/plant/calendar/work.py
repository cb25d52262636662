"""Working time: shifts, breaks and holidays compiled to intervals of true time.

Hides time zones, daylight saving, night shifts and rotating weeks. A calendar is
written in local wall time and compiled to integer nanoseconds UTC once; the twin,
the schedule and the ledgers read the same intervals.

The verbs: ``compile_calendar`` (all intervals of a window), ``open_at`` (the interval
that holds an instant), ``working_ns`` and ``add_working_time`` (measure and spend
working time), ``production_day``, ``overlaps`` and ``never_opens`` (checks).

Four rules fix what a clock change does:

- **A wall time means the first instant at which the local clock reads that time or
  later.** A time that the clock skips is the instant of the change; one that comes
  twice is its first pass. Instants keep the order of wall times, so shifts that do not
  overlap on paper never overlap in true time.
- A shift lasts as long as it truly lasts: 22:00-06:00 is 7 h or 9 h on such a night.
- A break keeps its length. It starts at its wall time, but not before the previous
  break is over, and ends with the shift at the latest.
- A whole shift, also over midnight, belongs to one production day: the one that holds
  the shift's start on the clock. A day begins at ``day_starts_s``; with 06:00, a shift
  that starts on Tuesday at 05:00 is Monday's, one at 22:00 that ends on Wednesday is
  Tuesday's.

A holiday removes the shifts that start on that date of the wall calendar; the night
shift of its eve runs to its end.

>>> day = Shift(name="day", days=(0, 1, 2, 3, 4), start_s=6 * 3600, end_s=14 * 3600)
>>> calendar = WorkCalendar(timezone="America/Hermosillo", day_starts_s=6 * 3600, shifts=(day,))
>>> monday_ns = 1_767_596_400 * NS_PER_S  # 2026-01-05 00:00 in Nogales
>>> [(i.production_day, (i.end_ns - i.start_ns) // NS_PER_S)
...  for i in compile_calendar(calendar, monday_ns, monday_ns + 2 * DAY_S * NS_PER_S)]
[('2026-01-05', 28800), ('2026-01-06', 28800)]
"""

import datetime as dt
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from math import lcm
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from linewright.plant.calendar.shift import (
    DAY_S,
    FIRST_DATE,
    WEEK_DAYS,
    Break,
    Bucket,
    CalendarInvalid,
    Shift,
    check,
)
from linewright.plant.frozen import EMPTY, FrozenMap

__all__ = [
    "Break",
    "Bucket",
    "CalendarInvalid",
    "Holiday",
    "Interval",
    "NotEnoughWorkingTime",
    "Overlap",
    "Shift",
    "ShiftsOverlap",
    "WorkCalendar",
    "add_working_time",
    "compile_calendar",
    "never_opens",
    "open_at",
    "overlaps",
    "production_day",
    "working_ns",
]

NS_PER_S = 1_000_000_000
FIRST_NS = 0
"""A calendar is defined from 1970-01-01 UTC on ..."""
LAST_NS = 7_258_118_400 * NS_PER_S
"""... to 2200-01-01 UTC."""

SHIFTS_MAX = 64
"""Shifts of one calendar; ``overlaps`` compares them in pairs."""
HORIZON_DAYS = 3_660
"""How far ``add_working_time`` looks ahead when not told: ten years."""

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall times are naive until a zone is applied
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class NotEnoughWorkingTime(ValueError):
    """The asked working time does not fit between an instant and the end of the search.

    Parameters
    ----------
    t_ns, work_ns
        From where, and how much working time was asked.
    found_ns
        Working time that was found.
    until_ns
        Where the search ended.
    """

    def __init__(self, t_ns: int, work_ns: int, found_ns: int, until_ns: int) -> None:
        super().__init__(t_ns, work_ns, found_ns, until_ns)
        self.t_ns = t_ns
        self.work_ns = work_ns
        self.found_ns = found_ns
        self.until_ns = until_ns

    def __str__(self) -> str:
        hour_ns = 3600 * NS_PER_S
        days = (self.until_ns - self.t_ns) // (DAY_S * NS_PER_S)
        return (
            f"{self.work_ns / hour_ns:g} h of working time were asked, the calendar has "
            f"{self.found_ns / hour_ns:g} h in the next {days} days; add shifts or look further"
        )


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    """A date on which no shift starts, but those named in ``open``.

    Examples
    --------
    >>> Holiday(date=dt.date(2026, 9, 16), open=("guard",)).open
    ('guard',)
    """

    date: dt.date
    label: FrozenMap[str, str] = EMPTY
    open: tuple[str, ...] = ()


class WorkCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a site works: time zone, start of its production day, shifts and holidays.

    Parameters
    ----------
    timezone
        IANA name, such as ``America/Hermosillo``.
    day_starts_s
        Wall time at which a production day begins, seconds after midnight.
    shifts, holidays
        Names and dates each once. A holiday may keep a shift open that is not in this
        calendar, because a line runs some of its site's shifts only.

    Raises
    ------
    CalendarInvalid
        When one of these does not hold. Overlapping shifts are a question of dates and
        are found by ``overlaps``.

    Examples
    --------
    >>> WorkCalendar(timezone="Asia/Shanghai", day_starts_s=8 * 3600).shifts
    ()
    """

    timezone: str
    day_starts_s: int = 0
    shifts: tuple[Shift, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    def __post_init__(self) -> None:
        _zone(self.timezone)
        names = [shift.name for shift in self.shifts]
        dates = [holiday.date for holiday in self.holidays]
        in_day = 0 <= self.day_starts_s < DAY_S
        check("day_starts", (in_day, "it is not a time of the day", "use 00:00 to 23:59"))
        check("shifts", (len(names) <= SHIFTS_MAX, "too many", f"use {SHIFTS_MAX} at most"))
        for name in names:
            check(f"shift {name}", (names.count(name) == 1, "it is given twice", "rename one"))
        for holiday in self.holidays:
            where = f"holiday {holiday.date}"
            check(where, (dates.count(holiday.date) == 1, "it is given twice", "keep one"))


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of true time in which a site works or has a planned break.

    ``start_ns`` is inside, ``end_ns`` is not; both are nanoseconds UTC. ``bucket`` is
    None for work. ``production_day`` is an ISO date.
    """

    start_ns: int
    end_ns: int
    kind: Literal["work", "break"]
    shift: str
    production_day: str
    bucket: Bucket | None = None


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Two shifts that run at the same time, and the first date on which ``first`` starts so."""

    first: str
    second: str
    date: dt.date


class ShiftsOverlap(CalendarInvalid):
    """Shifts of one calendar run at the same time; ``overlaps`` lists which and when."""

    def __init__(self, found: tuple[Overlap, ...]) -> None:
        one = found[0]
        super().__init__(
            f"shift {one.first}",
            f"it overlaps shift {one.second}, first on {_WEEKDAYS[one.date.weekday()]} {one.date}",
            "end one before the other starts",
        )
        self.overlaps = found
        self.args = (found,)  # what makes it again, in another process too


def compile_calendar(calendar: WorkCalendar, start_ns: int, end_ns: int) -> tuple[Interval, ...]:
    """Return the intervals of work and of breaks in a window, clipped to it.

    They are in order and never overlap; what lies between them is closed.

    Parameters
    ----------
    calendar
        Shifts must not overlap.
    start_ns, end_ns
        The window, nanoseconds UTC, within 1970 to 2200.

    Raises
    ------
    ShiftsOverlap
        When two shifts run at the same time on some date.
    CalendarInvalid
        When the window is reversed or out of range.

    Notes
    -----
    Cost: days of the window times shifts, plus two conversions of local time per shift
    and one per break: a year of three shifts takes some 15 ms.

    Examples
    --------
    >>> night = Shift(name="night", days=(5,), start_s=22 * 3600, end_s=30 * 3600)
    >>> calendar = WorkCalendar(timezone="America/Chicago", shifts=(night,))
    >>> saturday_ns = 1_772_841_600 * NS_PER_S  # 2026-03-07; the clocks go forward that night
    >>> [(i.end_ns - i.start_ns) // (3600 * NS_PER_S)
    ...  for i in compile_calendar(calendar, saturday_ns, saturday_ns + 2 * DAY_S * NS_PER_S)]
    [7]
    """
    _check_window(start_ns, end_ns)
    _check_overlaps(calendar)
    clipped = []
    for interval in _intervals(calendar, start_ns, end_ns):
        low_ns, high_ns = max(interval.start_ns, start_ns), min(interval.end_ns, end_ns)
        if (low_ns, high_ns) == (interval.start_ns, interval.end_ns):
            clipped.append(interval)
        elif low_ns < high_ns:
            clipped.append(msgspec.structs.replace(interval, start_ns=low_ns, end_ns=high_ns))
    return tuple(clipped)


def open_at(calendar: WorkCalendar, t_ns: int) -> Interval | None:
    """Return the whole interval that holds an instant, a break included; None: closed.

    Parameters
    ----------
    calendar
        Shifts without overlap.
    t_ns
        UTC nanoseconds.

    Raises as ``compile_calendar``; cost of a window of a few days.

    Examples
    --------
    >>> always = Shift(name="all", days=tuple(range(7)), start_s=0, end_s=DAY_S)
    >>> found = open_at(WorkCalendar(timezone="Asia/Shanghai", shifts=(always,)), 10**18)
    >>> found.kind, found.production_day
    ('work', '2001-09-09')
    """
    _check_window(t_ns, t_ns)
    _check_overlaps(calendar)
    for interval in _intervals(calendar, t_ns, t_ns):
        if interval.start_ns <= t_ns < interval.end_ns:
            return interval
    return None


def working_ns(calendar: WorkCalendar, start_ns: int, end_ns: int) -> int:
    """Return the working time in a window in nanoseconds, without breaks.

    Parameters
    ----------
    calendar
        Shifts without overlap.
    start_ns, end_ns
        UTC nanoseconds; the end is not part of the window.

    Raises and costs as ``compile_calendar``. For many questions about one window,
    compile once and read the intervals.

    Examples
    --------
    >>> always = Shift(name="all", days=tuple(range(7)), start_s=0, end_s=DAY_S)
    >>> working_ns(WorkCalendar(timezone="Europe/Paris", shifts=(always,)), 5, 47)
    42
    """
    intervals = compile_calendar(calendar, start_ns, end_ns)
    return sum(i.end_ns - i.start_ns for i in intervals if i.kind == "work")


def add_working_time(
    calendar: WorkCalendar, t_ns: int, work_ns: int, *, horizon_days: int = HORIZON_DAYS
) -> int:
    """Return the earliest instant by which the given working time has passed since another.

    Without work to do it is the instant itself, open or not. Else it lies inside or at
    the end of a working interval.

    Parameters
    ----------
    calendar
        Shifts must not overlap.
    t_ns
        From where, nanoseconds UTC.
    work_ns
        Working time to spend, 0 or more.
    horizon_days
        Bound of the search, days of 24 h after ``t_ns``.

    Raises
    ------
    NotEnoughWorkingTime
        When that much working time does not come within the horizon.
    ShiftsOverlap, CalendarInvalid
        As ``compile_calendar``.

    Notes
    -----
    Cost: days looked at times shifts; the search stops where the work is done.

    Examples
    --------
    >>> always = Shift(name="all", days=tuple(range(7)), start_s=0, end_s=DAY_S)
    >>> add_working_time(WorkCalendar(timezone="Europe/Paris", shifts=(always,)), 7, 35)
    42
    """
    assert work_ns >= 0, "work cannot be undone"
    assert horizon_days >= 0, "the search goes forward"
    until_ns = min(t_ns + horizon_days * DAY_S * NS_PER_S, LAST_NS)
    _check_window(t_ns, until_ns)
    _check_overlaps(calendar)
    left_ns = work_ns
    if left_ns == 0:
        return t_ns
    for interval in _intervals(calendar, t_ns, until_ns):
        from_ns, to_ns = max(interval.start_ns, t_ns), min(interval.end_ns, until_ns)
        if interval.kind != "work" or from_ns >= to_ns:
            continue
        if left_ns <= to_ns - from_ns:
            return from_ns + left_ns
        left_ns -= to_ns - from_ns
    raise NotEnoughWorkingTime(t_ns, work_ns, work_ns - left_ns, until_ns)


def production_day(calendar: WorkCalendar, t_ns: int) -> dt.date:
    """Return the production day that an instant of the clock falls in.

    Parameters
    ----------
    calendar
        Shifts without overlap.
    t_ns
        UTC nanoseconds.

    A day lasts from its ``day_starts_s`` to the next one's. The intervals of a shift that
    runs over this boundary all carry the day of its start, so use ``Interval`` for them.

    Raises
    ------
    CalendarInvalid
        When the instant is out of range.

    Examples
    --------
    >>> calendar = WorkCalendar(timezone="America/Hermosillo", day_starts_s=6 * 3600)
    >>> production_day(calendar, 1_767_596_400 * NS_PER_S).isoformat()  # 00:00 on the 5th
    '2026-01-04'
    """
    _check_window(t_ns, t_ns)
    zone = _zone(calendar.timezone)
    date = _local_date(zone, t_ns)
    # A clock put back over midnight reads yesterday after today has begun: look one ahead.
    for ahead in (1, 0):
        day = date + dt.timedelta(days=ahead)
        if _instant_s(zone, day, calendar.day_starts_s) * NS_PER_S <= t_ns:
            return day
    return date - dt.timedelta(days=1)


def overlaps(calendar: WorkCalendar) -> tuple[Overlap, ...]:
    """Return the pairs of shifts that run at the same time on some date after 1970.

    Dates, rotations and holidays are taken into account: two shifts of alternating weeks
    do not overlap. Touching is no overlap.

    Notes
    -----
    Cost: pairs of shifts times the weeks until their rotations repeat, times holidays in
    the worst case. The answer is kept for the last 64 calendars.

    Examples
    --------
    >>> early = Shift(name="early", days=(0,), start_s=0, end_s=7200)
    >>> late = Shift(name="late", days=(0,), start_s=3600, end_s=9000)
    >>> [(o.first, o.second) for o in
    ...  overlaps(WorkCalendar(timezone="Europe/Paris", shifts=(early, late)))]
    [('early', 'late')]
    """
    return _overlaps(calendar)


def never_opens(calendar: WorkCalendar) -> bool:
    """Whether no shift has working time on any date after 1970, holidays removed.

    It looks at wall times: breaks that fill their shift count, a clock change does not.

    Examples
    --------
    >>> never_opens(WorkCalendar(timezone="Europe/Paris"))
    True
    """
    closed = _closed(calendar)
    for shift in calendar.shifts:
        paused_s = sum(pause.end_s - pause.start_s for pause in shift.breaks)
        works = paused_s < shift.end_s - shift.start_s
        if works and _first_date(closed, ((shift, 0),)) is not None:
            return False
    return True


def _check_window(start_ns: int, end_ns: int) -> None:
    in_range = min(start_ns, end_ns) >= FIRST_NS and max(start_ns, end_ns) <= LAST_NS
    check(
        "window",
        (in_range, "it is not within 1970 to 2200", "ask for a nearer time"),
        (start_ns <= end_ns, "its end is before its start", "swap them"),
    )


def _check_overlaps(calendar: WorkCalendar) -> None:
    found = _overlaps(calendar)
    if found:
        raise ShiftsOverlap(found)


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(timezone, sorted(available_timezones()), 1) or ["Area/City"]
        raise CalendarInvalid(
            "timezone", f"no time zone is called {timezone!r}", f"write {near[0]}"
        ) from None


def _local_date(zone: ZoneInfo, t_ns: int) -> dt.date:
    return dt.datetime.fromtimestamp(t_ns // NS_PER_S, zone).date()


def _instant_s(zone: ZoneInfo, date: dt.date, wall_s: int) -> int:
    """Return the first second UTC at which the local clock reads a wall time or later."""
    wall = dt.datetime.combine(date, dt.time()) + dt.timedelta(seconds=wall_s)
    wall_epoch_s = _seconds(wall - _EPOCH)
    before_s = wall_epoch_s - _offset_s(wall.replace(tzinfo=zone, fold=0))
    after_s = wall_epoch_s - _offset_s(wall.replace(tzinfo=zone, fold=1))
    if before_s <= after_s:  # ordinary, or the first pass of a repeated time
        return before_s
    # A skipped time: with the two offsets it lies after and before the change. Between
    # them is the change, the first second at which the clock reads this much.
    early_s, late_s = after_s, before_s
    while late_s - early_s > 1:
        middle_s = (early_s + late_s) // 2
        if middle_s + _offset_s(dt.datetime.fromtimestamp(middle_s, zone)) >= wall_epoch_s:
            late_s = middle_s
        else:
            early_s = middle_s
    return late_s


def _offset_s(local: dt.datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None, "the datetime has a zone"
    return _seconds(offset)


def _seconds(span: dt.timedelta) -> int:
    return span.days * DAY_S + span.seconds


def _closed(calendar: WorkCalendar) -> dict[dt.date, tuple[str, ...]]:
    return {holiday.date: holiday.open for holiday in calendar.holidays}


def _runs(closed: dict[dt.date, tuple[str, ...]], shift: Shift, date: dt.date) -> bool:
    return shift.starts_on(date) and (date not in closed or shift.name in closed[date])


def _intervals(calendar: WorkCalendar, start_ns: int, end_ns: int) -> Iterator[Interval]:
    """Yield in order the whole intervals of all shifts that may touch a window."""
    zone = _zone(calendar.timezone)
    closed = _closed(calendar)
    shifts = sorted(calendar.shifts, key=lambda shift: shift.start_s)
    # A shift ends within two days of its date; one more for a clock put back or forward.
    date = max(_local_date(zone, start_ns) - dt.timedelta(days=3), FIRST_DATE)
    last = _local_date(zone, end_ns) + dt.timedelta(days=1)
    while date <= last:
        for shift in shifts:
            if _runs(closed, shift, date):
                yield from _pieces(zone, calendar.day_starts_s, shift, date)
        date += dt.timedelta(days=1)


def _pieces(zone: ZoneInfo, day_starts_s: int, shift: Shift, date: dt.date) -> Iterator[Interval]:
    """Yield the work and the breaks of one shift on one date, in order, without empty ones."""
    belongs = date if shift.start_s >= day_starts_s else date - dt.timedelta(days=1)
    at_s = _instant_s(zone, date, shift.start_s)
    end_s = _instant_s(zone, date, shift.end_s)
    spans: list[tuple[int, int, Bucket | None]] = []
    for pause in shift.breaks:
        pause_s = min(max(at_s, _instant_s(zone, date, pause.start_s)), end_s)
        resume_s = min(pause_s + pause.end_s - pause.start_s, end_s)
        spans += [(at_s, pause_s, None), (pause_s, resume_s, pause.bucket)]
        at_s = resume_s
    spans.append((at_s, end_s, None))
    for from_s, to_s, bucket in spans:
        if from_s < to_s:
            yield Interval(
                start_ns=from_s * NS_PER_S,
                end_ns=to_s * NS_PER_S,
                kind="work" if bucket is None else "break",
                shift=shift.name,
                production_day=belongs.isoformat(),
                bucket=bucket,
            )


@lru_cache(maxsize=64)
def _overlaps(calendar: WorkCalendar) -> tuple[Overlap, ...]:
    closed = _closed(calendar)
    found = []
    for index, one in enumerate(calendar.shifts):
        for two in calendar.shifts[index + 1 :]:
            date = _first_overlap(closed, one, two)
            if date is not None:
                found.append(Overlap(first=one.name, second=two.name, date=date))
    return tuple(found)


def _first_overlap(
    closed: dict[dt.date, tuple[str, ...]], one: Shift, two: Shift
) -> dt.date | None:
    """Return the first date on which ``one`` starts and meets ``two`` of a neighbouring day."""
    dates = []
    for days in (-1, 0, 1):
        shift_s = days * DAY_S
        if max(one.start_s, two.start_s + shift_s) < min(one.end_s, two.end_s + shift_s):
            date = _first_date(closed, ((one, 0), (two, days)))
            if date is not None:
                dates.append(date)
    return min(dates, default=None)


def _first_date(
    closed: dict[dt.date, tuple[str, ...]], wanted: tuple[tuple[Shift, int], ...]
) -> dt.date | None:
    """Return the first date on which all shifts run, each its days after that date.

    The pattern repeats with the rotations, so one period without holidays decides; each
    holiday that spoils a date buys one period more.
    """
    first = FIRST_DATE
    for shift, days in wanted:
        if shift.from_date is not None:
            first = max(first, shift.from_date - dt.timedelta(days=days))
    period = dt.timedelta(days=WEEK_DAYS * lcm(*(shift.every_weeks for shift, _ in wanted)))
    limit = first + period
    date = first
    while date < limit:
        starts = [(shift, date + dt.timedelta(days=days)) for shift, days in wanted]
        if all(shift.starts_on(start) for shift, start in starts):
            if all(_runs(closed, shift, start) for shift, start in starts):
                return date
            limit += period
        date += dt.timedelta(days=1)
    return None
