"""Hot rows: frames as the tables of fresh samples have them, and the last value of each tag.

>>> made = hot_tables([])
>>> made.rows, made.last.num_rows
(0, 0)
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from linewright.history.keeping.arrays import ROWS, Array, concat, np, numbers, pa, pc, repeated
from linewright.history.store import Database
from linewright.plant.samples import Frame

__all__ = [
    "LAST_ROWS_SPARE",
    "Fresh",
    "HotTables",
    "event_times",
    "fold_last",
    "hot_tables",
    "is_worth_folding",
    "last_rows",
]

LAST_ROWS_SPARE = 50_000
"""Rows that the table of last values may have beyond four a tag before it is folded: reading it
takes some 5 ms then, and folding it costs a small share of what is appended meanwhile."""

_SAMPLES = pa.schema(
    [
        ("tag", pa.int32()),
        ("t_ns", pa.int64()),
        ("value", pa.float64()),
        ("quality", pa.uint16()),
        ("batch", pa.int64()),
    ]
)
_WIDE = pa.schema(
    [
        *_SAMPLES,
        ("seen_ns", pa.int64()),
        ("int", pa.int64()),
        ("text", pa.utf8()),
        ("raw_ns", pa.int64()),
    ]
)


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """A new frame with the numbers that the file knows its source and batch by.

    Examples
    --------
    >>> Fresh.__struct_fields__
    ('frame', 'source', 'batch', 'tags')
    """

    frame: Frame
    source: int
    batch: int
    tags: list[int]
    """Numbers of the tags in the frame's dictionary."""


class HotTables(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of frames for each table.

    Examples
    --------
    >>> HotTables.__struct_fields__
    ('samples', 'wide', 'arrivals', 'last', 'rows')
    """

    samples: Any
    wide: Any
    arrivals: list[tuple[int, int, int, int]]
    last: Any
    rows: int


def hot_tables(frames: Iterable[Fresh]) -> HotTables:
    """Rows of frames, sorted out by table.

    Parameters
    ----------
    frames
        In the order of their arrival.

    Notes
    -----
    Linear in the rows; some 50 microseconds for a frame and 20 ns for a row.
    """
    samples, wide, whole = [], [], []
    arrivals = []
    for fresh in frames:
        batch = fresh.frame.batch
        if not batch.num_rows:
            continue
        rows = _rows(fresh)
        whole.append(rows)
        seen_ns = batch.column("seen_ns")
        arrived_ns = seen_ns[0].as_py()
        arrivals.append((fresh.batch, fresh.source, fresh.frame.header.n, arrived_ns))
        number = repeated(fresh.batch, batch.num_rows, pa.int64())
        narrow = [rows["tag"], rows["t_ns"], rows["value"], rows["quality"], number]
        bounds = pc.min_max(seen_ns)
        is_narrow = (
            fresh.frame.raw_ns is None
            and batch.column("int").null_count == batch.column("text").null_count == batch.num_rows
            and bounds["min"] == bounds["max"]
        )
        if is_narrow:
            samples.append(pa.table(narrow, schema=_SAMPLES))
        else:
            own = pa.array(numbers(seen_ns), mask=numbers(seen_ns) == arrived_ns)
            others = [own, rows["int"], rows["text"], rows["raw_ns"]]
            wide.append(pa.table([*narrow, *others], schema=_WIDE))
    rows = concat(whole)
    return HotTables(
        samples=pa.concat_tables(samples) if samples else _SAMPLES.empty_table(),
        wide=pa.concat_tables(wide) if wide else _WIDE.empty_table(),
        arrivals=arrivals,
        last=_latest(rows),
        rows=rows.num_rows,
    )


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


def last_rows(database: Database) -> Any:  # noqa: ANN401 - Arrow's own
    """The last row of each tag, as a table of `ROWS` by the numbers of the tags.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with Database.open(Path(tempfile.mkdtemp())) as database:
    ...     last_rows(database).num_rows
    0
    """
    found = database.arrow(f"SELECT {', '.join(ROWS.names)} FROM last ORDER BY rowid")  # noqa: S608 - our names
    return _latest(found.cast(ROWS))


def fold_last(database: Database) -> int:
    """Leave one row a tag in the table of last values; how many these are.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with Database.open(Path(tempfile.mkdtemp())) as database:
    ...     fold_last(database)
    0
    """
    kept = last_rows(database)
    database.rows("DELETE FROM last")
    database.insert_rows("last", kept)
    return int(kept.num_rows)


def is_worth_folding(rows: int, tags: int) -> bool:
    """Whether the table of last values has grown far beyond a row a tag.

    Parameters
    ----------
    rows
        Rows that it has.
    tags
        Tags that there are.

    Examples
    --------
    >>> is_worth_folding(100, 10), is_worth_folding(60_000, 10)
    (False, True)
    """
    return rows > 4 * tags + LAST_ROWS_SPARE


def _rows(fresh: Fresh) -> Any:  # noqa: ANN401 - Arrow's own
    """Rows of a frame in the form of the room."""
    batch, raw_ns = fresh.frame.batch, fresh.frame.raw_ns
    tag = batch.column("tag")
    columns = [
        pa.array(fresh.tags, pa.int32()).take(tag.indices),
        *(batch.column(name) for name in ROWS.names[1:7]),
        repeated(fresh.source, batch.num_rows, pa.int32()),
        repeated(fresh.frame.header.n, batch.num_rows, pa.int64()),
        pa.nulls(batch.num_rows, pa.int64()) if raw_ns is None else raw_ns,
    ]
    return pa.table(columns, schema=ROWS)


def _latest(rows: Any) -> Any:  # noqa: ANN401 - Arrow's own
    """The row of each tag that is last: by time, then arrival, then source and number."""
    if not rows.num_rows:
        return rows
    tag, t_ns = numbers(rows["tag"]), numbers(rows["t_ns"])
    latest_ns = np.full(int(tag.max()) + 1, -1, np.int64)
    np.maximum.at(latest_ns, tag, t_ns)
    which = np.flatnonzero(t_ns == latest_ns[tag])
    tied = rows.take(pa.array(which))
    tag = tag[which]
    keys = (numbers(tied["n"]), numbers(tied["source"]), numbers(tied["seen_ns"]))
    order: Array = np.lexsort(keys)
    place = np.full(len(latest_ns), -1, np.int64)
    place[tag[order]] = order  # where a tag comes again, the later place stays
    return tied.take(pa.array(place[place >= 0]))
