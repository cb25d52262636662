"""Part 2: the event kernel and the recursion with the same random numbers, by each departure."""

import msgspec

from benchmarks.measure import Claim, note
from benchmarks.twin.line import WHERE, ten_stations
from linewright.plant import PlantBuilder
from linewright.plant.records import TraceKind
from linewright.twin import Model, Ring, advance, begin, compile_line
from linewright.twin.recursion import departures, serial_sums

NS = 10**9
HORIZON_S = 10_000
EVENTS = 600_000
"""Of the trace: more than any of these lines has in that time."""
PARTS_MIN = 100
"""A line through which fewer go says nothing."""

FAMILIES = (
    "4 s exponential",
    "4 s gamma cv 0.5",
    "4 s lognormal cv 0.8",
    "4 s normal cv 0.3",
    "4 s weibull cv 0.4",
    "3 s to 5 s",
    "4 s",
)
"""Cycle times: every family of the plant file."""
MODES = {
    "jam": {"every": "60 s", "repair": "9 s"},
    "break": {"every": "300 s weibull cv 0.5", "repair": "60 s lognormal cv 1"},
}


class Compared(msgspec.Struct, frozen=True):
    """The largest difference of a departure, and how many there were."""

    worst_ns: int
    departures: int
    parts: int


def lines() -> dict[str, Model]:
    """Return the ten stations, and lines with every family, two failure modes and small buffers."""
    return {
        "ten stations": ten_stations(),
        "every family, 1 place": mixed(1),
        "every family, 4 places": mixed(4),
        "every family, no places": mixed(0),
    }


def mixed(places: int) -> Model:
    """Return a line with a station of each family."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    flow = [each for k in range(len(FAMILIES)) for each in (f"m{k}", places)]
    line = shop.line("line", flow=flow[:-1])
    for k, time in enumerate(FAMILIES):
        line.station(f"m{k}", does={f"do{k}": time}, fails=MODES)
    return compile_line(plant.done(), WHERE)


def measure_agreement(*, quick: bool, seed: int) -> list[Claim]:
    """Return the claim; in the full version each line has ten seeds."""
    worst_ns, is_whole = 0, True
    for name, model in lines().items():
        for each in range(seed, seed + (1 if quick else 10)):
            found = compared(model, each)
            worst_ns = max(worst_ns, found.worst_ns)
            is_whole = is_whole and found.parts >= PARTS_MIN
            note(
                f"{name}, seed {each}: {found.departures:,} departures of {found.parts:,} parts, "
                f"largest difference {found.worst_ns} ns"
            )
    return [
        Claim(
            name="kernel_vs_recursion_max_difference",
            value=worst_ns / NS,
            unit="s",
            correct=is_whole,
        )
    ]


def compared(model: Model, seed: int, horizon_s: int = HORIZON_S) -> Compared:
    """Return how far the kernel, every departure in plain Python, and the fast path differ."""
    ring = Ring(model, events=EVENTS)
    advance(model, begin(model, at_ns=0, seed=seed), horizon_s * NS, trace=ring)
    found: dict[str, list[int]] = {}
    for event in ring.read():
        if event.kind in (TraceKind.ENTERED, TraceKind.SHIPPED):
            found.setdefault(event.element, []).append(event.t_ns)
    shipped = found[model.stations[-1]]
    expected = departures(model, parts=len(shipped), seed=seed)
    differences = [abs(a - b) for a, b in zip(shipped, expected[-1], strict=True)]
    for buffer, row in zip(model.buffers, expected, strict=False):
        entered = found.get(buffer, [])  # without places a part goes from hand to hand
        differences += [abs(a - b) for a, b in zip(entered, row, strict=False)]
    fast = serial_sums(model, parts=len(shipped), replications=[0], seed=seed).left_ns[0]
    differences += [abs(int(a) - row[-1]) for a, row in zip(fast, expected, strict=True)]
    return Compared(max(differences), len(differences), len(shipped))
