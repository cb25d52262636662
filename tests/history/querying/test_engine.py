"""A query: what it answers, what it refuses, and what it can never reach."""

import os
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from linewright.history.querying.engine import Bounds, Layout, QueryRefused, pieces
from tests.history.querying.made import ROWS, answer_of, refusal_of, rows_of

ATTACKS = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_json('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM parquet_metadata('{secret}')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
    "SELECT * FROM samples, read_text('{secret}')",
    "WITH stolen AS (SELECT * FROM read_text('/etc/passwd')) FROM stolen",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_text('http://127.0.0.1:1/x')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT getenv('HOME')",
    "ATTACH '{folder}/made.db'",
    "ATTACH ':memory:' AS other",
    "COPY samples TO '{folder}/made.csv'",
    "COPY (SELECT 1) TO '{folder}/made.parquet'",
    "EXPORT DATABASE '{folder}/made'",
    "IMPORT DATABASE '{folder}'",
    "EXPLAIN ANALYZE COPY samples TO '{folder}/made.csv'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '64GB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA memory_limit='64GB'",
    "CREATE TABLE mine(n INTEGER)",
    "CREATE SECRET (TYPE S3)",
    "DROP VIEW samples",
    "DELETE FROM samples",
    "INSERT INTO samples VALUES (1)",
    "CALL pragma_version()",
    "BEGIN",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY samples TO '{folder}/made.csv'",
    "",
    "-- nothing",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_but_the_tables_is_reached(attack: str, history: Path, tmp_path: Path) -> None:
    """Files, programs, other databases and settings are refused, and nothing is written."""
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhunter2\n", "utf-8")
    before = sorted(os.walk(tmp_path))
    refused = refusal_of(history, attack.format(secret=secret, folder=tmp_path))
    assert "hunter2" not in str(refused)
    assert sorted(os.walk(tmp_path)) == before


def test_a_column_of_names_is_answered(history: Path) -> None:
    """An ENUM comes with its names in each piece, which is a whole stream; also with no rows."""
    names = "SELECT (CASE n % 2 WHEN 0 THEN 'off' ELSE 'on' END)::ENUM('off', 'on') AS state"
    table, _ = answer_of(history, f"{names} FROM range(400000) AS r(n)")
    assert table.num_rows == 400_000
    assert table["state"].slice(399_998).to_pylist() == ["off", "on"]
    empty, _ = answer_of(history, f"{names} FROM range(0) AS r(n)")
    assert empty.num_rows == 0


def test_variables_of_ours_are_no_tables(history: Path) -> None:
    """DuckDB reads variables of the program as tables unless told otherwise; here it does not."""
    assert "there is no table `reader`" in str(refusal_of(history, "SELECT * FROM reader"))
    assert "there is no table `schema`" in str(refusal_of(history, 'SELECT * FROM "schema"'))


def test_the_settings_stay(history: Path) -> None:
    """What bounds a query is in force when it runs, and no statement of it can change that."""
    sql = "SELECT name, value FROM duckdb_settings() WHERE name IN ({})"
    names = "'lock_configuration', 'enable_external_access', 'autoload_known_extensions', 'threads'"
    found = {row["name"]: row["value"] for row in rows_of(history, sql.format(names))}
    assert found == {
        "lock_configuration": "true",
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
        "threads": "2",
    }


@pytest.mark.parametrize(
    ("sql", "line", "column", "said"),
    [
        ("SELECT * FROM sample", 1, 15, "no table `sample` (did you mean `samples`?)"),
        ("SELECT valu\nFROM samples", 1, 8, "no column `valu` (did you mean `value`?)"),
        ("SELECT tag\nFROM samples\nWHERE qualty = 0", 3, 7, "did you mean `quality`?"),
        ("SELECT 'ä', valu FROM samples", 1, 13, "did you mean `value`?"),
        ("SELEC 1", 1, 1, "SELEC"),
        ("SELECT nothing(1)", 1, 8, "there is no function `nothing`"),
        ("SELECT * FROM elsewhere", 1, 15, "there are: gaps, records, samples, tags"),
        ("SELECT tag, count(*) FROM samples", 1, 8, "must appear in the GROUP BY clause"),
        ("SELECT CAST('a' AS INTEGER)", 1, 8, "Could not convert string 'a'"),
    ],
)
def test_a_bad_query_is_told_where(
    sql: str, line: int, column: int, said: str, history: Path
) -> None:
    """What is wrong comes with its line, its column and the nearest name."""
    refused = refusal_of(history, sql)
    assert (refused.line, refused.column) == (line, column)
    assert said in str(refused)


def test_a_query_that_fails_on_the_way(history: Path) -> None:
    """What goes wrong only with the values is told as well; the query gets no half answer."""
    sql = "SELECT CASE WHEN value = 77 THEN error('boo') ELSE 1 END FROM samples"
    assert "boo" in str(refusal_of(history, sql))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('x', 4000000000)",
        "SELECT repeat('x', 1200000000)",
        "SELECT list(a.range) FROM range(1000000000) a",
        "SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(10000)",
    ],
)
def test_memory_is_bounded(sql: str, history: Path) -> None:
    """Huge texts and lists end as a refusal, also those of which DuckDB does not keep count."""
    assert "memory" in str(refusal_of(history, sql))


def test_rows_are_bounded(history: Path) -> None:
    """A longer answer is cut at the most rows, and says so; one just as long is not cut."""
    bounds = Bounds(rows=ROWS)
    table, is_cut = answer_of(history, "FROM samples", bounds)
    assert (table.num_rows, is_cut) == (ROWS, False)
    table, is_cut = answer_of(history, "FROM range(100000000) a, range(100000000) b", bounds)
    assert (table.num_rows, is_cut) == (ROWS, True)


def test_large_answers_come_in_pieces(history: Path) -> None:
    """Each piece fits a message; a single row that does not is refused with what to do."""
    sql = "SELECT n, repeat('x', 3000) AS word FROM range(1000) t(n)"
    table, _ = answer_of(history, sql)
    assert table.column("n").to_pylist() == list(range(1000))
    assert set(table.column("word").to_pylist()) == {"x" * 3000}
    assert "left(text, 1000)" in str(refusal_of(history, "SELECT repeat('x', 800000)"))


def test_every_type_comes_through(history: Path) -> None:
    """What SQL can answer is Arrow: times, decimals, lists, structures, huge numbers, nothing."""
    sql = "SELECT DATE '2026-11-23' d, 1.50::DECIMAL(9,2) m, [1, NULL] l, {'a': 1} s, NULL n"
    (row,) = rows_of(history, sql + ", 'nan'::DOUBLE f, 170141183460469231731687303715884105727 h")
    assert str(row["d"]) == "2026-11-23"
    assert str(row["m"]) == "1.50"
    assert (row["l"], row["s"], row["n"]) == ([1, None], {"a": 1}, None)


def test_an_answer_without_rows_has_columns(history: Path) -> None:
    """Where nothing is found, the columns are told all the same."""
    table, is_cut = answer_of(history, "SELECT tag, value FROM samples WHERE false")
    assert (table.column_names, table.num_rows, is_cut) == (["tag", "value"], 0, False)


def test_a_query_that_is_too_long() -> None:
    """Data sent as text is refused before anything reads it."""
    with pytest.raises(QueryRefused, match="has 100,001 characters"):
        next(pieces("x" * 100_001, Layout(views={}), Bounds(), Path()))


def test_a_piece_is_a_stream_of_its_own(history: Path) -> None:
    """Whoever gets one piece can read it without the others."""
    one = Layout(views={"one": "SELECT 1 AS n"})
    (piece,) = pieces("FROM one", one, Bounds(), history / "unused")
    assert pa.ipc.open_stream(piece.data).read_all().to_pylist() == [{"n": 1}]
    assert msgspec.structs.asdict(piece)["rows"] == 1
