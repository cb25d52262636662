"""Stations that are a line of their own."""

import pytest

from linewright.emulate.flows.alone import alone, pieces_of
from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.model import Cycle, Duration, Station
from linewright.twin import TwinFault

PRESS = Address("reno/shop/presses/one")


def shop(**station: object) -> Plant:
    """Return a plant with one press in a work centre, on one shift."""
    builder = PlantBuilder("acme")
    site = builder.site(
        "reno", timezone="UTC", currency="USD", shifts={"day": "Mon-Fri 06:00-14:00"}
    )
    site.area("shop").work_centre("presses").station("one", **station)
    return builder.done()


def test_a_station_keeps_its_address_and_its_shifts() -> None:
    """The line that a press is has the press's own address and the site's working time."""
    model = alone(shop(does={"press": "40 s"}), PRESS)
    assert model.stations == (PRESS,)
    assert [each.shifts[0].name for each in model.calendars] == ["day"]


def test_loads_and_pieces_are_one_part() -> None:
    """What a cycle holds is one part in the kernel; how many pieces it is stands beside it."""
    does = {"press": {"time": "2 min", "per_piece": "3 s", "pieces": 4}}
    plant = shop(does=does, places=3, batch=12)
    assert alone(plant, PRESS).stations == (PRESS,)
    assert pieces_of(dict(plant.stations())[PRESS]) == 12


def test_a_station_that_does_nothing_is_said_so() -> None:
    """A station without any operation cannot be played, and the kernel's words say why."""
    with pytest.raises(TwinFault, match="does nothing"):
        alone(shop(connect={"opcua": "opc.tcp://press:4840"}), PRESS)


def test_pieces_are_those_of_a_cycle_or_of_a_load() -> None:
    """Without a batch the pieces of its first operation count, at least one."""
    cycle = Cycle(time=Duration(mean_s=60.0), pieces=8, blocked=1)
    assert pieces_of(Station(does={"mill": cycle})) == 7
    assert pieces_of(Station()) == 1
