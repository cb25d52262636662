"""Tests of linewright.plant.calendar.shift_text."""

import datetime as dt

import pytest

from linewright.plant.calendar.shift import Break, Shift
from linewright.plant.calendar.shift_text import ShiftInvalid, format_shift, parse_shift

HOUR_S = 3600


def test_the_form_of_the_plant_file_is_read() -> None:
    """Days, times, breaks and their buckets come out in seconds after midnight."""
    shift = parse_shift("day", "Mon-Fri 06:00-14:30 break 10:00-10:30, 12:00-12:10 meeting")
    assert shift == Shift(
        name="day",
        days=(0, 1, 2, 3, 4),
        start_s=6 * HOUR_S,
        end_s=14 * HOUR_S + 1800,
        breaks=(
            Break(start_s=10 * HOUR_S, end_s=10 * HOUR_S + 1800),
            Break(start_s=12 * HOUR_S, end_s=12 * HOUR_S + 600, bucket="meeting"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mon,Wed,Fri 22:00-06:00", "Mon,Wed,Fri 22:00-06:00"),
        ("daily 00:00-24:00", "daily 00:00-24:00"),
        ("DAILY 0:00-00:30:15", "daily 00:00-00:30:15"),
        ("Sat-Sun 7:00-15:00", "Sat-Sun 07:00-15:00"),
        ("fri-mon 7:00-15:00", "Mon,Fri-Sun 07:00-15:00"),
        ("sunday, TUES,mon 7:00\u201315:00", "Mon-Tue,Sun 07:00-15:00"),
        ("Mon-Sun 22:00-00:00", "daily 22:00-24:00"),
        ("Mon 06:00-30:00", "Mon 06:00-30:00"),
        ("Mon 22:00-30:00 break 26:00-26:30 meal", "Mon 22:00-06:00 break 02:00-02:30"),
        ("Mon 22:00-06:00 break 23:45-00:15", "Mon 22:00-06:00 break 23:45-00:15"),
        (
            "Mon 6:00-7:00 until 2026-03-31 week 2 of 4 from 2026-01-05",
            "Mon 06:00-07:00 week 2 of 4 from 2026-01-05 until 2026-03-31",
        ),
    ],
)
def test_each_form_has_one_canonical_spelling(text: str, canonical: str) -> None:
    """What people write is read, and written back in one way that reads the same."""
    shift = parse_shift("x", text)
    assert format_shift(shift) == canonical
    assert parse_shift("x", canonical) == shift


def test_a_night_shift_and_its_break_pass_midnight() -> None:
    """Times after midnight are on the scale of the day on which the shift starts."""
    night = parse_shift("night", "Sun-Thu 22:00-06:00 break 02:00-02:30 cleaning")
    assert (night.start_s, night.end_s) == (22 * HOUR_S, 30 * HOUR_S)
    pause = Break(start_s=26 * HOUR_S, end_s=26 * HOUR_S + 1800, bucket="cleaning")
    assert night.breaks == (pause,)


@pytest.mark.parametrize(
    ("text", "offset", "what", "suggestion"),
    [
        ("Mon-Fry 06:00-14:30", 4, "no day is called 'fry'", "Fri"),
        ("dayly 06:00-14:30", 0, "no day is called 'dayly'", "daily"),
        ("Mon,Mon 06:00-14:30", 4, "Mon is named twice", None),
        ("06:00-14:30", 0, "here should be a day of the week", "Mon-Fri or daily"),
        ("Mon-Fri 6-14", 8, "here should be a time such as 06:00", "06:00"),
        ("Mon-Fri 06:00 14:30", 14, "here should be a dash and the end", "06:00-14:30"),
        ("Mon-Fri 06:60-14:30", 8, "06:60 is no time", None),
        ("Mon-Fri 24:00-30:00", 8, "a shift starts before 24:00", "00:00"),
        ("Mon 06:00-06:00", 4, "the shift ends where it starts", "06:00-30:00"),
        ("Mon 06:00-31:00", 4, "the shift is longer than 24 h", None),
        ("Mon 06:00-14:00 brake 10:00-10:30", 16, "here should be `break`", "break"),
        ("Mon 06:00-14:00 break 10:00-10:30 meel", 34, "here should be `meal`", "meal"),
        ("Mon 06:00-14:00 break 15:00-15:30", 22, "the break is not inside the shift", None),
        ("Mon 06:00-14:00 break 10:00-10:00", 22, "the break ends where it starts", None),
        ("Mon 06:00-14:00 break 10:00-10:30,10:15-10:45", 34, "the break starts before", None),
        ("Mon 06:00-14:00 break 10:00-10:30 break 11:00-11:05", 34, "`break` is given twi", None),
        ("Mon 06:00-14:00 week 3 of 2 from 2026-01-05", 21, "the weeks of this rotation", None),
        ("Mon 06:00-14:00 week 1 of 1 from 2026-01-05", 21, "a rotation has 2 to 26", None),
        ("Mon 06:00-14:00 week 1 of 2", 27, "a rotation needs the date", "from 2026-01-05"),
        ("Mon 06:00-14:00 from 2026-02-30", 21, "2026-02-30 is no date", None),
        ("Mon 06:00-14:00 from 1926-02-03", 21, "1926-02-03 is not within", None),
        ("Mon 06:00-14:00 from 2026-02-03 until 2026-02-02", 32, "the shift ends before", None),
        ("Mon 06:00-14:00 and more", 16, "here should be `break` or `week`", None),
        ("", 0, "here should be a day of the week", "Mon-Fri or daily"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(
    text: str, offset: int, what: str, suggestion: str | None
) -> None:
    """An error tells the place, what should be there, and the nearest right spelling."""
    with pytest.raises(ShiftInvalid) as caught:
        parse_shift("x", text)
    assert caught.value.text == text
    assert caught.value.offset == offset
    assert caught.value.what.startswith(what)
    assert caught.value.suggestion == suggestion


def test_the_length_of_a_text_is_bounded() -> None:
    """A text above 1,000 characters is refused at its end."""
    with pytest.raises(ShiftInvalid, match="longer than 1000") as caught:
        parse_shift("x", "Mon 06:00-14:00" + " " * 1000)
    assert caught.value.offset == 1000


def test_an_extra_shift_has_one_date() -> None:
    """Overtime on one Saturday is a shift from and until that date."""
    extra = parse_shift("extra", "Sat 06:00-12:00 from 2026-03-07 until 2026-03-07")
    assert extra.starts_on(dt.date(2026, 3, 7))
    assert not extra.starts_on(dt.date(2026, 3, 14))
