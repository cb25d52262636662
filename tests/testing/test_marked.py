"""Texts with places, and the plant that uses every key."""

import inspect
from collections.abc import Iterator

import msgspec
import pytest

from linewright.plant.language.load import load_text
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.markers import Element
from linewright.testing import every_key_text
from linewright.testing.mutating.marked import Marked, Role, role_of


def test_places_are_those_of_the_text() -> None:
    """The span of a key and of a value, in block and in flow, cut out exactly these."""
    text = "sites:\n  reno:\n    flow: [a, 'b c']\n    map: {x: 1}\nend: 2\n"
    source = Marked(text)
    cut = [
        (text[e.key[0] : e.key[1]], text[e.value[0] : e.value[1]], e.line, e.end_line)
        for e in source.entries
        if e.role != "item"
    ]
    inner = "flow: [a, 'b c']\n    map: {x: 1}"
    assert cut == [
        ("sites", f"reno:\n    {inner}", 1, 4),
        ("reno", inner, 2, 4),
        ("flow", "[a, 'b c']", 3, 3),
        ("map", "{x: 1}", 4, 4),
        ("x", "1", 4, 4),
        ("end", "2", 5, 5),
    ]


def test_a_dash_before_an_entry_is_seen() -> None:
    """The first key of a list's item stands behind the dash, the second does not."""
    source = Marked("a:\n  - b: 1\n    c: 2\n")
    behind = {entry.name: source.behind_dash(entry) for entry in source.entries}
    assert (behind["a"], behind["b"], behind["c"]) == (False, True, False)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("sites", "key"),
        ("sites.reno", "name"),
        ("sites.label", "name"),
        ("sites.reno.label.en", "language"),
        ("reasons.machine.jam", "name"),
        ("reasons.machine.jam.bucket", "key"),
        ("reasons.machine.jam.reasons.finer", "name"),
        ("setups.press.times.steel.brass", "name"),
        ("products.p.route.standard.steps", "key"),
        ("operations.label.label", "key"),
    ],
)
def test_keys_and_names_are_told_apart(path: str, role: Role) -> None:
    """A key is the language's own or a name, by what stands above it."""
    assert role_of(tuple(path.split("."))) == role


def _elements(value: object) -> Iterator[Element]:
    if isinstance(value, Element):
        yield value
        value = tuple(getattr(value, name) for name in value.__struct_fields__)
    for item in (
        value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    ):
        yield from _elements(item)


def _home(cls: type, name: str) -> tuple[str, str]:
    """Return the class that declares a field: what a parent has, one child need not show."""
    return next(k.__name__ for k in cls.__mro__ if name in inspect.get_annotations(k)), name


def test_every_key_is_used() -> None:
    """Each field of each class of the model has a value other than its default in the text."""
    plant = load_text(every_key_text())
    used: set[tuple[str, str]] = set()
    there: set[tuple[str, str]] = set()
    for element in (e for e in _elements(plant)):
        for field in msgspec.structs.fields(element):
            home = _home(type(element), field.name)
            there.add(home)
            if field.required or getattr(element, field.name) != field.default:
                used.add(home)
    assert there - used == set()
    assert {name for _, name in there} >= {field.name for field in msgspec.structs.fields(Plant)}
