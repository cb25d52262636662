"""From annotations to shapes: an element's keys, order, defaults and meaning."""

import datetime as dt
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from linewright.plant.language.shapes.compounds import ListShape, MapShape, UnionShape
from linewright.plant.language.shapes.elements import ELEMENTS, ElementShape, Field
from linewright.plant.language.shapes.single import (
    BoundsShape,
    ChoiceShape,
    DateShape,
    FlagShape,
    FormulaShape,
    MoneyShape,
    NameShape,
    NumberShape,
    QuantityShape,
    RefShape,
    SecretShape,
    Shape,
    SiblingShape,
    TextShape,
)
from linewright.plant.language.shapes.specials import SPECIALS
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.markers import (
    SUFFIXES,
    Bounds,
    Element,
    Formula,
    InUnitOf,
    Key,
    Name,
    Number,
    Per,
    Quantity,
    Ref,
    Secret,
    Special,
)
from linewright.plant.money import Money


def element_shape(cls: type[Element]) -> ElementShape:
    """Return the shape of an element class; compiled once."""
    shape = ELEMENTS.get(cls)
    if shape is None:
        shape = ELEMENTS[cls] = ElementShape(cls)
        shape.prepare(_fields(cls))
    return shape


def _fields(cls: type[Element]) -> tuple[Field, ...]:
    hints = get_type_hints(cls, include_extras=True)
    fields = []
    for info in msgspec.structs.fields(cls):
        shape, doc, key = _compile(hints[info.name])
        fields.append(
            Field(
                key=key or _key_of(info.name, hints[info.name]),
                attribute=info.name,
                shape=shape,
                required=info.required,
                default=None if info.required else info.default,
                doc=doc,
                whole=info.name in cls.VARIANT,
            )
        )
    return tuple(fields)


def _key_of(attribute: str, hint: Any) -> str:  # noqa: ANN401  # an annotation
    markers = _markers(hint)
    for marker in markers:
        if isinstance(marker, Quantity):
            return attribute.removesuffix(SUFFIXES[marker.unit])
        if isinstance(marker, Per) and marker.unit == "h":
            return attribute.removesuffix("_per_h")
        if isinstance(marker, Special) and marker.grammar == "time_of_day":
            return attribute.removesuffix("_s")
    return attribute


def _markers(hint: Any) -> list[Any]:  # noqa: ANN401  # an annotation
    """Return all markers of an annotation, of its parts of a union too."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return [*extras, *_markers(inner)]
    if get_origin(hint) in (Union, types.UnionType):
        return [marker for arg in get_args(hint) for marker in _markers(arg)]
    return []


def _compile(hint: Any) -> tuple[Any, str, str]:  # noqa: ANN401  # an annotation
    """Return shape, description and key override of a field's annotation."""
    own = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    doc = next((extra for extra in own if isinstance(extra, str)), "")
    key = next((extra.key for extra in own if isinstance(extra, Key)), "")
    return shape_of(hint), doc, key


_BY_MARKER: tuple[tuple[type, Callable[[Any, Any], Shape]], ...] = (
    (Special, lambda marker, _: SPECIALS[marker.grammar]),
    (Quantity, lambda marker, _: QuantityShape(marker)),
    (Ref, lambda marker, _: RefShape(marker.kind)),
    (Formula, lambda marker, _: FormulaShape(marker.over)),
    (Per, lambda marker, _: MoneyShape(marker.unit)),
    (
        InUnitOf,
        lambda marker, base: (
            BoundsShape(SiblingShape())
            if base is Bounds
            else SiblingShape(difference=marker.difference)
        ),
    ),
    (Name, lambda marker, _: TextShape() if marker.kind == "text" else NameShape(marker.kind)),
    (Number, lambda marker, base: NumberShape(marker, whole=base is int)),
)


def shape_of(hint: Any) -> Shape:  # noqa: ANN401  # an annotation
    """Return the shape of an annotation.

    Raises
    ------
    TypeError
        For an annotation that the plant language has no shape for: our mistake.
    """
    extras: list[Any] = []
    base = hint
    while True:
        if get_origin(base) is Annotated:
            base, *more = get_args(base)
            extras += more
        elif get_origin(base) in (Union, types.UnionType):
            rest = [arg for arg in get_args(base) if arg is not type(None)]
            if len(rest) > 1:
                others = [arg for arg in rest if arg is not bool]
                return UnionShape(shape_of(others[0]))
            base = rest[0]
        else:
            break
    for marker_type, make in _BY_MARKER:
        for extra in extras:
            if isinstance(extra, marker_type):
                return make(extra, base)
    return _shape_of_type(base)


_PLAIN_TYPES: dict[Any, Callable[[], Shape]] = {
    bool: FlagShape,
    dt.date: DateShape,
    Secret: SecretShape,
    str: lambda: NameShape("id"),
    Money: lambda: MoneyShape(""),
}


def _shape_of_type(base: Any) -> Shape:  # noqa: ANN401  # an annotation
    origin = get_origin(base)
    if origin is Literal:
        return ChoiceShape(get_args(base))
    if origin is tuple:
        return ListShape(shape_of(get_args(base)[0]))
    if origin in (Mapping, dict):
        key, value = get_args(base)
        return MapShape(shape_of(key), shape_of(value))
    if base in _PLAIN_TYPES:
        return _PLAIN_TYPES[base]()
    if isinstance(base, type) and issubclass(base, Element):
        return element_shape(base)
    raise TypeError(f"no shape for {base!r}")


@cache
def plant_shape() -> ElementShape:
    """Return the shape of the whole plant; everything below it is compiled with it."""
    return element_shape(Plant)
