"""Families of durations by mean and shape: density, survival, and the rest of a life.

Each is told by its mean and one shape, so that a mean can be fitted apart from its spread:
exponential (no shape), Weibull and gamma (the usual shape), lognormal (deviation of the
logarithm). `log_rest` is the logarithm of the integral of the survival above `x`: the residual
life of a renewal process that is met at a random time has the density S(x) / mean
(Cox, Renewal Theory, 1962, section 5.1).
"""

import math

from linewright.twin.engines import Array, np, optimize, special

__all__ = ["FAMILIES", "SHAPES", "cv_of", "log_density", "log_rest", "log_survival", "shape_of"]

FAMILIES = ("exponential", "weibull", "lognormal", "gamma")
SHAPES = {"weibull": (0.3, 60.0), "lognormal": (0.005, 1.9), "gamma": (0.05, 5000.0)}
"""Shapes looked among: coefficients of variation from some 2 % to more than 4."""
FLOOR = 1e-300
"""Below this a probability counts as this much: the logarithm stays finite."""
TINY_S = 1e-12
"""Shortest duration."""
POWER_MAX = 700.0
"""Exponents above this count as this much."""
ROOT_2PI = 0.9189385332046727
"""Half the logarithm of two pi."""


def _log(x: Array) -> Array:
    found: Array = np.log(np.maximum(x, FLOOR, dtype=np.float64))
    return found


def _scale(mean: float, shape: float) -> float:
    """Return the scale of a Weibull law."""
    return mean / math.gamma(1.0 + 1.0 / shape)


def _power(log: Array, shape: float) -> Array:
    """Return a ratio, given by its logarithm, to the power of a shape, below infinity."""
    found: Array = np.exp(np.minimum(shape * log, POWER_MAX))
    return found


def log_density(family: str, mean: float, shape: float, x: Array) -> Array:
    """Return the logarithm of the density.

    Parameters
    ----------
    family, mean, shape
        The distribution.
    x
        Durations, s.
    """
    x = np.maximum(x, TINY_S)
    found: Array
    if family == "weibull":
        scale = _scale(mean, shape)
        log = np.log(x / scale)
        found = math.log(shape / scale) + (shape - 1.0) * log - _power(log, shape)
    elif family == "gamma":
        least = shape * math.log(mean / shape) + math.lgamma(shape)
        found = (shape - 1.0) * np.log(x) - x * (shape / mean) - least
    elif family == "lognormal":
        z = (np.log(x / mean) + shape * shape / 2.0) / shape
        found = -0.5 * z * z - np.log(x * shape) - ROOT_2PI
    else:
        found = -math.log(mean) - x / mean
    return found


def log_survival(family: str, mean: float, shape: float, x: Array) -> Array:
    """Return the logarithm of the survival; parameters as in `log_density`."""
    x = np.maximum(x, 0.0)
    found: Array
    if family == "weibull":
        found = -_power(np.log(np.maximum(x, TINY_S) / _scale(mean, shape)), shape)
    elif family == "gamma":
        found = _log(np.asarray(special.gammaincc(shape, x * (shape / mean)), dtype=np.float64))
    elif family == "lognormal":
        z = (np.log(np.maximum(x, TINY_S) / mean) + shape * shape / 2.0) / shape
        found = special.log_ndtr(-z)
    else:
        found = -x / mean
    return found


def log_rest(family: str, mean: float, shape: float, x: Array) -> Array:
    """Return the logarithm of the integral of the survival above x; as in `log_density`."""
    x = np.maximum(x, TINY_S)
    found: Array
    if family == "exponential":
        found = math.log(mean) - x / mean
        return found
    if family == "weibull":
        z = _power(np.log(x / _scale(mean, shape)), shape)
        found = mean * np.asarray(special.gammaincc(1.0 + 1.0 / shape, z), dtype=np.float64)
    elif family == "gamma":
        upper = special.gammaincc(shape + 1.0, x * (shape / mean))
        found = mean * np.asarray(upper, dtype=np.float64)
    else:
        found = mean * special.ndtr(shape / 2.0 - np.log(x / mean) / shape)
    return _log(found - x * np.exp(log_survival(family, mean, shape, x)))


def cv_of(family: str, shape: float) -> float:
    """Return the coefficient of variation of a family with a shape.

    Examples
    --------
    >>> cv_of("gamma", 4.0)
    0.5
    """
    if family == "weibull":
        ratio = special.gammaln(1.0 + 2.0 / shape) - 2.0 * special.gammaln(1.0 + 1.0 / shape)
        return float(np.sqrt(np.expm1(ratio)))
    if family == "gamma":
        return float(1.0 / np.sqrt(shape))
    if family == "lognormal":
        return float(np.sqrt(np.expm1(shape * shape)))
    return 1.0


def shape_of(family: str, cv: float) -> float:
    """Return the shape that gives a coefficient of variation, within what is looked among.

    Examples
    --------
    >>> round(shape_of("weibull", 1.0), 6)
    1.0
    """
    if family not in SHAPES:
        return 1.0
    low, high = SHAPES[family]
    ends = sorted((cv_of(family, low), cv_of(family, high)))
    if not ends[0] < cv < ends[1]:
        return low if (cv <= ends[0]) == (family == "lognormal") else high
    found = optimize.brentq(lambda shape: cv_of(family, shape) - cv, low, high)
    return float(found)
