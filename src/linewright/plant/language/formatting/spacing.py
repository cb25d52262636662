"""Where a plant file holds quantities, and the space between their numbers and units."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from linewright.plant.language.formatting.layout import lines_of
from linewright.plant.language.formatting.saying import Place
from linewright.plant.language.shapes.compiler import plant_shape
from linewright.plant.language.shapes.compounds import ListShape, MapShape, UnionShape
from linewright.plant.language.shapes.elements import ElementShape
from linewright.plant.language.shapes.grammars import GRAMMARS, GrammarInvalid
from linewright.plant.language.shapes.single import (
    BoundsShape,
    MoneyShape,
    QuantityShape,
    SiblingShape,
)
from linewright.plant.language.shapes.specials import AmountShape
from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq, parse
from linewright.plant.language.syntax.problems import Report, unpack
from linewright.plant.language.syntax.quantities import QuantityInvalid, split_quantity

__all__ = ["spacings", "with_spacings"]

_NUMBER_AND_UNIT = re.compile(
    r"(?<![\w.^])((?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t]*(?=[A-Za-z%°µμΩ])"
)
_QUANTITIES = (QuantityShape, SiblingShape, MoneyShape, AmountShape)

Found = Iterator[tuple[Scalar, Any]]


def spacings(text: str) -> Iterator[tuple[Place, str]]:
    """Yield place and right text of each quantity that has no, or too much, space before its unit.

    Which values are quantities is known from the language, so that a label, a
    node or a program's name that looks like one is left alone. Quantities in
    quotes or over several lines are left alone too.
    """
    root = parse(text.encode("utf-8", "surrogatepass"), 0, Report(["text"]))
    lines = [line for line, _ in lines_of(text)]
    for scalar, shape in _quantities(root, plant_shape()):
        right = _NUMBER_AND_UNIT.sub(r"\1 ", scalar.text)
        _, line, column = unpack(scalar.at)
        stands = lines[line - 1].startswith(scalar.text, column - 1)
        if right != scalar.text and scalar.plain and stands and _same(shape, scalar.text, right):
            yield (line - 1, column - 1), right


def with_spacings(text: str, edits: Mapping[Place, str]) -> str:
    """Return the text with the quantities at these places spaced as given."""
    lines = [list(pair) for pair in lines_of(text)]
    for (line, column), right in sorted(edits.items(), reverse=True):
        now = lines[line][0]
        # Spaces are all that differs, so the length of what is replaced follows from the letters.
        end = column
        for letter in right.replace(" ", ""):
            end = now.index(letter, end) + 1
        lines[line][0] = now[:column] + right + now[end:]
    return "".join(part for pair in lines for part in pair)


def _quantities(node: Node | None, shape: Any) -> Found:  # noqa: ANN401  # any shape
    """Yield every value below a node that the language reads as a quantity, with its shape."""
    if node is None:
        return
    if isinstance(shape, ElementShape):
        yield from _in_element(node, shape)
    elif isinstance(shape, UnionShape):
        yield from _quantities(node, shape.other)
    elif isinstance(shape, MapShape):
        yield from _in_map(node, shape)
    elif isinstance(shape, ListShape | BoundsShape):
        item = shape.item if isinstance(shape, ListShape) else shape.ends
        for entry in node.items if isinstance(node, Seq) else [node]:
            yield from _quantities(entry, item)
    elif isinstance(shape, _QUANTITIES) and isinstance(node, Scalar):
        yield node, shape


def _in_element(node: Node, shape: ElementShape) -> Found:
    if isinstance(node, Map):
        for key, value in zip(node.keys, node.values, strict=True):
            field = shape.by_key.get(key.text)
            if field is not None:
                yield from _quantities(value, field.shape)
    elif shape.short_key:
        yield from _quantities(node, shape.by_key[shape.short_key].shape)
    elif shape.cls.SHORT_GRAMMAR and isinstance(node, Scalar):
        yield node, shape.cls.SHORT_GRAMMAR


def _in_map(node: Node, shape: MapShape) -> Found:
    names = {key.text for key in node.keys} if isinstance(node, Map) else set()
    lone = shape.single_key in names or names <= set(getattr(shape.value, "by_key", ()))
    if shape.single_key and (lone or not isinstance(node, Map)):
        yield from _quantities(node, shape.value)
    elif isinstance(node, Map):
        for value in node.values:
            yield from _quantities(value, shape.value)


def _same(shape: Any, old: str, new: str) -> bool:  # noqa: ANN401  # any shape
    """Whether both texts are read alike; a text that is no quantity stays what it is."""
    try:
        if not isinstance(shape, str):
            return split_quantity(old) == split_quantity(new)
        parse_short = GRAMMARS[shape].parse
        one, two = parse_short(old), parse_short(new)
    except (QuantityInvalid, GrammarInvalid):
        return False
    return {key: "".join(text.split()) for key, text in one.items()} == {
        key: "".join(text.split()) for key, text in two.items()
    }
