"""`python -m tests.emulate.measuring PLANT [SCENARIO]`: what playing a plant costs a processor.

Not a test: it prints the table of docs/emulate.md, on the machine where it runs. Nobody listens to
the machines; plays of several speeds follow each other in one process.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from linewright.emulate import played
from linewright.plant import load, to_text

SPEEDS = (1.0, 20.0, 60.0)
FOR_S = 15.0
"""Seconds of one speed, on the clock."""

AT_NS = 1_795_442_400_000_000_000
"""Plant time of a play without a scenario: a Monday at six in the morning."""

KIB = 1024


async def measured(plant: str, scenario: str, speed: float) -> tuple[int, float, float]:
    """Machines, seconds of processor time until they are up, and the share of a core then."""
    begun_s = time.process_time()
    at_ns = None if scenario else AT_NS
    with tempfile.TemporaryDirectory() as folder:
        async with played(plant, scenario, Path(folder), at_ns=at_ns, speed=speed) as play:
            up_s = time.process_time() - begun_s
            before_s, since_s = time.process_time(), time.monotonic()
            await asyncio.sleep(FOR_S)
            used_s, took_s = time.process_time() - before_s, time.monotonic() - since_s
            return len(play.endpoints), up_s, used_s / took_s


def main(arguments: list[str]) -> None:
    """Print a line for each speed, and the memory at the end."""
    plant = to_text(load(Path(arguments[0])))
    scenario = Path(arguments[1]).read_text(encoding="utf-8") if arguments[1:] else ""
    for speed in SPEEDS:
        machines, up_s, share = asyncio.run(measured(plant, scenario, speed))
        sys.stdout.write(
            f"speed {speed:3.0f}: {machines} machines, {up_s:.1f} s of processor time until they "
            f"are up, then {100 * share:.1f} % of a core\n"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"memory at most: {peak / KIB:.0f} MB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
