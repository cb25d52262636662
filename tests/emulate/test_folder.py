"""What a play keeps on disk, and what of it comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from linewright.emulate.faults.way import Carried
from linewright.emulate.folder import Bounds, Fact, Folder, OrdersFull, Saved, Written
from linewright.emulate.machines import Sample
from linewright.emulate.paper import PEOPLE, Entry
from linewright.plant import Address
from tests.emulate.playing import truth_of

MILL = Address("nogales/machining/bracket/mill")
TEMP = MILL.with_tag("spindle_temp")
SPEED = MILL.with_tag("speed")
SAVED = Saved(
    play="p1",
    t_ns=7,
    lines={},
    memories={},
    carried=Carried(t_ns=7, shown={TEMP: Sample(TEMP, 5, 21.5)}),
    orders={SPEED: 100.0},
    writes={SPEED: 2},
    ports={MILL: 4840},
)


@contextmanager
def opened(path: Path, bounds: Bounds = Bounds()) -> Iterator[Folder]:  # noqa: B008  # frozen
    """Open a folder and close it."""
    folder = Folder(path, bounds)
    try:
        yield folder
    finally:
        folder.close()


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    """State, values with their types, and ports are there after a restart."""
    with opened(tmp_path) as folder:
        folder.save(SAVED)
    with opened(tmp_path) as folder:
        assert folder.restore("p1") == SAVED


def test_another_play_does_not_go_on(tmp_path: Path) -> None:
    """A state of another plant or scenario is passed over, and so is a damaged one."""
    with opened(tmp_path) as folder:
        folder.save(SAVED)
        assert folder.restore("p2") is None
        (tmp_path / "state").write_bytes(b"no state")
        assert folder.restore("p1") is None


def test_a_state_of_another_version_does_not_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A state of an older form is passed over, and the log says that the play begins anew."""
    with opened(tmp_path) as folder:
        folder.save(msgspec.structs.replace(SAVED, form=2))
        assert folder.restore("p1") is None
    assert "another version, the play begins anew" in caplog.text


def test_truth_of_a_tick_that_was_never_saved_is_cut_off(tmp_path: Path) -> None:
    """What was not shown is not in the truth, even when the process died in between."""
    with opened(tmp_path) as folder:
        folder.tell([Fact(event="play.begun", t_ns=1)], [Sample(TEMP, 5, 21.5)])
        folder.save(SAVED)
        folder.tell([], [Sample(TEMP, 9, 22.5)])
    with opened(tmp_path) as folder:
        folder.restore("p1")
        folder.tell([], [Sample(TEMP, 10, 23.5)])
    assert [one["t_ns"] for one in truth_of(tmp_path)] == [1, 5, 10]


def test_writes_after_the_last_save_wait_again(tmp_path: Path) -> None:
    """A write that a client was promised survives the process, and is taken once."""
    first, second = (Written(command=SPEED, value=v, by="connect") for v in (90.0, 80.0))
    with opened(tmp_path) as folder:
        folder.keep(first)
        assert folder.take() == (first,)
        folder.save(SAVED)
        folder.keep(second)
    with (tmp_path / "orders.jsonl").open("ab") as file:
        file.write(b'{"command": "nog')  # the client of this one was never answered
    with opened(tmp_path) as folder:
        folder.restore("p1")
        assert folder.waiting() == folder.take() == (second,)
        assert folder.take() == ()


def test_writes_are_bounded(tmp_path: Path) -> None:
    """When too many writes wait, or were ever kept, one more is refused."""
    one = Written(command=SPEED, value=90.0, by="connect")
    with opened(tmp_path, Bounds(waiting=2)) as folder:
        folder.keep(one)
        folder.keep(one)
        with pytest.raises(OrdersFull):
            folder.keep(one)
        kept = folder.orders_bytes
    with opened(tmp_path, Bounds(orders_bytes=kept)) as folder, pytest.raises(OrdersFull):
        folder.keep(one)


def test_truth_turns_its_page_and_stays_whole(tmp_path: Path) -> None:
    """A full file is put aside; a kill right after it loses nothing that was shown."""
    bounds = Bounds(truth_bytes=100)
    with opened(tmp_path, bounds) as folder:
        folder.tell([], [Sample(TEMP, 4, 21.4), Sample(TEMP, 5, 21.5)])
        folder.save(SAVED)
        folder.tell([], [Sample(TEMP, 6, 21.6)], 5)
    with opened(tmp_path, bounds) as folder:
        assert folder.restore("p1") is not None
        folder.tell([], [Sample(TEMP, 7, 21.7)], 5)
    found = [(one["t_ns"], one.get("event")) for one in truth_of(tmp_path)]
    assert found == [(5, "truth.continued"), (7, None)]
    before = (tmp_path / "truth-before.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["t_ns"] for line in before] == [4, 5]


def test_writes_that_wait_are_not_forgotten_by_a_save(tmp_path: Path) -> None:
    """A save between a promise and its tick, as a birth makes one, leaves the write to be taken."""
    one = Written(command=SPEED, value=90.0, by="connect")
    with opened(tmp_path) as folder:
        folder.keep(one)
        folder.save(SAVED)
    for _ in range(2):  # and so does a restart that saves before its first tick
        with opened(tmp_path) as folder:
            folder.restore("p1")
            folder.save(SAVED)
            assert folder.waiting() == (one,)


def test_half_a_line_spoils_no_write_after_it(tmp_path: Path) -> None:
    """What a kill left of a write is cut off, so that the next promise is kept."""
    one = Written(command=SPEED, value=90.0, by="connect")
    with opened(tmp_path) as folder:
        folder.save(SAVED)
    (tmp_path / "orders.jsonl").write_bytes(b'{"command": "nog')
    with opened(tmp_path) as folder:
        folder.restore("p1")
        folder.keep(one)
    with opened(tmp_path) as folder:
        folder.restore("p1")
        assert folder.waiting() == (one,)


def test_truth_that_a_power_cut_shortened_is_kept(tmp_path: Path) -> None:
    """What is left of it is put aside, and the new one says from when on it is whole."""
    with opened(tmp_path) as folder:
        folder.tell([], [Sample(TEMP, 4, 21.4), Sample(TEMP, 5, 21.5)])
        folder.save(SAVED)
    whole = (tmp_path / "truth.jsonl").read_bytes()
    (tmp_path / "truth.jsonl").write_bytes(whole[:-10])
    with opened(tmp_path) as folder:
        folder.restore("p1")
        folder.tell([], [Sample(TEMP, 7, 21.7)], 5)
    found = [(one["t_ns"], one.get("event")) for one in truth_of(tmp_path)]
    assert found == [(5, "truth.continued"), (7, None)]
    assert (tmp_path / "truth-short.jsonl").read_bytes() == whole[:-10]


def test_what_people_enter_is_appended_until_the_file_is_full(tmp_path: Path) -> None:
    """One entry a line; another play begins without those of the one before."""
    entry = Entry(id="a", kind="parts", address=MILL, t_ns=1, enter_ns=2, good=3)
    line = msgspec.json.encode(entry, enc_hook=str) + b"\n"
    with opened(tmp_path, Bounds(orders_bytes=3 * len(line))) as folder:
        folder.enter([])
        assert not (tmp_path / PEOPLE).exists()
        folder.enter([entry, entry])
        folder.enter([entry])
        folder.enter([entry])
        assert (tmp_path / PEOPLE).read_bytes() == 3 * line
        folder.begin()
        assert not (tmp_path / PEOPLE).exists()
