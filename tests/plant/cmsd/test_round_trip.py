"""A plant out and in again is the same plant for the twin."""

import pytest

from linewright.plant import Plant, load
from linewright.plant.cmsd import read_cmsd, write_cmsd
from linewright.twin import advance, begin, compile_plant, outcome
from tests.plant.cmsd.lines import WHERE, pump

DAY_NS = 86_400 * 10**9


def played(plant: Plant, where: str) -> object:
    """Return what a place does in three days from a Monday on."""
    start = 20_093 * DAY_NS + 12 * 3600 * 10**9
    model = compile_plant(plant, where)
    state = advance(model, begin(model, at_ns=start, seed=7), start + 3 * DAY_NS)
    found = outcome(model, state)
    return found.good, found.scrap, found.begun, found.inside, str(found.stations)


def test_the_line_does_the_same_part_by_part() -> None:
    """Good, scrap and every station's ledger are equal to the nanosecond after the way through."""
    plant = pump()
    back = read_cmsd(write_cmsd(plant, WHERE).text).plant
    assert played(back, WHERE) == played(plant, WHERE)


def test_a_changed_time_in_the_file_changes_the_line() -> None:
    """The element's time counts, not a copy beside it: what another tool edits takes effect."""
    text = write_cmsd(pump(), WHERE).text
    slow = text.replace("<Value>35</Value>", "<Value>49</Value>")
    assert slow != text
    assert played(read_cmsd(slow).plant, WHERE) != played(pump(), WHERE)


@pytest.mark.parametrize(
    ("folder", "where"),
    [
        ("plants/bracket", "nogales/machining/bracket"),
        ("plants/corridor", "clarksville"),
        ("plants/corridor", "phoenix"),
    ],
)
def test_our_plants_come_back_whole(folder: str, where: str) -> None:
    """What was written once is written the same after it was read: nothing is lost on the way."""
    once = write_cmsd(load(folder), where).text
    again = write_cmsd(read_cmsd(once).plant, where).text
    assert again == once


def test_the_calendar_comes_back() -> None:
    """Shifts with breaks, over midnight, dated and in rotation are the same afterwards."""
    plant = pump("Mon-Thu 22:00-06:00 week 1 of 2 from 2025-01-06")
    back = read_cmsd(write_cmsd(plant, WHERE).text).plant
    assert back.sites["reno"].shifts == plant.sites["reno"].shifts
    assert back.sites["reno"].timezone == "America/Los_Angeles"


def test_set_ups_people_and_maintenance_come_back() -> None:
    """Set-up times, crews with skills and shifts, and services are equal on both sides."""
    plant = pump()
    back = read_cmsd(write_cmsd(plant, WHERE).text).plant
    times = back.setups["change"].times
    assert (times["steel"]["brass"], times["brass"]["steel"]) == (300.0, 480.0)
    assert back.sites["reno"].crews == plant.sites["reno"].crews
    old, new = dict(plant.stations()), dict(back.stations())
    assert [new[key].maintenance for key in old] == [each.maintenance for each in old.values()]
    assert [new[key].operators for key in old] == [each.operators for each in old.values()]
