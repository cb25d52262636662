"""`linewright read`: rows, buckets and points of an address, running or stopped."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Ran
from tests.cli.looking.conftest import ROWS, T0_NS, TAG, rows_of
from tests.server.test_supervise import Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs
FROM = ["--from", "2026-11-23 08:30", "--to", "2026-11-23 10:10"]


def test_all_rows_of_a_stopped_plant(stopped: Path, run: Run) -> None:
    """Every row is there once, over all pages, with its exact and its local time."""
    ran = run("read", "mill#active_power", *FROM, "--format", "json", "--data", stopped)
    rows = rows_of(ran.out)
    assert (ran.code, len(rows)) == (0, ROWS)
    assert [row["t_ns"] for row in rows[:2]] == [T0_NS, T0_NS + 10**9]
    assert rows[0]["time"] == "2026-11-23T08:30:00.000000000-07:00"
    assert (rows[0]["tag"], rows[0]["unit"], rows[1]["value"]) == (TAG, "kW", 1.0)


def test_a_table_for_people(stopped: Path, run: Run) -> None:
    """A table tells local times, values with units and quality in words; the zone stands once."""
    window = ["--from", "2026-11-23 08:30", "--to", "2026-11-23 08:30:02"]
    ran = run("read", "mill#active_power", *window, "--data", stopped)
    assert "2026-11-23 08:30:00 to 2026-11-23 08:30:02, America/Hermosillo (UTC-07:00)" in ran.err
    head, *rows = [line.split() for line in ran.out.splitlines()]
    assert head == ["time", "value", "unit", "quality"]
    assert rows == [
        ["2026-11-23", "08:30:00.000", "0", "kW", "good"],
        ["2026-11-23", "08:30:01.000", "1", "kW", "good"],
    ]


def test_buckets_and_points(stopped: Path, tmp_path: Path, run: Run) -> None:
    """A row for each span, or so few that a plot keeps its outline; into a file, too."""
    out = tmp_path / "minutes.parquet"
    ran = run(
        "read", "mill#active_power", *FROM, "--every", "1 min", "--out", out, "--data", stopped
    )
    assert ran.out == f"written: {out} (100 rows)\n"
    found = pq.read_table(out)
    assert set(found.column("count").to_pylist()) == {60}
    assert set(found.column("max").to_pylist()) == {59.0}
    few = ["--points", "40", "--format", "json", "--data", stopped]
    assert len(rows_of(run("read", "mill#active_power", *FROM, *few).out)) <= 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mil"], "did you mean `mill`?"),
        (["mill", "--from", "soon"], "`soon` is no time"),
        (["mill", "--last", "long"], "`long` is no span of time"),
        (["mill", "--from", "08:00", "--last", "1 h"], "leave one of them out"),
        (["mill", "--every", "1 min", "--points", "9"], "leave one of them out"),
        (["mill", "--points", "3"], "4<=x<=5000"),
        (["mill", "--format", "xml"], "'xml' is not one of"),
        (["mill", "--format", "parquet"], "written to a file"),
    ],
)
def test_wrong_use(words: list[str], said: str, stopped: Path, run: Run) -> None:
    """What cannot be read is told with what to do, and ends with 2."""
    ran = run("read", *words, "--data", stopped)
    assert ran.code == 2
    assert said in ran.err


def test_a_time_without_anything(stopped: Path, run: Run) -> None:
    """Where nothing was stored that is said, and it is no failure."""
    ran = run("read", "saw", *FROM, "--data", stopped)
    assert ran.code == 0
    assert "nothing was stored in this time" in ran.err


def test_a_plant_that_runs(played: Up, run: Run) -> None:
    """The last half hour of plant time of a whole station, from the service."""
    ran = run("read", "mill", "--last", "30 min", "--format", "json", "--data", played.data)
    rows = rows_of(ran.out)
    assert ran.code == 0
    assert len({row["tag"] for row in rows}) > 5
    every = ["--last", "30 min", "--every", "10 min", "--format", "json", "--data", played.data]
    counts = [row["count"] for row in rows_of(run("read", "mill", *every).out)]
    assert any(counts)


def test_now_of_a_stopped_plant(stopped: Path, run: Run) -> None:
    """It is the newest time that was stored, and that is said; a line with empty tags is shown."""
    words = ["read", "bracket", "--last", "1min", "--data", stopped]
    ran = run(*words)
    assert (ran.code, len(ran.out.splitlines())) == (0, 61)
    assert "the plant is stopped: now is the newest time" in ran.err
    rows = rows_of(run(*words, "--format", "json").out)
    assert rows[-1]["t_ns"] == T0_NS + (ROWS - 1) * 10**9


def test_an_ending_of_another_kind(stopped: Path, tmp_path: Path, run: Run) -> None:
    """No file is written under the name of a form that we have not."""
    ran = run("read", "mill", "--out", tmp_path / "x.xlsx", "--data", stopped)
    assert ran.code == 2
    assert "`.xlsx` is no ending of a table" in ran.err
    assert list(tmp_path.iterdir()) == []
