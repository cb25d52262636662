"""Tables in every form: the same rows, whole or not at all."""

import contextlib
import csv
import json
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linewright.cli.ending import Failed
from linewright.cli.looking.tables import FORMATS, SHOWN_ROWS, Sink, joined_stream, table_of

COLUMNS: dict[str, list[object]] = {
    "tag": ["a#b", "a#b"],
    "t_ns": [2**62, 2**62 + 1],
    "value": [1.5, None],
    "int": [None, None],
    "text": [None, "Fräse"],
}


def _written(path: Path, form: str | None = None) -> Path:
    with Sink(form, str(path)).open() as sink:
        sink.add(table_of(COLUMNS))
        sink.add(table_of(COLUMNS))
    return path


def test_every_form_holds_the_same(tmp_path: Path) -> None:
    """CSV, JSON, Arrow and Parquet give the same rows back; no digit of a time is lost."""
    whole = table_of(COLUMNS)
    twice = pa.concat_tables([whole, whole])
    assert pq.read_table(_written(tmp_path / "x.parquet")).equals(twice)
    assert pa.ipc.open_file(_written(tmp_path / "x.arrow")).read_all().equals(twice)
    rows = json.loads(_written(tmp_path / "x.json").read_text("utf-8"))
    assert rows == twice.to_pylist()
    with _written(tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["t_ns"], line["text"]) for line in lines[:2]] == [
        (str(2**62), ""),
        (str(2**62 + 1), "Fräse"),
    ]


def test_columns_have_one_type_whatever_is_in_them() -> None:
    """A page without any integer has the same columns as one with some."""
    empty: dict[str, list[object]] = {name: [] for name in COLUMNS}
    assert table_of(empty).schema == table_of(COLUMNS).schema


@pytest.mark.parametrize("form", FORMATS[1:])
def test_nothing_is_a_file_too(form: str, tmp_path: Path) -> None:
    """An answer without rows makes a file that can be read."""
    path = tmp_path / "x"
    with Sink(form, str(path)).open() as sink:
        sink.add(table_of({name: [] for name in COLUMNS}))
    assert path.exists()


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """What fails on the way leaves what was there, and nothing beside it."""
    path = _written(tmp_path / "x.csv")
    before = path.read_bytes()
    with contextlib.suppress(Failed), Sink(None, str(path)).open() as sink:
        sink.add(table_of(COLUMNS))
        raise Failed("the service is gone")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is told with its path."""
    path = tmp_path / "no" / "x.csv"
    with pytest.raises(Failed, match="cannot be written"), Sink(None, str(path)).open():
        pass


def test_csv_holds_no_lists(tmp_path: Path) -> None:
    """What a form cannot hold is told, with what to do; JSON holds it."""
    nested = pa.table({"l": pa.array([[1, 2]]), "f": pa.array([math.nan])})
    csv_sink = Sink("csv", str(tmp_path / "x"))
    with pytest.raises(Failed, match="csv cannot hold this"), csv_sink.open():
        csv_sink.add(nested)
    with Sink("json", str(tmp_path / "y")).open() as sink:
        sink.add(nested)
    assert json.loads((tmp_path / "y").read_text()) == [{"l": [1, 2], "f": None}]


def test_a_long_table_is_cut_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal the first thousand rows are shown, and how many there are more."""
    with Sink(None, None).open() as sink:
        for _ in range(3):
            sink.add(table_of({"t_ns": list(range(SHOWN_ROWS // 2 + 1))}))
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == SHOWN_ROWS + 1
    assert "503 more rows" in said.err


def test_what_is_no_stream() -> None:
    """Bytes that are no Arrow are told, not raised."""
    with pytest.raises(Failed, match="is no table"):
        joined_stream(b"x" * 100)


def test_parquet_needs_a_file() -> None:
    """Parquet is not written to standard output."""
    with pytest.raises(Failed, match="written to a file"):
        Sink("parquet", None)


def test_pieces_without_rows_beside_others(capsys: pytest.CaptureFixture[str]) -> None:
    """A tag without rows has no type: the others are shown, in whatever order they come."""
    empty: dict[str, list[object]] = {"value": [], "unit": []}
    full: dict[str, list[object]] = {"value": ["1.5"], "unit": ["kW"]}
    with Sink("table", None).open() as sink:
        for columns in (empty, full, empty, full):
            sink.add(table_of(columns))
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("name", ["a.xlsx", "a.txt", "a"])
def test_an_ending_that_says_no_form(name: str, tmp_path: Path) -> None:
    """It is refused, with the endings that there are; a named form is taken."""
    with pytest.raises(Failed) as caught:
        Sink(None, str(tmp_path / name))
    assert ".parquet, or say --format" in caught.value.format_message()
    assert Sink("csv", str(tmp_path / name)).form == "csv"


def test_a_cut_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """However much of it is shown."""
    for rows in (5, SHOWN_ROWS + 5):
        with Sink(None, None).open() as sink:
            sink.add(table_of({"t_ns": list(range(rows))}))
            sink.cut = "the query has more"
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"cut after {rows:,} rows")
