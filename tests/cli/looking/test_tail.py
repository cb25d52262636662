"""`linewright tail`: what comes, live, from every level, over a restart of the bus."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, environment, on_terminal
from tests.server.test_supervise import Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs


def test_samples_with_units_and_local_times(played: Up, run: Run) -> None:
    """Each line has a local time, a whole address, a value with its unit, and its quality."""
    ran = run("tail", "bracket", "--lines", "5", "--for", "30", "--data", played.data)
    assert ran.code == 0
    assert "times of America/Hermosillo (UTC-07:00)" in ran.err
    lines = ran.out.splitlines()
    assert len(lines) == 5
    for line in lines:
        date, at, tag, *rest = line.split()
        assert (len(date), len(at)) == (10, 12)
        assert tag.startswith("nogales/machining/bracket/")
        assert "good" in rest


def test_one_station_as_json(played: Up, run: Run) -> None:
    """Only what was asked for comes, a JSON object a line."""
    ran = run("tail", "mill", "--json", "--lines", "3", "--for", "30", "--data", played.data)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert len(rows) == 3
    assert all("/mill#" in row["tag"] for row in rows)


def test_records(played: Up, tmp_path: Path, run: Run) -> None:
    """Records of an address come as they are stored: a command, what it did, and the audit."""
    process, said, told = _tail(played, tmp_path, "mill", "--records")
    try:
        played.until(lambda: "Ctrl-C ends" in told(), 30)
        run("send", "mill#speed", "90", "--yes", "--data", played.data)  # refused or not
        played.until(lambda: {"audit", "command", "ack"} <= set(said().split()), 30)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
    assert "value 90" in said()


def _tail(
    played: Up, folder: Path, *words: str
) -> tuple["subprocess.Popen[bytes]", Callable[[], str], Callable[[], str]]:
    """A tail in a process of its own, and what it wrote to its two outputs so far."""
    command = [sys.executable, "-m", "linewright", "tail", *words, "--data", str(played.data)]
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(command, env=environment(), stdout=out, stderr=err)
    return process, (folder / "out").read_text, (folder / "err").read_text


def test_it_ends_after_its_time(played: Up, run: Run) -> None:
    """--for ends it with 0, whether anything came or not."""
    began_s = time.monotonic()
    assert run("tail", "mill", "--for", "1", "--data", played.data).code == 0
    assert time.monotonic() - began_s < 10


@pytest.mark.parametrize(
    ("address", "said"), [("mil", "did you mean `mill`?"), ("x#y", "there is no")]
)
def test_a_wrong_address(address: str, said: str, played: Up, run: Run) -> None:
    """What is not there is told with the nearest spelling, and ends with 2."""
    ran = run("tail", address, "--for", "5", "--data", played.data)
    assert ran.code == 2
    assert said in ran.err


def test_a_terminal_is_not_flooded(played: Up) -> None:
    """On a terminal at most fifty lines a second are shown."""
    ran = on_terminal("tail", "nogales", "--for", "4", "--data", played.data, columns=200)
    assert ran.code == 0
    assert len(ran.out.splitlines()) <= 1 + 6 * 51


def test_it_survives_a_restart_of_the_bus(played: Up, tmp_path: Path) -> None:
    """A killed bus is told, as is its return; samples go on behind it, and none comes twice."""
    process, said, told = _tail(played, tmp_path, "bracket", "--json")
    try:
        played.until(lambda: bool(said()), 30)
        os.kill(played.running().pids["bus"], signal.SIGKILL)
        played.until(lambda: "connection lost" in told(), 30)
        played.until(lambda: "connected again" in told(), 60)
        before = len(said())
        played.until(lambda: len(said()) > before, 60)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
    lines = said().splitlines()
    assert len(set(lines)) == len(lines)
    played.until_it_runs(60)
