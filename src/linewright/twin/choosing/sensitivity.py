"""What each variable is worth: differences to a design under common random numbers, ranked."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from linewright.twin.choosing.moves import Point
from linewright.twin.choosing.observing import Book, Budget, BudgetInvalid, Observe, Spent
from linewright.twin.choosing.selecting import AimInvalid, check_confidence, student
from linewright.twin.choosing.variables import Design, Space, SpaceInvalid, Value, Variable
from linewright.twin.engines import Array

REPLICATIONS = 30
"""Replications of each design, where no half-width is asked for."""
REPLICATIONS_LEAST = 10
REPLICATIONS_MAX = 1_000_000
GROWTH = 1.5
"""More replications each time until the half-width asked for."""
SHARE = 0.05
"""Change of a continuous variable, as a share of its value; of its range where that is 0."""
SHARE_MAX = 1.0
SEEN_LEAST = 2
"""Replications of which a spread is known."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a change of one variable does.

    Parameters
    ----------
    name
        The variable.
    was, down, up
        Its value, and the two values compared; at a bound one of them is `was`. Of a choice
        both are: `up` is the other value.
    effect, low, high
        Figure at `up` less figure at `down`, with an interval that holds for all effects at
        once.
    per_unit
        Effect for one unit of the variable; of a choice the effect itself.
    is_sure
        Whether the interval leaves out 0.
    """

    name: str
    was: Value
    down: Value
    up: Value
    effect: float
    low: float
    high: float
    per_unit: float
    is_sure: bool


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """What each variable is worth at a design.

    Parameters
    ----------
    base
        The design.
    mean, low, high
        Its figure with a Student interval at the confidence asked.
    effects
        Largest first.
    confidence
        Probability that all intervals of the effects hold together (Bonferroni).
    replications, observations
        Of each design, and in all.
    stopped
        "precise", "replications" or what of the budget ended: "observations", "time".
    """

    base: dict[str, Value]
    mean: float
    low: float
    high: float
    effects: tuple[Effect, ...]
    confidence: float
    replications: int
    observations: int
    stopped: str


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """How sure and how exact effects are to be.

    Parameters
    ----------
    confidence
        Probability that all intervals hold together.
    half_width
        Replications are added until each interval is so narrow; None: 30 replications.
    share
        Change of continuous variables, as a share of their value.

    Raises
    ------
    AimInvalid
        When one of them is out of range.
    """

    confidence: float = 0.95
    half_width: float | None = None
    share: float = SHARE

    def __post_init__(self) -> None:
        """Check the bounds."""
        check_confidence(self.confidence)
        if self.half_width is not None and not 0.0 < self.half_width < math.inf:
            what = f"{self.half_width} is no half-width above 0"
            raise AimInvalid("half-width", what, "say how exact effects are to be")
        if not 0.0 < self.share <= SHARE_MAX:
            what = f"{100.0 * self.share:g} % is not above 0 and at most {100.0 * SHARE_MAX:g} %"
            raise AimInvalid("change", what, "say 5 for 5 %")


class Pair(msgspec.Struct, frozen=True):
    """Two designs that differ in one variable, by its index."""

    index: int
    down: Point
    up: Point


def sensitivity(
    space: Space,
    base: Design,
    observe: Observe[Design],
    *,
    measure: Measure | None = None,
    budget: Budget | None = None,
) -> Sensitivity:
    """Return what one more of each variable is worth at a design.

    Parameters
    ----------
    space
        The variables; its limits do not count, for each is changed alone.
    base
        The design, for example that of today.
    observe
        Makes observations; equal replications should share their chance among designs.
    measure
        How sure and how exact.
    budget
        Left out: 20,000 observations.

    Raises
    ------
    SpaceInvalid
        When the base has no value of a variable, or one out of its bounds.
    BudgetInvalid
        When it ends before anything is known of an effect.
    ObservationInvalid
        When an observation is no finite number.

    Notes
    -----
    Whole numbers are compared with one step more (one less at the upper bound): a forward
    difference. Continuous ones are moved by `share` both ways: a central difference. Each other
    value of a choice is an effect of its own. Differences are taken replication by replication;
    their Student intervals hold together by Bonferroni's inequality. With a half-width asked
    for, the number of replications depends on what was seen, and the intervals hold nearly.
    Cost: (1 + effects) times the replications; of continuous variables twice.

    Examples
    --------
    >>> from linewright.twin.choosing import Space, integer, one_by_one
    >>> space = Space((integer("a", 0, 9), integer("b", 0, 9)))
    >>> observe = one_by_one(lambda design, r: design["a"] + 3.0 * design["b"] + 0.1 * (r % 7))
    >>> found = sensitivity(space, {"a": 4, "b": 5}, observe)
    >>> [(one.name, round(one.effect, 9)) for one in found.effects]
    [('b', 3.0), ('a', 1.0)]
    """
    asked, point = measure or Measure(), space.point(base)
    pairs = [
        Pair(i, (*point[:i], down, *point[i + 1 :]), (*point[:i], up, *point[i + 1 :]))
        for i, variable in enumerate(space.variables)
        for down, up in _ends(variable, point[i], asked.share)
    ]
    if not pairs:
        raise SpaceInvalid("variables", "none can change", "give one with two values")

    def look(jobs: Sequence[tuple[Point, int]]) -> Sequence[float]:
        return observe([(space.design(each), replication) for each, replication in jobs])

    book: Book[Point] = Book(look, budget or Budget())
    book.enter("measure")
    designs = list(dict.fromkeys([point, *_points(pairs)]))
    many, stopped = _observed(book, designs, pairs, asked)
    if many < SEEN_LEAST:
        least = REPLICATIONS if asked.half_width is None else REPLICATIONS_LEAST
        what = f"it ends before each of {len(designs)} designs was run {least} times"
        raise BudgetInvalid("budget", what, f"allow {least * len(designs)} runs, or vary less")
    mean, half = student(book.values([point], many)[0], 1.0 - asked.confidence)
    effects = [
        _effect(
            space,
            point,
            pair,
            book.values([pair.down, pair.up], many),
            (1.0 - asked.confidence) / len(pairs),
        )
        for pair in pairs
    ]
    return Sensitivity(
        base=space.design(point),
        mean=mean,
        low=mean - half,
        high=mean + half,
        effects=tuple(sorted(effects, key=lambda one: -one.effect)),
        confidence=asked.confidence,
        replications=many,
        observations=book.made,
        stopped=stopped,
    )


def _ends(variable: Variable, k: int, share: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of values to compare, by their numbers."""
    if variable.labels:
        yield from ((k, other) for other in range(variable.count) if other != k)
    elif variable.is_whole and variable.count > 1:
        yield (k, k + 1) if k + 1 < variable.count else (k - 1, k)
    elif variable.count > 1:
        size = abs(variable.low + k * variable.step) or variable.count * variable.step
        steps = max(1, round(Fraction(str(share)) * size / variable.step))
        yield max(0, k - steps), min(variable.count - 1, k + steps)


def _points(pairs: Sequence[Pair]) -> list[Point]:
    return list(dict.fromkeys(each for pair in pairs for each in (pair.down, pair.up)))


def _observed(
    book: Book[Point], points: Sequence[Point], pairs: Sequence[Pair], asked: Measure
) -> tuple[int, str]:
    """Observe until the effects are as exact as asked; returns replications and why it ended."""
    share = (1.0 - asked.confidence) / len(pairs)
    many, known = REPLICATIONS if asked.half_width is None else REPLICATIONS_LEAST, 0
    try:
        while many <= REPLICATIONS_MAX:
            book.values(points, many)
            known = many
            if asked.half_width is None:
                return known, "replications"
            seen = [book.values([pair.down, pair.up], many) for pair in pairs]
            if max(student(one[1] - one[0], share)[1] for one in seen) <= asked.half_width:
                return known, "precise"
            many = math.ceil(many * GROWTH)
    except Spent as end:
        return known, end.why
    return known, "replications"


def _effect(space: Space, base: Point, pair: Pair, seen: Array, error: float) -> Effect:
    variable, i = space.variables[pair.index], pair.index
    mean, half = student(seen[1] - seen[0], error)
    units = 1.0 if variable.labels else float((pair.up[i] - pair.down[i]) * variable.step)
    return Effect(
        name=variable.name,
        was=variable.value(base[i]),
        down=variable.value(pair.down[i]),
        up=variable.value(pair.up[i]),
        effect=mean,
        low=mean - half,
        high=mean + half,
        per_unit=mean / units,
        is_sure=abs(mean) > half,
    )
