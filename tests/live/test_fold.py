"""Examples of linewright.live.fold."""

import pytest

from linewright.live import FoldInvalid, begin, encode_fold, resume, step
from tests.live.floor import LINE, SITE, SIX, batch, bracket, fresh, heard, play, totals


def test_a_repeated_frame_changes_nothing() -> None:
    """A frame is known by its epoch and number; an older one is a repeat too."""
    frames = [batch(n, [("mill#good", n * 60, 10 + n, 0)]) for n in range(3)]
    fold, records = play(fresh(), frames)
    again, none = play(fold, frames)
    assert again == fold
    assert none == []
    _, next_epoch = play(fold, [batch(0, [("mill#good", 300, 14, 0)], epoch=2)])
    assert (len(records), len(next_epoch)) == (2, 1)


def test_a_heartbeat_says_that_the_station_is_there() -> None:
    """A frame without rows moves the time heard, and nothing else."""
    fold, _ = play(fresh(), [batch(0, [("mill#state", 0, 1, 0)])])
    after, records = step(fold, batch(1, []), SIX + 10**12)
    assert records == ()
    assert after.stations[1].seen_ns == SIX + 10**12
    assert after.stations[0].seen_ns == 0
    assert after.stations[1].t_ns == fold.stations[1].t_ns


def test_tags_without_a_meaning_are_passed_over() -> None:
    """Unknown stations and tags do no harm; a known station is heard by any of its tags."""
    fold, records = play(fresh(), [batch(0, [("robot#state", 9, 1, 0), ("saw#kw", 7, 1, 0)])])
    assert records == []
    assert (fold.stations[0].t_ns, fold.stations[1].t_ns) == (SIX + 7 * 10**9, 0)


def test_impossible_times_are_passed_over() -> None:
    """A clock of the year 2250 neither stops the fold nor hides what comes later."""
    late_s = 250 * 365 * 86_400 - SIX // 10**9
    fold, records = heard([("mill#state", late_s + 9 * 10**8, 3, 0), ("mill#state", 1, 1, 0)])
    assert [getattr(each, "raw_state", None) for each in records] == ["1"]
    assert fold.stations[1].t_ns == SIX + 10**9


def test_a_snapshot_goes_on_under_another_plant() -> None:
    """Stations that are still there keep what is known, with the new revision in records."""
    fold, _ = heard([("mill#good", 0, 10, 0)])
    plant = totals("parts.good")
    moved = resume(encode_fold(fold), plant, "r2", SITE)
    assert [each.address for each in moved.stations] == [f"{LINE}/mill"]
    _, [told] = play(moved, [batch(7, [("mill#good", 60, 11, 0)])])
    assert told.plant_rev == "r2"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"form":2', b'"form":9'),
        (b'"site":"nogales"', b'"site":"reno"'),
        (b"nogales/machining/bracket/saw", b"no address"),
        (b"{", b""),
        (b'"form"', b'"\xff"'),
    ],
)
def test_a_damaged_snapshot_is_refused(old: bytes, new: bytes) -> None:
    """What is of another form or site, or no snapshot at all, is an error that says so."""
    data = encode_fold(begin(bracket(), "r1", SITE))
    assert old in data
    with pytest.raises(FoldInvalid, match="snapshot of the live fold"):
        resume(data.replace(old, new, 1), bracket(), "r1", SITE)
