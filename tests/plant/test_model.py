"""The types of the plant model: frozen, compared by value, easy to walk."""

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal

import pytest

from linewright.plant import Address, Plant
from linewright.plant.frozen import FrozenMap
from linewright.plant.language.load import load_text
from linewright.plant.model.behaviour import Distribution, Duration
from linewright.plant.model.equipment import Cycle
from linewright.plant.money import Money

TEXT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    shifts: {day: Mon-Fri 06:00-14:00, night: Mon-Thu 22:00-06:00}
    areas:
      shop:
        lines:
          pump:
            flow: [turn, test]
            stations: {turn: {does: {turn: 48 s}}, test: {does: {test: 30 s}}}
        work_centres: {mills: {stations: {one: {does: {mill: 60 s}, rate: 45 USD/h}}}}
families: {cast: {route: [turn, test]}}
products: {p1: {family: cast}, p2: {route: [mill]}}
"""


@pytest.fixture(scope="module")
def plant() -> Plant:
    """Return a plant with a line and a work centre."""
    return load_text(TEXT)


def test_a_frozen_map_refuses_every_change() -> None:
    """No way of changing a dict changes a frozen map."""
    frozen: FrozenMap[str, int] = FrozenMap({"a": 1})
    changes: list[Callable[[], object]] = [
        lambda: frozen.__setitem__("b", 2),
        lambda: frozen.update({"b": 2}),
        lambda: frozen.pop("a"),
        lambda: frozen.setdefault("b", 2),
        frozen.clear,
        frozen.popitem,
    ]
    for change in changes:
        with pytest.raises(TypeError, match="frozen"):
            change()
    assert frozen == {"a": 1}
    assert hash(frozen) == hash(FrozenMap({"a": 1}))


def test_a_plant_travels_between_processes(plant: Plant) -> None:
    """A plant is equal after pickling and copying, as worker pools need it."""
    assert pickle.loads(pickle.dumps(plant)) == plant  # noqa: S301  # our own bytes
    assert copy.deepcopy(plant) == plant


def test_a_plant_cannot_be_changed(plant: Plant) -> None:
    """Neither a field nor an entry can be set."""
    with pytest.raises(AttributeError):
        plant.enterprise = "other"  # type: ignore[misc]  # the refusal is what is tested
    with pytest.raises(TypeError):
        plant.sites["x"] = plant.sites["reno"]  # type: ignore[index]  # as above


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("reno", ["turn", "test", "one"]),
        ("reno/shop", ["turn", "test", "one"]),
        ("reno/shop/mills", ["one"]),
        ("reno/shop/pump/test", ["test"]),
        ("reno/shop/pump/none", []),
        ("elsewhere", []),
    ],
)
def test_the_stations_at_an_address(plant: Plant, address: str, names: list[str]) -> None:
    """Everything at or below the address is found, and nothing else."""
    found = [place.name for place, _ in plant.stations_in(Address(address))]
    assert found == names


def test_a_product_without_a_route_takes_its_familys(plant: Plant) -> None:
    """Own routes come first, then those of the family."""
    assert [step.operation for step in plant.routes_of("p1")["standard"].steps] == ["turn", "test"]
    assert [step.operation for step in plant.routes_of("p2")["standard"].steps] == ["mill"]


def test_a_calendar_has_the_chosen_shifts(plant: Plant) -> None:
    """A line that names shifts runs those, one that names none runs all."""
    site = plant.sites["reno"]
    assert [shift.name for shift in site.calendar().shifts] == ["day", "night"]
    assert [shift.name for shift in site.calendar(("night",)).shifts] == ["night"]


def test_the_mean_of_a_distribution() -> None:
    """The corners give the mean where it is not said."""
    assert Duration(mean_s=48.0).expected_s == 48.0
    assert Distribution(family="uniform", low_s=40.0, high_s=60.0).expected_s == 50.0
    triangle = Distribution(family="triangular", low_s=40.0, mode_s=48.0, high_s=62.0)
    assert triangle.expected_s == 50.0


def test_blocked_cavities_make_nothing() -> None:
    """Pieces of a cycle less the blocked ones, never below nothing."""
    assert Cycle(time=Duration(mean_s=1.0), pieces=8, blocked=3).pieces_per_cycle == 5


def test_a_rate_is_exact_money(plant: Plant) -> None:
    """Money is a decimal with its currency."""
    mills = plant.sites["reno"].areas["shop"].work_centres["mills"]
    assert mills.stations["one"].rate_per_h == Money(Decimal(45), "USD")
