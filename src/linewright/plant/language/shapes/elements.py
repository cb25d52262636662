"""The shape of an element: its keys, its short forms, its variants.

A misspelled key is reported and then read as the nearest right one, so that
one slip does not hide or cause other reports.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from linewright.plant.language.shapes.compounds import COMMA_HINT, refuse_merge
from linewright.plant.language.shapes.grammars import GRAMMARS, GrammarInvalid
from linewright.plant.language.shapes.single import (
    BoundsShape,
    ChoiceShape,
    MoneyShape,
    NumberShape,
    Plain,
    Shape,
    SiblingShape,
    TextShape,
    kind_of,
    shown,
)
from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq
from linewright.plant.language.syntax.problems import did_you_mean, nearest
from linewright.plant.language.syntax.reading import Reading
from linewright.plant.model.markers import Element

SHOWN_KEYS = 12
"""How many possible keys a message lists."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One key of an element."""

    key: str
    attribute: str
    shape: Any
    required: bool
    default: Any
    doc: str
    whole: bool = False
    """Whether the key is read by the variant rule instead of by its own name."""


Finish = Callable[[dict[str, Any], Map, Reading], None]
Unfinish = Callable[[Any, dict[str, Any]], None]

FINISH: dict[type[Element], tuple[Finish, Unfinish]] = {}
"""Elements whose keys depend on each other: what completes a reading, and what undoes it."""


class ElementShape:
    """An element: its keys and its short forms."""

    takes_maps = True

    def __init__(self, cls: type[Element]) -> None:
        self.cls = cls
        self.single = cls.SINGLE
        self.fields: tuple[Field, ...] = ()
        self.by_key: dict[str, Field] = {}
        self.variants: tuple[str, ...] = ()
        self.has_unit = False
        self.variant_needed = False
        self.source_shape: Shape = TextShape()
        self.short_key = ""

    def prepare(self, fields: tuple[Field, ...]) -> None:
        """Take the fields; apart from making, so that elements may hold themselves."""
        variant, source = self.cls.VARIANT
        self.fields = fields
        keyed = [field for field in fields if not field.whole]
        self.by_key = {field.key: field for field in keyed}
        assert len(self.by_key) == len(keyed), f"two fields of {self.cls.__name__} have one key"
        self.has_unit = "unit" in self.by_key
        short = self.cls.SHORT or "".join(self.cls.SHORT_LIST)
        for field in fields:
            if field.attribute == variant:
                self.variants = field.shape.choices
                self.variant_needed = field.required
            elif field.attribute == source:
                self.source_shape = field.shape
            if field.attribute == short:
                self.short_key = field.key

    @property
    def spoken(self) -> str:
        """The element's name as people say it: `station type`."""
        return re.sub(r"(?<!^)(?=[A-Z])", " ", self.cls.__name__).lower()

    def stand_in(self) -> Element:
        """Return an element with stand-ins for all that is required."""
        return self._make({})

    def _make(self, values: dict[str, Any]) -> Element:
        for field in self.fields:
            if field.required and field.attribute not in values:
                values[field.attribute] = stand_in_of(field.shape)
        return self.cls(**values)

    def read(self, node: Node, reading: Reading) -> Element:
        """Return the element, from its map or from a short form."""
        if not isinstance(node, Map):
            return self._read_short(node, reading)
        if self.cls.SHORT_GRAMMAR and node.key(self.cls.SHORT_GRAMMAR) is not None:
            node = self._spread(node, reading)
        values: dict[str, Any] = {}
        outer = reading.unit
        if self.has_unit:
            self._read_unit(node, values, reading)
        by_key, path, report = self.by_key, reading.path, reading.report
        unknown: list[tuple[Scalar, Node]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            field = by_key.get(key.text)
            if field is None:
                unknown.append((key, value))
                continue
            if (value.__class__ is Scalar and value.empty) or field.attribute in values:
                continue
            path.append(key.text)
            noted = report.noted
            found = field.shape.read(value, reading)
            if report.noted == noted or field.required or not self._left_out(field):
                values[field.attribute] = found  # else left out: a stand-in would mislead the rules
            path.pop()
        self._finish(node, values, unknown, reading)
        reading.unit = outer
        return self._make(values)

    def _left_out(self, field: Field) -> bool:
        """Whether a wrong optional value is better left out than stood in for."""
        single = isinstance(field.shape, ChoiceShape | BoundsShape | SiblingShape | NumberShape)
        return single and self.cls not in FINISH

    def _read_unit(self, node: Map, values: dict[str, Any], reading: Reading) -> None:
        reading.unit = None
        unit = node.get("unit")
        if unit is not None and not (isinstance(unit, Scalar) and unit.empty):
            reading.path.append("unit")
            values["unit"] = self.by_key["unit"].shape.read(unit, reading)
            reading.path.pop()
            reading.unit = values["unit"]

    def _finish(
        self,
        node: Map,
        values: dict[str, Any],
        unknown: list[tuple[Scalar, Node]],
        reading: Reading,
    ) -> None:
        if self.variants:
            unknown = self._read_variant(node, values, unknown, reading)
        for key, value in unknown:
            self._unknown(node, key, value, (values, reading))
        finish = FINISH.get(self.cls)
        if finish is not None:
            finish[0](values, node, reading)
        for field in self.fields:
            if field.required and field.attribute not in values and not field.whole:
                stands = node.key(field.key)
                if stands is not None:
                    reading.fail("value-empty", stands.at, f"`{field.key}` has no value", field.doc)
                else:
                    reading.fail("key-missing", node.at, f"`{field.key}` is missing", field.doc)

    def _read_variant(
        self,
        node: Map,
        values: dict[str, Any],
        unknown: list[tuple[Scalar, Node]],
        reading: Reading,
    ) -> list[tuple[Scalar, Node]]:
        variant, source = self.cls.VARIANT
        rest = []
        for key, value in unknown:
            if key.text not in self.variants:
                rest.append((key, value))
            elif variant in values:
                reading.fail(
                    "keys-exclusive",
                    key.at,
                    f"`{values[variant]}` and `{key.text}` cannot both stand here",
                    hint="keep one of them",
                )
            else:
                values[variant] = key.text
                reading.path.append(key.text)
                values[source] = self.source_shape.read(value, reading)
                reading.path.pop()
                if key.text == "gateway":
                    reading.refer("gateway", str(values[source]), value.at)
        if variant not in values:
            found = self._near_variant(rest, values, reading)
            if self.variant_needed and not found:
                choices = ", ".join(self.variants)
                reading.fail("key-missing", node.at, f"one of {choices} is missing")
        return rest

    def _near_variant(
        self, rest: list[tuple[Scalar, Node]], values: dict[str, Any], reading: Reading
    ) -> bool:
        variant, source = self.cls.VARIANT
        for index, (key, value) in enumerate(rest):
            near = nearest(key.text, self.variants)
            if near and key.text not in self.by_key and not nearest(key.text, self.by_key):
                hint = f"did you mean `{near}`?"
                reading.fail("key-unknown", key.at, f"there is no key {shown(key.text)}", hint=hint)
                values[variant] = near
                values[source] = self.source_shape.read(value, reading)
                del rest[index]
                return True
        return False

    def _unknown(
        self, node: Map, key: Scalar, value: Node, out: tuple[dict[str, Any], Reading]
    ) -> None:
        values, reading = out
        if key.text == "<<":
            refuse_merge(key, reading)
            return
        if reading.report.full:
            reading.fail("key-unknown", key.at, f"there is no key {shown(key.text)} here")
            return
        present = {mine.text for mine in node.keys}
        near = nearest(key.text, (name for name in self.by_key if name not in present))
        hint = f"did you mean `{near}`?" if near else self._where_else(key.text)
        reading.fail("key-unknown", key.at, f"there is no key {shown(key.text)} here", hint=hint)
        if near and not (isinstance(value, Scalar) and value.empty):
            node.keys[node.keys.index(key)] = Scalar(
                near, key.at
            )  # rules find it by its right name
            field = self.by_key[near]
            reading.path.append(near)
            values[field.attribute] = field.shape.read(value, reading)
            reading.path.pop()

    def _where_else(self, key: str) -> str:
        if key[:1].isdigit():
            return COMMA_HINT
        homes = [
            shape.spoken
            for shape in ELEMENTS.values()
            if key in shape.by_key or key in shape.variants
        ]
        if homes:
            return f"`{key}` is a key of a {', a '.join(sorted(homes)[:3])}"
        return did_you_mean(key, [*self.by_key, *self.variants]) or (
            "possible here: " + ", ".join([*self.by_key, *self.variants][:SHOWN_KEYS])
        )

    def _read_short(self, node: Node, reading: Reading) -> Element:
        cls = self.cls
        if isinstance(node, Seq) and cls.SHORT_LIST:
            return self._read_as(self.short_key, node, reading)
        if isinstance(node, Scalar) and not node.empty:
            if cls.SHORT:
                return self._read_as(self.short_key, node, reading)
            if cls.SHORT_GRAMMAR:
                return self._read_grammar(node, reading)
        reading.fail(
            "wrong-kind",
            node.at,
            f"{kind_of(node)} stands where a map is expected",
            hint="possible keys: " + ", ".join([*self.by_key, *self.variants][:SHOWN_KEYS]),
        )
        return self.stand_in()

    def _read_as(self, key: str, node: Node, reading: Reading) -> Element:
        field = self.by_key[key]
        reading.path.append(key)
        values = {field.attribute: field.shape.read(node, reading)}
        reading.path.pop()
        for other in self.fields:
            if other.required and other is not field:
                reading.fail("key-missing", node.at, f"`{other.key}` is missing", hint=other.doc)
        return self._make(values)

    def _spread(self, node: Map, reading: Reading) -> Map:
        """Return the map with its short form, given under the grammar's name, written out."""
        name = self.cls.SHORT_GRAMMAR
        text = node.get(name)
        keep = [index for index, key in enumerate(node.keys) if key.text != name]
        keys, values = [node.keys[i] for i in keep], [node.values[i] for i in keep]
        if not isinstance(text, Scalar):
            reading.fail(
                "wrong-kind", node.at, f"`{name}` is one text, for example {self._example()}"
            )
            return Map(keys, values, node.at)
        try:
            parts = GRAMMARS[name].parse(text.text)
        except GrammarInvalid as error:
            reading.fail(error.code, text.at, error.what, hint=error.hint)
            return Map(keys, values, node.at)
        for key in keys:
            if key.text in parts:
                message = f"`{key.text}` stands here and in `{name}`"
                reading.fail("keys-exclusive", key.at, message, hint="keep one of them")
                del parts[key.text]
        keys += [Scalar(key, text.at) for key in parts]
        return Map(keys, [*values, *(Scalar(part, text.at) for part in parts.values())], node.at)

    def _example(self) -> str:
        return f"`{GRAMMARS[self.cls.SHORT_GRAMMAR].schema['examples'][0]}`"

    def _read_grammar(self, node: Scalar, reading: Reading) -> Element:
        grammar = GRAMMARS[self.cls.SHORT_GRAMMAR]
        try:
            parts = grammar.parse(node.text)
        except GrammarInvalid as error:
            reading.fail(error.code, node.at, error.what, hint=error.hint)
            return self.stand_in()
        keys = [Scalar(key, node.at) for key in parts]
        return self.read(
            Map(keys, [Scalar(text, node.at) for text in parts.values()], node.at), reading
        )

    def schema(self) -> dict[str, Any]:
        """Return a reference; the definition is made once by `definition`."""
        return {"$ref": f"#/$defs/{self.cls.__name__}"}

    def definition(self) -> dict[str, Any]:
        """Return the JSON Schema of the element's map and of its short forms."""
        properties: dict[str, Any] = {}
        for field in self.fields:
            if not field.whole:
                properties[field.key] = {
                    **_nullable(field.shape.schema()),
                    "description": field.doc,
                }
        if self.cls.SHORT_GRAMMAR:
            properties[self.cls.SHORT_GRAMMAR] = {
                **GRAMMARS[self.cls.SHORT_GRAMMAR].schema,
                "description": "the short form, beside other keys",
            }
        for name in self.variants:
            by_name = _nullable(self.source_shape.schema())
            properties[name] = {**by_name, "description": f"by {name}"}
        schema: dict[str, Any] = {
            "type": "object",
            "description": (self.cls.__doc__ or "").split("\n")[0],
            "properties": properties,
            "additionalProperties": False,
        }
        required = [field.key for field in self.fields if field.required and not field.whole]
        if required:
            schema["required"] = required
        if self.variant_needed:
            schema["oneOf"] = [{"required": [name]} for name in self.variants]
        return self._with_short(schema)

    def _with_short(self, schema: dict[str, Any]) -> dict[str, Any]:
        cls = self.cls
        if cls.SHORT:
            short = self.by_key[self.short_key].shape.schema()
        elif cls.SHORT_GRAMMAR:
            short = GRAMMARS[cls.SHORT_GRAMMAR].schema
        elif cls.SHORT_LIST:
            short = self.by_key[self.short_key].shape.schema()
        else:
            return schema
        return {"anyOf": [short, schema]}

    def write(self, value: Element) -> Plain:
        """Return the element as plain data, without defaults, short where possible."""
        plain: dict[str, Any] = {}
        variant, source = self.cls.VARIANT
        for field in self.fields:
            item = getattr(value, field.attribute)
            if field.attribute == variant and item is not None:
                plain[item] = getattr(value, source)
            elif not field.whole and (field.required or item != field.default):
                plain[field.key] = self._write_field(field, item, value)
        finish = FINISH.get(self.cls)
        if finish is not None:
            finish[1](value, plain)
        return self._write_short(plain)

    def _write_field(self, field: Field, item: Any, owner: Element) -> Plain:  # noqa: ANN401  # any
        plain = field.shape.write(item) if item is not None else None
        if isinstance(field.shape, MoneyShape) and field.shape.per == "=unit":
            unit = getattr(owner, "unit", "")
            return f"{plain}/{unit}" if unit and plain is not None else plain
        return plain

    def _write_short(self, plain: dict[str, Any]) -> Plain:
        cls = self.cls
        if cls.SHORT and list(plain) == [self.short_key]:
            lone = next(iter(plain.values()))
            return lone if not isinstance(lone, dict) else plain
        if cls.SHORT_LIST and list(plain) == [self.short_key]:
            return plain[self.short_key]
        if cls.SHORT_GRAMMAR:
            return GRAMMARS[cls.SHORT_GRAMMAR].write(plain)
        return plain


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def stand_in_of(shape: Shape) -> Any:  # noqa: ANN401  # values of any shape
    """Return a value of the shape to go on with after a problem."""
    make = getattr(shape, "stand_in", None)
    return make() if make is not None else ""


ELEMENTS: dict[type[Element], ElementShape] = {}
"""The shapes of all elements compiled so far."""
