"""Queues, conveyors and the memory of parts, by hand."""

import pytest

from linewright.twin.kernel import layout as at
from tests.twin.small import SHOP, Played, plant_of

CENTRE = {"jobs": {"stations": {"x": {"does": {"do": "5 s"}}, "y": {"does": {"do": "5 s"}}}}}


def test_a_conveyor_holds_what_is_on_it() -> None:
    """Two places, 25 s from end to end: the third part waits until the first one has left."""
    buffers = {"a-b": {"places": 2, "travel": "25 s"}}
    plant = plant_of(["a", "b"], stations={"a": "10 s", "b": "1 s"}, line={"buffers": buffers})
    run = Played(plant, 75.0)
    assert run.times("ENTERED", "a-b") == [10.0, 20.0, 35.0, 45.0, 60.0, 70.0]
    assert run.times("ENDED", "b") == [36.0, 46.0, 61.0, 71.0]


def test_without_places_parts_are_handed_over() -> None:
    """A finished part waits on its station until the next one is free; nothing stands between."""
    run = Played(plant_of(["a", 0, "b"], stations={"a": "10 s", "b": "30 s"}), 100.0)
    assert run.times("ENDED", "b") == [40.0, 70.0, 100.0]
    assert run.times("BEGAN", "a") == [0.0, 10.0, 40.0, 70.0, 100.0]
    assert run.seconds("a", "blocked") == 20.0 + 20.0 + 20.0
    assert run.told("ENTERED", "a-b") == []


def test_a_buffer_counts_the_room_between_two_stations() -> None:
    """With two places, one part in work and one finished, the first station has begun four."""
    run = Played(plant_of(["a", 2, "b"], stations={"a": "1 s", "b": "90 s"}), 50.0)
    assert (run.out.begun, run.store("a-b").count) == (4, 2)
    assert run.seconds("a", "blocked") == 46.0


def test_who_has_been_idle_longest_takes_the_part() -> None:
    """Two stations with one queue take parts by turns."""
    plant = plant_of(centres=CENTRE, products={"p": {"route": ["do"], "arrives": "10 s"}})
    run = Played(plant, 60.0, at=f"{SHOP}/jobs")
    assert run.times("BEGAN", "y") == [10.0, 30.0, 50.0]
    assert run.times("BEGAN", "x") == [20.0, 40.0, 60.0]


def test_levels_are_summed_up_exactly() -> None:
    """A part each 10 s before a station of 40 s: 0, 1, 2 and so on wait; the mean is theirs."""
    products = {"p": {"route": ["do_a"], "arrives": "10 s"}}
    run = Played(plant_of(["a"], stations={"a": "40 s"}, products=products), 50.0)
    assert run.store("/-a").mean == pytest.approx((10.0 + 20.0 + 30.0) / 50.0)
    assert (run.store("/-a").count, run.store("/-a").entered) == (3, 5)


def test_memory_grows_with_the_parts_inside() -> None:
    """A queue without bound gets memory for its parts; none is lost."""
    products = {"p": {"route": ["do_a"], "arrives": "1 s"}}
    run = Played(plant_of(["a"], stations={"a": "9000 s"}, products=products), 3000.5)
    assert run.out.inside == run.out.begun == 3000
    assert run.store("/-a").count == 2999
    assert run.state.head(at.CAPACITY) >= 3000


def test_blocked_parts_go_in_the_order_in_which_they_came_to_wait() -> None:
    """Of two places that are blocked, the one blocked first gives its part first."""
    stations = {"a": {"cycle": "10 s", "places": 2}, "b": "30 s"}
    run = Played(plant_of(["a", 0, "b"], stations=stations), 100.0)
    units = [event.unit for event in run.told("ENDED", "b")]
    assert units == [event.unit for event in run.told("ENDED", "a")][:3]
