"""What one Sparkplug edge node says: births, data, deaths and its numbers; no clock, no network.

A node is one connection; the stations of its group and name are its devices, or the node itself
where a root has no third part. Aliases count from 1 in the order of the plant file. What is
written to it is checked as machines do; a node gives no answer but what it shows afterwards.

>>> node = EdgeNode("shop", "one", ())
>>> node.birth(3, {}, {}, 1_000)[0][0]
'spBv1.0/shop/NBIRTH/one'
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.connectors.sparkplug import (
    DataType,
    Metric,
    Payload,
    PayloadInvalid,
    decode_payload,
    encode_payload,
)
from linewright.emulate.folder import Written
from linewright.emulate.machines import Kind, Machine, Point, Raw, Sample, limits_of
from linewright.plant import Address

__all__ = ["REBIRTH", "EdgeNode", "Message", "edge_nodes"]

NS_PER_MS = 1_000_000
NUMBERS = 256
"""Sequence numbers and births run from 0 up to here."""

METRICS_MAX = 500
"""Metrics of one message: some 15 kB, what brokers take without asking."""

REBIRTH = "Node Control/Rebirth"
_BDSEQ = "bdSeq"
_PARTS_OF_DEVICE = 3

Message = tuple[str, bytes]
"""Topic and body."""

_TYPES: Mapping[Kind, DataType] = {
    "bool": DataType.BOOLEAN,
    "int16": DataType.INT16,
    "uint16": DataType.UINT16,
    "int32": DataType.INT32,
    "uint32": DataType.UINT32,
    "int64": DataType.INT64,
    "uint64": DataType.UINT64,
    "float32": DataType.FLOAT,
    "float64": DataType.DOUBLE,
    "text": DataType.STRING,
}


class _Item(msgspec.Struct, frozen=True):
    """A metric of the node: its point, its device and its alias."""

    point: Point
    device: str
    alias: int


class Heard(msgspec.Struct, frozen=True):
    """What a command message says: writes, and whether all births are asked for."""

    written: tuple[Written, ...] = ()
    is_rebirth: bool = False


class EdgeNode:
    """One node and its devices.

    Parameters
    ----------
    group, node
        Its names.
    machines
        The stations that it speaks for.
    """

    def __init__(self, group: str, node: str, machines: Sequence[Machine]) -> None:
        self.group = group
        self.node = node
        self.machines = tuple(machines)
        self._seq = 0
        self._items: dict[Address, _Item] = {}
        self._named: dict[tuple[str, str], _Item] = {}
        self.devices: tuple[str, ...] = tuple(
            dict.fromkeys(device for one in machines if (device := _device_of(one)))
        )
        alias = 0
        for machine in machines:
            for point in machine.points:
                alias += 1
                item = _Item(point, _device_of(machine), alias)
                self._items[point.address] = item
                self._named[item.device, point.item] = item

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the topics of commands to it."""
        own = f"spBv1.0/{self.group}/NCMD/{self.node}"
        # each by its name: a broker may know these topics only
        of = (f"spBv1.0/{self.group}/DCMD/{self.node}/{device}" for device in self.devices)
        return (own, *of)

    def death(self, birth: int, t_ms: int) -> Message:
        """Return its last will, or what it says itself before it leaves.

        Parameters
        ----------
        birth
            Number of the connection, as its NBIRTH says.
        t_ms
            Plant time in ms.
        """
        metrics = (Metric(name=_BDSEQ, datatype=DataType.INT64, value=birth % NUMBERS),)
        body = encode_payload(Payload(timestamp_ms=t_ms, metrics=metrics))
        return f"spBv1.0/{self.group}/NDEATH/{self.node}", body

    def birth(
        self,
        birth: int,
        shown: Mapping[Address, Sample],
        orders: Mapping[Address, Raw],
        t_ms: int,
    ) -> list[Message]:
        """Return the births of the node and of its devices; sequence numbers begin anew.

        Parameters
        ----------
        birth
            Number of the connection.
        shown, orders
            What its tags show and what stands on its commands; what is in neither is null.
        t_ms
            Plant time in ms.
        """
        self._seq = 0
        now = Metric(timestamp_ms=t_ms)
        control = (
            msgspec.structs.replace(
                now, name=_BDSEQ, datatype=DataType.INT64, value=birth % NUMBERS
            ),
            msgspec.structs.replace(now, name=REBIRTH, datatype=DataType.BOOLEAN, value=False),
        )
        found = []
        for device in ("", *self.devices):
            metrics = tuple(
                _born(item, shown, orders, t_ms)
                for item in self._items.values()
                if item.device == device
            )
            whole = metrics if device else (*control, *metrics)
            found.append(self._message("BIRTH", device, whole, t_ms))
        return found

    def data(self, samples: Sequence[Sample], t_ms: int) -> list[Message]:
        """Return samples as data messages, in their order."""
        found: list[Message] = []
        batch: list[Metric] = []
        device = ""
        for sample in samples:
            item = self._items[sample.tag]
            if batch and (item.device != device or len(batch) >= METRICS_MAX):
                found.append(self._message("DATA", device, tuple(batch), t_ms))
                batch = []
            device = item.device
            batch.append(
                Metric(
                    alias=item.alias,
                    timestamp_ms=sample.t_ns // NS_PER_MS,
                    datatype=_TYPES[item.point.kind],
                    value=sample.value,
                    is_historical=sample.historical,
                )
            )
        if batch:
            found.append(self._message("DATA", device, tuple(batch), t_ms))
        return found

    def sign(self, t_ms: int) -> list[Message]:
        """Return a sign of life of all that it speaks for: data messages without values."""
        devices = dict.fromkeys(_device_of(one) for one in self.machines)
        return [self._message("DATA", device, (), t_ms) for device in devices]

    def echo(self, written: Sequence[Written], t_ms: int) -> list[Message]:
        """Return what its commands show after they were written."""
        metrics: dict[str, list[Metric]] = defaultdict(list)
        commands = {one.point.command: one for one in self._items.values()}
        for one in written:
            item = commands.get(one.command)
            if item is not None and not item.point.is_signal and one.status == "Good":
                metrics[item.device].append(
                    Metric(
                        alias=item.alias,
                        timestamp_ms=t_ms,
                        datatype=_TYPES[item.point.kind],
                        value=one.value,
                    )
                )
        return [
            self._message("DATA", device, tuple(found), t_ms) for device, found in metrics.items()
        ]

    def hear(self, topic: str, body: bytes, by: str = "host") -> Heard:
        """Return what a command message says; of what cannot be read nothing is done.

        Parameters
        ----------
        topic, body
            The message.
        by
            Who is named as the one that wrote.

        Returns
        -------
        Heard
            Writes with the status that an OPC UA server would answer.
        """
        parts = topic.split("/")
        try:
            payload = decode_payload(body)
        except PayloadInvalid:
            return Heard()
        if len(parts) > 2 and parts[2] == "NCMD":  # noqa: PLR2004  # namespace, group, kind
            rebirth = any(one.name == REBIRTH and one.value is True for one in payload.metrics)
            return Heard(tuple(self._writes("", payload, by)), rebirth)
        return Heard(tuple(self._writes(parts[-1], payload, by)))

    def _writes(self, device: str, payload: Payload, by: str) -> Iterator[Written]:
        aliases = {one.alias: one for one in self._items.values()}
        for metric in payload.metrics:
            item = self._named.get((device, metric.name or "")) or aliases.get(metric.alias or 0)
            if item is None or item.device != device or item.point.command is None:
                continue
            value = metric.value
            plain = value if isinstance(value, bool | int | float | str) else None
            yield Written(
                command=item.point.command,
                value=plain,
                by=by,
                status=_status(item.point, plain),
            )

    def _message(self, kind: str, device: str, metrics: tuple[Metric, ...], t_ms: int) -> Message:
        seq, self._seq = self._seq, (self._seq + 1) % NUMBERS
        body = encode_payload(Payload(timestamp_ms=t_ms, seq=seq, metrics=metrics))
        if device:
            return f"spBv1.0/{self.group}/D{kind}/{self.node}/{device}", body
        return f"spBv1.0/{self.group}/N{kind}/{self.node}", body


def _device_of(machine: Machine) -> str:
    parts = machine.root.split("/")
    return parts[-1] if len(parts) == _PARTS_OF_DEVICE else ""


def _born(
    item: _Item, shown: Mapping[Address, Sample], orders: Mapping[Address, Raw], t_ms: int
) -> Metric:
    point = item.point
    born = Metric(name=point.item, alias=item.alias, datatype=_TYPES[point.kind], timestamp_ms=t_ms)
    if not point.is_signal and point.command is not None:
        return msgspec.structs.replace(born, value=orders.get(point.command, point.first))
    sample = shown.get(point.address)
    if sample is None:
        return msgspec.structs.replace(born, is_null=True)
    return msgspec.structs.replace(born, value=sample.value, timestamp_ms=sample.t_ns // NS_PER_MS)


def _status(point: Point, value: Raw | None) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or is_number == (point.kind in {"text", "bool"}):
        return "BadTypeMismatch"
    if isinstance(value, str) != (point.kind == "text"):
        return "BadTypeMismatch"
    if point.choices and value not in point.choices:
        return "BadOutOfRange"
    if not is_number:
        return "Good"
    number = float(value)
    bounds = limits_of(point.kind)
    if bounds is not None and not bounds[0] <= number <= bounds[1]:
        return "BadOutOfRange"
    is_low = point.low is not None and number < point.low
    is_high = point.high is not None and number > point.high
    return "BadOutOfRange" if is_low or is_high or not math.isfinite(number) else "Good"


def edge_nodes(machines: Sequence[Machine]) -> tuple[EdgeNode, ...]:
    """Return the nodes of machines: stations with one group and node share it.

    Examples
    --------
    >>> edge_nodes(())
    ()
    """
    grouped: dict[tuple[str, str], list[Machine]] = defaultdict(list)
    for one in machines:
        if one.protocol == "sparkplug":
            group, node = one.root.split("/")[:2]
            grouped[group, node].append(one)
    return tuple(EdgeNode(*names, found) for names, found in grouped.items())
