"""A small published history, made of real Parquet files, for queries."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linewright.history.published import Published, PublishedFile, write_published
from linewright.history.querying.engine import Bounds, QueryRefused
from linewright.history.querying.tables import layout_of
from linewright.history.querying.worker import Worker
from linewright.plant.records import Gap, encode
from linewright.plant.records.examples import example

TAG = "nogales/machining/bracket/saw#blade_temp"
S_NS = 1_000_000_000
T0_NS = 1_795_447_800 * S_NS
ROWS = 100
PIECES_MAX = 10_000


def publish(history: Path) -> None:
    """Publish a hundred samples of one tag, a second apart, and two revisions of one gap."""
    numbers = list(range(ROWS))
    times = [T0_NS + n * S_NS for n in numbers]
    samples = pa.table(
        {
            "tag": [TAG] * ROWS,
            "t_ns": times,
            "seen_ns": [t_ns + 5 for t_ns in times],
            "value": [float(n) for n in numbers],
            "int": pa.array([None] * ROWS, pa.int64()),
            "text": pa.array([None] * ROWS, pa.utf8()),
            "quality": pa.array([0] * ROWS, pa.uint16()),
            "source": ["saw"] * ROWS,
            "epoch": [1] * ROWS,
            "n": numbers,
            "raw_ns": [None] * (ROWS - 1) + [T0_NS - S_NS],
        }
    )
    gap = example(Gap)
    texts = [encode(gap).decode(), encode(gap).decode().replace('"overrun"', '"stopped"')]
    records = pa.table(
        {
            "class": ["gap", "gap"],
            "id": [gap.id, gap.id],
            "rev": [0, 1],
            "address": [str(gap.address)] * 2,
            "t_ns": [gap.t_ns] * 2,
            "seen_ns": [gap.seen_ns] * 2,
            "seq": [1, 2],
            "json": texts,
        }
    )
    (history / "query").mkdir(parents=True)
    pq.write_table(samples, history / "query" / "tail.parquet")
    pq.write_table(records, history / "query" / "records.parquet")
    tail = PublishedFile(
        path="query/tail.parquet", rows=ROWS, from_ns=times[0], until_ns=times[-1], raw=True
    )
    held = PublishedFile(path="query/records.parquet", rows=2, from_ns=1, until_ns=gap.t_ns)
    write_published(history, Published(as_of_ns=times[-1], tail=(tail,), records=(held,)))


def rows_of(history: Path, sql: str, bounds: Bounds | None = None) -> list[dict[str, object]]:
    """Rows of a query, run as the service runs it."""
    table, _ = answer_of(history, sql, bounds)
    rows: list[dict[str, object]] = table.to_pylist()
    return rows


def answer_of(history: Path, sql: str, bounds: Bounds | None = None) -> tuple[pa.Table, bool]:
    """The whole answer of a query, and whether it was cut."""
    spills = history / "spills"
    worker = Worker(sql, layout_of(history, sql), bounds or Bounds(), spills)
    found = []
    is_cut = False
    try:
        for _ in range(PIECES_MAX):
            piece = worker.piece(30.0)
            assert piece is not None, "a query of a test answers in time"
            is_cut = is_cut or piece.is_cut
            found.append(pa.ipc.open_stream(piece.data).read_all())
    except EOFError:
        return pa.concat_tables(found), is_cut
    finally:
        worker.close()
        assert not any(spills.iterdir()), "a query leaves nothing on disk"
    raise AssertionError(f"more than {PIECES_MAX} pieces")


def refusal_of(history: Path, sql: str, bounds: Bounds | None = None) -> QueryRefused:
    """Why a query gets no answer; its process goes on to say so."""
    with pytest.raises(QueryRefused) as refused:
        rows_of(history, sql, bounds)
    assert "of the query ended" not in refused.value.what
    return refused.value
