"""Distributions as the kernel draws them."""

import math

import pytest

from linewright.numeric import draws
from linewright.plant.model import Duration
from linewright.twin.compiling.numbers import numbers_of, weibull_shape


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Duration(mean_s=9.0), (draws.CONSTANT, 9.0, 0.0, 0.0)),
        (Duration(mean_s=9.0, family="exponential"), (draws.EXPONENTIAL, 9.0, 0.0, 0.0)),
        (Duration(family="uniform", low_s=8.0, high_s=9.0), (draws.UNIFORM, 8.0, 9.0, 0.0)),
        (Duration(mean_s=9.0, family="gamma", cv=0.5), (draws.GAMMA, 4.0, 2.25, 0.0)),
        (Duration(mean_s=9.0, family="gamma", cv=0.0), (draws.CONSTANT, 9.0, 0.0, 0.0)),
        (None, (draws.CONSTANT, 0.0, 0.0, 0.0)),
    ],
)
def test_distributions(
    distribution: Duration | None, expected: tuple[int, float, float, float]
) -> None:
    """Each family gets the parameters that give its mean and spread."""
    assert numbers_of(distribution, "constant") == expected


@pytest.mark.parametrize("cv", [0.05, 0.4, 1.0, 3.0])
def test_the_weibull_shape_gives_the_spread(cv: float) -> None:
    """The coefficient of variation of the shape found is the one asked for."""
    k = weibull_shape(cv)
    assert math.gamma(1 + 2 / k) / math.gamma(1 + 1 / k) ** 2 - 1 == pytest.approx(cv * cv)


@pytest.mark.parametrize("cv", [0.2, 0.6])
def test_a_lognormal_has_its_mean(cv: float) -> None:
    """The parameters of the logarithm give mean and spread back."""
    family, mu, sigma, _ = numbers_of(Duration(mean_s=9.0, family="lognormal", cv=cv), "constant")
    assert family == draws.LOGNORMAL
    assert math.exp(mu + sigma * sigma / 2.0) == pytest.approx(9.0)
    assert math.expm1(sigma * sigma) == pytest.approx(cv * cv)
