"""`linewright status`: what runs, what does not, and what to do."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Ran
from tests.server.test_supervise import Up

Run = Callable[..., Ran]


def test_all_is_well(played: Up, run: Run) -> None:
    """Services, links, history: all are up, and the code is 0."""
    ran = run("status", "--data", played.data)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert "site     nogales, an emulated plant" in lines
    assert "bus      up" in lines
    assert "links    4 connected" in lines
    assert len([line for line in lines if line.startswith("service") and " up," in line]) == 7


def test_the_same_as_json(played: Up, run: Run) -> None:
    """Programs get every number."""
    found = json.loads(run("status", "--json", "--data", played.data).out)
    assert (found["ok"], found["running"], found["site"]) == (True, True, "nogales")
    assert {each["state"] for each in found["services"]} == {"up"}
    assert found["history"]["samples"] > 0
    assert {link["source"] for link in found["links"]} == {"saw", "mill", "wash", "inspect"}


def test_a_service_that_is_down(played: Up, run: Run) -> None:
    """A stopped service is told as down, and the code is 1; it hangs, so it is started again."""
    pid = played.running().pids["live"]
    os.kill(pid, signal.SIGSTOP)
    try:
        ran = run("status", "--data", played.data)
        assert ran.code == 1
        assert "service  live     down" in ran.out
    finally:
        os.kill(pid, signal.SIGCONT)
    played.until_it_runs(60)


def test_nothing_runs(stopped: Path, run: Run) -> None:
    """Of a plant that is stopped its folder and the size of its history are told."""
    ran = run("status", "--data", stopped)
    assert ran.code == 1
    assert "state    nothing runs here" in ran.out
    found = json.loads(run("status", "--json", "--data", stopped).out)
    assert (found["running"], found["ok"], found["site"]) == (False, False, "nogales")
    assert found["history"]["bytes"] > 0


def test_no_plant_at_all(tmp_path: Path, run: Run) -> None:
    """A folder of something else is no plant."""
    ran = run("status", "--data", tmp_path)
    assert ran.code == 2
    assert "no plant ever ran on" in ran.err
