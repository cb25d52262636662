"""What is known of one edge node, what it is heard to say, and what its values mean.

The state of a node is data that only `host.step` renews; each step tells what happened as events.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from linewright.connectors.sparkplug.datatypes import DataType, TypeMismatch, spelled, typed
from linewright.connectors.sparkplug.payload import DataSet, Metric, Payload, Template
from linewright.connectors.sparkplug.topics import Kind
from linewright.connectors.values import Spoken

__all__ = [
    "BAD_ENCODING",
    "BAD_NO_DATA",
    "BAD_TYPE",
    "UNCERTAIN",
    "Asked",
    "Born",
    "Died",
    "Event",
    "Known",
    "Message",
    "Missed",
    "Node",
    "Noted",
    "Reading",
    "Rules",
    "Scope",
    "Told",
    "flat",
    "has_room",
    "known_metrics",
    "reading_of",
    "weighed",
]

REORDER_S = 1.0
"""How long a message that came too early waits for those before it."""

REORDER_MAX = 256
"""Most messages that wait so: sequence numbers tell no more apart."""

REBIRTHS_MAX = 3
"""How often a node is asked for its births before it counts as one that does not answer."""

REBIRTH_WAIT_S = 2.0
"""Least time between two such requests: births are large."""

REBIRTH_SLOW_S = 60.0
"""Time between two such requests to a node that did not answer: it may have been mended."""

BIRTH_WAIT_S = 5.0
"""How long devices may take to be born after their node, and a doubtful death to be disproved."""

DISCOVER_S = 1.0
"""How long births are waited for at the beginning before they are asked for."""

MEMBERS_MAX = 250_000
"""Most members of templates that are looked at in one birth: definitions that name each other can
stand for any number of them."""

TEMPLATE_DEPTH_MAX = 32
"""Deepest template within a template whose members are looked at."""

ASIDE_MAX = 1000
"""Most messages kept aside until the birth that explains them; further ones are a gap."""

UNREAD_MAX = 1000
"""Devices of a node that nobody reads and that are known nevertheless: for whoever browses."""

WAITING_MAX = 300_000
"""Most metrics, with the members and cells inside them, in all messages of one node that are kept
aside, and as many in those that wait for their turn: above what a single payload may hold."""

BAD = 0x80000000
BAD_ENCODING = 0x80060000
BAD_TYPE = 0x80740000
BAD_NO_DATA = 0x809B0000
UNCERTAIN = 0x40000000
UNCERTAIN_LAST = 0x40900000
"""Status codes of OPC UA, the language of status between connectors and samples."""

QUALITY = "Quality"
_QUALITIES = {0: BAD, 192: 0, 500: UNCERTAIN_LAST}

PREFIXES = ("DATA/", "ATTR/", "CMD/")
"""What mqtt-spb-wrapper puts before names in births and leaves out in data."""

_I64 = 2**63
_SERIES = ("timestamps", "values")
_LISTED = 4096


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a host application is.

    Examples
    --------
    >>> Rules(reorder_s=0.5).rebirths_max
    3
    """

    reorder_s: Annotated[float, Meta(description="wait for a message that is out of turn")] = (
        REORDER_S
    )
    reorder_max: int = REORDER_MAX
    rebirths_max: int = REBIRTHS_MAX
    rebirth_wait_s: float = REBIRTH_WAIT_S
    rebirth_slow_s: float = REBIRTH_SLOW_S
    birth_wait_s: float = BIRTH_WAIT_S
    discover_s: float = DISCOVER_S
    aside_max: int = ASIDE_MAX
    waiting_max: Annotated[int, Meta(description="metrics in all messages that wait")] = WAITING_MAX
    unread_max: Annotated[int, Meta(description="devices that nobody reads")] = UNREAD_MAX
    unread_metrics_max: Annotated[int, Meta(description="metrics of all these")] = WAITING_MAX


class Message(msgspec.Struct, frozen=True):
    """What was heard: its kind, of which device (None: the node itself), and its payload."""

    kind: Kind
    device: str | None
    payload: Payload


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A metric as its birth announced it."""

    name: str
    datatype: DataType
    alias: int | None = None
    members: Annotated[
        Mapping[str, DataType], Meta(description="datatypes inside a template, by path")
    ] = {}


Phase = Literal["unborn", "born", "waiting", "dead", "adopted"]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The node itself, or one of its devices."""

    phase: Phase = "unborn"
    names: Mapping[str, Known] = {}
    aliases: Mapping[int, Known] = {}
    since_ns: int = 0
    own_seq: Annotated[
        int | None, Meta(description="last number of a device that counts for itself")
    ] = None

    @property
    def lives(self) -> bool:
        """Whether its data are taken as they come."""
        return self.phase in {"born", "adopted"}


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one node, its devices under their names and itself under None."""

    scopes: Mapping[str | None, Scope] = msgspec.field(default_factory=lambda: {None: Scope()})
    wanted: Annotated[
        frozenset[str | None], Meta(description="devices that the plant file reads")
    ] = frozenset()
    begun_ns: int = 0
    bd_seq: int | None = None
    seq: int | None = None
    last_ms: int | None = None
    held: Annotated[tuple[Message, ...], Meta(description="came before their turn")] = ()
    held_ns: int = 0
    aside: Annotated[tuple[Message, ...], Meta(description="wait for a birth")] = ()
    has_whole_map: Annotated[
        bool, Meta(description="whether every birth since the first one was heard")
    ] = False
    asks: int = 0
    asked_ns: int | None = None
    can_rebirth: bool | None = None
    doubt_ns: Annotated[int | None, Meta(description="since when a death may be true")] = None
    notes: frozenset[str] = frozenset()
    is_full: Annotated[
        bool, Meta(description="whether further devices that nobody reads are passed over")
    ] = False
    definitions: Mapping[str, Template] = {}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One value of one metric, under the name of its birth."""

    name: str
    value: Any
    status: int = 0
    timestamp_ms: int | None = None


class Born(msgspec.Struct, frozen=True, kw_only=True):
    """A node or device is born: what it has, and what it holds now."""

    device: str | None
    readings: tuple[Reading, ...]
    goes_on: Annotated[bool, Meta(description="born again, and nothing was missed")] = False
    timestamp_ms: int | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Data of a node or device."""

    device: str | None
    readings: tuple[Reading, ...]
    is_historical: bool = False


class Died(msgspec.Struct, frozen=True, kw_only=True):
    """A node or device is not there any more."""

    device: str | None
    why: str


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """Messages or values were lost; `device` None and `whole`: of the node and all its devices."""

    device: str | None
    why: str
    whole: bool = False
    from_ms: int | None = None
    refused: Annotated[bool, Meta(description="they came, and could not be read")] = False


class Asked(msgspec.Struct, frozen=True):
    """The node is to be asked for its births."""


class Noted(msgspec.Struct, frozen=True):
    """Something that the node does in its own way, said once."""

    what: str


Event: TypeAlias = Born | Told | Died | Missed | Asked | Noted


# --- metrics


def weighed(message: Message) -> Message:
    """Message whose payload has its weight.

    Examples
    --------
    >>> table = DataSet(columns=("a",), types=(DataType.INT32,), rows=((1,), (2,)))
    >>> payload = Payload(metrics=(Metric(name="t", value=table), Metric(name="n", value=1)))
    >>> weighed(Message("NDATA", None, payload)).payload.weight
    4
    """
    payload = message.payload
    weight = _weight(payload.metrics) + _length(payload.body)
    payload = msgspec.structs.replace(payload, weight=weight)
    return msgspec.structs.replace(message, payload=payload)


_ELEMENTS, _CHARACTERS = 8, 64
"""Elements of an array, and characters or bytes, that weigh as much as one metric."""


def _weight(metrics: Sequence[Metric]) -> int:
    weight = len(metrics)
    for metric in metrics:
        value = metric.value
        if isinstance(value, Template):
            weight += _weight(value.metrics) + _weight(value.parameters)
            weight += _length(value.template_ref) + _length(value.version)
        elif isinstance(value, DataSet):
            weight += sum(1 + _length(cell) for row in value.rows for cell in row)
            weight += sum(map(_length, value.columns))
        else:
            weight += _length(value)
        weight += _length(metric.name) + _within(metric.properties) + _within(metric.metadata)
    return weight


def _within(told: Any) -> int:  # noqa: ANN401 - property sets within property sets
    """Weight of a property set, of a list of them, or of one property."""
    if isinstance(told, Mapping):
        return sum(1 + _length(key) + _within(one) for key, one in told.items())
    if isinstance(told, list):
        return _length(told) + sum(map(_within, told))
    return _length(told)


def _length(value: Any) -> int:  # noqa: ANN401 - of any datatype
    """Weight of a text, of bytes or of an array: what is kept is not counted in metrics alone."""
    if isinstance(value, list):
        return len(value) // _ELEMENTS
    return len(value) // _CHARACTERS if isinstance(value, str | bytes) else 0


def has_room(node: Node, device: str | None, metrics: int, rules: Rules) -> bool:
    """Whether so many metrics of a device can be kept: of devices that nobody reads not all can.

    Linear in the devices of the node, for one that nobody reads.

    Examples
    --------
    >>> has_room(Node(), "robot", 5, Rules()), has_room(Node(), "robot", 5, Rules(unread_max=0))
    (True, False)
    """
    read = {None, *node.wanted}
    if device in read:
        return True
    others = [kept for each, kept in node.scopes.items() if each not in read and each != device]
    metrics += sum(len(each.names) for each in others)
    return len(others) < rules.unread_max and metrics <= rules.unread_metrics_max


def known_metrics(
    metrics: tuple[Metric, ...], definitions: Mapping[str, Template]
) -> tuple[dict[str, Known], dict[int, Known], list[str]]:
    """Names and aliases that a birth announces, and what is to be said about them."""
    names: dict[str, Known] = {}
    aliases: dict[int, Known] = {}
    said: list[str] = []
    left = MEMBERS_MAX
    for metric in metrics:
        if metric.name is None:
            said.append("a metric of its birth has no name")
            continue
        members = list(islice(_members(metric.value, definitions), left))
        left -= len(members)
        known = Known(
            name=metric.name,
            datatype=metric.datatype,
            alias=metric.alias,
            members={path: kind for path, kind in members if kind is not DataType.UNKNOWN},
        )
        names[metric.name] = known
        if metric.alias is not None:
            if metric.alias in aliases:
                said.append("two metrics of its birth have one alias")
            aliases[metric.alias] = known
    if not left:
        said.append(f"its templates have more than {MEMBERS_MAX} members: the others are untyped")
    for name, known in list(names.items()):
        for prefix in PREFIXES:
            short = name.removeprefix(prefix)
            if short != name and short not in names:
                names[short] = known
                said.append(
                    "names in its births begin with DATA/, ATTR/ or CMD/ and in its data they do"
                    " not: they are taken as the same"
                )
    return names, aliases, said


def reading_of(metric: Metric, known: Known, payload_ms: int | None) -> Reading:
    """Value of a metric under the datatype of its birth.

    Examples
    --------
    >>> known = Known(name="temp", datatype=DataType.INT32)
    >>> reading_of(Metric(alias=3, value=4294967284), known, 5)
    Reading(name='temp', value=-12, status=0, timestamp_ms=5)
    """
    moment = metric.timestamp_ms if metric.timestamp_ms is not None else payload_ms
    value, status = metric.value, 0
    if metric.is_null:
        value, status = None, BAD_NO_DATA
    elif metric.fault:
        value, status = None, BAD_TYPE
    elif value is None:
        status = BAD_ENCODING
    elif isinstance(value, DataSet):
        status = 0 if known.datatype in {DataType.DATASET, DataType.UNKNOWN} else BAD_TYPE
        value = value if not status or value.columns == _SERIES else None
    elif isinstance(value, Template):
        value = _typed_members(value, known.members)
    else:
        try:
            value = typed(value, known.datatype)
        except TypeMismatch:
            value, status = None, BAD_TYPE
    if type(value) is int and value >= _I64:
        # No sample holds it exactly: the column of whole numbers ends at 2^63 - 1.
        status = UNCERTAIN
    if metric.properties and QUALITY in metric.properties and not status:
        quality = metric.properties[QUALITY]
        # Whatever else stands there, a property set too, says nothing that is known.
        status = _QUALITIES.get(quality, UNCERTAIN) if isinstance(quality, int) else UNCERTAIN
    return Reading(name=known.name, value=value, status=status, timestamp_ms=moment)


def flat(reading: Reading) -> Iterator[tuple[str, Spoken, int, int | None]]:
    """Samples of one reading: name, value, status and time in ms.

    A template gives `name/member` for each member; a data set its last row as `name/column` and
    the whole as JSON text; an array its JSON text and `name/0`, `name/1` and so on; bytes give
    nothing that a sample can hold. A data set of `timestamps` and `values` where the birth
    announced a number is a list of earlier values.

    Examples
    --------
    >>> [name for name, *_ in flat(Reading(name="a", value=[1, 2]))]
    ['a', 'a/0', 'a/1']
    """
    name, value, status, moment = reading.name, reading.value, reading.status, reading.timestamp_ms
    if isinstance(value, Template):
        yield name, value.template_ref, status, moment
        for member in value.metrics:
            worse = BAD_TYPE if member.fault else BAD_NO_DATA if member.is_null else 0
            inner = Reading(
                name=f"{name}/{member.name}",
                value=member.value,
                status=status or worse,
                timestamp_ms=member.timestamp_ms or moment,
            )
            yield from flat(inner)
    elif isinstance(value, DataSet):
        if status == BAD_TYPE:
            for stamp, each in value.rows:
                yield name, _scalar(each), 0, stamp if isinstance(stamp, int) else moment
            return
        text = msgspec.json.encode({"columns": value.columns, "rows": _plain(value.rows)})
        yield name, text.decode(), status, moment
        for column, each in zip(value.columns, value.rows[-1] if value.rows else (), strict=False):
            yield f"{name}/{column}", _scalar(each), status, moment
    elif isinstance(value, list):
        yield name, msgspec.json.encode(_plain(value)).decode(), status, moment
        for at, each in enumerate(value[:_LISTED]):
            yield f"{name}/{at}", _scalar(each), status, moment
    elif isinstance(value, bytes):
        yield name, None, status or BAD_TYPE, moment
    else:
        yield name, value, status, moment


def _plain(value: Any) -> Any:  # noqa: ANN401 - cells of any datatype
    """As JSON can say it; bytes as hexadecimal digits."""
    if isinstance(value, bytes):
        return value.hex()
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _scalar(value: Any) -> Spoken:  # noqa: ANN401 - cells of any datatype
    return value if isinstance(value, float | int | bool | str) else None


def _members(
    value: Any,  # noqa: ANN401 - of any datatype
    definitions: Mapping[str, Template],
    within: tuple[str, ...] = (),
    before: str = "",
) -> Iterator[tuple[str, DataType]]:
    """Datatypes of what is inside a template by path; what is said later holds.

    First those of its definition, then its own. A template inside itself is not looked into again.
    """
    if not isinstance(value, Template) or len(within) >= TEMPLATE_DEPTH_MAX:
        return
    ref = value.template_ref
    defined = None if ref in within else definitions.get(ref)
    for template in (defined, value):
        for member in template.metrics if template is not None else ():
            if member.name is None:
                continue
            path = f"{before}{member.name}"
            yield path, member.datatype
            yield from _members(member.value, definitions, (*within, ref), f"{path}/")


def _typed_members(
    template: Template, members: Mapping[str, DataType], before: str = ""
) -> Template:
    """Template whose members have the datatypes of the birth."""
    metrics = []
    for member in template.metrics:
        path = f"{before}{member.name}"
        value, fault = member.value, member.fault
        if isinstance(value, Template):
            value = _typed_members(value, members, f"{path}/")
        elif value is not None and not isinstance(value, DataSet):
            datatype = members.get(path, member.datatype)
            try:
                value = typed(value, datatype)
            except TypeMismatch:
                value, fault = None, f"it is no {spelled(datatype)}"
        metrics.append(msgspec.structs.replace(member, value=value, fault=fault))
    return msgspec.structs.replace(template, metrics=tuple(metrics))
