"""`linewright experiment`: scenarios beside the plant as it stands."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

Run = Callable[..., Ran]
QUICK = ("--hours", 20, "--from", "2026-11-23", "--warm-up", "1h", "--replications", 4)

SCENARIOS = """\
scenarios:
  faster:
    label: A quicker mill
    set: {mill.does.mill.time: 50 s}
  slower:
    changes: [{at: mill, parameter: speed, value: 50, from: 2 h}]
"""


@pytest.fixture
def ideas(tmp_path: Path) -> Path:
    """A file of two scenarios."""
    path = tmp_path / "ideas.yaml"
    path.write_text(SCENARIOS, encoding="utf-8")
    return path


def test_scenarios_stand_beside_the_plant(plant: Path, ideas: Path, run: Run) -> None:
    """A row for each with its difference and a verdict, and what each changes."""
    words = ("--scenario", ideas, "--set", "saw-mill.places=30")
    ran = run("experiment", plant, "pump", *words, *QUICK)
    assert ran.code == 0
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line and line[0] != " "}
    assert rows["faster"].split()[-4:] == ["more", "A", "quicker", "mill"]
    assert rows["slower"].endswith("less")
    assert rows["set"].endswith("no difference shown")
    assert ran.out.count("all met the same chance") == 1
    assert "1 value changed" not in ran.out
    assert "does.mill.time.mean_s: 1 min -> 50 s" in ran.out
    assert "places: 12 -> 30" in ran.out
    assert "changes while it runs only" in ran.out


def test_json_and_csv(plant: Path, ideas: Path, tmp_path: Path, run: Run) -> None:
    """Programs get runs and differences by figure, and every replication of every scenario."""
    out = tmp_path / "all.csv"
    ran = run("experiment", plant, "--scenario", ideas, *QUICK, "--json", "--csv", out)
    found = json.loads(ran.out)
    gain = found["comparisons"][0]["differences"]["estimates"]["throughput"]
    assert gain["mean"] == pytest.approx(12.0, abs=0.5)  # 72 instead of 60 an hour
    assert [each["name"] for each in found["runs"]] == ["baseline", "faster", "slower"]
    rows = csv.DictReader(out.read_text().splitlines())
    assert {row["scenario"] for row in rows} == {"baseline", "faster", "slower"}


def test_a_dry_run_counts_every_plant(plant: Path, ideas: Path, run: Run) -> None:
    """Two scenarios and the plant itself, four times each."""
    ran = run("experiment", plant, "--scenario", ideas, *QUICK, "--dry-run")
    assert "12 runs of 20 h" in ran.out
    assert "3 plants" in ran.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scenarios: {a: {sett: {}}}", "did you mean `set`?"),
        ("scenarios: {a: {set: {mil.places: 3}}}", "did you mean `mill`?"),
        ("scenarios: {a: {set: {mill.does.mill.time: 3 sx}}}", "no unit `sx`"),
        (
            "scenarios: {a: {changes: [{at: mill, parameter: sped, value: 3}]}}",
            "use speed, cycle_factor or scrap_share",
        ),
        ("scenarios:\n\ta: {}", "ideas.yaml:2"),
    ],
)
def test_slips_in_a_file(plant: Path, ideas: Path, run: Run, text: str, said: str) -> None:
    """A wrong scenario ends with 2, its name and the nearest right spelling."""
    ideas.write_text(text, encoding="utf-8")
    ran = run("experiment", plant, "--scenario", ideas, *QUICK)
    assert ran.code == 2
    assert said in ran.err


def test_without_a_scenario(plant: Path, run: Run) -> None:
    """There is nothing to compare, or the file is not there: told, with 2."""
    assert "--set PATH=VALUE" in run("experiment", plant, *QUICK).err
    ran = run("experiment", plant, "--scenario", plant.parent / "no.yaml", *QUICK)
    assert (ran.code, "check the path" in ran.err) == (2, True)
