"""What is seen of designs: observations by replication, asked for once, counted and bounded."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from linewright.twin.engines import Array, np
from linewright.twin.faults import TwinFault

D = TypeVar("D")
Observe = Callable[[Sequence[tuple[D, int]]], Sequence[float]]
"""A figure of each (design, replication), in the order asked.

It is a function of the two alone; equal replications share their chance among designs.
"""

BATCH = 512
"""Observations asked for at once; between two batches the clock is read."""


class Mapped(Protocol):
    """A `map` that keeps the order: the built-in one, or that of a process pool."""

    def __call__(self, work: Callable[[Any], Any], jobs: Iterable[Any], /) -> Iterable[Any]:
        """Return what `work` gives for each job."""


class ObservationInvalid(TwinFault):
    """An observation that is no finite number, or not one for each that was asked."""


class BudgetInvalid(TwinFault):
    """A budget that cannot be kept: what, and what to do."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a choice has come.

    Parameters
    ----------
    phase
        "search", "compare" or "measure".
    observations, most
        Made so far, and the most there may be.
    designs
        Looked at so far.
    best, mean
        The best so far with its mean; None and nan before the first.
    """

    phase: str
    observations: int
    most: int
    designs: int
    best: Mapping[str, Any] | None
    mean: float


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What a choice may cost, and who is told how far it is.

    Parameters
    ----------
    observations
        The most observations.
    wall_s
        The most seconds by `clock`; None: no limit. A choice that ends by it depends on the
        machine; what it states holds all the same.
    clock
        Seconds from any moment on.
    tell
        Called after each batch of observations.

    Raises
    ------
    BudgetInvalid
        When there is nothing to spend, or seconds without a clock.
    """

    observations: int = 20_000
    wall_s: float | None = None
    clock: Callable[[], float] | None = None
    tell: Callable[[Progress], None] | None = None

    def __post_init__(self) -> None:
        """Check that it can be kept."""
        if self.observations < 1:
            raise BudgetInvalid("budget", f"{self.observations} observations", "allow some")
        if self.wall_s is not None and self.clock is None:
            raise BudgetInvalid("budget", "seconds without a clock", "give `clock`, too")


class Spent(Exception):
    """The budget does not allow what was asked; `why` is "observations" or "time"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Book(Generic[D]):
    """Observations of designs, each made once.

    Parameters
    ----------
    observe
        Makes them.
    budget
        Bounds them.
    sign
        1.0, or -1.0 to turn every observation round, so that more is always better.

    Notes
    -----
    The order in which observations are asked for depends on observations only, never on who
    makes them or how fast, so that a choice is the same with any number of workers.
    """

    def __init__(self, observe: Observe[D], budget: Budget, sign: float = 1.0) -> None:
        self.observe = observe
        self.budget = budget
        self.sign = sign
        self.made = 0
        self.phase = "search"
        self.share = 1.0
        self.kept = 0
        self.shown: Callable[[], tuple[Mapping[str, Any] | None, float]] | None = None
        self._seen: dict[D, dict[int, float]] = {}
        self._began = budget.clock() if budget.clock else 0.0

    @property
    def left(self) -> int:
        """Observations that may still be made in this phase."""
        return int(self.share * self.budget.observations) - self.kept - self.made

    @property
    def known(self) -> Collection[D]:
        """Return the designs looked at, in the order of their first observation."""
        return self._seen.keys()

    def enter(self, phase: str, *, share: float = 1.0, kept: int = 0) -> None:
        """Begin a phase.

        Parameters
        ----------
        phase
            For the progress.
        share
            Of the whole budget, observations and time, that is spent when it ends at the latest.
        kept
            Observations left over for what comes after.
        """
        self.phase, self.share, self.kept = phase, share, kept

    def counted(self, design: D, first: int) -> int:
        """Return how many replications from `first` on are known without a gap."""
        seen, n = self._seen.get(design, {}), 0
        while first + n in seen:
            n += 1
        return n

    def values(self, designs: Sequence[D], many: int, first: int = 0) -> Array:
        """Return replications `first` to `first + many - 1` of designs, a row each.

        Raises
        ------
        Spent
            When the budget does not allow the missing ones.
        """
        wanted = range(first, first + many)
        missing = [
            (design, r)
            for design in dict.fromkeys(designs)
            for r in wanted
            if r not in self._seen.get(design, ())
        ]
        if missing and len(missing) > self.left:
            raise Spent("observations")
        for at in range(0, len(missing), BATCH):
            self._make(missing[at : at + BATCH])
        rows = [[self._seen[design][r] for r in wanted] for design in designs]
        return np.array(rows, dtype=np.float64).reshape(len(designs), many)

    def _make(self, jobs: Sequence[tuple[D, int]]) -> None:
        budget = self.budget
        if budget.clock is not None and budget.wall_s is not None:
            took_s = budget.clock() - self._began
            if took_s >= self.share * budget.wall_s:
                raise Spent("time")
        found = self.observe(jobs)
        if len(found) != len(jobs):
            what = f"{len(found)} observations for {len(jobs)} asked"
            raise ObservationInvalid("observe", what, "give one for each, in order")
        for (design, replication), value in zip(jobs, found, strict=True):
            if not np.isfinite(value):
                what = f"{value} in replication {replication}"
                raise ObservationInvalid(str(design), what, "give a figure that exists there")
            self._seen.setdefault(design, {})[replication] = self.sign * float(value)
        self.made += len(jobs)
        if budget.tell is not None:
            self._tell(budget.tell)

    def _tell(self, tell: Callable[[Progress], None]) -> None:
        best, mean = self.shown() if self.shown is not None else (None, float("nan"))
        tell(
            Progress(
                phase=self.phase,
                observations=self.made,
                most=self.budget.observations,
                designs=len(self._seen),
                best=best,
                mean=mean,
            )
        )


def one_by_one(look: Callable[[D, int], float], mapped: Mapped = map) -> Observe[D]:
    """Return what observes many from what observes one.

    Parameters
    ----------
    look
        A figure of a design in a replication.
    mapped
        How the calls are made: the built-in `map`, or an ordered one of many workers; then
        `look` must be picklable.

    Examples
    --------
    >>> one_by_one(lambda design, replication: design + 0.1 * replication)([(1, 0), (2, 3)])
    [1.0, 2.3]
    """

    def observe(jobs: Sequence[tuple[D, int]]) -> list[float]:
        return [float(value) for value in mapped(Look(look), jobs)]

    return observe


class Look(Generic[D]):
    """A call with a pair as one argument, which a process pool can be handed.

    Parameters
    ----------
    look
        Takes the two of the pair.
    """

    def __init__(self, look: Callable[[D, int], float]) -> None:
        self.look = look

    def __call__(self, job: tuple[D, int]) -> float:
        """Return the figure of a job."""
        return self.look(*job)
