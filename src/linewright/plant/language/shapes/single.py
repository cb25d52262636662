"""Shapes of single values: each reads a node, gives its JSON Schema and writes itself back.

One verb set for all: `read(node, reading)` gives the value, or a stand-in after
noting a problem, so that everything else can still be checked; `schema()` gives
JSON Schema; `write(value)` gives plain YAML data that reads back to the same
value. Lists, maps and elements are in `compounds`.
"""

import abc
import contextlib
import datetime as dt
import re
from typing import Any, Protocol

from linewright.plant.address import suggest_name, valid_name
from linewright.plant.language.syntax.codes import CURRENCIES
from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq
from linewright.plant.language.syntax.problems import did_you_mean
from linewright.plant.language.syntax.quantities import (
    QuantityInvalid,
    format_money,
    format_number,
    format_quantity,
    parse_money,
    parse_number,
    parse_quantity,
    split_quantity,
    unit_of,
)
from linewright.plant.language.syntax.reading import FormulaText, Reading
from linewright.plant.model.markers import Bounds, Number, Quantity, Secret
from linewright.plant.money import Money

Plain = Any
"""Plain YAML data: text, numbers, lists, dicts."""

SHOWN_MAX = 60
"""Characters of a wrong value that a message shows."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})

QUANTITY_PATTERN = r"^\s*[+-]?[\d_.]+([eE][+-]?\d+)?\s*\S.*$"


class Shape(Protocol):
    """What every shape can do."""

    def read(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401  # values of any shape
        """Return the value of a node; after a problem, a stand-in."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what may be written."""

    def write(self, value: Any) -> Plain:  # noqa: ANN401  # values of any shape
        """Return plain data that reads back to the same value."""


def shown(text: str) -> str:
    """Return a wrong value as a message shows it."""
    flat = text.replace("\n", " ")
    return f"`{flat[:SHOWN_MAX]}`" + ("..." if len(flat) > SHOWN_MAX else "")


def kind_of(node: Node) -> str:
    """Return what a node is, in words."""
    if isinstance(node, Map):
        return "a map"
    if isinstance(node, Seq):
        return "a list"
    return f"the value {shown(node.text)}" if not node.empty else "nothing"


class TextShape:
    """A single value; subclasses say what its text means."""

    expected = "a text"

    def stand_in(self) -> Any:  # noqa: ANN401  # values of any shape
        """Return a value to go on with after a problem."""
        return ""

    def read(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401  # values of any shape
        """Return the value of a scalar; lists and maps are refused."""
        if type(node) is not Scalar:
            reading.fail(
                "wrong-kind", node.at, f"{kind_of(node)} stands where {self.expected} is expected"
            )
            return self.stand_in()
        if node.plain and node.empty:
            reading.fail("value-empty", node.at, f"{self.expected} is missing here")
            return self.stand_in()
        return self.of_text(node.text, node.at, reading)

    def of_text(self, text: str, at: int, reading: Reading) -> Any:  # noqa: ANN401, ARG002  # as read
        """Return the value of a text."""
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: text, or a number that is meant as text."""
        return {"type": ["string", "number"]}

    def write(self, value: Any) -> Plain:  # noqa: ANN401  # values of any shape
        """Return the text."""
        return value


class NameShape(TextShape):
    """A name; `address` names become part of addresses, `id` names stand in lists and forms."""

    expected = "a name"
    _id = re.compile(r"[^\s/#*>,:{}\[\]\"'`|&!%@][^\s/#*>,{}\[\]\"'`]{0,79}")

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the name, checked against what names of this kind may hold."""
        if self.kind == "address":
            if not valid_name(text):
                self._refuse(text, at, reading, "use a-z, 0-9 and _, at most 63 characters")
                near = suggest_name(text)
                return near if valid_name(near) else "unnamed"
        elif self.kind == "buffer":
            first, dash, second = text.partition("-")
            if not (dash and valid_name(first) and valid_name(second)):
                reading.fail(
                    "name-invalid",
                    at,
                    f"{shown(text)} is not a buffer's name",
                    hint="write upstream-downstream, for example `saw-mill`",
                )
        elif not self._id.fullmatch(text):
            self._refuse(text, at, reading, "leave out spaces and signs, at most 80 characters")
        return text

    def _refuse(self, text: str, at: int, reading: Reading, rule: str) -> None:
        near = suggest_name(text)
        hint = f"did you mean `{near}`? {rule}" if near and near != text else rule
        reading.fail("name-invalid", at, f"{shown(text)} cannot be a name here", hint=hint)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema with the pattern of the name."""
        if self.kind == "address":
            return {"type": "string", "pattern": "^[a-z0-9][a-z0-9_]{0,62}$"}
        return {"type": ["string", "number"]}


class RefShape(TextShape):
    """The name of something that must exist; looked up when everything is read."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.expected = f"the name of a {kind.replace('_', ' ')}"

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the name and note the reference."""
        reading.refer(self.kind, text, at)
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema, with the kind of thing as its title."""
        return {"type": ["string", "number"], "title": f"name of a {self.kind}"}


class ChoiceShape(TextShape):
    """One of a few words."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices
        self.expected = "one of " + ", ".join(choices[:12])

    def stand_in(self) -> str:
        """Return the first choice."""
        return self.choices[0]

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the word, if it is one of the choices."""
        if text in self.choices:
            return text
        hint = did_you_mean(text, self.choices) or self.expected
        reading.fail("choice-unknown", at, f"{shown(text)} is not possible here", hint=hint)
        return self.stand_in()

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema with the choices."""
        return {"enum": [*self.choices]}


class FlagShape(TextShape):
    """Yes or no."""

    expected = "yes or no"

    def stand_in(self) -> bool:
        """Return no."""
        return False

    def of_text(self, text: str, at: int, reading: Reading) -> bool:
        """Return whether the text says yes."""
        word = text.casefold()
        if word in TRUE or word in FALSE:
            return word in TRUE
        reading.fail("value-invalid", at, f"{shown(text)} is neither yes nor no")
        return False

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a truth value."""
        return {"type": "boolean"}


class _NumericShape(TextShape, abc.ABC):
    """A number of some kind: errors of parsing become problems."""

    @abc.abstractmethod
    def parse(self, text: str, reading: Reading) -> Any:  # noqa: ANN401  # int, float or money
        """Return the number, or raise QuantityInvalid."""

    def of_text(self, text: str, at: int, reading: Reading) -> Any:  # noqa: ANN401  # as parse
        """Return the number of a text."""
        try:
            return self.parse(text, reading)
        except QuantityInvalid as error:
            reading.fail(error.code, at, error.what, hint=error.hint)
            return self.stand_in()


def _bounded(value: float, low: float | None, high: float | None, text: str) -> None:
    if low is not None and value < low:
        raise QuantityInvalid(
            "out-of-range", f"{shown(text)} is too small", f"at least {format_number(low)}"
        )
    if high is not None and value > high:
        raise QuantityInvalid(
            "out-of-range", f"{shown(text)} is too large", f"at most {format_number(high)}"
        )


class NumberShape(_NumericShape):
    """A plain number, whole or not, within its range."""

    def __init__(self, number: Number, *, whole: bool) -> None:
        self.number = number
        self.whole = whole
        self.expected = "a whole number" if whole else "a number"

    def stand_in(self) -> float:
        """Return a number that is possible."""
        value = max(self.number.low or 0.0, 1.0)
        return int(value) if self.whole else value

    def parse(self, text: str, reading: Reading) -> float:
        """Return the number, if it is within the range."""
        del reading
        value = parse_number(text)
        if self.whole and value != int(value):
            raise QuantityInvalid("number-invalid", f"{shown(text)} is not a whole number")
        _bounded(value, self.number.low, self.number.high, text)
        return int(value) if self.whole else value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema with the range."""
        schema: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        if self.number.low is not None:
            schema["minimum"] = self.number.low
        if self.number.high is not None:
            schema["maximum"] = self.number.high
        return schema

    def write(self, value: float) -> Plain:
        """Return the number."""
        return value if self.whole else _plain_number(value)


def _plain_number(value: float) -> float | int:
    return int(value) if value == int(value) else value


class QuantityShape(_NumericShape):
    """A number with a unit."""

    def __init__(self, quantity: Quantity) -> None:
        self.quantity = quantity
        unit = "%" if quantity.unit == "1" else quantity.unit
        self.expected = f"a quantity in a unit like `{unit}`"
        self._example = f"12 {unit}"

    def stand_in(self) -> float:
        """Return a quantity that is possible."""
        return 0.5 if self.quantity.unit == "1" else 1.0

    def parse(self, text: str, reading: Reading) -> float:
        """Return the number in the shape's unit, if it is within the range."""
        del reading
        quantity = self.quantity
        value = parse_quantity(text, quantity.unit)
        if quantity.unit == "1" and value > 1.0 and "%" not in text:
            hint = f"write `{text.strip()} %`"
            raise QuantityInvalid("out-of-range", f"{shown(text)} is a share above 1", hint)
        if quantity.above is not None and value <= quantity.above:
            raise QuantityInvalid(
                "out-of-range",
                f"{shown(text)} is too small",
                f"it must be more than {format_number(quantity.above)}",
            )
        _bounded(value, quantity.low, quantity.high, text)
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: text with a unit; shares may be plain numbers."""
        text: dict[str, Any] = {
            "type": "string",
            "pattern": QUANTITY_PATTERN,
            "examples": [self._example],
        }
        if self.quantity.unit == "1":
            return {"anyOf": [text, {"type": "number", "minimum": 0}]}
        return text

    def write(self, value: float) -> Plain:
        """Return the shortest text that reads back to the same number."""
        text = format_quantity(value, self.quantity.unit)
        return text if " " in text else _plain_number(value)


class SiblingShape(_NumericShape):
    """A number in the unit that the owner's `unit` key names."""

    expected = "a number in the unit given by `unit`"

    def __init__(self, *, difference: bool = False) -> None:
        self.difference = difference

    def stand_in(self) -> float:
        """Return zero."""
        return 0.0

    def parse(self, text: str, reading: Reading) -> float:
        """Return the number in the owner's unit; yes and no are 1 and 0."""
        word = text.casefold()
        if word in TRUE or word in FALSE:
            return float(word in TRUE)
        number, given = split_quantity(text)
        if self.difference and number < 0:
            raise QuantityInvalid("out-of-range", f"{shown(text)} is negative")
        if not given:
            return number
        if reading.unit is None:
            raise QuantityInvalid(
                "unit-missing", f"{shown(text)} has a unit, and `unit` is not given", "add `unit:`"
            )
        return parse_quantity(text, reading.unit, bare=True, difference=self.difference)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a number, or text with a unit."""
        text = {"type": "string", "pattern": QUANTITY_PATTERN}
        return {"anyOf": [{"type": ["number", "boolean"]}, text]}

    def write(self, value: float) -> Plain:
        """Return the bare number."""
        return _plain_number(value)


class BoundsShape:
    """A range `[low, high]`, in the unit of its owner or without one."""

    def __init__(self, ends: Shape) -> None:
        self.ends = ends

    def read(self, node: Node, reading: Reading) -> Bounds:
        """Return the range; a list of two numbers, the lower first."""
        if not isinstance(node, Seq) or len(node.items) != 2:  # noqa: PLR2004  # a range has two ends
            what = f"a list of {len(node.items)}" if isinstance(node, Seq) else kind_of(node)
            message = f"{what} is not a range: it has two ends"
            reading.fail("wrong-kind", node.at, message, hint="write `[50, 120]`")
            return Bounds(0.0, 0.0)
        low, high = (self.ends.read(item, reading) for item in node.items)
        if low > high:
            reading.fail(
                "range-upside-down",
                node.at,
                f"the range goes from {format_number(low)} down to {format_number(high)}",
                hint=f"did you mean [{format_number(high)}, {format_number(low)}]?",
            )
        return Bounds(low, high)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a list of two."""
        return {"type": "array", "items": self.ends.schema(), "minItems": 2, "maxItems": 2}

    def write(self, value: Bounds) -> Plain:
        """Return the two ends."""
        return [self.ends.write(value.low), self.ends.write(value.high)]


class MoneyShape(_NumericShape):
    """An amount of money, per a unit where the field says so."""

    def __init__(self, per: str) -> None:
        self.per = per
        shown_unit = "unit" if per == "=unit" else per
        self.expected = f"money per {shown_unit}" if per else "an amount of money"

    def stand_in(self) -> Money:
        """Return no money."""
        from decimal import Decimal  # noqa: PLC0415  # only after a problem

        return Money(Decimal(0), "USD")

    def _per(self, reading: Reading) -> str:
        return (reading.unit or "") if self.per == "=unit" else self.per

    def parse(self, text: str, reading: Reading) -> Money:
        """Return the money per the shape's unit; it may not be negative."""
        money = parse_money(text, self._per(reading), CURRENCIES)
        if money.amount < 0:
            raise QuantityInvalid("out-of-range", f"{shown(text)} is negative")
        return money

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: number, currency and unit in one text."""
        per = "" if self.per in ("", "=unit") else f"/{self.per}"
        return {
            "type": "string",
            "pattern": r"^\s*[\d_.]+\s*[A-Za-z]{3}\s*(/.+)?$",
            "examples": [f"45 USD{per}"],
        }

    def write(self, value: Money) -> Plain:
        """Return the money as text; the unit of `=unit` is added by the element's writer."""
        return format_money(value, "" if self.per == "=unit" else self.per)


class DateShape(TextShape):
    """A day, `YYYY-MM-DD`."""

    expected = "a date, YYYY-MM-DD"

    def stand_in(self) -> dt.date:
        """Return some day."""
        return dt.date(2000, 1, 1)

    def of_text(self, text: str, at: int, reading: Reading) -> dt.date:
        """Return the day."""
        if DAY.fullmatch(text.strip()):
            with contextlib.suppress(ValueError):
                return dt.date.fromisoformat(text.strip())
        hint = "for example `2026-11-22`"
        reading.fail("date-invalid", at, f"{shown(text)} is not a date", hint=hint)
        return self.stand_in()

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a date."""
        return {"type": "string", "format": "date"}

    def write(self, value: dt.date) -> Plain:
        """Return the date as YAML writes it."""
        return value


class FormulaShape(TextShape):
    """A small total expression; its names are looked up when everything is read."""

    expected = "an expression"

    def __init__(self, over: str) -> None:
        self.over = over

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the text and note it for the check of its names and types."""
        reading.formulas.append(
            FormulaText(over=self.over, text=text, at=at, path=tuple(reading.path))
        )
        return text


class SecretShape:
    """The name of a credential; the credential itself is refused."""

    _name = re.compile(r"[A-Z][A-Z0-9_]{0,63}")

    def read(self, node: Node, reading: Reading) -> Secret:
        """Return the secret's name."""
        if isinstance(node, Scalar) and not node.empty:
            reading.fail(
                "password-inline",
                node.at,
                "a password stands in the plant file",
                hint="write `{secret: NAME}` and keep the password in the secret store",
            )
            return Secret("NAME")
        name = node.get("secret") if isinstance(node, Map) else None
        if not isinstance(node, Map) or len(node.keys) != 1 or not isinstance(name, Scalar):
            reading.fail(
                "wrong-kind", node.at, "this is not `{secret: NAME}`", hint="write {secret: NAME}"
            )
            return Secret("NAME")
        if not self._name.fullmatch(name.text):
            reading.fail(
                "name-invalid",
                name.at,
                "this cannot be the name of a secret",
                hint="use A-Z, 0-9 and _, for example `SAW_PASSWORD`",
            )
        return Secret(name.text)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of `{secret: NAME}`."""
        return {
            "type": "object",
            "properties": {"secret": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{0,63}$"}},
            "required": ["secret"],
            "additionalProperties": False,
        }

    def write(self, value: Secret) -> Plain:
        """Return `{secret: NAME}`."""
        return {"secret": value.name}


class UnitShape(TextShape):
    """A unit, in any spelling that the units library knows."""

    expected = "a unit"
    words = "unit"

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the unit as written, if it exists."""
        try:
            unit_of(text)
        except QuantityInvalid as error:
            reading.fail(error.code, at, error.what, hint=error.hint)
            return ""
        return text
