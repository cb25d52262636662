"""From a plant to a model."""

import math

import pytest

from linewright.numeric import draws
from linewright.plant import PlantBuilder, load
from linewright.plant.model import Duration
from linewright.twin import TwinFault, advance, begin, compile_line, outcome
from linewright.twin.compiling import numbers_of, weibull_shape
from tests.twin.lines import BRACKET, NS


def test_the_bracket_line() -> None:
    """Addresses stand in the order of the flow, the first product is taken, modes are known."""
    model = compile_line(load("plants/bracket"), BRACKET, plant_rev="r7")
    assert [each.name for each in model.stations] == ["saw", "mill", "wash", "inspect"]
    assert [each.name for each in model.buffers] == ["saw-mill", "mill-wash", "wash-inspect"]
    assert (model.product, model.plant_rev) == ("bracket-a", "r7")
    assert model.wears == ((1, "end_mill"),)
    assert (1, "tool_break") in model.modes


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Duration(mean_s=9.0), (draws.CONSTANT, 9.0, 0.0, 0.0)),
        (Duration(mean_s=9.0, family="exponential"), (draws.EXPONENTIAL, 9.0, 0.0, 0.0)),
        (Duration(family="uniform", low_s=8.0, high_s=9.0), (draws.UNIFORM, 8.0, 9.0, 0.0)),
        (Duration(mean_s=9.0, family="gamma", cv=0.5), (draws.GAMMA, 4.0, 2.25, 0.0)),
    ],
)
def test_distributions(distribution: Duration, expected: tuple[int, float, float, float]) -> None:
    """Each family gets the parameters that give its mean and spread."""
    assert numbers_of(distribution, "constant") == expected


@pytest.mark.parametrize("cv", [0.05, 0.4, 1.0, 3.0])
def test_the_weibull_shape_gives_the_spread(cv: float) -> None:
    """The coefficient of variation of the shape found is the one asked for."""
    k = weibull_shape(cv)
    assert math.gamma(1 + 2 / k) / math.gamma(1 + 1 / k) ** 2 - 1 == pytest.approx(cv * cv)


@pytest.mark.parametrize(
    ("line", "station", "what"),
    [
        ({}, {"batch": 4}, "batches are not simulated"),
        ({}, {"places": 2}, "2 places are not simulated"),
        ({"release": "conwip", "wip": 3}, {}, "release conwip is not simulated"),
    ],
)
def test_what_is_not_simulated_is_refused(
    line: dict[str, object], station: dict[str, object], what: str
) -> None:
    """The kernel never runs a line as something else than it is; the error says where."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    place = shop.line("line", flow=["one"], **line)
    place.station("one", does={"turn": "9 s"}, **station)
    with pytest.raises(TwinFault, match=what) as told:
        compile_line(plant.done(), "reno/shop/line")
    assert told.value.where.startswith("reno/shop/line")


def test_unknown_lines_and_products() -> None:
    """Neither a work centre, nor a missing line, nor a product made elsewhere is a model."""
    plant = load("plants/bracket")
    for address, product in ((f"{BRACKET}s", None), (BRACKET, "bracket-z")):
        with pytest.raises(TwinFault):
            compile_line(plant, address, product=product)


def test_scrap_of_station_and_route_come_together() -> None:
    """10 % at the station and 20 % in the route leave 72 % good, within four deviations."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    line = shop.line("line", flow=["one"])
    line.station("one", does={"turn": {"time": "1 s", "scrap": "10 %"}})
    plant.product("p", route=[{"operation": "turn", "scrap": "20 %"}])
    model = compile_line(plant.done(), "reno/shop/line")
    found = outcome(model, advance(model, begin(model, at_ns=0, seed=1), 10_000 * NS, jit=False))
    assert found.good == pytest.approx(7200, abs=4 * math.sqrt(10_000 * 0.72 * 0.28))
    assert found.good + found.scrap == 10_000
