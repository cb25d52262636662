"""Claims about linewright.plant.money."""

from decimal import Decimal

import pytest

from linewright.plant.money import Money, MoneyInvalid


def test_amounts_add_exactly() -> None:
    """Ten dimes make a dollar: decimals add without rounding."""
    total = Money(Decimal(0), "USD")
    for _ in range(10):
        total = total.plus(Money(Decimal("0.1"), "USD"))
    assert total == Money(Decimal(1), "USD")


def test_two_currencies_never_add() -> None:
    """Adding pesos to dollars is refused and says which amounts."""
    with pytest.raises(MoneyInvalid, match="1 USD and 17 MXN: the currencies differ"):
        Money(Decimal(1), "USD").plus(Money(Decimal(17), "MXN"))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_an_amount_is_finite(amount: str) -> None:
    """What is no finite number is no money."""
    with pytest.raises(MoneyInvalid, match="not finite"):
        Money(Decimal(amount), "USD")


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "", "U$D", "USD\n"])
def test_a_currency_is_a_code(currency: str) -> None:
    """A currency is three capital letters."""
    with pytest.raises(MoneyInvalid, match="three capital letters"):
        Money(Decimal(1), currency)
