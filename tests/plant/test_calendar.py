"""Tests of linewright.plant.calendar."""

import datetime as dt
import pickle
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from linewright.plant.calendar.shift_text import parse_shift
from linewright.plant.calendar.work import (
    CalendarInvalid,
    Holiday,
    Interval,
    NotEnoughWorkingTime,
    Shift,
    ShiftsOverlap,
    WorkCalendar,
    add_working_time,
    compile_calendar,
    never_opens,
    open_at,
    overlaps,
    production_day,
    working_ns,
)

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS
DAY_NS = 24 * HOUR_NS


def _calendar(timezone: str, *texts: str, holidays: tuple[Holiday, ...] = ()) -> WorkCalendar:
    shifts = tuple(parse_shift(f"s{index}", text) for index, text in enumerate(texts))
    return WorkCalendar(timezone=timezone, day_starts_s=6 * 3600, shifts=shifts, holidays=holidays)


def _ns(timezone: str, *wall: int, fold: int = 0) -> int:
    year, month, day, hour, minute = (*wall, 0, 0)[:5]
    zone = ZoneInfo(timezone)
    moment = dt.datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold)
    return int(moment.timestamp()) * SECOND_NS


def _in_hours(calendar: WorkCalendar, start_ns: int, days: int = 2) -> list[tuple[str, float]]:
    """Give kind and true length in hours of the intervals of some days."""
    found = compile_calendar(calendar, start_ns, start_ns + days * DAY_NS)
    return [(i.bucket or "work", (i.end_ns - i.start_ns) / HOUR_NS) for i in found]


def test_a_day_shift_with_breaks_becomes_work_and_breaks_in_order() -> None:
    """The intervals of one shift touch, alternate, and carry their bucket and day."""
    text = "Mon 06:00-14:30 break 10:00-10:30, 12:00-12:10 meeting"
    calendar = _calendar("America/Hermosillo", text)
    monday_ns = _ns("America/Hermosillo", 2026, 1, 5)
    found = compile_calendar(calendar, monday_ns, monday_ns + DAY_NS)
    assert [i.bucket for i in found] == [None, "meal", None, "meeting", None]
    assert [i.kind for i in found] == ["work", "break", "work", "break", "work"]
    assert found[0].start_ns == monday_ns + 6 * HOUR_NS
    assert all(one.end_ns == two.start_ns for one, two in pairwise(found))
    assert {i.production_day for i in found} == {"2026-01-05"}


@pytest.mark.parametrize(
    ("zone", "wall", "hours"),
    [
        ("America/Chicago", (2026, 3, 7), 7.0),
        ("America/Chicago", (2026, 10, 31), 9.0),
        ("Europe/Paris", (2026, 3, 28), 7.0),
        ("Europe/Paris", (2026, 10, 24), 9.0),
        ("Australia/Lord_Howe", (2026, 10, 3), 7.5),
        ("Australia/Lord_Howe", (2026, 4, 4), 8.5),
        ("America/Hermosillo", (2026, 3, 7), 8.0),
        ("Asia/Shanghai", (2026, 3, 7), 8.0),
    ],
)
def test_a_night_shift_lasts_as_long_as_it_truly_lasts(
    zone: str, wall: tuple[int, int, int], hours: float
) -> None:
    """On the nights of a clock change 22:00-06:00 has the hours that passed."""
    calendar = _calendar(zone, "Sat 22:00-06:00")
    assert _in_hours(calendar, _ns(zone, *wall)) == [("work", hours)]


def test_a_skipped_time_is_the_instant_of_the_change() -> None:
    """A shift from 02:30 in a night that skips 02:00-03:00 starts at 03:00."""
    calendar = _calendar("America/Chicago", "Sun 02:30-10:00")
    found = compile_calendar(calendar, _ns("America/Chicago", 2026, 3, 8), 2 * 10**18)
    assert found[0].start_ns == _ns("America/Chicago", 2026, 3, 8, 3)
    assert found[0].end_ns - found[0].start_ns == 7 * HOUR_NS


def test_a_repeated_time_is_its_first_pass() -> None:
    """A shift from 01:30 in a night that repeats 01:00-02:00 starts at the first 01:30."""
    calendar = _calendar("America/Chicago", "Sun 01:30-03:00")
    start_ns = _ns("America/Chicago", 2026, 11, 1)
    assert _in_hours(calendar, start_ns) == [("work", 2.5)]
    found = compile_calendar(calendar, start_ns, start_ns + DAY_NS)
    assert found[0].start_ns == _ns("America/Chicago", 2026, 11, 1, 1, 30, fold=0)


def test_a_break_keeps_its_length_when_the_clock_changes() -> None:
    """Half an hour of break is half an hour, in skipped and in repeated time."""
    text = "Sat 22:00-06:00 break 01:30-02:00, 02:00-02:30 meeting"
    calendar = _calendar("America/Chicago", text)
    spring = _in_hours(calendar, _ns("America/Chicago", 2026, 3, 7))
    assert spring == [("work", 3.5), ("meal", 0.5), ("meeting", 0.5), ("work", 2.5)]
    autumn = _in_hours(calendar, _ns("America/Chicago", 2026, 10, 31))
    assert autumn == [("work", 3.5), ("meal", 0.5), ("work", 1.0), ("meeting", 0.5), ("work", 3.5)]


@pytest.mark.parametrize(
    ("pause", "night", "begins", "hours"),
    [
        # 2026-03-08 skips 02:00-03:00: 02:00 CST is 08:00 UTC.
        ("00:30-01:00", (2026, 3, 7), "06:30", 0.5),  # before the change
        ("01:30-02:30", (2026, 3, 7), "07:30", 1.0),  # over it: until 03:30 on the wall
        ("02:15-02:45", (2026, 3, 7), "08:00", 0.5),  # inside: from the instant of the change
        ("03:00-03:30", (2026, 3, 7), "08:00", 0.5),  # after it
        # 2026-11-01 repeats 01:00-02:00: the first 02:00 would be 07:00 UTC.
        ("00:30-01:00", (2026, 10, 31), "05:30", 0.5),
        ("01:30-02:30", (2026, 10, 31), "06:30", 1.0),  # until the second 01:30
        ("01:15-01:45", (2026, 10, 31), "06:15", 0.5),  # the first pass alone
        ("02:00-02:30", (2026, 10, 31), "08:00", 0.5),  # an hour later than by length
    ],
)
def test_a_break_begins_by_the_clock_and_keeps_its_length(
    pause: str, night: tuple[int, int, int], begins: str, hours: float
) -> None:
    """Before, over, inside and after the changed hour, in spring and in autumn (decision 0026)."""
    calendar = _calendar("America/Chicago", f"Sat 22:00-06:00 break {pause}")
    start_ns = _ns("America/Chicago", *night)
    found = compile_calendar(calendar, start_ns, start_ns + 2 * DAY_NS)
    (meal,) = [one for one in found if one.kind == "break"]
    clock = dt.datetime.fromtimestamp(meal.start_ns // 10**9, dt.UTC).strftime("%H:%M")
    assert (clock, (meal.end_ns - meal.start_ns) / HOUR_NS) == (begins, hours)
    truly = sum(one.end_ns - one.start_ns for one in found)
    assert truly == (7 if night[1] == 3 else 9) * HOUR_NS


def test_breaks_of_one_skipped_hour_follow_each_other_within_the_shift() -> None:
    """Both would begin with the change: the second waits for the first, and the end cuts it."""
    calendar = _calendar("America/Chicago", "Sun 00:00-03:15 break 02:00-02:10, 02:30-02:50")
    found = _in_hours(calendar, _ns("America/Chicago", 2026, 3, 8))
    assert found == [("work", 2.0), ("meal", 1 / 6), ("meal", 1 / 12)]


def test_a_window_clips_and_may_be_empty() -> None:
    """Intervals are cut at the window's ends; an empty window has none."""
    calendar = _calendar("Asia/Shanghai", "daily 00:00-24:00")
    found = compile_calendar(calendar, 10**18 + 1, 10**18 + 8)
    assert [(i.start_ns, i.end_ns) for i in found] == [(10**18 + 1, 10**18 + 8)]
    assert compile_calendar(calendar, 10**18, 10**18) == ()


def test_a_shift_over_midnight_belongs_to_one_production_day() -> None:
    """The day of a shift is the one that holds its start; day starts at 06:00 here."""
    calendar = _calendar("Europe/Paris", "Tue 22:00-06:00", "Tue 05:00-06:00")
    start_ns = _ns("Europe/Paris", 2026, 1, 5)
    found = compile_calendar(calendar, start_ns, start_ns + 7 * DAY_NS)
    assert [(i.shift, i.production_day) for i in found] == [
        ("s1", "2026-01-05"),
        ("s0", "2026-01-06"),
    ]


def test_the_production_day_of_an_instant_turns_at_its_start() -> None:
    """One nanosecond before 06:00 it is still yesterday's production day."""
    calendar = _calendar("Europe/Paris")
    six_ns = _ns("Europe/Paris", 2026, 3, 29, 6)
    assert production_day(calendar, six_ns - 1) == dt.date(2026, 3, 28)
    assert production_day(calendar, six_ns) == dt.date(2026, 3, 29)


def test_a_production_day_that_has_begun_stays_when_the_clock_goes_back() -> None:
    """At St. John's the clock went from 00:01 back to 23:01; the new day was kept."""
    calendar = WorkCalendar(timezone="America/St_Johns")
    change_ns = _ns("America/St_Johns", 2006, 10, 29, 0, 0) + 60 * SECOND_NS
    wall = dt.datetime.fromtimestamp(change_ns // SECOND_NS, ZoneInfo("America/St_Johns"))
    assert (wall.day, wall.hour, wall.minute) == (28, 23, 1)
    assert production_day(calendar, change_ns) == dt.date(2006, 10, 29)


def test_a_date_that_a_place_skipped_has_no_shifts() -> None:
    """Samoa had no 30 December 2011: a shift of that day has no length."""
    calendar = _calendar("Pacific/Apia", "daily 08:00-16:00")
    start_ns = _ns("Pacific/Apia", 2011, 12, 29)
    found = compile_calendar(calendar, start_ns, start_ns + 2 * DAY_NS)
    assert [i.production_day for i in found] == ["2011-12-29", "2011-12-31"]


def test_a_holiday_removes_the_shifts_that_start_on_it() -> None:
    """The eve's night shift runs on, the holiday's shifts do not, but those kept open."""
    closed = Holiday(date=dt.date(2026, 1, 6), open=("s1", "of another line"))
    texts = ("daily 22:00-06:00", "daily 08:00-09:00", "daily 10:00-11:00")
    calendar = _calendar("America/Hermosillo", *texts, holidays=(closed,))
    start_ns = _ns("America/Hermosillo", 2026, 1, 6)
    found = compile_calendar(calendar, start_ns, start_ns + 30 * HOUR_NS)
    assert [(i.shift, i.production_day) for i in found] == [
        ("s0", "2026-01-05"),
        ("s1", "2026-01-06"),
    ]


def test_overlapping_shifts_are_found_and_refused() -> None:
    """The error names both shifts and the first date; touching shifts are fine."""
    calendar = _calendar("Europe/Paris", "Mon 06:00-14:00", "Mon 14:00-22:00", "Mon 13:00-15:00")
    found = [(o.first, o.second, o.date) for o in overlaps(calendar)]
    first_monday = dt.date(1970, 1, 5)
    assert found == [("s0", "s2", first_monday), ("s1", "s2", first_monday)]
    with pytest.raises(ShiftsOverlap, match="shift s0: it overlaps shift s2") as caught:
        compile_calendar(calendar, 0, 1)
    assert pickle.loads(pickle.dumps(caught.value)).overlaps == overlaps(calendar)  # noqa: S301 - our own bytes


def test_a_night_shift_overlaps_the_next_morning() -> None:
    """Sunday 22:00-06:00 meets Monday 05:00; the date is the night shift's."""
    calendar = _calendar("Europe/Paris", "Sun 22:00-06:00", "Mon 05:00-06:00 from 2026-01-01")
    assert [o.date for o in overlaps(calendar)] == [dt.date(2026, 1, 4)]


def test_alternating_weeks_do_not_overlap() -> None:
    """Two crews on the same hours in weeks 1 and 2 of 2 never meet; of 2 and 3 they do."""
    early = "Mon-Fri 06:00-14:00 week 1 of 2 from 2026-01-05"
    other = "Mon-Fri 06:00-14:00 week 2 of 2 from 2026-01-05"
    third = "Mon-Fri 06:00-14:00 week 2 of 3 from 2026-01-05"
    assert overlaps(_calendar("Europe/Paris", early, other)) == ()
    assert [o.date for o in overlaps(_calendar("Europe/Paris", early, third))] == [
        dt.date(2026, 2, 2)
    ]


def test_shifts_that_meet_only_on_a_closed_date_do_not_overlap() -> None:
    """A holiday takes the one date on which two shifts would meet."""
    once = "Mon 06:00-14:00 from 2026-01-05 until 2026-01-05"
    closed = Holiday(date=dt.date(2026, 1, 5))
    assert overlaps(_calendar("Europe/Paris", "Mon 06:00-14:00", once))
    assert not overlaps(_calendar("Europe/Paris", "Mon 06:00-14:00", once, holidays=(closed,)))


@pytest.mark.parametrize(
    ("texts", "closed", "never"),
    [
        ((), (), True),
        (("Mon 06:00-14:00",), (), False),
        (("Mon 06:00-14:00 break 06:00-10:00, 10:00-14:00",), (), True),
        (("Mon 06:00-14:00 from 2026-01-06 until 2026-01-11",), (), True),
        (("Mon 06:00-14:00 from 2026-01-05 until 2026-01-11",), (), False),
        (("Mon 06:00-14:00 from 2026-01-05 until 2026-01-11",), (dt.date(2026, 1, 5),), True),
        (("Mon 06:00-14:00 from 2026-01-05 until 2026-01-12",), (dt.date(2026, 1, 5),), False),
    ],
)
def test_a_calendar_that_never_opens_is_known(
    texts: tuple[str, ...], closed: tuple[dt.date, ...], *, never: bool
) -> None:
    """Without shifts, without dates, or with breaks only, there is no working time."""
    holidays = tuple(Holiday(date=date) for date in closed)
    assert never_opens(_calendar("Europe/Paris", *texts, holidays=holidays)) is never


def test_open_at_gives_the_whole_interval_or_none() -> None:
    """An interval holds its start and not its end; a break is an interval too."""
    calendar = _calendar("Europe/Paris", "Mon 06:00-14:00 break 10:00-11:00")
    six_ns = _ns("Europe/Paris", 2026, 1, 5, 6)
    work = open_at(calendar, six_ns + 1)
    assert work == Interval(
        start_ns=six_ns,
        end_ns=six_ns + 4 * HOUR_NS,
        kind="work",
        shift="s0",
        production_day="2026-01-05",
    )
    pause = open_at(calendar, six_ns + 4 * HOUR_NS)
    assert pause is not None
    assert pause.bucket == "meal"
    assert open_at(calendar, six_ns - 1) is None
    assert open_at(calendar, six_ns + 8 * HOUR_NS) is None


def test_working_time_is_added_over_breaks_and_nights() -> None:
    """Ten hours from Monday noon in a shift of eight with a break end on Tuesday."""
    calendar = _calendar("Europe/Paris", "daily 06:00-15:00 break 12:00-13:00")
    noon_ns = _ns("Europe/Paris", 2026, 1, 5, 12)
    done_ns = add_working_time(calendar, noon_ns, 10 * HOUR_NS)
    assert done_ns == _ns("Europe/Paris", 2026, 1, 6, 15)
    assert working_ns(calendar, noon_ns, done_ns) == 10 * HOUR_NS
    assert add_working_time(calendar, noon_ns, 0) == noon_ns


def test_working_time_that_does_not_come_is_a_typed_error() -> None:
    """The error says what was asked, what there was, and where the search ended."""
    calendar = _calendar("Europe/Paris", "Mon 06:00-14:00 until 2026-01-12")
    start_ns = _ns("Europe/Paris", 2026, 1, 5)
    with pytest.raises(NotEnoughWorkingTime, match="17 h of working time were asked") as caught:
        add_working_time(calendar, start_ns, 17 * HOUR_NS)
    assert caught.value.found_ns == 16 * HOUR_NS
    assert caught.value.until_ns == start_ns + 3660 * DAY_NS
    with pytest.raises(NotEnoughWorkingTime) as nearer:
        add_working_time(calendar, start_ns, 17 * HOUR_NS, horizon_days=2)
    assert nearer.value.found_ns == 8 * HOUR_NS


@pytest.mark.parametrize(
    ("timezone", "suggestion"),
    [
        ("America/Chicgo", "write America/Chicago"),
        ("../etc/passwd", "write Area/City"),
        ("America", "write America/"),
        ("", "write Area/City"),
    ],
)
def test_an_unknown_time_zone_is_refused(timezone: str, suggestion: str) -> None:
    """A time zone must be an IANA name; the nearest one is suggested."""
    with pytest.raises(CalendarInvalid) as caught:
        WorkCalendar(timezone=timezone)
    assert caught.value.where == "timezone"
    assert caught.value.suggestion.startswith(suggestion)


def test_a_calendar_that_cannot_be_is_refused() -> None:
    """Names and dates come once, and the production day starts within a day."""
    day = Shift(name="day", days=(0,), start_s=0, end_s=3600)
    closed = Holiday(date=dt.date(2026, 1, 5))
    with pytest.raises(CalendarInvalid, match="shift day: it is given twice"):
        WorkCalendar(timezone="UTC", shifts=(day, day))
    with pytest.raises(CalendarInvalid, match="holiday 2026-01-05: it is given twice"):
        WorkCalendar(timezone="UTC", holidays=(closed, closed))
    with pytest.raises(CalendarInvalid, match="day_starts: it is not a time of the day"):
        WorkCalendar(timezone="UTC", day_starts_s=86_400)


@pytest.mark.parametrize(
    ("start_ns", "end_ns", "what"),
    [
        (2, 1, "its end is before its start"),
        (-1, 1, "it is not within 1970 to 2200"),
        (0, 7_258_118_400 * SECOND_NS + 1, "it is not within 1970 to 2200"),
    ],
)
def test_a_window_that_cannot_be_is_refused(start_ns: int, end_ns: int, what: str) -> None:
    """A window is ordered and within the range in which calendars are defined."""
    calendar = _calendar("Europe/Paris", "daily 06:00-14:00")
    with pytest.raises(CalendarInvalid, match=what):
        compile_calendar(calendar, start_ns, end_ns)


def test_both_ends_of_the_range_work() -> None:
    """The first and the last second of the range can be asked."""
    calendar = _calendar("America/Chicago", "daily 00:00-24:00")
    last_ns = 7_258_118_400 * SECOND_NS
    assert compile_calendar(calendar, last_ns - SECOND_NS, last_ns)[0].kind == "work"
    assert production_day(calendar, 0) == dt.date(1969, 12, 31)
    assert production_day(calendar, last_ns) == dt.date(2199, 12, 31)
