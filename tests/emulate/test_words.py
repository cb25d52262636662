"""What lamps, words, bits and meters say, and that the plant's own formulas understand it."""

from pathlib import Path

import pytest

from linewright.emulate.machines import kind_of
from linewright.emulate.words import (
    STATES,
    alarm_of,
    exact_of,
    job_of,
    lamp_of,
    power_kw,
    told_by_state,
)
from linewright.plant import load
from linewright.plant.expressions import evaluate, parse
from linewright.plant.model import Station, Tag

FAITHFUL = ("running", "down", "idle", "off")


@pytest.fixture(scope="module")
def shop(checkout: Path) -> dict[str, Station]:
    """Return the stations of the job shop by name."""
    plant = load(checkout / "plants" / "taller")
    return {address.name: station for address, station in plant.stations()}


@pytest.mark.parametrize(
    ("station", "states"),
    [("saw_1", FAITHFUL), ("mill_1", ("running", "down", "idle")), ("furnace_1", ("running",))],
)
def test_the_plants_formula_gives_back_the_state(
    shop: dict[str, Station], station: str, states: tuple[str, ...]
) -> None:
    """Lamps, status words and a heater, read by the plant file's formula, are the state."""
    one = shop[station]
    formula = next(tag.formula for tag in one.tags.values() if tag.role == "state")
    told = told_by_state(one)
    for state in states:
        values = {"setpoint_actual": 575.0, **told[state]}
        assert evaluate(parse(formula or ""), values) == state


def test_every_state_shows_something(shop: dict[str, Station]) -> None:
    """A machine that cannot tell a state apart shows the nearest one that it can."""
    told = told_by_state(shop["saw_1"])
    assert set(told) == set(STATES)
    assert told["starved"] == told["idle"]


def test_a_station_with_a_state_of_its_own_needs_no_formula() -> None:
    """Where the state is read as it is, nothing is told in other ways."""
    assert told_by_state(Station(tags={"state": Tag(role="state", type="int16")})) == {}


def test_a_stack_light_is_a_lamp_a_word_or_a_number() -> None:
    """Running is green, down is red, and what is neither is yellow."""
    lamps = [lamp_of(name, Tag(type="bool"), "down") for name in ("green", "yellow", "red")]
    assert lamps == [False, False, True]
    assert lamp_of("light", Tag(role="stack_light"), "running") == "green"
    assert lamp_of("light", Tag(role="stack_light", type="uint16"), "starved") == 2


def test_an_alarm_word_has_a_bit_for_each_mode() -> None:
    """The third mode is bit 2; no mode is 0, and so is one that nobody knows."""
    word, modes = Tag(role="alarm", type="uint16"), ("jam", "trip", "heat")
    assert [alarm_of(word, modes, mode) for mode in ("heat", "", "other")] == [4, 0, 0]
    assert alarm_of(Tag(role="alarm", type="bool"), modes, "jam") is True


def test_a_station_without_a_power_entry_takes_nothing() -> None:
    """Power by state falls back to idle, and to nothing."""
    assert power_kw(Station(), "running") == 0.0


def test_a_job_is_the_first_operation_and_a_product_that_needs_it(checkout: Path) -> None:
    """The mill of the bracket line shows its program and a product of the plant."""
    plant = load(checkout / "plants" / "bracket" / "plant.yaml")
    mill = next(one for address, one in plant.stations() if address.name == "mill")
    job = job_of(plant, mill)
    assert job.program == "O1204"
    assert job.product in plant.products
    assert [job.lot(parts) for parts in (0, 99, 100)] == [
        f"{job.product}-{number:04d}" for number in (1, 1, 2)
    ]
    assert kind_of(Tag(role="lot")) == "text"


@pytest.mark.parametrize(
    ("formula", "states"),
    [
        ("'running' if code == 2 else ('down' if code == 3 else 'idle')", FAITHFUL[:3]),
        ("'running' if code in [4, 7] else ('down' if code != 9 else 'idle')", FAITHFUL[:3]),
        ("'running' if code > 5 else ('down' if code > 2 else 'idle')", ("running", "idle")),
    ],
)
def test_a_status_word_is_the_number_that_the_formula_names(
    formula: str, states: tuple[str, ...]
) -> None:
    """A number that is compared for being equal is shown as it is, in the bounds of its type."""
    tags = {"code": Tag(type="uint16"), "state": Tag(role="state", formula=formula)}
    one = Station(tags=tags)
    told = told_by_state(one)
    assert exact_of(one) == {"code"}
    for state in states:
        assert evaluate(parse(formula), told[state]) == state
        assert 0 <= int(told[state]["code"]) < 2**16


def test_an_alarm_word_stays_within_its_type() -> None:
    """Of more modes than it has bits, two share one; no bit is the sign."""
    modes = tuple(f"m{n}" for n in range(20))
    shown = [int(alarm_of(Tag(role="alarm", type="int16"), modes, one)) for one in modes]
    assert max(shown) == 1 << 14
    assert shown[0] == shown[15] == 1
