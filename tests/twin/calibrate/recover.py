"""Data of plants with known parameters, with holes in it, and how well they are found again."""

import random
from collections.abc import Iterator, Sequence

import msgspec

from linewright.plant import Plant, PlantBuilder
from linewright.plant.records import (
    Gap,
    GapReason,
    How,
    Parts,
    Record,
    State,
    StationState,
    Trace,
    TraceKind,
)
from linewright.twin import Ring, advance, begin, compile_line
from linewright.twin.calibrate import (
    Calibration,
    Figures,
    bottleneck,
    by_twin,
    calibrate,
    predict,
)

NS = 10**9
AT = "reno/shop/line"
CHUNK_NS = 3600 * NS
WARM_NS = 4 * 3600 * NS
EVENTS = 400_000
MISSING = 0.005
LATE = 0.05
TWICE = 0.01
GAPS = 3
"""Holes injected: shares of records, and times without data at each station."""

ENTERS = {
    TraceKind.BEGAN: StationState.RUNNING,
    TraceKind.BLOCKED: StationState.BLOCKED,
    TraceKind.STARVED: StationState.STARVED,
    TraceKind.FAILED: StationState.DOWN,
    TraceKind.SET_UP_BEGAN: StationState.SET_UP,
}


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """What a station of a made-up line is: mean, spread and family of each law."""

    cycle: tuple[float, float, str]
    every: tuple[float, float, str]
    repair: tuple[float, float, str]
    scrap: float

    def text(self, which: str) -> str:
        """Return a law in the spelling of the plant file."""
        mean, cv, family = getattr(self, which)
        alone = family == "exponential"
        return f"{mean:.6f} s {family}" + ("" if alone else f" cv {cv:.6f}")


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up line."""

    stations: tuple[Station, ...]
    places: tuple[int, ...]

    def plant(self) -> Plant:
        """Return it as a plant."""
        made = PlantBuilder("acme")
        shop = made.site("reno", timezone="UTC", currency="USD").area("shop")
        flow: list[str | int] = []
        for k in range(len(self.stations)):
            flow += [f"m{k}", *self.places[k : k + 1]]
        line = shop.line("line", flow=flow)
        for k, one in enumerate(self.stations):
            cycle = {"time": one.text("cycle"), "scrap": one.scrap}
            fails = {"every": one.text("every"), "repair": one.text("repair")}
            line.station(f"m{k}", does={f"do{k}": cycle}, fails=fails)
        return made.done()

    def believed(self) -> Plant:
        """Return the plant as somebody thinks it is: same families, other numbers."""
        off = [
            msgspec.structs.replace(
                one,
                cycle=(one.cycle[0] * 1.2, one.cycle[1], one.cycle[2]),
                every=(one.every[0] * 0.6, one.every[1], one.every[2]),
                repair=(one.repair[0] * 1.5, one.repair[1], one.repair[2]),
                scrap=0.0,
            )
            for one in self.stations
        ]
        return msgspec.structs.replace(self, stations=tuple(off)).plant()


def random_truth(seed: int, stations: int = 3) -> Truth:
    """Return a line with laws of random families and sizes."""
    chance = random.Random(seed)  # noqa: S311  # a test plant

    def law(
        low: float, high: float, families: Sequence[str], cvs: tuple[float, float]
    ) -> tuple[float, float, str]:
        family = chance.choice(families)
        cv = 1.0 if family == "exponential" else chance.uniform(*cvs)
        return chance.uniform(low, high), cv, family

    made = tuple(
        Station(
            cycle=law(20.0, 30.0, ("gamma", "lognormal", "weibull"), (0.1, 0.5)),
            every=law(
                700.0, 1500.0, ("exponential", "exponential", "weibull", "gamma"), (0.5, 0.8)
            ),
            repair=law(60.0, 200.0, ("exponential", "lognormal", "gamma"), (0.3, 0.8)),
            scrap=chance.choice((0.0, 0.01, 0.03)),
        )
        for _ in range(stations)
    )
    places = tuple(chance.randrange(2, 9) for _ in range(stations - 1))
    return Truth(stations=made, places=places)


def traced(plant: Plant, seed: int, until_ns: int) -> list[Trace]:
    """Return what a run of a line leaves in its trace."""
    model = compile_line(plant, AT)
    ring = Ring(model, events=EVENTS)
    state = begin(model, at_ns=0, seed=seed)
    found: list[Trace] = []
    t_ns = 0
    while t_ns < until_ns:
        t_ns = min(until_ns, t_ns + CHUNK_NS)
        state = advance(model, state, t_ns, trace=ring)
        found += ring.read()
    assert not ring.dropped, "the ring is large enough"
    return found


def recorded(plant: Plant, traces: Sequence[Trace]) -> list[Record]:
    """Return the records that live would make of a run, by time."""
    found: list[Record] = []
    for address, station in plant.stations():
        mine = [one for one in traces if one.element == address]
        found += _states(address, list(station.fails), mine)
        found += _parts(address, mine)
    return sorted(found, key=lambda one: one.t_ns)


def _head(address: str, t_ns: int) -> dict[str, object]:
    return {
        "address": address,
        "t_ns": t_ns,
        "seen_ns": t_ns,
        "plant_rev": "r1",
        "how": How.MACHINE,
        "source": "live",
    }


def _states(address: str, modes: Sequence[str], traces: Sequence[Trace]) -> Iterator[State]:
    """Yield each change of state; of several at one instant the last."""
    told: tuple[StationState, str | None] | None = None
    busy = False
    for k, one in enumerate(traces):
        state, reason = ENTERS.get(one.kind), None
        busy = (busy or one.kind is TraceKind.BEGAN) and one.kind is not TraceKind.ENDED
        if one.kind is TraceKind.FAILED:
            reason = modes[round(one.value)]
        elif one.kind in (TraceKind.REPAIRED, TraceKind.SET_UP_ENDED):
            state = StationState.RUNNING if busy else StationState.IDLE
        now = told if state is None else (state, reason)
        pending = k + 1 < len(traces) and traces[k + 1].t_ns == one.t_ns
        if state is not None and pending:
            later = [each for each in traces[k + 1 : k + 8] if each.t_ns == one.t_ns]
            if any(each.kind in ENTERS or each.kind is TraceKind.REPAIRED for each in later):
                continue
        if now is not None and now != told:
            told = now
            yield State(**_head(address, one.t_ns), state=now[0], reason=now[1])  # type: ignore[arg-type]  # fields


def _parts(address: str, traces: Sequence[Trace]) -> Iterator[Parts]:
    """Yield each part when its cycle ends, on a counter for good and one for scrap."""
    reading = {"good": 0, "scrap": 0}
    before: dict[str, int | None] = {"good": None, "scrap": None}
    for one in traces:
        if one.kind is not TraceKind.ENDED:
            continue
        kind = "good" if one.value > 0.5 else "scrap"
        reading[kind] += 1
        yield Parts(
            **_head(address, one.t_ns),  # type: ignore[arg-type]  # fields
            from_ns=before[kind],
            counter=kind,
            reading=reading[kind],
            good=int(kind == "good"),
            scrap=int(kind == "scrap"),
        )
        before[kind] = one.t_ns


def damaged(records: Sequence[Record], seed: int, since_ns: int, until_ns: int) -> list[Record]:
    """Return the records with gaps that are told, records missing, late and twice."""
    chance = random.Random(seed)  # noqa: S311  # a test's damage
    gaps = [
        _gap(address, chance.randrange(since_ns, until_ns), chance.randrange(60, 1200) * NS)
        for address in sorted({one.address for one in records})
        for _ in range(GAPS)
    ]
    left: list[Record] = list(gaps)
    for one in records:
        lost = any(g.address == one.address and g.t_ns <= one.t_ns < g.until_ns for g in gaps)
        if lost or chance.random() < MISSING:
            continue
        left.append(one)
        if chance.random() < TWICE:
            left.append(one)
    order = [(k + (500.0 if chance.random() < LATE else 0.0), k) for k in range(len(left))]
    return [left[k] for _, k in sorted(order)]


def _gap(address: str, t_ns: int, length_ns: int) -> Gap:
    return Gap(
        **_head(address, t_ns),  # type: ignore[arg-type]  # fields
        of_source=address.rpartition("/")[2],
        epoch=1,
        until_ns=t_ns + length_ns,
        reason=GapReason.OVERRUN,
    )


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One made-up line, calibrated from its damaged records."""

    truth: Truth
    records: list[Record]
    found: Calibration


def case(seed: int, hours: float = 20.0) -> Case:
    """Return one line, run, recorded, damaged and calibrated."""
    truth = random_truth(seed)
    until_ns = WARM_NS + round(hours * 3600 * NS)
    whole = recorded(truth.plant(), traced(truth.plant(), seed, until_ns))
    records = damaged([one for one in whole if one.t_ns >= WARM_NS], seed, WARM_NS, until_ns)
    found = calibrate(truth.believed(), AT, records, since_ns=WARM_NS, until_ns=until_ns)
    return Case(truth=truth, records=records, found=found)


def covered(one: Case) -> Iterator[tuple[str, bool]]:
    """Yield each parameter that was estimated, and whether its interval holds the true value."""
    for estimate in one.found.estimates:
        if estimate.value is None or estimate.parameter.startswith("set_up"):
            continue
        station = one.truth.stations[int(estimate.address.rpartition("/m")[2])]
        true, kind = _true(station, estimate.parameter)
        assert estimate.low is not None, "an estimate has an interval"
        assert estimate.high is not None, "an estimate has an interval"
        yield kind, estimate.low <= true <= estimate.high


def _true(station: Station, parameter: str) -> tuple[float, str]:
    *_, key, which = parameter.split(".")
    if which in ("mean", "cv"):
        law = {"time": station.cycle, "every": station.every, "repair": station.repair}[key]
        return law[0] if which == "mean" else law[1], f"{key}.{which}"
    return station.scrap, which


def coverage(cases: int, hours: float = 20.0, first: int = 0) -> dict[str, tuple[int, int]]:
    """Return how many intervals hold the truth, of how many, by kind of parameter and in all."""
    found: dict[str, tuple[int, int]] = {}
    for seed in range(first, first + cases):
        for kind, inside in covered(case(seed, hours)):
            for each in (kind, "all"):
                hits, of = found.get(each, (0, 0))
                found[each] = hits + inside, of + 1
    return found


HELD_H = 200.0
"""Held-out time: long, so that it is the line that is compared and not its luck."""
FASTER = 0.9
MARGIN = 1.15


def _held(plant: Plant, seed: int, runs: int = 2, hours: float = HELD_H) -> Figures:
    """Return the mean throughput of some runs of held-out time."""
    run = by_twin(AT, hours, seed=seed)
    found = [run(plant, k) for k in range(runs)]
    return Figures(parts=sum(one.parts for one in found), hours=sum(one.hours for one in found))


def throughput_errors(cases: int, hours: float = 100.0, first: int = 500) -> list[float]:
    """Return the relative error of each calibrated twin's throughput on held-out time."""
    found = []
    for seed in range(first, first + cases):
        one = case(seed, hours)
        true = _held(one.truth.plant(), seed + 10_000)
        found.append(abs(_held(one.found.plant, seed + 20_000).per_h / true.per_h - 1.0))
    return found


def true_bottleneck(truth: Truth, seed: int) -> tuple[int, float]:
    """Return the station whose speed matters most, and by how much more than the next one's."""
    base = _held(truth.plant(), seed).per_h
    gains = []
    for k, one in enumerate(truth.stations):
        mean, cv, family = one.cycle
        faster = msgspec.structs.replace(one, cycle=(mean * FASTER, cv, family))
        stations = (*truth.stations[:k], faster, *truth.stations[k + 1 :])
        changed = msgspec.structs.replace(truth, stations=stations)
        gains.append(_held(changed.plant(), seed).per_h / base - 1.0)
    order = sorted(range(len(gains)), key=lambda k: -gains[k])
    return order[0], gains[order[0]] / max(gains[order[1]], 1e-6)


def bottlenecks_found(cases: int, first: int = 700) -> tuple[int, int]:
    """Return how many bottlenecks were found, of how many lines that have a clear one."""
    hits = of = 0
    for seed in range(first, first + cases):
        one = case(seed)
        true, margin = true_bottleneck(one.truth, seed + 10_000)
        if margin < MARGIN:
            continue
        told = bottleneck(one.found.seen)
        assert told is not None, "the line was seen"
        hits += told.address == f"{AT}/m{true}"
        of += 1
    return hits, of


def changes_predicted(
    cases: int, more: int = 6, hours: float = 20.0, first: int = 900
) -> tuple[int, int]:
    """Return how many lines with more buffer places did what was predicted, of how many."""
    hits = 0
    for seed in range(first, first + cases):
        one = case(seed)
        wider = msgspec.structs.replace(
            one.truth, places=tuple(places + more for places in one.truth.places)
        )
        true = by_twin(AT, hours, seed=seed + 10_000)(wider.plant(), 0)
        run = by_twin(AT, hours, seed=seed + 20_000)
        row = predict(one.found, run, plant=wider.believed(), runs=15)[0]
        hits += row.low <= true.per_h <= row.high
    return hits, cases
