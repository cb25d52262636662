"""Intervals of means: Student's, of paired differences, and how many replications they need."""

import math
from collections.abc import Sequence

import msgspec

from linewright.twin.experiment.faults import RunsInvalid

__all__ = ["Paired", "estimated", "half_width", "needed", "paired", "student"]

LEVELS = (0.5, 1.0)
"""Levels lie between these, without them."""


def student(level: float, degrees: int) -> float:
    """Return how many standard errors a two-sided Student interval reaches to each side.

    Parameters
    ----------
    level
        How often it holds the true mean, in (0.5, 1).
    degrees
        Degrees of freedom, 1 and more.

    Returns
    -------
    float
        Above 0.

    Raises
    ------
    RunsInvalid
        When the level is out of range.

    Examples
    --------
    >>> round(student(0.95, 9), 6)
    2.262157
    """
    check_level(level)
    from linewright.twin.engines import special  # noqa: PLC0415  # scipy, where it is used

    return float(special.stdtrit(degrees, 0.5 + 0.5 * level))


def check_level(level: float) -> None:
    """See that a level is one, before anything is run for it.

    Raises
    ------
    RunsInvalid
        When it is out of range.
    """
    if not LEVELS[0] < level < LEVELS[1]:
        raise RunsInvalid("level", f"{level:g} is no level", "give one such as 0.95")


def half_width(values: Sequence[float], level: float) -> float:
    """Return half the width of the Student interval of the mean of independent values.

    Parameters
    ----------
    values
        One of each replication.
    level
        How often it holds.

    Returns
    -------
    float
        0 and more; infinite for fewer than 2 values, of whose spread nothing is known.

    Notes
    -----
    `t * s / sqrt(n)` with `n - 1` degrees of freedom (Law, Simulation Modeling and Analysis,
    9.4.1). Exact for normal values; means over a long run are close to it. Cost: O(n).

    Examples
    --------
    >>> round(half_width([1.0, 2.0, 3.0], 0.95), 6)
    2.484138
    """
    n = len(values)
    if n < 2:  # noqa: PLR2004  # one value has no spread
        return math.inf
    return student(level, n - 1) * math.sqrt(variance(values) / n)


def mean(values: Sequence[float]) -> float:
    """Return the mean, summed without rounding error; nan without values."""
    return math.fsum(values) / len(values) if values else math.nan


def variance(values: Sequence[float]) -> float:
    """Return the sample variance of two values and more."""
    if any(map(math.isnan, values)):
        return math.nan
    middle = mean(values)
    return math.fsum((each - middle) ** 2 for each in values) / (len(values) - 1)


def estimated(values: Sequence[float], level: float) -> tuple[float, float]:
    """Return the mean and the half-width of its interval.

    Parameters
    ----------
    values
        One of each replication.
    level
        How often the interval holds.

    Examples
    --------
    >>> estimated([2.0, 2.0], 0.95)
    (2.0, 0.0)
    """
    return mean(values), half_width(values, level)


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """A difference of means of two runs with common random numbers.

    Parameters
    ----------
    mean, half_width
        Of second minus first.
    variance_ratio
        Variance that independent runs would have had over that of the pairs: what the common
        random numbers won. 1 where nothing varies; infinite where only the pairs do not.
    """

    mean: float
    half_width: float
    variance_ratio: float


def paired(first: Sequence[float], second: Sequence[float], level: float) -> Paired:
    """Return how much larger the second mean is, by differences within each replication.

    Parameters
    ----------
    first, second
        One value of each replication, in the same order.
    level
        How often the interval holds.

    Returns
    -------
    Paired
        The difference and what the pairing won.

    Notes
    -----
    Paired-t interval (Law, Simulation Modeling and Analysis, 10.2.1). The ratio is
    `(Var X + Var Y) / Var (Y - X)`, that is `1 / (1 - correlation)` at equal variances.

    Examples
    --------
    >>> one = paired([1.0, 2.0, 4.0], [2.0, 3.0, 5.5], 0.95)
    >>> round(one.mean, 6), one.variance_ratio > 50
    (1.166667, True)
    """
    differences = [b - a for a, b in zip(first, second, strict=True)]
    middle, half = estimated(differences, level)
    if len(differences) < 2:  # noqa: PLR2004  # one pair has no spread
        return Paired(mean=middle, half_width=half, variance_ratio=math.nan)
    apart, together = variance(first) + variance(second), variance(differences)
    ratio = apart / together if together else (math.inf if apart else 1.0)
    return Paired(mean=middle, half_width=half, variance_ratio=ratio)


def needed(values: Sequence[float], target: float, level: float, most: int) -> int:
    """Return how many replications an interval needs to be as narrow as asked, by its spread now.

    Parameters
    ----------
    values
        Those there are; two and more.
    target
        Half-width that is asked for, above 0.
    level
        Of the interval.
    most
        Bound; given back when even so many do not suffice.

    Returns
    -------
    int
        At least as many as there are.

    Notes
    -----
    The smallest `i` with `t(i - 1) * s / sqrt(i) <= target` (Law, 9.4.1). The spread is itself
    an estimate: after so many replications it is looked at again. Cost: O(n + log most).

    Examples
    --------
    >>> needed([1.0, 2.0, 3.0, 2.0], 0.5, 0.95, 1000)
    13
    """
    low, high = len(values), max(most, len(values))
    spread = math.sqrt(variance(values))
    while low < high:  # halves a range of whole numbers
        middle = (low + high) // 2
        if student(level, middle - 1) * spread / math.sqrt(middle) <= target:
            high = middle
        else:
            low = middle + 1
    return low
