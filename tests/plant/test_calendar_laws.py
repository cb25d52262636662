"""Laws of linewright.plant.calendar, against a clock that is read minute by minute."""

import datetime as dt
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from linewright.plant.calendar.work import (
    Break,
    Bucket,
    Holiday,
    Shift,
    WorkCalendar,
    add_working_time,
    compile_calendar,
    never_opens,
    overlaps,
    production_day,
    working_ns,
)

MINUTE_NS = 60_000_000_000
DAY_MINUTES = 1440
BUCKETS: tuple[Bucket, ...] = ("meal", "meeting", "cleaning", "maintenance")
SCENES = (
    # a zone and a date with a change of its clock, or without one
    ("America/Chicago", dt.date(2026, 3, 8)),
    ("America/Chicago", dt.date(2026, 11, 1)),
    ("Europe/Paris", dt.date(2026, 3, 29)),
    ("Europe/Paris", dt.date(2026, 10, 25)),
    ("Australia/Lord_Howe", dt.date(2026, 4, 5)),
    ("Australia/Lord_Howe", dt.date(2026, 10, 4)),
    ("America/St_Johns", dt.date(2006, 10, 29)),
    ("Pacific/Apia", dt.date(2011, 12, 30)),
    ("Asia/Shanghai", dt.date(2026, 3, 8)),
    ("America/Hermosillo", dt.date(2026, 3, 8)),
)
Seen = dict[int, tuple[str, str, Bucket | None]]
"""By minute since 1970: shift, production day and bucket."""


@st.composite
def scenes(draw: st.DrawFn) -> tuple[WorkCalendar, int, int]:
    """Draw a calendar whose shifts share out the day, and a window of minutes around a change."""
    zone, date = draw(st.sampled_from(SCENES))
    near_dates = st.dates(date - dt.timedelta(days=20), date + dt.timedelta(days=3))
    # Many times near the change: quarters of the first hours of the day.
    times = st.one_of(st.integers(0, 24).map(lambda n: n * 15), st.integers(0, DAY_MINUTES - 1))
    cuts = sorted(draw(st.sets(times, min_size=1, max_size=4)))
    shifts = tuple(
        draw(_shift(f"s{start}", start, end, near_dates))
        for start, end in pairwise([*cuts, cuts[0] + DAY_MINUTES])
    )
    names = st.sampled_from([shift.name for shift in shifts])
    closed = draw(st.lists(near_dates, max_size=2, unique=True))
    calendar = WorkCalendar(
        timezone=zone,
        day_starts_s=draw(times) % DAY_MINUTES * 60,
        shifts=shifts,
        holidays=tuple(Holiday(date=day, open=tuple(draw(st.sets(names)))) for day in closed),
    )
    midnight = dt.datetime.combine(date, dt.time(), dt.UTC)
    first = int(midnight.timestamp()) // 60 + draw(st.integers(-DAY_MINUTES, DAY_MINUTES))
    return calendar, first, first + draw(st.integers(0, 2 * DAY_MINUTES))


@st.composite
def _shift(
    draw: st.DrawFn, name: str, start: int, end: int, dates: st.SearchStrategy[dt.date]
) -> Shift:
    """Draw a shift somewhere between two minutes of the wall clock."""
    edges = sorted(draw(st.sets(st.integers(start, end), max_size=6)))
    low, *inner, high = edges if len(edges) > 1 else (start, end)
    breaks = tuple(
        Break(start_s=one * 60, end_s=two * 60, bucket=draw(st.sampled_from(BUCKETS)))
        for one, two in zip(inner[::2], inner[1::2], strict=False)
    )
    low = start if low >= DAY_MINUTES else low
    every = draw(st.sampled_from([1, 1, 2, 3]))
    return Shift(
        name=name,
        days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=3)))),
        start_s=low * 60,
        end_s=high * 60,
        breaks=breaks,
        from_date=draw(dates) if every > 1 else None,
        every_weeks=every,
        offset_weeks=draw(st.integers(0, every - 1)),
    )


class Clock:
    """A local clock read at every minute of some days: the oracle."""

    def __init__(self, calendar: WorkCalendar, first: int, last: int) -> None:
        self.calendar = calendar
        zone = ZoneInfo(calendar.timezone)
        self.first = first - 4 * DAY_MINUTES
        minutes = range(self.first, last + 3 * DAY_MINUTES)
        self.walls = [
            dt.datetime.fromtimestamp(minute * 60, zone).replace(tzinfo=None) for minute in minutes
        ]
        # Also the dates that the clock skips: what starts then starts at the change.
        days = (self.walls[-1].date() - self.walls[0].date()).days
        self.dates = [self.walls[0].date() + dt.timedelta(days=day) for day in range(1, days)]

    def reads(self, date: dt.date, wall_s: int) -> int:
        """Give the first minute at which the clock reads this or later; past the end: the end."""
        wanted = dt.datetime.combine(date, dt.time()) + dt.timedelta(seconds=wall_s)
        hits = (at for at, wall in enumerate(self.walls) if wall >= wanted)
        return self.first + next(hits, len(self.walls))

    def runs(self, shift: Shift, date: dt.date) -> bool:
        """Say by the words of the plant file whether a shift starts on a date."""
        for holiday in self.calendar.holidays:
            if holiday.date == date and shift.name not in holiday.open:
                return False
        if shift.from_date is not None:
            mondays = [day - dt.timedelta(days=day.weekday()) for day in (date, shift.from_date)]
            weeks = (mondays[0] - mondays[1]).days // 7
            if date < shift.from_date or weeks % shift.every_weeks != shift.offset_weeks:
                return False
        return date.weekday() in shift.days

    def seen(self) -> Seen:
        """Give what goes on in every minute, as a person with a watch would note it."""
        found: Seen = {}
        for date, shift in product(self.dates, self.calendar.shifts):
            if not self.runs(shift, date):
                continue
            early = shift.start_s < self.calendar.day_starts_s
            day = (date - dt.timedelta(days=1) if early else date).isoformat()
            start, end = self.reads(date, shift.start_s), self.reads(date, shift.end_s)
            for minute in range(start, end):
                assert minute not in found, "two shifts at once"
                found[minute] = (shift.name, day, None)
            resumed = start
            for pause in shift.breaks:
                begin = max(resumed, self.reads(date, pause.start_s))
                resumed = min(begin + (pause.end_s - pause.start_s) // 60, end)
                for minute in range(begin, resumed):
                    found[minute] = (shift.name, day, pause.bucket)
        return found


@settings(deadline=None, max_examples=60)
@given(scenes())
def test_intervals_say_what_a_watch_says(scene: tuple[WorkCalendar, int, int]) -> None:
    """Minute by minute, over changes of the clock, the intervals are those of the oracle."""
    calendar, first, last = scene
    found = compile_calendar(calendar, first * MINUTE_NS, last * MINUTE_NS)
    ours: Seen = {}
    for interval in found:
        assert interval.start_ns % MINUTE_NS == interval.end_ns % MINUTE_NS == 0
        assert interval.kind == ("work" if interval.bucket is None else "break")
        for minute in range(interval.start_ns // MINUTE_NS, interval.end_ns // MINUTE_NS):
            ours[minute] = (interval.shift, interval.production_day, interval.bucket)
    seen = Clock(calendar, first, last).seen()
    assert ours == {minute: seen[minute] for minute in seen if first <= minute < last}
    assert all(one.start_ns < one.end_ns <= two.start_ns for one, two in pairwise(found))


@settings(deadline=None, max_examples=30)
@given(scenes())
def test_the_production_day_is_the_last_that_has_begun(
    scene: tuple[WorkCalendar, int, int],
) -> None:
    """At any minute the day is the latest whose start the clock has reached."""
    calendar, first, last = scene
    clock = Clock(calendar, first, last)
    begun = {date: clock.reads(date, calendar.day_starts_s) for date in clock.dates}
    for minute in range(first, last, 7):
        expected = max(date for date in clock.dates if begun[date] <= minute)
        assert production_day(calendar, minute * MINUTE_NS) == expected


@settings(deadline=None, max_examples=60)
@given(scenes(), st.data())
def test_working_time_adds_up_and_is_spent_exactly(
    scene: tuple[WorkCalendar, int, int], data: st.DataObject
) -> None:
    """Working time of two windows is that of both, and adding it leads back, at the earliest."""
    calendar, first, last = scene
    start_ns, end_ns = first * MINUTE_NS, last * MINUTE_NS
    middle_ns = data.draw(st.integers(start_ns, end_ns))
    total_ns = working_ns(calendar, start_ns, end_ns)
    parts_ns = working_ns(calendar, start_ns, middle_ns) + working_ns(calendar, middle_ns, end_ns)
    assert parts_ns == total_ns
    assume(total_ns > 0)
    work_ns = data.draw(st.integers(1, total_ns))
    done_ns = add_working_time(calendar, start_ns, work_ns, horizon_days=3)
    assert done_ns <= end_ns
    assert working_ns(calendar, start_ns, done_ns) == work_ns
    assert working_ns(calendar, start_ns, done_ns - 1) == work_ns - 1


@st.composite
def free_calendars(draw: st.DrawFn) -> WorkCalendar:
    """Draw a calendar of 1970 whose shifts may overlap, be over soon, or be closed."""
    dates = st.dates(dt.date(1970, 1, 1), dt.date(1970, 2, 10))
    shifts = []
    for index in range(draw(st.integers(0, 3))):
        start_s = draw(st.integers(0, 23)) * 3600
        end_s = start_s + draw(st.integers(1, 24)) * 3600
        every = draw(st.sampled_from([1, 2, 3]))
        limits = sorted([draw(dates), draw(dates)])
        whole = (Break(start_s=start_s, end_s=end_s),) if draw(st.booleans()) else ()
        shift = Shift(
            name=f"s{index}",
            days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3)))),
            start_s=start_s,
            end_s=end_s,
            breaks=whole,
            from_date=limits[0] if every > 1 or draw(st.booleans()) else None,
            until_date=limits[1] if draw(st.booleans()) else None,
            every_weeks=every,
            offset_weeks=draw(st.integers(0, every - 1)),
        )
        shifts.append(shift)
    closed = draw(st.lists(dates, max_size=8, unique=True))
    return WorkCalendar(
        timezone="UTC",
        shifts=tuple(shifts),
        holidays=tuple(Holiday(date=date) for date in closed),
    )


def _spans(calendar: WorkCalendar) -> list[tuple[int, int, dt.date, Shift]]:
    """Give start and end of every shift of 200 days in seconds, by the oracle's rules."""
    clock = Clock(calendar, 0, 0)
    spans = []
    for days in range(200):
        date = dt.date(1970, 1, 1) + dt.timedelta(days=days)
        for shift in calendar.shifts:
            limited = shift.until_date is not None and date > shift.until_date
            if clock.runs(shift, date) and not limited:
                low = days * 86_400
                spans.append((low + shift.start_s, low + shift.end_s, date, shift))
    return spans


@settings(deadline=None, max_examples=100)
@given(free_calendars())
def test_overlaps_are_those_that_a_list_of_all_shifts_shows(calendar: WorkCalendar) -> None:
    """Pairs and first dates agree with comparing every shift of 200 days with every other."""
    expected: dict[tuple[str, str], dt.date] = {}
    spans = _spans(calendar)
    for one, two in product(spans, spans):
        pair = (one[3].name, two[3].name)
        if pair[0] < pair[1] and max(one[0], two[0]) < min(one[1], two[1]):
            expected[pair] = min(expected.get(pair, one[2]), one[2])
    assert {(o.first, o.second): o.date for o in overlaps(calendar)} == expected
    works = any(not shift.breaks for *_, shift in spans)
    assert never_opens(calendar) is not works
