"""`types:` and `use:`: what stations of a kind share is written once.

Works on the tree before anything is read, so that every value keeps the place
where it was written. Maps are merged key by key, lists and values replaced; a
key that the station leaves empty (`~`) is taken out.
"""

from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq
from linewright.plant.language.syntax.problems import Report

TYPES_MAX = 64
"""Longest chain of types that use each other."""

TYPE_NODES_MAX = 2_000_000
"""Most values that types may give to stations."""

_SINGLE = {"fails": ("every", "failure"), "maintenance": ("takes", "service")}
"""Keys whose lone form must become a map of one before it can be merged."""


def merged(base: Map, over: Map) -> Map:
    """Return one map with the entries of both; those of `over` win."""
    keys = list(base.keys)
    values = list(base.values)
    index = {key.text: position for position, key in enumerate(keys)}
    removed: set[int] = set()
    for key, value in zip(over.keys, over.values, strict=True):
        position = index.get(key.text)
        if position is None:
            keys.append(key)
            values.append(value)
            continue
        removed.discard(position)
        if isinstance(value, Scalar) and value.empty:
            removed.add(position)
            continue
        keys[position] = key
        values[position] = _join(key.text, values[position], value)
    if removed:
        keep = [position for position in range(len(keys)) if position not in removed]
        keys = [keys[position] for position in keep]
        values = [values[position] for position in keep]
    return Map(keys, values, over.at)


def _join(key: str, base: Node, over: Node) -> Node:
    if not (isinstance(base, Map) and isinstance(over, Map)):
        return over
    if key in _SINGLE:
        base, over = _named(key, base), _named(key, over)
    return merged(base, over)


def _named(key: str, node: Map) -> Map:
    mark, name = _SINGLE[key]
    if any(mine.text == mark for mine in node.keys):
        return Map([Scalar(name, node.at)], [node], node.at)
    return node


class _Types:
    """The types of a plant, each merged once with what it uses."""

    def __init__(self, types: Map, report: Report) -> None:
        self._raw = {
            key.text: value
            for key, value in zip(types.keys, types.values, strict=True)
            if isinstance(value, Map)
        }
        self._report = report
        self._circles: set[str] = set()
        self._weights = {name: _weight(node) for name, node in self._raw.items()}

    def expand(self, node: Map, name: str = "") -> Map:
        """Return the map merged with the types that it uses, bases first, each of them once."""
        order = self._order(node, name)
        base: Map | None = None
        for found in order:
            body = _without(self._raw[found], "use")
            base = body if base is None else merged(base, body)
        if base is None:
            return node
        return merged(base, node)

    def _order(self, node: Map, name: str = "") -> dict[str, None]:
        order: dict[str, None] = {}
        for used in _used(node):
            self._collect(used.text, (name,) if name else (), used.at, order)
        return order

    def weight(self, node: Map) -> int:
        """Return how many values the types that a map uses would give it."""
        return sum(self._weights[name] for name in self._order(node))

    def _collect(self, name: str, chain: tuple[str, ...], at: int, order: dict[str, None]) -> None:
        raw = self._raw.get(name)
        if raw is None or name in order:
            return
        if name in chain or len(chain) >= TYPES_MAX:
            circle = " -> ".join((*chain[-8:], name))
            if self._circles.isdisjoint(chain):
                self._circles.update(chain)
                self._report.add(
                    "use-cycle",
                    at,
                    f"types use each other in a circle: {circle}",
                    where=f"types.{name}",
                )
            return
        for used in _used(raw):
            self._collect(used.text, (*chain, name), used.at, order)
        order[name] = None


def _weight(node: Node) -> int:
    """Return how many values a tree holds; an alias counts each time, but see the alias bound."""
    if isinstance(node, Map):
        return 1 + sum(_weight(value) for value in node.values)
    return 1 + sum(_weight(item) for item in node.items) if isinstance(node, Seq) else 1


def _used(node: Map) -> list[Scalar]:
    use = node.get("use")
    items = use.items if isinstance(use, Seq) else [use]
    return [item for item in items if isinstance(item, Scalar) and not item.empty]


def _without(node: Map, key: str) -> Map:
    keep = [index for index, mine in enumerate(node.keys) if mine.text != key]
    if len(keep) == len(node.keys):
        return node
    keys = [node.keys[index] for index in keep]
    return Map(keys, [node.values[index] for index in keep], node.at)


def apply_types(root: Map, report: Report) -> None:
    """Merge every type and station of the tree with the types that it uses, in place.

    Cost: linear in the size of the merged tree.
    """
    types = root.get("types")
    if not isinstance(types, Map):
        return
    book = _Types(types, report)
    names = [key.text for key in types.keys]
    types.values[:] = [
        book.expand(value, name) if isinstance(value, Map) else value
        for name, value in zip(names, types.values, strict=True)
    ]
    groups = _stations(root)
    total = sum(book.weight(one) for group in groups for one in _maps(group))
    if total > TYPE_NODES_MAX:
        message = f"types give stations {total:,} values, at most {TYPE_NODES_MAX:,}"
        report.add("types-too-large", types.at, message)
        return
    for stations in groups:
        stations.values[:] = [
            book.expand(value) if isinstance(value, Map) else value for value in stations.values
        ]


def _stations(root: Map) -> list[Map]:
    """Return the maps of stations, each once: an alias may stand in two lines."""
    found: dict[int, Map] = {}
    for site in _maps(root.get("sites")):
        for area in _maps(site.get("areas")):
            for group in (*_maps(area.get("lines")), *_maps(area.get("work_centres"))):
                stations = group.get("stations")
                if isinstance(stations, Map):
                    found[id(stations)] = stations
    return list(found.values())


def _maps(node: Node | None) -> list[Map]:
    if not isinstance(node, Map):
        return []
    return [value for value in node.values if isinstance(value, Map)]
