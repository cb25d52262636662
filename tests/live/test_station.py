"""Examples of linewright.live.station: what one machine sends, and what is told of it."""

from linewright.live import line_states
from linewright.live.recent import STEP
from linewright.plant.records import Quality, State, StationNow, StationState, encode
from tests.live.floor import (
    SIX,
    S,
    Sample,
    batch,
    bracket,
    heard,
    parts,
    play,
    standing,
    states,
    totals,
)

LOST = int(Quality.BAD | Quality.NOT_CONNECTED)
FIRST = int(Quality.INITIAL)


def _mill(samples: list[Sample]) -> StationNow:
    fold, _ = heard(samples)
    [line] = line_states(fold, bracket())
    return line.stations[1]


def test_each_change_of_state_is_told_once() -> None:
    """Repeated values tell nothing; a change tells when the machine said it happened."""
    codes = [1, 1, 5, 5, 1, 3]
    _, records = heard([("mill#state", n * 10, code, 0) for n, code in enumerate(codes)])
    told = [(each.state.value, (each.t_ns - SIX) // S) for each in states(records)]
    assert told == [("running", 0), ("blocked", 20), ("running", 40), ("down", 50)]
    assert [each.raw_state for each in states(records)] == ["1", "5", "1", "3"]
    assert all(each.seen_ns == each.t_ns + 5 and each.source == "live" for each in records)


def test_a_code_without_a_meaning_is_unknown_in_its_own_words() -> None:
    """Each such code is told as it was, and every record can be written."""
    samples: list[Sample] = [("mill#state", 0, 17, 0), ("mill#state", 1, 18, 0)]
    samples += [("mill#state", 2, 2.5, 0), ("mill#state", 3, "Störung\n" * 40, 0)]
    _, records = heard(samples)
    told = states(records)
    assert {each.state for each in told} == {StationState.UNKNOWN}
    assert [(each.raw_state or "")[:8] for each in told] == ["17", "18", "2.5", "StörungS"]
    assert all(encode(each) for each in records)


def test_a_lost_connection_makes_the_state_unknown() -> None:
    """Nothing lost is shown as good, and the first value after it is taken as it is."""
    lost = ("mill#state", 10, None, LOST)
    samples: list[Sample] = [("mill#state", 0, 1, 0), lost]
    now = _mill(samples)
    assert (now.state, now.quality & LOST) == (StationState.UNKNOWN, LOST)
    # The connector made up the time of the loss; the machine's own may lie before it.
    _, records = heard([*samples, ("mill#state", 9, 1, FIRST)])
    back = states(records)[-1]
    assert (back.state.value, back.t_ns, back.raw_t_ns) == (
        "running",
        SIX + 10 * S + 1,
        SIX + 9 * S,
    )


def test_a_late_state_takes_its_place() -> None:
    """Down at 5 s, told after running at 10 s: told at its own time, and counted as late."""
    samples: list[Sample] = [("mill#state", 0, 1, 0), ("mill#state", 10, 2, 0)]
    fold, records = heard([*samples, ("mill#state", 5, 3, 0)])
    told = [(each.state.value, (each.t_ns - SIX) // S, each.rev) for each in states(records)]
    assert told == [("running", 0, 0), ("idle", 10, 0), ("down", 5, 0)]
    assert fold.stations[1].late == 1
    assert fold.stations[1].said.state is StationState.IDLE


def test_a_late_state_takes_back_what_is_no_change_any_more() -> None:
    """Down at 5 s makes down at 10 s no change: that record is taken back, in its next revision."""
    samples: list[Sample] = [("mill#state", 0, 1, 0), ("mill#state", 10, 3, 0)]
    fold, records = heard([*samples, ("mill#state", 5, 3, 0)])
    told = [((each.t_ns - SIX) // S, each.rev, each.void) for each in states(records)]
    assert sorted(told) == [(0, 0, False), (5, 0, False), (10, 0, False), (10, STEP, True)]
    assert fold.stations[1].said.since_ns == SIX + 5 * S
    _, again = play(fold, [batch(3, [("mill#state", 7, 1, 0)])])
    told = [((each.t_ns - SIX) // S, each.rev, each.void) for each in states(again)]
    assert told == [(7, 0, False), (10, 2 * STEP, False)]


def test_a_state_from_before_what_is_held_is_told_in_doubt() -> None:
    """Of 1,000 changes the oldest are forgotten: another state may have come soon after."""
    samples: list[Sample] = [("mill#state", 10 * n, n % 2, 0) for n in range(1, 1001)]
    fold, records = heard([*samples, ("mill#state", 5, 3, 0)])
    last = records[-1]
    assert isinstance(last, State)
    assert (last.t_ns, last.state.value, last.quality) == (SIX + 5 * S, "down", Quality.UNCERTAIN)
    assert fold.stations[1].said.state is StationState.OFF
    assert fold.stations[1].late == 1


def test_a_late_reading_moves_parts_to_their_time() -> None:
    """Ten parts in two minutes: the reading between says which of them were made first."""
    samples: list[Sample] = [("mill#good", 0, 100, 0), ("mill#good", 120, 110, 0)]
    _, records = heard([*samples, ("mill#good", 60, 104, 0)])
    told = [(each.good, (each.t_ns - SIX) // S, each.rev) for each in parts(records)]
    assert told == [(10, 120, 0), (4, 60, 0), (6, 120, STEP)]
    assert _mill([*samples, ("mill#good", 60, 104, 0)]).good == 10


def test_a_late_reading_finds_what_a_reset_hid() -> None:
    """Set back between 98 and 3: the late 101 shows three parts more, before the reset."""
    samples: list[Sample] = [("mill#good", 0, 98, 0), ("mill#good", 600, 3, 0)]
    _, records = heard([*samples, ("mill#good", 300, 101, 0)])
    told = [(each.good, each.reading, each.rev, each.restarted) for each in parts(records)]
    assert told == [(3, 3, 0, True), (3, 101, 0, False), (3, 3, STEP, True)]
    assert sum(each.good for each in parts(standing(records))) == 6


def test_a_late_reading_before_a_roll_over_changes_no_sum() -> None:
    """998, then 4 around 1000: the late 1 lies after the roll-over, and the sum stays."""
    plant = totals("parts.good")
    samples: list[Sample] = [("mill#good", 0, 998, 0), ("mill#good", 60, 4, 0)]
    fold, records = heard([*samples, ("mill#good", 30, 1, 0)], plant)
    told = [(each.good, each.reading) for each in parts(standing(records))]
    assert told == [(3, 1), (3, 4)]
    assert fold.stations[0].good == 6


def test_parts_found_late_belong_to_their_day() -> None:
    """A reading of yesterday, come today, takes parts away from today."""
    samples: list[Sample] = [("mill#good", 0, 10, 0), ("mill#good", 24 * 3600 + 60, 30, 0)]
    assert _mill(samples).good == 20
    assert _mill([*samples, ("mill#good", 24 * 3600 - 60, 25, 0)]).good == 5


def test_changes_at_one_time_keep_their_order() -> None:
    """A coarse clock: each change gets a time and an id of its own."""
    samples: list[Sample] = [("mill#state", 10, code, 0) for code in (1, 3, 1)]
    _, records = heard(samples)
    told = states(records)
    assert [each.t_ns - SIX - 10 * S for each in told] == [0, 1, 2]
    assert [each.raw_t_ns for each in told] == [None, SIX + 10 * S, SIX + 10 * S]
    assert len({each.id for each in told}) == 3


def test_parts_are_increments_with_the_time_counted_over() -> None:
    """The first reading is where counting begins; each later one tells what came since."""
    readings = [(0, 170), (60, 171), (120, 171), (180, 173)]
    _, records = heard([("mill#good", at_s, reading, 0) for at_s, reading in readings])
    told = [(each.good, each.reading, each.from_ns, each.t_ns) for each in parts(records)]
    assert told == [
        (1, 171, SIX, SIX + 60 * S),
        (2, 173, SIX + 120 * S, SIX + 180 * S),
    ]


def test_the_first_reading_after_a_loss_tells_what_was_made_meanwhile() -> None:
    """No part is lost with the connection, and the record says how it is known."""
    samples: list[Sample] = [("mill#good", 0, 170, 0), ("mill#good", 30, None, LOST)]
    _, records = heard([*samples, ("mill#good", 600, 179, FIRST)])
    [told] = parts(records)
    assert (told.good, told.from_ns, told.quality) == (9, SIX, FIRST)


def test_two_readings_at_one_time_are_two_records() -> None:
    """A coarse clock loses no part: the second reading has an id of its own."""
    _, records = heard([("mill#good", 60, reading, 0) for reading in (5, 6, 7)])
    told = parts(records)
    assert sum(each.good for each in told) == 2
    assert len({each.id for each in told}) == 2


def test_a_counter_set_back_is_marked() -> None:
    """After a reset what it shows is counted, in doubt: parts before it may be missing."""
    _, records = heard([("mill#bad", 0, 40, 0), ("mill#bad", 60, 1, 0)])
    [told] = parts(records)
    assert (told.scrap, told.restarted, told.quality) == (1, True, int(Quality.UNCERTAIN))


def test_all_parts_less_scrap_are_good() -> None:
    """With a counter of all parts and one of scrap, each part is counted once."""
    plant = totals("parts.total", "parts.scrap")
    samples: list[Sample] = [("mill#total", 0, 998, 0), ("mill#scrap", 0, 4, 0)]
    samples += [("mill#scrap", 10, 5, 0), ("mill#total", 10, 999, 0), ("mill#total", 30, 1, 0)]
    fold, records = heard(samples, plant)
    told = [(each.good, each.scrap, each.how.value) for each in parts(records)]
    assert told == [(0, 1, "machine"), (2, 0, "inferred")]
    assert (fold.stations[0].good, fold.stations[0].scrap) == (2, 1)


def test_life_used_comes_from_the_machines_own_counter() -> None:
    """Percent become a ratio; without a usable reading nothing is claimed."""
    life: list[Sample] = [("mill#tool_life", 0, 37.5, 0)]
    assert [(each.part, each.used_ratio) for each in _mill(life).wear] == [("end_mill", 0.375)]
    assert _mill([*life, ("mill#tool_life", 1, None, LOST)]).wear == ()


def test_counts_of_the_day_begin_anew_at_six() -> None:
    """The production day has its own counts; what a counter shows goes on."""
    samples: list[Sample] = [("mill#good", 0, 10, 0), ("mill#good", 600, 20, 0)]
    assert _mill(samples).good == 10
    samples += [("mill#good", 24 * 3600 + 60, 21, 0)]
    assert _mill(samples).good == 1


def test_what_is_no_count_is_passed_over() -> None:
    """Negative, huge and unreadable readings move nothing and stop nothing."""
    values: list[float | str | None] = [170, -3, 2**60, "many", float("nan"), 1e300, 171]
    samples: list[Sample] = [("mill#good", n * 60, value, 0) for n, value in enumerate(values)]
    fold, records = heard(samples)
    assert sum(each.good for each in parts(records)) == 1
    assert fold.stations[1].unusable == 5
