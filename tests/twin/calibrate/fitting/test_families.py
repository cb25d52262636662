"""Densities, survivals and residual lives belong together."""

import pytest

from linewright.twin.calibrate.fitting.families import (
    FAMILIES,
    cv_of,
    log_density,
    log_rest,
    log_survival,
    shape_of,
)
from linewright.twin.engines import Array, np

LAWS = [
    ("exponential", 1.0),
    ("weibull", 1.7),
    ("weibull", 1.3),
    ("lognormal", 0.6),
    ("gamma", 3.0),
]
X: Array = np.linspace(0.0, 4000.0, 400_001)
STEP = 0.01


def _sum(y: Array) -> float:
    return float((y[1:] + y[:-1]).sum() * STEP / 2.0)


@pytest.mark.parametrize(("family", "shape"), LAWS)
def test_the_density_has_the_mean_and_the_spread(family: str, shape: float) -> None:
    """Density sums to one, with the mean and coefficient of variation that it is told by."""
    density = np.exp(log_density(family, 50.0, shape, X))
    mean = _sum(X * density)
    spread = np.sqrt(_sum((X - mean) ** 2 * density)) / mean
    assert _sum(density) == pytest.approx(1.0, abs=2e-3)
    assert mean == pytest.approx(50.0, rel=2e-3)
    assert spread == pytest.approx(cv_of(family, shape), rel=5e-3)


@pytest.mark.parametrize(("family", "shape"), LAWS)
def test_the_survival_and_the_rest_are_integrals(family: str, shape: float) -> None:
    """Survival is the density beyond x, and the rest of life the survival beyond x."""
    for x in (5.0, 40.0, 120.0):
        k = round(x / STEP)
        at = np.array([x])
        density = np.exp(log_density(family, 50.0, shape, X[k:]))
        survival = np.exp(log_survival(family, 50.0, shape, X[k:]))
        assert np.exp(log_survival(family, 50.0, shape, at))[0] == pytest.approx(
            _sum(density), rel=2e-3
        )
        assert np.exp(log_rest(family, 50.0, shape, at))[0] == pytest.approx(
            _sum(survival), rel=2e-3
        )


@pytest.mark.parametrize("family", FAMILIES[1:])
@pytest.mark.parametrize("cv", [0.05, 0.3, 1.0, 2.0])
def test_shapes_and_spreads_are_inverse(family: str, cv: float) -> None:
    """The shape of a spread has that spread; one that is out of reach gets the nearest."""
    assert cv_of(family, shape_of(family, cv)) == pytest.approx(cv, rel=1e-6)
    assert cv_of(family, shape_of(family, 1e-6)) < 0.03
    assert cv_of(family, shape_of(family, 1e6)) > 4.0
