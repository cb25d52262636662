"""Moments that a forecast looks at."""

import pytest

from linewright.plant import Address, load
from linewright.twin.forecasting import ForecastInvalid, end_of_shift
from linewright.twin.forecasting.horizons import horizons
from tests.twin.lines import BRACKET, NS, SIX_NS, minutes

HOUR = 3600 * NS


def test_they_are_in_order_and_none_twice() -> None:
    """A shift that ends on the hour is that hour; one that ends later is left out."""
    assert [one.name for one in horizons(0, 3.0, 2 * HOUR)] == ["15 min", "1 h", "2 h", "3 h"]
    assert [one.name for one in horizons(0, 1.5, 9 * HOUR)] == ["15 min", "1 h", "1.5 h"]
    assert [one.at_ns for one in horizons(7, 1.0)] == [minutes(15) + 7, HOUR + 7]


@pytest.mark.parametrize("hours", [0.0, -1.0, 73.0, float("nan")])
def test_a_length_that_is_none_is_refused(hours: float) -> None:
    """The error says which line, and what can be given."""
    with pytest.raises(ForecastInvalid, match="give more than 0, at most 72") as error:
        horizons(0, hours, address="a/b/c")
    assert error.value.where == "a/b/c"


def test_the_end_of_the_shift_that_is_on_or_of_the_next_one() -> None:
    """Breaks do not end a shift; between shifts it is the end of the next one."""
    plant, line = load("plants/bracket"), Address(BRACKET)
    day_ends, evening_ends = SIX_NS + minutes(510), SIX_NS + minutes(960)
    for minute, ends in ((0, day_ends), (245, day_ends), (511, evening_ends), (900, evening_ends)):
        assert end_of_shift(plant, line, SIX_NS + minutes(minute)) == ends
    assert end_of_shift(plant, line, evening_ends + 1) == day_ends + 24 * HOUR
    assert end_of_shift(plant, Address("reno/shop/line"), SIX_NS) is None
