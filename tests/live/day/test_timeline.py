"""Tests of linewright.live.day.timeline."""

import msgspec
import pytest

from linewright.live.day import timeline
from tests.live.day.shop import MIN, SIX, course, gap, minutes, parts, reason, state


def shown(found: object, start: float, end: float) -> list[tuple[float, float, str]]:
    """Stretches of a window as minutes and categories, those of one category joined."""
    told: list[tuple[float, float, str]] = []
    for each in timeline(found, SIX + round(start * MIN), SIX + round(end * MIN)):  # type: ignore[arg-type]  # made by `course`
        one = (minutes(each.start_ns), minutes(each.end_ns), each.category.value)
        if told and told[-1][2] == one[2]:
            one = (told.pop()[0], one[1], one[2])
        told.append(one)
    return told


def test_silence_before_the_first_and_after_the_last_is_unknown() -> None:
    """What was not heard is unknown, never producing."""
    found = course(state(10, "running"), heard_min=20)
    assert shown(found, 0, 30) == [
        (0, 10, "unknown"),
        (10, 20, "producing"),
        (20, 30, "unknown"),
    ]


def test_a_gap_is_unknown_and_the_state_goes_on_behind_it() -> None:
    """Data missing: unknown in the gap; after it the state that held, unless another was told."""
    found = course(state(0, "running"), gap(5, 8), state(9, "down"), heard_min=20)
    assert shown(found, 0, 20) == [
        (0, 5, "producing"),
        (5, 8, "unknown"),
        (8, 9, "producing"),
        (9, 20, "no_reason"),
    ]


@pytest.mark.parametrize(
    ("more", "is_gap"),
    [
        ({"filled": True, "rev": 1}, False),
        ({"tags": ("reno/shop/pump/mill#temp",)}, False),
        ({"tags": ("reno/shop/pump/mill#state",)}, True),
    ],
)
def test_only_gaps_in_the_state_count(more: dict[str, object], *, is_gap: bool) -> None:
    """A gap that was filled, or of another tag, takes nothing away."""
    one = gap(5, 8)
    made = msgspec.structs.replace(one, **more) if "rev" in more else gap(5, 8, **more)  # type: ignore[arg-type]  # fields by name
    found = shown(course(state(0, "running"), made, heard_min=20), 0, 20)
    assert ((5, 8, "unknown") in found) is is_gap


def test_the_calendar_lies_over_the_states() -> None:
    """A break is a meal, closed time no shift; only production is stronger."""
    found = course(state(0, "idle"), state(250, "running"), state(960, "idle"), heard_min=1000)
    assert shown(found, 230, 1000) == [
        (230, 240, "no_reason"),
        (240, 250, "meal"),
        (250, 960, "producing"),
        (960, 1000, "no_shift"),
    ]


def test_a_bad_state_is_unknown() -> None:
    """A state of bad quality says nothing."""
    bad = state(0, "running")
    worse = msgspec.structs.replace(bad, quality=2)
    assert shown(course(worse, heard_min=5), 0, 5) == [(0, 5, "unknown")]


def test_a_person_may_explain_silence_but_not_production() -> None:
    """A reason is laid over whatever was no production, silence included."""
    found = course(state(0, "running"), gap(5, 8), reason(3, 9, "breakdown/jam"), heard_min=12)
    assert shown(found, 0, 12) == [
        (0, 5, "producing"),
        (5, 8, "breakdown"),
        (8, 12, "producing"),
    ]


def test_parts_alone_do_not_make_a_station_known() -> None:
    """Without a state nothing is known, whatever was counted."""
    assert shown(course(parts(3)), 0, 5) == [(0, 5, "unknown")]


def test_a_station_without_a_wire_is_what_people_say() -> None:
    """Where no machine tells anything, reasons of people still are booked."""
    found = course(reason(10, 20, "tool"), heard_min=60)
    assert shown(found, 0, 30) == [(0, 10, "unknown"), (10, 20, "tooling"), (20, 30, "unknown")]
