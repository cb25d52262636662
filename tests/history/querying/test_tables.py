"""The tables of a query: what stands in them, and what is said before there are any."""

from pathlib import Path

import pytest

from linewright.history.querying.engine import QueryRefused
from linewright.history.querying.tables import layout_of
from tests.history.querying.made import ROWS, T0_NS, TAG, rows_of


def test_the_columns_are_those_of_the_page(history: Path) -> None:
    """Every table has the columns that docs/operating.md tells, and all its rows."""
    page = (Path(__file__).parents[3] / "docs" / "operating.md").read_text("utf-8")
    counts = {"samples": ROWS, "records": 2, "tags": 1, "gaps": 1}
    for table, count in counts.items():
        rows = rows_of(history, f"FROM {table}")
        assert len(rows) == count
        assert f"| `{table}` | {', '.join(f'`{name}`' for name in rows[0])} |" in page


def test_times_are_timestamps(history: Path) -> None:
    """`t` is the event time in UTC, to the microsecond."""
    sql = "SELECT t_ns, t, epoch_us(t) AS us FROM samples ORDER BY t_ns LIMIT 1"
    (row,) = rows_of(history, sql)
    assert (row["t_ns"], row["us"]) == (T0_NS, T0_NS // 1000)
    assert str(row["t"]) == "2026-11-23 15:30:00"


def test_raw_times_are_there_where_they_are(history: Path) -> None:
    """A row whose time was corrected has the one that its source gave."""
    (row,) = rows_of(history, "SELECT n, raw_ns FROM samples WHERE raw_ns IS NOT NULL")
    assert row == {"n": ROWS - 1, "raw_ns": T0_NS - 1_000_000_000}


def test_the_latest_revision_of_a_gap(history: Path) -> None:
    """A gap is one row, as it was last told."""
    (gap,) = rows_of(history, "SELECT rev, reason, of_source, count, at_least FROM gaps")
    assert gap == {"rev": 1, "reason": "stopped", "of_source": "saw", "count": 2790} | {
        "at_least": True
    }


def test_the_span_of_each_tag(history: Path) -> None:
    """`tags` tells each tag once, with its first and last time."""
    (row,) = rows_of(history, "FROM tags")
    last_ns = T0_NS + (ROWS - 1) * 1_000_000_000
    assert row == {"tag": TAG, "samples": ROWS, "first_ns": T0_NS, "last_ns": last_ns}


def test_before_anything_is_published(tmp_path: Path) -> None:
    """Without a listing, and with a damaged one, it is said what to do."""
    with pytest.raises(QueryRefused, match="published nothing yet"):
        layout_of(tmp_path, "FROM samples")
    (tmp_path / "query").mkdir()
    (tmp_path / "query" / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(QueryRefused, match=r"manifest\.json"):
        layout_of(tmp_path, "FROM samples")


def test_only_published_files_are_open(history: Path) -> None:
    """What a query may open are the files of the listing, by their whole paths."""
    files = layout_of(history, "FROM samples").files
    assert {Path(each).name for each in files} == {"tail.parquet", "records.parquet"}
    assert all(Path(each).is_absolute() for each in files)
