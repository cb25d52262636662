"""Numbers as people write them."""

import math

import pytest

from linewright.twin.reporting.numbers import (
    decimals_of,
    hour_ticks,
    interval,
    number,
    percent,
    ticks,
)
from linewright.twin.reporting.study import Value


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "12,345.7"), ("es", "12\u202f345,7"), ("fr", "12\u202f345,7"), ("zh", "12,345.7")],
)
def test_marks_are_those_of_the_language(language: str, text: str) -> None:
    """Thousands and decimals are parted as the language does."""
    assert number(12345.67, 1, language) == text


def test_spanish_parts_from_five_digits_on() -> None:
    """Four digits stand together in Spanish."""
    assert number(1234.5, 1, "es") == "1234,5"


def test_no_negative_zero_and_no_nan() -> None:
    """What is rounded to zero has no sign; what is no number is a dash."""
    assert number(-0.001, 1) == "0.0"
    assert number(-0.06, 1) == "\u22120.1"
    assert number(math.inf, 1) == "\u2013"


def test_digits_follow_the_interval() -> None:
    """A mean has no more digits than two of its half-width."""
    assert decimals_of(Value(61.2345, 51.0, 71.0)) == 0
    assert decimals_of(Value(61.2345, 61.1, 61.4)) == 2
    assert interval(Value(61.2, 60.4, 62.1), "es", "a") == "60,40 a 62,10"
    assert interval(Value(61.2)) == ""


def test_percent() -> None:
    """A share is written in per cent."""
    assert percent(0.0487, "es") == "4,9\u202f%"


@pytest.mark.parametrize(("low", "high"), [(0.0, 93.0), (-3.0, 0.5), (0.001, 0.0013), (5.0, 5.0)])
def test_ticks_hold_the_range(low: float, high: float) -> None:
    """Ticks are few, rise, and the first and last hold what is shown."""
    found = ticks(low, high)
    assert found == sorted(set(found))
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 9


def test_hours_are_told_in_days_and_never_beyond_the_end() -> None:
    """A week has a tick a day, a month fewer; the last tick is within."""
    assert hour_ticks(168.0)[1] == 24.0
    for end in (0.3, 1.0, 7.0, 25.0, 100.0, 720.0, 9000.0):
        found = hour_ticks(end)
        assert found[0] == 0.0
        assert 3 <= len(found) <= 8
        assert end - (found[1] - found[0]) < found[-1] <= end
