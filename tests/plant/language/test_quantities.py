"""Quantities and money: text to numbers and back."""

from decimal import Decimal

import pytest

from linewright.plant.language.syntax.codes import CURRENCIES
from linewright.plant.language.syntax.quantities import (
    QuantityInvalid,
    format_money,
    format_quantity,
    parse_money,
    parse_quantity,
)
from linewright.plant.money import Money


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("48 s", "s", 48.0),
        ("48s", "s", 48.0),
        ("1.5 min", "s", 90.0),
        ("0.1 min", "s", 6.0),
        ("30 h", "s", 108_000.0),
        ("2 d", "s", 172_800.0),
        ("2 %", "1", 0.02),
        ("0.02", "1", 0.02),
        ("176 degF", "degC", 80.0),
        ("353.15 K", "degC", 80.0),
        ("1 rpm", "1/min", 1.0),
        ("1200 W", "kW", 1.2),
        ("1 in", "m", 0.0254),
        ("36 km/h", "m/s", 10.0),
        ("1e3 s", "s", 1000.0),
        ("1_000 s", "s", 1000.0),
    ],
)
def test_a_quantity_is_a_number_in_the_asked_unit(text: str, unit: str, value: float) -> None:
    """Every spelling of a unit of the right dimension is converted."""
    assert parse_quantity(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "code", "hint"),
    [
        ("48", "s", "unit-missing", "48 s"),
        ("48 kg", "s", "unit-dimension", "unit like `s`"),
        ("48 sex", "s", "unit-unknown", "s, min, h"),
        ("5 kwhh", "kWh", "unit-unknown", "kWh"),
        ("80 C", "degC", "unit-unknown", "degC"),
        ("1,200 s", "s", "number-invalid", "point"),
        ("fast", "s", "number-invalid", "48 s"),
        ("1e999 s", "s", "out-of-range", "1e+15"),
        ("nan s", "s", "number-invalid", "48 s"),
        ("48 s; import os", "s", "unit-unknown", "s, min, h"),
    ],
)
def test_a_wrong_quantity_says_what_to_write(text: str, unit: str, code: str, hint: str) -> None:
    """Each refusal has a stable code and a hint."""
    with pytest.raises(QuantityInvalid) as caught:
        parse_quantity(text, unit)
    assert caught.value.code == code
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("seconds", "text"), [(108_000.0, "30 h"), (5_400.0, "90 min"), (48.0, "48 s"), (0.02, "20 ms")]
)
def test_a_time_is_written_as_people_say_it(seconds: float, text: str) -> None:
    """The unit with the shortest number is chosen."""
    assert format_quantity(seconds, "s") == text


def test_money_is_exact_and_per_its_unit() -> None:
    """Rates are converted as decimals and keep their currency."""
    assert parse_money("600 USD/d", "h", CURRENCIES) == Money(Decimal(25), "USD")
    assert parse_money("0.10 MXN/kWh", "kWh", CURRENCIES) == Money(Decimal("0.10"), "MXN")
    assert format_money(Money(Decimal("45.50"), "USD"), "h") == "45.50 USD/h"


@pytest.mark.parametrize(
    ("text", "per", "code"),
    [
        ("45", "h", "money-invalid"),
        ("45 USX/h", "h", "currency-unknown"),
        ("45 USD", "h", "unit-missing"),
        ("45 USD/h", "", "unit-dimension"),
        ("45 USD/kg", "h", "unit-dimension"),
        ("1,45 USD", "", "money-invalid"),
    ],
)
def test_wrong_money_has_a_code(text: str, per: str, code: str) -> None:
    """Money without currency, with a wrong one, or per the wrong unit is refused."""
    with pytest.raises(QuantityInvalid) as caught:
        parse_money(text, per, CURRENCIES)
    assert caught.value.code == code
