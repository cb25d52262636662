"""Money: a decimal amount with its currency; two currencies never add.

>>> Money(Decimal("45.00"), "USD").plus(Money(Decimal("0.50"), "USD"))
Money(amount=Decimal('45.50'), currency='USD')
"""

import re
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["Money", "MoneyInvalid"]

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class MoneyInvalid(ValueError):
    """An amount that is no money, or two amounts in different currencies.

    Parameters
    ----------
    text
        The amount or amounts as given.
    reason
        What is wrong, one sentence without a full stop.

    Examples
    --------
    >>> Money(Decimal("NaN"), "USD")
    Traceback (most recent call last):
    linewright.plant.money.MoneyInvalid: NaN USD: the amount is not finite
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.text}: {self.reason}"


class Money(msgspec.Struct, frozen=True):
    """An amount in a currency; what it is per, if anything, stands in the field's name.

    Raises
    ------
    MoneyInvalid
        The amount is not finite or the currency is no code of ISO 4217's form.

    Examples
    --------
    >>> str(Money(Decimal("45"), "USD"))
    '45 USD'
    """

    amount: Annotated[Decimal, Meta(description="finite decimal number, as text in JSON")]
    currency: Annotated[
        str, Meta(pattern="^[A-Z]{3}$", max_length=3, description="ISO 4217 code, such as MXN")
    ]

    def __post_init__(self) -> None:
        """Refuse what no sum could use."""
        if not self.amount.is_finite():
            raise MoneyInvalid(str(self), "the amount is not finite")
        if _CURRENCY.fullmatch(self.currency) is None:
            raise MoneyInvalid(str(self), "the currency is not three capital letters")

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def plus(self, other: "Money | None") -> "Money":
        """Sum of both amounts; None adds nothing.

        Raises
        ------
        MoneyInvalid
            The currencies differ: rates are dated and belong to who converts.

        Examples
        --------
        >>> str(Money(Decimal("1.10"), "MXN").plus(None))
        '1.10 MXN'
        """
        if other is None:
            return self
        if other.currency != self.currency:
            raise MoneyInvalid(f"{self} and {other}", "the currencies differ")
        return Money(self.amount + other.amount, self.currency)
