"""The builder: plain Python data as nodes, and its tables."""

import datetime as dt

import pytest

from linewright.plant import PlantBuilder
from linewright.plant.language.builder import LEVELS, TABLES, to_nodes
from linewright.plant.language.shapes.compiler import plant_shape
from linewright.plant.language.syntax.nodes import Map, Scalar, Seq


def test_every_table_is_a_key_of_the_plant() -> None:
    """What can be added is what the language has, and nothing is left out."""
    keys = set(plant_shape().by_key)
    assert set(TABLES.values()) <= keys
    listed = {"linewright", "enterprise", "label", "languages", "currency", "standard_times"}
    assert keys - set(TABLES.values()) - {LEVELS["site"]} == listed


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (None, ""), (7, "7"), (0.1, "0.1"), (dt.date(2026, 5, 1), "2026-05-01")],
)
def test_a_value_stands_as_it_would_in_a_file(value: object, text: str) -> None:
    """Numbers, dates, yes and no and nothing become the text that a file would have."""
    node = to_nodes(value)
    assert isinstance(node, Scalar)
    assert node.text == text


def test_texts_are_never_taken_for_nothing() -> None:
    """A text like `null` is text, as in quotes; lists and maps keep their order."""
    node = to_nodes({"null": ["~", {"b": 1, "a": 2}]})
    assert isinstance(node, Map)
    listed = node.values[0]
    assert isinstance(listed, Seq)
    first, second = listed.items
    assert isinstance(first, Scalar)
    assert not first.empty
    assert isinstance(second, Map)
    assert [key.text for key in second.keys] == ["b", "a"]


def test_what_a_file_cannot_hold_is_refused() -> None:
    """Objects of other kinds are a mistake of the program."""
    with pytest.raises(TypeError, match="set"):
        PlantBuilder("acme", sites={1, 2}).done()
