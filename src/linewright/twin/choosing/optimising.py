"""The best design of a space: searched, compared with fresh replications, measured again."""

import math
from collections.abc import Callable, Sequence
from functools import cache, partial

import msgspec

from linewright.twin.choosing.moves import Lattice, Point
from linewright.twin.choosing.observing import Book, Budget, Observe, Spent
from linewright.twin.choosing.searching import LEVELS, Climber, Full, Search
from linewright.twin.choosing.selecting import (
    SCREENED_BY,
    Aim,
    Compared,
    Field,
    Selection,
    said,
    selection,
    student,
)
from linewright.twin.choosing.variables import Design, Space, SpaceInvalid, Value
from linewright.twin.engines import np

LISTED_MAX = 60
"""Designs in a space from which it is searched; smaller ones are compared whole."""
SEARCHED_SHARE = 0.5
"""Share of the budget that the search may take."""
COMPARED_SHARE = 0.3
"""Share of the budget for the first look of the comparison; it bounds the designs looked at."""
DESIGNS_LEAST = 8
ROUNDS = 3
"""Comparisons; after one whose best has neighbours not looked at, the search goes on there."""
MEASURED_BY = 20
"""Replications that measure the best, seen by nobody before."""
SCOPES = {
    "all": "; they are all there are",
    "local": "; all those one move away are among them",
    "looked at": "; not all those one move away are among them",
    "none": "",
}
"""What a guarantee adds about the designs it speaks of."""
FRESH = 1_000_000
"""Replications from one round to the next: no round sees those of another."""


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A design that was compared.

    Parameters
    ----------
    design
        A value for each variable.
    mean, low, high, observations, left
        As in `Compared`.
    """

    design: dict[str, Value]
    mean: float
    low: float
    high: float
    observations: int
    left: str


class Optimum(msgspec.Struct, frozen=True, kw_only=True):
    """The design found, and how sure that is.

    Parameters
    ----------
    best
        A value for each variable.
    mean, low, high
        Its figure with a Student interval, from replications made after it was chosen.
    within
        With the confidence asked, no design compared is better by more; inf: not known.
    delta, confidence
        As asked.
    is_complete
        Whether `within` is at most delta.
    scope
        What was compared: "all" designs of the space, "local": those looked at, with all
        neighbours of the best, "looked at": those, or "none".
    stopped
        Why it ended: "converged", "observations", "time".
    guarantee
        What holds, in words.
    looked_at, observations
        Designs and observations.
    ranked
        The designs compared, best mean first.
    """

    best: dict[str, Value]
    mean: float
    low: float
    high: float
    within: float
    delta: float
    confidence: float
    is_complete: bool
    scope: str
    stopped: str
    guarantee: str
    looked_at: int
    observations: int
    ranked: tuple[Ranked, ...]


def optimise(
    space: Space,
    observe: Observe[Design],
    aim: Aim,
    *,
    budget: Budget | None = None,
    start: Design | None = None,
    seed: int = 1,
) -> Optimum:
    """Return the best design that can be found, and what is certain about it.

    Parameters
    ----------
    space
        What may be chosen, and what every design keeps to.
    observe
        Makes observations; equal replications should share their chance among designs.
    aim
        What counts, and how sure.
    budget
        Left out: 20,000 observations.
    start
        A design that must be among those looked at, for example that of today.
    seed
        Of the random designs that the search begins with.

    Raises
    ------
    SpaceInvalid
        When no design keeps to the limits, or `start` does not.
    ObservationInvalid
        When an observation is no finite number.

    Notes
    -----
    Spaces of at most 60 designs are compared whole. In others, climbs from random designs end
    where no neighbour is better and the differences to all of them are known to half of delta.
    Then all designs looked at, the neighbours of the best included, are compared with
    replications that the search never saw, so that the guarantee of `select` holds for them;
    when the best of them has neighbours that were not looked at, both go on from there, at most
    three times, each with a third of the error allowed. Nothing is claimed of designs that were
    never looked at. A guarantee that the budget cuts short is told with the difference that
    still holds. Cost: observations, as bounded; the same ones with any number of workers.

    Examples
    --------
    >>> from linewright.twin.choosing import Limit, Space, integer, one_by_one
    >>> nine = Limit({"a": 1, "b": 1}, 9, is_equal=True)
    >>> space = Space((integer("a", 0, 9), integer("b", 0, 9)), (nine,))
    >>> observe = one_by_one(lambda design, r: design["a"] * design["b"] + r % 3)
    >>> found = optimise(space, observe, Aim(delta=1.0))
    >>> found.best["a"] * found.best["b"], found.scope
    (20, 'all')
    """
    whole = budget or Budget()
    return _Optimising(Lattice(space), _book(space, observe, aim, whole), aim, seed).run(start)


def _book(space: Space, observe: Observe[Design], aim: Aim, budget: Budget) -> Book[Point]:
    design = cache(space.design)

    def look(jobs: Sequence[tuple[Point, int]]) -> Sequence[float]:
        return observe([(design(point), replication) for point, replication in jobs])

    return Book(look, budget, aim.sign)


class _Optimising:
    """The three phases, with what they share."""

    def __init__(self, lattice: Lattice, book: Book[Point], aim: Aim, seed: int) -> None:
        self.lattice = lattice
        self.book = book
        self.aim = aim
        self.stopped = "converged"
        most = max(DESIGNS_LEAST, int(COMPARED_SHARE * book.budget.observations / SCREENED_BY))
        search = Search(delta=aim.delta, designs=most, seed=seed)
        self.climber = Climber(lattice, book, search)
        book.shown = self._shown

    def run(self, start: Design | None) -> Optimum:
        """Return the optimum."""
        first = None if start is None else self._start(start)
        every = self.lattice.all_points(LISTED_MAX)
        if every is None:
            return self._searched_through(first)
        if not every:
            self.lattice.any_point()  # says that there is none
        return self._measured(*self._compared(every, 0, self.aim), "all")

    def _searched_through(self, start: Point | None) -> Optimum:
        sure = 1.0 - (1.0 - self.aim.confidence) / ROUNDS
        aim = msgspec.structs.replace(self.aim, confidence=sure)
        self.book.enter("search", share=SEARCHED_SHARE)
        top = self._climbed(partial(self.climber.climbed, start))
        field, found = self._compared(self._around(top), 0, aim)
        for number in range(1, ROUNDS):
            best = field.designs[found.best]
            if self._is_local(field, best) or not found.is_complete:
                break
            self.book.enter("search", kept=MEASURED_BY)
            top = self._climbed(partial(self.climber.climb, best, LEVELS[1][0], (1,)))
            field, found = self._compared(self._around(top), number, aim)
        is_local = self._is_local(field, field.designs[found.best])
        return self._measured(field, found, "local" if is_local else "looked at")

    def _around(self, top: Point) -> list[Point]:
        """Return a design, its neighbours, and all that were looked at."""
        return list(dict.fromkeys([top, *self.lattice.neighbours(top), *self.book.known]))

    def _shown(self) -> tuple[Design | None, float]:
        """Return the best place so far, for those who watch."""
        top = self.climber.top
        if top is None:
            return None, math.nan
        seen = self.book.values([top], self.book.counted(top, 0))
        return self.lattice.space.design(top), self.aim.sign * float(seen.mean())

    def _start(self, start: Design) -> Point:
        point = self.lattice.space.point(start)
        if not self.lattice.is_feasible(point):
            raise SpaceInvalid("start", "does not keep to the limits", "give another, or none")
        return point

    def _climbed(self, climb: Callable[[], Point]) -> Point:
        try:
            return climb()
        except (Spent, Full) as end:
            self.stopped = end.why
            return self.climber.top or self.lattice.any_point()

    def _compared(
        self, points: Sequence[Point], number: int, aim: Aim
    ) -> tuple[Field[Point], Selection]:
        """Return the comparison of the first of some designs, as many as can be afforded."""
        self.book.enter("compare", kept=MEASURED_BY)
        most = max(1, self.book.left // (2 * SCREENED_BY))
        field = Field(self.book, points[:most], FRESH * (number + 1))
        found = selection(field, aim, lambda point: self._is_local(field, point))
        if not found.is_complete:
            self.stopped = found.stopped
        return field, found

    def _is_local(self, field: Field[Point], point: Point) -> bool:
        """Whether all neighbours of a design are compared with it."""
        return all(one in field.members for one in self.lattice.neighbours(point))

    def _measured(self, field: Field[Point], found: Selection, scope: str) -> Optimum:
        """Return what is told, with the best measured by replications that nobody has seen."""
        self.book.enter("measure")
        best, fresh = field.designs[found.best], FRESH * (ROUNDS + 1)
        seen = np.zeros(0)
        try:
            many = min(MEASURED_BY, self.book.left)
            seen = self.aim.sign * self.book.values([best], many, fresh)[0]
        except Spent as end:
            self.stopped = end.why
        mean, half = student(seen, 1.0 - self.aim.confidence)
        scope, many = ("none", 0) if math.isinf(found.within) else (scope, len(field.designs))
        return Optimum(
            best=self.lattice.space.design(best),
            mean=mean,
            low=mean - half,
            high=mean + half,
            within=found.within,
            delta=self.aim.delta,
            confidence=self.aim.confidence,
            is_complete=found.is_complete,
            scope=scope,
            stopped=self.stopped,
            guarantee=said(many, found.within, self.aim) + SCOPES[scope],
            looked_at=len(self.book.known),
            observations=self.book.made,
            ranked=tuple(self._ranked(field, one) for one in found.compared),
        )

    def _ranked(self, field: Field[Point], one: Compared) -> Ranked:
        return Ranked(
            design=self.lattice.space.design(field.designs[one.index]),
            mean=one.mean,
            low=one.low,
            high=one.high,
            observations=one.observations,
            left=one.left,
        )
