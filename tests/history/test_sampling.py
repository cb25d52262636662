"""Reading over hot rows and files: gaps, renamed tags, pages, damage, retention."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.history import History, Writer, open_history, take_in
from linewright.history.keeping import Compactor, FileDamaged, Rule
from linewright.history.keeping.arrays import pq
from linewright.history.keeping.files import NewFile
from linewright.history.keeping.packing import PACKED
from linewright.history.sampling import next_cursor
from linewright.testing.history_conformance import (
    HOUR_NS,
    T0_NS,
    DuckHistory,
    Row,
    batch,
)
from tests.history.building import STEP_NS, TAGS, framed, samples
from tests.history.building import T0_NS as FRAMES_NS

TAG = "nogales#kw"
RULE = Rule(files_kept_s=0.0)
LATER_NS = T0_NS + 100 * HOUR_NS


def rows(count: int, tag: str = TAG, first: int = 0) -> tuple[Row, ...]:
    """A row every minute."""
    return tuple(
        Row(tag=tag, t_ns=T0_NS + at * 60 * 10**9, value=at / 4)
        for at in range(first, first + count)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """History of three compacted hours and one hot one."""
    held = DuckHistory.open(tmp_path)
    held.append([batch("meter", 0, *rows(200))])
    held.compact(T0_NS + 3 * HOUR_NS + 301 * 10**9)
    held.close()
    return tmp_path


@pytest.fixture
def history(folder: Path) -> Iterator[History]:
    """The same, open for reading."""
    with open_history(folder) as opened:
        yield opened


def test_hot_rows_and_files_are_read_as_one(history: History) -> None:
    """Three hours are in files, one is not, and nobody sees where one ends."""
    assert history.counts().files == 3
    found = history.read(TAG)
    assert found.value == [at / 4 for at in range(200)]
    middle = history.read(TAG, T0_NS + 59 * 60 * 10**9, T0_NS + 181 * 60 * 10**9)
    assert middle.value == [at / 4 for at in range(59, 181)]


def test_pages_give_every_row_once(history: History) -> None:
    """Cursor by cursor, whatever the size of a page."""
    found: list[float] = []
    cursor: tuple[int, int] | None = (0, 0)
    while cursor is not None:
        page, cursor = history.page(TAG, cursor, 2**63 - 1, 7)
        found += page["value"].to_pylist()
    assert found == history.read(TAG).value


def test_a_cursor_counts_rows_of_one_time() -> None:
    """Where a page ends amid rows of equal time, the next one goes on behind them."""
    assert next_cursor([5, 5], (5, 2), 2) == (5, 4)


def test_spans_come_from_the_list(history: History) -> None:
    """Rows and first and last time of each tag."""
    (span,) = history.spans()
    assert (span.tag, span.rows, span.from_ns) == (TAG, 200, T0_NS)
    assert span.until_ns == T0_NS + 199 * 60 * 10**9


def test_a_gap_marks_its_buckets_and_ends_what_was_held(tmp_path: Path) -> None:
    """Batches 1 to 9 are missing: nothing is known over that time."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0), framed(10)])), plant_rev="r1")
    with open_history(tmp_path) as history:
        until_ns = FRAMES_NS + 11 * STEP_NS
        (found,) = history.aggregate([TAGS[0]], FRAMES_NS, until_ns, every_ns=STEP_NS)
    assert found.gap == [True] * 11
    assert found.covered[0] < 1e-4
    assert found.covered[1:10] == [0.0] * 9
    assert math.isnan(found.time_mean[5])


def test_messages_that_a_stream_dropped_are_a_gap_of_the_site(tmp_path: Path) -> None:
    """The stream begins at 41: what was before it, and 43 to 44, is lost and told."""
    arrivals = [*samples([framed(0)], after=40), *samples([framed(1)], after=41)]
    arrivals += samples([framed(2)], after=44)
    with Writer.open(tmp_path) as writer:
        done = writer.append(take_in(arrivals), plant_rev="r1")
        again = writer.append(take_in(samples([framed(3)], after=45)), plant_rev="r1")
    lost = [(gap.of_source, gap.first_n, gap.last_n) for gap in done.gaps]
    assert lost == [("stream_samples", 43, 44), ("stream_samples", 1, 40)]
    assert again.gaps == ()
    with open_history(tmp_path) as history:
        (found,) = history.aggregate([TAGS[0]], FRAMES_NS, FRAMES_NS + STEP_NS, points=1)
        assert (found.gap, len(history.gaps())) == ([True], 2)


def test_a_renamed_tag_is_found_under_its_new_name(tmp_path: Path) -> None:
    """Rows of before and after the renaming are one row of rows."""
    held = DuckHistory.open(tmp_path)
    held.append([batch("meter", 0, *rows(5, "nogales#old")), batch("meter", 1, *rows(5, TAG, 5))])
    held.compact(LATER_NS)
    held.close()
    with open_history(tmp_path, renamed={TAG: ("nogales#old",)}) as history:
        assert history.read(TAG).value == [at / 4 for at in range(10)]
        assert history.last([TAG]).value == [9 / 4]
        (found,) = history.aggregate([TAG], T0_NS, T0_NS + HOUR_NS, points=1)
        assert (found.rows, found.first, found.last) == ([10], [0.0], [9 / 4])
        (held_then,) = history.as_of([TAG], [T0_NS + 61 * 10**9])
        assert held_then.value == [0.25]
        plot = history.decimate(TAG, T0_NS, T0_NS + HOUR_NS, 100)
        assert plot["value"].to_pylist() == [at / 4 for at in range(10)]


def test_a_plot_tells_how_many_rows_stand_behind_it(history: History) -> None:
    """Those of the window, not those that it shows; the outline keeps the greatest of them."""
    plot = history.decimate(TAG, T0_NS, T0_NS + 101 * 60 * 10**9, 8)
    assert plot.schema.metadata == {b"rows": b"101"}
    assert plot.num_rows < 9
    assert max(plot["value"].to_pylist()) == 25.0


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "companion"])
def test_a_damaged_file_is_told_and_never_less_data(folder: Path, damage: str) -> None:
    """Reads that need it say so; others go on; the rest of the history is as it was."""
    name = "*.seen.parquet" if damage == "companion" else "*00????.parquet"
    path = min((folder / "parquet").rglob(name))
    if damage in {"missing", "companion"}:
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    else:
        data = bytearray(path.read_bytes())
        data[60:300] = bytes(240)
        path.write_bytes(bytes(data))
    with open_history(folder) as history:
        (fault,) = history.damage(is_thorough=True)
        assert fault.path.name == path.name
        with pytest.raises(FileDamaged, match=path.name):
            history.read(TAG)
        assert len(history.read(TAG, T0_NS + 2 * HOUR_NS).t_ns) == 80
        assert history.counts().samples == 200
        assert history.last().value == [199 / 4]


def test_a_file_with_fewer_rows_is_damaged(folder: Path) -> None:
    """A footer that counts fewer rows than were written does not make them fewer unsaid."""
    path = min((folder / "parquet").rglob("*00????.parquet"))
    rows = pq.read_table(path).cast(PACKED)
    file = NewFile(path, PACKED)
    file.write(rows.slice(0, rows.num_rows - 1), [rows.num_rows - 1])
    file.finish()
    with open_history(folder) as history, pytest.raises(FileDamaged, match="fewer rows"):
        history.read(TAG)


def test_a_file_of_a_newer_form_is_refused_with_advice(folder: Path) -> None:
    """What a newer version wrote is not guessed at."""
    path = min((folder / "parquet").rglob("*00????.parquet"))
    data = path.read_bytes()
    key = b"linewright.form"
    at = data.rindex(key) + len(key)
    assert data[at : at + 5].count(b"1") == 1
    path.write_bytes(data[:at] + data[at : at + 5].replace(b"1", b"9") + data[at + 5 :])
    with open_history(folder) as history, pytest.raises(FileDamaged, match="newer version"):
        history.read(TAG)


def test_old_days_go_and_newer_ones_stay(folder: Path) -> None:
    """After `raw_days` rows and files are gone; the last value and the gaps are not."""
    with Writer.open(folder) as writer:
        compactor = Compactor(writer.database.reader())
        rule = Rule(files_kept_s=0.0, raw_days=1)
        compactor.compact(now_ns=T0_NS + 26 * HOUR_NS + 1, rule=rule)
        compactor.close()
    with open_history(folder) as history:
        assert history.read(TAG).t_ns[0] == T0_NS + 2 * HOUR_NS
        assert history.last().value == [199 / 4]
    assert len(list((folder / "parquet").rglob("*.parquet"))) == 4


def test_bad_questions_are_told_what_to_ask(history: History) -> None:
    """Each with the words that say what is possible."""
    with pytest.raises(ValueError, match="name the width"):
        history.aggregate([TAG], 0, 10)
    with pytest.raises(ValueError, match="before it begins"):
        history.aggregate([TAG], 10, 10, points=1)
    with pytest.raises(ValueError, match="from 4 to"):
        history.decimate(TAG, 0, 10, 3)
    with pytest.raises(ValueError, match="in parts"):
        history.as_of([TAG], range(100_001))
