"""Spreads: quantiles of what the futures gave."""

import pytest

from linewright.twin.forecasting import ForecastInvalid
from linewright.twin.forecasting.results import LEVELS, spread_of


def test_quantiles_are_those_of_the_values() -> None:
    """Of 0 to 100 quantile p is 100 p, whatever their order; the mean is 50."""
    found = spread_of([float(k * 37 % 101) for k in range(101)])
    assert found.mean == 50.0
    assert [one.value for one in found.quantiles] == pytest.approx([100 * p for p in LEVELS])


def test_between_and_beyond_the_levels() -> None:
    """Between two levels it is in proportion; beyond the last one it stays there."""
    found = spread_of([float(k) for k in range(101)])
    assert found.at(0.525) == pytest.approx(52.5)
    assert (found.at(0.0), found.at(1.0)) == (5.0, 95.0)


def test_one_value_has_no_spread_and_none_has_no_distribution() -> None:
    """All quantiles of one value are that value; without any there is an error."""
    assert {one.value for one in spread_of([7.0]).quantiles} == {7.0}
    with pytest.raises(ForecastInvalid, match="no future"):
        spread_of([])
