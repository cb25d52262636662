"""Configured products: choices, constraints, steps, parts and price."""

from decimal import Decimal

import pytest

from linewright.plant import Plant
from linewright.plant.configuration import ChoicesInvalid, configure
from linewright.plant.language.load import check_text, load_text
from linewright.plant.language.writing import to_text
from linewright.plant.money import Money

TEXT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: UTC
    currency: USD
    areas:
      shop:
        work_centres:
          benches: {stations: {one: {does: {build: 60 s, seal: 20 s, test: 30 s}}}}
materials: {screw: {}, seal_kit: {}, motor_1: {}, motor_2: {}}
products:
  pump:
    price: 200 USD
    route: [build, {operation: seal, when: sealed == 'yes'}, test]
    bom:
      screw: 8
      seal_kit: {amount: 2, when: sealed == 'yes'}
      motor_1: {amount: 1, when: motor == 'm1'}
      motor_2: {amount: 1, when: motor == 'm2'}
    options:
      motor: {values: [m1, m2], default: m1, adds: {m2: 35.50 USD}}
      sealed: [no, yes]
    constraints: ["implies(motor == 'm2', sealed == 'yes')"]
"""


@pytest.fixture(scope="module")
def plant() -> Plant:
    """Return a plant with one configurable pump."""
    return load_text(TEXT)


def test_choices_give_steps_parts_and_price(plant: Plant) -> None:
    """Steps and parts whose condition holds are there, and the price has what was added."""
    pump = configure(plant, "pump", {"motor": "m2", "sealed": "yes"})
    assert [step.operation for step in pump.routes["standard"]] == ["build", "seal", "test"]
    assert {item: amount.value for item, amount in pump.bom.items()} == {
        "screw": 8,
        "seal_kit": 2,
        "motor_2": 1,
    }
    assert pump.price == Money(Decimal("235.50"), "USD")


def test_what_is_not_chosen_takes_its_default(plant: Plant) -> None:
    """The motor has a default; `no` is the text that stands in the file."""
    pump = configure(plant, "pump", {"sealed": "no"})
    assert pump.choices == {"motor": "m1", "sealed": "no"}
    assert list(pump.bom) == ["screw", "motor_1"]


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"motor": "m2", "sealed": "no"}, "break"),
        ({"motor": "m3", "sealed": "no"}, "possible: m1, m2"),
        ({"motor": "m1"}, "nothing is chosen"),
        ({"colour": "red", "sealed": "no"}, "there are: motor, sealed"),
    ],
)
def test_choices_that_cannot_be_are_refused(
    plant: Plant, choices: dict[str, str], says: str
) -> None:
    """A broken constraint, an unknown value or option and a missing choice are told apart."""
    with pytest.raises(ChoicesInvalid, match=says):
        configure(plant, "pump", choices)


def test_conditions_survive_writing_and_reading(plant: Plant) -> None:
    """Long and short amounts are written so that they read back equal."""
    assert load_text(to_text(plant)) == plant


def test_a_condition_on_what_is_not_offered_is_reported() -> None:
    """A misspelled value in a `when` names the nearest one."""
    (problem,) = check_text(TEXT.replace("when: motor == 'm2'", "when: motor == 'n2'")).problems
    assert problem.code == "choice-unknown"
    assert "m2" in problem.hint
