"""`python -m benchmarks.live_path`: from OPC UA sources and batches to what history gives back.

The parts run one after the other, each with its own peer. `--part` names one alone by its number:
1 OPC UA, 2 batches, 3 the history itself, 4 the fault suite (full version only).
"""

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.live_path.batched_part import measure_batches
from benchmarks.live_path.faults_part import measure_faults
from benchmarks.live_path.history_part import measure_history
from benchmarks.live_path.opcua_part import measure_opcua
from benchmarks.measure import Asked, Claim, run

FOLDER = Path(__file__).parent


def measure(asked: Asked) -> list[Claim]:
    """Return every claim; the quick version leaves the fault suite out."""
    parts: dict[int, Callable[[], list[Claim]]] = {
        1: lambda: measure_opcua(quick=asked.quick),
        2: lambda: measure_batches(quick=asked.quick),
        3: lambda: measure_history(quick=asked.quick),
    }
    if not asked.quick:
        parts[4] = measure_faults
    wanted = [asked.more["part"]] if asked.more["part"] else list(parts)
    return [claim for number in wanted for claim in parts[number]()]


if __name__ == "__main__":
    sys.exit(run(FOLDER, measure, sys.argv[1:], {"part": 0}))
