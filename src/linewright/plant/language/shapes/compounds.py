"""Shapes of lists, maps and unions: what holds several values."""

from collections.abc import Mapping
from typing import Any

from linewright.plant.frozen import EMPTY, FrozenMap
from linewright.plant.language.shapes.single import FlagShape, Plain, Shape, kind_of, shown
from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq
from linewright.plant.language.syntax.reading import Reading

COMMA_HINT = "was that a decimal comma? decimals have a point: 1.5"

ENTRIES_MAX = 200_000
"""Most entries of one map or list."""


class ListShape:
    """A list; a lone value is a list of one."""

    def __init__(self, item: Shape) -> None:
        self.item = item

    def stand_in(self) -> tuple[Any, ...]:
        """Return an empty list."""
        return ()

    def read(self, node: Node, reading: Reading) -> tuple[Any, ...]:
        """Return the items as a tuple."""
        if not isinstance(node, Seq):
            if isinstance(node, Map) and not getattr(self.item, "takes_maps", False):
                reading.fail("wrong-kind", node.at, "a map stands where a list is expected")
                return ()
            return (self.item.read(node, reading),)
        if len(node.items) > ENTRIES_MAX:
            message = f"the list has {len(node.items):,} entries, at most {ENTRIES_MAX:,}"
            reading.fail("out-of-range", node.at, message)
        items = []
        for index, item in enumerate(node.items[:ENTRIES_MAX]):
            reading.path.append(str(index))
            items.append(self.item.read(item, reading))
            reading.path.pop()
        return tuple(items)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a list, or a lone item."""
        item = self.item.schema()
        return {"anyOf": [{"type": "array", "items": item}, item]}

    def write(self, value: tuple[Any, ...]) -> Plain:
        """Return the items as a list."""
        return [self.item.write(item) for item in value]


class MapShape:
    """A map from names to values of one shape."""

    def __init__(self, key: Shape, value: Any) -> None:  # noqa: ANN401  # a shape
        self.key = key
        self.value = value
        single: tuple[str, str] = getattr(value, "single", ("", ""))
        self.single_key, self.single_name = single

    def stand_in(self) -> FrozenMap[str, Any]:
        """Return an empty map."""
        return EMPTY

    def read(self, node: Node, reading: Reading) -> FrozenMap[str, Any]:
        """Return the entries in the order of the file."""
        if self._is_single(node):
            reading.path.append(self.single_name)
            value = self.value.read(node, reading)
            reading.path.pop()
            return FrozenMap({self.single_name: value})
        if not isinstance(node, Map):
            reading.fail(
                "wrong-kind", node.at, f"{kind_of(node)} stands where a map of names is expected"
            )
            return EMPTY
        entries = {}
        read_key, read_value, path = self.key.read, self.value.read, reading.path
        for key, value in zip(node.keys, node.values, strict=True):
            if value.__class__ is Scalar and value.empty:
                self._empty(key, reading)
                continue
            path.append(key.text)
            name = read_key(key, reading)
            entries[name] = read_value(value, reading)
            path.pop()
        return FrozenMap(entries)

    def _empty(self, key: Scalar, reading: Reading) -> None:
        if key.text == "<<":
            refuse_merge(key, reading)
        hint = "put a space after the colon" if ":" in key.text else ""
        hint = COMMA_HINT if key.text[:1].isdigit() else hint
        reading.fail("value-empty", key.at, f"{shown(key.text)} has no value", hint=hint)

    def _is_single(self, node: Node) -> bool:
        if not self.single_key:
            return False
        if isinstance(node, Map):
            names = [key.text for key in node.keys]
            return self.single_key in names or (
                bool(names)
                and all(name in self.value.by_key for name in names)
                and not any(isinstance(value, Map) for value in node.values)
            )
        return isinstance(node, Seq)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: an object of such values, or a lone one."""
        value = self.value.schema()
        entry = {"anyOf": [value, {"type": "null"}]}
        names: dict[str, Any] = {"type": "object", "additionalProperties": entry}
        pattern = self.key.schema().get("pattern")
        if pattern:
            names["propertyNames"] = {"pattern": pattern}
        return {"anyOf": [names, value]} if self.single_key else names

    def write(self, value: Mapping[str, Any]) -> Plain:
        """Return the entries; a lone one under its usual name is written short."""
        if self.single_key and list(value) == [self.single_name]:
            short = self.value.write(value[self.single_name])
            if isinstance(short, list) or self.single_key in short:
                return short
        return {name: self.value.write(item) for name, item in value.items()}


class UnionShape:
    """True or false, or something else."""

    def __init__(self, other: Shape) -> None:
        self.flag = FlagShape()
        self.other = other

    def read(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401  # a flag or the other
        """Return the flag if it is one, else the other value."""
        if isinstance(node, Scalar) and node.text.casefold() in ("true", "false", "yes", "no"):
            return self.flag.read(node, reading)
        return self.other.read(node, reading)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of either."""
        return {"anyOf": [self.flag.schema(), self.other.schema()]}

    def write(self, value: Any) -> Plain:  # noqa: ANN401  # a flag or the other
        """Return either."""
        return value if isinstance(value, bool) else self.other.write(value)


def refuse_merge(key: Scalar, reading: Reading) -> None:
    """Note that YAML's merge key stands here, and what to write instead."""
    reading.fail(
        "yaml-feature",
        key.at,
        "the YAML merge key `<<` is not used here",
        hint="write `types:` and `use:` instead",
    )
