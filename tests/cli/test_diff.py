"""`linewright diff`: what differs, for people and machines, and what it ends with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL, Ran, on_terminal

Run = Callable[..., Ran]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The small plant with a faster saw and a station more."""
    path = tmp_path / "other.yaml"
    text = SMALL.replace("48 s", "45 s").replace("rack, wash]", "rack, wash, 2, dry]")
    path.write_text(text.replace("products:", "              dry: {}\nproducts:"), "utf-8")
    return path


def test_equal_plants(plant: Path, tmp_path: Path, run: Run) -> None:
    """Plants that mean the same end with 0, however they are written."""
    same = tmp_path / "same.yaml"
    same.write_text(SMALL.replace("48 s", "0.8 min") + "# a comment\n", encoding="utf-8")
    assert run("diff", plant, same) == Ran(code=0, out="no difference\n", err="")
    assert json.loads(run("diff", "--json", plant, same).out) == {
        "before": str(plant),
        "after": str(same),
        "equal": True,
        "elements": [],
        "values": [],
    }


def test_different_plants(plant: Path, other: Path, run: Run) -> None:
    """Differences end with 1 and are told with both values."""
    ran = run("diff", plant, other)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "added buffer reno/shop/pump/wash-dry",
        "added station reno/shop/pump/dry",
        "changed line reno/shop/pump",
        "    flow: [saw, mill, wash] -> [saw, mill, wash, dry]",
        "changed station reno/shop/pump/saw",
        "    does.cut.time.mean_s: 48 s -> 45 s",
        "2 added, 2 values changed",
    ]


def test_json_of_a_difference(plant: Path, other: Path, run: Run) -> None:
    """JSON tells the same, and ends with the same code."""
    ran = run("diff", "--json", plant, other)
    report = json.loads(ran.out)
    assert (ran.code, report["equal"]) == (1, False)
    assert [each["kind"] for each in report["elements"]] == ["added", "added"]
    assert report["values"][1]["number"] == 45.0


@pytest.mark.parametrize("turned", [False, True])
def test_a_plant_that_cannot_be_read(plant: Path, run: Run, *, turned: bool) -> None:
    """When one of them is missing or has errors, nothing is compared and the code is 2."""
    pair = [plant, plant.parent / "gone.yaml"]
    ran = run("diff", *(reversed(pair) if turned else pair))
    assert ran.code == 2
    assert ran.out == ""
    assert "gone.yaml" in ran.err


def test_colours_and_control_characters(plant: Path, other: Path) -> None:
    """On a terminal what came is green; what stands in a label is spelled out."""
    text = other.read_text("utf-8").replace("label: Fräse 铣床", r'label: "\e[2J"')
    other.write_text(text, encoding="utf-8")
    out = on_terminal("diff", plant, other).out
    assert "\x1b[32madded" in out
    assert "\\x1b[2J" in out
