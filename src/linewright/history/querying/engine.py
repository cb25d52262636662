"""One query: what may be asked, the tables it sees, and its rows as pieces of Arrow.

Everything here runs in a process of its own (`worker`), so a query that takes more than it may is
ended by killing that process. DuckDB is closed before the first word of the query is read: it
opens the published files only, its settings are locked, and it has no names of ours in reach.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from linewright.history.keeping.arrays import pa
from linewright.history.store import DuckError, sealed

__all__ = ["Bounds", "Layout", "Piece", "QueryRefused", "pieces"]

SQL_CHARS_MAX = 100_000
"""Longest query: beyond it somebody sends data as text."""

BATCH_ROWS = 65_536
"""Rows of a batch of DuckDB's; a piece that is still too large is halved."""

PIECE_BYTES_MAX = 700_000
"""Largest piece: a NATS server takes a megabyte, and the header of a reply needs room."""

HINT_NAMES_MAX = 12
"""Most names that are listed where none is near."""

SAID_CHARS = 300
"""How much of what DuckDB says is told."""

_EXPLAIN = "EXPLAIN "
"""Put before the query to have it bound: whatever is wrong with it is then told with its place."""

_KINDS = {"Table": "table", "Scalar Function": "function", "Table Function": "function"}


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one query may take.

    Examples
    --------
    >>> Bounds().rows
    1000000
    """

    memory_mb: int = 512
    """DuckDB's own bound; beyond it a sort goes to disk."""
    process_mb: int = 1024
    """The operating system's bound for the whole process: some functions go round DuckDB's."""
    spill_mb: int = 1024
    """Largest spill to disk."""
    rows: int = 1_000_000
    seconds: float = 30.0
    """Time that the query itself takes; waiting for its reader does not count."""
    threads: int = 2


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of one moment: each as the SQL of a view, with the files behind them.

    Examples
    --------
    >>> Layout(views={"one": "SELECT 1 AS n"}).files
    ()
    """

    views: Mapping[str, str]
    files: tuple[str, ...] = ()
    """The only files that the query may open."""


class QueryRefused(ValueError):
    """A query that gets no answer.

    Parameters
    ----------
    what
        What is wrong, one sentence without a full stop.
    to_do
        What to do; empty where nothing is known.
    line, column
        Where in the query, counted from 1; 0 where it has no place.

    Examples
    --------
    >>> str(QueryRefused("there is no table `sample`", "did you mean `samples`?", 1, 15))
    'line 1, column 15: there is no table `sample` (did you mean `samples`?)'
    """

    def __init__(self, what: str, to_do: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(what, to_do, line, column)
        self.what = what
        self.to_do = to_do
        self.line = line
        self.column = column

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{where}{self.what}" + (f" ({self.to_do})" if self.to_do else "")


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of an answer, as a whole stream of Arrow IPC of its own.

    Examples
    --------
    >>> Piece(rows=0, data=b"").is_cut
    False
    """

    rows: int
    data: bytes
    is_cut: bool = False
    """Whether the answer has more rows than a query may give."""


def pieces(sql: str, layout: Layout, bounds: Bounds, spill: Path) -> Iterator[Piece]:
    """Run a query; the first piece has the columns, even where there are no rows.

    Parameters
    ----------
    sql
        One statement that only reads.
    layout
        The tables that it sees.
    bounds
        What it may take; its seconds are kept by whoever runs this process.
    spill
        Folder of its own for what does not fit into memory.

    Yields
    ------
    Piece
        In the order of the rows.

    Raises
    ------
    QueryRefused
        It is not one statement that reads, names what is not there, or takes too much memory.
    """
    if len(sql) > SQL_CHARS_MAX:
        what = f"the query has {len(sql):,} characters, at most {SQL_CHARS_MAX:,} are read"
        raise QueryRefused(what)
    with contextlib.closing(_open(layout, bounds, spill)) as connection:
        with _told(sql, connection, layout, before=""):
            _must_only_read(connection, sql)
        with _told(sql, connection, layout, before=_EXPLAIN):
            connection.execute(_EXPLAIN + sql).fetchall()
        with _told(sql, connection, layout, before=""):
            reader = connection.sql(sql).to_arrow_reader(BATCH_ROWS)
            yield from _cut(reader, bounds.rows)


def _open(layout: Layout, bounds: Bounds, spill: Path) -> Any:  # noqa: ANN401 - DuckDB's own
    settings: dict[str, object] = {
        "memory_limit": f"{bounds.memory_mb}MB",
        "threads": bounds.threads,
        "temp_directory": str(spill),
        "max_temp_directory_size": f"{bounds.spill_mb}MB",
    }
    return sealed(layout.views, layout.files, settings)


def _must_only_read(connection: Any, sql: str) -> None:  # noqa: ANN401 - DuckDB's own
    statements = connection.extract_statements(sql)
    if not statements:
        raise QueryRefused("there is no query", "write one that begins with SELECT, WITH or FROM")
    if len(statements) > 1:
        what = f"there are {len(statements)} statements, one is answered"
        raise QueryRefused(what, "send them one after the other")
    kind = statements[0].type.name
    if kind != "SELECT":
        what = f"{kind} is no question: history is only read here"
        raise QueryRefused(what, "write a query that begins with SELECT, WITH or FROM")


def _cut(reader: Any, rows_max: int) -> Iterator[Piece]:  # noqa: ANN401 - Arrow's own
    """Yield the batches of an answer in pieces, up to the most rows."""
    rows = 0
    has_said = False
    for batch in reader:
        room = rows_max - rows
        is_cut = batch.num_rows > room
        for count, data in _halved(batch.slice(0, room)):
            rows += count
            has_said = True
            yield Piece(rows=count, data=data, is_cut=is_cut and rows == rows_max)
        if is_cut:
            return
    if not has_said:
        yield Piece(rows=0, data=_stream(reader.schema))


def _stream(schema: Any, *batches: Any) -> bytes:  # noqa: ANN401 - Arrow's own
    """Return batches as a whole stream; where a column is an ENUM, its names are in it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _halved(batch: Any) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401 - Arrow's own
    """Yield a batch in parts that fit a reply; deep as the logarithm of its rows."""
    if batch.num_rows == 0:
        return
    data = _stream(batch.schema, batch)
    if len(data) <= PIECE_BYTES_MAX:
        yield batch.num_rows, data
        return
    if batch.num_rows == 1:
        what = f"a row of the answer has more than {PIECE_BYTES_MAX:,} bytes"
        raise QueryRefused(what, "ask for less of it, such as left(text, 1000)")
    half = batch.num_rows // 2
    yield from _halved(batch.slice(0, half))
    yield from _halved(batch.slice(half))


@contextlib.contextmanager
def _told(sql: str, connection: Any, layout: Layout, *, before: str) -> Iterator[None]:  # noqa: ANN401 - DuckDB's own
    """Turn what DuckDB says into a refusal with its place and the nearest name.

    Parameters
    ----------
    before
        What was put before the query: DuckDB counts it.
    """
    try:
        yield
    except DuckError as error:
        raise _refusal(error, before + sql, len(before), _names(connection, layout)) from None
    except MemoryError:
        raise _too_large() from None


def _names(connection: Any, layout: Layout) -> dict[str, list[str]]:  # noqa: ANN401 - DuckDB's own
    """Names of the tables and of their columns; without columns where even that fails."""
    columns: list[str] = []
    with contextlib.suppress(DuckError, MemoryError):
        found = connection.execute(
            "SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        columns = [name for (name,) in found]
    return {"table": sorted(layout.views), "column": sorted(columns)}


def _refusal(
    error: Exception, text: str, skipped: int, names: Mapping[str, Sequence[str]]
) -> QueryRefused:
    told = _details(error)
    said = str(told.get("exception_message", error)).partition("\n")[0]
    kind = str(told.get("exception_type", ""))
    name = str(told.get("name", ""))
    line, column = _place(text, skipped, told.get("position"))
    if "emory" in kind or "bad allocation" in str(error):
        return _too_large()
    if kind == "Permission":
        what = "a query reads the tables of history and no file, address or program"
        return QueryRefused(what, f"there are: {', '.join(names['table'])}", line, column)
    thing = "column" if told.get("error_subtype") == "COLUMN_NOT_FOUND" else ""
    thing = thing or _KINDS.get(str(told.get("type", "")), "")
    if thing and name:
        near = str(told.get("candidates", "")).split(",")
        to_do = _nearest(name, names.get(thing, ()), near)
        return QueryRefused(f"there is no {thing} `{name}`", to_do, line, column)
    return QueryRefused(said[:SAID_CHARS], "", line, column)


def _too_large() -> QueryRefused:
    what = "the query needs more memory than one may have"
    return QueryRefused(what, "ask for a shorter time, fewer tags, or fewer rows at once")


def _nearest(name: str, known: Sequence[str], said: Sequence[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    if known:
        return f"there are: {', '.join(known[:HINT_NAMES_MAX])}"
    near = [each.strip().strip('"') for each in said if each.strip()]
    return f"did you mean `{near[0]}`?" if near else ""


def _details(error: Exception) -> dict[str, Any]:
    """What DuckDB says as data; it puts the kind of the error before it."""
    found = re.search(r"\{.*\}", str(error), re.DOTALL)
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(found.group(0), type=dict[str, Any]) if found else {}
    return {}


def _place(text: str, skipped: int, position: object) -> tuple[int, int]:
    """Line and column of a position, which is in bytes, without the characters before the query."""
    data = text.encode("utf-8", "replace")
    if not isinstance(position, str) or not position.isdigit():
        return 0, 0
    before = data[: int(position)].decode("utf-8", "ignore")[skipped:]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
