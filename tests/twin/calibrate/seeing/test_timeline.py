"""What cannot have been becomes unknown, and is counted."""

from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Parts
from linewright.twin.calibrate.seeing.observe import stations_at
from linewright.twin.calibrate.seeing.reading import heard
from linewright.twin.calibrate.seeing.timeline import NS, Timeline, timeline
from tests.twin.calibrate.said import LINE, head, parts, plant_of, states


def _timeline(*records: object, until_s: float = 100.0) -> Timeline:
    stations = stations_at(plant_of("a"), LINE)
    said = heard(records, stations)[Address(f"{LINE}/a")]  # type: ignore[arg-type]  # records
    return timeline(said, stations[Address(f"{LINE}/a")], round(until_s * NS))


def _words(line: Timeline) -> list[str]:
    return [
        f"{one.state.value} {one.since_ns // NS}-{one.until_ns // NS}" for one in line.stretches
    ]


def test_states_hold_until_the_next() -> None:
    """A state lasts until the next record, the last one until the end."""
    assert _words(_timeline(*states("R0 D10 R15"))) == [
        "running 0-10",
        "down 10-15",
        "running 15-100",
    ]


def test_running_told_twice() -> None:
    """Between two records of running something is missing: unknown from the last part on."""
    line = _timeline(*states("R0 R50 S70 R72 S80 R82 S90 R95"), *parts([20, 30, 70, 80, 90]))
    assert _words(line)[:3] == ["running 0-30", "unknown 30-50", "running 50-70"]
    assert line.left["running told twice: what stood between is missing"] == 1


def test_a_source_that_repeats_itself_is_believed() -> None:
    """Where states are told again as a habit, nothing is missing between them."""
    line = _timeline(*states("R0 R10 R20 R30 D40 R50 R60"))
    assert _words(line) == ["running 0-40", "down 40-50", "running 50-100"]


def test_a_part_in_a_stop() -> None:
    """A part in the middle of a stop: the stop is unknown, but that it failed is known."""
    line = _timeline(*states("R0 D10 R60"), *parts([5, 40]))
    assert [one.state.value for one in line.stretches] == ["running", "down", "unknown", "running"]
    assert line.stretches[1].until_ns == line.stretches[1].since_ns + 1


def test_a_stop_without_its_part() -> None:
    """A station that always stops with a part, and once does not: unknown from its last part."""
    text = " ".join(f"R{10 * k} S{10 * k + 8}" for k in range(12))
    ends = [10.0 * k + 8 for k in range(12) if k != 5]
    line = _timeline(*states(text), *parts([*ends, 53.0]), until_s=120)
    assert line.left["running that ended without its part: a state is missing"] == 1
    assert "running 50-53" in _words(line)
    assert "unknown 53-58" in _words(line)


def test_after_a_gap_nothing_is_known_until_the_next_state() -> None:
    """A gap cuts the state, and what comes after it is unknown until a state is told."""
    gap = Gap(
        **head(20),  # type: ignore[arg-type]  # fields
        of_source="a",
        epoch=1,
        until_ns=30 * NS,
        reason=GapReason.OVERRUN,
    )
    line = _timeline(*states("R0 D50 R60"), gap)
    assert _words(line) == ["running 0-20", "unknown 20-50", "down 50-60", "running 60-100"]


def test_readings_mend_counts() -> None:
    """A part whose record is missing is counted by the next reading of its counter."""
    told = [one for k, one in enumerate(parts([10, 20, 30, 40])) if k != 2]
    line = _timeline(*states("R0"), *told)
    assert [one.good for one in line.made] == [1, 1, 2]
    assert line.left["parts told by the counter's reading alone"] == 1


def test_with_several_counters_the_lost_part_has_no_place() -> None:
    """Where another counter counted meanwhile, no cycle since the last sure count is whole."""
    good = [one for k, one in enumerate(parts([10, 20, 40])) if k != 1]
    scrap = [Parts(**head(30), scrap=1, reading=1, counter="scrap")]  # type: ignore[arg-type]  # fields
    line = _timeline(*states("R0"), *good, *scrap)
    assert [(one.parts, one.whole) for one in line.made] == [(1, True), (1, False), (2, False)]


def test_a_counter_set_back() -> None:
    """What a counter that was set back counted before is not taken for cycles."""
    told = Parts(**head(20), good=1, reading=1, counter="good", restarted=True)  # type: ignore[arg-type]  # fields
    line = _timeline(*states("R0"), *parts([10]), told)
    assert [one.whole for one in line.made] == [True, False]
