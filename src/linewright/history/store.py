"""The DuckDB file: its tables, its bounds, and rows in and out. Alone imports DuckDB and Arrow.

Every change stands in one transaction: a process that is killed leaves the file as it was after
the last commit.

>>> import tempfile
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     database.rows("SELECT version FROM form")
[(1,)]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from linewright.plant.samples import Frame

__all__ = ["FILE", "Database", "HistoryUnusable", "event_times"]

FILE = "history.duckdb"
FORM = 1
"""Version of the tables; a file of another version is not touched."""

MEMORY_MAX = "1GB"
"""DuckDB's own bound; beyond it a query goes to disk. One machine runs all services."""

THREADS_MAX = 2
"""Threads of a query: connect and think must not wait for a report."""

_TABLES = """
CREATE TABLE form(version INTEGER NOT NULL);
CREATE TABLE tags(id INTEGER NOT NULL, address VARCHAR NOT NULL);
CREATE TABLE samples(
    tag INTEGER NOT NULL, t_ns BIGINT NOT NULL, seen_ns BIGINT NOT NULL, value DOUBLE NOT NULL,
    int BIGINT, text VARCHAR, quality USMALLINT NOT NULL, source INTEGER NOT NULL,
    n BIGINT NOT NULL
);
CREATE TABLE batches(
    source INTEGER NOT NULL, name VARCHAR NOT NULL, epoch BIGINT NOT NULL, last_n BIGINT NOT NULL,
    state VARCHAR NOT NULL
);
CREATE TABLE records(
    class VARCHAR NOT NULL, id VARCHAR NOT NULL, rev BIGINT NOT NULL, address VARCHAR NOT NULL,
    t_ns BIGINT NOT NULL, seen_ns BIGINT NOT NULL, seq BIGINT NOT NULL, json VARCHAR NOT NULL,
    PRIMARY KEY (class, id, rev)
);
CREATE TABLE outbox(id VARCHAR NOT NULL, rev BIGINT NOT NULL, json VARCHAR NOT NULL);
CREATE TABLE audit(n BIGINT NOT NULL, id VARCHAR NOT NULL, line VARCHAR NOT NULL);
CREATE TABLE refused(
    stream VARCHAR NOT NULL, seq BIGINT NOT NULL, subject VARCHAR NOT NULL, what VARCHAR NOT NULL,
    data BLOB NOT NULL
);
CREATE TABLE positions(stream VARCHAR NOT NULL, seq BIGINT NOT NULL);
CREATE TABLE tally(name VARCHAR NOT NULL, count BIGINT NOT NULL);
"""

_COLUMNS: Mapping[str, pa.Schema] = {
    "tags": pa.schema([("id", pa.int32()), ("address", pa.utf8())]),
    "batches": pa.schema(
        [
            ("source", pa.int32()),
            ("name", pa.utf8()),
            ("epoch", pa.int64()),
            ("last_n", pa.int64()),
            ("state", pa.utf8()),
        ]
    ),
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
    "positions": pa.schema([("stream", pa.utf8()), ("seq", pa.int64())]),
    "tally": pa.schema([("name", pa.utf8()), ("count", pa.int64())]),
}

_SAMPLES = pa.schema(
    [
        ("tag", pa.int32()),
        ("t_ns", pa.int64()),
        ("seen_ns", pa.int64()),
        ("value", pa.float64()),
        ("int", pa.int64()),
        ("text", pa.utf8()),
        ("quality", pa.uint16()),
        ("source", pa.int32()),
        ("n", pa.int64()),
    ]
)


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

    def __init__(self, connection: Any, folder: Path) -> None:  # noqa: ANN401 - DuckDB's own
        self._connection = connection
        self.folder = folder

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
        opened = cls(connection, folder)
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
        return Database(self._connection.cursor(), self.folder)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none of them."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows that a query gives, each a tuple."""
        found: list[tuple[Any, ...]] = self._connection.execute(query, list(values)).fetchall()
        return found

    def columns(self, query: str, *values: object) -> dict[str, list[Any]]:
        """What a query gives, column by column."""
        relation = self._connection.sql(query, params=list(values))
        found: dict[str, list[Any]] = relation.to_arrow_table().to_pydict()
        return found

    def insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Append rows to any table but the samples, their values in the order of its columns."""
        given = _table(_COLUMNS[table], rows)
        if given.num_rows:
            self._put(given, f"INSERT INTO {table} SELECT * FROM given")  # noqa: S608 - our names

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

    def insert_samples(
        self, frames: Iterable[tuple[Frame, int]], tag_ids: Mapping[str, int]
    ) -> int:
        """Append the rows of frames, each frame with the id of its source; how many there were."""
        batches = [_samples(frame, source, tag_ids) for frame, source in frames if frame.rows]
        if not batches:
            return 0
        given = pa.Table.from_batches(batches, schema=_SAMPLES)
        self._put(given, "INSERT INTO samples SELECT * FROM given")
        return int(given.num_rows)

    def _put(self, given: Any, statement: str) -> list[tuple[Any, ...]]:  # noqa: ANN401 - Arrow's own
        """Run a statement that reads the Arrow table `given` under that name."""
        self._connection.register("given", given)
        try:
            done: list[tuple[Any, ...]] = self._connection.execute(statement).fetchall()
        finally:
            self._connection.unregister("given")
        return done

    def _check_form(self, *, read_only: bool) -> None:
        """Make the tables of a new file; refuse a file with other ones."""
        known = self.rows("SELECT table_name FROM duckdb_tables()")
        if not known and not read_only:
            with self.transaction():
                self._connection.execute(_TABLES)
                self._connection.execute("INSERT INTO form VALUES (?)", [FORM])
        elif ("form",) not in known or self.rows("SELECT version FROM form") != [(FORM,)]:
            what = "its tables are of another version"
            raise HistoryUnusable(self.folder, what, "use the version that made it")


def event_times(frame: Frame) -> tuple[int | None, int | None]:
    """Earliest and latest event time of a frame in ns; None where it has no rows.

    Examples
    --------
    >>> from linewright.plant.samples import Columns, FrameHeader, frame
    >>> empty = Columns(tag=[], t_ns=[], seen_ns=[], value=[], quality=[])
    >>> event_times(frame(FrameHeader(site="nogales", source="saw", epoch=0, n=0), empty))
    (None, None)
    """
    found = pc.min_max(frame.batch.column("t_ns"))
    return found["min"].as_py(), found["max"].as_py()


def _table(schema: Any, rows: Iterable[tuple[object, ...]]) -> Any:  # noqa: ANN401 - Arrow's own
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _samples(frame: Frame, source: int, tag_ids: Mapping[str, int]) -> Any:  # noqa: ANN401 - Arrow's own
    """Rows of a frame as the table of samples has them."""
    batch, rows = frame.batch, frame.rows
    tag = batch.column("tag")
    ids = pa.array([tag_ids[name] for name in tag.dictionary.to_pylist()], pa.int32())
    columns = [
        ids.take(tag.indices),
        *(batch.column(name) for name in _SAMPLES.names[1:7]),
        pa.repeat(pa.scalar(source, pa.int32()), rows),
        pa.repeat(pa.scalar(frame.header.n, pa.int64()), rows),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_SAMPLES)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
