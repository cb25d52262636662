"""Which machines of a plant are played over OPC UA, and the nodes that their servers have."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Command, Station, Tag

__all__ = ["COMMANDS_NAMESPACE", "Kind", "Machine", "Point", "Raw", "Sample", "machines", "raw_of"]

Raw = bool | int | float | str
"""A value as it stands on a node."""

Kind = Literal[
    "bool",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "text",
]

COMMANDS_NAMESPACE = 2
"""Namespace of nodes whose name does not say one."""

NAMESPACES_MAX = 16
"""Highest namespace index that a node may name: servers of machines have a handful."""

_BITS: Mapping[str, tuple[int, int]] = {
    "int16": (-(2**15), 2**15 - 1),
    "uint16": (0, 2**16 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}

_TEXT_ROLES = frozenset({"program", "product", "order", "lot", "tool", "operator"})
_COUNT_ROLES = frozenset({"parts.total", "parts.good", "parts.scrap", "parts.rework", "cycle"})
_NAMESPACE = re.compile(r"ns=(\d+);")


class Sample(msgspec.Struct, frozen=True):
    """What one tag shows from `t_ns` on: plant time, in whole microseconds as OPC UA carries it.

    Examples
    --------
    >>> Sample(Address("reno/shop/lathes/one#oil"), 1_000, 21.5).value
    21.5
    """

    tag: Address
    t_ns: int
    value: Raw


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a machine's server: a signal, or a value that may be written.

    `address` is the station's with the name of the tag or command; `low` and `high` bound what
    may be written.
    """

    address: Address
    node: str
    kind: Kind
    writable: bool = False
    low: float | None = None
    high: float | None = None
    first: Raw | None = None


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """One server: a station, the namespaces behind the two of every server, and its nodes."""

    address: Address
    namespaces: tuple[str, ...]
    points: tuple[Point, ...]


def machines(plant: Plant) -> tuple[Machine, ...]:
    """Return the machines of a plant that are reached by OPC UA, in the plant's order.

    Parameters
    ----------
    plant
        The plant. Stations behind a gateway or another protocol are left out, and so are tags
        that are derived or come through a further connection, and commands that are no node.

    Returns
    -------
    tuple of Machine
        Each with at least the nodes that the plant file names.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> lathe = {"connect": {"opcua": "opc.tcp://lathe:4840"}, "tags": {"oil": {"unit": "degC"}}}
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"}, **lathe)
    >>> [point.node for one in machines(plant.done()) for point in one.points]
    ['ns=2;s=oil']
    """
    return tuple(
        _machine(address, station)
        for address, station in plant.stations()
        if station.connect is not None and station.connect.protocol == "opcua"
    )


def _machine(address: Address, station: Station) -> Machine:
    signals = [
        Point(address=address.with_tag(name), node=_node(tag.source or name), kind=_kind(tag))
        for name, tag in station.tags.items()
        if tag.formula is None and tag.through is None and tag.via in (None, "node")
    ]
    orders = [
        _writable(address.with_tag(name), command)
        for name, command in station.commands.items()
        if command.via == "node" and command.through is None
    ]
    nodes = [point.node for point in (*signals, *orders)]
    highest = max([COMMANDS_NAMESPACE, *(_namespace(node) for node in nodes)])
    assert station.connect is not None, "only connected stations are played"
    uri = station.connect.namespace or f"urn:linewright:emulated:{address.replace('/', ':')}"
    more = (f"{uri}:{index}" for index in range(COMMANDS_NAMESPACE + 1, highest + 1))
    taken = {point.node for point in signals}
    return Machine(
        address=address,
        namespaces=(uri, *more),
        points=(*signals, *(point for point in orders if point.node not in taken)),
    )


def _node(source: str) -> str:
    return source if _NAMESPACE.match(source) else f"ns={COMMANDS_NAMESPACE};s={source}"


def _namespace(node: str) -> int:
    found = _NAMESPACE.match(node)
    return min(int(found[1]), NAMESPACES_MAX) if found else COMMANDS_NAMESPACE


def _kind(tag: Tag) -> Kind:
    """Return the data type of a tag's node: its own, else what its role calls for."""
    role = tag.role or ""
    if tag.type is not None:
        return tag.type
    if role == "state":
        numbers = all(code.lstrip("-").isdigit() for code in tag.map)
        return "int32" if numbers and tag.map else "text"
    if role in _COUNT_ROLES:
        return "uint32"
    if role in _TEXT_ROLES:
        return "text"
    return "bool" if role.startswith("permit.") else "float64"


def _writable(address: Address, command: Command) -> Point:
    window, validated = command.range, command.validated or command.range
    first: Raw = next(iter(command.choices), "") if command.choices else 0.0
    if command.sets == "speed":
        first = 100.0
    elif validated is not None:
        first = (validated.low + validated.high) / 2.0
    return Point(
        address=address,
        node=_node(command.target),
        kind="text" if command.choices else "float64",
        writable=True,
        low=None if window is None else window.low,
        high=None if window is None else window.high,
        first=first,
    )


def raw_of(tag: Tag, value: Raw) -> Raw:
    """Return the value that the machine holds where the tag's own value is `value`.

    Parameters
    ----------
    tag
        The tag: its states, factor, offset and data type are gone through backwards.
    value
        In the tag's unit, a state by our name, or a text.

    Returns
    -------
    bool, int, float or str
        Of a state that the machine does not tell apart, the nearest that it has; whole numbers
        stay inside their type, and counters start again where theirs do.

    Examples
    --------
    >>> raw_of(Tag(role="state", map={"1": "running", "2": "idle"}), "planned_stop")
    2
    >>> raw_of(Tag(scale=0.1), 21.5)
    215.0
    >>> raw_of(Tag(role="parts.good", type="uint16"), 65_537)
    1
    """
    kind = _kind(tag)
    if tag.role == "state":
        code = _code(tag, str(value))
        return int(code) if kind in _BITS else code
    if kind == "bool":
        return bool(value)
    if kind == "text" or isinstance(value, str):
        return str(value)
    number = (float(value) - (tag.offset or 0.0)) / (tag.scale or 1.0)
    if kind not in _BITS:
        return round(number, 9)
    low, high = _BITS[kind]
    if tag.role in _COUNT_ROLES:
        return round(number) % (tag.rolls_over or high + 1)
    return min(max(round(number), low), high)


_NEAREST: Mapping[str, tuple[str, ...]] = {
    "planned_stop": ("planned_stop", "idle", "off"),
    "off": ("off", "idle", "down"),
    "starved": ("starved", "idle"),
    "blocked": ("blocked", "idle"),
    "set_up": ("set_up", "idle", "down"),
    "down": ("down", "idle", "off"),
    "running": ("running",),
    "idle": ("idle", "starved", "off"),
}
"""What a machine shows that cannot tell a state apart, best first."""


def _code(tag: Tag, state: str) -> str:
    codes = {name: code for code, name in reversed(list(tag.map.items()))}
    for name in _NEAREST.get(state, (state,)):
        if name in codes:
            return codes[name]
    return next(iter(tag.map), "0") if tag.map else state
