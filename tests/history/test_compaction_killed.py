"""Compaction killed half-way, by SIGKILL at every step: nothing is lost, nothing is doubled."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from linewright.history import Writer, open_history
from linewright.history.keeping import Compactor, Rule
from linewright.history.keeping.compaction import POINTS
from linewright.testing.history_conformance import HOUR_NS, T0_NS, Batch, DuckHistory, Ledger, Row

PROGRAM = Path(__file__).with_name("compact_program.py")
DAY_NS = 24 * HOUR_NS
FIRST_NS = T0_NS // DAY_NS * DAY_NS
LATER_NS = FIRST_NS + 3 * DAY_NS
KILLS = 25


def hour_of(n: int, hour: int, step_s: int = 60) -> Batch:
    """Batch `n`: rows of two tags over an hour."""
    start_ns = FIRST_NS + hour * HOUR_NS
    rows = [
        Row(tag=f"nogales#t{at % 2}", t_ns=start_ns + at * step_s * 10**9 + n, value=n + at / 8)
        for at in range(3600 // step_s)
    ]
    return Batch(source="mill", n=n, rows=tuple(rows))


STORY = [[hour_of(0, 1), hour_of(1, 2)], [hour_of(2, 2, 1200), hour_of(3, 5)], [hour_of(4, 1)]]
"""Hours, then late rows for one of them (a file of its own), then a merge of another."""


@pytest.fixture(scope="module")
def began(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """History with compacted hours, a file of late rows, hot rows for a merge, and a day due."""
    folder = tmp_path_factory.mktemp("began") / "history"
    held, ledger = DuckHistory.open(folder), Ledger()
    for step in STORY:
        held.append(step)
        ledger.append(step)
        if step is not STORY[-1]:
            held.compact(FIRST_NS + 7 * HOUR_NS)
    held.close()
    return folder, ledger


@pytest.mark.parametrize(
    ("point", "nth"), [*((point, 1) for point in POINTS), ("changed", 3), ("unlinked", 4)]
)
def test_killed_at_a_step_everything_is_there_once(
    began: tuple[Path, Ledger], tmp_path: Path, point: str, nth: int
) -> None:
    """After the kill every answer is right; the next start cleans up and ends the work."""
    folder, ledger = tmp_path / "history", began[1]
    shutil.copytree(began[0], folder)
    ended = run(folder, point, nth)
    assert ended in {-signal.SIGKILL, 0}
    assert ended or nth > 1, "the point was never reached"
    _check(folder, ledger)
    assert run(folder, "-", 0) == 0
    _check(folder, ledger)
    with Writer.open(folder) as writer:
        assert Compactor(writer.database.reader()).orphans() == []
        kinds = writer.database.rows("SELECT kind, count(*) FROM files GROUP BY kind")
    assert kinds == [("day", 1)]


@pytest.mark.faults
def test_killed_at_random_moments_everything_is_there_once(tmp_path: Path) -> None:
    """A process that appends and compacts, killed by the clock, again and again."""
    chance = random.Random(11)  # noqa: S311 - moments of a test, nothing secret
    ledger = Ledger()
    for life in range(KILLS):
        batches = [hour_of(n, n % 30, 5) for n in range(4 * life, 4 * life + 4)]
        held = DuckHistory.open(tmp_path)
        held.append(batches)
        ledger.append(batches)
        held.close()
        with _started(tmp_path, "-", 0) as program:
            try:
                program.wait(timeout=chance.uniform(0.4, 1.5))
            except subprocess.TimeoutExpired:
                program.send_signal(signal.SIGKILL)
    assert run(tmp_path, "-", 0) == 0
    _check(tmp_path, ledger)


def test_a_step_that_fails_leaves_no_trace(began: tuple[Path, Ledger], tmp_path: Path) -> None:
    """An error instead of a kill: the transaction is taken back, and the drafts are gone."""
    folder = tmp_path / "history"
    shutil.copytree(began[0], folder)

    def at(name: str) -> None:
        if name == "named":
            raise OSError(28, "no space left on device")

    with Writer.open(folder) as writer:
        compactor = Compactor(writer.database.reader(), at)
        with pytest.raises(OSError, match="no space"):
            compactor.compact(now_ns=LATER_NS, rule=_rule())
        compactor.remove_orphans()
        assert compactor.orphans() == []
    _check(folder, began[1])


def run(folder: Path, point: str, nth: int) -> int:
    """How the program ended."""
    with _started(folder, point, nth) as program:
        return program.wait(timeout=60)


def _started(folder: Path, point: str, nth: int) -> "subprocess.Popen[bytes]":
    root = PROGRAM.parent.parent.parent
    paths = {"PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])}
    command = [sys.executable, str(PROGRAM), str(folder), str(LATER_NS), point, str(nth)]
    return subprocess.Popen(command, env=os.environ | paths)


def _check(folder: Path, ledger: Ledger) -> None:
    held = DuckHistory.open(folder)
    try:
        ledger.check(held)
    finally:
        held.close()
    with open_history(folder) as history:
        assert history.damage(is_thorough=True) == []
        assert history.doubled() == 0


def _rule() -> Rule:
    return Rule(files_kept_s=0.0)
