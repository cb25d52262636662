"""Which machines of a plant are played, over what, and the items that they have.

Stations with a connection of Sparkplug are edge nodes, all others OPC UA servers: protocols that
nobody here speaks yet are played as OPC UA, with the same tags.
"""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from linewright.connectors import emulated_item
from linewright.connectors.sources import emulated_uri
from linewright.plant import Address, Plant
from linewright.plant.model import Command, Connection, Station, Tag

__all__ = [
    "COMMANDS_NAMESPACE",
    "NEAREST",
    "Kind",
    "Machine",
    "Point",
    "Raw",
    "Sample",
    "fitting",
    "kind_of",
    "limits_of",
    "machines",
    "raw_of",
]

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

NEAREST: Mapping[str, tuple[str, ...]] = {
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

_TEXT_ROLES = frozenset({"program", "product", "order", "lot", "tool", "operator", "stack_light"})
_COUNT_ROLES = frozenset({"parts.total", "parts.good", "parts.scrap", "parts.rework", "cycle"})
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(_COUNT_ROLES, "uint32"),
    **dict.fromkeys(_TEXT_ROLES, "text"),
    "alarm": "uint16",
}
_NAMESPACE = re.compile(r"ns=(\d+);")
_NUMBER = re.compile(r"\d{1,9}")

FLOAT32_MAX = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
YES = frozenset({"1", "true", "yes", "on"})
"""Texts that are true where a bit stands for them."""


class Value(msgspec.Struct, frozen=True):
    """A value of a tag and its time, as the machine says them."""

    tag: Address
    t_ns: int
    value: Raw


class Sample(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What one tag shows from `t_ns` on: plant time, in whole microseconds as OPC UA carries it.

    `t_ns` and `value` are what the machine says. Where a fault of the scenario makes it say
    something else than is true, `true_ns` and `true` are that. `fate` says what became of it:
    shown (empty), shown once more (`again`), or never shown (`withheld`). `means` is the value in
    the tag's unit, where the machine holds it in another.

    Examples
    --------
    >>> Sample(Address("reno/shop/lathes/one#oil"), 1_000, 21.5).value
    21.5
    """

    means: float | None = None
    fate: Literal["", "again", "withheld"] = ""
    true_ns: int | None = None
    true: Raw | None = None
    historical: bool = False
    """Told after an outage, with its own time."""

    @property
    def really_ns(self) -> int:
        """When it was, on the clock of the plant.

        Examples
        --------
        >>> Sample(Address("reno#kw"), 1_000, 21.5, true_ns=4_000).really_ns
        4000
        """
        return self.t_ns if self.true_ns is None else self.true_ns


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a machine: a signal, a value that may be written, or both.

    `address` is the station's with the name of the tag, or of the command where there is no tag;
    `item` is the node's id or the metric's name; `command` what is written there; `low` and
    `high` bound what may be written, `choices` name it, `first` stands on it at the beginning.
    """

    address: Address
    item: str
    kind: Kind
    command: Address | None = None
    is_method: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    first: Raw | None = None

    @property
    def writable(self) -> bool:
        """Whether clients may write it."""
        return self.command is not None

    @property
    def is_signal(self) -> bool:
        """Whether it shows a tag."""
        return self.command != self.address


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """One server or edge node: a station and its items.

    `namespaces` are those behind the two of every OPC UA server; `root` is `group/node[/device]`
    of Sparkplug; `spoken` is the protocol that the plant file says; `stale_s` after how much
    silence it is taken for lost there: such a machine does not keep silent so long.
    """

    address: Address
    protocol: Literal["opcua", "sparkplug"] = "opcua"
    namespaces: tuple[str, ...] = ()
    root: str = ""
    spoken: str = "opcua"
    security: str = "none"
    stale_s: float | None = None
    points: tuple[Point, ...]


SPARKPLUG_LEVELS = (2, 3)
"""Levels of a Sparkplug root: group and node, and the device of a node."""


def machines(plant: Plant, *, has_broker: bool = False) -> tuple[Machine, ...]:
    """Return the connected machines of a plant, in the plant's order.

    Parameters
    ----------
    plant
        The plant. Stations without any connection are left out, and so are tags that are
        derived. Tags of further connections belong to the same machine.
    has_broker
        Whether Sparkplug stations can be edge nodes; else they are OPC UA servers too.

    Returns
    -------
    tuple of Machine
        Each with every tag and command that the plant file names.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> lathe = {"connect": {"opcua": "opc.tcp://lathe:4840"}, "tags": {"oil": {"unit": "degC"}}}
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"}, **lathe)
    >>> [point.item for one in machines(plant.done()) for point in one.points]
    ['ns=2;s=oil']
    """
    return tuple(
        _edge_node(address, station)
        if has_broker and _is_sparkplug(station)
        else _server(address, station)
        for address, station in plant.stations()
        if station.connected
    )


def _is_sparkplug(station: Station) -> bool:
    connect = station.connect
    if connect is None or connect.protocol != "sparkplug":
        return False
    return len(connect.endpoint.split("/")) in SPARKPLUG_LEVELS


def _tags(address: Address, station: Station) -> Iterator[tuple[Address, Tag]]:
    for name, tag in station.tags.items():
        if tag.formula is None:
            yield address.with_tag(name), tag


def _edge_node(address: Address, station: Station) -> Machine:
    assert station.connect is not None, "it was looked at"
    signals = [
        Point(address=tag, item=_metric(tag, one), kind=kind_of(one))
        for tag, one in _tags(address, station)
    ]
    orders = [
        _writable(address.with_tag(name), command, _order_metric(name, command))
        for name, command in station.commands.items()
    ]
    return Machine(
        address=address,
        protocol="sparkplug",
        root=station.connect.endpoint,
        spoken="sparkplug",
        stale_s=station.connect.stale_s,
        points=_joined(signals, orders),
    )


def _joined(signals: Sequence[Point], orders: Sequence[Point]) -> tuple[Point, ...]:
    """Return signals and orders, each item once: an order may be written where a signal shows."""
    found = dict(reversed([(point.item, point) for point in reversed(signals)]))
    for order in orders:
        shown = found.get(order.item)
        if shown is None:
            found[order.item] = order
            continue
        kind = shown.kind if shown.is_signal else order.kind
        found[order.item] = msgspec.structs.replace(order, address=shown.address, kind=kind)
    return tuple(found.values())


def _metric(address: Address, tag: Tag) -> str:
    return tag.source if tag.via == "metric" and tag.source is not None else address.tag or ""


def _order_metric(name: str, command: Command) -> str:
    return command.target if command.via == "metric" else name


def _server(address: Address, station: Station) -> Machine:
    signals = [
        Point(address=tag, item=emulated_item(tag.tag or "", one), kind=kind_of(one))
        for tag, one in _tags(address, station)
    ]
    orders = [
        _writable(address.with_tag(name), command, emulated_item(name, command))
        for name, command in station.commands.items()
    ]
    nodes = [point.item for point in (*signals, *orders)]
    highest = max([COMMANDS_NAMESPACE, *(_namespace(node) for node in nodes)])
    connect = station.connect or Connection()
    uri = emulated_uri(address, station)
    more = (f"{uri}:{index}" for index in range(COMMANDS_NAMESPACE + 1, highest + 1))
    return Machine(
        address=address,
        namespaces=(uri, *more),
        spoken=connect.protocol or "opcua",
        security=connect.security or "none",
        points=_joined(signals, orders),
    )


def _namespace(node: str) -> int:
    found = _NAMESPACE.match(node)
    return min(int(found[1]), NAMESPACES_MAX) if found else COMMANDS_NAMESPACE


def kind_of(tag: Tag) -> Kind:
    """Return the data type of a tag's item: its own, else what its role calls for.

    Examples
    --------
    >>> kind_of(Tag(role="program")), kind_of(Tag(unit="degC")), kind_of(Tag(via="item"))
    ('text', 'float64', 'text')
    """
    role = tag.role or ""
    if tag.type is not None:
        return tag.type
    if role == "state":
        numbers = all(code.lstrip("-").isdigit() for code in tag.map)
        return "int32" if numbers and tag.map else "text"
    if role in _KINDS:
        return _KINDS[role]
    if role.startswith("permit."):
        return "bool"
    # an MTConnect item without a unit is an event: a word
    is_word = tag.via == "item" and not role and tag.unit is None and tag.range is None
    return "text" if is_word else "float64"


def _writable(address: Address, command: Command, item: str) -> Point:
    window, validated = command.range, command.validated or command.range
    choices = tuple(command.choices)
    first: Raw = choices[0] if choices else 0.0
    if command.sets == "speed":
        first = 100.0
    elif validated is not None:
        first = (validated.low + validated.high) / 2.0
    return Point(
        address=address,
        item=item,
        kind="text" if choices else "float64",
        command=address,
        is_method=command.via == "method",
        low=None if window is None else window.low,
        high=None if window is None else window.high,
        choices=choices,
        first=first,
    )


def limits_of(kind: Kind) -> tuple[float, float] | None:
    """Return the least and the largest whole number of a data type; None: it has none.

    Examples
    --------
    >>> limits_of("int16"), limits_of("text")
    ((-32768, 32767), None)
    """
    return _BITS.get(kind)


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
    kind = kind_of(tag)
    if tag.role == "state":
        return fitting(kind, _code(tag, str(value)))
    if kind in {"bool", "text"} or isinstance(value, str):
        return fitting(kind, value)
    number = (float(value) - (tag.offset or 0.0)) / (tag.scale or 1.0)
    if tag.role in _COUNT_ROLES and kind in _BITS:
        return round(number) % (tag.rolls_over or int(_BITS[kind][1]) + 1)
    return fitting(kind, round(number, 9))


def fitting(kind: Kind, value: Raw) -> Raw:
    """Return a value as an item of a data type can hold it.

    Parameters
    ----------
    kind
        Data type.
    value
        Any value; of a text in a number, the last number in it counts.

    Returns
    -------
    bool, int, float or str
        A number inside the bounds of its type; of `float32` the nearest that it has.

    Examples
    --------
    >>> fitting("uint16", "lot-0042"), fitting("int16", 32_768), fitting("bool", "false")
    (42, 32767, False)
    """
    if kind == "text":
        return str(value)
    if isinstance(value, str):
        if kind == "bool":
            return value.lower() in YES
        found = _NUMBER.findall(value)
        is_signed = re.fullmatch(r"-\d{1,9}", value) is not None
        value = (-1 if is_signed else 1) * int(found[-1]) if found else 0
    if kind == "bool":
        return bool(value)
    bounds = _BITS.get(kind)
    if bounds is not None:
        return min(max(round(value), bounds[0]), bounds[1])
    if kind == "float32":
        bounded = min(max(float(value), -FLOAT32_MAX), FLOAT32_MAX)
        return float(struct.unpack("<f", struct.pack("<f", bounded))[0])
    return float(value)


def _code(tag: Tag, state: str) -> str:
    codes = {name: code for code, name in reversed(list(tag.map.items()))}
    for name in NEAREST.get(state, (state,)):
        if name in codes:
            return codes[name]
    return next(iter(tag.map), "0") if tag.map else state
