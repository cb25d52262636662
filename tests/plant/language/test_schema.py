"""The JSON Schema of the language."""

from pathlib import Path

import jsonschema
import pytest

from linewright.plant.language.schema import plant_schema
from tools.pages import as_file

SCHEMA = plant_schema()
BASE = {"linewright": 1, "enterprise": "acme"}
SITE = {"timezone": "UTC", "currency": "USD"}


def test_the_published_schema_is_that_of_the_code(checkout: Path) -> None:
    """`docs/schema/plant-1.json` is what the annotations say today (`make docs` writes it)."""
    path = checkout / "docs" / "schema" / "plant-1.json"
    assert path.read_text(encoding="utf-8") == as_file(SCHEMA)


@pytest.mark.parametrize(
    "plant",
    [
        {"sites": {"reno": {**SITE, "timezoone": "UTC"}}},
        {"sites": {"reno": {"currency": "USD"}}},
        {"sites": {"reno": {**SITE, "currency": "dollars"}}},
        {"sites": {"Reno Plant": SITE}},
        {"sites": {"reno": SITE}, "products": {"p": {"bom": {"x": {"amout": 3}}}}},
        {"sites": {"reno": {**SITE, "crews": {"repair": {"people": "two"}}}}},
    ],
)
def test_an_editor_sees_these_mistakes(plant: dict[str, object]) -> None:
    """Keys, choices, names and kinds are checked while one types."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert not validator.is_valid({**BASE, **plant})
    assert validator.is_valid({**BASE, "sites": {"reno": SITE}})


def test_every_key_has_a_text_to_hover_over() -> None:
    """Each property of each definition says what it means."""
    bare = [
        f"{name}.{key}"
        for name, definition in SCHEMA["$defs"].items()
        for form in (definition, *definition.get("anyOf", ()))
        for key, prop in form.get("properties", {}).items()
        if "description" not in prop
    ]
    assert bare == []
