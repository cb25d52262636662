"""Recordings become rows whose times always rise."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linewright.connectors.replay.rows import BAD, UNCERTAIN, columns_of, rows_of, time_ns, value_of
from linewright.connectors.sources import Point
from linewright.connectors.values import Spoken
from linewright.plant import Address

PAYLOADS = Path(__file__).parent / "payloads"
COLUMNS = ["load", "state", "count", "program"]
SIX = 1_709_272_800 * 10**9
"""2024-03-01 06:00 UTC."""


def tag(type_: str | None = None) -> Point:
    """A point of this type."""
    return Point(tag=Address("nogales/shop/mills/mill#x"), item="x", type=type_)


def test_a_recorded_file_becomes_rows_with_what_is_wrong_in_them() -> None:
    """Times go forward, short and long rows and odd times are marked, nothing is left out."""
    rows = list(rows_of([PAYLOADS / "mill.csv"], COLUMNS, "when"))
    assert [(row.t_ns - SIX, row.status) for row in rows] == [
        (0, 0),
        (250_000_000, 0),
        (500_000_000, 0),
        (500_000_001, UNCERTAIN),
        (500_000_002, UNCERTAIN),
        (1_000_000_000, 0),
        (1_500_000_000, BAD),
    ]
    assert rows[4].cells == ["15.0", "2", "2", "O1205, rev B"]
    assert rows[5].cells == ["nan", "true", "2", None]


def test_a_column_that_is_not_there_has_no_cells(tmp_path: Path) -> None:
    """It is told by the header, which `columns_of` gives."""
    path = tmp_path / "a.csv"
    path.write_text("t,kw\n0,1.5\n1,2.5\n", encoding="utf-8")
    assert columns_of(path) == ("t", "kw")
    rows = list(rows_of([path], ["amps", "kw"], "t"))
    assert [row.cells for row in rows] == [[None, "1.5"], [None, "2.5"]]


def test_files_follow_one_another(tmp_path: Path) -> None:
    """The second file goes on behind the first; a Parquet file says the same as a CSV file."""
    first, second = tmp_path / "1.csv", tmp_path / "2.parquet"
    first.write_text("t,kw\n2024-03-01T06:00:00,1.5\n", encoding="utf-8")
    times = pa.array([SIX // 10**6, SIX // 10**6 + 500], pa.timestamp("ms"))
    pq.write_table(pa.table({"t": times, "kw": [2.5, None]}), second)
    rows = list(rows_of([first, second], ["kw"], "t"))
    assert [(row.t_ns - SIX, row.cells) for row in rows] == [
        (0, ["1.5"]),
        (1, [2.5]),
        (500_000_000, [None]),
    ]
    assert columns_of(second) == ("t", "kw")


@pytest.mark.parametrize(
    "cell", [SIX, SIX // 1000, SIX // 10**6, SIX // 10**9, "2024-03-01 00:00:00-06:00"]
)
def test_the_unit_of_a_time_is_guessed_from_its_size(cell: object) -> None:
    """Nano-, micro-, milliseconds, seconds, as number or text, and ISO 8601 mean one moment."""
    assert time_ns(cell) == SIX
    assert time_ns(str(cell)) == SIX


@pytest.mark.parametrize("cell", [None, "", "soon", True, float("nan"), -5, "9" * 30])
def test_what_is_no_time_has_none(cell: object) -> None:
    """Whatever stands there, it is no error."""
    assert time_ns(cell) is None


@pytest.mark.parametrize(
    ("cell", "type_", "wanted"),
    [
        ("12", None, (12, 0)),
        ("-0.5", "float64", (-0.5, 0)),
        ("TRUE", "bool", (True, 0)),
        ("O1204", None, ("O1204", 0)),
        ("12", "text", ("12", 0)),
        ("O1204", "float64", (None, BAD)),
        ("1_000", None, ("1_000", 0)),
        (2.5, None, (2.5, 0)),
        (b"x", None, (None, BAD)),
    ],
)
def test_cells_are_read_as_the_plant_file_says(
    cell: object, type_: str | None, wanted: tuple[Spoken, int]
) -> None:
    """A text where a number belongs is bad; without a type a text is a text."""
    assert value_of(cell, tag(type_)) == wanted


def test_a_cell_beyond_all_bounds_spoils_its_row_alone(tmp_path: Path) -> None:
    """The rest of the file is read on."""
    path = tmp_path / "a.csv"
    path.write_text(f't,kw\n0,1\n1,"{"x" * 200_000}"\n2,3\n', encoding="utf-8")
    rows = list(rows_of([path], ["kw"], "t"))
    found: list[tuple[int, Sequence[object]]] = [(row.status, row.cells) for row in rows]
    assert found[0] == (0, ["1"])
    assert found[-1] == (0, ["3"])
    assert BAD in {status for status, _ in found}
