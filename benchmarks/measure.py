"""The kit of every benchmark: its arguments, fair timing, what it claims and how it is printed.

A benchmark is a folder with a `__main__.py` that calls `run`, and a `claims.json` that says what
it must show. It first asserts the right answer, runs the peer in the same minute, and returns
a `Claim` for each line of `claims.json`; it may return more.
"""

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tools.bench import judge, machine, table

CLAIMS = "claims.json"


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One number that was measured.

    Parameters
    ----------
    name
        As in `claims.json`.
    value
        In `unit`; None where nothing could be measured.
    unit
        For example `s`, `MB`, `x`, `share`, `count`.
    ratio
        Ours over the peer's, where there is a peer.
    peer
        What the peer is, with its version where it is a program.
    peer_value
        The peer's number, measured in the same run.
    correct
        Whether the answer behind the number was checked and right.
    rows
        What the number was counted from, where that is worth a table of its own.
    """

    name: str
    value: float | None
    unit: str
    correct: bool
    ratio: float | None = None
    peer: str | None = None
    peer_value: float | None = None
    rows: tuple[Mapping[str, Any], ...] = ()


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of every round of one work: on the clock, and of this process."""

    wall_s: tuple[float, ...]
    cpu_s: tuple[float, ...]

    @property
    def wall_s_median(self) -> float:
        """Median on the clock."""
        return statistics.median(self.wall_s)

    @property
    def cpu_s_median(self) -> float:
        """Median of the process."""
        return statistics.median(self.cpu_s)

    def __str__(self) -> str:
        least, most = min(self.wall_s), max(self.wall_s)
        return (
            f"wall {self.wall_s_median:.3f} s (from {least:.3f} to {most:.3f}), "
            f"cpu {self.cpu_s_median:.3f} s, {len(self.wall_s)} rounds"
        )


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for; `more` holds the benchmark's own arguments."""

    quick: bool
    seed: int
    more: Mapping[str, Any]


def interleaved(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Run several works in turn, so that a slow minute of the machine is everyone's.

    One round before the first is not counted: it loads modules and warms caches for all.

    Parameters
    ----------
    works
        By name; what they return is thrown away before the next one runs.
    rounds
        How often each runs, at least once.

    Returns
    -------
    dict
        Times of each work, under its name.
    """
    assert rounds >= 1, "nothing is measured in no rounds"
    walls: dict[str, list[float]] = {name: [] for name in works}
    cpus: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()  # nobody pays for another's garbage
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            took_s, used_s = time.perf_counter() - wall, time.process_time() - cpu
            if number:
                walls[name].append(took_s)
                cpus[name].append(used_s)
    return {n: Times(wall_s=tuple(walls[n]), cpu_s=tuple(cpus[n])) for n in works}


def note(text: str) -> None:
    """Print one line for people at once; what a program reads goes to the standard output."""
    print(text, file=sys.stderr, flush=True)


def run(
    folder: Path,
    measure: Callable[[Asked], list[Claim]],
    arguments: list[str],
    more: Mapping[str, int] | None = None,
) -> int:
    """Measure, print a table or JSON, and say whether every claim is met.

    Parameters
    ----------
    folder
        The benchmark's own, which holds `claims.json` and whose name it bears.
    measure
        What does the work.
    arguments
        From the command line.
    more
        The benchmark's own whole-number arguments and their defaults.

    Returns
    -------
    int
        Exit code: 0 when every claim that was asked for reaches its `must`.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{folder.name}")
    parser.add_argument("--quick", action="store_true", help="the version of about a minute")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn by chance")
    parser.add_argument("--output", type=Path, help="also write the JSON to this file")
    for name, default in (more or {}).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    given = vars(parser.parse_args(arguments))
    asked = Asked(
        quick=given["quick"], seed=given["seed"], more={name: given[name] for name in more or {}}
    )
    result = as_json(folder.name, measure(asked))
    text = json.dumps(result, indent=2)
    if given["output"] is not None:
        given["output"].write_text(text + "\n", encoding="utf-8")
    wanted = json.loads((folder / CLAIMS).read_text(encoding="utf-8"))["claims"]
    verdicts = judge(wanted, result, quick=asked.quick)
    print(text if given["json"] else table(verdicts), flush=True)
    return 0 if all(verdict.outcome != "NOT MET" for verdict in verdicts) else 1


def as_json(name: str, claims: list[Claim]) -> dict[str, object]:
    """Return what a program reads.

    Examples
    --------
    >>> found = as_json("speed", [Claim(name="wall", value=1.5, unit="s", correct=True)])
    >>> found["claims"][0]["value"], found["claims"][0]["peer"]
    (1.5, None)
    """
    return {
        "name": name,
        "machine": machine(),
        "claims": [_plain(claim) for claim in claims],
    }


def _plain(claim: Claim) -> dict[str, Any]:
    """Return a claim as a program reads it; without rows where there are none."""
    found: dict[str, Any] = msgspec.to_builtins(claim)
    return {key: value for key, value in found.items() if key != "rows" or value}
