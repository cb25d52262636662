"""Reading: ranges, limits, kinds of value, counts, and exports."""

import math
from pathlib import Path

import pytest

from linewright.history import (
    HistoryUnusable,
    Writer,
    export_audit,
    export_records,
    open_history,
    take_in,
)
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame, samples_subject
from tests.history.building import MILL, STEP_NS, T0_NS, TAGS, audit, framed, published, samples
from tests.history.building import state as state_at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of a history with three frames, two states and two audit records."""
    records = [state_at(1), audit("case.opened", "c0"), state_at(0), audit("case.closed", "c0")]
    arrivals = [*samples([framed(n) for n in range(3)]), *published(records)]
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(arrivals), plant_rev="r1")
    return tmp_path


def test_a_read_takes_the_first_time_and_leaves_the_last(folder: Path) -> None:
    """`from_ns` is included, `until_ns` is not, `limit` takes the earliest."""
    with open_history(folder) as history:
        middle = history.read(TAGS[0], T0_NS + STEP_NS, T0_NS + 2 * STEP_NS)
        assert middle.t_ns == [T0_NS + STEP_NS, T0_NS + STEP_NS + 5]
        assert history.read(TAGS[0], limit=1).t_ns == [T0_NS]
        assert history.read("nogales#nothing").t_ns == []
        assert history.tags() == list(TAGS)


def test_every_kind_of_value_comes_back_as_it_went_in(tmp_path: Path) -> None:
    """NaN, large integers, texts with any character, and quality bits."""
    columns = Columns(
        tag=[TAGS[0]] * 3,
        t_ns=[1, 2, 3],
        seen_ns=[4, 5, 6],
        value=[math.nan, 9.0, math.nan],
        quality=[514, 0, 0],
        integer=[None, 2**60 + 1, None],
        text=[None, None, "a\x00'\u00fc\U0001f600"],
    )
    header = FrameHeader(site="nogales", source="mill", epoch=1, n=0)
    data = encode_frame(frame(header, columns))
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([(samples_subject(header), data)])), plant_rev="r1")
    with open_history(tmp_path) as history:
        found = history.read(TAGS[0])
    assert [math.isnan(value) for value in found.value] == [True, False, True]
    assert found.integer == columns.integer
    assert found.text == columns.text
    assert found.quality == columns.quality


def test_records_come_by_event_time_and_lines_by_stream(folder: Path) -> None:
    """Two orders, each for its purpose."""
    with open_history(folder) as history:
        assert history.records("state") == [state_at(0), state_at(1)]
        assert history.records("state", from_ns=T0_NS + 1) == [state_at(1)]
        lines = list(history.record_lines())
    assert [line.startswith(b'{"action"') for line in lines] == [False, True, False, True]


def test_counts_and_doubled(folder: Path) -> None:
    """Counts say what is there; two rows of one tag and time are doubled."""
    with open_history(folder) as history:
        counts = history.counts()
        assert history.doubled() == 0
    assert (counts.samples, counts.tags, counts.frames) == (30, 5, 3)
    assert (counts.records, counts.links, counts.gaps) == (4, 2, 0)
    assert counts.positions == {"samples": 3, "records": 4}
    other = samples([framed(0, source="other", rows=1)], after=3)
    with Writer.open(folder) as writer:
        writer.append(take_in(other), plant_rev="r1")
    with open_history(folder) as history:
        assert history.doubled() == 1


def test_exports_are_whole_files(folder: Path) -> None:
    """The chain and the records as JSON lines, without a part file left behind."""
    assert export_audit(folder, folder / "a.jsonl") == 2
    assert export_records(folder, folder / "r.jsonl") == 4
    assert (folder / "a.jsonl").read_bytes().count(b"\n") == 2
    assert not list(folder.glob("*.part"))


def test_no_history_is_said(tmp_path: Path) -> None:
    """A folder without one gives the typed error and stays empty."""
    with pytest.raises(HistoryUnusable, match="there is none yet"):
        open_history(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_second_revision_is_read_beside_the_first(folder: Path) -> None:
    """All revisions of a record are kept."""
    with open_history(folder) as history:
        assert {record.rev for record in history.records("audit")} == {0}
        assert [str(record.address) for record in history.records("state")] == [MILL, MILL]
