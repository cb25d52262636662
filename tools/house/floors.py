"""Which room stands on which floor, and who may import whom (docs/decisions/0001)."""

from collections.abc import Iterator
from functools import lru_cache

from tools.house.imports import Import, exported, imports, references
from tools.house.tree import PACKAGE, SRC, Finding, Source, Tree

ROOMS: dict[str, int | None] = {
    "plant": 0,
    "numeric": 0,
    "bus": 1,
    "connectors": 2,
    "history": 2,
    "live": 3,
    "twin": 3,
    "predict": 3,
    "quality": 3,
    "schedule": 3,
    "emulate": 4,
    "network": 4,
    "correct": 5,
    "server": 6,
    "cli": 7,
    "testing": None,
}
"""Floor of every room. None: stands beside the house, may look into every room, none into it."""

WIRING = f"{SRC}/server/assemble.py"
"""The one file that joins shells and peers."""

PEER_FLOORS = range(2, 6)
"""Floors whose rooms meet only in `WIRING`: those of server and cli hold no domain of their own."""

FACE_NAMES_MAX = 12
"""A face has about seven names; beyond this it is a wall (the ratchet may hold more)."""


def floors(tree: Tree) -> list[Finding]:
    """A room imports only rooms on lower floors, and no room imports `testing`."""
    findings = []
    for source, found, room in _crossings(tree):
        what = _floor_breach(source.room, room)
        if what:
            findings.append(Finding(source.path, found.line, "floors", what))
    return findings


def faces(tree: Tree) -> list[Finding]:
    """Of another room only its face is imported, or a sub-face that the face lists."""
    findings = []
    for source, found, room in _crossings(tree):
        what = _face_breach(tree, found, room)
        if what:
            findings.append(Finding(source.path, found.line, "faces", what))
    for source in tree.python(SRC):
        for node, dotted in references(source):
            parts = dotted.split(".")
            if parts[0] == PACKAGE and parts[1:2] not in ([], [source.room]):
                what = _reach_breach(tree, parts)
                if what:
                    findings.append(Finding(source.path, node.lineno, "faces", what))
    return sorted(set(findings))


def rooms(tree: Tree) -> list[Finding]:
    """Every folder under the package is a known room with a face; no module stands outside."""
    findings = []
    seen: set[str] = set()
    for source in tree.python(SRC):
        name = source.path.removeprefix(f"{SRC}/").split("/")[0]
        if source.room is None:
            if name not in {"__init__.py", "__main__.py"}:
                findings.append(Finding(source.path, 1, "rooms", "stands in no room"))
            elif name == "__init__.py" and any(
                i.module.startswith(PACKAGE) for i in imports(source)
            ):
                findings.append(
                    Finding(source.path, 1, "rooms", "the package itself imports rooms")
                )
        elif name not in seen:
            seen.add(name)
            findings += _room_breaches(tree, name, source.path)
    return findings


def wiring(tree: Tree) -> list[Finding]:
    """Only `server/assemble.py` joins shells and peers.

    Two readings of "only server/assemble.py wires", both kept: nobody else imports another
    room's shell (its `service.py`, or a name that a face takes from it); and no other file of
    server or cli imports two rooms of the floors 2 to 5, because where two peers meet, they are
    being joined.
    """
    findings = []
    met: dict[str, set[str]] = {}
    for source, found, room in _crossings(tree):
        if source.path == WIRING:
            continue
        shell = found.module == f"{PACKAGE}.{room}.service"
        if shell or (found.name or "") in _shell_names(tree, room) | {"service"}:
            what = f"takes the shell of `{room}`; only {WIRING} does"
            findings.append(Finding(source.path, found.line, "wiring", what))
        if source.room in {"server", "cli"} and (ROOMS.get(room) or 0) in PEER_FLOORS:
            met.setdefault(source.path, set()).add(room)
            if len(met[source.path]) > 1:
                what = f"joins {', '.join(sorted(met[source.path]))}; only {WIRING} does"
                findings.append(Finding(source.path, found.line, "wiring", what))
    return findings


def face_sizes(tree: Tree) -> dict[str, int]:
    """Number of names that each room's face exports, sub-faces aside, by the path of the face."""
    found = {}
    for room in ROOMS:
        path = f"{SRC}/{room}/__init__.py"
        names = exported(tree.source(path)) if path in tree.files else []
        found[path] = sum(not _is_module(tree, room, name) for name in names)
    return found


def _crossings(tree: Tree) -> Iterator[tuple[Source, Import, str]]:
    """Every import of another room: the file, the import, and the room it goes to."""
    for source in tree.python(SRC):
        for given in imports(source):
            found = given
            if given.module == PACKAGE and given.name and not given.name.startswith("__"):
                found = Import(given.line, f"{PACKAGE}.{given.name}", None, given.typing_only)
            parts = found.module.split(".")
            if parts[0] == PACKAGE and parts[1:2] not in ([], [source.room]):
                yield source, found, parts[1]


def _floor_breach(importer: str | None, imported: str) -> str | None:
    if imported not in ROOMS:
        return f"`{imported}` is no room of the house"
    if imported == "testing":
        return "no room imports `testing`"
    if importer is None:
        return None if imported == "cli" else f"the package itself imports `{imported}`"
    if importer == "testing" or importer not in ROOMS:
        return None
    low, high = ROOMS[imported], ROOMS[importer]
    assert low is not None
    assert high is not None
    if low < high:
        return None
    kind = "the same floor" if low == high else "a higher floor"
    return f"`{importer}` (floor {high}) imports `{imported}` (floor {low}), on {kind}"


def _face_breach(tree: Tree, found: Import, room: str) -> str | None:
    face = tree.source(f"{SRC}/{room}/__init__.py")
    inside = found.module.split(".")[2:]
    if room in ROOMS and face.path not in tree.files:
        return f"room `{room}` has no face"
    names = exported(face)
    what = None
    if found.name == "*":
        what = f"takes everything from `{found.module}`"
    elif not inside:
        if found.name is not None and found.name not in names:
            what = f"`{found.name}` is not in the face of `{room}`"
    elif inside[0] not in names or not _is_module(tree, room, inside[0]):
        what = f"`{found.module}` is behind the face of `{room}`"
    elif len(inside) > 1:
        what = f"`{found.module}` is behind the sub-face `{PACKAGE}.{room}.{inside[0]}`"
    elif found.name is not None:
        sub_names = exported(_sub_face(tree, room, inside[0]))
        if sub_names and found.name not in sub_names:
            what = f"`{found.name}` is not in the sub-face `{found.module}`"
    return what


def _reach_breach(tree: Tree, parts: list[str]) -> str | None:
    """Whether an attribute chain such as `linewright.plant.language.x` goes behind a face."""
    room, name, *further = [*parts[1:], ""]
    names = exported(tree.source(f"{SRC}/{room}/__init__.py"))
    if room not in ROOMS or not names or not name:
        return None
    if name not in names:
        return f"`{name}` is not in the face of `{room}`"
    sub_names = exported(_sub_face(tree, room, name)) if further[:-1] else []
    if sub_names and further[0] not in sub_names and not further[0].startswith("__"):
        return f"`{further[0]}` is not in the sub-face `{PACKAGE}.{room}.{name}`"
    return None


def _room_breaches(tree: Tree, room: str, path: str) -> list[Finding]:
    face = f"{SRC}/{room}/__init__.py"
    if room not in ROOMS:
        return [Finding(path, 1, "rooms", f"`{room}` is no room of the house")]
    if face not in tree.files:
        return [Finding(path, 1, "rooms", f"room `{room}` has no face ({face})")]
    findings = []
    if not exported(tree.source(face)):
        findings.append(Finding(face, 1, "rooms", "the face has no `__all__`"))
    if '"""' not in tree.text(face):
        findings.append(Finding(face, 1, "rooms", "the face does not say what the room hides"))
    return findings


def _is_module(tree: Tree, room: str, name: str) -> bool:
    return bool({f"{SRC}/{room}/{name}.py", f"{SRC}/{room}/{name}/__init__.py"} & set(tree.files))


def _sub_face(tree: Tree, room: str, name: str) -> Source:
    package = f"{SRC}/{room}/{name}/__init__.py"
    return tree.source(package if package in tree.files else f"{SRC}/{room}/{name}.py")


@lru_cache(maxsize=256)
def _shell_names(tree: Tree, room: str) -> frozenset[str]:
    """Names that a face takes from the room's `service.py`."""
    face = tree.source(f"{SRC}/{room}/__init__.py")
    shell = f"{PACKAGE}.{room}.service"
    return frozenset(i.name for i in imports(face) if i.module == shell and i.name)
