"""Exports: the same rows in each form, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pytest

from linewright.history import History, Wanted, Writer, export, open_history, take_in
from tests.history.building import TAGS, corrected, framed, published, samples, state


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """History with 30 rows of five tags, ten of them corrected, and two records."""
    frames = [framed(0), framed(1), corrected(2, raw_ns=-7)]
    arrivals = [*samples(frames), *published([state(0), state(1)])]
    with Writer.open(tmp_path / "history") as writer:
        writer.append(take_in(arrivals), plant_rev="r1")
    with open_history(tmp_path / "history") as opened:
        yield opened


@pytest.mark.parametrize("form", ["parquet", "csv", "arrow"])
def test_every_form_holds_the_same_rows(
    history: History, tmp_path: Path, form: Literal["parquet", "csv", "arrow"]
) -> None:
    """Read back by another program, tag by tag and in order."""
    path = tmp_path / f"all.{form}"
    assert export(history, path, Wanted(form=form)) == 30
    if form == "arrow":
        with pa.OSFile(str(path)) as file:
            found = pa.ipc.open_file(file).read_all()
    else:
        found = duckdb.sql(f"SELECT * FROM '{path}'").to_arrow_table()  # noqa: S608 - ours
    assert found["tag"].to_pylist() == [tag for tag in TAGS for _ in range(6)]
    assert found["value"].to_pylist() == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0] * 5
    assert found["raw_ns"].to_pylist() == [None, None, None, None, -7, -7] * 5


def test_some_tags_of_a_window(history: History, tmp_path: Path) -> None:
    """The window's end is not in it."""
    times = history.read(TAGS[1]).t_ns
    wanted = Wanted(tags=(TAGS[1],), from_ns=times[1], until_ns=times[3])
    assert export(history, tmp_path / "some.parquet", wanted) == 2


def test_records_are_lines_of_json(history: History, tmp_path: Path) -> None:
    """Each as it was published."""
    path = tmp_path / "states.parquet"
    assert export(history, path, Wanted(record_class="state")) == 2
    texts = duckdb.sql(f"SELECT json FROM '{path}'").fetchall()  # noqa: S608 - ours
    assert [text for (text,) in texts] == history.texts("state")


def test_progress_is_told_and_may_end_it(history: History, tmp_path: Path) -> None:
    """What `progress` raises comes out, and no half of a file is left."""
    told: list[tuple[int, int]] = []
    export(history, tmp_path / "a.csv", Wanted(form="csv"), lambda *step: told.append(step))
    assert told == [(done, 5) for done in range(6)]

    def stop(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(history, tmp_path / "b.csv", Wanted(form="csv"), stop)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.csv"]
