"""Distributions fitted to clocks that were cut off, begun at an age, or met under way.

Likelihood of a spell that entered at age a and ended at age x: f(x) / S(a) where the event came,
S(x) / S(a) where it was cut off; where the age at entry is not known, the residual life of a
renewal process met at a random time: S(x) / mean, and its integral above x.
"""

import itertools
import math
from collections.abc import Callable, Sequence

import msgspec

from linewright.twin.calibrate.fitting.families import (
    FAMILIES,
    SHAPES,
    cv_of,
    log_density,
    log_rest,
    log_survival,
    shape_of,
)
from linewright.twin.calibrate.seeing.observe import Spell
from linewright.twin.engines import np, optimize, special

__all__ = ["EVENTS_LEAST", "Fit", "Interval", "fit_spells", "share_interval"]

EVENTS_LEAST = 5
"""Events below which nothing is estimated."""
SHAPE_EVENTS = 8
"""Events below which the spread of the plant file is kept."""
MARGIN = 4.0
"""By how much the corrected criterion of Akaike must be better to leave the plant's family."""
BINS = 10
EXPECTED_LEAST = 5.0
"""Events expected in a bin of the goodness-of-fit test."""
STEPS = 60
"""Halvings of a bracket, and doublings to find one."""
REACH = 6.0
"""How far from its estimate a logarithm is looked for."""


Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


class Interval(msgspec.Struct, frozen=True):
    """An estimate with the ends of its interval."""

    value: float
    low: float
    high: float


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution fitted to spells.

    Parameters
    ----------
    family
        Chosen by the corrected criterion of Akaike, the plant's one unless another is better.
    mean
        Seconds, with its interval.
    cv
        Coefficient of variation with its interval; None: that of the family or of the plant.
    shape
        Of the family, see `families`.
    n
        Events.
    censored
        Share of the spells that were cut off.
    p_value
        Of the goodness-of-fit test; None: too few events for one.
    """

    family: str
    mean: Interval
    cv: Interval | None
    shape: float
    n: int
    censored: float
    p_value: float | None


class _Spells:
    """Spells as arrays, and their log-likelihood."""

    def __init__(self, spells: Sequence[Spell]) -> None:
        known = [one for one in spells if one.entry_s is not None]
        rest = [one for one in spells if one.entry_s is None]
        self.entry = np.array([one.entry_s or 0.0 for one in known])
        self.until = np.array([one.until_s for one in known])
        self.ended = np.array([one.ended for one in known], dtype=bool)
        self.rest = np.array([one.until_s for one in rest])
        self.rest_ended = np.array([one.ended for one in rest], dtype=bool)
        self.n = int(self.ended.sum() + self.rest_ended.sum())
        self.of = len(spells)
        self.total = float((self.until - self.entry).sum() + self.rest.sum())

    def value(self, family: str, mean: float, shape: float) -> float:
        """Return the log-likelihood."""
        found = 0.0
        if self.until.size:
            density = log_density(family, mean, shape, self.until)
            survival = log_survival(family, mean, shape, self.until)
            before = log_survival(family, mean, shape, self.entry)
            found += float(np.where(self.ended, density, survival).sum() - before.sum())
        if self.rest.size:
            survival = log_survival(family, mean, shape, self.rest)
            beyond = log_rest(family, mean, shape, self.rest)
            met = np.where(self.rest_ended, survival, beyond) - np.log(mean)
            found += float(met.sum())
        return found if np.isfinite(found) else -1e300


def fit_spells(
    spells: Sequence[Spell], *, family: str, cv: float | None = None, level: float = 0.9
) -> Fit | None:
    """Return the distribution that fits spells best; None where too few have ended.

    Parameters
    ----------
    spells
        Clocks, in seconds.
    family
        That of the plant; kept unless another is better by `MARGIN`.
    cv
        Spread of the plant, kept where there are too few events to tell one.
    level
        Nominal coverage of the intervals.

    Notes
    -----
    Exponential: mean = time on test / events, interval by chi-square with 2n degrees of freedom
    (2n + 1 where spells were cut off; Cox 1953). Others: maximum likelihood; intervals by
    profile likelihood, cut at n ln(1 + t^2 / (n - 1)) with Student's t, which is exact for the
    mean of a normal law. Choice by AIC = 2k - 2 ln L + 2k(k + 1) / (n - k - 1) (Hurvich and
    Tsai 1989). Cost: some thousand evaluations, each linear in the spells.

    Examples
    --------
    >>> spells = [Spell(entry_s=0.0, until_s=float(x), ended=True, t_ns=x) for x in range(1, 8)]
    >>> fit_spells(spells, family="exponential").mean.value
    4.0
    """
    data = _Spells(spells)
    if data.n < EVENTS_LEAST or data.total <= 0.0:
        return None
    if data.n < SHAPE_EVENTS:
        kept = family if family in FAMILIES else "exponential"
        return _fixed(data, kept, shape_of(kept, cv or 1.0), level)
    found = {each: _best(data, each) for each in FAMILIES}
    scores = {each: _score(data, each, *found[each]) for each in FAMILIES}
    chosen = min(scores, key=lambda each: scores[each])
    if family in scores and scores[family] <= scores[chosen] + MARGIN:
        chosen = family
    if chosen == "exponential":
        return _fixed(data, chosen, 1.0, level)
    return _profiled(data, chosen, found[chosen], level)


def _score(data: _Spells, family: str, mean: float, shape: float) -> float:
    k = 1 if family == "exponential" else 2
    penalty = 2.0 * k + 2.0 * k * (k + 1) / (data.n - k - 1)
    return penalty - 2.0 * data.value(family, mean, shape)


def _best(data: _Spells, family: str) -> tuple[float, float]:
    """Return mean and shape of the greatest likelihood."""
    start = data.total / data.n
    if family == "exponential":
        return start, 1.0
    near = math.log(start)
    low, high = (math.log(each) for each in SHAPES[family])

    def misfit(z: Vector) -> float:
        return -data.value(family, float(np.exp(z[0])), float(np.exp(z[1])))

    found = optimize.minimize(
        misfit,
        np.array([near, math.log(shape_of(family, 0.7))]),
        method="Nelder-Mead",
        bounds=[(near - REACH, near + REACH), (low, high)],
        options={"xatol": 1e-5, "fatol": 1e-7, "maxiter": 400},
    )
    mean, shape = np.exp(found.x)
    return float(mean), float(shape)


def _fixed(data: _Spells, family: str, shape: float, level: float) -> Fit:
    """Return the fit of the mean alone."""
    if family == "exponential":
        mean = data.total / data.n
        free = 2.0 * data.n + (data.of > data.n)
        tails = ((1.0 + level) / 2.0, (1.0 - level) / 2.0)
        low, high = (
            float(2.0 * data.total / (2.0 * special.gammaincinv(free / 2.0, p))) for p in tails
        )
        interval = Interval(mean, low, high)
    else:
        top = _over(
            lambda u: data.value(family, float(np.exp(u)), shape), np.log(data.total / data.n)
        )
        interval = _interval(
            lambda u: data.value(family, float(np.exp(u)), shape), top, _cut(data.n, level)
        )
    return _told(data, family, interval, None, shape)


def _profiled(data: _Spells, family: str, best: tuple[float, float], level: float) -> Fit:
    """Return the fit of mean and shape with profile intervals."""
    mean, shape = best
    cut = _cut(data.n, level)
    low, high = np.log(SHAPES[family])

    def over_shape(u: float) -> float:
        found = optimize.minimize_scalar(
            lambda v: -data.value(family, float(np.exp(u)), float(np.exp(v))),
            bounds=(max(low, np.log(shape) - 2.5), min(high, np.log(shape) + 2.5)),
            method="bounded",
            options={"xatol": 1e-4},
        )
        return -float(found.fun)

    def over_mean(v: float) -> float:
        found = optimize.minimize_scalar(
            lambda u: -data.value(family, float(np.exp(u)), float(np.exp(v))),
            bounds=(np.log(mean) - 3.0, np.log(mean) + 3.0),
            method="bounded",
            options={"xatol": 1e-4},
        )
        return -float(found.fun)

    means = _interval(over_shape, float(np.log(mean)), cut)
    shapes = _interval(over_mean, float(np.log(shape)), cut, (float(low), float(high)))
    ends = sorted(cv_of(family, each) for each in (shapes.low, shapes.high))
    return _told(data, family, means, Interval(cv_of(family, shape), *ends), shape)


def _told(data: _Spells, family: str, mean: Interval, cv: Interval | None, shape: float) -> Fit:
    used = 1 if cv is None else 2
    return Fit(
        family=family,
        mean=mean,
        cv=cv,
        shape=shape,
        n=data.n,
        censored=1.0 - data.n / data.of,
        p_value=_goodness(data, family, mean.value, shape, used),
    )


def _cut(n: int, level: float) -> float:
    """Return by how much twice the log-likelihood may fall inside an interval."""
    t = float(special.stdtrit(n - 1, (1.0 + level) / 2.0))
    return float(n * np.log1p(t * t / (n - 1)))


def _over(value: Callable[[float], float], near: float) -> float:
    found = optimize.minimize_scalar(
        lambda u: -value(float(u)), bounds=(near - REACH, near + REACH), method="bounded"
    )
    return float(found.x)


def _interval(
    value: Callable[[float], float],
    top: float,
    cut: float,
    ends: tuple[float, float] | None = None,
) -> Interval:
    """Return where twice the log-likelihood has fallen by `cut`, on both sides of its top."""
    least, most = ends or (top - REACH, top + REACH)
    floor = value(top) - cut / 2.0
    return Interval(
        float(np.exp(top)),
        float(np.exp(_crossing(value, floor, top, least))),
        float(np.exp(_crossing(value, floor, top, most))),
    )


def _crossing(value: Callable[[float], float], floor: float, top: float, end: float) -> float:
    step = 0.05 if end > top else -0.05
    inside, outside = top, top + step
    for _ in range(STEPS):
        if abs(outside - top) >= abs(end - top):
            outside = end
            break
        if value(outside) < floor:
            break
        inside, step = outside, step * 1.6
        outside = top + step
    if value(outside) >= floor:
        return outside
    found = optimize.brentq(lambda u: value(float(u)) - floor, inside, outside, xtol=1e-5)
    return float(found)


def _goodness(data: _Spells, family: str, mean: float, shape: float, used: int) -> float | None:
    """Return the p-value of a chi-square test on the events by hazard spent (Cox and Snell 1968).

    Under the law each spell spends hazard at rate one, so the events in a stretch of hazard
    are as many as the hazard spent in it; this holds with spells cut off at either side.
    """
    if data.n < 2 * EXPECTED_LEAST + used or not data.until.size:
        return None
    begin = -log_survival(family, mean, shape, data.entry)
    end = -log_survival(family, mean, shape, data.until)
    bins = int(min(BINS, data.n // EXPECTED_LEAST))
    edges = np.append(-np.log1p(-np.arange(bins) / bins), np.inf)
    chi = 0.0
    for low, high in itertools.pairwise(edges):
        spent = np.clip(np.minimum(end, high) - np.maximum(begin, low), 0.0, None).sum()
        came = np.count_nonzero(data.ended & (end > low) & (end <= high))
        chi += (came - spent) ** 2 / max(spent, 1.0)
    return float(special.gammaincc(max(1, bins - used) / 2.0, chi / 2.0))


def share_interval(count: int, of: int, level: float) -> Interval:
    """Return a share with its interval.

    Parameters
    ----------
    count, of
        So many of so many.
    level
        Nominal coverage.

    Notes
    -----
    Ends are those of the Jeffreys law Beta(k + 1/2, n - k + 1/2), whose coverage is near the
    nominal one on the average (Brown, Cai and DasGupta 2001); 0 and 1 where the count is so.

    Examples
    --------
    >>> share_interval(0, 10, 0.9).low
    0.0
    """
    a, b = count + 0.5, of - count + 0.5
    low = 0.0 if count == 0 else float(special.betaincinv(a, b, (1.0 - level) / 2.0))
    high = 1.0 if count == of else float(special.betaincinv(a, b, (1.0 + level) / 2.0))
    return Interval(count / of, low, high)
