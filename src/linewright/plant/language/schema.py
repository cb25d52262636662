"""JSON Schema of the plant language, made from the same annotations that the reader uses."""

from typing import Any

from linewright.plant.language.shapes.compiler import element_shape, plant_shape
from linewright.plant.language.shapes.elements import ELEMENTS, ElementShape
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.markers import Element

SCHEMA_ID = "https://linewright.dev/schema/plant-1.json"
"""Identifier of the published schema; a name, nothing is fetched from it."""


def plant_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plant file, for editors and CI.

    It knows keys, kinds, units' form and choices; what only the whole plant
    can tell (references, routes, circles) is for `check`.

    Examples
    --------
    >>> sorted(plant_schema()["$defs"]["Site"]["required"])
    ['currency', 'timezone']
    """
    plant_shape()
    return schema_of(Plant, SCHEMA_ID, "Linewright plant file")


def schema_of(cls: type[Element], identifier: str, title: str) -> dict[str, Any]:
    """Return the JSON Schema of a file that holds one element of a class.

    Parameters
    ----------
    cls
        The element that the file holds.
    identifier, title
        The schema's `$id` and title.

    Examples
    --------
    >>> schema_of(Plant, "urn:x", "Plant")["title"]
    'Plant'
    """
    root = element_shape(cls)
    definitions: dict[str, Any] = {}
    waiting: list[ElementShape] = [root]
    shapes = {shape.cls.__name__: shape for shape in ELEMENTS.values()}
    while waiting:
        shape = waiting.pop()
        name = shape.cls.__name__
        if name in definitions:
            continue
        definitions[name] = shape.definition()
        waiting += [shapes[found] for found in _references(definitions[name]) if found in shapes]
    for name in _below("StationType", definitions) | _below("Station", definitions):
        # A station may say only what it changes of its types.
        for form in (definitions[name], *definitions[name].get("anyOf", ())):
            form.pop("required", None)
            form.pop("oneOf", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "title": title,
        "$ref": f"#/$defs/{cls.__name__}",
        "$defs": dict(sorted(definitions.items())),
    }


def _below(name: str, definitions: dict[str, Any]) -> set[str]:
    """Return a definition and all that it refers to, near and far."""
    found: set[str] = set()
    waiting = [name] if name in definitions else []
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _references(definitions[one])
    return found


def _references(schema: Any) -> set[str]:  # noqa: ANN401  # a part of a schema
    if isinstance(schema, dict):
        found = {str(schema["$ref"]).rpartition("/")[2]} if "$ref" in schema else set()
        return found.union(*(_references(value) for value in schema.values()))
    if isinstance(schema, list):
        return set[str]().union(*(_references(value) for value in schema))
    return set()
