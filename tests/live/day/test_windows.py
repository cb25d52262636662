"""Tests of linewright.live.day.windows."""

import datetime as dt

import pytest

from linewright.live.day import Period, day_at, day_of, gaps_of, shift_at, shifts_of
from linewright.live.day.windows import hour_windows, intervals_of
from linewright.plant.calendar import WorkCalendar, parse_shift
from tests.live.day.shop import DAY, SIX, H, plan


def hours(found: tuple[Period, ...]) -> list[tuple[str, float]]:
    """Names and true hours."""
    return [(each.shift, each.length_ns / H) for each in found]


def test_a_day_is_its_shifts_and_the_night() -> None:
    """Two shifts of eight hours and a gap of eight are the production day from six to six."""
    calendar = plan().calendar
    assert hours(shifts_of(calendar, DAY)) == [("day", 8.0), ("evening", 8.0)]
    assert hours(gaps_of(calendar, DAY)) == [("", 8.0)]
    assert (day_of(calendar, DAY).start_ns, day_of(calendar, DAY).length_ns) == (SIX, 24 * H)
    assert shifts_of(calendar, DAY)[0].name == "2026-03-03/day"


@pytest.mark.parametrize(("day", "night_h"), [((2026, 3, 7), 7), ((2026, 10, 31), 9)])
def test_a_clock_change_makes_a_day_of_23_or_25_hours(
    day: tuple[int, int, int], night_h: int
) -> None:
    """The night shift in which the clocks change is an hour shorter or longer, and so the day."""
    calendar = plan(nights=True).calendar
    date = dt.date(*day)
    assert day_of(calendar, date).length_ns == (16 + night_h) * H
    assert hours(shifts_of(calendar, date))[-1] == ("night", night_h)
    assert gaps_of(calendar, date) == ()
    whole = day_of(calendar, date)
    assert len(hour_windows(whole.start_ns, whole.end_ns)) == 16 + night_h


def test_a_shift_over_the_start_of_the_day_belongs_to_the_day_it_starts_in() -> None:
    """Days from midnight, a night shift until six: the day lasts until its shift is over."""
    night = parse_shift("night", "daily 22:00-06:00")
    calendar = WorkCalendar(timezone="America/Chicago", shifts=(night,))
    today, before = (day_of(calendar, DAY - dt.timedelta(days=back)) for back in (0, 1))
    assert before.end_ns == today.start_ns == SIX
    assert hours(shifts_of(calendar, DAY)) == [("night", 8.0)]
    assert day_at(calendar, SIX - 1).day == before.day
    assert day_at(calendar, SIX).day == DAY


def test_the_shift_that_is_on() -> None:
    """Breaks are inside their shift; in closed time there is none."""
    calendar = plan().calendar
    on = [shift_at(calendar, SIX + round(each * H)) for each in (0, 4, 8, 15.5, 16)]
    assert [each.shift if each else None for each in on] == [
        "day",
        "day",
        "evening",
        "evening",
        None,
    ]


def test_intervals_of_a_window_are_cut_to_it() -> None:
    """Work and breaks over several days, whatever the midnights of UTC; always without shifts."""
    found = intervals_of(plan(nights=True).calendar, SIX + 1, SIX + 48 * H)
    assert found[0].start_ns == SIX + 1
    assert sum(each.end_ns - each.start_ns for each in found) == 48 * H - 1
    assert sum(each.bucket == "meal" for each in found) == 6
    assert [each.kind for each in intervals_of(None, 5, 9)] == ["work"]
    assert intervals_of(None, 5, 5) == ()
