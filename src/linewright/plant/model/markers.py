"""What a field's annotation says beyond its Python type.

A field of the plant model is written once, as
`Annotated[type, marker, "what it means"]`; the reader, the writer, the JSON
Schema and the reference page all follow from that one line. A quantity is a
plain number here, with its unit at the end of the attribute's name; in the
plant file the key has no suffix and the value carries the unit.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeVar

import msgspec

from linewright.plant.frozen import FrozenMap

K = TypeVar("K")
V = TypeVar("V")

SUFFIXES: dict[str, str] = {
    "s": "_s",
    "h": "_h",
    "m": "_m",
    "kg": "_kg",
    "kW": "_kw",
    "kWh": "_kwh",
    "m/s": "_m_per_s",
    "km": "_km",
    "m^2": "_m2",
    "degC": "_degc",
    "1": "_share",
    "%": "_percent",
    "1/min": "_per_min",
    "kg/kWh": "_kg_per_kwh",
}
"""The end of an attribute's name for each unit in which the model stores."""


class Element(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of everything in the plant model: frozen, compared by value.

    Built from the leaves up, so it holds no cycle and needs no garbage collector.

    Class attributes tell the language how the element may be written short:
    `SHORT` names the field that a lone scalar fills, `SHORT_LIST` the one that
    a lone list fills, `SHORT_GRAMMAR` the grammar for a lone text,
    `VARIANT` the pair of fields that one of several keys fills, and `SINGLE`
    a key that marks a lone entry where a map of named ones is expected,
    with the name that the lone entry gets.
    """

    SHORT: ClassVar[str] = ""
    SHORT_LIST: ClassVar[tuple[str, ...]] = ()
    SHORT_GRAMMAR: ClassVar[str] = ""
    VARIANT: ClassVar[tuple[str, str]] = ("", "")
    SINGLE: ClassVar[tuple[str, str]] = ("", "")


class Quantity:
    """A number with a unit: stored as a float in `unit`, within [low, high].

    `above` is an open lower bound: the value must be greater.
    """

    __slots__ = ("above", "high", "low", "unit")

    def __init__(
        self,
        unit: str,
        *,
        low: float | None = 0.0,
        high: float | None = None,
        above: float | None = None,
    ) -> None:
        self.unit = unit
        self.low = low
        self.high = high
        self.above = above


class Number(msgspec.Struct, frozen=True):
    """A plain number within [low, high]."""

    low: float | None = None
    high: float | None = None


class InUnitOf(msgspec.Struct, frozen=True):
    """A number in the unit that the sibling field `field` names.

    A bare number is taken in that unit; one with another unit of the same
    dimension is converted. A `difference` is never negative and has no offset.
    """

    field: str
    difference: bool = False


class Name(msgspec.Struct, frozen=True):
    """A name: `address` names become part of addresses, `id` names do not."""

    kind: str = "id"


class Ref(msgspec.Struct, frozen=True):
    """The name of another element of the given kind, which must exist."""

    kind: str


class Formula(msgspec.Struct, frozen=True):
    """A small total expression, over tags of the station or options of the product."""

    over: str


class Per(msgspec.Struct, frozen=True):
    """Money per this unit; empty: an amount of money."""

    unit: str = ""


class Key(msgspec.Struct, frozen=True):
    """The key in the plant file, where it is not the attribute's name without its unit."""

    key: str


class Special(msgspec.Struct, frozen=True):
    """A form of its own, read and written by the named grammar."""

    grammar: str


class Secret(msgspec.Struct, frozen=True):
    """The name under which a credential is kept outside the plant file."""

    name: str


class Bounds(msgspec.Struct, frozen=True):
    """A closed range, low to high, in the unit of its owner."""

    low: float
    high: float


Label = FrozenMap[str, str]
"""Text per language; the key "" is text that holds for every language."""

Seconds = Annotated[float, Quantity("s")]
Positive = Annotated[float, Quantity("s", above=0.0)]
Share = Annotated[float, Quantity("1", high=1.0)]
Count = Annotated[int, Number(low=0)]
CountFrom1 = Annotated[int, Number(low=1)]
Text = Annotated[str, Name("text")]
LabelText = Annotated[Label, Special("label")]


def label_in(label: Mapping[str, str], language: str, fallback: str = "") -> str:
    """Return the label's text in a language, else the common text, else any, else fallback.

    Parameters
    ----------
    label
        Texts by language; the key "" is for all.
    language
        For example `es-MX`; a text for `es` will do.
    fallback
        What an empty label gives.

    Examples
    --------
    >>> label_in(FrozenMap({"en": "Saw", "es": "Sierra"}), "es")
    'Sierra'
    """
    for key in (language, language.partition("-")[0], "", "en"):
        if key in label:
            return label[key]
    return next(iter(label.values()), fallback)
