"""A model, compiled from a plant."""

import math

import pytest

from linewright.plant import load
from linewright.twin import TwinFault, advance, begin, compile_line, compile_plant, outcome
from tests.twin.lines import BRACKET, NS
from tests.twin.small import LINE, SHOP, plant_of


def test_the_bracket_line() -> None:
    """Addresses stand in the order of the flow, the first product is taken, modes are known."""
    model = compile_line(load("plants/bracket"), BRACKET, plant_rev="r7")
    assert [each.name for each in model.stations] == ["saw", "mill", "wash", "inspect"]
    assert [each.name for each in model.buffers] == ["saw-mill", "mill-wash", "wash-inspect"]
    assert (model.product, model.plant_rev) == ("bracket-a", "r7")
    assert model.wears == ((1, "end_mill"),)
    assert (1, "tool_break") in model.modes


def test_unknown_lines_and_products() -> None:
    """Neither a work centre, nor a missing line, nor a product made elsewhere is a line's model."""
    plant = load("plants/bracket")
    for address, product in ((f"{BRACKET}s", None), (BRACKET, "bracket-z"), ("denver/a/b", None)):
        with pytest.raises(TwinFault):
            compile_line(plant, address, product=product)
    shop = plant_of(centres={"c": {"stations": {"x": "1 s"}}})
    with pytest.raises(TwinFault, match="no such line"):
        compile_line(shop, f"{SHOP}/c")


def test_a_line_takes_the_first_product_that_passes_every_station() -> None:
    """One that leaves a station out is not it; without any, parts have no name."""
    stations = {"a": "1 s", "b": "1 s"}
    routes = {"p": {"route": ["do_b"]}, "q": {"route": ["do_a", "do_b"]}}
    plant = plant_of(["a", 1, "b"], stations=stations, products=routes)
    assert compile_line(plant, LINE).product == "q"
    with pytest.raises(TwinFault, match="product p has no route that passes every station"):
        compile_line(plant, LINE, product="p")
    del routes["q"]
    plant = plant_of(["a", 1, "b"], stations=stations, products=routes)
    assert compile_line(plant, LINE).product == ""


def test_scrap_of_station_and_route_come_together() -> None:
    """10 % at the station and 20 % in the route leave 72 % good, within four deviations."""
    plant = plant_of(
        ["a"],
        stations={"a": {"cycle": {"time": "1 s", "scrap": "10 %"}}},
        products={"p": {"route": [{"operation": "do_a", "scrap": "20 %"}]}},
    )
    model = compile_plant(plant, LINE)
    found = outcome(model, advance(model, begin(model, at_ns=0, seed=1), 10_000 * NS, jit=False))
    assert found.good == pytest.approx(7200, abs=4 * math.sqrt(10_000 * 0.72 * 0.28))
    assert found.good + found.scrap == 10_000


def test_models_of_one_shape_have_the_same_names() -> None:
    """Another time keeps the shape, another mode does not: a state belongs to a shape."""
    fails = {"jam": {"every": "9 h", "repair": "9 s"}}
    plants = [
        plant_of(["a"], stations={"a": "10 s"}),
        plant_of(["a"], stations={"a": "20 s"}),
        plant_of(["a"], stations={"a": {"cycle": "10 s", "fails": fails}}),
    ]
    shapes = [compile_plant(each, LINE).shape for each in plants]
    assert shapes[0] == shapes[1] != shapes[2]


def test_power_that_is_not_said_is_none() -> None:
    """A station with power counts what is left out as 0; one without is unknown."""
    stations = {"a": {"cycle": "1 s", "power": {"running": "5 kW"}}, "b": "1 s"}
    powers = compile_plant(plant_of(["a", 1, "b"], stations=stations), LINE).powers
    assert (powers[0].known, powers[0].running_kw, powers[0].idle_kw) == (True, 5.0, 0.0)
    assert not powers[1].known
