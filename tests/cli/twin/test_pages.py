"""Files that tell of a run."""

import os
import stat
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pytest
from click.testing import CliRunner

from linewright.cli.entry import main
from linewright.twin.logs import csv_rows, xes_rows
from tests.cli.conftest import Ran

Run = Callable[..., Ran]

RUN = ["simulate", "plants/bracket", "bracket", "--hours", "3", "--replications", "3"]
RUN += ["--from", "2026-11-23 06:00", "--warm-up", "none", "--workers", "1"]


def said(*words: str) -> str:
    """Run a command that works, and return what it says."""
    found = CliRunner().invoke(main, [*RUN, *words])
    assert found.exit_code == 0, found.output
    return found.output


def test_report_and_replay_are_whole_pages(tmp_path: Path) -> None:
    """Both are written; the report holds the command that gives it again."""
    report, replay = tmp_path / "r.html", tmp_path / "p.html"
    said("--report", str(report), "--replay", str(replay), "--set", "saw-mill.places=20")
    text = report.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "--set saw-mill.places=20" in text
    assert "of 20" in text
    assert 'id="film"' in replay.read_text("utf-8")


def test_logs_are_those_of_the_same_replication(tmp_path: Path) -> None:
    """CSV and XES hold the same events, with operations and local times."""
    table, exchange = tmp_path / "log.csv", tmp_path / "log.xes"
    said("--log", str(table))
    said("--log", str(exchange))
    rows = list(csv_rows(table.read_text("utf-8").splitlines()))
    assert "2026-11-23T06:00:00.000000000-07:00" in table.read_text("utf-8")
    assert {row.activity for row in rows} == {"cut", "mill", "wash", "inspect"}
    found = list(xes_rows([exchange.read_bytes()]))
    key = attrgetter("t_ns", "case", "transition")
    assert sorted(found, key=key) == sorted(rows, key=key)


def test_experiments_have_a_report(tmp_path: Path) -> None:
    """Scenarios stand side by side in it."""
    report = tmp_path / "r.html"
    more = ["--set", "bracket/mill.does.mill.time=50 s", "--report", str(report)]
    found = CliRunner().invoke(main, ["experiment", *RUN[1:], *more])
    assert found.exit_code == 0, found.output
    assert 'id="scenarios"' in report.read_text("utf-8")


@pytest.mark.parametrize("name", ["log.txt", "log"])
def test_a_log_has_a_known_end(name: str) -> None:
    """A name that says nothing is refused before anything is run."""
    found = CliRunner().invoke(main, [*RUN, "--log", name])
    assert found.exit_code == 2
    assert "end it with .csv or .xes" in found.output


@pytest.mark.parametrize("option", ["--report", "--replay", "--log", "--csv"])
def test_a_file_that_cannot_be_written_is_told_before_the_run(
    plant: Path, tmp_path: Path, run: Run, option: str
) -> None:
    """Nothing is run for a file in no folder, nor is a pipe or device replaced by a file."""
    os.mkfifo(tmp_path / "pipe.csv")
    words = ("simulate", plant, "--hours", 1e6, "--replications", 1000, option)
    nowhere = run(*words, tmp_path / "none" / "there.csv")
    piped = run(*words, tmp_path / "pipe.csv")
    assert (nowhere.code, piped.code) == (2, 2)
    assert "there is no folder" in nowhere.err
    assert "is no plain file" in piped.err
    assert stat.S_ISFIFO((tmp_path / "pipe.csv").stat().st_mode)


def test_an_experiment_looks_at_its_files_first(plant: Path, tmp_path: Path, run: Run) -> None:
    """As `simulate` does."""
    words = ("experiment", plant, "--hours", 1e6, "--set", "saw-mill.places=20")
    for option in ("--report", "--csv"):
        ran = run(*words, option, tmp_path / "none" / "there.html")
        assert ran.code == 2
        assert "there is no folder" in ran.err
