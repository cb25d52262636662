"""Replications of several models side by side: how they are run, and until when."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Literal

import msgspec

from linewright.plant.language import nearest
from linewright.plant.records import Change
from linewright.twin.experiment.faults import RunsInvalid
from linewright.twin.experiment.intervals import check_level, estimated, half_width, needed
from linewright.twin.experiment.mapping import Over, cores, map_over
from linewright.twin.experiment.replicating import Chunk, Rows, Series, replicate, watch
from linewright.twin.experiment.results import NS_PER_H, Precision, Progress, WarmUp, key_of
from linewright.twin.experiment.warming import BATCH, mser5
from linewright.twin.model import Model
from linewright.twin.state import State

__all__ = ["Runs", "Study", "Variant", "Workers", "warmed"]

REPLICATIONS_MAX = 100_000
"""Most replications of one model."""

HOURS_MAX = 1.0e6
"""Longest replication: a century."""

LAST_NS = 7_258_118_400 * 10**9
"""No run goes on beyond 2200: times that are drawn then still fit into a clock of 64 bits."""

SEED_MAX = 2**63 - 1
"""Seeds are whole numbers of 64 bits, with a sign."""

PILOTS = 5
"""Replications on which a warm-up is found; they are no part of any figure."""

PILOT_FIRST = 1_000_000
"""Number of the first pilot: its streams are those of no other replication."""

OBSERVATIONS = 300
"""Observations of the throughput of a pilot: 60 batch means of 5."""

STAGES_MAX = 20
"""How often a precision is looked at; each time the number grows, at most by `GROWTH`."""

GROWTH = 4
"""Most times as many replications at once: the spread of a few is itself uncertain."""

CHUNK_MAX = 64
"""Most replications that are given to a worker at once."""

CHUNKS = 4
"""Chunks a worker gets in all, so that none waits long for the last."""

PAYS = 2.0e7
"""Parts times stations from which worker processes pay: they take a second or two to start."""


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """How a plant is run.

    Parameters
    ----------
    hours
        How long each replication lasts, its warm-up included.
    replications
        How many; without effect where a precision is asked for.
    seed
        Of the random streams: equal ones give equal runs.
    at_ns
        Plant time at which each begins.
    warm_up
        Hours that are left out at the beginning; `mser5`: found on pilot replications; None:
        nothing is left out.
    precision
        Replications are added until it is reached.
    level
        How often the intervals hold the true mean.
    product, plant_rev
        What is made, where the plant has several; revision of the plant file.
    jit
        Whether the compiled kernel runs.
    """

    hours: float
    replications: int = 10
    seed: int = 1
    at_ns: int = 0
    warm_up: float | Literal["mser5"] | None = None
    precision: Precision | None = None
    level: float = 0.95
    product: str = ""
    plant_rev: str = ""
    jit: bool = True

    @property
    def until_ns(self) -> int:
        """Plant time at which each replication ends."""
        return self.at_ns + round(self.hours * NS_PER_H)


class Workers(msgspec.Struct, frozen=True, kw_only=True):
    """Who does the work, and who is told.

    Parameters
    ----------
    count
        Worker processes; 0: one for each processor where it pays, else none. Results do not
        depend on it.
    over
        `processes`, `here` or `ray`.
    told
        Is called from time to time with how far it is.
    clock
        Gives seconds; needed for a precision with a bound on time.
    """

    count: int = 0
    over: Over = "processes"
    told: Callable[[Progress], None] | None = None
    clock: Callable[[], float] | None = None


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One of the models that are run side by side."""

    name: str
    model: Model
    changes: tuple[Change, ...] = ()
    start: State | None = None


def checked(runs: Runs) -> Runs:
    """Return what is to be run.

    Raises
    ------
    RunsInvalid
        When it cannot: no time, a warm-up as long as the run, no replications.
    """
    is_long = 0 < runs.hours <= HOURS_MAX and round(runs.hours * NS_PER_H) > 0
    for is_wrong, what, do in (
        (not is_long, f"{runs.hours:g} hours is no length", "give some hours"),
        (
            is_long and not 0 <= runs.at_ns <= runs.until_ns <= LAST_NS,
            "it begins before 1970 or ends too late",
            "begin in 1970 or later, and end before the year 2200",
        ),
        (
            not -SEED_MAX - 1 <= runs.seed <= SEED_MAX,
            f"the seed {runs.seed} is out of range",
            "give a whole number of 64 bits",
        ),
        (
            not 1 <= runs.replications <= REPLICATIONS_MAX,
            f"{runs.replications} replications",
            f"give 1 to {REPLICATIONS_MAX:,}",
        ),
        (
            isinstance(runs.warm_up, float | int) and not 0 <= runs.warm_up < runs.hours,
            f"a warm-up of {runs.warm_up} h leaves nothing of {runs.hours:g} h",
            "run longer, or warm up for less",
        ),
    ):
        if is_wrong:
            raise RunsInvalid("runs", what, do)
    if runs.precision is not None:
        _check(runs.precision)
    check_level(runs.level)
    return runs


def _check(precision: Precision) -> None:
    asked = [each for each in (precision.relative, precision.absolute) if each is not None]
    if not asked or min(asked) <= 0:
        do = "give a relative one such as 0.01, or an absolute one in the unit of the figure"
        raise RunsInvalid("precision", "it says no half-width above 0", do)
    if not 2 <= precision.first <= precision.most <= REPLICATIONS_MAX:  # noqa: PLR2004  # of 1 nothing is known
        what = f"{precision.first} to {precision.most} replications"
        raise RunsInvalid("precision", what, f"give bounds in 2 to {REPLICATIONS_MAX:,}")


def warmed(variants: Sequence[Variant], runs: Runs, workers: Workers) -> WarmUp:
    """Return the warm-up of all variants: the longest of those that each needs.

    Parameters
    ----------
    variants
        What is run.
    runs, workers
        How.

    Raises
    ------
    RunsInvalid
        When a plant is closed all the time.

    Notes
    -----
    The series is parts per working hour, so that nights and breaks are no trend. Pilots draw
    from streams of their own: the cut does not know the figures that it is made for.
    """
    if runs.warm_up is None:
        return WarmUp()
    if runs.warm_up != "mser5":
        return WarmUp(hours=float(runs.warm_up), how="given")
    pilots = tuple(range(PILOT_FIRST, PILOT_FIRST + PILOTS))
    items = [_chunk(one, runs, runs.at_ns, pilots) for one in variants]
    found: list[WarmUp] = []
    over: Over = workers.over if workers.count else "here"
    watched = partial(watch, edges=OBSERVATIONS)
    for series in map_over(watched, items, workers=workers.count, over=over):
        found.append(_found(runs, series))
        _tell(workers, Progress(done=len(found), expected=len(items), what="warm-up"))
    return max(found, key=lambda one: one.hours)


def _found(runs: Runs, watched: Sequence[Series]) -> WarmUp:
    working_s = min(each.working_s[-1] for each in watched)
    if working_s <= 0:
        raise RunsInvalid("runs", "it is closed all the time", "begin in a shift, or run longer")
    step_s = working_s / OBSERVATIONS
    rates = [_rates(each, step_s) for each in watched]
    series = [sum(column) / len(rates) for column in zip(*rates, strict=True)]
    cut = mser5(series)
    end_ns = _at(watched[0].working_s, watched[0].t_ns, cut.batches * BATCH * step_s)
    warning = ""
    if cut.is_late:
        warning = f"the throughput has not settled within {runs.hours:g} h: run longer"
    return WarmUp(
        hours=(end_ns - runs.at_ns) / NS_PER_H if cut.batches else 0.0,
        how="mser5",
        series=cut.means,
        batch_hours=BATCH * step_s / 3600.0,
        cut=cut.batches,
        warning=warning,
    )


def _rates(series: Series, step_s: float) -> list[float]:
    """Return parts an hour in each step of working time."""
    counts = [_at(series.working_s, series.good, step_s * k) for k in range(OBSERVATIONS + 1)]
    return [(b - a) / step_s * 3600.0 for a, b in pairwise(counts)]


def _at(places: Sequence[float], values: Sequence[int], place: float) -> float:
    """Return what lies at a place of a rising line through points; its first point there."""
    low, high = 0, len(places) - 1
    while low < high:  # halves a range of whole numbers
        middle = (low + high) // 2
        if places[middle] >= place - 1e-9:
            high = middle
        else:
            low = middle + 1
    if low == 0 or places[low] == places[low - 1]:
        return float(values[low])
    part = min(1.0, (place - places[low - 1]) / (places[low] - places[low - 1]))
    return values[low - 1] + part * (values[low] - values[low - 1])


def _chunk(one: Variant, runs: Runs, warm_ns: int, replications: tuple[int, ...]) -> Chunk:
    return Chunk(
        model=one.model,
        start=one.start,
        changes=one.changes,
        seed=runs.seed,
        at_ns=runs.at_ns,
        warm_ns=warm_ns,
        until_ns=runs.until_ns,
        replications=replications,
        jit=runs.jit,
    )


def _tell(workers: Workers, progress: Progress) -> None:
    if workers.told is not None:
        workers.told(progress)


class Study:
    """Variants that are run side by side, replication by replication, with common streams.

    Parameters
    ----------
    variants
        What is run; the first is the baseline.
    runs, workers
        How, and by whom.
    warm_up
        What is left out.
    """

    def __init__(
        self, variants: Sequence[Variant], runs: Runs, workers: Workers, warm_up: WarmUp
    ) -> None:
        self.variants = variants
        self.runs = runs
        self.keys: dict[str, tuple[str, ...]] = {}
        self.rows: dict[str, list[tuple[float, ...]]] = {one.name: [] for one in variants}
        self.worked_s: dict[str, list[float]] = {one.name: [] for one in variants}
        self._workers = workers
        self._warm_ns = runs.at_ns + round(warm_up.hours * NS_PER_H)
        self._began_s = workers.clock() if workers.clock is not None else 0.0

    @property
    def done(self) -> int:
        """Replications that every variant has."""
        return min(len(rows) for rows in self.rows.values())

    def column(self, name: str, key: str) -> tuple[float, ...]:
        """Return a figure of each replication of a variant."""
        k = self.keys[name].index(key)
        return tuple(row[k] for row in self.rows[name][: self.done])

    def finish(self) -> str:
        """Run all replications; returns why no more were run."""
        precision = self.runs.precision
        if precision is None:
            self.extend(self.runs.replications)
            return "asked"
        wanted = precision.first
        for _ in range(STAGES_MAX):
            if not self.extend(wanted):
                return "time"
            more = self._wanted(precision)
            if more == 0:
                return "precise"
            if wanted >= precision.most:
                return "most"
            wanted = min(max(wanted + 1, more), GROWTH * wanted, precision.most)
        return "most"

    def extend(self, to: int) -> bool:
        """Run replications until there are so many; whether there was time for all."""
        if self.done == 0:
            self._run([(0,)], to)  # what it takes is known after the first
        left = list(range(self.done, to))
        count = self._count(len(left))
        size = min(CHUNK_MAX, max(1, -(-len(left) // (CHUNKS * max(1, count)))))
        groups = [tuple(left[k : k + size]) for k in range(0, len(left), size)]
        return self._run(groups, to, count)

    def _count(self, replications: int) -> int:
        """Return how many workers pay; 1: none but this process."""
        if self._workers.count or self._workers.over != "processes":
            return self._workers.count or cores()
        work = 0.0
        for one in self.variants:
            parts = self.column(one.name, "good")[0] + self.column(one.name, "scrap")[0]
            work += parts * len(one.model.stations) * replications
        return cores() if work > PAYS else 1

    def _run(self, groups: Sequence[tuple[int, ...]], to: int, count: int = 1) -> bool:
        named = [(one.name, group) for group in groups for one in self.variants]
        items = [
            _chunk(one, self.runs, self._warm_ns, group)
            for group in groups
            for one in self.variants
        ]
        over: Over = "here" if count == 1 and self._workers.over != "ray" else self._workers.over
        rows = map_over(replicate, items, workers=count, over=over)
        for (name, _), found in zip(named, rows, strict=True):
            self._take(name, found)
            expected = to * len(self.variants)
            done = sum(len(each) for each in self.rows.values())
            _tell(self._workers, Progress(done=done, expected=expected, what="runs"))
            if name == self.variants[-1].name and self._is_late():
                rows.close()  # type: ignore[attr-defined]  # a generator
                return self.done >= to
        return True

    def _take(self, name: str, found: Rows) -> None:
        keys = self.keys.setdefault(name, found.keys)
        assert keys == found.keys, "replications of a model have the same figures"
        self.rows[name] += found.values
        self.worked_s[name] += found.worked_s

    def _is_late(self) -> bool:
        precision, clock = self.runs.precision, self._workers.clock
        if precision is None or precision.within_s is None or clock is None:
            return False
        return clock() - self._began_s > precision.within_s

    def _wanted(self, precision: Precision) -> int:
        """Return how many replications the precision needs, by what is known; 0: it is reached."""
        key = key_of(precision.measure, precision.at)
        first = self.variants[0].name
        for one in self.variants:
            if key not in self.keys[one.name]:
                near = nearest(key, self.keys[one.name])
                do = f"did you mean `{near}`?" if near else "see `linewright simulate --json`"
                raise RunsInvalid("precision", f"{one.name} has no figure `{key}`", do)
        base = self.column(first, key)
        others = [self.column(one.name, key) for one in self.variants[1:]]
        target = _target(precision, base)
        level = shared(self.runs.level, len(others))
        series = [[b - a for a, b in zip(base, each, strict=True)] for each in others]
        series = series or [list(base)]
        wide = [each for each in series if not half_width(each, level) <= target]
        return max((needed(each, target, level, precision.most) for each in wide), default=0)


def shared(level: float, comparisons: int) -> float:
    """Return the level of each of several intervals that hold all at once (Bonferroni).

    Examples
    --------
    >>> round(shared(0.95, 5), 9)
    0.99
    """
    return 1.0 - (1.0 - level) / max(1, comparisons)


def _target(precision: Precision, values: Sequence[float]) -> float:
    """Return the half-width asked for.

    A relative one `g` is taken as `g / (1 + g)` of the mean that was found, so that it holds of
    the true mean (Law, 9.4.1).
    """
    targets = []
    if precision.absolute is not None:
        targets.append(precision.absolute)
    if precision.relative is not None:
        share = precision.relative / (1.0 + precision.relative)
        targets.append(share * abs(estimated(values, 0.95)[0]))
    return min(targets)
