"""Tests of linewright.plant.calendar.shift."""

import datetime as dt

import msgspec
import pytest

from linewright.plant.calendar.shift import Break, CalendarInvalid, Shift

HOUR_S = 3600
MONDAY = dt.date(2026, 1, 5)


def _shift(**changes: object) -> Shift:
    fields = {"name": "day", "days": (0, 1, 2, 3, 4), "start_s": 6 * HOUR_S, "end_s": 14 * HOUR_S}
    return Shift(**(fields | changes))  # type: ignore[arg-type]  # the tests give wrong ones too


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"days": ()}, "it has no days"),
        ({"days": (1, 0)}, "its days are not 0 to 6 in order"),
        ({"days": (0, 0)}, "its days are not 0 to 6 in order"),
        ({"days": (7,)}, "its days are not 0 to 6 in order"),
        ({"start_s": 24 * HOUR_S, "end_s": 25 * HOUR_S}, "it does not start on its day"),
        ({"end_s": 6 * HOUR_S}, "it is not between 0 and 24 h long"),
        ({"end_s": 30 * HOUR_S + 1}, "it is not between 0 and 24 h long"),
        ({"breaks": (Break(start_s=5 * HOUR_S, end_s=7 * HOUR_S),)}, "its breaks overlap"),
        ({"breaks": (Break(start_s=13 * HOUR_S, end_s=15 * HOUR_S),)}, "its breaks overlap"),
        ({"every_weeks": 2}, "its rotation has no first week"),
        ({"every_weeks": 27, "from_date": MONDAY}, "its rotation is out of range"),
        ({"every_weeks": 2, "offset_weeks": 2, "from_date": MONDAY}, "its week is not in its rot"),
        ({"from_date": MONDAY, "until_date": dt.date(2026, 1, 4)}, "it ends before it begins"),
        ({"until_date": dt.date(1969, 12, 31)}, "its dates are not within 1970 to 2200"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(changes: dict[str, object], what: str) -> None:
    """Each rule of a shift is checked when it is made, and the error names shift and rule."""
    with pytest.raises(CalendarInvalid) as caught:
        _shift(**changes)
    assert caught.value.where == "shift day"
    assert caught.value.what.startswith(what)
    assert caught.value.suggestion in str(caught.value)


def test_the_limits_themselves_are_allowed() -> None:
    """A shift may be exactly 24 h long and be one break from end to end."""
    whole = Break(start_s=6 * HOUR_S, end_s=30 * HOUR_S)
    shift = _shift(end_s=30 * HOUR_S, breaks=(whole,))
    assert shift.end_s - shift.start_s == 24 * HOUR_S


def test_a_break_needs_a_length() -> None:
    """A break that ends where it starts is refused."""
    with pytest.raises(CalendarInvalid, match="break: its end is not after its start"):
        Break(start_s=HOUR_S, end_s=HOUR_S)


def test_dates_are_both_included() -> None:
    """A shift starts on its first and on its last date and not beside them."""
    shift = _shift(days=tuple(range(7)), from_date=MONDAY, until_date=dt.date(2026, 1, 7))
    starts = [shift.starts_on(MONDAY + dt.timedelta(days=days)) for days in range(-1, 4)]
    assert starts == [False, True, True, True, False]


def test_a_rotation_counts_weeks_from_the_monday_of_its_first_date() -> None:
    """Week 2 of 3 from a Wednesday is the next calendar week, and every third from there."""
    shift = _shift(from_date=dt.date(2026, 1, 7), every_weeks=3, offset_weeks=1)
    mondays = [MONDAY + dt.timedelta(weeks=week) for week in range(6)]
    assert [shift.starts_on(monday) for monday in mondays] == [False, True, False] * 2


def test_a_shift_survives_json_and_a_bad_one_does_not() -> None:
    """Encoding and decoding gives the same shift; decoding checks the rules too."""
    shift = _shift(breaks=(Break(start_s=10 * HOUR_S, end_s=11 * HOUR_S),), from_date=MONDAY)
    text = msgspec.json.encode(shift)
    assert msgspec.json.decode(text, type=Shift) == shift
    with pytest.raises(msgspec.ValidationError, match="it has no days"):
        msgspec.json.decode(text.replace(b"[0,1,2,3,4]", b"[]"), type=Shift)
