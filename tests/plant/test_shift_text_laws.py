"""Laws of linewright.plant.calendar.shift_text."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.calendar.shift import DAY_S, Break, Bucket, Shift
from linewright.plant.calendar.shift_text import ShiftInvalid, format_shift, parse_shift

BUCKETS: tuple[Bucket, ...] = ("meal", "meeting", "cleaning", "maintenance")
DATES = st.dates(dt.date(1970, 1, 1), dt.date(2200, 1, 1))
PIECES = st.sampled_from(
    [
        *("Mon", "Tue-Fri", "daily", "Sun", ",", "-", "06:00", "22:00", "14:30:05", "24:00"),
        *("30:00", "99:99", "break", "meal", "meeting", "week", "2", "of", "3", "from", "until"),
        *("2026-01-05", "2026-13-01", "x", "\u2013", "\u00e9", "."),
    ]
)


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    """Draw any shift that can be, to the second."""
    start_s = draw(st.integers(0, DAY_S - 1))
    end_s = start_s + draw(st.one_of(st.just(DAY_S), st.integers(1, DAY_S)))
    edges = sorted(draw(st.sets(st.integers(start_s, end_s), max_size=8)))
    breaks = tuple(
        Break(start_s=low_s, end_s=high_s, bucket=draw(st.sampled_from(BUCKETS)))
        for low_s, high_s in zip(edges[::2], edges[1::2], strict=False)
    )
    dates = sorted(draw(st.lists(DATES, min_size=2, max_size=2)))
    every_weeks = draw(st.integers(1, 26))
    return Shift(
        name="x",
        days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))),
        start_s=start_s,
        end_s=end_s,
        breaks=breaks,
        from_date=dates[0] if every_weeks > 1 or draw(st.booleans()) else None,
        until_date=dates[1] if draw(st.booleans()) else None,
        every_weeks=every_weeks,
        offset_weeks=draw(st.integers(0, every_weeks - 1)),
    )


@settings(deadline=None)
@given(shifts())
def test_writing_and_reading_gives_the_same_shift(shift: Shift) -> None:
    """``parse_shift`` is the inverse of ``format_shift``."""
    text = format_shift(shift)
    again = parse_shift("x", text)
    assert again == shift
    assert format_shift(again) == text


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map(" ".join)))
def test_any_text_is_a_shift_or_a_typed_error(text: str) -> None:
    """No text raises anything but ``ShiftInvalid``, whose offset lies in the text."""
    shift, offset = None, 0
    try:
        shift = parse_shift("x", text)
    except ShiftInvalid as error:
        offset = error.offset
    assert 0 <= offset <= len(text)
    assert shift is None or parse_shift("x", format_shift(shift)) == shift
