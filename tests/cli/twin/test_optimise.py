"""`linewright optimise`: the best design, how sure that is, and what is refused."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

Run = Callable[..., Ran]
QUICK = ("--hours", 20, "--from", "2026-11-23", "--warm-up", "1h", "--workers", 1)
SPEED = ("--vary", "speed mill=80..120 % by 10")


def test_the_best_is_told(plant: Path, run: Run) -> None:
    """The mill limits the line: it runs as fast as it may, and how sure that is is said."""
    ran = run("optimise", plant, *SPEED, *QUICK)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("throughput 1/h: 72")
    assert lines[2].split() == ["speed", "mill", "120", "100"]
    assert lines[3].startswith("as it stands: 60")
    assert "none of the 5 designs compared is better by more than 0.3/h;" in ran.out
    assert "That is 0.42 % of what the best one gives." in lines
    assert lines[-1].endswith("--delta 0.3")


def test_a_warm_up_that_was_found_is_a_short_number(plant: Path, run: Run) -> None:
    """What `again` says of the warm-up has one decimal place, and gives the same answer."""
    ran = run("optimise", plant, *SPEED, *QUICK[:4], "--workers", 1)
    again = shlex.split(ran.out.splitlines()[-1].removeprefix("again: linewright "))
    found = again[again.index("--warm-up") + 1]
    assert re.fullmatch(r"none|\d+(\.\d)?h", found)
    assert run(*again).out == ran.out


def test_the_same_command_gives_the_same_answer(plant: Path, run: Run) -> None:
    """What `again` says gives the same output once more, with two processes too."""
    ran = run("optimise", plant, "pump", "--vary", "buffer saw-mill=0..3", *SPEED, *QUICK)
    again = ran.out.splitlines()[-1].removeprefix("again: linewright ")
    assert run(*shlex.split(again), "--workers", 2).out == ran.out


def test_money_and_sums(plant: Path, run: Run) -> None:
    """A figure with prices is weighed, less is better where asked, and sums are kept."""
    vary = ("--vary", "buffer saw-mill=0..9", *SPEED, "--sum", "2 saw-mill + speed mill = 100")
    ran = run("optimise", plant, *vary, "--minimise", "3 saw-mill - throughput", *QUICK, "--json")
    found = json.loads(ran.out)
    assert {
        2 * one["design"]["saw-mill"] + one["design"]["speed mill"] for one in found["ranked"]
    } == {100}
    assert found["best"] == {"saw-mill": 0, "speed mill": 100.0}
    assert (found["scope"], found["is_complete"], found["within"]) == ("all", True, 0.0)


def test_a_budget_that_ends(plant: Path, run: Run) -> None:
    """With too few runs nothing is claimed, and the command ends with 1."""
    ran = run("optimise", plant, *SPEED, *QUICK, "--budget", 20, "--delta", 1)
    assert ran.code == 1
    assert "None: the budget ended before the designs were compared." in ran.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--vary", "buffer saw-mil=1..3"), "did you mean `saw-mill`?"),
        (("--vary", "buffers=1..3", "--sum", "buffers = 99"), "no design keeps to them"),
        (("--vary", "buffers=1..3", "--maximise", "throughpt"), "throughpt"),
        (("--vary", "buffers=1..3", "--maximise", "good", "--minimise", "wip"), "give one of them"),
        (("--vary", "buffers=1..3", "--delta", "0"), "is not above 0"),
        (("--vary", "buffers=1..3", "--confidence", "95"), "0.95"),
    ],
)
def test_what_is_refused(more: tuple[str, ...], said: str, plant: Path, run: Run) -> None:
    """What cannot be done is told in one line with what to do, and ends with 2."""
    ran = run("optimise", plant, *QUICK, *more)
    assert ran.code == 2
    assert said in ran.err
    assert [line[:7] for line in ran.err.splitlines()].count("Error: ") == 1
