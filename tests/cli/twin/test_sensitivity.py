"""`linewright sensitivity`: what one more of each thing is worth."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Ran

Run = Callable[..., Ran]
QUICK = ("--hours", 20, "--from", "2026-11-23", "--warm-up", "1h", "--workers", 1)
VARY = ("--vary", "buffer saw-mill=0..20", "--vary", "speed mill=50..150 %")


def test_effects_are_ranked(plant: Path, run: Run) -> None:
    """The mill limits the line: its speed is worth most, a place in front of it nothing."""
    ran = run("sensitivity", plant, *VARY, *QUICK)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("throughput 1/h: 60")
    assert lines[2].split()[:4] == ["speed", "mill", "95", "105"]
    assert lines[2].endswith("sure")
    assert lines[3].split()[:3] == ["saw-mill", "12", "13"]
    assert lines[3].endswith("no difference shown")
    assert not any(line.startswith(("None", "next")) for line in lines)


def test_nothing_that_is_sure_is_a_sentence(plant: Path, run: Run) -> None:
    """Room in front of the mill is worth nothing: that, the mill's limit and what next are said."""
    ran = run("sensitivity", plant, "--vary", "buffer saw-mill=0..20", *QUICK[:4], "--workers", 1)
    lines = ran.out.splitlines()
    assert "None of these changes is worth anything: mill limits it." in lines
    (following,) = (line for line in lines if line.startswith("next: linewright sensitivity"))
    words = shlex.split(following.removeprefix("next: linewright "))
    assert words[-2:] == ["--vary", "speed mill=50..150 %"]
    assert run(*words, *QUICK).out.splitlines()[2].endswith("sure")


def test_json_for_programs(plant: Path, run: Run) -> None:
    """Effects come with intervals and per unit of each thing."""
    found = json.loads(run("sensitivity", plant, *VARY, *QUICK, "--json").out)
    first = found["effects"][0]
    assert first["name"] == "speed mill"
    assert 0.55 < first["per_unit"] < 0.65  # parts an hour for each percent of 60 an hour
    assert found["again"].startswith("linewright sensitivity ")


def test_a_plant_that_is_none_of_the_designs(plant: Path, run: Run) -> None:
    """Values that leave out what the plant has today are refused with what to do."""
    ran = run("sensitivity", plant, "--vary", "buffer saw-mill=0..5", *QUICK)
    assert ran.code == 2
    assert "widen the values" in ran.err
