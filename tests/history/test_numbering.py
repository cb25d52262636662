"""Numbering: repeats, gaps, and late batches, decided from the number alone."""

import msgspec

from linewright.history.numbering import OPEN_GAPS_MAX, Numbering, Times, judge
from linewright.plant.records import Gap, GapReason

TIMES = Times(first_ns=100, last_ns=200, seen_ns=300)


def after(*numbers: int) -> tuple[Numbering, list[Gap]]:
    """State of an epoch and all gap records, once these batches came."""
    found: list[Gap] = []
    state = Numbering(site="nogales", source="mill", epoch=1)
    for n in numbers:
        times = Times(first_ns=n * 100, last_ns=n * 100 + 50, seen_ns=n * 100 + 60)
        judged = judge(state, n, times, plant_rev="r1")
        state = judged.numbering
        found += judged.gaps
    return state, found


def test_consecutive_batches_leave_no_gap() -> None:
    """Batches 0, 1, 2 are all that there is to say."""
    state, gaps = after(0, 1, 2)
    assert (state.last_n, state.t_ns, gaps) == (2, 250, [])


def test_a_repeated_number_is_not_new() -> None:
    """A number at or below the last one, in no gap, is a repeat and changes nothing."""
    state, _ = after(0, 1, 2)
    judged = judge(state, 1, TIMES, plant_rev="r1")
    assert (judged.is_new, judged.numbering, judged.gaps) == (False, state, ())


def test_a_jump_names_the_numbers_and_the_time_that_are_missing() -> None:
    """From the last event before the jump to the first one after it."""
    _, (gap,) = after(0, 1, 5)
    assert (gap.first_n, gap.last_n, gap.t_ns, gap.until_ns) == (2, 4, 150, 500)
    assert (gap.reason, gap.of_source, gap.epoch) == (GapReason.STORE, "mill", 1)
    assert gap.count is None


def test_an_epoch_that_does_not_begin_at_0_has_a_gap() -> None:
    """Batches before the first one that came are missing too."""
    _, (gap,) = after(3)
    assert (gap.first_n, gap.last_n) == (0, 2)


def test_late_batches_fill_a_gap_and_a_revision_says_so() -> None:
    """Each late batch is new once; the last of them revises the gap."""
    state, gaps = after(0, 4, 2, 1, 3)
    assert [(gap.rev, gap.filled) for gap in gaps] == [(0, False), (1, True)]
    assert gaps[0].id == gaps[1].id
    assert state.open_gaps == ()
    assert not judge(state, 2, TIMES, plant_rev="r1").is_new


def test_a_heartbeat_without_rows_that_jumps_leaves_a_gap_without_length() -> None:
    """A batch without event times cannot say until when data was missing."""
    state, _ = after(0)
    judged = judge(state, 2, Times(None, None, 900), plant_rev="r1")
    assert [(gap.t_ns, gap.until_ns, gap.seen_ns) for gap in judged.gaps] == [(50, 50, 900)]
    assert judged.numbering.t_ns == 50


def test_open_gaps_are_bounded() -> None:
    """A source that loses every second batch does not grow the state for ever."""
    state, gaps = after(*range(0, 4 * OPEN_GAPS_MAX, 2))
    assert len(gaps) == 2 * OPEN_GAPS_MAX - 1
    assert len(state.open_gaps) == OPEN_GAPS_MAX
    assert not judge(state, 1, TIMES, plant_rev="r1").is_new


def test_the_same_history_makes_the_same_gaps() -> None:
    """Gap records are functions of what came: a replay gives equal ids."""
    assert after(0, 4, 2) == after(0, 4, 2)
    assert msgspec.structs.asdict(after(0, 4)[1][0])["source"] == "history"
