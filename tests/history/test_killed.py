"""The writer killed in the middle of its work, again and again."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from linewright.history import export_audit, open_history
from tests.history.append_program import LOST, STEPS
from tests.history.building import TAGS
from tools import check_audit

PROGRAM = Path(__file__).with_name("append_program.py")
KILLS = 12


@pytest.mark.faults
def test_a_writer_killed_at_any_moment_goes_on_exactly(tmp_path: Path, checkout: Path) -> None:
    """After every kill the file is whole, and in the end everything is in it once."""
    chance = random.Random(7)  # noqa: S311 - moments of a test, nothing secret
    links = 0
    for _ in range(KILLS):
        with _started(tmp_path, checkout) as program:
            try:
                program.wait(timeout=chance.uniform(0.7, 1.6))
            except subprocess.TimeoutExpired:
                program.send_signal(signal.SIGKILL)
        if not (tmp_path / "history.duckdb").exists():
            continue
        with open_history(tmp_path, read_only=False) as history:
            counts = history.counts()
            lost = sum(n < counts.positions.get("records", 0) for n in LOST)
            assert counts.links == counts.positions.get("records", 0) >= links
            assert counts.frames + lost == counts.links
            links = counts.links
    with _started(tmp_path, checkout) as program:
        assert program.wait(timeout=60) == 0
    with open_history(tmp_path) as history:
        assert len(history.read(TAGS[0]).value) == 2 * (STEPS - len(LOST))
        assert history.doubled() == 0
        assert {(gap.first_n, gap.last_n) for gap in history.gaps()} == {(100, 101), (1000, 1000)}
    assert export_audit(tmp_path, tmp_path / "a.jsonl") == STEPS
    assert check_audit.main([str(tmp_path / "a.jsonl")]) == 0


def _started(folder: Path, checkout: Path) -> "subprocess.Popen[bytes]":
    paths = {"PYTHONPATH": os.pathsep.join([str(checkout), str(checkout / "src")])}
    return subprocess.Popen([sys.executable, str(PROGRAM), str(folder)], env=os.environ | paths)
