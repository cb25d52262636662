"""Exporting: samples or records of a history as one file for other programs.

>>> from linewright.history.reader import open_history
>>> from linewright.history.writer import Writer
>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> Writer.open(folder).close()
>>> with open_history(folder) as history:
...     export(history, folder / "all.csv", Wanted(form="csv"))
0
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from linewright.history.keeping.arrays import np, numbers, pa, pa_csv, pq, repeated
from linewright.history.reader import History
from linewright.history.sampling import COLUMNS, NS_MAX, READ_ROWS_MAX

__all__ = ["WINDOW_ROWS", "Wanted", "export"]

WINDOW_ROWS = 500_000
"""Rows that are in memory at a time."""

_SAMPLES = pa.schema(
    [
        ("tag", pa.utf8()),
        ("t_ns", pa.int64()),
        ("seen_ns", pa.int64()),
        ("value", pa.float64()),
        ("quality", pa.uint16()),
        ("int", pa.int64()),
        ("text", pa.utf8()),
        ("raw_ns", pa.int64()),
    ]
)
_RECORDS = pa.schema([("json", pa.utf8())])

Progress = Callable[[int, int], None]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is exported, and in which form.

    Examples
    --------
    >>> Wanted().form
    'parquet'
    """

    form: Literal["parquet", "csv", "arrow"] = "parquet"
    tags: tuple[str, ...] | None = None
    """Whole addresses; None for all."""
    record_class: str | None = msgspec.field(default=None, name="class")
    """Records of this class instead of samples, each as its JSON."""
    from_ns: int = 0
    until_ns: int = NS_MAX


def _silent(_done: int, _total: int) -> None:
    return


def export(history: History, path: Path, wanted: Wanted, progress: Progress = _silent) -> int:
    """Write samples or records to a file; how many there were.

    Parameters
    ----------
    history
        An open one.
    path
        File to write; it is there whole or not at all.
    wanted
        What, and in which form.
    progress
        Called with how many tags are done and how many there are; what it raises ends the work.

    Raises
    ------
    FileDamaged
        A file of the history is missing or damaged.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> from linewright.history.reader import open_history
    >>> from linewright.history.writer import Writer
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Writer.open(folder).close()
    >>> with open_history(folder) as history:
    ...     export(history, folder / "states.parquet", Wanted(record_class="state"))
    0
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    schema = _SAMPLES if wanted.record_class is None else _RECORDS
    count = 0
    try:
        with _opened(part, wanted.form, schema) as write:
            for table in _tables(history, wanted, progress):
                write(table)
                count += table.num_rows
        with part.open("rb+") as file:
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)
    return count


def _tables(history: History, wanted: Wanted, progress: Progress) -> Iterator[Any]:
    if wanted.record_class is not None:
        yield from _records(history, wanted)
        progress(1, 1)
        return
    tags = history.tags() if wanted.tags is None else list(wanted.tags)
    for done, tag in enumerate(tags):
        progress(done, len(tags))
        for table in _walked(history, tag, wanted):
            name = repeated(tag, table.num_rows, pa.utf8())
            columns = [name, *(table[each] for each in COLUMNS)]
            named = pa.table(columns, names=["tag", *COLUMNS])
            yield named.select(_SAMPLES.names).cast(_SAMPLES)
    progress(len(tags), len(tags))


def _walked(history: History, tag: str, wanted: Wanted) -> Iterator[Any]:
    """Rows of a tag, window by window, cut between event times."""
    from_ns = wanted.from_ns
    while True:
        rows = history.window(tag, from_ns, wanted.until_ns, WINDOW_ROWS)
        if rows.num_rows < WINDOW_ROWS:
            yield rows
            return
        t_ns = numbers(rows["t_ns"])
        from_ns = int(t_ns[-1])
        kept = int(np.searchsorted(t_ns, from_ns))
        if not kept:  # one moment has more rows than a window: it is given whole
            yield history.window(tag, from_ns, from_ns + 1)
            from_ns += 1
            continue
        yield rows.slice(0, kept)


def _records(history: History, wanted: Wanted) -> Iterator[Any]:
    assert wanted.record_class is not None, "samples are walked through by tag"
    cursor = (wanted.from_ns, 0)
    while True:
        texts, cursor_next = history.texts_page(
            wanted.record_class, cursor, wanted.until_ns, READ_ROWS_MAX
        )
        yield pa.table([pa.array(texts, pa.utf8())], schema=_RECORDS)
        if cursor_next is None:
            return
        cursor = cursor_next


@contextmanager
def _opened(path: Path, form: str, schema: Any) -> Iterator[Callable[[Any], None]]:  # noqa: ANN401 - Arrow's own
    """Give what writes tables to a file of a form."""
    if form == "csv":
        with pa_csv.CSVWriter(path, schema) as csv:
            yield csv.write_table
    elif form == "arrow":
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as ipc:
            yield ipc.write_table
    else:
        with pq.ParquetWriter(path, schema, compression="zstd") as parquet:
            yield parquet.write_table
