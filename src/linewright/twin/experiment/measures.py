"""Which figures a run gives: what came after the warm-up, from two outcomes of it."""

import math
from collections.abc import Iterator, Mapping, Sequence

from linewright.plant.model import FrozenMap
from linewright.plant.records import StationState
from linewright.twin.experiment.results import NS_PER_H, key_of
from linewright.twin.outcome import (
    CrewOutcome,
    Outcome,
    ProductOutcome,
    StationOutcome,
    StoreOutcome,
)

__all__ = ["MEASURES", "figures", "working_s"]

MEASURES: Mapping[str, tuple[str, str]] = FrozenMap(
    {
        "throughput": ("1/h", "good parts an hour of working time"),
        "good": ("pieces", "good parts that left; of a station: that it ended"),
        "scrap": ("pieces", "parts scrapped"),
        "scrap_share": ("share", "parts scrapped of all that ended"),
        "working": ("share", "all time in which the place works"),
        "wip": ("pieces", "parts inside, on the mean of all time"),
        "level": ("pieces", "parts in a buffer or queue, on the mean of all time"),
        "lead_time": ("s", "mean time of a good part from its release to its end"),
        "rework": ("pieces", "parts sent back to be done again"),
        "escaped": ("pieces", "good parts that are bad without anyone knowing"),
        "late": ("pieces", "good parts after their due date"),
        "energy": ("kWh", "electrical energy, where the plant file gives power"),
        "energy_per_part": ("kWh", "electrical energy for each good part"),
        "running": ("share", "working time in which a station runs"),
        "starved": ("share", "working time in which a station waits for parts"),
        "blocked": ("share", "working time in which a station waits for room"),
        "down": ("share", "working time in which a station is down or waits for repair"),
        "set_up": ("share", "working time in which a station is set up"),
        "waiting": ("share", "working time in which a station waits for people or things"),
        "planned_stop": ("share", "working time in which a station is maintained"),
        "idle": ("share", "all time in which a station is closed"),
        "failures": ("1", "failures of a station"),
        "maintained": ("1", "times that a station was maintained"),
        "crew_wait": ("share", "working time in which a station, down, waits for a crew"),
        "busy": ("share", "people, vehicles or tools in use, of those that are there"),
    }
)
"""Every figure: its unit and what it tells."""

SHARES = (
    StationState.RUNNING,
    StationState.STARVED,
    StationState.BLOCKED,
    StationState.DOWN,
    StationState.SET_UP,
    StationState.PLANNED_STOP,
)
"""States whose shares of working time are told; with `waiting` they sum to 1."""


ROUNDING = 1e-9
"""Shares and levels below it are the last digits of differences of sums."""


def figures(before: Outcome, after: Outcome, on_stations: Sequence[int] = ()) -> dict[str, float]:
    """Return the figures of the time between two outcomes of one run.

    Parameters
    ----------
    before, after
        At the end of the warm-up and at the end of the run.
    on_stations
        Samples of how many parts are inside and in no queue; none: `wip` is not told.

    Returns
    -------
    dict
        By key, see `linewright.twin.experiment.key_of`; every replication of a model gives the
        same keys. nan where a share has nothing to be a share of.

    Notes
    -----
    Everything but the samples is a difference of two sums, so that a warm-up leaves no trace:
    the level of a queue between two instants is the difference of level times time, exactly.
    Cost: linear in the numbers of stations, queues, products and crews.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import advance, begin, compile_line, outcome
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> state = begin(model, at_ns=0, seed=1)
    >>> later = advance(model, state, 3600 * 10**9, jit=False)
    >>> figures(outcome(model, state), outcome(model, later))["throughput"]
    75.0
    """
    hours = working_s(after, before) / 3600.0
    found = _of_all(before, after, hours)
    levels = _levels(before, after)
    if on_stations:
        found["wip"] = math.fsum(levels.values()) + sum(on_stations) / len(on_stations)
    found |= {key_of("level", name): mean for name, mean in levels.items()}
    found |= _of_products(before, after, hours)
    for first, last in zip(before.stations, after.stations, strict=True):
        found.update(_of_station(first, last))
    for was, now in zip(before.crews, after.crews, strict=True):
        found[key_of("busy", named(now))] = _busy(was, now, (before, after))
    return found


def working_s(after: Outcome, before: Outcome | None = None) -> float:
    """Return the working time between two outcomes of one run, in seconds.

    Parameters
    ----------
    after, before
        The outcomes; without the first of the two, since the run began.

    Returns
    -------
    float
        0 where it is closed all the time.

    Notes
    -----
    The time that the station with least of it spent otherwise than closed: one that is
    repaired when work ends stays so. A station that is closed all the time tells nothing. Of a
    station with several places it is the mean of them.
    """
    whole = (after.t_ns - (after.since_ns if before is None else before.t_ns)) / 1e9
    spent = []
    for k, one in enumerate(after.stations):
        first = None if before is None else before.stations[k]
        total, closed = _spent(one, first), _closed(one, first)
        if total > closed:
            spent.append(whole * (1.0 - closed / total))
    return min(spent, default=0.0)


def rounded_off(value: float) -> float:
    """Return a share or a level; what lies nearer to 0 than a sum is exact, or below it, is 0."""
    return value if value > ROUNDING else 0.0


def named(crew: CrewOutcome) -> str:
    """Return by which name a crew is told: its own, or what it is and its name."""
    return crew.name if crew.kind == "crew" else f"{crew.kind} {crew.name}"


def _of_all(before: Outcome, after: Outcome, hours: float) -> dict[str, float]:
    good, scrap = after.good - before.good, after.scrap - before.scrap
    found = {
        "throughput": good / hours if hours > 0 else math.nan,
        "good": float(good),
        "scrap": float(scrap),
        "scrap_share": scrap / (good + scrap) if good + scrap else math.nan,
        "working": hours * NS_PER_H / (after.t_ns - before.t_ns),
        "lead_time": _lead_s(_leaving(before), _leaving(after)),
        "rework": float(_sum(after, "rework") - _sum(before, "rework")),
        "escaped": float(after.escaped - before.escaped),
        "late": float(
            sum(one.late for one in after.products) - sum(one.late for one in before.products)
        ),
    }
    if any(one.energy_kwh is not None for one in after.stations):
        energy = after.energy_kwh - before.energy_kwh
        found["energy"] = energy
        found["energy_per_part"] = energy / good if good else math.nan
    return found


def _sum(outcome: Outcome, name: str) -> int:
    return sum(getattr(one, name) for one in outcome.stations)


def _leaving(outcome: Outcome) -> tuple[ProductOutcome, ...]:
    """Return the products that leave: those that no store keeps for others to take."""
    kept = {one.name for one in outcome.stores}
    return tuple(one for one in outcome.products if f"store of {one.name}" not in kept)


def _lead_s(before: Sequence[ProductOutcome], after: Sequence[ProductOutcome]) -> float:
    """Return the mean time of the parts that ended between two outcomes; nan without any."""
    parts = sum(one.good for one in after) - sum(one.good for one in before)
    total = math.fsum(one.good * one.lead_s for one in after if one.good)
    total -= math.fsum(one.good * one.lead_s for one in before if one.good)
    return total / parts if parts else math.nan


def _levels(before: Outcome, after: Outcome) -> dict[str, float]:
    """Return the mean parts in each buffer, ways to it included, and in each other queue."""
    found = {str(address): 0.0 for address in after.buffers}
    for was, now in zip(before.stores, after.stores, strict=True):
        name = now.name.removesuffix("+")
        found[name] = found.get(name, 0.0) + _level(was, now, (before, after))
    return found


def _level(was: StoreOutcome, now: StoreOutcome, run: tuple[Outcome, Outcome]) -> float:
    first, last = (each.t_ns - each.since_ns for each in run)
    if last == first:
        return float(now.count)
    return rounded_off((now.mean * last - was.mean * first) / (last - first))


def _of_products(before: Outcome, after: Outcome, hours: float) -> dict[str, float]:
    """Return what came of each product, where there are several."""
    found: dict[str, float] = {}
    if len(after.products) < 2:  # noqa: PLR2004  # of one product the whole tells all
        return found
    for was, now in zip(before.products, after.products, strict=True):
        good = now.good - was.good
        found[key_of("throughput", now.name)] = good / hours if hours > 0 else math.nan
        found[key_of("lead_time", now.name)] = _lead_s((was,), (now,))
        for name in ("good", "scrap", "escaped", "late"):
            found[key_of(name, now.name)] = float(getattr(now, name) - getattr(was, name))
    return found


def _spent(now: StationOutcome, was: StationOutcome | None) -> float:
    whole = math.fsum(now.seconds.values())
    return whole if was is None else whole - math.fsum(was.seconds.values())


def _closed(now: StationOutcome, was: StationOutcome | None) -> float:
    """Return the seconds in which a station was closed: idle, and not waiting for people."""
    closed = now.seconds.get(StationState.IDLE, 0.0) - now.waiting_s
    if was is not None:
        closed -= was.seconds.get(StationState.IDLE, 0.0) - was.waiting_s
    return max(0.0, closed)


def _of_station(was: StationOutcome, now: StationOutcome) -> Iterator[tuple[str, float]]:
    at = now.address
    whole = _spent(now, was)
    working = whole - _closed(now, was)
    spent = {
        state.value: now.seconds.get(state, 0.0) - was.seconds.get(state, 0.0) for state in SHARES
    }
    spent["waiting"] = now.waiting_s - was.waiting_s
    spent["crew_wait"] = now.crew_s - was.crew_s
    for name, seconds in spent.items():
        yield key_of(name, at), rounded_off(seconds / working) if working > 0 else math.nan
    yield key_of("idle", at), rounded_off(1.0 - working / whole) if whole > 0 else math.nan
    for name in ("good", "scrap", "rework"):
        yield key_of(name, at), float(getattr(now, name) - getattr(was, name))
    for name in ("failures", "maintained"):
        counts = (sum(getattr(each, name).values()) for each in (now, was))
        yield key_of(name, at), float(next(counts) - next(counts))
    if now.energy_kwh is not None and was.energy_kwh is not None:
        yield key_of("energy", at), now.energy_kwh - was.energy_kwh


def _busy(was: CrewOutcome, now: CrewOutcome, run: tuple[Outcome, Outcome]) -> float:
    first, last = (each.t_ns - each.since_ns for each in run)
    present = now.present * last - was.present * first
    if present <= 0:
        return math.nan
    return rounded_off((now.busy * last - was.busy * first) / present)
