"""Topics of Sparkplug, and what a host application says of itself: its STATE.

>>> topic_of("NDATA", "Plant1", "JS1")
'spBv1.0/Plant1/NDATA/JS1'
>>> parse_topic("spBv1.0/Plant1/DDATA/JS1/D1").device
'D1'
"""

from collections.abc import Collection
from typing import Literal, get_args

import msgspec

__all__ = [
    "DATA_KINDS",
    "NAMESPACE",
    "HostState",
    "Kind",
    "NodeTopic",
    "Spot",
    "filters_of",
    "parse_state",
    "parse_topic",
    "spot_of",
    "state_payload",
    "state_topic",
    "topic_of",
    "valid_id",
]

NAMESPACE = "spBv1.0"

Kind = Literal["NBIRTH", "NDEATH", "NDATA", "NCMD", "DBIRTH", "DDEATH", "DDATA", "DCMD"]

DATA_KINDS: tuple[Kind, ...] = ("NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA")
"""What nodes publish and a host application hears."""

_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_RESERVED = frozenset("+/#")
_NODE_PARTS = 4
_DEVICE_PARTS = 5
_ROOT_PARTS = (2, 3)


class Spot(msgspec.Struct, frozen=True):
    """A node, or a device behind it where `device` is given.

    Examples
    --------
    >>> Spot("Plant1", "JS1").device is None
    True
    """

    group: str
    node: str
    device: str | None = None


class NodeTopic(msgspec.Struct, frozen=True, kw_only=True):
    """Topic of one message of a node: what it is, and of whom.

    Examples
    --------
    >>> NodeTopic(kind="NDATA", group="Plant1", node="JS1").kind
    'NDATA'
    """

    kind: Kind
    group: str
    node: str
    device: str | None = None


class HostState(msgspec.Struct, frozen=True, kw_only=True):
    """What a host application says of itself: retained, so that nodes know it at any time.

    Examples
    --------
    >>> HostState(online=True, timestamp=5).online
    True
    """

    online: bool
    timestamp: int


def valid_id(text: str) -> bool:
    """Whether a text may be the name of a group, a node, a device or a host.

    Examples
    --------
    >>> valid_id("Plant 1"), valid_id("a/b"), valid_id("")
    (True, False, False)
    """
    return bool(text) and not _RESERVED & set(text)


def topic_of(kind: Kind, group: str, node: str, device: str | None = None) -> str:
    """Topic of a message.

    Examples
    --------
    >>> topic_of("DCMD", "Plant1", "JS1", "D1")
    'spBv1.0/Plant1/DCMD/JS1/D1'
    """
    assert (device is not None) == kind.startswith("D"), "devices have messages of their own"
    ending = "" if device is None else f"/{device}"
    return f"{NAMESPACE}/{group}/{kind}/{node}{ending}"


def parse_topic(topic: str) -> NodeTopic | None:
    """What a topic says; None where it is no topic of a node.

    Examples
    --------
    >>> parse_topic("spBv1.0/Plant1/NDATA/JS1/D1") is None
    True
    """
    parts = topic.split("/")
    count = len(parts)
    if count not in {_NODE_PARTS, _DEVICE_PARTS} or parts[0] != NAMESPACE or "" in parts:
        return None
    kind = _KINDS.get(parts[2])
    if kind is None or (count == _DEVICE_PARTS) != kind.startswith("D"):
        return None
    device = parts[4] if count == _DEVICE_PARTS else None
    return NodeTopic(kind=kind, group=parts[1], node=parts[3], device=device)


def spot_of(root: str) -> Spot | None:
    """Node or device that a root names; None where it names none.

    Examples
    --------
    >>> spot_of("corridor/van/run")
    Spot(group='corridor', node='van', device='run')
    >>> spot_of("corridor") is None
    True
    """
    parts = root.split("/")
    if len(parts) not in _ROOT_PARTS or not all(map(valid_id, parts)):
        return None
    return Spot(*parts)


def filters_of(group: str, node: str, devices: Collection[str] = ("+",)) -> tuple[str, ...]:
    """What to subscribe to for all that one node says, of itself and of its devices.

    Sequence numbers run over all of its messages: on a broker where others may publish none of
    its devices may be left out.

    Examples
    --------
    >>> filters_of("Plant1", "JS1")[0], filters_of("Plant1", "JS1")[-1]
    ('spBv1.0/Plant1/NBIRTH/JS1', 'spBv1.0/Plant1/DDATA/JS1/+')
    """
    own = [topic_of(kind, group, node) for kind in DATA_KINDS if kind.startswith("N")]
    of_devices = [
        topic_of(kind, group, node, device)
        for kind in DATA_KINDS
        if kind.startswith("D")
        for device in devices
    ]
    return (*own, *of_devices)


def state_topic(host: str) -> str:
    """Topic of what a host application says of itself.

    Examples
    --------
    >>> state_topic("linewright")
    'spBv1.0/STATE/linewright'
    """
    assert valid_id(host), "a host is named without +, / and #"
    return f"{NAMESPACE}/STATE/{host}"


def state_payload(*, online: bool, timestamp_ms: int) -> bytes:
    """Body of a STATE message.

    Examples
    --------
    >>> state_payload(online=True, timestamp_ms=5)
    b'{"online":true,"timestamp":5}'
    """
    return msgspec.json.encode(HostState(online=online, timestamp=timestamp_ms))


def parse_state(data: bytes) -> HostState | None:
    """What a STATE message says; None where it is none.

    Examples
    --------
    >>> parse_state(b"OFFLINE") is None
    True
    """
    try:
        return msgspec.json.decode(data, type=HostState)
    except msgspec.DecodeError:
        return None
