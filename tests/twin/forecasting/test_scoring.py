"""Scores, against what they are by definition."""

import math

import pytest

from linewright.plant.records import Forecast, Quantile
from linewright.plant.records.examples import example
from linewright.twin.forecasting import ForecastInvalid, Score, score, standing
from linewright.twin.forecasting.results import LEVELS
from linewright.twin.forecasting.scoring import crps, pinball


def _uniform(actual: float) -> float:
    """Return the exact CRPS of the uniform distribution on [0, 1] (Jordan et al. 2019)."""
    inside = min(max(actual, 0.0), 1.0)
    return abs(actual - inside) + inside**2 - inside + 1 / 3


@pytest.mark.parametrize("actual", [-0.5, 0.0, 0.3, 0.5, 0.9, 1.4])
def test_crps_of_a_uniform_distribution(actual: float) -> None:
    """Of 19 quantiles it is that of the whole distribution, to a hundredth of its width."""
    quantiles = [Quantile(p=p, value=p) for p in LEVELS]
    assert crps(quantiles, actual) == pytest.approx(_uniform(actual), abs=0.01)


def test_crps_is_least_for_the_true_distribution() -> None:
    """Over all that may come, a shifted, a narrower and a wider forecast score worse: proper."""
    comes = [(k + 0.5) / 200 for k in range(200)]

    def mean(shift: float, width: float) -> float:
        made = [Quantile(p=p, value=0.5 + shift + width * (p - 0.5)) for p in LEVELS]
        return math.fsum(crps(made, each) for each in comes) / len(comes)

    best = mean(0.0, 1.0)
    assert best < min(mean(0.1, 1.0), mean(-0.1, 1.0), mean(0.0, 0.7), mean(0.0, 1.4))


def test_pinball_is_least_at_the_quantile() -> None:
    """Of 0 to 99 the mean loss at p = 0.8 is least at 79 or 80."""
    losses = [
        math.fsum(pinball(Quantile(p=0.8, value=float(q)), y) for y in range(100))
        for q in range(100)
    ]
    assert losses.index(min(losses)) in {79, 80}


def _score(*, held: bool, actual: float = 10.0, naive: float | None = 2.0) -> Score:
    return Score(crps=1.0, pinball=(), held=(held,) * 3, error=0.5, naive=naive, actual=actual)


def test_a_forecast_that_is_open_has_no_score() -> None:
    """Nor has one without quantiles a CRPS."""
    with pytest.raises(ForecastInvalid, match="is not settled"):
        score(example(Forecast))
    with pytest.raises(ForecastInvalid, match="no quantile"):
        crps([], 1.0)


def test_the_standing_says_whether_intervals_hold() -> None:
    """36 of 40 is as it should be, 25 of 40 is too narrow for chance; 100 of 100 too wide."""
    fair = standing([_score(held=k >= 4) for k in range(40)])
    assert fair.words == (
        "of 40 forecasts, 90 % intervals held 36; 50 % nearer than the naive forecast"
    )
    narrow = standing([_score(held=k >= 15, naive=0.5) for k in range(40)])
    assert narrow.is_off
    assert "held 25: they are too narrow" in narrow.words
    assert "100 % farther off" in narrow.words
    wide = standing([_score(held=True, naive=None) for _ in range(100)])
    assert (wide.is_off, wide.skill) == (True, None)
    assert wide.words.endswith("too wide")
    assert standing([]).words == "no forecast has been scored yet"
