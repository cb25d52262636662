"""The two models that every simulator runs, and how a script answers; standard library only.

The queue: one server, exponential times, nine tenths busy. The line: ten stations, as in `line.py`.
Where a simulator has no failures that count work only, repairs are part of the service: with an
exponential life the number of repairs of a part depends on its own work alone, so that both are the
same in distribution.
"""

import json
import random
import sys
import time
from collections.abc import Callable

ARRIVALS = 0.9
SERVICES = 1.0
STATIONS = 10
PLACES = 10
LIFE = 100.0
REPAIR = 10.0
FEED = 1.0
"""Arrivals at a line whose first station must never wait: half as many again as it makes."""
THROUGHPUT = 0.64
"""Parts a second of the line, to know how long to run it."""
WARM_SHARE = 0.1
"""Of the line's time, before the count begins."""

Answer = tuple[int, float]
"""Customers or parts that were through, and their mean wait or the throughput."""


def work_and_repairs(chance: random.Random) -> float:
    """Return the time of one part on a station of the line, repairs included."""
    work = taken = chance.expovariate(1.0)
    life = chance.expovariate(1.0 / LIFE)
    while work > life:
        work -= life
        taken += chance.expovariate(1.0 / REPAIR)
        life = chance.expovariate(1.0 / LIFE)
    return taken


def answer(queue: Callable[[int, int], Answer], line: Callable[[int, int], Answer]) -> None:
    """Run what the command line asks for, `queue|line COUNT SEED`, and print it as JSON.

    Seconds are those of the process, from building the model to its answer.
    """
    what, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    begun = time.process_time()
    parts, value = (queue if what == "queue" else line)(count, seed)
    cpu_s = time.process_time() - begun
    sys.stdout.write(json.dumps({"parts": parts, "cpu_s": cpu_s, "value": value}) + "\n")
