"""Where the warm-up of a run ends: MSER-5."""

import math
from collections.abc import Sequence

import msgspec

__all__ = ["Cut", "mser", "mser5"]

BATCH = 5
"""Observations of a batch mean: the 5 of MSER-5."""

LAST = 5
"""Batch means at the end that a cut never leaves alone: of a few, all may be equal by chance."""

BATCHES_MIN = 20
"""Fewer batch means say nothing about where a trend ends."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Where a series is cut.

    Parameters
    ----------
    batches
        Batch means that are left out.
    means
        All batch means.
    is_late
        Whether the best cut lies in the second half: the series is too short for its trend.
    """

    batches: int
    means: tuple[float, ...]
    is_late: bool


def mser(means: Sequence[float]) -> int:
    """Return how many values at the beginning are best left out.

    Parameters
    ----------
    means
        A series that may begin with a trend.

    Returns
    -------
    int
        The `d` of smallest marginal standard error; the first of equal ones.

    Notes
    -----
    Minimises `sum((y - mean)**2) / (n - d)**2` over what follows the first `d` values (White
    1997, "An effective truncation heuristic for bias reduction in simulation output",
    Simulation 69). Differences smaller than rounding do not count. Cost: O(n).

    Examples
    --------
    >>> mser([0.0, 4.0] + [9.0, 11.0] * 10)
    2
    """
    best, found = math.inf, 0
    scale = max((abs(each) for each in means), default=0.0)
    noise = (scale * 1e-9) ** 2
    middle, squares = 0.0, 0.0
    scores = []
    for count, value in enumerate(reversed(means), 1):  # Welford's sums, from the end
        apart = value - middle
        middle += apart / count
        squares += apart * (value - middle)
        scores.append(squares / (count * count))
    for d, score in enumerate(reversed(scores)):
        if d > len(means) - LAST:
            break
        if score < best - noise:
            best, found = score, d
    return found


def mser5(series: Sequence[float]) -> Cut:
    """Return where a series of observations is cut: `mser` on batch means of five.

    Parameters
    ----------
    series
        Observations at equal distances, averaged over replications; what does not fill a
        batch is left out.

    Returns
    -------
    Cut
        Half of the series at most; then `is_late` says that the trend has not ended.

    Notes
    -----
    Franklin and White 2008, "Stationarity tests and MSER-5", Winter Simulation Conference: a
    best cut in the second half means that the run is too short. Cost: O(n).

    Examples
    --------
    >>> mser5([0.0] * 10 + [1.0, 1.2] * 70).batches
    2
    """
    whole = len(series) // BATCH
    means = tuple(math.fsum(series[k * BATCH : (k + 1) * BATCH]) / BATCH for k in range(whole))
    best = mser(means)
    is_late = best > whole // 2 or whole < BATCHES_MIN
    return Cut(batches=min(best, whole // 2), means=means, is_late=is_late)
