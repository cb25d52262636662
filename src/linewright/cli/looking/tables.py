"""Tables in the forms that people and programs read (owner of Arrow in this room)."""

import contextlib
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from linewright.cli.ending import Failed, counted
from linewright.cli.looking.drawing import print_rows
from linewright.cli.terminal import is_terminal, safe, say

__all__ = ["FORMATS", "Sink", "joined_stream", "table_of"]

FORMATS = ("table", "csv", "json", "arrow", "parquet")
BINARY = ("arrow", "parquet")

ENDINGS = {".csv": "csv", ".json": "json", ".arrow": "arrow", ".parquet": "parquet"}
"""Format that the name of a file says."""

TEXTS = frozenset({"tag", "time", "text", "unit"})
NUMBERS = frozenset({"value", "min", "mean", "time_mean", "max", "last"})
"""Columns of what `read` gives by their types; a column of `gap` is yes or no, others integers."""

SHOWN_ROWS = 1000
"""Most rows of a table for people; of the rest it is told how many there are."""


def table_of(columns: Mapping[str, Sequence[object]]) -> pa.Table:
    """Return columns of one length as a table; a name has one type, whatever is in it.

    Parameters
    ----------
    columns
        Values by name; where one of them is a text, all are.
    """
    arrays = {name: pa.array(list(values), _kind(name, values)) for name, values in columns.items()}
    return pa.table(arrays)


def _kind(name: str, values: Sequence[object]) -> pa.DataType:
    if name in TEXTS or any(isinstance(value, str) for value in values):
        return pa.utf8()
    if name in NUMBERS:
        return pa.float64()
    return pa.bool_() if name == "gap" else pa.int64()


def joined_stream(data: bytes) -> pa.Table:
    """Return the table of one stream of Arrow IPC.

    Raises
    ------
    Failed
        It is none.
    """
    try:
        return pa.ipc.open_stream(data).read_all()
    except pa.ArrowInvalid as error:
        raise Failed(f"what came is no table: {error}", "please report it") from error


class Sink:
    """Where rows go: a file that is there whole or not at all, or standard output.

    Parameters
    ----------
    form
        One of `FORMATS`; None takes what the name of the file says, else a table.
    out
        File; None is standard output.

    Raises
    ------
    Failed
        Binary rows would go to a terminal, or the name of the file says no form.
    """

    def __init__(self, form: str | None, out: str | None) -> None:
        self.form = form or (_form_of(out) if out else "table")
        self.out = out
        self.rows = 0
        self.cut = ""
        """What to do about rows that are not here, where there are any; told at the end."""
        self._writer: Any = None
        self._shown: list[pa.Table] = []
        self._first = True
        self._file: IO[bytes] | None = None
        if self.form in BINARY and out is None and is_terminal():
            raise Failed(f"{self.form} is nothing to read", "name a file by --out")
        if self.form == "parquet" and out is None:
            raise Failed("Parquet is written to a file", "name one by --out")

    @contextlib.contextmanager
    def open(self) -> Iterator["Sink"]:
        """Open it for `add`; at the end everything is in its place, after an error nothing is.

        Raises
        ------
        Failed
            The file cannot be written.
        """
        if self.out is None:
            self._file = sys.stdout.buffer if self.form != "table" else None
            sys.stdout.flush()
            yield self
            self._end()
            return
        goal = Path(os.path.realpath(self.out))
        half = ""
        try:
            handle, half = tempfile.mkstemp(prefix=f".{goal.name[:100]}.", dir=goal.parent)
            with os.fdopen(handle, "wb") as self._file:
                yield self
                self._end()
            Path(half).chmod(goal.stat().st_mode & 0o777 if goal.exists() else 0o644)
            Path(half).replace(goal)
        except OSError as error:
            what = f"`{self.out}` cannot be written: {error.strerror or error}"
            raise Failed(what, "nothing has changed") from error
        finally:
            with contextlib.suppress(OSError):
                Path(half).unlink(missing_ok=True)
        say(f"written: {safe(self.out)} ({counted(self.rows, 'row')})", err=self.form == "table")

    def add(self, table: pa.Table) -> None:
        """Take rows; every table has the same columns.

        Raises
        ------
        Failed
            The form cannot hold them: CSV has no lists.
        """
        try:
            self._add(table)
        except pa.ArrowException as error:
            what = f"{self.form} cannot hold this: {str(error).partition(chr(10))[0]}"
            raise Failed(what, "choose another one by --format") from error

    def _add(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        if self.form == "table":
            if self._shown and not self._shown[0].num_rows:
                self._shown.clear()  # of columns without rows no type is known
            if not self._shown or (table.num_rows and self._rows_shown() < SHOWN_ROWS):
                self._shown.append(table)
            return
        assert self._file is not None, "it is open"
        if self.form == "json":
            self._add_json(table)
        else:
            if self._writer is None:
                self._writer = _writer(self.form, self._file, table.schema)
            self._writer.write_table(table)

    def _rows_shown(self) -> int:
        return sum(each.num_rows for each in self._shown)

    def _add_json(self, table: pa.Table) -> None:
        """Write a JSON object a row; numbers that are none are null."""
        import json  # noqa: PLC0415  # not needed for `--help`

        assert self._file is not None, "it is open"
        for row in _plain(table):
            before = b"[\n" if self._first else b",\n"
            self._first = False
            self._file.write(before + json.dumps(row, ensure_ascii=False).encode())

    def _end(self) -> None:
        if self.form == "table":
            self._print()
        elif self.form == "json" and self._file is not None:
            self._file.write(b"[]\n" if self._first else b"\n]\n")
        elif self._writer is not None:
            self._writer.close()
        if self._file is not None:
            self._file.flush()
        if self.cut and (self.form != "table" or self.rows <= SHOWN_ROWS):
            say(f"cut after {counted(self.rows, 'row')}; {self.cut}", err=True)

    def _print(self) -> None:
        table = pa.concat_tables(self._shown) if self._shown else pa.table({})
        shown = table.slice(0, SHOWN_ROWS)
        rows = [[_cell(value) for value in row.values()] for row in _plain(shown)]
        right = [
            field.name
            for field in table.schema
            if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        ]
        print_rows(table.column_names, rows, right)
        more = self.rows - shown.num_rows
        if more > 0 and self.cut:
            what = f"cut after {self.rows:,} rows, of which {shown.num_rows:,} are shown"
            say(f"{what}; {self.cut}", err=True)
        elif more > 0:
            say(f"{more:,} more rows; --format csv, --out or a LIMIT shows what you want", err=True)


def _form_of(out: str) -> str:
    """Return the format that the name of a file says."""
    ending = Path(out).suffix
    form = ENDINGS.get(ending.lower())
    if form is None:
        what = f"`{ending}` is no ending of a table" if ending else f"`{out}` has no ending"
        raise Failed(what, f"end the name with {', '.join(ENDINGS)}, or say --format")
    return form


def _writer(form: str, file: IO[bytes], schema: pa.Schema) -> Any:  # noqa: ANN401  # Arrow's own
    if form == "csv":
        return pa_csv.CSVWriter(file, schema)
    if form == "arrow":
        return pa.ipc.new_file(file, schema)
    return pq.ParquetWriter(file, schema, compression="zstd")


def _plain(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Rows as plain data for JSON: times as texts, what is no number as null."""
    names = table.column_names
    for batch in table.to_batches(max_chunksize=10_000):
        columns = [_values(column) for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        return [None if each is None else each.isoformat(" ") for each in column.to_pylist()]
    return [_json_value(each) for each in column.to_pylist()]


def _json_value(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_json_value(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _json_value(each) for name, each in value.items()}
    return value.hex() if isinstance(value, bytes) else str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
