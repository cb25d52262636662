"""The state of one reading: the report, where we are, and what must be looked up later."""

from typing import Any, Final

import msgspec

from linewright.plant.language.syntax.nodes import Map, Node, Seq
from linewright.plant.language.syntax.problems import NOWHERE, Report

Path = tuple[str, ...]
"""Keys from the top of the plant file down to a value."""

LEVELS: Final = ("sites", "areas", "lines", "work_centres", "stations", "buffers")


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A name of something that must exist, and where it stands."""

    kind: str
    name: str
    at: int
    path: Path


class FormulaText(msgspec.Struct, frozen=True, kw_only=True):
    """An expression whose names must be looked up, and where it stands."""

    over: str
    text: str
    at: int
    path: Path


class Reading:
    """What is known while one plant file is read."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.path: list[str] = []
        self.references: list[Reference] = []
        self.formulas: list[FormulaText] = []
        self.unit: str | None = None
        self.gaps: dict[str, Any] = {}

    def fail(self, code: str, at: int, message: str, hint: str = "") -> None:
        """Note a problem at a mark, with where we are in the plant."""
        self.report.add(code, at, message, where=where_of(self.path), hint=hint)

    def refer(self, kind: str, name: str, at: int) -> None:
        """Note that something is named here that must exist."""
        self.references.append(Reference(kind=kind, name=name, at=at, path=tuple(self.path)))


def where_of(path: list[str] | Path) -> str:
    """Return a path as people read it: the address, then the keys below it.

    Examples
    --------
    >>> where_of(("sites", "nogales", "areas", "m", "lines", "b", "stations", "saw", "fails"))
    'nogales/m/b/saw: fails'
    """
    address: list[str] = []
    index = 0
    while index + 1 < len(path) and path[index] in LEVELS:
        address.append(path[index + 1])
        index += 2
    text = "/".join(address)
    if text and index + 1 < len(path) and path[index] == "tags":
        text += f"#{path[index + 1]}"
        index += 2
    keys = ".".join(path[index:])
    if text and keys:
        return f"{text}: {keys}"
    return text or keys


class Locator:
    """Finds the mark of a path in the tree, or of the nearest thing above it."""

    def __init__(self, root: Node | None) -> None:
        self._root = root

    def mark(self, path: Path) -> int:
        """Return the mark of the path's last key that stands in the file."""
        node = self._root
        at = node.at if node is not None else NOWHERE
        for key in path:
            if isinstance(node, Map):
                found = node.key(key)
                if found is None:
                    continue
                at, node = found.at, node.get(key)
            elif isinstance(node, Seq) and key.isdecimal() and int(key) < len(node.items):
                node = node.items[int(key)]
                at = node.at
        return at

    def find(self, path: Path) -> int:
        """Return the mark of the path's last key, or `NOWHERE` when the path is not there."""
        node = self._root
        at = NOWHERE
        for key in path:
            found = node.key(key) if isinstance(node, Map) else None
            if found is None or not isinstance(node, Map):
                return NOWHERE
            at, node = found.at, node.get(key)
        return at
