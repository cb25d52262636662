"""`python -m benchmarks.twin`: how fast and how right the twin is, beside other simulators.

The parts run one after the other; `--part` names one alone by its number: 1 speed beside SimPy,
2 kernel and recursion on the same random numbers, 3 start of a process, 5 the cost of unused
features, 6 anchors and workers, and in the full version 4 the other simulators in one table,
7 calibration, 8 how often intervals hold and 9 ten days of a fab of 1,443 tools.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Asked, Claim, run
from benchmarks.twin.agreement_part import measure_agreement
from benchmarks.twin.calibration_part import measure_calibration
from benchmarks.twin.cost_part import measure_cost
from benchmarks.twin.foreign_part import measure_foreign
from benchmarks.twin.smt2020.part import measure_fab
from benchmarks.twin.speed_part import FULL, QUICK, measure_speed
from benchmarks.twin.start_part import measure_start
from benchmarks.twin.truth_part import measure_anchors, measure_coverage, measure_workers

FOLDER = Path(__file__).parent


def measure(asked: Asked) -> list[Claim]:
    """Return every claim; the quick version leaves the other simulators out."""
    parts: dict[int, Callable[[], list[Claim]]] = {
        1: lambda: measure_speed(QUICK if asked.quick else FULL, asked.seed),
        2: lambda: measure_agreement(quick=asked.quick, seed=asked.seed),
        3: lambda: measure_start(quick=asked.quick),
        5: lambda: measure_cost(quick=asked.quick, seed=asked.seed),
        6: lambda: [*measure_anchors(quick=asked.quick, seed=asked.seed), *measure_workers()],
    }
    if not asked.quick:
        parts[4] = lambda: measure_foreign(asked.seed)
        parts[7] = measure_calibration
        parts[8] = measure_coverage
        parts[9] = lambda: measure_fab(asked.seed)
    wanted = [asked.more["part"]] if asked.more["part"] else list(parts)
    return [claim for number in wanted for claim in parts[number]()]


if __name__ == "__main__":
    sys.exit(run(FOLDER, measure, sys.argv[1:], {"part": 0}))
