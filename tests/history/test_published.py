"""What other processes see: each row once, before and after compaction, and the same values."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pyarrow.parquet as pq
import pytest

from linewright.history import History, Writer, open_history, take_in
from linewright.history.keeping import Compactor, Rule
from linewright.history.keeping.publishing import PIECES_MAX, Publisher
from linewright.history.published import (
    Published,
    PublishedUnusable,
    read_published,
    records_sql,
    samples_sql,
    write_published,
)
from tests.history.building import (
    STEP_NS,
    T0_NS,
    TAGS,
    audit,
    corrected,
    framed,
    published,
    samples,
    state,
)

HOUR_NS = 3_600_000_000_000


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """Writer of an empty history."""
    with Writer.open(tmp_path) as opened:
        yield opened


def put(writer: Writer, *numbers: int, t_ns: int | None = None) -> None:
    """Append frames by their numbers."""
    after = writer.position("samples")
    frames = [framed(n, t_ns=t_ns) for n in numbers]
    writer.append(take_in(samples(frames, after=after)), plant_rev="r1")


def listed(folder: Path, *, with_seen: bool = True) -> list[tuple[object, ...]]:
    """All rows of the listing, read by a DuckDB of its own."""
    found = read_published(folder)
    assert found is not None
    sql = samples_sql(found, folder, with_seen=with_seen)
    columns = "tag, t_ns, seen_ns, value, quality, raw_ns"
    query = f"SELECT {columns} FROM ({sql}) ORDER BY ALL"  # noqa: S608 - ours
    rows: list[tuple[object, ...]] = duckdb.sql(query).fetchall()
    return rows


def held(history: History) -> list[tuple[object, ...]]:
    """All rows as the history itself gives them."""
    found = []
    for tag in history.tags():
        rows = history.read(tag)
        raw_ns = rows.raw_ns or []
        columns = zip(rows.t_ns, rows.seen_ns, rows.value, rows.quality, raw_ns, strict=True)
        found += [(tag, *each) for each in columns]
    return sorted(found, key=lambda row: row[:-1])


def test_every_row_is_listed_once_through_all_changes(tmp_path: Path, writer: Writer) -> None:
    """Fresh rows, a compaction, late rows, another one: the listing always is the history."""
    publisher = Publisher(writer.database.reader(), run_ns=1)
    compactor = Compactor(writer.database.reader())
    history = History(writer.database.reader())
    put(writer, 0, 1, 2)
    put(writer, 3, t_ns=T0_NS + 3 * HOUR_NS)
    for step in range(4):
        publisher.refresh(now_ns=step)
        assert listed(tmp_path) == held(history)
        compactor.compact(now_ns=T0_NS + (step + 1) * HOUR_NS, rule=Rule(late_s=0.0))
        publisher.refresh(now_ns=step)
        assert listed(tmp_path) == held(history)
        put(writer, 4 + step, t_ns=T0_NS + step * STEP_NS + 77)
    for opened in (publisher, compactor, history):
        opened.close()


def test_raw_times_are_listed_wherever_they_lie(tmp_path: Path, writer: Writer) -> None:
    """Fresh, compacted with rows that have none, late; a file without any lacks the column."""
    publisher = Publisher(writer.database.reader(), run_ns=1)
    compactor = Compactor(writer.database.reader())
    history = History(writer.database.reader())
    put(writer, 0)
    kinds = set()
    for step in range(3):
        wrong = corrected(2 * step + 1, raw_ns=-step, t_ns=T0_NS + step * HOUR_NS // 2)
        writer.append(take_in(samples([wrong], after=2 * step + 1)), plant_rev="r1")
        put(writer, 2 * step + 2, t_ns=T0_NS + (step + 2) * HOUR_NS)
        publisher.refresh(now_ns=step)
        assert listed(tmp_path) == held(history)
        compactor.compact(now_ns=T0_NS + (step + 1) * HOUR_NS, rule=Rule(late_s=0.0))
        found = publisher.refresh(now_ns=step)
        assert listed(tmp_path) == held(history)
        for file in found.files:
            assert ("raw_ns" in pq.read_schema(tmp_path / file.path).names) == file.raw
            kinds.add(file.raw)
    assert kinds == {False, True}
    assert sum(row[-1] is not None for row in held(history)) == 30
    for opened in (publisher, compactor, history):
        opened.close()


def test_a_listing_of_before_has_no_raw_times(tmp_path: Path, writer: Writer) -> None:
    """Until the service lists anew, files without the column read as if nothing was corrected."""
    publisher = Publisher(writer.database.reader(), run_ns=1)
    put(writer, 0)
    (piece,) = publisher.refresh(now_ns=1).tail
    publisher.close()
    path = tmp_path / piece.path
    pq.write_table(pq.read_table(path).drop_columns(["raw_ns"]), path)
    old = Published(as_of_ns=1, tail=(msgspec.structs.replace(piece, raw=False),))
    write_published(tmp_path, old)
    assert [row[-1] for row in listed(tmp_path)] == [None] * 10


@pytest.mark.parametrize("data", [None, b"no parquet"])
def test_a_lost_piece_is_written_anew(tmp_path: Path, writer: Writer, data: bytes | None) -> None:
    """A piece that is gone or damaged is told once; the refresh after it lists every row again."""
    publisher = Publisher(writer.database.reader(), run_ns=1)
    for n in range(PIECES_MAX - 1):
        put(writer, n)
        publisher.refresh(now_ns=n)
    before = listed(tmp_path)
    piece = min((tmp_path / "query").rglob("*.parquet"))
    piece.unlink()
    if data is not None:
        piece.write_bytes(data)
    put(writer, PIECES_MAX)
    with pytest.raises(OSError, match=piece.name):
        publisher.refresh(now_ns=PIECES_MAX)
    publisher.refresh(now_ns=PIECES_MAX)
    assert len(listed(tmp_path)) == len(before) + 10
    publisher.close()


def test_small_pieces_become_one(tmp_path: Path, writer: Writer) -> None:
    """Many refreshes do not leave many files, and every row is still listed once."""
    publisher = Publisher(writer.database.reader(), run_ns=1)
    for n in range(PIECES_MAX * PIECES_MAX):
        put(writer, n)
        found = publisher.refresh(now_ns=n)
        assert len(found.tail) < 2 * PIECES_MAX
    assert len(listed(tmp_path)) == PIECES_MAX * PIECES_MAX * 10
    publisher.close()


def test_records_are_listed_as_they_came(tmp_path: Path, writer: Writer) -> None:
    """All revisions, with the JSON that was published."""
    publisher = Publisher(writer.database.reader(), run_ns=1)
    for at, record in enumerate([state(0), audit("case.opened", "c0"), state(1)]):
        writer.append(take_in(published([record], after=at)), plant_rev="r1")
        publisher.refresh(now_ns=at)
    publisher.close()
    found = read_published(tmp_path)
    assert found is not None
    rows = duckdb.sql(f"SELECT class, json FROM ({records_sql(found, tmp_path)}) ORDER BY seq")  # noqa: S608 - ours
    texts = [text for _, text in rows.fetchall()]
    assert len(texts) == 3
    writer.close()
    with open_history(tmp_path) as history:
        assert [text.encode() for text in texts] == list(history.record_lines())


def test_a_failed_refresh_leaves_everything_as_it_was(tmp_path: Path, writer: Writer) -> None:
    """A file that cannot be written ends one refresh; the next lists each row and record once."""
    put(writer, 0)
    put(writer, 1, t_ns=T0_NS + 2 * HOUR_NS)
    writer.append(take_in(published([state(0)], after=0)), plant_rev="r1")
    for barred in (2, 3):
        publisher = Publisher(writer.database.reader(), run_ns=barred)
        barrier = tmp_path / "query" / str(barred) / f"{barred:06d}.parquet"
        barrier.mkdir(parents=True)  # a folder stands where the file is to be
        (barrier / "full").touch()
        for _ in range(2):
            with pytest.raises(OSError, match=barrier.name):
                publisher.refresh(now_ns=1)
            assert [path.name for path in barrier.parent.iterdir()] == [barrier.name]
        shutil.rmtree(barrier)
        found = publisher.refresh(now_ns=2)
        assert sum(each.rows for each in found.tail) == len(listed(tmp_path)) == 20
        assert sum(each.rows for each in found.records) == 1
        publisher.close()


def test_a_new_run_begins_clean(tmp_path: Path, writer: Writer) -> None:
    """Files of a former run are gone, and everything is listed anew."""
    put(writer, 0)
    for run in (1, 2):
        publisher = Publisher(writer.database.reader(), run_ns=run)
        publisher.refresh(now_ns=run)
        publisher.close()
    assert [path.name for path in (tmp_path / "query").iterdir() if path.is_dir()] == ["2"]
    assert len(listed(tmp_path)) == 10


def test_a_listing_of_another_form_is_refused(tmp_path: Path) -> None:
    """The error names both forms; a damaged one is no crash either."""
    write_published(tmp_path, Published(as_of_ns=1, form=99))
    with pytest.raises(PublishedUnusable, match="form 99"):
        read_published(tmp_path)
    (tmp_path / "query" / "manifest.json").write_text("{")
    with pytest.raises(PublishedUnusable, match="truncated"):
        read_published(tmp_path)


def test_an_empty_listing_has_empty_views(tmp_path: Path) -> None:
    """A query over nothing gives no rows, and knows the columns."""
    nothing = Published(as_of_ns=1)
    assert duckdb.sql(samples_sql(nothing, tmp_path)).fetchall() == []
    assert duckdb.sql(records_sql(nothing, tmp_path)).columns[0] == "class"
    assert TAGS[0]
