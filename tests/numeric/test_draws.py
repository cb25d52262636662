"""Durations drawn from distributions."""

import math
import statistics
from itertools import pairwise

import pytest

from linewright.numeric import draws
from linewright.numeric.draws import draw, gamma, inverse_normal, quantile

SPREAD = math.sqrt(math.log(1.25))
MEANS = [
    (draws.EXPONENTIAL, (60.0, 0.0, 0.0), 60.0, 60.0),
    (draws.LOGNORMAL, (math.log(60.0) - SPREAD**2 / 2, SPREAD, 0.0), 60.0, 30.0),
    (draws.NORMAL, (60.0, 6.0, 0.0), 60.0, 6.0),
    (draws.GAMMA, (4.0, 15.0, 0.0), 60.0, 30.0),
    (draws.GAMMA, (0.25, 240.0, 0.0), 60.0, 120.0),
    (draws.WEIBULL, (1.0, 60.0, 0.0), 60.0, 60.0),
    (draws.TRIANGULAR, (30.0, 60.0, 90.0), 60.0, 30.0 / math.sqrt(6)),
    (draws.UNIFORM, (30.0, 90.0, 0.0), 60.0, 60.0 / math.sqrt(12)),
]


@pytest.mark.parametrize(("family", "parameters", "mean", "deviation"), MEANS)
def test_mean_and_deviation(
    family: int, parameters: tuple[float, float, float], mean: float, deviation: float
) -> None:
    """Of 20,000 draws the mean is within four standard errors, the deviation within a tenth."""
    found = [draw(family, *parameters, (12345, n)) for n in range(20_000)]
    assert abs(statistics.fmean(found) - mean) < 4 * deviation / math.sqrt(20_000)
    assert statistics.stdev(found) == pytest.approx(deviation, rel=0.1)
    assert min(found) >= 0.0


@pytest.mark.parametrize("p", [1e-300, 1e-12, 0.01, 0.074, 0.3, 0.5, 0.9, 0.975, 1 - 1e-12])
def test_the_normal_quantile_is_that_of_the_standard_library(p: float) -> None:
    """In the middle, on the shoulders and in the tails."""
    assert inverse_normal(p) == pytest.approx(statistics.NormalDist().inv_cdf(p), abs=1e-13)


def test_a_normal_time_is_never_negative() -> None:
    """What would lie below 0 is cut away, not set to 0."""
    below = statistics.NormalDist(1.0, 1.0).cdf(0.0)
    found = [quantile(draws.NORMAL, 1.0, 1.0, below, (n + 0.5) / 1000) for n in range(1000)]
    assert min(found) > 0.0


def test_draws_of_gamma_take_words_of_their_own() -> None:
    """Consecutive draws share no word: their correlation is within four standard errors."""
    found = [gamma(2.0, 99, n) - 2.0 for n in range(10_000)]
    pairs = pairwise(found)
    assert abs(statistics.fmean(x * y for x, y in pairs)) < 4 * 2.0 / math.sqrt(10_000)


def test_a_constant_asks_for_nothing() -> None:
    """A constant is itself, whatever the stream."""
    assert draw(draws.CONSTANT, 48.0, 0.0, 0.0, (0, 0)) == 48.0
