"""The table of anchors: plants whose answers are known exactly, each with its source.

Numbers are those printed in the literature, or of the closed forms and the Markov chains beside,
which `test_oracles.py` holds against the printed ones. The benchmark plays the same table.
"""

from collections.abc import Iterator
from functools import partial

from tests.twin.oracles import closed_forms as exact
from tests.twin.oracles import plants
from tests.twin.oracles.markov import Line, Station, steady
from tests.twin.oracles.measuring import (
    INSIDE,
    SCRAP_SHARE,
    THROUGHPUT,
    Anchor,
    Figure,
    level,
    share,
    wait_s,
)

__all__ = ["ANCHORS", "Anchor", "equal", "needs_of", "unreliable"]

HUNT = "Hunt 1956"
HILLIER = "Hillier and Boling 1967; Markov chain"
CHAIN = "Markov chain"
FAR_S = 400_000.0
"""Length of runs that forget slowly: queues at a load of 0.9."""
LONG_S = 100_000.0

SERIAL = {
    (2, 0): 0.66667,
    (2, 1): 0.75,
    (2, 2): 0.8,
    (2, 3): 0.83333,
    (3, 0): 0.56410,
    (3, 1): 0.67047,
    (3, 2): 0.73402,
    (3, 3): 0.77671,
    (4, 0): 0.51478,
    (4, 1): 0.63115,
    (4, 2): 0.70071,
    (4, 3): 0.74771,
    (5, 0): 0.48580,
    (5, 1): 0.60758,
    (5, 2): 0.68049,
    (5, 3): 0.72995,
    (6, 0): 0.46671,
    (6, 1): 0.59183,
    (6, 2): 0.66686,
    (6, 3): 0.71791,
}
"""Throughput of equal exponential stations, by stations and places between them."""

UNRELIABLE = Station(rate=1.0, fails=0.01, repairs=0.1)


def equal(stations: int, places: int, station: Station | None = None) -> Line:
    """Return a line of equal stations; left out: exponential, of rate 1, that never fail."""
    one = station or Station(rate=1.0)
    return Line(stations=(one,) * stations, places=(places,) * (stations - 1))


def unreliable() -> dict[str, tuple[Line, float, tuple[float, ...]]]:
    """Return the unreliable lines of the notes: their throughput and levels as printed."""
    slower = Station(rate=1.2, fails=0.02, repairs=0.15)
    three = (
        Station(rate=2.0, fails=0.05, repairs=0.5),
        Station(rate=1.8, fails=0.03, repairs=0.4),
        Station(rate=2.2, fails=0.04, repairs=0.6),
    )
    return {
        "two alike": (equal(2, 10, UNRELIABLE), 0.799026, (5.0,)),
        "two unlike": (Line(stations=(UNRELIABLE, slower), places=(5,)), 0.802265, (1.9313,)),
        "three alike": (equal(3, 10, UNRELIABLE), 0.747669, (5.9539, 4.0724)),
        "four alike": (equal(4, 4, UNRELIABLE), 0.629361, ()),
        "three unlike": (Line(stations=three, places=(4, 6)), 1.408480, (2.3493, 1.4311)),
    }


def needs_of(line: Line) -> frozenset[str]:
    """Return the features that a line of the Markov oracle needs."""
    found = {
        "places": any(one.servers > 1 for one in line.stations),
        "before service": any(one.before for one in line.stations),
        "rework": any(one.again for one in line.stations),
        "crews": line.people is not None,
        "priorities": any(one.priority > 1 for one in line.stations),
        "conwip": line.wip is not None,
        "arrivals": line.arrives is not None,
    }
    return frozenset(name for name, is_needed in found.items() if is_needed)


def _of(line: Line, name: str, figure: Figure, expected: float, source: str) -> Anchor:
    is_level = figure.unit == "parts"
    return Anchor(
        name=name,
        plant=partial(plants.plant_of, line),
        figure=figure,
        expected=expected,
        source=source,
        needs=needs_of(line),
        precision=0.1 if is_level else 0.03,
        run_s=2 * LONG_S if is_level or figure.unit == "share" else 20_000.0,
    )


def _serial() -> Iterator[Anchor]:
    for (first, second, places), printed in {
        (1.0, 1.0, 0): 2 / 3,
        (1.0, 1.0, 5): 0.875,
        (1.2, 1.0, 3): 0.899294,
        (1.0, 1.5, 4): 0.968917,
    }.items():
        line = Line(stations=(Station(rate=first), Station(rate=second)), places=(places,))
        yield _of(line, f"pair {first:g} {second:g} {places}", THROUGHPUT, printed, HUNT)
    for (stations, places), printed in SERIAL.items():
        line = equal(stations, places)
        yield _of(line, f"serial {stations} {places}", THROUGHPUT, printed, HILLIER)
    for name, (line, printed, levels) in unreliable().items():
        yield _of(line, f"unreliable, {name}", THROUGHPUT, printed, CHAIN)
        for k, expected in enumerate(levels):
            yield _of(line, f"unreliable, {name}, buffer {k}", level(k), expected, CHAIN)
    idle = share(1, "starved")
    yield _of(unreliable()["two alike"][0], "unreliable, two alike, idle", idle, 0.1211, CHAIN)
    blocked = share(0, "blocked")
    yield _of(unreliable()["three alike"][0], "unreliable, blocked", blocked, 0.1776, CHAIN)
    best = Line(stations=(Station(rate=6.0), Station(rate=7.0), Station(rate=7.0)), places=(11, 7))
    source = "Pichitlamken, Nelson and Hong 2006"
    yield _of(best, "optimum of three stations", THROUGHPUT, 5.7761, source)


def _chains() -> Iterator[Anchor]:
    """Yield lines whose features meet, against the Markov chain."""
    calendar = Station(rate=1.0, fails=0.02, repairs=0.1, calendar=True)
    bad = Station(rate=1.0, scrap=0.1, fails=0.01, repairs=0.1)
    double = Station(rate=0.5, servers=2, fails=0.02, repairs=0.1)
    before = Station(rate=1.0, before=True)
    slow = Station(rate=1.2, fails=0.02, repairs=0.05, priority=2)
    lines = {
        "calendar clocks": Line(stations=(calendar,) * 3, places=(2, 2)),
        "scrap": Line(stations=(bad,) * 3, places=(3, 3)),
        "parallel places": Line(stations=(double, double, double), places=(1, 2)),
        "before service": Line(stations=(before,) * 3, places=(2, 1)),
        "before and after service": Line(stations=(before, UNRELIABLE, before), places=(2, 1)),
        "one repairer": Line(stations=(UNRELIABLE, slow, UNRELIABLE), places=(3, 3), people=1),
        "conwip": Line(stations=(UNRELIABLE, bad, double), places=(6, 6), wip=6),
    }
    for name, line in lines.items():
        yield _of(line, name, THROUGHPUT, steady(line).throughput, CHAIN)
    line = lines["one repairer"]
    down = steady(line).shares[1]["down"]
    yield _of(line, "one repairer, down", share(1, "down"), down, CHAIN)


def _queues() -> Iterator[Anchor]:
    def queue(name: str, work: str, wait: float, *, rate: float, **station: int) -> Anchor:
        return Anchor(
            name=name,
            plant=partial(plants.queue_of, work, every=plants.exponential(1.0 / rate), **station),
            figure=wait_s(rate),
            expected=wait,
            source="Erlang 1917" if "M/M" in name else "Pollaczek 1930, Khinchine 1932",
            needs=frozenset(["arrivals"] + (["places"] if "places" in station else [])),
            run_s=FAR_S / station.get("places", 1),
            precision=0.15,
        )

    one = plants.exponential(1.0)
    yield queue("M/M/1", one, exact.mmc_wait(0.9, 1.0, 1), rate=0.9)
    for servers, rate in ((2, 1.6), (5, 4.5)):
        wait = exact.mmc_wait(rate, 1.0, servers)
        yield queue(f"M/M/{servers}", one, wait, rate=rate, places=servers)
    yield queue("M/D/1", "1 s", exact.mg1_wait(0.8, 1.0, 0.0), rate=0.8)
    gamma = f"1 s gamma cv {0.5**0.5:.15g}"
    yield queue("M/G/1, gamma", gamma, exact.mg1_wait(0.8, 1.0, 0.5), rate=0.8)
    wide = "1 s lognormal cv 2"
    yield queue("M/G/1, lognormal", wide, exact.mg1_wait(0.8, 1.0, 4.0), rate=0.8)
    yield Anchor(
        name="loads of up to four",
        plant=partial(plants.queue_of, one, every=plants.exponential(0.5), batch=4),
        figure=wait_s(2.0),
        expected=exact.bulk_wait(2.0, 1.0, 4),
        source="balance equations; Gross and Harris, 3.2",
        needs=frozenset(["arrivals", "batches"]),
        run_s=LONG_S,
        precision=0.1,
    )


def _networks() -> Iterator[Anchor]:
    loads = exact.traffic((0.5, 0.0), ((0.0, 1.0), (0.2, 0.0)))
    yield Anchor(
        name="Jackson with rework",
        plant=partial(plants.network, (1.0, 1.25), 0.5, 0.2),
        figure=INSIDE,
        expected=exact.jackson_inside((1.0, 1.25), loads),
        source="Jackson 1957",
        needs=frozenset(["arrivals", "rework"]),
        run_s=LONG_S,
        precision=0.1,
    )
    long_work, short_work = (0.2, 2.0, 1.0), (0.6, 0.5, 1.0)
    for name, order in {"short": (short_work, long_work), "long": (long_work, short_work)}.items():
        waits = exact.cobham(order)
        each = [(rate, mean, 1 + k) for k, (rate, mean, _) in enumerate(order)]
        inside = sum(o[0] * (wait + o[1]) for o, wait in zip(order, waits, strict=True))
        yield Anchor(
            name=f"priority to {name} work",
            plant=partial(plants.classes, *each),
            figure=INSIDE,
            expected=inside,
            source="Cobham 1954, with Little's law",
            needs=frozenset(["arrivals", "priorities"]),
            run_s=LONG_S,
            precision=0.1,
        )


def _closed() -> Iterator[Anchor]:
    for parts, rates in ((5, (1.0,) * 4), (10, (1.0, 1.2, 0.9, 1.5)), (3, (1.0, 2.0))):
        line = Line(
            stations=tuple(Station(rate=rate) for rate in rates),
            places=(parts,) * (len(rates) - 1),
            wip=parts,
        )
        name = f"closed line of {len(rates)} with {parts} parts"
        yield _of(line, name, THROUGHPUT, exact.closed_line(rates, parts), "exact MVA")
    for people in (1, 2):
        machines = Station(rate=1.0, servers=10, fails=0.01, repairs=0.1)
        line = Line(stations=(machines,), people=people)
        up = exact.interference(10, people, 100.0, 10.0)[0]
        name = f"ten machines, {people} to repair"
        yield _of(line, name, share(0, "running"), up, "machine interference")


def _slots() -> Iterator[Anchor]:
    def line(shares: tuple[float, ...], places: int, expected: float, source: str) -> Anchor:
        return Anchor(
            name=f"slots {' '.join(f'{each:g}' for each in shares)}, {places}",
            plant=partial(plants.slotted, shares, places - 1),
            figure=THROUGHPUT,
            expected=expected,
            source=source,
            needs=frozenset(["slots"]),
        )

    for first, second, places in ((0.9, 0.9, 3), (0.8, 0.9, 2)):
        expected = exact.bernoulli_pair(first, second, places)
        yield line((first, second), places, expected, "Li and Meerkov, chapter 4")
    for shares in ((0.9,) * 5, (0.7, 0.75, 0.8, 0.85, 0.9), (0.9, 0.85, 0.7, 0.85, 0.9)):
        yield line(shares, 3, exact.bernoulli_line(shares, (3,) * 4), CHAIN)


def _work() -> Iterator[Anchor]:
    """Yield what is done to single stations: upkeep, set-ups, rework, people."""
    life = exact.weibull(30.0, 0.5)
    yield Anchor(
        name="maintenance after each 20 s of work",
        plant=partial(plants.maintained, "30 s weibull cv 0.5", 20.0, 5.0, 1.0),
        figure=share(0, "running"),
        expected=exact.maintained_in_turn(life, 20.0, repair=5.0, takes=1.0),
        source="block replacement, Barlow and Proschan, chapter 4",
        needs=frozenset(["maintenance"]),
    )
    yield Anchor(
        name="set-ups in turn",
        plant=partial(plants.in_turn, 10.0, 5, 30.0, 70.0),
        figure=THROUGHPUT,
        expected=exact.cyclic_rate(10.0, (5, 5), (30.0, 70.0)),
        source="by hand",
        needs=frozenset(["set-ups"]),
        resolution=1e-4,
    )
    yield Anchor(
        name="done again once",
        plant=partial(plants.repeated, 0.3, 1),
        figure=SCRAP_SHARE,
        expected=0.3**2,
        source="by hand",
        needs=frozenset(["rework"]),
        run_s=3 * 20_000.0,
    )
    yield Anchor(
        name="inspection",
        plant=partial(plants.inspected, 0.05, 0.9, 0.02),
        figure=SCRAP_SHARE,
        expected=exact.found_bad(0.05, 0.9, 0.02)[0],
        source="by hand",
        needs=frozenset(["inspection"]),
        precision=0.05,
    )
    yield Anchor(
        name="one person at two stations by turns",
        plant=partial(plants.one_person, plants.exponential(1.0), plants.exponential(2.0)),
        figure=THROUGHPUT,
        expected=2.0 / 3.0,
        source="renewal: one part of each in 1 s + 2 s",
        needs=frozenset(["operators"]),
    )


def _flow() -> Iterator[Anchor]:
    """Yield joints and conveyors."""
    for feeders, places in (((1.0, 1.0), 2), ((1.0, 1.5), 0)):
        yield Anchor(
            name=f"assembly of {feeders[0]:g} and {feeders[1]:g}, {places}",
            plant=partial(plants.joint, feeders, 2.0, places),
            figure=THROUGHPUT,
            expected=exact.assembly(feeders, 2.0, (places, places)),
            source=CHAIN,
            needs=frozenset(["assembly"]),
        )
    for before, after, travel, places in ((5.0, 5.0, 30.0, 4), (5.0, 6.0, 12.0, 4)):
        yield Anchor(
            name=f"conveyor {before:g} {after:g} {travel:g} {places}",
            plant=partial(plants.conveyor, before, after, travel, places),
            figure=THROUGHPUT,
            expected=exact.conveyor_rate(before, after, travel, places),
            source="by hand",
            needs=frozenset(["conveyors"]),
            resolution=1e-4,
        )


ANCHORS: tuple[Anchor, ...] = (
    *_serial(),
    *_chains(),
    *_queues(),
    *_networks(),
    *_closed(),
    *_slots(),
    *_work(),
    *_flow(),
)
"""All anchors; each says which features of the kernel it needs."""
