"""The twin beside the simpy model: the same measures of both, and what differs for certain.

All that these tests use of the kernel is in `Kernel`; it is the one place to change with it.
"""

import math
from collections.abc import Sequence
from functools import cache

from scipy import stats

from linewright import twin
from linewright.plant import Plant
from linewright.plant.language import load_text
from linewright.plant.records import StationState
from linewright.twin.outcome import Outcome, ProductOutcome, StationOutcome
from tests.twin.oracles.simpy_plant import Result, simulate
from tests.twin.pairs import HORIZON_S, WARM_UP_S, Named, pair_plants, single_plants

NS = 10**9
SURE = 0.9999
"""Coverage of the interval of a difference."""
SIMPY_RUNS = 16
"""Replications in simpy; the kernel has four times as many."""
FLOORS = {
    "rate": 0.01, "share": 0.006, "level": 0.05, "busy": 0.006, "lead": 0.01, "energy": 0.01
}  # fmt: skip
"""Differences that are let pass: shares and levels as they are, the others in proportion."""
PROPORTIONAL = frozenset(["rate", "lead", "energy"])
STATES = {
    "running": StationState.RUNNING,
    "starved": StationState.STARVED,
    "blocked": StationState.BLOCKED,
    "down": StationState.DOWN,
    "set_up": StationState.SET_UP,
    "maintenance": StationState.PLANNED_STOP,
}
"""States of simpy by those of the twin; `waiting` and `idle` are told apart by its seconds."""

Measures = dict[str, float]


class Kernel:
    """One plant in the twin."""

    def __init__(self, plant: Plant, at: str) -> None:
        self.model = twin.compile_plant(plant, at)

    def measures(self, run: int) -> Measures:
        """Return the measures of one replication."""
        model = self.model
        state = twin.begin(model, at_ns=0, seed=11, replication=run)
        state = twin.advance(model, state, round(WARM_UP_S * NS))
        first = twin.outcome(model, state)
        last = twin.outcome(model, twin.advance(model, state, round(HORIZON_S * NS)))
        return between(first, last)


def between(first: Outcome, last: Outcome) -> Measures:
    """Return the measures of the time between two outcomes of a run."""
    hours = (last.t_ns - first.t_ns) / NS / 3600.0
    found = {
        "rate good": (last.good - first.good) / hours,
        "rate scrap": (last.scrap - first.scrap) / hours,
        "rate escaped": (last.escaped - first.escaped) / hours,
        "energy": (last.energy_kwh - first.energy_kwh) / hours,
    }
    reworked = 0
    for before, after in zip(first.stations, last.stations, strict=True):
        reworked += after.rework - before.rework
        found |= _spent(before, after)
    found["rate rework"] = reworked / hours
    for one, two in zip(first.products, last.products, strict=True):
        found |= _of_product(one, two, hours)
    for then, now in zip(first.stores, last.stores, strict=True):
        name = f"level {queue_name(now.name)}"
        area = now.mean * (last.t_ns - last.since_ns) - then.mean * (first.t_ns - first.since_ns)
        found[name] = found.get(name, 0.0) + area / (last.t_ns - first.t_ns)
    for early, late in zip(first.crews, last.crews, strict=True):
        if late.kind == "crew":
            ends = (first.t_ns - first.since_ns, last.t_ns - last.since_ns)
            busy = late.busy * ends[1] - early.busy * ends[0]
            present = late.present * ends[1] - early.present * ends[0]
            found[f"busy {late.name}"] = busy / max(present, 1.0)
    return found


def queue_name(name: str) -> str:
    """Return the name of a queue without what tells the two ends of a way apart."""
    group, slash, last = name.rpartition("/")
    return f"{group}{slash}{last.removeprefix('-').removesuffix('+')}"


def _spent(before: StationOutcome, after: StationOutcome) -> Measures:
    spent = {state: each - before.seconds[state] for state, each in after.seconds.items()}
    total = sum(spent.values())
    waiting = after.waiting_s - before.waiting_s
    crew = after.crew_s - before.crew_s
    shares = {name: spent.get(state, 0.0) for name, state in STATES.items()}
    shares |= {"waiting": waiting, "idle": spent[StationState.IDLE] - waiting, "for_crew": crew}
    return {f"share {after.address} {name}": each / total for name, each in shares.items()}


def _of_product(one: ProductOutcome, two: ProductOutcome, hours: float) -> Measures:
    found = {f"rate good {two.name}": (two.good - one.good) / hours}
    if two.good > one.good:
        flow = two.lead_s * two.good - (one.lead_s * one.good if one.good else 0.0)
        found[f"lead {two.name}"] = flow / (two.good - one.good)
    return found


def of_simpy(result: Result) -> Measures:
    """Return the measures of a run in simpy."""
    found = {
        "rate good": sum(result.good.values()) / result.hours,
        "rate scrap": sum(result.scrap.values()) / result.hours,
        "rate escaped": result.escaped / result.hours,
        "rate rework": result.reworked / result.hours,
        "energy": result.energy_kwh / result.hours,
    }
    found |= {f"rate good {name}": made / result.hours for name, made in result.good.items()}
    found |= {f"lead {name}": each for name, each in result.lead_s.items()}
    found |= {f"busy {name}": each for name, each in result.busy.items()}
    for address, shares in result.shares.items():
        found |= {f"share {address} {state}": share for state, share in shares.items()}
    return found | {f"level {name}": level for name, level in result.levels.items()}


def differences(ours: Sequence[Measures], theirs: Sequence[Measures]) -> list[str]:
    """Return the measures whose means differ for certain: what, the kernel's, simpy's.

    By Welch's interval, widened by a floor for what nobody needs to know.
    """
    found = []
    for name in sorted(set.intersection(*(set(run) for run in (*ours, *theirs)))):
        one, two = ([run[name] for run in runs] for runs in (ours, theirs))
        (mean, error, free), (other, other_error, other_free) = _spread(one), _spread(two)
        squares = error**2 + other_error**2
        reach = 0.0
        if squares > 0.0:
            degrees = squares**2 / (error**4 / free + other_error**4 / other_free)
            reach = math.sqrt(squares) * float(stats.t.ppf(0.5 + SURE / 2.0, degrees))
        floor = FLOORS[name.partition(" ")[0]]
        floor *= max(1.0, abs(other)) if name.partition(" ")[0] in PROPORTIONAL else 1.0
        if abs(mean - other) > reach + floor:
            found.append(f"{name}: {mean:.4g}, in simpy {other:.4g} +/- {reach:.2g}")
    return found


def _spread(values: Sequence[float]) -> tuple[float, float, int]:
    """Return mean, standard error and degrees of freedom."""
    mean = math.fsum(values) / len(values)
    variance = math.fsum((one - mean) ** 2 for one in values) / (len(values) - 1)
    return mean, math.sqrt(variance / len(values)), len(values) - 1


@cache
def plants() -> dict[str, Named]:
    """Return the plants by name."""
    return {one[0]: one for one in (*single_plants(), *pair_plants())}


def compare(name: str, runs: int = SIMPY_RUNS) -> list[str]:
    """Return what differs for certain between the kernel and simpy on a plant."""
    _, text, at = plants()[name]
    plant = load_text(text)
    kernel = Kernel(plant, at)
    ours = [kernel.measures(run) for run in range(4 * runs)]
    theirs = [
        of_simpy(simulate(plant, at, horizon_s=HORIZON_S, warm_up_s=WARM_UP_S, seed=seed))
        for seed in range(runs)
    ]
    return differences(ours, theirs)
