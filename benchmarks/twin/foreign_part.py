"""Part 4: the other simulators in one table: the same two models, each answer checked first.

Each runs in an environment of its own under `.peers`, which `make test-deps` brings; one that is
absent is said and left out. They run fewer parts than ours: their speed does not depend on it.
"""

import math
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec

from benchmarks.measure import Claim, note
from benchmarks.twin.foreign.simpy_line import SimpyLine, simpy_queue
from benchmarks.twin.line import WHERE, is_right, ten_stations
from linewright.plant import PlantBuilder
from linewright.plant.records import TraceKind
from linewright.twin import Model, Ring, advance, begin, compile_line, outcome
from linewright.twin.recursion import serial_throughput

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".peers"
WAIT_S = 600.0
"""Longest run of one simulator."""
NS = 10**9
WAIT = 9.0
"""Mean wait in the queue: rho / (1 - rho), Pollaczek and Khinchine."""
WAIT_VARIANCE = 35_901.0
"""Of the mean wait, times customers: rho (2 + 5 rho - 4 rho^2 + rho^3) / (1 - rho)^4; Whitt,
"Planning queueing simulations", Management Science 35, 1989."""
SIGMAS = 3.29

T = TypeVar("T")


class Ran(msgspec.Struct, frozen=True):
    """What a simulator came to: parts, seconds of its process, and mean wait or throughput."""

    parts: float
    cpu_s: float
    value: float

    @property
    def rate(self) -> float:
        """Parts a second of the process."""
        return self.parts / self.cpu_s


class Foreign(msgspec.Struct, frozen=True):
    """A simulator of others: its name, and how many parts each model gets; 0: it has no such."""

    name: str
    queue: int
    line: int


FOREIGN = (
    Foreign("ciw", 50_000, 10_000),
    Foreign("salabim", 20_000, 4_000),
    Foreign("prodsys", 3_000, 0),
    Foreign("nagasim", 20_000, 3_000),
)
QUEUE_OURS = 1_000_000
LINE_OURS = 400_000
TRACED = 30_000
"""Customers whose waits are read from the trace."""


def measure_foreign(seed: int) -> list[Claim]:
    """Return our speed over theirs, and print the table."""
    rows: dict[str, tuple[Ran | None, Ran | None]] = {
        "event kernel": (our_queue(seed), our_line(seed)),
        "recursion": (None, our_recursion(seed)),
        f"SimPy {version('simpy')}": (their_queue(seed), their_line(seed)),
    }
    for one in FOREIGN:
        if not python_of(one.name).exists():
            note(f"{one.name} is not installed: `make test-deps` brings it")
            continue
        found = tuple(
            asked(one.name, what, count, seed) if count else None
            for what, count in (("queue", one.queue), ("line", one.line))
        )
        rows[one.name] = (found[0], found[1])
    for text in table(rows):
        note(text)
    return claims_of(rows)


def right_wait(ran: Ran) -> bool:
    """Whether a mean wait agrees with the formula, as near as so many customers let it."""
    return abs(ran.value - WAIT) <= SIGMAS * math.sqrt(WAIT_VARIANCE / ran.parts)


def table(rows: Mapping[str, tuple[Ran | None, Ran | None]]) -> list[str]:
    """Return the table as lines of text; every ratio is to SimPy."""
    simpy = next(both for name, both in rows.items() if name.startswith("SimPy"))
    columns = f"{'/s':>12} {'x':>7}"
    texts = [f"{'':14} {columns} {'wait':>8}    {columns} {'parts/s':>8}"]
    for name, both in rows.items():
        cells = []
        for ran, peer, check in zip(both, simpy, (right_wait, right_throughput), strict=True):
            if ran is None or peer is None:
                cells.append(f"{'-':>12} {'-':>7} {'-':>8}   ")
                continue
            mark = " " if check(ran) else "!"
            cells.append(f"{ran.rate:12,.0f} {ran.rate / peer.rate:7.2f} {ran.value:8.4f}{mark}  ")
        texts.append(f"{name:14} {' '.join(cells)}")
    return [*texts, "-: no such model there; !: the answer is not right; x: over SimPy"]


def right_throughput(ran: Ran) -> bool:
    """Whether the throughput of a line agrees with the reference."""
    return is_right(ran.value, ran.parts)


def claims_of(rows: Mapping[str, tuple[Ran | None, Ran | None]]) -> list[Claim]:
    """Return how much faster our event kernel is than each, in each model that both have."""
    ours, claims = rows["event kernel"], []
    for name, both in rows.items():
        if name in ("event kernel", "recursion"):
            continue
        for what, mine, theirs, check in zip(
            ("queue", "line"), ours, both, (right_wait, right_throughput), strict=True
        ):
            if mine is None or theirs is None:
                continue
            claims.append(
                Claim(
                    name=f"{what}_vs_{name.split()[0].lower()}",
                    value=mine.rate / theirs.rate,
                    unit="x",
                    ratio=mine.rate / theirs.rate,
                    peer=name,
                    peer_value=theirs.rate,
                    correct=check(mine) and check(theirs),
                )
            )
    return claims


def python_of(name: str) -> Path:
    """Return the interpreter of a simulator's own environment."""
    return PEERS / f"twin_{name}" / "bin" / "python"


def asked(name: str, what: str, count: int, seed: int) -> Ran:
    """Run one model in a simulator's own environment."""
    command = [str(python_of(name)), "-m", f"benchmarks.twin.foreign.{name}_models"]
    done = subprocess.run(  # noqa: S603  # our own module, in the peer's environment
        [*command, what, str(count), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        check=True,
        timeout=WAIT_S,
    )
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Ran)


def queue_model() -> Model:
    """Return the queue as a line: a first station lets customers come, into a rack."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    line = shop.line("line", flow=["door", "rack", "desk"])
    line.station("door", does={"come": f"{1000 / 0.9!r} ms exponential"})
    line.station("desk", does={"serve": "1 s exponential"})
    return compile_line(plant.done(), WHERE)


def our_queue(seed: int) -> Ran:
    """Time the queue; the mean wait is that of another, shorter run whose trace is kept."""
    model = queue_model()
    ring = Ring(model, events=9 * TRACED)
    state = begin(model, at_ns=0, seed=seed)
    warm = advance(model, state, int(TRACED / 0.9) * NS, trace=ring)
    rack = [one for one in ring.read() if one.element == model.buffers[0]]
    came = [one.t_ns for one in rack if one.kind == TraceKind.ENTERED]
    went = [one.t_ns for one in rack if one.kind == TraceKind.LEFT]
    waits = [left - entered for entered, left in zip(came, went, strict=False)]
    end, cpu_s = _timed(lambda: advance(model, warm, warm.t_ns + int(QUEUE_OURS / 0.9) * NS))
    served = outcome(model, end).good - outcome(model, warm).good
    return Ran(len(waits), cpu_s * len(waits) / served, sum(waits) / len(waits) / NS)


def our_line(seed: int) -> Ran:
    """Time the event kernel on the line, once it has filled."""
    model = ten_stations()
    warm = advance(model, begin(model, at_ns=0, seed=seed), 20_000 * NS)
    end, cpu_s = _timed(lambda: advance(model, warm, warm.t_ns + LINE_OURS * NS))
    made = outcome(model, end).good - outcome(model, warm).good
    return Ran(made, cpu_s, made / LINE_OURS)


def our_recursion(seed: int) -> Ran:
    """Time the recursion on the line."""
    model = ten_stations()
    serial_throughput(model, parts=10)
    (rate,), cpu_s = _timed(
        lambda: serial_throughput(model, parts=QUEUE_OURS, seed=seed, warm_up_parts=10_000)
    )
    return Ran(QUEUE_OURS, cpu_s, float(rate))


def their_queue(seed: int) -> Ran:
    """Time SimPy on the queue."""
    wait, cpu_s = _timed(lambda: simpy_queue(200_000, seed))
    return Ran(200_000, cpu_s, wait)


def their_line(seed: int) -> Ran:
    """Time SimPy on the line, once it has filled."""
    line = SimpyLine(seed)
    line.run(5_000)
    made, cpu_s = _timed(lambda: line.run(40_000))
    return Ran(made, cpu_s, made / 40_000)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    found = work()
    return found, time.process_time() - begun
