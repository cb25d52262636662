"""How good forecasts were: each against what came, and all of them together."""

import itertools
import math
from collections.abc import Iterable, Sequence

import msgspec

from linewright.plant.records import Forecast, Quantile
from linewright.twin.forecasting.results import ForecastInvalid, Spread

__all__ = ["INTERVALS", "Score", "Standing", "crps", "pinball", "score", "standing"]

INTERVALS = (0.5, 0.8, 0.9)
"""Probabilities of the central intervals that are judged."""
SURE = 0.95
"""How sure it must be that intervals are wrong before `standing` says so."""
CLOSE = 1e-9
"""Probabilities that differ by less are one."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One forecast against what came.

    Parameters
    ----------
    crps
        Continuous ranked probability score, in the unit of the forecast; 0 is perfect.
    pinball
        Pinball loss of each quantile.
    held
        Whether what came lay in the central interval of each of `INTERVALS`; None: its ends are
        not among the quantiles.
    error
        Mean of the forecast less what came.
    naive
        Absolute error of the naive forecast, its CRPS; None: there was none.
    actual
        What came.
    """

    crps: float
    pinball: tuple[float, ...]
    held: tuple[bool | None, ...]
    error: float
    naive: float | None
    actual: float


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the forecasts of one kind did so far.

    Parameters
    ----------
    count
        How many were scored.
    held
        Of each of `INTERVALS`: how many held, of how many.
    crps, bias
        Mean of the scores, and of the errors.
    mean_actual
        Mean of what came.
    skill
        1 less the CRPS over that of the naive forecast, where there was one: above 0 it was
        better. None: there was none, or it was perfect.
    """

    count: int
    held: tuple[tuple[int, int], ...]
    crps: float
    bias: float
    mean_actual: float
    skill: float | None

    @property
    def words(self) -> str:
        """The standing in a sentence without a full stop.

        Examples
        --------
        >>> Standing(count=40, held=((21, 40), (33, 40), (36, 40)), crps=2.0, bias=-0.4,
        ...     mean_actual=50.0, skill=0.31).words
        'of 40 forecasts, 90 % intervals held 36; 31 % nearer than the naive forecast'
        """
        if not self.count:
            return "no forecast has been scored yet"
        held, of = self.held[-1]
        said = [f"of {of} forecasts, {100 * INTERVALS[-1]:g} % intervals held {held}"]
        if self.is_off:
            way = "too narrow" if held < INTERVALS[-1] * of else "too wide"
            said[0] += f": they are {way}"
        if self.skill is not None:
            way = "nearer" if self.skill >= 0 else "farther off"
            said.append(f"{100 * abs(self.skill):.0f} % {way} than the naive forecast")
        return "; ".join(said)

    @property
    def is_off(self) -> bool:
        """Whether the widest intervals held too rarely or too often for chance, at 95 %.

        Notes
        -----
        Two-sided exact binomial test. Forecasts that overlap are not independent, so it says so
        too early rather than too late.
        """
        held, of = self.held[-1] if self.held else (0, 0)
        if not of:
            return False
        few = _binomial(held, of, INTERVALS[-1])
        many = 1.0 - (_binomial(held - 1, of, INTERVALS[-1]) if held else 0.0)
        return 2.0 * min(few, many) < 1.0 - SURE


def pinball(quantile: Quantile, actual: float) -> float:
    """Return the pinball loss of a quantile.

    Parameters
    ----------
    quantile
        What was foreseen.
    actual
        What came.

    Notes
    -----
    `p (y - q)` where what came is above, else `(1 - p) (q - y)` (Koenker and Bassett 1978).

    Examples
    --------
    >>> pinball(Quantile(p=0.9, value=10.0), 12.0), pinball(Quantile(p=0.9, value=10.0), 9.0)
    (1.8, 0.09999999999999998)
    """
    above = actual - quantile.value
    return quantile.p * above if above >= 0 else (quantile.p - 1.0) * above


def crps(quantiles: Sequence[Quantile], actual: float) -> float:
    """Return the continuous ranked probability score of a forecast known by its quantiles.

    Parameters
    ----------
    quantiles
        With probability rising; at least one.
    actual
        What came.

    Raises
    ------
    ForecastInvalid
        There is no quantile.

    Notes
    -----
    Twice the integral of the pinball loss over the probability (Gneiting and Ranjan 2011): each
    quantile counts for the probabilities that are nearest to it. With the 19 levels of a
    forecast the error is about 2 %. Of a single value it is the absolute error.

    Examples
    --------
    >>> crps([Quantile(p=0.5, value=10.0)], 13.0)
    3.0
    """
    if not quantiles:
        raise ForecastInvalid("forecast", "there is no quantile", "take one that was made whole")
    levels = [one.p for one in quantiles]
    edges = [0.0, *((a + b) / 2 for a, b in itertools.pairwise(levels)), 1.0]
    widths = [b - a for a, b in itertools.pairwise(edges)]
    losses = (pinball(one, actual) for one in quantiles)
    return 2.0 * math.fsum(width * loss for width, loss in zip(widths, losses, strict=True))


def score(record: Forecast) -> Score:
    """Return how good a forecast was.

    Parameters
    ----------
    record
        One that says what came.

    Raises
    ------
    ForecastInvalid
        It does not say yet what came.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> from linewright.twin.forecasting.recording import settled
    >>> round(score(settled(example(Forecast), 6.0, seen_ns=2 * 10**18)).error, 9)
    0.4
    """
    if record.actual is None:
        what = f"forecast {record.id} is not settled"
        raise ForecastInvalid(record.address, what, "wait until its time is over")
    y = record.actual
    mean = record.mean
    if mean is None:
        mean = Spread(mean=0.0, quantiles=record.quantiles).at(0.5)
    return Score(
        crps=crps(record.quantiles, y),
        pinball=tuple(pinball(one, y) for one in record.quantiles),
        held=tuple(_held(record.quantiles, each, y) for each in INTERVALS),
        error=mean - y,
        naive=None if record.naive is None else abs(record.naive - y),
        actual=y,
    )


def _held(quantiles: Sequence[Quantile], probability: float, actual: float) -> bool | None:
    low = _value(quantiles, (1.0 - probability) / 2)
    high = _value(quantiles, (1.0 + probability) / 2)
    return None if low is None or high is None else low <= actual <= high


def _value(quantiles: Sequence[Quantile], p: float) -> float | None:
    return next((one.value for one in quantiles if abs(one.p - p) < CLOSE), None)


def standing(scores: Iterable[Score]) -> Standing:
    """Return how forecasts did, all together.

    Parameters
    ----------
    scores
        Of forecasts of one kind and length, such as the output of a line in an hour.

    Examples
    --------
    >>> one = Score(crps=1.0, pinball=(), held=(True, True, True), error=0.5, naive=2.0, actual=9.0)
    >>> found = standing([one, one])
    >>> found.held, found.skill
    (((2, 2), (2, 2), (2, 2)), 0.5)
    """
    known = list(scores)
    held = []
    for k in range(len(INTERVALS)):
        sure = [one.held[k] for one in known if one.held[k] is not None]
        held.append((sum(map(bool, sure)), len(sure)))
    return Standing(
        count=len(known),
        held=tuple(held),
        crps=_mean([one.crps for one in known]),
        bias=_mean([one.error for one in known]),
        mean_actual=_mean([one.actual for one in known]),
        skill=_skill([(one.crps, one.naive) for one in known]),
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _skill(pairs: Sequence[tuple[float, float | None]]) -> float | None:
    known = [(own, naive) for own, naive in pairs if naive is not None]
    rival = math.fsum(naive for _, naive in known)
    return 1.0 - math.fsum(own for own, _ in known) / rival if rival > 0 else None


def _binomial(k: int, n: int, p: float) -> float:
    """Return how probable `k` or fewer of `n` are."""
    return math.fsum(math.comb(n, i) * p**i * (1.0 - p) ** (n - i) for i in range(k + 1))
