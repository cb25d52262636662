"""`linewright run`: one service in the foreground."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Ran, spawn

Run = Callable[..., Ran]


def test_without_a_bus(tmp_path: Path) -> None:
    """A folder in which no NATS server was started is told, with what to do; the code is 2."""
    ran = spawn("run", "live", "--data", tmp_path, "--site", "reno")
    assert ran.code == 2
    assert "bus/live.json: not found (start the bus first)" in ran.err


def test_a_service_that_there_is_not(run: Run, tmp_path: Path) -> None:
    """Another service is answered with those that there are."""
    ran = run("run", "lve", "--data", tmp_path, "--site", "reno")
    assert ran.code == 2
    assert "'live'" in ran.err


def test_a_parent_that_is_gone(tmp_path: Path) -> None:
    """A service whose supervisor has died meanwhile does not begin."""
    ran = spawn("run", "live", "--data", tmp_path, "--site", "reno", "--parent", os.getpid() + 1)
    assert ran.code == 2
    assert not (tmp_path / "live").exists()
