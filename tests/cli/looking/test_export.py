"""`linewright export`: everything in a file, once, running or stopped."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from linewright.cli.looking.export import Wish, asked
from linewright.cli.looking.place import place_of
from linewright.cli.looking.tables import Sink
from linewright.cli.looking.wanted import instant
from linewright.cli.looking.words import local
from tests.cli.conftest import Ran
from tests.cli.looking.conftest import ROWS, T0_NS, TAG, rows_of
from tests.server.test_supervise import Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs
ENOUGH = 100


def test_a_stopped_plant(stopped: Path, tmp_path: Path, run: Run) -> None:
    """Every row of the file, or those of a time."""
    out = tmp_path / "all.parquet"
    ran = run("export", "--out", out, "--data", stopped)
    assert (ran.code, ran.out) == (0, f"written: {out} ({ROWS:,} rows)\n")
    found = pq.read_table(out)
    assert set(found.column("tag").to_pylist()) == {TAG}
    assert found.column("t_ns").to_pylist() == [T0_NS + n * 10**9 for n in range(ROWS)]
    words = ["--from", "2026-11-23 08:30", "--to", "2026-11-23 08:31", "--out", tmp_path / "x.csv"]
    assert "(60 rows)" in run("export", "mill", *words, "--data", stopped).out


def test_a_plant_that_runs(played: Up, tmp_path: Path, run: Run) -> None:
    """Slices of time hold everything once, however small they are."""
    whole, sliced = tmp_path / "whole.parquet", tmp_path / "sliced.parquet"
    to = _settled(played, run)
    words = ["--to", to, "--out", whole, "--data", played.data]
    assert run("export", "mill", *words).code == 0
    place = place_of(str(played.data))
    wish = Wish(
        address="nogales/machining/bracket/mill",
        from_ns=0,
        until_ns=instant(to, place.zone(), 0),
        slice_rows=50,
    )
    asyncio.run(asked(place, wish, Sink(None, str(sliced))))
    one, many = pq.read_table(whole), pq.read_table(sliced)
    assert one.num_rows > ENOUGH
    # As texts: what is no number is not equal to itself.
    assert sorted(map(str, many.to_pylist())) == sorted(map(str, one.to_pylist()))


def _settled(played: Up, run: Run) -> str:
    """A local time before which some rows of the mill lie, all of them published by now."""
    place = place_of(str(played.data))
    sql = "SELECT max(t_ns) - 60000000000 AS t_ns FROM samples"
    count = "SELECT count(*) AS n FROM samples WHERE contains(tag, '/mill#') AND t_ns < {}"
    found: list[int] = []

    def is_enough() -> bool:
        words = ["--format", "json", "--data", played.data]
        found.append(int(str(rows_of(run("query", sql, *words).out)[0]["t_ns"])))
        return int(str(rows_of(run("query", count.format(found[-1]), *words).out)[0]["n"])) > ENOUGH

    played.until(is_enough, 90)
    return local(found[-1], place.zone(), digits=0)


def test_records_of_a_class(played: Up, tmp_path: Path, run: Run) -> None:
    """Records come as their JSON, of a plant that runs."""
    out = tmp_path / "audit.csv"
    ran = run("export", "--records", "audit", "--out", out, "--data", played.data)
    assert ran.code == 0
    assert "plant.applied" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "x.json"], "an export is no json"),
        (["--out", "x.csv", "--records", "nothing"], "'nothing' is not one of"),
        (["nothing", "--out", "x.csv"], "there is no address"),
        (["saw", "--out", "x.csv"], "nothing was stored of"),
        (["--from", "2026-11-24", "--to", "2026-11-23", "--out", "x.csv"], "before it begins"),
    ],
)
def test_wrong_use(words: list[str], said: str, stopped: Path, tmp_path: Path, run: Run) -> None:
    """What cannot be exported is told, ends with 2, and leaves no file."""
    placed = [str(tmp_path / word) if word.startswith("x.") else word for word in words]
    ran = run("export", *placed, "--data", stopped)
    assert ran.code == 2
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []
