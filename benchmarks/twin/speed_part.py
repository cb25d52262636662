"""Part 1: parts a second of the event kernel and of the recursion, beside SimPy; events a second.

Seconds are those of the process (CPU). The three run in turn, so that a slow minute of the machine
is everyone's. Each throughput is checked over all its rounds, and what the kernel gave is compared
with the recursion to the part.
"""

from collections.abc import Callable
from importlib.metadata import version

import msgspec
import numpy as np

from benchmarks.measure import Claim, Times, interleaved, note
from benchmarks.twin.foreign.simpy_line import SimpyLine
from benchmarks.twin.line import is_right, ten_stations
from linewright.twin import Model, advance, begin, fork, outcome
from linewright.twin.recursion import departures, serial_sums, serial_throughput

NS = 10**9


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much is run; seconds are of plant time."""

    rounds: int
    warm_s: int = 20_000
    kernel_s: int = 400_000
    simpy_s: int = 20_000
    parts: int = 1_000_000
    """Through the recursion."""
    replications: int = 1_000
    parts_each: int = 1_000
    long_stations: int = 1_000
    long_warm_s: int = 20_000
    """A thousand stations fill slowly; until then most of them wait and nothing happens."""
    long_s: int = 40_000
    """Long enough that the fork before it, in plain Python, takes a hundredth of it."""


QUICK = Sizes(rounds=5)
FULL = Sizes(rounds=9)


class Tally(msgspec.Struct):
    """Parts, events and seconds of plant time over all rounds of a work."""

    parts: float = 0.0
    seconds: float = 0.0
    events: int = 0
    rounds: int = 0

    def add(self, parts: float, seconds: float, events: int = 0) -> None:
        """Count one round."""
        self.parts += parts
        self.seconds += seconds
        self.events += events
        self.rounds += 1

    @property
    def throughput(self) -> float:
        """Parts a second of plant time."""
        return self.parts / self.seconds

    def parts_rate(self, times: Times) -> float:
        """Return parts a second of the process."""
        return self.parts / self.rounds / times.cpu_s_median

    def events_rate(self, times: Times) -> float:
        """Return events a second of the process."""
        return self.events / self.rounds / times.cpu_s_median


def measure_speed(sizes: Sizes, seed: int) -> list[Claim]:
    """Return the claims about speed."""
    model = ten_stations()
    ten, claims = beside_simpy(model, sizes, seed)
    claims += thousand_by_thousand(model, sizes, seed)
    return [*claims, long_line(ten, sizes, seed)]


class Kernel:
    """The event kernel on a line that has filled; each round is another future of it."""

    def __init__(self, model: Model, seed: int, warm_s: int, seconds: int) -> None:
        self.model, self.seconds, self.seed = model, seconds, seed
        self.warm = advance(model, begin(model, at_ns=0, seed=seed), warm_s * NS)
        self.good = outcome(model, self.warm).good
        self.tally = Tally()

    def __call__(self) -> None:
        """Play one future and count it."""
        state = fork(self.model, self.warm, replication=self.tally.rounds + 1)
        state = advance(self.model, state, self.warm.t_ns + self.seconds * NS)
        good = outcome(self.model, state).good - self.good
        self.tally.add(good, self.seconds, state.events - self.warm.events)

    @property
    def agrees(self) -> bool:
        """Whether as many parts have left until the warm state as the recursion says."""
        found = [
            serial_sums(self.model, parts=parts, replications=[0], seed=self.seed).left_ns[0, -1]
            for parts in (self.good, self.good + 1)
        ]
        return bool(found[0] <= self.warm.t_ns < found[1])


def beside_simpy(model: Model, sizes: Sizes, seed: int) -> tuple[float, list[Claim]]:
    """Return events a second of the kernel, and the claims over SimPy."""
    kernel, chain, theirs = Kernel(model, seed, sizes.warm_s, sizes.kernel_s), Tally(), Tally()
    simpy_line = SimpyLine(seed)
    simpy_line.run(sizes.simpy_s)

    def recursion() -> None:
        (rate,) = serial_throughput(
            model, parts=sizes.parts, seed=seed + chain.rounds, warm_up_parts=sizes.parts // 100
        )
        chain.add(sizes.parts, sizes.parts / float(rate))

    def peer() -> None:
        theirs.add(simpy_line.run(sizes.simpy_s), sizes.simpy_s)

    works: dict[str, Callable[[], object]] = {
        "event kernel": kernel,
        "recursion": recursion,
        "SimPy": peer,
    }
    times = interleaved(works, sizes.rounds)
    tallies = {"event kernel": kernel.tally, "recursion": chain, "SimPy": theirs}
    rates = {name: tally.parts_rate(times[name]) for name, tally in tallies.items()}
    right = {name: is_right(tally.throughput, tally.parts) for name, tally in tallies.items()}
    right["event kernel"] = right["event kernel"] and kernel.agrees
    for name, tally in tallies.items():
        note(
            f"{name}: throughput {tally.throughput:.5f} ({'right' if right[name] else 'WRONG'}), "
            f"{rates[name]:,.0f} parts/s, {rates[name] / rates['SimPy']:.1f} x SimPy; {times[name]}"
        )
    events = kernel.tally.events_rate(times["event kernel"])
    is_well = right["event kernel"]
    return events, [
        _over_simpy("general_kernel_vs_simpy", "event kernel", rates, right),
        _over_simpy("recursion_vs_simpy", "recursion", rates, right),
        Claim(name="events_per_s_per_core", value=events, unit="1/s", correct=is_well),
    ]


def _over_simpy(name: str, ours: str, rates: dict[str, float], right: dict[str, bool]) -> Claim:
    ratio = rates[ours] / rates["SimPy"]
    return Claim(
        name=name,
        value=ratio,
        unit="x",
        ratio=ratio,
        peer=f"SimPy {version('simpy')}, Store idiom",
        peer_value=rates["SimPy"],
        correct=right[ours] and right["SimPy"],
    )


def thousand_by_thousand(model: Model, sizes: Sizes, seed: int) -> list[Claim]:
    """Return the seconds of many replications by recursion, compiled and by arrays.

    Right: some replications end when every departure worked out in plain Python says, and compiled
    and by arrays all are the same.
    """
    rows = {}
    parts, numbers = sizes.parts_each, range(sizes.replications)

    def run(*, jit: bool) -> None:
        found = serial_sums(model, parts=parts, replications=numbers, seed=seed, jit=jit)
        rows[jit] = found.left_ns[:, -1]

    times = interleaved(
        {"compiled": lambda: run(jit=True), "arrays": lambda: run(jit=False)}, sizes.rounds
    )
    for name, taken in times.items():
        note(f"{sizes.replications:,} x {sizes.parts_each:,} parts, {name}: {taken}")
    correct = bool(np.abs(rows[True] - rows[False]).max() <= 1)
    for row in (0, numbers[-1]):
        plain = departures(model, parts=parts, seed=seed, replication=row)
        correct = correct and bool(rows[True][row] == plain[-1][-1])
    names = {"compiled": "thousand_by_thousand_cpu", "arrays": "thousand_by_thousand_no_jit_cpu"}
    return [
        Claim(name=name, value=times[way].cpu_s_median, unit="s", correct=correct)
        for way, name in names.items()
    ]


def long_line(ten: float, sizes: Sizes, seed: int) -> Claim:
    """Return events a second on a long line over those on ten stations."""
    model = ten_stations(sizes.long_stations)
    kernel = Kernel(model, seed, sizes.long_warm_s, sizes.long_s)
    times = interleaved({"long": kernel}, sizes.rounds)["long"]
    rate = kernel.tally.events_rate(times)
    note(f"{sizes.long_stations:,} stations: {rate:,.0f} events/s; {times}")
    return Claim(
        name="plant_1000_stations_rate_vs_ten",
        value=rate / ten,
        unit="x",
        ratio=rate / ten,
        peer="the same kernel on ten stations",
        peer_value=ten,
        correct=kernel.agrees,
    )
