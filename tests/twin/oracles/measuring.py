"""How a figure is measured: replications of a run, and Student's interval of 99.9 %.

The one place of the oracles that knows the twin.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from scipy import special

from linewright.plant.records import StationState
from linewright.twin import Model, advance, begin, compile_plant, outcome
from linewright.twin.outcome import Outcome
from tests.twin.oracles.plants import Made

NS = 10**9
RUNS = 20
SAMPLES = 250
"""Looks at the stations in one run at least, where parts on them are counted."""
LOOK_S = 500.0
"""Seconds between two looks at most."""
FULL = 20
"""How much longer runs are when they are not quick."""
CONFIDENCE = 0.999


@dataclass(frozen=True)
class Run:
    """One replication after its warm-up: where it began and ended.

    `seen` are the parts on stations, at looks in between.
    """

    first: Outcome
    last: Outcome
    seen: tuple[int, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.last.t_ns - self.first.t_ns) / NS

    def level(self, name: str) -> float:
        """Return the mean parts in a queue, exactly: the difference of mean times time."""
        sums = [
            sum(one.mean for one in each.stores if one.name == name) * (each.t_ns - each.since_ns)
            for each in (self.first, self.last)
        ]
        return (sums[1] - sums[0]) / (self.last.t_ns - self.first.t_ns)

    @property
    def queued(self) -> float:
        """Mean parts in all queues."""
        return sum(self.level(name) for name in {one.name for one in self.last.stores})


@dataclass(frozen=True)
class Figure:
    """Something that is read off a run."""

    name: str
    unit: str
    read: Callable[[Run], float]
    is_sampled: bool = False


THROUGHPUT = Figure("throughput", "1/s", lambda run: _good(run) / run.seconds)
SCRAP_SHARE = Figure("scrap share", "share", lambda run: _scrap(run) / (_scrap(run) + _good(run)))
INSIDE = Figure(
    "inside", "parts", lambda run: run.queued + statistics.fmean(run.seen), is_sampled=True
)


def _good(run: Run) -> int:
    return run.last.good - run.first.good


def _scrap(run: Run) -> int:
    return run.last.scrap - run.first.scrap


def level(k: int) -> Figure:
    """Return the mean parts in buffer `k` of the line."""
    return Figure(f"level of buffer {k}", "parts", lambda run: run.level([*run.last.buffers][k]))


def wait_s(rate: float) -> Figure:
    """Return the mean time in the queue of the only station, by Little's law."""

    def read(run: Run) -> float:
        station = run.last.stations[0].address
        return run.level(f"{station.parent}/-{station.name}") / rate

    return Figure("wait", "s", read)


def share(i: int, state: str) -> Figure:
    """Return the share of time that station `i` is in a state."""
    wanted = StationState(state)

    def read(run: Run) -> float:
        spent = {
            each: seconds - run.first.stations[i].seconds[each]
            for each, seconds in run.last.stations[i].seconds.items()
        }
        return spent[wanted] / sum(spent.values())

    return Figure(f"share of station {i} {state}", "share", read)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A plant and an exact number that it must show.

    Parameters
    ----------
    name
        Unique.
    plant
        Makes the plant, and tells what is played.
    figure, expected
        What is measured, and the exact answer.
    source
        Who says so.
    needs
        Features of the kernel that it is about, beyond a serial line.
    warm_up_s, run_s
        Of each replication when quick.
    precision
        Widest half-width that still says something, as a share of what is expected.
    resolution
        Half-width at least, where a count is exact but for its last part.
    """

    name: str
    plant: Callable[[], Made]
    figure: Figure
    expected: float
    source: str
    needs: frozenset[str] = frozenset()
    warm_up_s: float = 2_000.0
    run_s: float = 20_000.0
    precision: float = 0.02
    resolution: float = 0.0

    @property
    def unit(self) -> str:
        """Unit of the figure."""
        return self.figure.unit


def compiled(made: Made) -> Model:
    """Return the model of a plant."""
    plant, where = made
    return compile_plant(plant, where)


def played(
    model: Model, figure: Figure, seconds: tuple[float, float], *, seed: int, replication: int
) -> Run:
    """Return one replication; `seconds`: of the warm-up, and of the run after it."""
    start = round(seconds[0] * NS)
    end = start + round(seconds[1] * NS)
    state = advance(model, begin(model, at_ns=0, seed=seed, replication=replication), start)
    first, seen = outcome(model, state), []
    if figure.is_sampled:
        looks = max(SAMPLES, round(seconds[1] / LOOK_S))
        for k in range(looks):
            state = advance(model, state, start + (end - start) * k // looks)
            seen.append(_on_stations(outcome(model, state)))
    state = advance(model, state, end)
    return Run(first, outcome(model, state), tuple(seen))


def _on_stations(now: Outcome) -> int:
    return now.inside - sum(one.count for one in now.stores)


def interval(values: list[float]) -> tuple[float, float]:
    """Return the mean of independent runs and the half-width of its interval of 99.9 %."""
    quantile = float(special.stdtrit(len(values) - 1, (1.0 + CONFIDENCE) / 2.0))
    return statistics.fmean(values), quantile * statistics.stdev(values) / len(values) ** 0.5


def measured(anchor: Anchor, seed: int, *, quick: bool) -> tuple[float, float, float]:
    """Return what is expected, the mean that is found, and its half-width at 99.9 %."""
    model = compiled(anchor.plant())
    seconds = (anchor.warm_up_s, anchor.run_s * (1 if quick else FULL))
    found = [
        anchor.figure.read(played(model, anchor.figure, seconds, seed=seed, replication=run))
        for run in range(RUNS)
    ]
    mean, half = interval(found)
    return anchor.expected, mean, max(half, anchor.resolution)
