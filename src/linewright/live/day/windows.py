"""Windows of the clock: production days, shifts, hours; exact where the clock is changed.

A shift belongs whole to the production day in which it starts. A production day lasts from its
start on the clock, or from the end of the last shift of the day before where that is later, to
where the next day begins: so days tile time, and shifts and the gaps between them tile the day.
"""

import datetime as dt
from functools import lru_cache

import msgspec

from linewright.live.layout import day_start_ns
from linewright.plant.calendar import Interval, WorkCalendar, compile_calendar, production_day

__all__ = [
    "Period",
    "day_at",
    "day_of",
    "gaps_of",
    "hour_windows",
    "intervals_of",
    "shift_at",
    "shifts_of",
]

HOUR_NS = 3600 * 10**9
DAY_NS = 24 * HOUR_NS
LONGEST_DAY_NS = 27 * HOUR_NS
"""No production day lasts longer on the clock: 24 h, and the most that any clock was put back."""
SHIFT_DAYS = 2
"""A shift ends within two days of its start."""
DAYS_LOOKED = 5
"""Neighbouring production days that are tried until one holds an instant: two would do."""
HOURS_MAX = 60
"""Most hours of one window: a production day and the longest shift over its end."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A window that has a name: a production day, a shift of it, or a gap between shifts.

    Parameters
    ----------
    name
        ``2026-11-23`` for a day, ``2026-11-23/day`` for a shift, the day's name for a gap.
    day
        The production day.
    shift
        Name of the shift; empty for a day and for a gap.
    start_ns, end_ns
        UTC; the end is not inside.

    Examples
    --------
    >>> Period(name="2026-11-23", day=dt.date(2026, 11, 23), start_ns=0, end_ns=5).length_ns
    5
    """

    name: str
    day: dt.date
    shift: str = ""
    start_ns: int
    end_ns: int

    @property
    def length_ns(self) -> int:
        """Its true length, ns."""
        return self.end_ns - self.start_ns


def day_of(calendar: WorkCalendar, day: dt.date) -> Period:
    """Return a production day of a site as a window.

    Parameters
    ----------
    calendar
        The calendar of the site, with all of its shifts: every line shares its days.
    day
        Date of the day.

    Raises
    ------
    CalendarInvalid
        From the calendar: the date is out of its range, or shifts overlap.

    Examples
    --------
    >>> calendar = WorkCalendar(timezone="America/Chicago", day_starts_s=6 * 3600)
    >>> day_of(calendar, dt.date(2026, 3, 7)).length_ns // HOUR_NS
    23
    >>> day_of(calendar, dt.date(2026, 10, 31)).length_ns // HOUR_NS
    25
    """
    return _day(calendar, day)


def shifts_of(calendar: WorkCalendar, day: dt.date) -> tuple[Period, ...]:
    """Return the shifts of a production day, in order.

    Parameters
    ----------
    calendar
        The calendar of the site.
    day
        Date of the day.

    Raises
    ------
    CalendarInvalid
        As `day_of`.

    Examples
    --------
    >>> from linewright.plant.calendar import parse_shift
    >>> night = parse_shift("night", "daily 22:00-06:00")
    >>> calendar = WorkCalendar(timezone="America/Chicago", shifts=(night,))
    >>> [each.length_ns // HOUR_NS for each in shifts_of(calendar, dt.date(2026, 3, 7))]
    [7]
    """
    return _shifts(calendar, day)


def gaps_of(calendar: WorkCalendar, day: dt.date) -> tuple[Period, ...]:
    """Return what of a production day lies in no shift; with its shifts it is the whole day.

    Parameters
    ----------
    calendar
        The calendar of the site.
    day
        Date of the day.

    Raises
    ------
    CalendarInvalid
        As `day_of`.

    Examples
    --------
    >>> calendar = WorkCalendar(timezone="UTC")
    >>> [each.length_ns // HOUR_NS for each in gaps_of(calendar, dt.date(2026, 3, 7))]
    [24]
    """
    whole = _day(calendar, day)
    edges = [whole.start_ns]
    for shift in _shifts(calendar, day):
        edges += [shift.start_ns, shift.end_ns]
    edges.append(whole.end_ns)
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(
        msgspec.structs.replace(whole, start_ns=start_ns, end_ns=end_ns)
        for start_ns, end_ns in pairs
        if start_ns < end_ns
    )


def day_at(calendar: WorkCalendar, t_ns: int) -> Period:
    """Return the production day whose window holds an instant.

    Parameters
    ----------
    calendar
        The calendar of the site.
    t_ns
        UTC nanoseconds.

    Raises
    ------
    CalendarInvalid
        As `day_of`.

    Examples
    --------
    >>> calendar = WorkCalendar(timezone="UTC", day_starts_s=6 * 3600)
    >>> day_at(calendar, 5 * HOUR_NS + 10 * DAY_NS).name
    '1970-01-10'
    """
    found = _day(calendar, production_day(calendar, t_ns))
    for _ in range(DAYS_LOOKED):
        if t_ns < found.start_ns:
            found = _day(calendar, found.day - dt.timedelta(days=1))
        elif t_ns >= found.end_ns:
            found = _day(calendar, found.day + dt.timedelta(days=1))
        else:
            break
    return found


def shift_at(calendar: WorkCalendar, t_ns: int) -> Period | None:
    """Return the shift that is on at an instant, breaks included; None: none is.

    Parameters
    ----------
    calendar
        The calendar of the site.
    t_ns
        UTC nanoseconds.

    Raises
    ------
    CalendarInvalid
        As `day_of`.

    Examples
    --------
    >>> shift_at(WorkCalendar(timezone="UTC"), 10**18) is None
    True
    """
    shifts = _shifts(calendar, day_at(calendar, t_ns).day)
    return next((each for each in shifts if each.start_ns <= t_ns < each.end_ns), None)


def hour_windows(start_ns: int, end_ns: int) -> tuple[tuple[int, int], ...]:
    """Cut a window into hours of true time from its start; the last may be shorter.

    A day of 23 or 25 hours gives as many.

    Examples
    --------
    >>> [(a // HOUR_NS, b // HOUR_NS) for a, b in hour_windows(0, 2 * HOUR_NS)]
    [(0, 1), (1, 2)]
    """
    assert end_ns - start_ns <= HOURS_MAX * HOUR_NS, "hours are those of a shift or a day"
    starts = range(start_ns, end_ns, HOUR_NS)
    return tuple((each, min(each + HOUR_NS, end_ns)) for each in starts)


def intervals_of(calendar: WorkCalendar | None, start_ns: int, end_ns: int) -> tuple[Interval, ...]:
    """Return work and breaks in a window; without a calendar all of it is work.

    Whole days are compiled and kept, so that many windows of one day cost little.
    """
    if start_ns >= end_ns:
        return ()
    if calendar is None:
        day = dt.datetime.fromtimestamp(start_ns // 10**9, dt.UTC).date().isoformat()
        return (
            Interval(start_ns=start_ns, end_ns=end_ns, kind="work", shift="", production_day=day),
        )
    first, last = start_ns // DAY_NS, (end_ns - 1) // DAY_NS
    return tuple(
        one
        if start_ns <= one.start_ns and one.end_ns <= end_ns
        else _clipped(one, start_ns, end_ns)
        for number in range(first, last + 1)
        for one in _utc_day(calendar, number)
        if one.start_ns < end_ns and one.end_ns > start_ns
    )


def _clipped(one: Interval, start_ns: int, end_ns: int) -> Interval:
    return msgspec.structs.replace(
        one, start_ns=max(one.start_ns, start_ns), end_ns=min(one.end_ns, end_ns)
    )


@lru_cache(maxsize=1024)
def _utc_day(calendar: WorkCalendar, number: int) -> tuple[Interval, ...]:
    return compile_calendar(calendar, number * DAY_NS, (number + 1) * DAY_NS)


@lru_cache(maxsize=256)
def _clock_start_ns(calendar: WorkCalendar, day: dt.date) -> int:
    """Start of a production day on the clock."""
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    t_ns = int(noon.timestamp()) * 10**9 + calendar.day_starts_s * 10**9
    for _ in range(DAYS_LOOKED):
        found = production_day(calendar, t_ns)
        if found == day:
            break
        t_ns += DAY_NS // 2 if found < day else -DAY_NS // 2
    return day_start_ns(calendar, t_ns)


@lru_cache(maxsize=256)
def _shifts(calendar: WorkCalendar, day: dt.date) -> tuple[Period, ...]:
    start_ns = _clock_start_ns(calendar, day)
    end_ns = start_ns + LONGEST_DAY_NS + SHIFT_DAYS * DAY_NS
    name = day.isoformat()
    found: dict[str, tuple[int, int]] = {}
    for one in compile_calendar(calendar, start_ns, end_ns):
        if one.production_day == name:
            begun_ns, _ = found.get(one.shift, (one.start_ns, 0))
            found[one.shift] = begun_ns, one.end_ns
    return tuple(
        Period(name=f"{name}/{shift}", day=day, shift=shift, start_ns=begun_ns, end_ns=ended_ns)
        for shift, (begun_ns, ended_ns) in found.items()
        if begun_ns < ended_ns
    )


@lru_cache(maxsize=256)
def _day(calendar: WorkCalendar, day: dt.date) -> Period:
    start_ns, end_ns = (_begins_ns(calendar, each) for each in (day, day + dt.timedelta(days=1)))
    return Period(name=day.isoformat(), day=day, start_ns=start_ns, end_ns=end_ns)


def _begins_ns(calendar: WorkCalendar, day: dt.date) -> int:
    before = _shifts(calendar, day - dt.timedelta(days=1))
    ended_ns = max((each.end_ns for each in before), default=0)
    return max(_clock_start_ns(calendar, day), ended_ns)
