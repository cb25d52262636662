"""The best of some designs with a stated guarantee: ranking and selection.

Two stages, each with half of the error allowed. First, where there are many designs, a few
replications of each screen out those that are clearly worse (Nelson, Swann, Goldsman and Song,
"Simple procedures for selecting the best simulated system when the number of alternatives is
large", Operations Research 49, 2001). Then the others are observed in equal numbers, with the
variances of differences that common random numbers give, within the straight boundaries of Kim
and Nelson ("A fully sequential procedure for indifference-zone selection in simulation", ACM
TOMACS 11, 2001): with S2 the variance of a difference over the first n0 replications, the
sum of n centred differences stays above -(a + n b) for ever with probability 1 - q or more, where

    a = (q ** (-2 / (n0 - 1)) - 1) / 4 * (n0 - 1) * S2 / b.

The slope b is delta / 2, which ends soonest; steeper lines with a small share of q tell large
differences early, and what is certain when the budget ends before.

Unlike KN, which drops a design as soon as it cannot be `delta` better, we drop one only when
another is better for certain, and stop when one is within `delta` of every other that is left.
With q shared among the pairs with the truly best design alone, the best is never dropped and
the chosen one is at most `delta` worse, whatever the true means are; KN's promise holds only
when the best is `delta` ahead of the second. The boundaries hold at every n, so a selection
that has to stop early still says within what it is right. Differences are taken as normal.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Generic

import msgspec

from linewright.twin.choosing.observing import Book, Budget, D, Observe, Spent
from linewright.twin.engines import Array, np, npt, special
from linewright.twin.faults import TwinFault

SCREENED_FROM = 12
"""Designs from which a screening pays."""
SCREENED_BY = 10
"""Replications that screen."""
FIRST = 30
"""Replications from which variances are taken."""
GROWTH = 1.1
"""More replications each time: at most so much more than needed."""

STEEPER, STEEPNESS = 5, 4.0
"""Steeper boundaries, each so many times as steep: they tell early what large differences tell."""
MAIN_SHARE = 0.8
"""Share of the error that the boundary of slope delta / 2 has; the steeper ones share the rest."""
CONFIDENCE_LEAST = 0.5
"""A choice less sure than the toss of a coin is none."""

Bools = npt.NDArray[np.bool_]


class AimInvalid(TwinFault):
    """An aim that cannot be reached: where, what, and what to do."""


BOUND_DIGITS = 3
"""Digits of a bound in words."""
ROUNDING = 1e-12
"""A bound that is above a short number by less than this share is that number."""


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be chosen, and how sure.

    Parameters
    ----------
    delta
        Difference that does not matter, in the unit of the figure.
    confidence
        Probability that what is stated holds.
    maximise
        Whether more is better.
    unit
        What follows a number of the figure where people read it, such as `/h`.

    Raises
    ------
    AimInvalid
        When delta is not above 0, or the confidence not between 0.5 and 1.
    """

    delta: float
    confidence: float = 0.95
    maximise: bool = True
    unit: str = ""

    def __post_init__(self) -> None:
        """Check the bounds."""
        if not 0.0 < self.delta < math.inf:
            what = f"{self.delta} is not above 0, or has no end"
            raise AimInvalid("delta", what, "say what does not matter")
        check_confidence(self.confidence)

    @property
    def sign(self) -> float:
        """Return 1.0, or -1.0 where less is better."""
        return 1.0 if self.maximise else -1.0


def check_confidence(confidence: float) -> None:
    """See that a confidence is one.

    Raises
    ------
    AimInvalid
        When it is not between 0.5 and 1.
    """
    if not CONFIDENCE_LEAST <= confidence < 1.0:
        what = f"{confidence} is not between {CONFIDENCE_LEAST} and 1"
        raise AimInvalid("confidence", what, "say 0.95 for 95 %")


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What a selection says of one design.

    Parameters
    ----------
    index
        Its place among the designs given.
    mean, low, high
        Mean of its observations with a Student interval, at the confidence for all designs
        together (Bonferroni).
    observations
        How many there are.
    left
        "screened" or "dropped": another one is better for certain; "kept" to the end.
    """

    index: int
    mean: float
    low: float
    high: float
    observations: int
    left: str


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """The design chosen, and how sure that is.

    Parameters
    ----------
    best
        Its place among the designs given.
    within
        With the confidence asked, it is at most so much worse than the best of them; inf when
        the budget ended before anything could be said.
    is_complete
        Whether that is within the delta asked.
    stopped
        "complete", or what of the budget ended first: "observations" or "time".
    observations
        Made for this selection.
    compared
        Each design, best mean first.
    guarantee
        The same in words.
    """

    best: int
    within: float
    is_complete: bool
    stopped: str
    observations: int
    compared: tuple[Compared, ...]
    guarantee: str


def select(
    designs: Sequence[D],
    observe: Observe[D],
    aim: Aim,
    *,
    budget: Budget | None = None,
    first: int = 0,
) -> Selection:
    """Return the best of some designs, within `aim.delta` with `aim.confidence`.

    Parameters
    ----------
    designs
        Hashable, each another.
    observe
        Makes observations; equal replications should share their chance among designs.
    aim
        What counts, and how sure.
    budget
        Left out: 20,000 observations.
    first
        Number of the first replication; choose it so that none was seen when the designs were.

    Raises
    ------
    AimInvalid
        When there is no design, or one comes twice.
    ObservationInvalid
        When an observation is no finite number.

    Notes
    -----
    The guarantee: the chosen design's true mean is at most `within` below the best one's, with
    at least the confidence asked, for normal observations, any means and any dependence between
    designs. Cost: some 10 replications of each design, 30 of each near one, and of those that
    stay near in the order of 10 Var / delta ** 2, Var the variance of a difference.

    Examples
    --------
    >>> from linewright.twin.choosing import one_by_one
    >>> observe = one_by_one(lambda design, replication: design + (replication * design) % 0.7)
    >>> found = select([1.0, 2.0, 4.0], observe, Aim(delta=0.1))
    >>> found.best, found.is_complete
    (2, True)
    """
    if not designs or len(set(designs)) < len(designs):
        raise AimInvalid("designs", "there is none, or one twice", "give different designs")
    book = Book(observe, budget or Budget(), aim.sign)
    book.phase = "compare"
    return selection(Field(book, designs, first), aim)


class Field(Generic[D]):
    """Designs that are compared, and those that are left.

    Parameters
    ----------
    book
        Makes and keeps observations.
    designs
        All of them.
    first
        Number of the first replication.
    """

    def __init__(self, book: Book[D], designs: Sequence[D], first: int) -> None:
        self.book = book
        self.designs = designs
        self.members = frozenset(designs)
        self.first = first
        self.alive = list(range(len(designs)))
        self.fate = ["kept"] * len(designs)

    def values(self, many: int, first: int) -> Array:
        """Return so many replications of the designs that are left, a row each."""
        return self.book.values([self.designs[i] for i in self.alive], many, first)

    def drop(self, rows: Bools, fate: str) -> None:
        """Take designs out, by their rows among those left."""
        for row in np.flatnonzero(rows)[::-1]:
            self.fate[self.alive.pop(int(row))] = fate

    def compared(self, aim: Aim) -> tuple[Compared, ...]:
        """Return what the observations say of each design, best mean first."""
        share = (1.0 - aim.confidence) / len(self.designs)
        found = []
        for i, design in enumerate(self.designs):
            n = self.book.counted(design, self.first)
            seen = aim.sign * self.book.values([design], n, self.first)[0]
            mean, half = student(seen, share)
            found.append(
                Compared(
                    index=i,
                    mean=mean,
                    low=mean - half,
                    high=mean + half,
                    observations=n,
                    left=self.fate[i],
                )
            )
        return tuple(sorted(found, key=lambda one: (-aim.sign * one.mean, one.index)))


def selection(
    field: Field[D], aim: Aim, is_liked: Callable[[D], bool] = lambda _: True
) -> Selection:
    """Return the best of a field; among those good enough, one that is liked goes first.

    Parameters
    ----------
    field
        The designs, all of them left.
    aim
        What counts, and how sure.
    is_liked
        What else speaks for a design.
    """
    before, error, first = field.book.made, 1.0 - aim.confidence, field.first
    walk, stopped = Walk(best=0, within=math.inf), "complete"
    try:
        if len(field.designs) >= SCREENED_FROM:
            error /= 2.0
            _screen(field, error)
            first += SCREENED_BY
        for walk in _walks(field, aim, error, first, is_liked):
            if walk.within <= aim.delta:
                break
    except Spent as end:
        stopped = end.why
    compared = field.compared(aim)
    best = walk.best if walk.within < math.inf else compared[0].index
    return Selection(
        best=best,
        within=walk.within,
        is_complete=walk.within <= aim.delta,
        stopped=stopped,
        observations=field.book.made - before,
        compared=compared,
        guarantee=said(len(field.designs), walk.within, aim),
    )


class Walk(msgspec.Struct, frozen=True):
    """Where a comparison stands: the best design by its place, and within what it is right."""

    best: int
    within: float


def _screen(field: Field[D], error: float) -> None:
    """Drop what is worse by more than chance explains; the best stays with 1 - error."""
    seen = field.values(SCREENED_BY, field.first)
    means = seen.mean(axis=1)
    quantile = float(special.stdtrit(SCREENED_BY - 1, 1.0 - error / max(1, len(seen) - 1)))
    behind = means[None, :] - means[:, None]
    allowed = quantile * np.sqrt(_variances(seen) / SCREENED_BY)
    field.drop((behind > allowed).any(axis=1), "screened")


def _walks(
    field: Field[D], aim: Aim, error: float, first: int, is_liked: Callable[[D], bool]
) -> Iterator[Walk]:
    """Yield where the comparison stands after more and more replications, without end."""
    n = FIRST
    seen = field.values(n, first)
    lines = _lines(error / max(1, len(seen) - 1), aim.delta)
    spread = _variances(seen)
    liked = np.array([is_liked(field.designs[i]) for i in field.alive])
    while True:
        sums = seen.sum(axis=1)
        ahead = sums[None, :] - sums[:, None]  # how far the column is ahead of the row
        edge = np.min([factor * spread + n * slope for slope, factor in lines], axis=0)
        out = (ahead >= edge).any(axis=1)
        bound = ahead + edge
        np.fill_diagonal(bound, -math.inf)
        stay = np.flatnonzero(~out)
        within = np.maximum(0.0, bound[np.ix_(stay, stay)].max(axis=1, initial=-math.inf) / n)
        pick = _picked(within, sums[stay], liked[stay], aim.delta)
        best = field.alive[int(stay[pick])]
        field.drop(out, "dropped")
        yield Walk(best, float(within[pick]))
        spread, liked = spread[np.ix_(stay, stay)], liked[stay]
        n = math.ceil(n * GROWTH)
        seen = field.values(n, first)


def _lines(error: float, delta: float) -> list[tuple[float, float]]:
    """Return slope, and height for each unit of variance, of the boundaries of a pair."""
    shares = [MAIN_SHARE * error, *[(1.0 - MAIN_SHARE) * error / STEEPER] * STEEPER]
    slopes = [delta / 2.0 * STEEPNESS**k for k in range(1 + STEEPER)]
    return [
        (slope, (share ** (-2.0 / (FIRST - 1)) - 1.0) / 4.0 * (FIRST - 1) / slope)
        for slope, share in zip(slopes, shares, strict=True)
    ]


def _picked(within: Array, sums: Array, liked: Bools, delta: float) -> int:
    """Return which one to choose: good enough, liked, with the highest mean."""
    for fit in (liked & (within <= delta), within <= delta):
        if fit.any():
            return int(np.argmax(np.where(fit, sums, -math.inf)))
    return int(np.argmin(within))


def _variances(seen: Array) -> Array:
    """Return the variance of the difference of each two rows."""
    centred = seen - seen.mean(axis=1, keepdims=True)
    products = centred @ centred.T / (seen.shape[1] - 1)
    own = np.diag(products)
    found: Array = np.maximum(0.0, own[:, None] + own[None, :] - 2.0 * products)
    return found


def student(seen: Array, error: float) -> tuple[float, float]:
    """Return mean and half-width of a Student interval; inf for less than two observations.

    Parameters
    ----------
    seen
        Observations.
    error
        Probability outside, both sides together.

    Examples
    --------
    >>> mean, half = student(np.array([1.0, 2.0, 3.0]), 0.05)
    >>> mean, round(half, 4)
    (2.0, 2.4841)
    """
    if len(seen) == 0:
        return math.nan, math.inf
    if len(seen) == 1:
        return float(seen[0]), math.inf
    quantile = float(special.stdtrit(len(seen) - 1, 1.0 - error / 2.0))
    return float(seen.mean()), quantile * float(seen.std(ddof=1)) / math.sqrt(len(seen))


def said(many: int, within: float, aim: Aim) -> str:
    """Return a guarantee in words.

    Parameters
    ----------
    many
        Designs compared.
    within
        What the best of them may be better by.
    aim
        What was asked.

    Examples
    --------
    >>> said(12, 0.0153, Aim(delta=0.02))
    'with 95 % confidence none of the 12 designs compared is better by more than 0.02'
    """
    if within == math.inf:
        return "none: the budget ended before the designs were compared"
    sure = f"with {100.0 * aim.confidence:g} % confidence none of the {many} designs compared"
    asked = f"{_upward(aim.delta):g}{aim.unit}"
    if within <= aim.delta:
        return f"{sure} is better by more than {asked}"
    more = f"{_upward(within):g}{aim.unit}"
    return f"{sure} is better by more than {more}; {asked} was asked, the budget ended"


def _upward(value: float) -> float:
    """Return a bound with three digits, never below itself."""
    scale = 10.0 ** (BOUND_DIGITS - 1 - math.floor(math.log10(value)))
    return math.ceil(value * scale * (1.0 - ROUNDING)) / scale
