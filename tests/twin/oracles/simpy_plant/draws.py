"""Durations drawn from the distributions of the plant file, each purpose with its own stream."""

import math
from functools import lru_cache
from random import Random

from linewright.plant.model import Distribution, Lifetime

NS = 10**9


def ns(seconds: float) -> int:
    """Return nanoseconds, never less than none."""
    return max(0, round(seconds * NS))


class Draw:
    """A distribution with the stream from which it is drawn; None: always zero."""

    def __init__(self, distribution: Distribution | None, stream: Random) -> None:
        self.distribution = distribution
        self.stream = stream

    def seconds(self) -> float:
        """Return one duration in seconds."""
        if self.distribution is None:
            return 0.0
        one = self.distribution
        usual = "exponential" if isinstance(one, Lifetime) else "constant"
        return _drawn(one, one.family or usual, self.stream)

    def ns(self) -> int:
        """Return one duration in nanoseconds."""
        return ns(self.seconds())


def _drawn(one: Distribution, family: str, stream: Random) -> float:
    mean, cv = one.expected_s, one.cv or 0.0
    low, high = one.low_s or 0.0, one.high_s or 0.0
    if family in ("uniform", "triangular"):
        middle = (low + high) / 2.0 if one.mode_s is None else one.mode_s
        flat = family == "uniform"
        return stream.uniform(low, high) if flat else stream.triangular(low, high, middle)
    if family == "exponential":
        return stream.expovariate(1.0 / mean)
    return mean if family == "constant" or cv == 0.0 else _spread(family, mean, cv, stream)


def _spread(family: str, mean: float, cv: float, stream: Random) -> float:
    if family == "gamma":
        return stream.gammavariate(1.0 / cv**2, mean * cv**2)
    if family == "lognormal":
        spread = math.log(1.0 + cv**2)
        return stream.lognormvariate(math.log(mean) - spread / 2.0, math.sqrt(spread))
    if family == "weibull":
        shape = _weibull_shape(cv)
        return stream.weibullvariate(mean / math.gamma(1.0 + 1.0 / shape), shape)
    assert family == "normal", f"no such family: {family}"
    drawn = stream.gauss(mean, mean * cv)
    while drawn <= 0.0:  # cut off below zero
        drawn = stream.gauss(mean, mean * cv)
    return drawn


@lru_cache
def _weibull_shape(cv: float) -> float:
    low, high = 0.05, 200.0
    for _ in range(100):
        shape = (low + high) / 2.0
        ratio = math.exp(math.lgamma(1.0 + 2.0 / shape) - 2.0 * math.lgamma(1.0 + 1.0 / shape))
        low, high = (shape, high) if ratio - 1.0 > cv**2 else (low, shape)
    return (low + high) / 2.0
