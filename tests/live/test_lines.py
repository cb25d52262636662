"""Examples of linewright.live.lines."""

import pytest

from linewright.live import line_states, shade
from linewright.plant.records import LineState, Quality, StationState
from tests.live.floor import LINE, SIX, S, Sample, batch, bracket, fresh, play

ESTIMATED = int(Quality.ESTIMATED)
DOUBT = int(Quality.ESTIMATED | Quality.UNCERTAIN)


def _line(*samples: Sample) -> LineState:
    """The bracket line after these samples, each from its own station."""
    frames = [batch(n, [each], source=each[0].partition("#")[0]) for n, each in enumerate(samples)]
    [line] = line_states(play(fresh(), frames)[0], bracket())
    return line


def _counts(station: str, good: int, bad: int) -> list[Sample]:
    return [(f"{station}#good", 9, good, 0), (f"{station}#bad", 9, bad, 0)]


def test_before_anything_is_heard_nothing_is_known() -> None:
    """Stations stand in the order of the flow, unknown and not good; buffers are bad."""
    line = _line()
    assert [each.address.name for each in line.stations] == ["saw", "mill", "wash", "inspect"]
    assert {each.state for each in line.stations} == {StationState.UNKNOWN}
    assert all(each.quality & Quality.BAD for each in line.stations)
    assert all(each.quality & Quality.BAD for each in line.buffers)
    assert (line.as_of_ns, line.counted_since_ns, line.inputs) == (0, None, ())


def test_a_line_says_how_far_it_was_read() -> None:
    """The newest time of any station, and the last frame of each source."""
    line = _line(("saw#state", 7, 1, 0), ("mill#spindle_temp", 9, 50.0, 0))
    assert line.as_of_ns == SIX + 9 * S
    assert [(each.source, each.n) for each in line.inputs] == [("mill", 1), ("saw", 0)]
    assert line.counted_since_ns == SIX + 7 * S


def test_counted_since_is_the_start_of_a_later_day() -> None:
    """On the next production day the counts of all stations are those of that day."""
    samples: list[Sample] = [("mill#good", 0, 1, 0), ("mill#good", 60, 2, 0)]
    line = _line(*samples, ("saw#state", 24 * 3600 + 5, 1, 0))
    assert line.counted_since_ns == SIX + 24 * 3600 * S
    assert line.stations[1].good == 0


@pytest.mark.parametrize(
    ("saw", "mill", "count"),
    [(1, 1, 6), (1, 2, 7), (5, 1, 12), (1, 6, 0), (3, 3, 7)],
)
def test_units_of_a_buffer_follow_from_the_counters(saw: int, mill: int, count: int) -> None:
    """20 made, 11 and 2 through; a running mill holds one more; blocked is full, starved empty."""
    states: list[Sample] = [("saw#state", 9, saw, 0), ("mill#state", 9, mill, 0)]
    line = _line(*states, *_counts("saw", 20, 3), *_counts("mill", 11, 2))
    assert (line.buffers[0].count, line.buffers[0].quality) == (count, ESTIMATED)


@pytest.mark.parametrize(("made", "count"), [(5, 0), (500, 12)])
def test_an_estimate_out_of_bounds_is_held_and_doubted(made: int, count: int) -> None:
    """Counters that did not begin together give no certain number."""
    line = _line(*_counts("saw", made, 0), *_counts("mill", 11, 2))
    assert (line.buffers[0].count, line.buffers[0].quality) == (count, DOUBT)


def test_a_cycle_begins_with_the_last_part() -> None:
    """Of a running station the last part or the start of running, whichever is later."""
    run: list[Sample] = [("mill#state", 10, 1, 0)]
    assert _line(*run).stations[1].cycle_began_ns == SIX + 10 * S
    run += [("mill#good", 10, 4, 0), ("mill#good", 70, 5, 0)]
    assert _line(*run).stations[1].cycle_began_ns == SIX + 70 * S
    assert _line(*run, ("mill#state", 80, 3, 0)).stations[1].cycle_began_ns is None


def test_shade_marks_silent_stations_and_their_buffers() -> None:
    """A silent mill is stale with both buffers beside it; the rest stays as it was."""
    line = _line(("saw#state", 9, 1, 0), ("mill#state", 9, 1, 0))
    shaded = shade(line, frozenset([f"{LINE}/mill"]))
    stale = [bool(each.quality & Quality.STALE) for each in shaded.stations]
    assert stale == [False, True, False, False]
    assert [bool(each.quality & Quality.STALE) for each in shaded.buffers] == [True, True, False]
    assert shaded.stations[1].state is StationState.RUNNING
