"""The history is killed again and again while it compacts: every row is there, once."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from linewright.history import open_history
from linewright.testing.emitted import Emitted, balance_of
from tests.faults.bench import keep
from tests.faults.compact_program import ROWS, SOURCE, STEPS, TAGS, times

pytestmark = pytest.mark.faults

LIVES_MAX = 60


def emitted() -> list[Emitted]:
    """Every number that the program stores."""
    return [
        Emitted(tag=TAGS[row % len(TAGS)], t_ns=t_ns, at_ns=t_ns, value=float(step * ROWS + row))
        for step in range(STEPS)
        for row, t_ns in enumerate(times(step))
    ]


def lives(folder: Path, seed: int) -> int:
    """Run the program until it ends by itself, killed soon after it began to work; how often."""
    rng = random.Random(seed)  # noqa: S311 - the same kills in every run
    command = [sys.executable, "-m", "tests.faults.compact_program", str(folder)]
    for count in range(LIVES_MAX):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"at work\n"
            try:
                assert process.wait(rng.uniform(0.05, 0.5)) == 0
            except subprocess.TimeoutExpired:
                process.kill()
            else:
                return count
    raise AssertionError(f"not done after {LIVES_MAX} lives")


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_while_it_compacts(seed: int, tmp_path: Path) -> None:
    """Some kills fall into an append, some into a compaction; neither loses nor doubles."""
    kills = lives(tmp_path, seed)
    assert kills > 2
    with open_history(tmp_path) as history:
        found = balance_of(emitted(), history, SOURCE)
    line = {"case": f"compaction killed {seed}", "kills": kills, "shown": found.shown}
    line |= {"in_gaps": found.in_gaps, "unaccounted": found.unaccounted, "doubled": found.doubled}
    keep({**line, "invented": found.invented, "red_s": []})
    assert (found.shown, found.stored) == (STEPS * ROWS, STEPS * ROWS)
    assert (found.doubled, found.invented, found.differing) == (0, 0, 0)
