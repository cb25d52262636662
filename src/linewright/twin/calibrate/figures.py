"""What a line did, in the few figures by which a twin is judged: seen in records or simulated."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import FrozenMap, Line
from linewright.plant.records import LineState, StationState
from linewright.twin import advance, begin, compile_plant, from_line, outcome
from linewright.twin.calibrate.seeing.levels import mean_level
from linewright.twin.calibrate.seeing.observe import Observations, Seen
from linewright.twin.calibrate.seeing.timeline import NS
from linewright.twin.outcome import Outcome

__all__ = ["Figures", "Simulate", "by_twin", "seen_figures"]

WARM_SHARE = 0.25
"""Time run before it counts, as a share of what counts."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a line did in some time.

    Parameters
    ----------
    parts
        Good parts that left it.
    hours
        In which these were counted.
    blocked, starved, running, down
        Shares of the time in which the state of the station is known, by station.
    buffers
        Mean number of parts in each; only those that can be told.
    """

    parts: float
    hours: float
    blocked: FrozenMap[Address, float] = FrozenMap()
    starved: FrozenMap[Address, float] = FrozenMap()
    running: FrozenMap[Address, float] = FrozenMap()
    down: FrozenMap[Address, float] = FrozenMap()
    buffers: FrozenMap[Address, float] = FrozenMap()

    @property
    def per_h(self) -> float:
        """Throughput, good parts an hour."""
        return self.parts / self.hours if self.hours > 0.0 else 0.0

    def rows(self) -> Iterator[tuple[str, Address | None, float]]:
        """Yield each figure with its name and place."""
        yield "throughput_per_h", None, self.per_h
        for name in ("blocked", "starved", "buffers"):
            for address, value in getattr(self, name).items():
                yield name, address, value


Simulate = Callable[[Plant, int], Figures]
"""Runs a plant in its twin: the plant and the number of the replication give figures."""


def shares(seen: Sequence[Seen], state: StationState) -> FrozenMap[Address, float]:
    """Return the share of the known time that stations spent in a state."""
    found = {}
    for one in seen:
        known = sum(s for each, s in one.seconds.items() if each is not StationState.UNKNOWN)
        if known > 0.0:
            found[one.address] = one.seconds.get(state, 0.0) / known
    return FrozenMap(found)


def seen_figures(plant: Plant, seen: Observations) -> Figures:
    """Return what records say that a line did.

    Parameters
    ----------
    plant
        The plant.
    seen
        What was seen of the line.

    Notes
    -----
    Throughput is counted at the last station of a flow, at all stations elsewhere. Where
    counters tell no reading, gaps are taken out of the hours.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.calibrate import observe
    >>> made = PlantBuilder("acme")
    >>> shop = made.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> plant = made.done()
    >>> seen_figures(plant, observe(plant, "reno/shop/pump", [], 0, 3600 * 10**9)).hours
    1.0
    """
    ends = _ends(plant, seen)
    hours = 0.0
    for one in ends:
        blind = 0 if one.line.reads else _blind(one.line.gaps, seen.since_ns, seen.until_ns)
        hours += (seen.until_ns - seen.since_ns - blind) / NS / 3600.0 / len(ends)
    return Figures(
        parts=float(sum(one.good for one in ends)),
        hours=hours,
        blocked=shares(seen.stations, StationState.BLOCKED),
        starved=shares(seen.stations, StationState.STARVED),
        running=shares(seen.stations, StationState.RUNNING),
        down=shares(seen.stations, StationState.DOWN),
        buffers=_levels(plant, seen),
    )


def _ends(plant: Plant, seen: Observations) -> list[Seen]:
    """Return the stations at which parts leave."""
    group = dict(plant.groups()).get(seen.at)
    stations = list(seen.stations)
    return stations[-1:] if isinstance(group, Line) else stations


def _blind(gaps: Iterable[tuple[int, int]], since_ns: int, until_ns: int) -> int:
    return sum(max(0, min(b, until_ns) - max(a, since_ns)) for a, b in gaps)


def _levels(plant: Plant, seen: Observations) -> FrozenMap[Address, float]:
    group = dict(plant.groups()).get(seen.at)
    if not isinstance(group, Line):
        return FrozenMap()
    found: dict[Address, float] = {}
    by_name = {one.address.name: one for one in seen.stations}
    for up, down in zip(group.flow, group.flow[1:], strict=False):
        buffer = group.buffers.get(f"{up}-{down}")
        places = 0 if buffer is None else buffer.places
        level = mean_level(by_name[up].line, by_name[down].line, places, seen)
        if level is not None:
            found[Address(f"{seen.at}/{up}-{down}")] = level
    return FrozenMap(found)


def by_twin(
    at: Address | str,
    hours: float,
    *,
    start_ns: int = 0,
    seed: int = 1,
    begins: LineState | None = None,
) -> Simulate:
    """Return what runs a line in its twin, for `validity` and `predict`.

    Parameters
    ----------
    at
        The line.
    hours
        How long what counts lasts; a quarter of it is run before.
    start_ns
        When it begins to count, for the calendar.
    seed
        Of the random numbers; the replication makes them differ.
    begins
        The line as it was, see `present`: each run begins there and counts at once; `start_ns`
        is not looked at. None: it begins empty, and is run for a while before it counts.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> by_twin("reno/shop/pump", 2.0)(plant.done(), 0).per_h
    75.0
    """
    length_ns = round(hours * 3600 * NS)
    warm_ns = min(start_ns, round(WARM_SHARE * length_ns)) if start_ns else 0
    first_ns = start_ns or round(WARM_SHARE * length_ns)

    def simulate(plant: Plant, replication: int) -> Figures:
        model = compile_plant(plant, at)
        if begins is not None:
            state = from_line(model, begins, seed=seed, replication=replication)
            later = advance(model, state, begins.as_of_ns + length_ns)
            return _between(outcome(model, state), outcome(model, later))
        begun_ns = first_ns - warm_ns if start_ns else 0
        state = begin(model, at_ns=begun_ns, seed=seed, replication=replication)
        state = advance(model, state, first_ns)
        later = advance(model, state, first_ns + length_ns)
        return _between(outcome(model, state), outcome(model, later))

    return simulate


def _mean_levels(before: Outcome, now: Outcome) -> FrozenMap[Address, float]:
    """Return the mean parts in each buffer between two outcomes: mean times time, exactly."""
    first_ns, last_ns = before.t_ns - before.since_ns, now.t_ns - now.since_ns
    sums = dict.fromkeys(map(str, now.buffers), 0.0)
    for old, new in zip(before.stores, now.stores, strict=True):
        name = new.name.removesuffix("+")
        if name in sums:
            sums[name] += new.mean * last_ns - old.mean * first_ns
    return FrozenMap({each: sums[str(each)] / (last_ns - first_ns) for each in now.buffers})


def _between(before: Outcome, now: Outcome) -> Figures:
    spent: dict[StationState, dict[Address, float]] = {}
    seconds = (now.t_ns - before.t_ns) / NS
    for old, new in zip(before.stations, now.stations, strict=True):
        whole = sum(new.seconds.values()) - sum(old.seconds.values())
        for state, value in new.seconds.items():
            share = (value - old.seconds.get(state, 0.0)) / whole
            spent.setdefault(state, {})[new.address] = share
    none: dict[Address, float] = {}
    return Figures(
        parts=float(now.good - before.good),
        hours=seconds / 3600.0,
        blocked=FrozenMap(spent.get(StationState.BLOCKED, none)),
        starved=FrozenMap(spent.get(StationState.STARVED, none)),
        running=FrozenMap(spent.get(StationState.RUNNING, none)),
        down=FrozenMap(spent.get(StationState.DOWN, none)),
        buffers=_mean_levels(before, now),
    )
