"""The DuckDB file: its bounds, its form, and rows in and out. Alone imports DuckDB.

Every change stands in one transaction: a process that is killed leaves the file as it was after
the last commit.

>>> import tempfile
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     database.rows("SELECT version FROM form")
[(3,)]
"""

import os
import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import duckdb

from linewright.history.keeping.arrays import pa
from linewright.history.keeping.forms import FORM, STEPS, TABLES

__all__ = ["FILE", "Database", "DuckError", "HistoryUnusable", "sealed"]

FILE = "history.duckdb"
MEMORY_MAX = "1GB"
"""DuckDB's own bound; beyond it a query goes to disk. One machine runs all services."""

LOG_MAX = "128MB"
"""The log is written into the file when it is larger than this: with DuckDB's own 16 MB that is a
third of the work of an append, and reading 128 MB again after a kill takes about a second."""

THREADS_MAX = 2
"""Threads of a query: connect and think must not wait for a report."""

_COLUMNS: Mapping[str, pa.Schema] = {
    "tags": pa.schema([("id", pa.int32()), ("address", pa.utf8())]),
    "arrivals": pa.schema(
        [("batch", pa.int64()), ("source", pa.int32()), ("n", pa.int64()), ("seen_ns", pa.int64())]
    ),
    "feeds": pa.schema([("tag", pa.int32()), ("source", pa.utf8())]),
    "files": pa.schema(
        [
            ("id", pa.int32()),
            ("path", pa.utf8()),
            ("kind", pa.utf8()),
            ("from_ns", pa.int64()),
            ("until_ns", pa.int64()),
            ("rows", pa.int64()),
            ("size", pa.int64()),
            ("sha256", pa.utf8()),
        ]
    ),
    "companions": pa.schema(
        [
            ("file", pa.int32()),
            ("hour", pa.int32()),
            ("path", pa.utf8()),
            ("part", pa.int32()),
            ("size", pa.int64()),
            ("sha256", pa.utf8()),
        ]
    ),
    "segments": pa.schema(
        [
            ("file", pa.int32()),
            ("tag", pa.int32()),
            ("part", pa.int32()),
            ("first", pa.int32()),
            ("rows", pa.int32()),
            ("from_ns", pa.int64()),
            ("until_ns", pa.int64()),
            ("scale", pa.float64()),
            ("has", pa.int32()),
        ]
    ),
    "leaving": pa.schema([("path", pa.utf8()), ("since_ns", pa.int64())]),
    "sources": pa.schema([("source", pa.int32()), ("name", pa.utf8()), ("epoch", pa.int64())]),
    "progress": pa.schema([("name", pa.utf8()), ("state", pa.utf8())]),
    "records": pa.schema(
        [
            ("class", pa.utf8()),
            ("id", pa.utf8()),
            ("rev", pa.int64()),
            ("address", pa.utf8()),
            ("t_ns", pa.int64()),
            ("seen_ns", pa.int64()),
            ("seq", pa.int64()),
            ("json", pa.utf8()),
        ]
    ),
    "outbox": pa.schema([("id", pa.utf8()), ("rev", pa.int64()), ("json", pa.utf8())]),
    "audit": pa.schema([("n", pa.int64()), ("id", pa.utf8()), ("line", pa.utf8())]),
    "refused": pa.schema(
        [
            ("stream", pa.utf8()),
            ("seq", pa.int64()),
            ("subject", pa.utf8()),
            ("what", pa.utf8()),
            ("data", pa.binary()),
        ]
    ),
    "tally": pa.schema([("name", pa.utf8()), ("count", pa.int64())]),
}


FEW_ROWS = 30
"""So many rows are sooner given one by one than as an Arrow table: a half of its millisecond."""


class HistoryUnusable(RuntimeError):
    """The history of a folder cannot be opened.

    Parameters
    ----------
    folder
        Where it lies.
    what
        What is wrong, one sentence without a full stop.
    advice
        What to do.

    Examples
    --------
    >>> str(HistoryUnusable(Path("data/history"), "it is not there", "start history once"))
    'history in data/history: it is not there; start history once'
    """

    def __init__(self, folder: Path, what: str, advice: str) -> None:
        super().__init__(folder, what, advice)
        self.folder = folder
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"history in {self.folder.as_posix()}: {self.what}; {self.advice}"


class Database:
    """An open DuckDB file; one thread at a time uses it.

    Examples
    --------
    >>> import tempfile
    >>> database = Database.open(Path(tempfile.mkdtemp()))
    >>> database.close()
    """

    def __init__(
        self,
        connection: Any,  # noqa: ANN401 - DuckDB's own
        folder: Path,
        *,
        is_read_only: bool = False,
    ) -> None:
        self._connection = connection
        self.folder = folder
        self.is_read_only = is_read_only
        self._is_left_open = False

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Self:
        """Open the file of a folder; where it may write and there is none, make it.

        Parameters
        ----------
        folder
            Folder of the history.
        read_only
            Whether nothing is to be written.

        Raises
        ------
        HistoryUnusable
            Another process writes, there is none to read, it is damaged, or of another version.
        """
        path = folder / FILE
        if read_only and not path.is_file():
            raise HistoryUnusable(folder, "there is none yet", "start the service history once")
        folder.mkdir(parents=True, exist_ok=True)
        settings: dict[str, Any] = {
            "memory_limit": MEMORY_MAX,
            "threads": THREADS_MAX,
            "checkpoint_threshold": LOG_MAX,
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        try:
            connection = duckdb.connect(str(path), read_only=read_only, config=settings)
        except duckdb.Error as error:
            what = f"it cannot be opened ({_first_line(error)})"
            advice = "stop the service history, which alone may have it open, or ask it on the bus"
            raise HistoryUnusable(folder, what, advice) from error
        opened = cls(connection, folder, is_read_only=read_only)
        try:
            opened._check_form(read_only=read_only)
        except HistoryUnusable:
            opened.close()
            raise
        return opened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the last connection to it writes the log into it."""
        self._connection.close()

    def reader(self) -> "Database":
        """Second connection of the same process, for a thread that reads while one writes."""
        return Database(self._connection.cursor(), self.folder, is_read_only=self.is_read_only)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none of them."""
        if self._is_left_open:
            self._roll_back()
        self._connection.begin()
        self._is_left_open = False
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """Take back what is open; where that fails, the next transaction does it once more."""
        self._is_left_open = True
        with suppress(DuckError):  # where the disk failed, there is nothing to take back
            self._connection.rollback()
            self._is_left_open = False

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows that a query gives, each a tuple."""
        found: list[tuple[Any, ...]] = self._connection.execute(query, list(values)).fetchall()
        return found

    def columns(self, query: str, *values: object) -> dict[str, list[Any]]:
        """What a query gives, column by column."""
        found: dict[str, list[Any]] = self.arrow(query, *values).to_pydict()
        return found

    def batches(
        self, query: str, values: Sequence[object], rows: int
    ) -> Generator[Any, None, None]:
        """What a query gives, as Arrow tables of at most so many rows, one in memory at a time.

        Parameters
        ----------
        query
            What is asked.
        values
            For its question marks.
        rows
            Most rows of a table.

        Yields
        ------
        pyarrow.Table
            Close the generator where it is not read to its end: no transaction ends before.
        """
        reader = self._connection.sql(query, params=list(values)).to_arrow_reader(rows)
        try:
            for batch in reader:
                yield pa.Table.from_batches([batch])
        finally:
            reader.close()

    def insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Append rows to any table but the samples, their values in the order of its columns."""
        some = list(rows)
        if len(some) > FEW_ROWS:
            self.insert_rows(table, _table(_COLUMNS[table], some))
        elif some:
            marks = ", ".join(["(" + ", ".join("?" * len(some[0])) + ")"] * len(some))
            values = [value for row in some for value in row]
            self._connection.execute(f"INSERT INTO {table} VALUES {marks}", values)  # noqa: S608 - our names

    def insert_new(self, rows: Iterable[tuple[object, ...]]) -> set[tuple[str, str, int]]:
        """Append records whose (class, id, rev) is not there, and say which these were."""
        given = _table(_COLUMNS["records"], rows)
        if not given.num_rows:
            return set()
        done = self._put(
            given,
            "INSERT INTO records SELECT * FROM given ON CONFLICT DO NOTHING"
            " RETURNING class, id, rev",
        )
        return {(name, key, rev) for name, key, rev in done}

    def replace(self, table: str, rows: Sequence[tuple[object, ...]], *, key: str) -> None:
        """Put rows in the place of those with the same `key`, which is one of their columns."""
        given = _table(_COLUMNS[table], rows)
        if given.num_rows:
            gone = f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM given)"  # noqa: S608 - our names
            self._put(given, gone)
            self.insert(table, rows)

    def insert_rows(self, table: str, rows: Any) -> None:  # noqa: ANN401 - Arrow's own
        """Append an Arrow table to a table with the same columns in the same order."""
        if rows.num_rows:
            self._put(rows, f"INSERT INTO {table} SELECT * FROM given")  # noqa: S608 - our names

    def arrow(self, query: str, *values: object) -> Any:  # noqa: ANN401 - Arrow's own
        """What a query gives, as an Arrow table."""
        return self._connection.sql(query, params=list(values)).to_arrow_table()

    def _put(self, given: Any, statement: str) -> list[tuple[Any, ...]]:  # noqa: ANN401 - Arrow's own
        """Run a statement that reads the Arrow table `given` under that name."""
        self._connection.register("given", given)
        try:
            done: list[tuple[Any, ...]] = self._connection.execute(statement).fetchall()
        except DuckError:
            with suppress(DuckError):  # it says no more than that the transaction is over
                self._connection.unregister("given")
            raise
        self._connection.unregister("given")
        return done

    def _check_form(self, *, read_only: bool) -> None:
        """Make the tables of a new file; bring an older one up to date; refuse a newer one."""
        known = self.rows("SELECT table_name FROM duckdb_tables()")
        if not known and not read_only:
            with self.transaction():
                self._connection.execute(TABLES)
                self._connection.execute("INSERT INTO form VALUES (?)", [FORM])
            return
        form = self.rows("SELECT version FROM form")[0][0] if ("form",) in known else None
        if form == FORM:
            return
        if form is None:
            advice = "move the file away, or name another folder"
            raise HistoryUnusable(self.folder, "its file is no history of ours", advice)
        if form not in STEPS:
            what = f"its tables are of another version: form {form}, this is form {FORM}"
            raise HistoryUnusable(self.folder, what, "use the version that made it, or a newer one")
        if read_only:
            what = f"its tables have form {form}, this is form {FORM}"
            raise HistoryUnusable(self.folder, what, "start the service history once")
        self._migrate(form)

    def _migrate(self, form: int) -> None:
        """Bring the tables to today's form, with a copy of the file as it was beside it."""
        self._connection.execute("CHECKPOINT")
        copy = self.folder / f"history.form{form}.duckdb"
        if not copy.exists():
            draft = copy.with_suffix(".part")
            shutil.copyfile(self.folder / FILE, draft)
            sync_file(draft)
            draft.replace(copy)
        for step in range(form, FORM):
            with self.transaction():
                self._connection.execute(STEPS[step])
                self._connection.execute("UPDATE form SET version = ?", [step + 1])
        self._connection.execute("CHECKPOINT")


DuckError = duckdb.Error
"""Whatever DuckDB raises."""


def sealed(views: Mapping[str, str], files: Sequence[str], settings: Mapping[str, object]) -> Any:  # noqa: ANN401 - DuckDB's own
    """Open a DuckDB in memory that sees some views and files, and nothing can change that.

    Parameters
    ----------
    views
        Each view with its SQL.
    files
        The only files that may be opened, by their whole paths.
    settings
        Of DuckDB: its bounds.

    Examples
    --------
    >>> sealed({"one": "SELECT 1 AS n"}, [], {}).sql("FROM one").fetchall()
    [(1,)]
    """
    fixed = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # variables of ours are no tables
        "errors_as_json": True,
    }
    connection = duckdb.connect(":memory:", config=fixed)
    for name, value in settings.items():  # in this order: a new folder forgets its bound
        connection.execute(f"SET {name} = $value", {"value": value})
    for name, sql in views.items():
        connection.execute(f'CREATE VIEW "{name}" AS {sql}')
    connection.execute("SET enable_progress_bar = false")  # it writes to the terminal
    connection.execute("SET allowed_paths = $files", {"files": list(files)})
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _table(schema: Any, rows: Iterable[tuple[object, ...]]) -> Any:  # noqa: ANN401 - Arrow's own
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def sync_file(path: Path) -> None:
    """Bring a file to the disk.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a"
    >>> _ = path.write_bytes(b"")
    >>> sync_file(path)
    """
    with path.open("rb+") as file:
        os.fsync(file.fileno())
