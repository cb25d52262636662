"""Part 3: how long a new process takes to its first answer, with machine code kept and without.

On the clock, from the start of the interpreter to the end of the process, as someone waits for it.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.measure import Claim, note
from benchmarks.twin.fresh import First
from benchmarks.twin.line import is_right

WARM_ROUNDS = (3, 7)
COLD_ROUNDS = (1, 3)
"""Quick and full."""
WAIT_S = 300.0
"""Longest a start is waited for."""


class Start(msgspec.Struct, frozen=True):
    """One start of a process: on the clock, of the processor, and whether its answer is right."""

    wall_s: float
    cpu_s: float
    is_right: bool


def measure_start(*, quick: bool) -> list[Claim]:
    """Return the claims; each cold start has an empty cache, the warm ones share one."""
    with tempfile.TemporaryDirectory(prefix="linewright-") as folder:
        cold = [start(Path(folder, f"cold-{n}")) for n in range(COLD_ROUNDS[not quick])]
        cache = Path(folder, "cold-0")
        kept = sorted(cache.rglob("*.nbc"))
        warm = [start(cache) for _ in range(WARM_ROUNDS[not quick])]
        is_kept = bool(kept) and kept == sorted(cache.rglob("*.nbc"))
    correct = is_kept and all(one.is_right for one in (*cold, *warm))
    for name, each in (("cold", cold), ("warm", warm)):
        shown = ", ".join(f"{one.wall_s:.2f} ({one.cpu_s:.2f})" for one in each)
        note(f"{name} start: {shown} s on the clock (of the processor)")
    return [
        *_claims("first_answer_warm_cache", warm, correct=correct),
        *_claims("cold_compile", cold, correct=correct),
    ]


def _claims(name: str, starts: Sequence[Start], *, correct: bool) -> list[Claim]:
    wall_s = statistics.median(one.wall_s for one in starts)
    cpu_s = statistics.median(one.cpu_s for one in starts)
    return [
        Claim(name=name, value=wall_s, unit="s", correct=correct),
        Claim(name=f"{name}_cpu", value=cpu_s, unit="s", correct=correct),
    ]


def start(cache: Path) -> Start:
    """Start a new process with a cache folder, and wait for its answer."""
    begun, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.twin.fresh"],
        capture_output=True,
        check=True,
        env={**os.environ, "LINEWRIGHT_CACHE": str(cache)},
        timeout=WAIT_S,
    )
    wall_s, now = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    first = msgspec.json.decode(done.stdout, type=First)
    return Start(wall_s, cpu_s, is_right(first.good / first.seconds, first.good))
