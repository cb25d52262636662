"""A CMSD file as it was read: its entities by kind and identifier, and our names for them."""

import re
from typing import Any

from linewright.plant.address import suggest_name
from linewright.plant.cmsd.calendars import Calendars
from linewright.plant.cmsd.elements import CmsdInvalid, Notes, properties, refused
from linewright.plant.cmsd.times import UNITS_S, real
from linewright.plant.markup import MarkupInvalid, Node, read_nodes

__all__ = ["Scene", "identified", "key_of", "scene_of"]

BYTES_MAX = 64 * 1024 * 1024
"""Largest file."""

KINDS = {
    "machine": "station",
    "station": "station",
    "manualstation": "station",
    "assembly": "station",
    "dismantle": "station",
    "employee": "people",
    "tool": "tool",
    "fixture": "fixture",
    "transporter": "transport",
    "crane": "transport",
    "transport": "transport",
    "queue": "queue",
    "buffer": "queue",
    "conveyor": "queue",
    "source": "source",
    "exit": "exit",
    "sink": "exit",
    "supplier": "supplier",
    "line": "group",
    "workcentre": "group",
}
"""What a resource is, by its class or else its type, written small and in one word."""

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
CAPACITY = ("capacity", "numberofplaces")


class Scene:
    """The entities of a file.

    Parameters
    ----------
    header, data
        The two sections.
    notes
        Gets what cannot be carried over.
    """

    def __init__(self, header: Node | None, data: Node, notes: Notes) -> None:
        self.notes = notes
        self.all: dict[str, list[Node]] = {}
        for node in data.children:
            self.all.setdefault(node.name, []).append(node)
        self.resources = self._by_identifier("Resource")
        self.classes = self._by_identifier("ResourceClass")
        self.distributions = self._by_identifier("DistributionDefinition")
        units = header.all("UnitDefaults") if header is not None else []
        unit = units[0].say("TimeUnit") if units else ""
        self.unit = unit if unit.lower().removesuffix("s") in UNITS_S else ""
        self.places: dict[str, int] = {}
        self.currency = units[0].say("CurrencyUnit") if units else ""
        self.document = header.say("DocumentIdentifier") if header is not None else ""
        self.calendars = Calendars(self.all.get("Calendar", []), self.unit, notes)

    def _by_identifier(self, name: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for node in self.all.get(name, []):
            identifier = node.say("Identifier")
            if not identifier:
                raise CmsdInvalid(name, "it has no identifier", "give each its own")
            if identifier in found:
                self.notes.add(f"of two {name} with one identifier the first is taken", identifier)
            found.setdefault(identifier, node)
        return found

    def kind(self, identifier: str) -> str:
        """Return what a resource is: station, queue, people, group and so on, or `other`."""
        node = self.resources.get(identifier)
        if node is None:
            return ""
        if node.all("GroupDefinition"):
            return "group"
        of = identified(node, "ResourceClass")
        words = [of, node.say("ResourceType")]
        if of in self.classes:
            words.append(self.classes[of].say("ResourceType"))
        for word in words:
            kind = KINDS.get(re.sub(r"[^a-z]", "", word.lower()))
            if kind is not None:
                return kind
        return "other"

    def of_class(self, name: str) -> list[str]:
        """Return the resources of a class."""
        return [
            key for key, node in self.resources.items() if identified(node, "ResourceClass") == name
        ]

    def members(self, identifier: str) -> list[str]:
        """Return the stations of a group, or the station itself."""
        if self.kind(identifier) != "group":
            return [identifier] if self.kind(identifier) == "station" else []
        found = [
            member.say("ResourceIdentifier")
            for group in self.resources[identifier].all("GroupDefinition")
            for member in group.all("ResourceGroupMember")
        ]
        return [each for each in found if self.kind(each) == "station"]

    def capacity(self, identifier: str) -> int | None:
        """Return the capacity that a resource is said to have, by itself or by a process."""
        return self.said_of(identifier, self.resources[identifier])

    def said_of(self, identifier: str, node: Node) -> int | None:
        """Return the capacity that an entity tells of a resource, and remember it."""
        for each in properties(node):
            if each.say("Name").lower() in CAPACITY and each.say("Value"):
                value = real(each.say("Value"), f"Resource {identifier}")
                if value == int(value) and value >= 0:
                    self.places.setdefault(identifier, int(value))
                else:
                    self.notes.add("a capacity that is no whole number is left out", identifier)
        return self.places.get(identifier)

    def resolved(self, node: Node) -> Node:
        """Return an element with a time, its distribution put in where it only refers to one."""
        for name in ("DistributionReference", "DistributionDefinitionReference"):
            for each in node.all(name):
                known = self.distributions.get(each.say("DistributionDefinitionIdentifier"))
                if known is not None:
                    children = [*node.children, *known.all("Distribution")]
                    return Node(name=node.name, attributes={}, children=children)
        return node


def identified(node: Node, kind: str, name: str = "") -> str:
    """Return the identifier of the first reference to a kind of entity; empty: none."""
    return next((each.say(f"{kind}Identifier") for each in node.all(name or kind)), "")


def key_of(identifier: str) -> str:
    """Return an identifier as a key of the plant file."""
    return identifier if KEY.fullmatch(identifier) else suggest_name(identifier)


def scene_of(raw: bytes, where: str, notes: Notes) -> Scene:
    """Return what stands in a file.

    Parameters
    ----------
    raw
        The file.
    where
        What it is called in an error.
    notes
        Gets what cannot be carried over.

    Raises
    ------
    CmsdInvalid
        When it is too large, no XML, or no CMSD document.
    """
    if len(raw) > BYTES_MAX:
        raise CmsdInvalid(where, f"it has more than {BYTES_MAX:,} bytes", "write a smaller part")
    found: dict[str, Any] = {}
    try:
        for node in read_nodes([raw], frozenset({"HeaderSection", "DataSection"}), where):
            found.setdefault(node.name, node)
    except MarkupInvalid as error:
        raise refused(error) from None
    if "DataSection" not in found:
        raise CmsdInvalid(where, "it has no `DataSection`", "give a CMSD document")
    return Scene(found.get("HeaderSection"), found["DataSection"], notes)
