"""Means with their intervals, from few numbers and without an array library.

>>> interval([1.0, 2.0, 3.0], level=0.9)[0]
2.0
"""

import itertools
import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, median, stdev

__all__ = ["LEVEL", "interval", "mean_error", "slope", "spread", "student"]

LEVEL = 0.9
"""Level of every interval of the room."""

_SHARE_OF_DIFFERENCES = 0.9539
"""Median of |a - b| for two standard normal numbers: 0.6745 times the square root of 2."""


def student(level: float, freedom: int) -> float:
    """Quantile of Student's distribution for a two-sided interval.

    Parameters
    ----------
    level
        Level of the interval, in (0, 1).
    freedom
        Degrees of freedom, 1 or more.

    Returns
    -------
    float
        Exact for 1 and 2 degrees of freedom, else by the expansion of Cornish and Fisher
        (Abramowitz and Stegun 26.7.5), within 1 % from 3 on at the levels used here.

    Examples
    --------
    >>> round(student(0.9, 1), 3), round(student(0.9, 4), 2), round(student(0.9, 199), 3)
    (6.314, 2.13, 1.653)
    """
    assert freedom >= 1, "an interval needs a degree of freedom"
    tail = (1 + level) / 2
    if freedom == 1:
        return math.tan(math.pi * (tail - 0.5))
    if freedom == 2:  # noqa: PLR2004  # two degrees: the closed form
        return (2 * tail - 1) * math.sqrt(2 / (4 * tail * (1 - tail)))
    z = NormalDist().inv_cdf(tail)
    one = (z**3 + z) / 4
    two = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    three = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + one / freedom + two / freedom**2 + three / freedom**3


def interval(values: Sequence[float], *, level: float, ahead: bool = False) -> tuple[float, ...]:
    """Mean of values with its Student interval, or with that of one value more.

    Parameters
    ----------
    values
        Independent numbers, at least one.
    level
        Level of the interval.
    ahead
        Whether the interval is for a further value (prediction) and not for the mean.

    Returns
    -------
    tuple[float, ...]
        Mean, lower and upper end. Of one value all three are equal.

    Examples
    --------
    >>> [round(each, 2) for each in interval([1.0, 2.0, 3.0], level=0.9)]
    [2.0, 0.31, 3.69]
    """
    mean = fmean(values)
    count = len(values)
    if count < 2:  # noqa: PLR2004  # one value has no spread
        return mean, mean, mean
    factor = 1 / count + (1.0 if ahead else 0.0)
    half = student(level, count - 1) * stdev(values) * math.sqrt(factor)
    return mean, mean - half, mean + half


def spread(values: Sequence[float], *, least: int) -> float:
    """Standard deviation from the differences of neighbours: neither drift nor a jump widens it.

    Parameters
    ----------
    values
        Numbers in order of time.
    least
        With fewer numbers the spread is not known.

    Returns
    -------
    float
        0 or more; 0 where it is not known.

    Examples
    --------
    >>> spread([1.0, 2.0, 1.0, 2.0], least=3) > 1.0
    True
    """
    if len(values) < max(least, 2):
        return 0.0
    steps = [abs(b - a) for a, b in itertools.pairwise(values)]
    return median(steps) / _SHARE_OF_DIFFERENCES


def mean_error(values: Sequence[float], sigma: float) -> tuple[float, float]:
    """Mean of values and its standard error, when each has the deviation `sigma`.

    Examples
    --------
    >>> mean_error([1.0, 3.0], 2.0)[0]
    2.0
    """
    return fmean(values), sigma / math.sqrt(len(values))


def slope(times: Sequence[float], values: Sequence[float], sigma: float) -> tuple[float, float]:
    """Slope of the least squares line and its standard error, when each value deviates by `sigma`.

    Without two different times the slope is 0 and its error infinite.

    Examples
    --------
    >>> slope([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], 0.1)[0]
    2.0
    """
    centre = fmean(times) if times else 0.0
    squares = sum((t - centre) ** 2 for t in times)
    if squares <= 0.0:
        return 0.0, math.inf
    middle = fmean(values)
    found = sum((t - centre) * (v - middle) for t, v in zip(times, values, strict=True)) / squares
    return found, sigma / math.sqrt(squares)
