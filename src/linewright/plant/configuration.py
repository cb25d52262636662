"""A configurable product, configured: which steps, parts and price its choices give."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from linewright.plant.expressions.evaluation import evaluate
from linewright.plant.expressions.text import parse
from linewright.plant.frozen import FrozenMap
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.products import Amount, Product, Route, Step
from linewright.plant.money import Money


class ChoicesInvalid(ValueError):
    """Choices that a product does not offer, or that its constraints exclude.

    `product` and `option` say where, `reason` what is wrong and what is possible.
    """

    def __init__(self, product: str, option: str, reason: str) -> None:
        super().__init__(f"{product}: {option}: {reason}" if option else f"{product}: {reason}")
        self.product = product
        self.option = option
        self.reason = reason


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """What the choices give: every option's value, routes, parts and price."""

    product: str
    choices: FrozenMap[str, str]
    routes: FrozenMap[str, tuple[Step, ...]]
    bom: FrozenMap[str, Amount]
    price: Money | None


def configure(plant: Plant, product: str, choices: Mapping[str, str]) -> Configured:
    """Return a product with its choices made; options left out take their default.

    Parameters
    ----------
    plant
        A checked plant.
    product
        Its name.
    choices
        Value per option.

    Returns
    -------
    Configured
        Routes, in the order of their preference, with the steps whose `when`
        holds; the bill of material likewise; the price with what the values add.

    Raises
    ------
    ChoicesInvalid
        For an option or value that there is not, an option without choice and
        default, or choices that break a constraint, which is then named.
    KeyError
        When there is no such product.

    Notes
    -----
    Cost: linear in the number of steps, parts and constraints.
    """
    made = plant.products[product]
    values = _complete(product, made, choices)
    for rule in made.constraints:
        if evaluate(parse(rule), values) is False:
            raise ChoicesInvalid(product, "", f"the choices break `{rule}`")
    routes = sorted(plant.routes_of(product).items(), key=lambda item: item[1].preference)
    return Configured(
        product=product,
        choices=FrozenMap(values),
        routes=FrozenMap({name: _steps(route, values) for name, route in routes}),
        bom=FrozenMap(
            {item: amount for item, amount in made.bom.items() if _holds(amount.when, values)}
        ),
        price=_price(product, made, values),
    )


def _complete(product: str, made: Product, choices: Mapping[str, str]) -> dict[str, str]:
    for name in choices:
        if name not in made.options:
            there = ", ".join(made.options) or "none"
            raise ChoicesInvalid(product, name, f"there is no such option; there are: {there}")
    values: dict[str, str] = {}
    for name, option in made.options.items():
        value = choices.get(name, option.default)
        if value not in option.values:
            what = "nothing is chosen" if value is None else f"`{value}` is not offered"
            raise ChoicesInvalid(product, name, f"{what}; possible: {', '.join(option.values)}")
        assert value is not None, "None is no value of an option"
        values[name] = value
    return values


def _steps(route: Route, values: Mapping[str, str]) -> tuple[Step, ...]:
    return tuple(step for step in route.steps if _holds(step.when, values))


def _holds(condition: str | None, values: Mapping[str, str]) -> bool:
    """Return whether a condition holds; what cannot be decided does not."""
    return condition is None or evaluate(parse(condition), values) is True


def _price(product: str, made: Product, values: Mapping[str, str]) -> Money | None:
    """Return the price with what the chosen values add, in one currency."""
    if made.price is None:
        return None
    total = made.price.amount
    for name, value in values.items():
        more = made.options[name].adds.get(value)
        if more is None:
            continue
        if more.currency != made.price.currency:
            reason = f"adds {more.currency} to a price in {made.price.currency}"
            raise ChoicesInvalid(product, name, reason)
        total += more.amount
    return Money(Decimal(total), made.price.currency)
