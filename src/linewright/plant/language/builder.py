"""A plant written in Python, with the same nouns and the same checks as the file.

Every method takes a name and the keys of the plant file as keywords; nothing
is interpreted here. `done()` reads the whole as if it had stood in a file, so
both ways give the identical plant and the same problems.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from linewright.plant.language.load import PlantInvalid, check_root
from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq
from linewright.plant.language.syntax.problems import NOWHERE
from linewright.plant.model.enterprise import Plant

LEVELS = {
    "site": "sites",
    "area": "areas",
    "line": "lines",
    "work_centre": "work_centres",
    "station": "stations",
}

TABLES = {
    "type": "types",
    "operation": "operations",
    "family": "families",
    "product": "products",
    "material": "materials",
    "program": "programs",
    "setup": "setups",
    "skill": "skills",
    "reason_tree": "reasons",
    "supplier": "suppliers",
    "lane": "lanes",
    "tariff": "tariffs",
    "ceiling": "authority",
}


class Place:
    """A site, area, line, work centre or station that is being written."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self._keys = keys

    def _add(self, level: str, name: str, keys: Mapping[str, Any]) -> "Place":
        below = self._keys.setdefault(LEVELS[level], {})
        if name in below:
            raise ValueError(f"there is already a {level} `{name}`")
        below[name] = dict(keys)
        return Place(below[name])

    def area(self, name: str, **keys: Any) -> "Place":  # noqa: ANN401  # the file's keys
        """Add an area to a site and return it."""
        return self._add("area", name, keys)

    def line(self, name: str, **keys: Any) -> "Place":  # noqa: ANN401  # the file's keys
        """Add a flow line to an area and return it."""
        return self._add("line", name, keys)

    def work_centre(self, name: str, **keys: Any) -> "Place":  # noqa: ANN401  # the file's keys
        """Add a work centre to an area and return it."""
        return self._add("work_centre", name, keys)

    def station(self, name: str, **keys: Any) -> "Place":  # noqa: ANN401  # the file's keys
        """Add a station to a line or work centre and return it."""
        return self._add("station", name, keys)


class PlantBuilder(Place):
    """A plant that is being written.

    Examples
    --------
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> plant.product("p1", route=["turn", "test"])
    >>> [str(address) for address, _ in plant.done().stations()]
    ['reno/shop/pump/turn', 'reno/shop/pump/test']
    """

    def __init__(self, enterprise: str, **keys: Any) -> None:  # noqa: ANN401  # the file's keys
        super().__init__({"linewright": 1, "enterprise": enterprise, **keys})

    def site(self, name: str, **keys: Any) -> Place:  # noqa: ANN401  # the file's keys
        """Add a site and return it."""
        return self._add("site", name, keys)

    def add(self, kind: str, name: str, **keys: Any) -> None:  # noqa: ANN401  # the file's keys
        """Add an entry to one of the tables: `TABLES` names the kinds.

        Raises
        ------
        ValueError
            When there is no such kind, or the name is taken.
        """
        if kind not in TABLES:
            raise ValueError(f"there is no `{kind}`; possible: {', '.join(TABLES)}")
        table = self._keys.setdefault(TABLES[kind], {})
        if name in table:
            raise ValueError(f"there is already a {kind} `{name}`")
        table[name] = keys

    def product(self, name: str, **keys: Any) -> None:  # noqa: ANN401  # the file's keys
        """Add a product."""
        self.add("product", name, **keys)

    def operation(self, name: str, **keys: Any) -> None:  # noqa: ANN401  # the file's keys
        """Add an operation."""
        self.add("operation", name, **keys)

    def type(self, name: str, **keys: Any) -> None:  # noqa: ANN401  # the file's keys
        """Add a station type, to be taken by `use`."""
        self.add("type", name, **keys)

    def done(self) -> Plant:
        """Return the plant.

        Raises
        ------
        PlantInvalid
            With all problems, as for a file; `where` says where in the plant.
        """
        root = to_nodes(self._keys)
        assert isinstance(root, Map), "the builder writes a map"
        checked = check_root(root)
        if checked.plant is None:
            raise PlantInvalid(checked.problems)
        return checked.plant


def to_nodes(value: Any) -> Node:  # noqa: ANN401  # plain data
    """Return plain data as nodes that stand nowhere in a file.

    Raises
    ------
    TypeError
        For anything that is not text, a number, a truth value, a date, a list or a map.

    Examples
    --------
    >>> to_nodes({"places": 2}).keys[0].text
    'places'
    """
    if isinstance(value, Mapping):
        keys = [Scalar(str(key), NOWHERE, plain=False) for key in value]
        return Map(keys, [to_nodes(item) for item in value.values()], NOWHERE)
    if isinstance(value, list | tuple):
        return Seq([to_nodes(item) for item in value], NOWHERE)
    if isinstance(value, str):
        return Scalar(value, NOWHERE, plain=False)
    return Scalar(_text_of(value), NOWHERE)


def _text_of(value: object) -> str:
    """Return how a value that is no text stands in a plant file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a plant holds text, numbers, lists and maps, not {type(value).__name__}")
