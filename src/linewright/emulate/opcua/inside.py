"""What the OPC UA library is to us: the inside of one server, its gate, and values as it has them.

This is the only file of the room that knows the library. The standard nodes of a server are made
once and copied for each machine, for making them takes about half a second.
"""

import asyncio
import contextlib
import datetime as dt
import functools
import gc
import logging
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import (
    AddressSpace,
    AttributeService,
    AttributeValue,
    NodeData,
    NodeManagementService,
)
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.internal_server import InternalServer
from asyncua.server.standard_address_space.standard_address_space import fill_address_space
from asyncua.server.user_managers import UserManager

from linewright.emulate.folder import Written
from linewright.emulate.machines import Kind, Point, Raw

__all__ = [
    "POLICIES",
    "TYPES",
    "Gate",
    "Gated",
    "Inside",
    "Keep",
    "datetime_of",
    "forget",
    "quiet",
    "setup_self_signed_certificate",
    "shown_as",
    "ua",
    "without_collection",
]

QUEUE_MAX = 10_000
"""Longest queue of one monitored item: a client that stands still longer loses the oldest."""

NS_PER_US = 1_000
US_PER_S = 1_000_000

TYPES: Mapping[Kind, Any] = {
    "bool": ua.VariantType.Boolean,
    "int16": ua.VariantType.Int16,
    "uint16": ua.VariantType.UInt16,
    "int32": ua.VariantType.Int32,
    "uint32": ua.VariantType.UInt32,
    "int64": ua.VariantType.Int64,
    "uint64": ua.VariantType.UInt64,
    "float32": ua.VariantType.Float,
    "float64": ua.VariantType.Double,
    "text": ua.VariantType.String,
}

POLICIES: Mapping[str, Any] = {
    "basic256sha256": ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
    "aes128_sha256_rsaoaep": ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
    "aes256_sha256_rsapss": ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
}
"""What a server offers beside none where the plant file says `security`."""

BACKLOG_BYTES = 4_000_000
"""What a frozen server keeps for a client until it thaws; a client with more is cut off."""

_log = logging.getLogger(__name__)


Keep = Callable[[Written], None]
"""Takes a write of a client; what it raises refuses the write."""


class _Users(UserManager):  # type: ignore[misc]  # the library is not typed for us
    """Everybody is let in under the name that they give, and nobody as an administrator."""

    def get_user(self, _iserver: object, username: str | None = None, **_more: object) -> User:
        return User(role=UserRole.User, name=username or "anonymous")


class _Writes(AttributeService):  # type: ignore[misc]  # the library is not typed for us
    """What clients write: refused when out of range, else kept and shown before the answer."""

    def __init__(self, aspace: Any, points: Mapping[Any, Point], keep: Keep) -> None:  # noqa: ANN401  # its own types
        super().__init__(aspace)
        self.points = points
        self.keep = keep
        self.now = datetime_of(0)

    async def write(self, params: Any, user: Any = None) -> list[Any]:  # noqa: ANN401  # its own
        """Return a status for each value; the server's own writes come through here too."""
        if user is None or user.role == UserRole.Admin:
            return list(await super().write(params))
        return [await self._one(item, user.name) for item in params.NodesToWrite]

    async def _one(self, item: Any, by: str) -> Any:  # noqa: ANN401  # the library's own types
        point = self.points.get(item.NodeId)
        is_value = item.AttributeId == ua.AttributeIds.Value
        if point is None or not point.writable or point.is_method or not is_value:
            return ua.StatusCode(ua.StatusCodes.BadNotWritable)
        status = self.order(point, item.Value.Value, by)
        if status.is_good() and not point.is_signal:
            shown = shown_as(item.Value.Value.Value, point.kind, self.now, self.now)
            await self._aspace.write_attribute_value(item.NodeId, item.AttributeId, shown)
        return status

    def order(self, point: Point, given: Any, by: str) -> Any:  # noqa: ANN401  # its own types
        """Keep what was written or called, and return the answer."""
        value = None if given is None else given.Value
        if given is None or given.is_array or given.VariantType != TYPES[point.kind]:
            status = ua.StatusCode(ua.StatusCodes.BadTypeMismatch)
        elif not _inside(point, value):
            status = ua.StatusCode(ua.StatusCodes.BadOutOfRange)
        else:
            status = ua.StatusCode(ua.StatusCodes.Good)
        plain = value if isinstance(value, bool | int | float | str) else None
        try:
            assert point.command is not None, "it was looked at"
            self.keep(Written(command=point.command, value=plain, by=by, status=status.name))
        except OSError as error:
            _log.warning("a write to %s is refused: %s", point.address, error)
            return ua.StatusCode(ua.StatusCodes.BadTooManyOperations)
        return status


def _inside(point: Point, value: object) -> bool:
    if not isinstance(value, int | float):
        return isinstance(value, str) and (not point.choices or value in point.choices)
    low, high = point.low, point.high
    return (
        math.isfinite(value) and (low is None or value >= low) and (high is None or value <= high)
    )


class Inside(InternalServer):  # type: ignore[misc]  # the library is not typed for us
    """The inside of one server: copied standard nodes, and writes that are looked at."""

    def __init__(self, points: Mapping[Any, Point], keep: Keep) -> None:
        super().__init__(user_manager=_Users())
        self.attribute_service = _Writes(self.aspace, points, keep)
        self.allow_remote_admin = False
        self.disabled_clock = True
        self.max_monitored_item_queue_size = QUEUE_MAX
        self.supported_tokens = (ua.AnonymousIdentityToken, ua.UserNameIdentityToken)

    async def load_standard_address_space(self, _shelf_file: object = None) -> None:
        """Take the standard nodes as they were made once; each is copied when it is needed."""
        self.aspace._nodes = _Nodes(_standard_nodes())  # noqa: SLF001  # the library has no other way


class _Nodes(dict[Any, Any]):
    """The nodes of one server: its own, and copies of the standard ones that were looked at."""

    def __init__(self, standard: Mapping[Any, Any]) -> None:
        super().__init__()
        self._standard = standard

    def __missing__(self, node: Any) -> Any:  # noqa: ANN401  # the library's own types
        copy = self[node] = _copied(self._standard[node])
        return copy

    def __contains__(self, node: object) -> bool:
        return super().__contains__(node) or node in self._standard

    def get(self, node: Any, default: Any = None) -> Any:  # noqa: ANN401  # the library's own types
        """Return a node, copied where it is a standard one, or the default."""
        try:
            return self[node]
        except KeyError:
            return default

    def keys(self) -> Any:  # noqa: ANN401  # a view as dict has it
        """Return the ids of all nodes; nobody may delete one."""
        return {**self._standard, **self}.keys()


@functools.cache
def _standard_nodes() -> Mapping[Any, Any]:
    """Return the nodes that every server has; nobody changes these, only copies of them."""
    space = AddressSpace()
    with without_collection():
        fill_address_space(NodeManagementService(space))
    return {node: space[node] for node in space.keys()}  # noqa: SIM118  # it is no mapping


def _copied(data: Any) -> Any:  # noqa: ANN401  # the library's own types
    copy = NodeData(data.nodeid)
    copy.attributes = {name: AttributeValue(one.value) for name, one in data.attributes.items()}
    copy.references = list(data.references)
    return copy


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Let the collector rest while many objects are made that all stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Leave out the library's warnings about security, which no server on this computer needs."""
    logger = logging.getLogger("asyncua.server.server")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


class Gate:
    """The link of one machine: open, or in one of the ways in which links and servers fail."""

    def __init__(self) -> None:
        self.state = "open"
        self.connections: set[_Connection] = set()

    def turn(self, state: str) -> None:
        """Let another state hold for every connection."""
        before, self.state = self.state, state
        for one in tuple(self.connections):
            if state in {"cut", "away"} or before == "half_open":
                one.abort()
            else:
                one.turn()

    def drop(self) -> None:
        """End every connection, whatever the link is like now."""
        for one in tuple(self.connections):
            one.abort()


class _Pipe:
    """The outgoing half of a connection: what is written waits or is lost, as the gate says."""

    def __init__(self, transport: Any, gate: Gate) -> None:  # noqa: ANN401  # the loop's own
        self._transport = transport
        self._gate = gate
        self._waiting = bytearray()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # all else is the transport's
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, or keep until the server thaws, or lose."""
        if self._gate.state == "frozen":
            self._waiting += data
            if len(self._waiting) > BACKLOG_BYTES:
                self._transport.abort()
        elif self._gate.state != "half_open":
            self._transport.write(data)

    def turn(self) -> None:
        """Send what has waited, where nothing holds it back any more."""
        if self._waiting and self._gate.state != "frozen":
            data, self._waiting = bytes(self._waiting), bytearray()
            self.write(data)


class _Connection(OPCUAProtocol):  # type: ignore[misc]  # the library is not typed for us
    """One client's connection, through the gate of its machine."""

    gate: Gate

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  # the loop's own
        super().connection_made(_Pipe(transport, self.gate))
        if self.processor is None:
            return
        self.gate.connections.add(self)
        self._inner = self.processor._process_message  # noqa: SLF001  # no other way in
        self.processor._process_message = self._answer  # noqa: SLF001  # no other way in
        self.turn()

    def connection_lost(self, ex: BaseException | None) -> None:
        self.gate.connections.discard(self)
        super().connection_lost(ex)

    def data_received(self, data: bytes) -> None:
        if self.gate.state != "half_open":
            super().data_received(data)

    def turn(self) -> None:
        """Read on, or let the client's requests wait in the network."""
        if self.gate.state == "frozen":
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()
            self.transport.turn()

    def abort(self) -> None:
        """End without a word."""
        self.transport.abort()

    async def _answer(self, typeid: Any, header: Any, sequence: Any, body: Any) -> Any:  # noqa: ANN401  # its own
        if self.gate.state == "refusing" and typeid not in _NEVER_REFUSED:
            raise ua.uaerrors.BadTooManyOperations
        return await self._inner(typeid, header, sequence, body)


_NEVER_REFUSED = frozenset(
    ua.NodeId(number)
    for number in (
        ua.ObjectIds.PublishRequest_Encoding_DefaultBinary,
        ua.ObjectIds.CloseSessionRequest_Encoding_DefaultBinary,
        ua.ObjectIds.CloseSecureChannelRequest_Encoding_DefaultBinary,
    )
)


class _Listener(BinaryServer):  # type: ignore[misc]  # the library is not typed for us
    """The listening half of a server, with a gate."""

    gate: Gate
    _server: asyncio.AbstractServer | None

    def _make_protocol(self) -> _Connection:
        made = _Connection(
            iserver=self.iserver,
            policies=self._policies,
            clients=self.clients,
            closing_tasks=self.closing_tasks,
            limits=self.limits,
        )
        made.gate = self.gate
        return made

    async def deaf(self) -> None:
        """Listen no more; connections stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def hear(self) -> None:
        """Listen again at the same port."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._make_protocol, self.hostname, self.port)


class Gated(Server):  # type: ignore[misc]  # the library is not typed for us
    """A server whose connections go through a gate."""

    gate: Gate

    async def start(self) -> None:
        """Listen."""
        await self._setup_server_nodes()
        await self.iserver.start()
        try:
            self.bserver = _Listener(self.iserver, *self._get_bind_socket_info(), self.limits)
            self.bserver.gate = self.gate
            self.bserver.set_policies(self._policies)
            await self.bserver.start()
        except BaseException:
            await self.iserver.stop()
            raise


def forget(space: Any, node: Any) -> None:  # noqa: ANN401  # the library's own types
    """Have the subscribers of a node told its next value, also where it is the same."""
    value = space[node].attributes[ua.AttributeIds.Value]
    for handle, callback in value.datachange_callbacks.items():
        service = callback.__self__
        item = service._monitored_items[service._monitored_datachange[handle]]  # noqa: SLF001  # no other way in
        item.mvalue.current_dvalue = None


def shown_as(value: Raw | None, kind: Kind, since: dt.datetime, now: dt.datetime) -> Any:  # noqa: ANN401  # its own types
    """Return a value with its times, as the library takes it."""
    return ua.DataValue(
        ua.Variant(value, TYPES[kind]),
        ua.StatusCode(ua.StatusCodes.Good),
        SourceTimestamp=since,
        ServerTimestamp=now,
    )


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def datetime_of(t_ns: int) -> dt.datetime:
    """Return a time as the library takes it, to the microsecond."""
    seconds, micro = divmod(t_ns // NS_PER_US, US_PER_S)
    return _EPOCH + dt.timedelta(seconds=seconds, microseconds=micro)
