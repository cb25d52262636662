"""Rules on names: everything that is named must exist where it is named."""

from collections.abc import Callable, Iterable

from linewright.plant.language.rules.scene import Scene, near
from linewright.plant.language.syntax.reading import Path, Reference, where_of
from linewright.plant.model.enterprise import Site
from linewright.plant.model.equipment import StationType
from linewright.plant.model.governance import Reason

SIGNALS = ("cycle", "scrap", "power", "micro_stops")
"""Symptoms may show on these, besides the station's tags."""

Names = Iterable[str]


def _global(attribute: str) -> Callable[[Scene], Names]:
    def names(scene: Scene) -> Names:
        found: Names = getattr(scene.plant, attribute)
        return found

    return names


_GLOBAL: dict[str, Callable[[Scene], Names]] = {
    "product": _global("products"),
    "family": _global("families"),
    "material": _global("materials"),
    "supplier": _global("suppliers"),
    "skill": _global("skills"),
    "type": _global("types"),
    "setup": _global("setups"),
    "tariff": _global("tariffs"),
    "reasons": _global("reasons"),
    "site": _global("sites"),
    "item": lambda scene: [*scene.plant.materials, *scene.plant.products],
    "place": lambda scene: [*scene.plant.sites, *scene.plant.suppliers],
    "address": lambda scene: scene.addresses,
    "action": lambda scene: ["call", *scene.commands],
    "operation": lambda scene: scene.operations,
}

_SITE: dict[str, Callable[[Site], Names]] = {
    "crew": lambda site: site.crews,
    "shift": lambda site: site.shifts,
    "tool": lambda site: site.tools,
    "fixture": lambda site: site.fixtures,
    "transport": lambda site: site.transport,
    "gateway": lambda site: site.gateways,
}

_STATION: dict[str, Callable[[Scene, StationType], Names]] = {
    "tag": lambda _, station: station.tags,
    "command": lambda _, station: station.commands,
    "signal": lambda _, station: [*station.tags, *SIGNALS],
    "mode": lambda _, station: [*station.fails, *station.wears],
    "permit": lambda _, station: permits(station),
    "connection": lambda _, station: station.connections,
    "reason": lambda scene, station: leaf_reasons(scene, station.reasons),
}


FORBIDDING = frozenset(
    {"permit.maintenance", "permit.set_up", "permit.guard_open", "permit.locked_out"}
)
"""Roles of signals that forbid writing while they are true; they are always looked at."""


def permits(station: StationType) -> list[str]:
    """Return the tags that show a permit, and the permits by their role's last part."""
    found: list[str] = []
    for name, tag in station.tags.items():
        if tag.role is not None and tag.role.startswith("permit.") and tag.role not in FORBIDDING:
            found += [name, tag.role.removeprefix("permit.")]
    return found


def leaf_reasons(scene: Scene, tree: str | None) -> list[str]:
    """Return the names of all reasons of a tree, inner ones too."""
    found: list[str] = []
    stack: list[tuple[str, Reason]] = list((scene.plant.reasons.get(tree or "") or {}).items())
    while stack:
        name, reason = stack.pop()
        found.append(name)
        stack += reason.reasons.items()
    return found


def check_references(scene: Scene) -> None:
    """Report every name of something that does not exist; cost linear in their number."""
    known: dict[tuple[str, ...], frozenset[str]] = {}
    for reference in scene.reading.references:
        scope = _scope(reference)
        if scope is None:
            continue
        if scope not in known:
            known[scope] = frozenset(_names(scene, reference.kind, reference.path))
        if reference.name not in known[scope]:
            _dangling(scene, reference, frozenset() if scene.full else known[scope])


def _scope(reference: Reference) -> tuple[str, ...] | None:
    """Return what decides which names are possible, or None where nothing does yet."""
    kind, path = reference.kind, reference.path
    if kind in _GLOBAL:
        return (kind,)
    if kind in _SITE:
        return (kind, *path[:2]) if path[0] == "sites" else _anywhere(kind, path)
    if kind == "station":
        return (kind, *path[:6])
    if kind == "characteristic":
        return (kind, *path[:2])
    if path[0] == "sites":
        return (kind, *path[:8])
    return None


def _anywhere(kind: str, path: Path) -> tuple[str, ...] | None:
    # A type is checked in every station that uses it, so it needs no check of its own.
    return None if path[0] == "types" else (kind, "any site")


def _names(scene: Scene, kind: str, path: Path) -> Names:
    if kind in _GLOBAL:
        return _GLOBAL[kind](scene)
    if kind in _SITE:
        sites = scene.plant.sites
        if path[0] != "sites":
            return [name for site in sites.values() for name in _SITE[kind](site)]
        return _SITE[kind](sites[path[1]]) if path[1] in sites else ()
    if kind == "characteristic":
        made = scene.plant.products.get(path[1])
        return made.characteristics if made is not None else ()
    group = scene.group_at(path)
    if kind == "station":
        return group.stations if group is not None else ()
    station = group.stations.get(path[7]) if group is not None else None
    return _STATION[kind](scene, station) if station is not None else ()


def _dangling(scene: Scene, reference: Reference, known: frozenset[str]) -> None:
    what = reference.kind.replace("_", " ")
    where = _where_words(reference)
    scene.reading.report.add(
        "reference-dangling",
        reference.at,
        f"there is no {what} `{reference.name[:60]}`{where}",
        where=where_of(reference.path),
        hint=near(reference.name, known),
    )


def _where_words(reference: Reference) -> str:
    if reference.path[0] != "sites":
        return ""
    if reference.kind in _SITE:
        return f" at site `{reference.path[1]}`"
    if reference.kind == "station":
        return f" in `{reference.path[5]}`"
    return " at this station" if reference.kind in _STATION else ""


def check_circles(scene: Scene) -> None:
    """Report failure modes that cause each other in a circle."""
    for path, _, station in scene.stations:
        graph = {
            name: {cause.mode for cause in mode.causes} for name, mode in station.fails.items()
        }
        circle = find_circle(graph)
        if circle:
            text = " -> ".join(circle)
            scene.fail("cause-cycle", (*path, "fails", circle[0]), f"causes in a circle: {text}")


def find_circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the names along one circle of a graph, or nothing; cost linear in its edges."""
    state: dict[str, int] = {}
    for start, targets in graph.items():
        if start in state:
            continue
        trail = [start]
        stack = [iter(sorted(targets))]
        state[start] = 1
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                state[trail.pop()] = 2
            elif state.get(following) == 1:
                return [*trail[trail.index(following) :], following]
            elif following in graph and following not in state:
                state[following] = 1
                trail.append(following)
                stack.append(iter(sorted(graph[following])))
    return []
