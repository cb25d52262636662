"""Candidates: what could be done, by whom and when."""

import pytest

from linewright.correct.candidates import Gap, candidates, command_named, gap_after, station_at
from tests.correct.machine import MILL, NS, START_NS
from tests.correct.scene import plant, view

HOUR_NS = 3600 * NS


@pytest.mark.parametrize(
    ("at_h", "start_h", "end_h"), [(3.0, 4.0, 4.5), (5.0, 8.5, 8.5), (9.0, 12.0, 12.5)]
)
def test_the_next_gap_is_a_break_or_the_end_of_a_shift(
    at_h: float, start_h: float, end_h: float
) -> None:
    """At 09:00 the break at 10:00, at 11:00 the change of shift at 14:30, then the next break."""
    gap = gap_after(plant(), MILL, START_NS + round(at_h * HOUR_NS))
    assert gap is not None
    assert (gap.start_ns - START_NS) / HOUR_NS == start_h
    assert (gap.end_ns - START_NS) / HOUR_NS == end_h


def test_a_worn_tool_has_three_ways() -> None:
    """Nothing; a change in the gap; slower until the gap, and then the change."""
    gap = Gap(start_ns=10 * NS, end_ns=20 * NS)
    nothing, change, slow = candidates(plant(), view(), "end_mill", gap, 5 * NS)
    assert (nothing.name, nothing.changes, nothing.call) == ("nothing", (), None)
    assert [(each.parameter, each.at_ns) for each in change.changes] == [
        ("renew_end_mill", gap.start_ns)
    ]
    assert [(e.parameter, e.value, e.at_ns, e.until_ns) for e in slow.changes] == [
        ("speed", 80.0, 5 * NS, gap.start_ns),
        ("renew_end_mill", True, gap.start_ns, None),
    ]
    assert (change.call, slow.call, slow.call_at_ns) == (
        "maintenance",
        "maintenance",
        gap.start_ns,
    )


def test_low_coolant_calls_an_operator_and_writes_nothing() -> None:
    """Its one remedy is a call, and nothing of it is in the twin."""
    gap = Gap(start_ns=10 * NS, end_ns=20 * NS)
    _, top_up = candidates(plant(), view(), "coolant_low", gap, 5 * NS)
    assert (top_up.name, top_up.call, top_up.changes) == ("top_up", "operator", ())


def test_a_command_is_found_by_its_name_or_by_what_it_sets() -> None:
    """`bath_setpoint` is named so, and sets a setpoint."""
    station = station_at(plant(), MILL.parent.child("wash")) if MILL.parent else None
    assert station is not None
    assert command_named(station, "bath_setpoint") == "bath_setpoint"
    assert command_named(station, "setpoint") == "bath_setpoint"
    assert command_named(station, "speed") is None
