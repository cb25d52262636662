"""The time of a cycle from counted ones: mean and spread, with what was no cycle left out."""

from collections.abc import Sequence

import msgspec

from linewright.plant.model import Duration
from linewright.twin.calibrate.fitting.families import FAMILIES
from linewright.twin.calibrate.fitting.fit import Interval, fit_spells
from linewright.twin.calibrate.seeing.observe import Group, Spell
from linewright.twin.engines import Array, np, special

__all__ = ["CYCLES_LEAST", "CycleFit", "fit_cycles", "kept"]

CYCLES_LEAST = 20
"""Counts of cycles below which the plant's time is kept."""
FENCE = 5.0
"""Deviations of the logarithm, robustly estimated, beyond which a count is no cycle."""
DEVIATION_LEAST = 0.01
"""Deviation of the logarithm that even a constant time is granted."""
CONSTANT_CV = 0.001
"""Below this spread a time is constant."""
FAMILY_CYCLES = 800
"""Cycles by which the family is chosen."""
MAD_TO_DEVIATION = 1.4826


class CycleFit(msgspec.Struct, frozen=True, kw_only=True):
    """The time of a cycle.

    Parameters
    ----------
    family
        The plant's one where it fits nearly as well as any.
    mean, cv
        With their intervals; the spread of a constant is None.
    n
        Cycles.
    outliers
        Counts left out: too long for a cycle.
    """

    family: str
    mean: Interval
    cv: Interval | None
    n: int
    outliers: int


def kept(groups: Sequence[Group]) -> tuple[list[Group], int]:
    """Return the counts that are cycles, and how many are not.

    Notes
    -----
    Left out is what is longer than median times exp(5 s), with s the median absolute deviation
    of the logarithms times 1.4826 (Hampel 1974): a stop that nobody told.
    """
    if not groups:
        return [], 0
    logs = np.log(np.array([max(one.seconds / one.count, 1e-9) for one in groups]))
    middle = float(np.median(logs))
    deviation = MAD_TO_DEVIATION * float(np.median(np.abs(logs - middle)))
    high = middle + FENCE * max(deviation, DEVIATION_LEAST)
    inside = [one for one, log in zip(groups, logs, strict=True) if log <= high]
    return inside, len(groups) - len(inside)


def fit_cycles(groups: Sequence[Group], plant: Duration, level: float = 0.9) -> CycleFit | None:
    """Return the time of a cycle; None where too few were counted.

    Parameters
    ----------
    groups
        Counts with their working time; micro-stops among them belong to the cycle.
    plant
        What the plant file says.
    level
        Nominal coverage of the intervals.

    Notes
    -----
    Mean: all time over all cycles, interval by Student. Spread: from sum of n_g (m_g - m)^2;
    its logarithm is normal with variance ((k - 1) / 4 - g cv + cv^2) / n, with skewness g and
    kurtosis k (delta method; Kendall and Stuart). Cost: linear in the counts.

    Examples
    --------
    >>> groups = [Group(t_ns=k, seconds=40.0 + k % 5, count=1) for k in range(100)]
    >>> fit_cycles(groups, Duration(mean_s=48.0)).mean.value
    42.0
    """
    inside, outliers = kept(groups)
    if len(inside) < CYCLES_LEAST:
        return None
    counts = np.array([float(one.count) for one in inside])
    seconds = np.array([one.seconds + one.micro_s for one in inside])
    mean = float(seconds.sum() / counts.sum())
    each = seconds / counts
    variance = float((counts * (each - mean) ** 2).sum() / (len(inside) - 1))
    half = float(special.stdtrit(len(inside) - 1, (1.0 + level) / 2.0))
    half *= float(np.sqrt(variance / counts.sum()))
    cv = float(np.sqrt(variance)) / mean
    told = Interval(mean, mean - half, mean + half)
    if cv < CONSTANT_CV:
        return CycleFit(
            family="constant", mean=told, cv=None, n=int(counts.sum()), outliers=outliers
        )
    return CycleFit(
        family=_family(inside, plant),
        mean=told,
        cv=_spread(each[counts == 1.0], cv, len(inside), level),
        n=int(counts.sum()),
        outliers=outliers,
    )


def _spread(single: Array, cv: float, n: int, level: float) -> Interval:
    skew, kurtosis = 0.0, 3.0
    if single.size >= CYCLES_LEAST and float(single.std()) > 0.0:
        z = (single - single.mean()) / single.std()
        skew, kurtosis = float((z**3).mean()), float((z**4).mean())
    variance = max(((kurtosis - 1.0) / 4.0 - skew * cv + cv * cv) / n, 1e-12)
    factor = float(np.exp(special.ndtri((1.0 + level) / 2.0) * np.sqrt(variance)))
    return Interval(cv, cv / factor, cv * factor)


def _family(groups: Sequence[Group], plant: Duration) -> str:
    """Return the family of cycle times: the plant's, unless another fits better."""
    known = plant.family or ""
    if known == "normal":
        return known
    single = [one for one in groups if one.count == 1][:FAMILY_CYCLES]
    spells = [Spell(entry_s=0.0, until_s=one.seconds, ended=True, t_ns=one.t_ns) for one in single]
    found = fit_spells(spells, family=known) if len(single) >= CYCLES_LEAST else None
    if found is None:
        return known if known in FAMILIES else "lognormal"
    return found.family
