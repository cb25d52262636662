"""Parts 6 and 8: exact answers, the same bits for any number of workers, intervals that hold.

The table of anchors and the Markov chain are those of the tests (`tests/twin/oracles`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.measure import Claim, note
from linewright.twin.choosing import Aim, Budget, optimise
from tests.twin.choosing.test_optimising import LINE
from tests.twin.choosing.three_stations import BEST, exact, numbers, simulated
from tests.twin.experiment.anchors import coverage, same_bits
from tests.twin.oracles.anchors import ANCHORS
from tests.twin.oracles.chance import line_by_chance
from tests.twin.oracles.markov import steady
from tests.twin.oracles.measuring import RUNS, THROUGHPUT, compiled, interval, measured, played
from tests.twin.oracles.plants import plant_of

LINES = (10, 40)
"""Small lines by chance, quick and full."""
LINE_S = (2_000.0, 40_000.0)
DELTA = 0.02
"""Throughput that does not matter, of the optimum of three stations."""
Row = Mapping[str, Any]
INTERVALS = 1000
HELD = (930, 970)
WORKERS = (2, 8)


def measure_anchors(*, quick: bool, seed: int) -> list[Claim]:
    """Return the share of exact numbers that lie in our intervals of 99.9 %."""
    found = (*_table(seed, quick=quick), *_by_chance(seed, quick=quick), _optimum(seed))
    missed = [row["name"] for row in found if not row["holds"]]
    note(f"anchors: {len(found) - len(missed)} of {len(found)} hold; not: {missed or 'none'}")
    share = 1.0 - len(missed) / len(found)
    return [
        Claim(name="anchors_within_interval", value=share, unit="share", correct=True, rows=found)
    ]


def _row(name: str, source: str, numbers: tuple[float, float, float], *, holds: bool) -> Row:
    """Return what is kept of an anchor; numbers: expected, ours, half the width of the interval."""
    expected, ours, half = numbers
    return {
        "name": name,
        "expected": expected,
        "ours": ours,
        "half_width": half,
        "source": source,
        "holds": holds,
    }


def _table(seed: int, *, quick: bool) -> Iterator[Row]:
    """Yield each anchor: an interval that is too wide to say anything counts as missed."""
    for one in ANCHORS:
        expected, mean, half = measured(one, seed, quick=quick)
        holds = abs(mean - expected) <= half <= one.precision * expected
        note(f"{one.name}: expected {expected:.6g}, ours {mean:.6g} +- {half:.2g} ({one.source})")
        yield _row(one.name, one.source, (expected, mean, half), holds=holds)


def _by_chance(seed: int, *, quick: bool) -> Iterator[Row]:
    for number in range(LINES[not quick]):
        line = line_by_chance(number)
        model, expected = compiled(plant_of(line)), steady(line).throughput
        runs = [played(model, THROUGHPUT, LINE_S, seed=seed, replication=k) for k in range(RUNS)]
        mean, half = interval([THROUGHPUT.read(run) for run in runs])
        holds = abs(mean - expected) <= half
        name = f"line {number} by chance"
        yield _row(name, "Markov chain, sparse solve", (expected, mean, half), holds=holds)


def _optimum(seed: int) -> Row:
    """Say whether `optimise` finds a design whose exact throughput is near the best one's."""
    budget = Budget(observations=30_000)
    found = optimise(LINE, simulated(seed), Aim(delta=DELTA), budget=budget, seed=seed)
    ours = exact(numbers(found.best))
    name, source = "optimum of three stations, found", "Markov chain of each design"
    return _row(name, source, (BEST, ours, DELTA), holds=BEST - ours <= DELTA)


def measure_coverage() -> list[Claim]:
    """Return how many of 1,000 intervals of 95 % hold; takes minutes."""
    held = coverage(INTERVALS)
    right = HELD[0] <= held <= HELD[1]
    return [Claim(name="interval_coverage_of_1000", value=float(held), unit="count", correct=right)]


def measure_workers() -> list[Claim]:
    """Return whether any number of worker processes gives the same bits as none."""
    same = all(same_bits(count) for count in WORKERS)
    return [Claim(name="workers_bit_identical", value=float(same), unit="count", correct=same)]
