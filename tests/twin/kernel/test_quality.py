"""Good, bad and unnoticed: shares of all or nothing, by hand."""

import math

import pytest

from tests.twin.small import SHOP, Keys, Played, plant_of


def _route(until_s: float, *steps: Keys, **product: object) -> Played:
    """Return a line of two stations of 10 s whose route has these steps."""
    plant = plant_of(
        ["a", 5, "b"],
        stations={"a": "10 s", "b": "10 s"},
        products={"p": {"route": [*steps], **product}},
    )
    return Played(plant, until_s)


A, B = {"operation": "do_a"}, {"operation": "do_b"}


def test_scrap_leaves_where_it_is_made() -> None:
    """What the first station scraps never reaches the second."""
    run = _route(50.0, {**A, "scrap": "100 %"}, B)
    assert (run.out.good, run.out.scrap, run.product("p").scrap) == (0, 5, 5)
    assert run.times("SCRAPPED", "a") == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert run.seconds("b", "starved") == 50.0


def test_rework_ends_as_scrap_at_its_limit() -> None:
    """A part that always fails is reworked twice, then scrapped."""
    step = {**A, "rework_to": "do_a", "rework": "100 %", "rework_limit": 2}
    run = _route(60.0, step, B)
    assert run.times("REWORKED", "a") == [10.0, 20.0, 40.0, 50.0]
    assert run.times("SCRAPPED", "a") == [30.0, 60.0]
    one = run.out.stations[0]
    assert (one.good, one.rework, one.scrap) == (0, 4, 2)


def test_rework_goes_back_beside_the_places() -> None:
    """A part sent back enters the full queue of its step, else the line would lock itself."""
    step = {**B, "rework_to": "do_a", "rework": "100 %", "rework_limit": 1}
    plant = plant_of(
        ["s", 1, "a", 1, "b"],
        stations={"s": "1 s", "a": "10 s", "b": "1 s"},
        products={"p": {"route": ["do_s", "do_a", step]}},
    )
    run = Played(plant, 34.0)
    assert run.times("REWORKED", "b") == [12.0, 22.0, 32.0]
    assert max(event.value for event in run.told("ENTERED", "s-a")) == 2.0


def test_rework_by_way_of_another_operation() -> None:
    """Bad parts pass the tear-down of 7 s, good ones never do."""
    step = {**A, "rework_to": "do_a", "rework_via": ["strip"], "rework": "100 %"}
    centres = {
        "make": {"stations": {"a": "10 s"}},
        "mend": {"stations": {"x": {"does": {"strip": "7 s"}}}},
    }
    plant = plant_of(centres=centres, products={"p": {"route": [step], "arrives": "60 s"}})
    run = Played(plant, 110.0, at=SHOP)
    assert run.times("ENDED", "x") == [77.0]
    assert run.times("SCRAPPED", "a") == [87.0]


def test_what_nobody_notices_escapes() -> None:
    """Marked parts that no step finds leave as good, and are counted."""
    run = _route(60.0, {**A, "defects": "100 %"}, B)
    assert (run.out.good, run.out.escaped, run.product("p").escaped) == (5, 5, 5)
    assert run.out.scrap == 0


def test_an_inspection_finds_them() -> None:
    """A step that detects all scraps them, where it has no rework."""
    run = _route(60.0, {**A, "defects": "100 %"}, {**B, "detects": "100 %"})
    assert (run.out.good, run.out.escaped, run.out.scrap) == (0, 0, 5)
    assert run.out.stations[1].scrap == 5


def test_a_found_part_is_reworked_where_the_step_says_so() -> None:
    """It goes back to be made anew, and is no longer marked."""
    inspect = {**B, "detects": "100 %", "rework_to": "do_a", "rework_limit": 5}
    run = _route(42.0, {**A, "defects": "100 %"}, inspect)
    assert run.times("REWORKED", "b") == [20.0, 30.0, 40.0]
    assert run.out.scrap == 0


def test_false_alarms_take_good_parts_for_bad() -> None:
    """With false alarms for all, nothing good leaves."""
    run = _route(60.0, A, {**B, "false_alarms": "100 %"})
    assert (run.out.good, run.out.scrap) == (0, 5)


def test_pieces_of_a_lot_are_scrapped_each_by_itself() -> None:
    """Of lots of 50 with 20 % scrap, some 40 good pieces leave each time."""
    centres = {"jobs": {"stations": {"x": {"does": {"do": "1 s"}}}}}
    product = {"route": [{"operation": "do", "scrap": "20 %"}], "lot_size": 50}
    run = Played(plant_of(centres=centres, products={"p": product}), 5000.0, at=f"{SHOP}/jobs")
    one = run.product("p")
    assert one.released == 5050
    assert one.good + one.scrap == 5000
    assert one.good == pytest.approx(4000, abs=4 * math.sqrt(5000 * 0.2 * 0.8))
    assert len(run.told("SHIPPED", "x")) == 100


def test_scrap_and_rework_come_from_one_number() -> None:
    """10 % scrap and 20 % rework of each cycle, within four deviations of 4,000 cycles."""
    step = {**A, "scrap": "10 %", "rework": "20 %", "rework_to": "do_a", "rework_limit": 100}
    run = _route(40_000.0, step, B)
    one = run.out.stations[0]
    assert one.scrap == pytest.approx(400, abs=4 * math.sqrt(4000 * 0.1 * 0.9))
    assert one.rework == pytest.approx(800, abs=4 * math.sqrt(4000 * 0.2 * 0.8))
    assert one.good + one.scrap + one.rework == 4000
