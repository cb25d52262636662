"""`linewright simulate`: figures with intervals, for people and for programs."""

import csv
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, on_terminal

Run = Callable[..., Ran]
QUICK = ("--hours", 20, "--from", "2026-11-23", "--warm-up", "1h", "--replications", 4)


def test_a_line_is_run_and_told(plant: Path, run: Run) -> None:
    """The head says what was run; figures of the line, its stations and buffers follow."""
    ran = run("simulate", plant, *QUICK)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("reno/shop/pump: 4 replications of 20 h, from 2026-11-23 00:00")
    firsts = [line.split()[0] for line in lines if line]
    for name in ("throughput", "scrap_share", "wip", "saw", "mill", "saw-mill", "again:"):
        assert name in firsts
    assert lines[1] == "measured: 19 h, after a warm-up of 1 h (given), 95 % intervals"
    assert lines[2].startswith("bottleneck: mill (it runs 100.0 % of its working time")
    assert "60" in lines[4]  # the mill's 60 s a piece


def test_the_same_command_gives_the_same_figures(plant: Path, run: Run) -> None:
    """What `again` says gives the same output once more, by another process too."""
    ran = run("simulate", plant, "pump", *QUICK, "--set", "mill.does.mill=60 s exponential")
    again = ran.out.splitlines()[-1].removeprefix("again: linewright ")
    assert run(*shlex.split(again)).out == ran.out


def test_of_which_hours_parts_are_counted(plant: Path, run: Run) -> None:
    """After a warm-up `good` says its hours, and a row says what a week is."""
    words = ("--hours", 168, "--from", "2026-11-23", "--warm-up", "68h", "--replications", 2)
    rows = _rows(run("simulate", plant, *words).out)
    assert rows["good"][0] == "6000"
    assert rows["good"][-1].endswith("good parts that left in the 100 h measured")
    assert rows["a week"][0] == "10080"
    assert rows["a week"][-1].endswith("good parts a week, of 168 h of working time")
    assert "a week" not in _rows(run("simulate", plant, *words[:5], "none", *words[6:]).out)


def _rows(text: str) -> dict[str, list[str]]:
    """The rows of tables: the first column, and the others."""
    cells = (re.split(r"  +", line) for line in text.splitlines())
    return {name: rest for name, *rest in cells if rest}


@pytest.mark.parametrize("warm", ["none", "2h"])
def test_tables_fit_a_terminal(run: Run, warm: str) -> None:
    """Figures of a line of eight stations fit 100 columns; what is 0 everywhere is left out."""
    words = ("nogales/assembly/axle", "--hours", 40, "--from", "2026-11-09", "--warm-up", warm)
    ran = run("simulate", "plants/corridor", *words, "--replications", 3)
    lines = ran.out.splitlines()
    tables = [line for line in lines if not line.startswith(("note: ", "next: ", "again: "))]
    assert max(map(len, tables)) <= 100
    assert "station, %" in ran.out
    assert "planned_stop" not in ran.out
    (lead,) = (line for line in lines if line.startswith("lead_time"))
    assert "  min  " in lead


def test_what_to_ask_next(plant: Path, run: Run) -> None:
    """The next command is told and runs; a report is offered where none was asked for."""
    lines = run("simulate", plant, *QUICK).out.splitlines()
    (following,) = (line for line in lines if line.startswith("next: "))
    words = shlex.split(following.removeprefix("next: linewright "))
    assert run(*words, *QUICK[:6]).code == 0
    assert "report: the same with --report report.html" in lines


def test_a_holiday_is_told(run: Run) -> None:
    """A run that begins on a holiday of the site says so."""
    words = ("nogales/assembly/axle", "--hours", 40, "--from", "2026-11-16", "--warm-up", "none")
    ran = run("simulate", "plants/corridor", *words, "--replications", 2)
    assert "note: 2026-11-16 is a holiday of nogales (Día de la Revolución)" in ran.out


def test_json_for_programs(plant: Path, run: Run) -> None:
    """Every figure with mean, half-width, unit; nothing that JSON does not know."""
    ran = run("simulate", plant, *QUICK, "--replications", 1, "--json")
    found = json.loads(ran.out, parse_constant=_refused)
    one = found["measured"]["estimates"]["throughput"]
    assert one["mean"] == pytest.approx(60.0)
    assert (one["half_width"], one["unit"], one["replications"]) == (None, "1/h", 1)
    assert found["again"].startswith("linewright simulate ")


def _refused(constant: str) -> None:
    raise AssertionError(constant)


def test_every_replication_in_a_file(plant: Path, tmp_path: Path, run: Run) -> None:
    """The CSV has a row for each figure of each replication; their mean is what is printed."""
    out = tmp_path / "runs.csv"
    ran = run("simulate", plant, *QUICK, "--csv", out, "--json")
    rows = list(csv.DictReader(out.read_text().splitlines()))
    good = [float(row["value"]) for row in rows if (row["measure"], row["at"]) == ("good", "")]
    assert len(good) == 4
    mean = json.loads(ran.out)["measured"]["estimates"]["good"]["mean"]
    assert sum(good) / 4 == pytest.approx(mean)


def test_a_dry_run_says_the_cost(plant: Path, run: Run) -> None:
    """How many runs and about how long; nothing else is run."""
    ran = run("simulate", plant, *QUICK, "--dry-run")
    assert ran.code == 0
    assert "4 runs of 20 h from 2026-11-23 00:00; about 1 s on one processor" in ran.out
    ran = run("simulate", plant, *QUICK, "--dry-run", "--precision", "1%")
    assert "10 to 1,000 runs" in ran.out


def test_replications_until_it_is_precise(plant: Path, run: Run) -> None:
    """With a precision, the interval that is printed is as narrow as asked."""
    words = ("--set", "mill.does.mill=60 s exponential", "--precision", "2 %", "--json")
    ran = run("simulate", plant, *QUICK, *words)
    one = json.loads(ran.out)["measured"]["estimates"]["throughput"]
    assert one["half_width"] <= 0.02 * one["mean"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pmp",), "did you mean `pump`?"),
        (("--set", "mill.does.mill.tiem=3 s"), "did you mean `time`?"),
        (("--set", "mill"), "PATH=VALUE"),
        (("--warm-up", "3x"), "no span of time"),
        (("--warm-up", "30 h"), "leaves nothing"),
        (("--precision", "often"), "write it as 1% or 0.01"),
        (("--within", "3 min"), "--within bounds --precision"),
        (("--hours", "nan"), "no length"),
        (("--hours", "0"), "no length"),
        (("--level", "95"), "0.95"),
        (("--product", "p2"), "p2"),
        (("--from", "25:99"), "no time"),
        (("reno/shop/none",), "did you mean `reno/shop`?"),
    ],
)
def test_wrong_use(plant: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    """What cannot be run ends with 2 and one line that says what to do."""
    ran = run("simulate", plant, *QUICK, *words)
    assert ran.code == 2
    assert said in ran.err
    errors = [line for line in ran.err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1


def test_a_plant_without_a_line_or_with_several(tmp_path: Path, run: Run) -> None:
    """Left out, AT is the only line; with several, they are named."""
    ran = run("simulate", "plants/corridor")
    assert ran.code == 2
    assert "nogales/soft/shaft" in ran.err
    assert run("simulate", tmp_path / "none.yaml").code == 2


def test_on_a_terminal(plant: Path) -> None:
    """A narrow terminal gets the figures too, below a bar that is taken away again."""
    ran = on_terminal("simulate", plant, *QUICK, columns=70)
    assert ran.code == 0
    assert "throughput" in ran.out
