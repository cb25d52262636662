"""Distributions of the plant file as the kernel draws them."""

import math

from linewright.numeric import draws
from linewright.plant.model import Distribution
from linewright.twin.compiling.rows import Numbers

SHAPES = (0.05, 200.0)
"""Weibull shapes looked among: coefficients of variation from some 1 % to 20."""


def numbers_of(distribution: Distribution | None, family: str) -> Numbers:
    """Return a distribution as the kernel draws it; None: at once.

    Parameters
    ----------
    distribution
        In seconds.
    family
        Which it is when it does not say.

    Examples
    --------
    >>> from linewright.plant.model import Duration
    >>> numbers_of(Duration(mean_s=48.0), "constant")
    (0, 48.0, 0.0, 0.0)
    """
    if distribution is None:
        return draws.CONSTANT, 0.0, 0.0, 0.0
    mean, cv = distribution.expected_s, distribution.cv or 0.0
    low, high = distribution.low_s or 0.0, distribution.high_s or 0.0
    kind = distribution.family or family
    if kind == "triangular":
        return draws.TRIANGULAR, low, distribution.mode_s or 0.0, high
    if kind == "uniform":
        return draws.UNIFORM, low, high, 0.0
    if kind == "exponential":
        return draws.EXPONENTIAL, mean, 0.0, 0.0
    if kind == "constant" or cv == 0.0:
        return draws.CONSTANT, mean, 0.0, 0.0
    return _spread(kind, mean, cv)


def _spread(kind: str, mean: float, cv: float) -> Numbers:
    if kind == "lognormal":
        variance = math.log(1.0 + cv * cv)
        return draws.LOGNORMAL, math.log(mean) - variance / 2.0, math.sqrt(variance), 0.0
    if kind == "normal":
        below = 0.5 * math.erfc(1.0 / (cv * math.sqrt(2.0)))
        return draws.NORMAL, mean, mean * cv, below
    if kind == "gamma":
        return draws.GAMMA, 1.0 / (cv * cv), mean * cv * cv, 0.0
    assert kind == "weibull", f"no such family: {kind}"
    shape = weibull_shape(cv)
    return draws.WEIBULL, shape, mean / math.gamma(1.0 + 1.0 / shape), 0.0


def weibull_shape(cv: float) -> float:
    """Return the shape of the Weibull distribution with a coefficient of variation.

    Examples
    --------
    >>> round(weibull_shape(1.0), 9)
    1.0
    """
    low, high = SHAPES
    for _ in range(100):  # halves far beyond the last digit
        k = 0.5 * (low + high)
        ratio = math.lgamma(1.0 + 2.0 / k) - 2.0 * math.lgamma(1.0 + 1.0 / k)
        low, high = (k, high) if math.expm1(ratio) > cv * cv else (low, k)
    return 0.5 * (low + high)
