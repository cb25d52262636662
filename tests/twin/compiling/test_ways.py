"""Ways of products through a model."""

import pytest

from linewright.twin import TwinFault, advance, begin, compile_plant, outcome
from tests.twin.small import LINE, NS, SHOP, Played, plant_of


def test_steps_of_one_station_are_one_cycle() -> None:
    """Two steps in a row at a station of a line take the sum of their times, once."""
    plant = plant_of(
        ["a", 1, "b"],
        stations={"a": {"does": {"drill": "4 s", "tap": "6 s"}}, "b": "1 s"},
        products={"p": {"route": ["drill", "tap", "do_b"]}},
    )
    assert Played(plant, 30.0).times("ENDED", "a") == [10.0, 20.0, 30.0]


def test_a_lot_goes_through_an_oven_load_by_load() -> None:
    """A lot of 120 in an oven of 60 takes two cycles, not one for each piece."""
    plant = plant_of(
        centres={"c": {"stations": {"oven": {"cycle": "4 h", "batch": 60}}}},
        products={"p": {"route": ["do_oven"], "lot_size": 120}},
    )
    run = Played(plant, 24 * 3600.0, at=f"{SHOP}/c")
    assert run.times("SHIPPED", "oven") == [8 * 3600.0, 16 * 3600.0, 24 * 3600.0]
    assert run.out.good == 360


def test_a_route_may_have_a_thousand_steps() -> None:
    """A wafer goes round a fab some six hundred times; here a part does so in one centre."""
    names = [f"step_{k}" for k in range(1000)]
    plant = plant_of(
        centres={"c": {"stations": {"a": {"does": dict.fromkeys(names, "1 s")}}}},
        products={"p": {"route": names}},
        operations={name: {} for name in names},
    )
    model = compile_plant(plant, f"{SHOP}/c")
    end = advance(model, begin(model, at_ns=0, seed=1), 2000 * NS)
    assert outcome(model, end).at(f"{SHOP}/c/a").good == 2000


def test_a_station_that_a_product_does_not_need_is_passed_by() -> None:
    """A part goes on to the next station of the flow that its route needs."""
    plant = plant_of(
        ["a", 1, "b", 1, "c"],
        stations={"a": "10 s", "b": "10 s", "c": "10 s"},
        products={"p": {"route": ["do_a", "do_c"]}},
    )
    run = Played(plant, 30.0)
    assert run.times("ENDED", "c") == [20.0, 30.0]
    assert run.times("BEGAN", "b") == []


def test_a_step_names_where() -> None:
    """Of two stations that can, the one that `at` names."""
    centres = {
        "one": {"stations": {"x": {"does": {"do": "10 s"}}}},
        "two": {"stations": {"y": {"does": {"do": "10 s"}}}},
    }
    step = {"operation": "do", "at": [f"{SHOP}/two"]}
    run = Played(plant_of(centres=centres, products={"p": {"route": [step]}}), 30.0, at=SHOP)
    assert (len(run.times("ENDED", "x")), len(run.times("ENDED", "y"))) == (0, 3)


def test_an_alternative_operation_does_as_well() -> None:
    """A station that only does the alternative takes the part, at its own time."""
    step = {"operation": "mill", "alternatives": ["grind"]}
    plant = plant_of(
        ["a"],
        stations={"a": {"does": {"grind": "7 s"}}},
        centres={"c": {"stations": {"x": {"does": {"mill": "9 s"}}}}},
        products={"p": {"route": [step]}},
    )
    assert Played(plant, 21.0).out.good == 3


def test_operations_of_other_places_are_left_out() -> None:
    """Of a route over two lines, a model of one has its own steps only."""
    plant = plant_of(
        ["a"],
        stations={"a": "10 s"},
        centres={"c": {"stations": {"m": "1 s"}}},
        products={"p": {"route": ["do_m", "do_a", "do_m"]}},
    )
    assert Played(plant, 30.0).out.good == 3


def test_what_is_not_kept_is_told() -> None:
    """Steps of options are left out; a note says so."""
    route = [
        {"operation": "do_a"},
        {"operation": "do_b", "when": "colour == 'red'"},
    ]
    plant = plant_of(
        ["a", 1, "b"],
        stations={"a": "1 s", "b": "1 s"},
        products={"p": {"route": route, "options": {"colour": ["red", "blue"]}}},
    )
    assert compile_plant(plant, LINE).notes == ("p: optional steps of its route are left out",)


def test_a_batch_of_the_operation_holds_where_the_station_has_none() -> None:
    """The station's own `batch` comes first."""
    for own, expected in ((None, 4), (2, 2)):
        station = {"does": {"bake": "10 s"}, **({} if own is None else {"batch": own})}
        plant = plant_of(
            ["a"],
            stations={"a": station},
            products={"p": {"route": ["bake"]}},
            operations={"bake": {"batch": 4}},
        )
        assert Played(plant, 10.0).out.good == expected


def test_a_product_that_is_made_elsewhere_is_refused() -> None:
    """The error says that none of its steps is here."""
    plant = plant_of(["a"], stations={"a": "1 s"}, products={"p": {"route": ["do_a"]}})
    with pytest.raises(TwinFault, match="product q has no route that passes a station here"):
        compile_plant(plant, LINE, product="q")
