"""A file that an earlier version wrote: brought up to date in place, or refused with advice."""

import gzip
import shutil
from pathlib import Path

import duckdb
import pytest

from linewright.history import HistoryUnusable, Writer, open_history, take_in
from linewright.history.keeping import Compactor, Rule
from linewright.history.store import FILE
from tests.history.building import LATHE, T0_NS, TAGS, corrected, framed, samples

DATA = Path(__file__).parent / "data"


def unpacked(tmp_path: Path, form: int) -> Path:
    """History that a version of this form wrote."""
    tmp_path.mkdir(exist_ok=True)
    with gzip.open(DATA / f"form{form}.duckdb.gz") as packed, (tmp_path / FILE).open("wb") as file:
        shutil.copyfileobj(packed, file)
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """History of form 1: frames 0, 1 and 4 of epoch 1, frame 0 of epoch 2, records, a chain."""
    return unpacked(tmp_path, 1)


def test_a_file_of_form_1_is_brought_up_to_date(folder: Path) -> None:
    """Rows, last values, gaps, chain and positions are as they were, and it goes on from there."""
    with Writer.open(folder) as writer:
        assert writer.position("samples") == 5
        late = [framed(1), framed(2), framed(0, epoch=2)]
        done = writer.append(take_in(samples(late, after=5)), plant_rev="r1")
        assert (done.frames, done.repeated_frames) == (1, 2)
    with open_history(folder) as history:
        counts = history.counts()
        assert (counts.samples, counts.frames, counts.links, counts.refused) == (50, 5, 2, 1)
        assert history.read(TAGS[0]).value == [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0]
        assert history.read(TAGS[0]).seen_ns[0] == T0_NS - 5_000_000_000 + 5
        assert history.last([TAGS[0]]).value == [4.0]
        assert [(gap.first_n, gap.last_n) for gap in history.gaps()] == [(2, 3)]


def test_a_file_of_form_2_is_brought_up_to_date(tmp_path: Path) -> None:
    """What it holds has no raw times; what comes then has, beside it and compacted with it."""
    unpacked(tmp_path, 2)
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([corrected(5, raw_ns=7)], after=5)), plant_rev="r1")
        Compactor(writer.database.reader()).compact(now_ns=2**62, rule=Rule())
    assert (tmp_path / "history.form2.duckdb").is_file()
    with open_history(tmp_path) as history:
        counts = history.counts()
        assert (counts.samples, counts.frames, counts.links, counts.files) == (52, 6, 2, 1)
        assert history.read(f"{LATHE}#program").text == ["O1", "O2"]
        assert history.last([f"{LATHE}#program"]).raw_ns == [None]
        rows = history.read(TAGS[0])
        assert rows.value == [0.0] * 4 + [1.0, 1.0, 4.0, 4.0, 5.0, 5.0]
        assert rows.raw_ns == [None] * 8 + [7, 7]
        assert history.last([TAGS[0]]).raw_ns == [7]


def test_new_and_migrated_tables_are_the_same(tmp_path: Path, folder: Path) -> None:
    """Whoever reads or appends need not know where a file began."""
    query = (
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() ORDER BY ALL"
    )
    found = []
    for place in (folder, unpacked(tmp_path / "2", 2), tmp_path / "new"):
        with Writer.open(place) as writer:
            found.append(writer.database.rows(query))
    assert found[0] == found[1] == found[2]


def test_the_file_of_before_is_kept(folder: Path) -> None:
    """A copy beside it can still be read by the version that wrote it."""
    before = (folder / FILE).read_bytes()
    Writer.open(folder).close()
    assert (folder / "history.form1.duckdb").read_bytes()[:12] == before[:12]
    with duckdb.connect(str(folder / "history.form1.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT version FROM form").fetchall() == [(1,)]
        assert copy.execute("SELECT count(*) FROM samples").fetchall() == [(40,)]


def test_who_only_reads_is_told_to_start_the_service(folder: Path) -> None:
    """A reader changes nothing, not even the form."""
    with pytest.raises(HistoryUnusable, match="start the service history once"):
        open_history(folder)
    assert not (folder / "history.form1.duckdb").exists()


def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    """Another program's database is not filled with our tables."""
    with duckdb.connect(str(tmp_path / FILE)) as other:
        other.execute("CREATE TABLE theirs(n INTEGER)")
    with pytest.raises(HistoryUnusable, match="no history of ours"):
        Writer.open(tmp_path)
