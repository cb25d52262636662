"""The file: made once, refused when it is not ours or in use."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from linewright.history.store import FILE, Database, HistoryUnusable


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """What was put before the failure is gone with it."""
    with Database.open(tmp_path) as database:
        with pytest.raises(duckdb.Error):
            _put_and_fail(database)
        assert database.rows("SELECT * FROM tally") == []


def test_a_file_of_another_version_is_not_touched(tmp_path: Path) -> None:
    """The error says so, and the file stays as it was."""
    with Database.open(tmp_path) as database:
        database.rows("UPDATE form SET version = 99")
    with pytest.raises(HistoryUnusable, match="of another version"):
        Database.open(tmp_path)
    with duckdb.connect(str(tmp_path / FILE), read_only=True) as plain:
        assert plain.execute("SELECT version FROM form").fetchall() == [(99,)]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """Bytes that are no database give the typed error."""
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(HistoryUnusable, match="cannot be opened"):
        Database.open(tmp_path)


def test_a_second_process_is_told_whom_to_ask(tmp_path: Path) -> None:
    """While one process has the file, another one gets the typed error with its advice."""
    program = (
        "import sys; from pathlib import Path; from linewright.history import *\n"
        "try: open_history(Path(sys.argv[1]))\n"
        "except HistoryUnusable as error: print(error.advice)"
    )
    with Database.open(tmp_path):
        command = [sys.executable, "-c", program, str(tmp_path)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert "ask it on the bus" in told.stdout


def test_the_file_cannot_reach_other_files(tmp_path: Path) -> None:
    """External access is off: no query reads or writes anything else."""
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with Database.open(tmp_path) as database, pytest.raises(duckdb.Error):
        database.rows(f"SELECT * FROM '{tmp_path / 'secret.csv'}'")  # noqa: S608 - the point


def _put_and_fail(database: Database) -> None:
    with database.transaction():
        database.insert("tally", [("a", 1)])
        database.rows("SELECT * FROM nowhere")
