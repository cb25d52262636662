"""What of a plant is in a model: stations, queues, working times, what moves parts."""

import pytest

from linewright.twin import TwinFault, compile_plant
from linewright.twin.compiling.rows import Draft
from linewright.twin.compiling.scope import groups_at
from tests.twin.small import LINE, SHOP, plant_of

CENTRES = {"cut": {"stations": {"c": "10 s"}}, "join": {"stations": {"m": "5 s"}}}


def test_a_line_a_centre_an_area_or_a_site() -> None:
    """Each address gives the groups below it, in the order of the file."""
    plant = plant_of(["a"], stations={"a": "1 s"}, centres=CENTRES)
    for address, expected in (
        (LINE, ["line"]),
        (f"{SHOP}/cut", ["cut"]),
        (SHOP, ["line", "cut", "join"]),
        ("reno", ["line", "cut", "join"]),
    ):
        assert [one.name for one, _ in groups_at(plant, address)] == expected  # type: ignore[arg-type]  # a NewType of str


@pytest.mark.parametrize("address", [f"{SHOP}/lin", "reno/yard", "denver", f"{LINE}/a"])
def test_other_addresses_are_refused(address: str) -> None:
    """Neither a prefix of a name, nor an unknown place, nor a station is a model."""
    with pytest.raises(TwinFault, match="there is no such"):
        compile_plant(plant_of(["a"], stations={"a": "1 s"}), address)


def test_stations_of_the_flow_come_first() -> None:
    """Buffers are those of the flow; a side station comes after it, with a queue of its own."""
    plant = plant_of(
        ["b", 3, "a"],
        stations={"x": "1 s", "a": "1 s", "b": "1 s"},
        line={"buffers": {"x-a": 2}},
        products={"p": {"route": ["do_b", "do_a"]}},
    )
    model = compile_plant(plant, LINE)
    assert [one.name for one in model.stations] == ["b", "a", "x"]
    assert [one.name for one in model.buffers] == ["b-a"]
    assert [(one.name, one.places) for one in model.stores] == [
        (f"{LINE}/-b", None),
        (f"{LINE}/b-a", 3),
        (f"{LINE}/-x", None),
    ]


def test_a_centre_has_one_queue() -> None:
    """Its places are those of the file; left out, it has no bound."""
    inside = {"x": "1 s", "y": {"does": {"do_x": "1 s"}}}
    plant = plant_of(centres={"c": {"queue": 4, "stations": inside}})
    (store,) = compile_plant(plant, f"{SHOP}/c").stores
    assert (store.name, store.places) == (f"{SHOP}/c", 4)


def test_working_times_are_those_of_station_line_or_site() -> None:
    """The nearest that names shifts holds; equal ones are one calendar; without any, always."""
    shifts = {"day": "daily 06:00-14:00", "late": "daily 14:00-22:00"}
    stations = {"a": "1 s", "b": {"cycle": "1 s", "shifts": ["late"]}, "c": "1 s"}
    plant = plant_of(
        ["a", 1, "b", 1, "c"], stations=stations, line={"shifts": ["day"]}, site={"shifts": shifts}
    )
    found = compile_plant(plant, LINE).calendars
    assert [[one.name for one in each.shifts] for each in found] == [["day"], ["late"]]
    assert compile_plant(plant_of(["a"], stations={"a": "1 s"}), LINE).calendars == ()


def test_more_wears_than_bits_are_refused() -> None:
    """A station of 61 wears is refused with its place."""
    wears = {f"w{k}": {"life": "9 h"} for k in range(61)}
    plant = plant_of(["a"], stations={"a": {"cycle": "1 s", "wears": wears}})
    with pytest.raises(TwinFault, match="61 wears; use at most 60"):
        compile_plant(plant, LINE)


def test_a_note_is_kept_once() -> None:
    """The same thing is not told twice."""
    plant = plant_of(["a"], stations={"a": "1 s"})
    draft = Draft(plant=plant, place=LINE, site=plant.sites["reno"])  # type: ignore[arg-type]  # a NewType of str
    draft.note("it is so")
    draft.note("it is so")
    assert draft.notes == ["it is so"]
