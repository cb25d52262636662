"""`linewright query`: SQL over what a plant that runs has stored."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Ran, environment
from tests.cli.looking.conftest import rows_of
from tests.server.test_supervise import Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs


def test_rows_in_every_form(played: Up, tmp_path: Path, run: Run) -> None:
    """The same answer as a table, as JSON and in a file."""
    sql = "SELECT tag, samples FROM tags ORDER BY tag LIMIT 3"
    ran = run("query", sql, "--data", played.data)
    assert (ran.code, len(ran.out.splitlines())) == (0, 4)
    rows = rows_of(run("query", sql, "--format", "json", "--data", played.data).out)
    assert [row["tag"] for row in rows] == [line.split()[0] for line in ran.out.splitlines()[1:]]
    out = tmp_path / "tags.parquet"
    assert run("query", sql, "--out", out, "--data", played.data).code == 0
    assert pq.read_table(out).num_rows == 3


def test_large_answers_come_whole(played: Up, run: Run) -> None:
    """Many pieces of an answer are joined in their order."""
    sql = "SELECT n, repeat('x', 100) AS word FROM range(60000) t(n)"
    rows = rows_of(run("query", sql, "--format", "json", "--data", played.data).out)
    assert [row["n"] for row in rows] == list(range(60_000))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM sample", "line 1, column 15: there is no table `sample`"),
        ("SELECT valu FROM samples", "did you mean `value`?"),
        ("DELETE FROM samples", "DELETE is no question"),
        ("SELECT * FROM read_text('/etc/passwd')", "reads the tables of history and no file"),
        ("", "there is no query"),
    ],
)
def test_a_bad_query(sql: str, said: str, played: Up, run: Run) -> None:
    """What is wrong is told with its place, and ends with 2."""
    ran = run("query", sql, "--data", played.data)
    assert ran.code == 2
    assert said in ran.err


def test_a_cut_answer_is_told(played: Up, tmp_path: Path, run: Run) -> None:
    """More than a million rows are cut, and that is said beside them."""
    out = tmp_path / "many.parquet"
    ran = run("query", "FROM range(3000000)", "--out", out, "--data", played.data)
    assert (ran.code, pq.read_metadata(out).num_rows) == (0, 1_000_000)
    assert "cut after 1,000,000 rows" in ran.err


def test_ctrl_c_ends_the_query(played: Up, run: Run) -> None:
    """Ctrl-C ends the command at once with 130, and leaves its place to others."""
    sql = "SELECT count(*) FROM range(100000000) a, range(100000000) b"
    command = [sys.executable, "-m", "linewright", "query", sql, "--data", str(played.data)]
    for _ in range(3):  # more often than queries may be open at once
        process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stderr is not None
        assert b"the query runs" in process.stderr.readline()
        process.send_signal(2)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, b"Traceback" in err) == (130, False)
    assert run("query", "SELECT 1", "--data", played.data).code == 0


def test_sql_from_standard_input(played: Up) -> None:
    """`-` takes the query from standard input."""
    command = [sys.executable, "-m", "linewright", "query", "-", "--data", str(played.data)]
    done = subprocess.run(command, input=b"SELECT 6 * 7 AS n", capture_output=True, check=True)
    assert done.stdout.split() == [b"n", b"42"]


def test_a_stopped_plant_answers_no_sql(stopped: Path, run: Run) -> None:
    """It is said what works then, for SQL and for the audit."""
    asked = run("query", "FROM gaps", "--data", stopped)
    assert (asked.code, "`linewright read` and `linewright export` work" in asked.err) == (2, True)
    audited = run("audit", "--data", stopped)
    assert (audited.code, "history/audit.jsonl" in audited.err) == (2, True)
