"""Examples of linewright.live.layout."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from linewright.live.layout import (
    CountTag,
    StateTag,
    WearTag,
    day_start_ns,
    layout_of,
)
from linewright.plant import PlantBuilder
from linewright.plant.calendar import WorkCalendar
from tests.live.floor import LINE, SITE, S, bracket, lamps, totals


def test_bracket_has_its_states_counters_and_tool_life() -> None:
    """Of the mill its state, its two counters of 32 bits and the tool's life are watched."""
    layout = layout_of(bracket(), "r1", SITE)
    names = ("state", "good", "bad", "tool_life")
    state, good, bad, life = (layout.tags[f"{LINE}/mill#{name}"] for name in names)
    assert isinstance(state, StateTag)
    assert state.states["5"].value == "blocked"
    assert isinstance(good, CountTag)
    assert isinstance(bad, CountTag)
    assert (good.amount, bad.amount, good.modulus) == ("good", "scrap", 2**32)
    assert good.pace.piece_s == pytest.approx(60.0)
    assert isinstance(life, WearTag)
    assert life.parts == ("end_mill",)
    assert f"{LINE}/mill#spindle_temp" not in layout.tags


@pytest.mark.parametrize(
    ("roles", "amount", "less"),
    [
        (("parts.total",), "good", None),
        (("parts.total", "parts.scrap"), "good", "scrap"),
        (("parts.total", "parts.good"), "scrap", "good"),
    ],
)
def test_a_counter_of_all_parts_stands_for_the_missing_one(
    roles: tuple[str, ...], amount: str, less: str | None
) -> None:
    """What a station does not count itself is taken from the counter of all parts."""
    tag = layout_of(totals(*roles), "r1", SITE).tags[f"{LINE}/mill#total"]
    assert isinstance(tag, CountTag)
    assert (tag.amount, tag.less, tag.derived) == (amount, less, True)


def test_a_counter_of_all_parts_beside_both_is_not_needed() -> None:
    """With good and scrap counted, nothing is counted twice."""
    layout = layout_of(totals("parts.total", "parts.good", "parts.scrap"), "r1", SITE)
    assert f"{LINE}/mill#total" not in layout.tags


def test_a_state_is_derived_from_what_machines_send() -> None:
    """Lamps are read as yes or no, through derived tags too; the counter of cycles makes pieces."""
    plant = lamps(alight="green or yellow", state="'running' if alight and not red else 'off'")
    layout = layout_of(plant, "r1", SITE)
    assert sorted(layout.inputs) == [f"{LINE}/mill#{n}" for n in ("green", "red", "yellow")]
    assert {each.kind for each in layout.inputs.values()} == {"bool"}
    [station] = layout.stations
    assert station.derived is not None
    assert station.derived.debounce_ns == 5 * S
    assert [name for name, _ in station.derived.steps] == ["alight"]
    cycles = layout.tags[f"{LINE}/mill#cycles"]
    assert isinstance(cycles, CountTag)
    assert (cycles.pieces, cycles.pace.piece_s, station.total) == (2, 10.0, "cycles")


@pytest.mark.parametrize(
    ("station", "pieces"),
    [
        ({"does": {"mill": "10 s"}}, 1),
        ({"does": {"mill": {"time": "10 s", "pieces": 4, "blocked": 1}}}, 3),
        ({"does": {"mill": "10 s", "drill": {"time": "9 s", "pieces": 2}}}, 0),
        ({"does": {"mill": "10 s"}, "batch": 20}, 0),
        ({"does": {"mill": {"time": "10 s", "pieces": 20}}, "batch": 20}, 20),
        ({}, 0),
    ],
)
def test_a_cycle_makes_the_pieces_that_are_known(station: dict[str, Any], pieces: int) -> None:
    """Where operations differ, or a load takes what is there, nothing is counted."""
    plant = PlantBuilder("acme")
    area = plant.site(SITE, timezone="UTC", currency="MXN").area("machining")
    line = area.line("bracket", flow=["mill"])
    tags = {"cycles": {"register": "30001", "type": "uint16", "role": "cycle"}}
    connect = {"modbus": "10.0.0.1:502"}
    line.station("mill", connect=connect, tags=tags, **station)
    found = layout_of(plant.done(), "r1", SITE).tags.get(f"{LINE}/mill#cycles")
    assert (found.pieces if isinstance(found, CountTag) else 0) == pieces


@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-09", "2026-07-27", "2026-11-01"])
@pytest.mark.parametrize("hour", [0, 5, 6, 17, 23])
def test_day_start_is_that_of_the_wall_clock(day: str, hour: int) -> None:
    """The production day begins at six on the wall, on days of 23, 24 and 25 hours."""
    zone = ZoneInfo("America/Los_Angeles")
    calendar = WorkCalendar(timezone=str(zone), day_starts_s=6 * 3600)
    date = dt.date.fromisoformat(day)
    t = dt.datetime.combine(date, dt.time(hour, 30), zone)
    began = date if hour >= 6 else date - dt.timedelta(days=1)
    expected = dt.datetime.combine(began, dt.time(6), zone)
    assert day_start_ns(calendar, int(t.timestamp()) * S) == int(expected.timestamp()) * S


def test_the_first_day_of_all_begins_with_time() -> None:
    """At the very start of time the day begins there, not before."""
    assert day_start_ns(WorkCalendar(timezone="UTC"), 5 * S) == 0
