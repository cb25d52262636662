"""Laws of linewright.live.day.windows."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linewright.live.day import day_at, day_of, gaps_of, shifts_of
from linewright.plant.calendar import WorkCalendar, overlaps, parse_shift

ZONES = ("America/Chicago", "America/Hermosillo", "Europe/Paris", "Asia/Shanghai", "UTC")
SHIFTS = (
    ("06:00-14:00 break 10:00-10:30", "14:00-22:00", "22:00-06:00 break 02:00-02:30"),
    ("07:00-15:30", "15:30-00:00"),
    ("23:00-07:00",),
    ("01:30-02:30", "03:00-11:00"),
    (),
)
calendars = st.builds(
    lambda zone, shifts, hour: WorkCalendar(
        timezone=zone,
        day_starts_s=hour * 3600,
        shifts=tuple(parse_shift(f"s{k}", f"daily {text}") for k, text in enumerate(shifts)),
    ),
    st.sampled_from(ZONES),
    st.sampled_from(SHIFTS),
    st.integers(0, 23),
).filter(lambda calendar: not overlaps(calendar))
dates = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)) | st.sampled_from(
    [dt.date(2026, 3, 7), dt.date(2026, 3, 8), dt.date(2026, 10, 25), dt.date(2026, 11, 1)]
)


@given(calendars, dates)
def test_days_tile_time_and_shifts_and_gaps_tile_the_day(
    calendar: WorkCalendar, day: dt.date
) -> None:
    """A day ends where the next begins; its shifts and gaps lie side by side from end to end."""
    today, tomorrow = day_of(calendar, day), day_of(calendar, day + dt.timedelta(days=1))
    assert today.end_ns == tomorrow.start_ns
    pieces = [*shifts_of(calendar, day), *gaps_of(calendar, day)]
    pieces.sort(key=lambda each: each.start_ns)
    assert (pieces[0].start_ns, pieces[-1].end_ns) == (today.start_ns, today.end_ns)
    assert all(one.end_ns == two.start_ns for one, two in pairwise(pieces))


@given(calendars, dates, st.floats(0, 1, exclude_max=True))
def test_an_instant_of_a_day_is_found_in_it(
    calendar: WorkCalendar, day: dt.date, share: float
) -> None:
    """Asked for the day of any instant of a day, it is that day, its ends included."""
    whole = day_of(calendar, day)
    for t_ns in (whole.start_ns, whole.start_ns + int(share * whole.length_ns), whole.end_ns - 1):
        assert day_at(calendar, t_ns) == whole
