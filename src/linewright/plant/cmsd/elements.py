"""CMSD elements: how they are made, what they refer to, and properties of our own.

CMSD has a place for what it does not name: a `Property` with a name and a value. What a plant says
beyond CMSD stands in properties whose name begins with `linewright:`; their value is JSON in the
words of the plant file. Nobody else reads them, and nobody else is disturbed.
"""

from typing import Any

import msgspec

from linewright.plant.markup import MarkupInvalid, Node

__all__ = ["OWN", "CmsdInvalid", "Notes", "own", "owned", "prop", "properties", "reference", "tag"]

OWN = "linewright:"
"""Begins the name of a property that only we read."""

NOTES_MAX = 500
"""Most notes of one file."""


class CmsdInvalid(MarkupInvalid):
    """A file that cannot be made a plant, or a plant that cannot be made a file.

    Parameters
    ----------
    where
        Element or address.
    what
        What is wrong there.
    do
        What helps.
    """


class Notes:
    """What could not be carried over: each thing once, with the places it was found at."""

    PLACES_SHOWN = 3

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def add(self, what: str, where: str = "") -> None:
        """Note something, at a place."""
        if what in self._found or len(self._found) < NOTES_MAX:
            places = self._found.setdefault(what, [])
            if where and where not in places:
                places.append(where)

    def told(self) -> tuple[str, ...]:
        """Return the notes as texts, in the order in which they came up."""
        return tuple(_told(what, places) for what, places in self._found.items())


def _told(what: str, places: list[str]) -> str:
    if not places:
        return what
    shown = ", ".join(places[: Notes.PLACES_SHOWN])
    more = len(places) - Notes.PLACES_SHOWN
    return f"{what}: {shown}" + (f" and {more} more" if more > 0 else "")


def tag(name: str, *children: Node | None, text: str = "") -> Node:
    """Return an element; children that are None are left out."""
    kept = [child for child in children if child is not None]
    return Node(name=name, attributes={}, children=kept, text=text)


def said(name: str, value: object) -> Node | None:
    """Return an element with a text; None where there is nothing to say."""
    return None if value is None or value == "" else tag(name, text=str(value))


def reference(name: str, kind: str, identifier: str) -> Node:
    """Return an element that refers to an entity of a kind by its identifier."""
    return tag(name, tag(f"{kind}Identifier", text=identifier))


def prop(name: str, value: object) -> Node:
    """Return a property with a plain value."""
    return tag("Property", tag("Name", text=name), tag("Value", text=str(value)))


def own(key: str, plain: object) -> Node | None:
    """Return a property of our own; None where there is nothing to say."""
    if plain is None or plain in ({}, [], (), ""):
        return None
    return prop(OWN + key, msgspec.json.encode(plain).decode())


def properties(node: Node) -> list[Node]:
    """Return the properties of an entity; `Property1`, which is in use, is one too."""
    return [child for child in node.children if child.name.rstrip("0123456789") == "Property"]


def owned(node: Node, notes: Notes) -> dict[str, Any]:
    """Return what our own properties of an entity say, by key."""
    found: dict[str, Any] = {}
    for each in properties(node):
        name = each.say("Name")
        if name.startswith(OWN):
            try:
                found[name.removeprefix(OWN)] = msgspec.json.decode(each.say("Value"))
            except msgspec.DecodeError:
                notes.add("a property of our own that is no JSON is left out", name)
    return found


def refused(error: MarkupInvalid) -> CmsdInvalid:
    """Return what is wrong with XML as an error of this room."""
    return CmsdInvalid(error.where, error.what, error.do)
