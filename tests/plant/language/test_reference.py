"""The reference page says every key of the language."""

from pathlib import Path

from linewright.plant.language.reference import reference_page
from linewright.plant.language.schema import plant_schema
from linewright.plant.language.shapes.elements import ELEMENTS


def test_the_page_is_the_one_in_the_docs(checkout: Path) -> None:
    """`docs/plant-file.md` is what the annotations say today (`make docs` writes it)."""
    assert (checkout / "docs" / "plant-file.md").read_text(encoding="utf-8") == reference_page()


def test_every_key_has_a_meaning() -> None:
    """No key of any element is without a description."""
    plant_schema()
    bare = [
        f"{cls.__name__}.{field.key}"
        for cls, shape in ELEMENTS.items()
        for field in shape.fields
        if not field.doc
    ]
    assert bare == []
