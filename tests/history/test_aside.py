"""Damaged files: put aside with a gap, never removed, and put back once they are whole again."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from linewright.history import History, Writer, open_history
from linewright.history.published import read_published, samples_sql
from linewright.history.serving.aside import FOLDER, GAP_TAGS_MAX, POINTS, Account, Aside
from linewright.history.serving.open_store import Store
from linewright.plant.records import Gap
from linewright.testing.history_conformance import HOUR_NS, T0_NS, DuckHistory, Row, batch

TAG, OTHER = "nogales#kw", "nogales#other"
ACCOUNT = Account(site="nogales", plant_rev="r1", now_ns=T0_NS + 99 * HOUR_NS)
HOUR_ROWS = 60
RUNS = itertools.count(1)


def minutes(first: int, count: int) -> tuple[Row, ...]:
    """A row every minute of one tag, every tenth also of another."""
    made = []
    seen_ns = T0_NS + (first + count) * 60 * 10**9
    for at in range(first, first + count):
        t_ns = T0_NS + at * 60 * 10**9
        made.append(Row(tag=TAG, t_ns=t_ns, value=at / 4, seen_ns=seen_ns))
        if at >= 2 * HOUR_ROWS and at % 10 == 0:
            made.append(Row(tag=OTHER, t_ns=t_ns, value=1.0, seen_ns=seen_ns))
    return tuple(made)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """History of three hours in files of their own, and a hot one."""
    folder = tmp_path_factory.mktemp("made") / "history"
    held = DuckHistory.open(folder)
    for n in range(4):
        held.append([batch("mill", n, *minutes(n * HOUR_ROWS, HOUR_ROWS))])
    held.compact(T0_NS + 3 * HOUR_NS + 600 * 10**9)
    held.close()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(made, tmp_path / "history"))


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store of a service, closed in the right order."""
    store = Store.open(folder, run_ns=next(RUNS))
    try:
        yield store
    finally:
        store.close_publishing()
        store.close_working()
        store.close_reading()
        store.close()


def first_file(folder: Path, *, seen: bool = False) -> Path:
    """File of the first hour, or its companion."""
    ends = (".seen.parquet",) if seen else (".parquet",)
    found = sorted(path for path in (folder / "parquet").rglob("*.parquet"))
    return next(p for p in found if p.name.endswith(ends) and (seen or ".seen." not in p.name))


def cut(path: Path) -> None:
    """Leave half of a file, as a copy that was broken off does."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Change bytes of a page; size and footer stay."""
    data = bytearray(path.read_bytes())
    data[60:120] = bytes(255 - each for each in data[60:120])
    path.write_bytes(bytes(data))


def flip_footer(path: Path) -> None:
    """Change bytes of the footer; the size stays."""
    data = bytearray(path.read_bytes())
    data[-600:-8] = bytes(592)
    path.write_bytes(bytes(data))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink, "cut": cut, "flipped": flip, "footer": flip_footer,
}  # fmt: skip


def rows_of(history: History) -> list[tuple[int, int, float]]:
    """All rows of the tag."""
    found = history.read(TAG)
    return list(zip(found.t_ns, found.seen_ns, found.value, strict=True))


def listed_rows(folder: Path) -> int:
    """Rows of the tag as another program reads the listing."""
    found = read_published(folder)
    assert found is not None
    sql = samples_sql(found, folder, with_seen=True)
    count = duckdb.sql(f"SELECT count(*) FROM ({sql}) WHERE tag = '{TAG}'").fetchall()  # noqa: S608 - ours
    return int(count[0][0])


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_goes_aside_and_reads_go_on(folder: Path, damage: str) -> None:
    """What it held is a gap of its rows, tags and span; the file is kept; all else is read."""
    path = first_file(folder)
    before = path.read_bytes()
    DAMAGES[damage](path)
    damaged = path.read_bytes() if path.exists() else None
    with opened(folder) as store:
        _, suspects = store.answered("read", b'{"tag": "nogales#kw"}')
        (told,) = store.set_aside(suspects, ACCOUNT)
        assert (f"{path.name}: " in told, "60 rows" in told, store.damage) == (True, True, (told,))
        assert len(rows_of(store.history)) == 3 * HOUR_ROWS
        (gap,) = store.history.gaps()
        assert (gap.tags, gap.count, gap.filled) == ((TAG,), HOUR_ROWS, False)
        assert (gap.t_ns, gap.until_ns) == (T0_NS, T0_NS + (HOUR_ROWS - 1) * 60 * 10**9)
        store.publish(1)
        assert listed_rows(folder) == 3 * HOUR_ROWS
    kept = [each for each in (folder / FOLDER).glob("*.parquet") if ".seen." not in each.name]
    assert [each.read_bytes() for each in kept] == ([] if damaged is None else [damaged])
    assert damaged != before


def test_a_file_that_is_whole_again_is_put_back(folder: Path) -> None:
    """A copy in its place, or among the damaged ones: every row is there once, the gap filled."""
    path = first_file(folder)
    copy, name = path.read_bytes(), path.relative_to(folder).as_posix()
    with open_history(folder) as history:
        before = rows_of(history)
    revisions = []
    for place in (path, folder / FOLDER / f"{path.parent.name}_{path.name}"):
        cut(path)
        with opened(folder) as store:
            assert len(store.set_aside(store.check(), ACCOUNT)) == 1
            revisions += [(gap.rev, gap.filled) for gap in store.history.gaps()]
        place.write_bytes(copy)
        with opened(folder) as store:
            assert [line.partition(":")[0] for line in store.damage] == [name]
            back = store.put_back(5)
            assert name in back
            assert (rows_of(store.history), len(store.damage)) == (before, 0)
            revisions += [(gap.rev, gap.filled) for gap in store.history.gaps()]
            assert store.put_back(6) == []
            store.publish(1)
            assert listed_rows(folder) == len(before)
    assert revisions == [(0, False), (1, True), (2, False), (3, True)]


def test_a_damaged_companion_takes_no_row(folder: Path) -> None:
    """Rows stay; only when they arrived is not known, until it is put back."""
    with open_history(folder) as history:
        before = rows_of(history)
    path = first_file(folder, seen=True)
    copy = path.read_bytes()
    flip_footer(path)
    with opened(folder) as store:
        (told,) = store.set_aside(store.check(), ACCOUNT)
        assert "arrived is not known" in told
        found = rows_of(store.history)
        assert [(t, v) for t, _, v in found] == [(t, v) for t, _, v in before]
        assert {seen for _, seen, _ in found[:HOUR_ROWS]} == {0}
        assert (found[HOUR_ROWS:], store.history.gaps()) == (before[HOUR_ROWS:], [])
        store.publish(1)
        assert listed_rows(folder) == len(before)
    path.write_bytes(copy)
    with opened(folder) as store:
        assert store.put_back(5) == [path.relative_to(folder).as_posix()]
        assert rows_of(store.history) == before


@pytest.mark.parametrize("point", POINTS)
def test_ended_at_any_step_it_is_found_again(folder: Path, point: str) -> None:
    """A step that fails for good, as at a kill: nothing is removed, and the next start ends it."""
    path = first_file(folder)
    copy = path.read_bytes()
    cut(path)

    def at(name: str) -> None:
        if name == point:
            raise OSError(28, "no space left on device")

    with Writer.open(folder) as writer:
        aside = Aside(writer.database.reader(), at)
        with pytest.raises(OSError, match="no space"):
            aside.set_aside({each.path.as_posix() for each in aside.check()}, ACCOUNT)
        writer.read_outbox()
        assert writer.outbox() == ()
        aside.close()
    with opened(folder) as store:
        assert store.put_back(1) == []
        assert len(store.set_aside(store.check(), ACCOUNT)) == 1
        assert len(rows_of(store.history)) == 3 * HOUR_ROWS
    path.write_bytes(copy)
    with opened(folder) as store:
        assert len(store.put_back(2)) == 2
        assert (len(rows_of(store.history)), store.history.doubled()) == (4 * HOUR_ROWS, 0)


def test_what_is_whole_stays(folder: Path) -> None:
    """A file that could not be read for another reason keeps its place in the list."""
    path = first_file(folder).relative_to(folder).as_posix()
    with opened(folder) as store:
        assert store.check() == set()
        assert store.set_aside({path, "parquet/no/such.parquet"}, ACCOUNT) == []
        assert len(rows_of(store.history)) == 4 * HOUR_ROWS


def test_a_disk_that_is_not_there_damages_nothing(folder: Path) -> None:
    """All files missing at once: they stay in the list, and come back with their disk."""
    (folder / "parquet").rename(folder / "away")
    with opened(folder) as store:
        assert len(store.damage) == 6
        with pytest.raises(OSError, match="mounted"):
            store.set_aside(store.check(), ACCOUNT)
    (folder / "away").rename(folder / "parquet")
    with opened(folder) as store:
        assert len(rows_of(store.history)) == 4 * HOUR_ROWS
        assert not store.damage


def test_files_of_a_lost_list_are_never_removed(folder: Path) -> None:
    """Without its database a history begins anew, and every file of before is kept."""
    before = sorted(path.read_bytes() for path in (folder / "parquet").rglob("*.parquet"))
    (folder / "history.duckdb").unlink()
    with opened(folder) as store:
        assert store.history.counts().samples == 0
    after = sorted(path.read_bytes() for path in (folder / FOLDER).glob("*.parquet"))
    assert after == before


def test_a_gap_with_tags_concerns_no_other_tag(folder: Path) -> None:
    """A bucket of a tag that the damaged file did not hold is whole."""
    cut(first_file(folder))
    with opened(folder) as store:
        store.set_aside(store.check(), ACCOUNT)
        window = (T0_NS, T0_NS + 3 * HOUR_NS)
        found = store.history.aggregate([TAG, OTHER], *window, every_ns=HOUR_NS)
    assert [each.gap for each in found] == [[True, False, False], [False, False, False]]


def test_the_gap_of_a_file_fits_a_message(tmp_path: Path) -> None:
    """More tags than one gap may list make several, each with its own rows."""
    tags = [f"nogales#t{number:05d}" for number in range(GAP_TAGS_MAX + 2)]
    held = DuckHistory.open(tmp_path)
    held.append([batch("mill", 0, *(Row(tag=tag, t_ns=T0_NS, value=1.0) for tag in tags))])
    held.compact(T0_NS + 3 * HOUR_NS)
    held.close()
    cut(first_file(tmp_path))
    with opened(tmp_path) as store:
        store.set_aside(store.check(), ACCOUNT)
        gaps: list[Gap] = store.history.gaps()
        store.writer.read_outbox()
        assert {gap.id for gap in store.writer.outbox()} == {gap.id for gap in gaps}
    found = sorted((gap.tags, gap.count) for gap in gaps)
    assert found == [(tuple(tags[:-2]), GAP_TAGS_MAX), (tuple(tags[-2:]), 2)]
