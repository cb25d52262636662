"""The machines' servers: real OPC UA servers on this computer.

This is the only file of the room that knows the OPC UA library. The standard nodes of a server
are made once and copied for each machine, for making them takes about half a second.
"""

import contextlib
import datetime as dt
import functools
import gc
import logging
import math
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import (
    AddressSpace,
    AttributeService,
    AttributeValue,
    NodeData,
    NodeManagementService,
)
from asyncua.server.internal_server import InternalServer
from asyncua.server.standard_address_space.standard_address_space import fill_address_space
from asyncua.server.user_managers import UserManager

from linewright.emulate.folder import Written
from linewright.emulate.machines import Kind, Machine, Point, Raw, Sample
from linewright.plant import Address

__all__ = ["PortTaken", "Servers", "Start", "serving"]

HOST = "127.0.0.1"
"""Emulated machines are reached from this computer only."""

QUEUE_MAX = 10_000
"""Longest queue of one monitored item: a client that stands still longer loses the oldest."""

NS_PER_US = 1_000
US_PER_S = 1_000_000

_TYPES: Mapping[Kind, Any] = {
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

_log = logging.getLogger(__name__)


class PortTaken(OSError):
    """A machine's port is not free, so that its clients could not find it again.

    `address` is the station, `port` the port. End what listens there, or start with an empty
    folder to have the machines at new ports.
    """

    def __init__(self, address: Address, port: int, reason: str) -> None:
        super().__init__(f"{address}: port {port} of {HOST} cannot be had: {reason}")
        self.address = address
        self.port = port


Keep = Callable[[Written], None]
"""Takes a write of a client; what it raises refuses the write."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How servers begin: the ports they must have, what they show, and plant time.

    For a station without a port a free one is taken; `orders` is what stands on commands.
    """

    ports: Mapping[Address, int]
    orders: Mapping[Address, Raw]
    first: tuple[Sample, ...]
    now_ns: int


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
        self.now = _datetime(0)

    async def write(self, params: Any, user: Any = None) -> list[Any]:  # noqa: ANN401  # its own
        """Return a status for each value; the server's own writes come through here too."""
        if user is None or user.role == UserRole.Admin:
            return list(await super().write(params))
        return [await self._one(item, user.name) for item in params.NodesToWrite]

    async def _one(self, item: Any, by: str) -> Any:  # noqa: ANN401  # the library's own types
        point = self.points.get(item.NodeId)
        if point is None or not point.writable or item.AttributeId != ua.AttributeIds.Value:
            return ua.StatusCode(ua.StatusCodes.BadNotWritable)
        given = item.Value.Value
        value = None if given is None else given.Value
        if given is None or given.is_array or given.VariantType != _TYPES[point.kind]:
            status = ua.StatusCode(ua.StatusCodes.BadTypeMismatch)
        elif not _inside(point, value):
            status = ua.StatusCode(ua.StatusCodes.BadOutOfRange)
        else:
            status = ua.StatusCode(ua.StatusCodes.Good)
        plain = value if isinstance(value, bool | int | float | str) else None
        try:
            self.keep(Written(command=point.address, value=plain, by=by, status=status.name))
        except OSError as error:
            _log.warning("a write to %s is refused: %s", point.address, error)
            return ua.StatusCode(ua.StatusCodes.BadTooManyOperations)
        if status.is_good():
            shown = _shown(plain, point.kind, self.now, self.now)
            await self._aspace.write_attribute_value(item.NodeId, item.AttributeId, shown)
        return status


def _inside(point: Point, value: object) -> bool:
    if not isinstance(value, int | float):
        return isinstance(value, str)
    low, high = point.low, point.high
    return (
        math.isfinite(value) and (low is None or value >= low) and (high is None or value <= high)
    )


class _Machine(InternalServer):  # type: ignore[misc]  # the library is not typed for us
    """The inside of one server: copied standard nodes, and writes that are looked at."""

    def __init__(self, points: Mapping[Any, Point], keep: Keep) -> None:
        super().__init__(user_manager=_Users())
        self.attribute_service = _Writes(self.aspace, points, keep)
        self.allow_remote_admin = False
        self.disabled_clock = True
        self.max_monitored_item_queue_size = QUEUE_MAX
        self.supported_tokens = (ua.AnonymousIdentityToken, ua.UserNameIdentityToken)

    async def load_standard_address_space(self, _shelf_file: object = None) -> None:
        """Take a copy of the standard nodes instead of making them again."""
        for node, data in _standard_nodes().items():
            self.aspace[node] = _copied(data)


@functools.cache
def _standard_nodes() -> Mapping[Any, Any]:
    """Return the nodes that every server has; nobody changes these, only copies of them."""
    space = AddressSpace()
    with _without_collection():
        fill_address_space(NodeManagementService(space))
    return {node: space[node] for node in space.keys()}  # noqa: SIM118  # it is no mapping


def _copied(data: Any) -> Any:  # noqa: ANN401  # the library's own types
    copy = NodeData(data.nodeid)
    copy.attributes = {name: AttributeValue(one.value) for name, one in data.attributes.items()}
    copy.references = list(data.references)
    return copy


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Let the collector rest while many objects are made that all stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out the library's warnings about security, which no server on this computer needs."""
    logger = logging.getLogger("asyncua.server.server")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


class Servers:
    """The running servers of all machines; made by `serving`.

    Attributes
    ----------
    endpoints
        URL by station.
    ports
        Port by station, to come back to after a restart.
    """

    def __init__(self, machines: Sequence[Machine], keep: Keep) -> None:
        self.endpoints: dict[Address, str] = {}
        self.ports: dict[Address, int] = {}
        self._keep = keep
        self._inside: dict[Address, Any] = {}
        self._places = {
            point.address: (machine.address, ua.NodeId.from_string(point.node), point.kind)
            for machine in machines
            for point in machine.points
            if not point.writable
        }

    async def show(self, samples: Sequence[Sample], now_ns: int) -> None:
        """Write samples in order, and set the servers' clocks to plant time `now_ns`.

        Every sample reaches every subscriber whose queue has room, also several of one tag.
        """
        now = _datetime(now_ns)
        for sample in samples:
            machine, node, kind = self._places[sample.tag]
            await self._inside[machine].write_attribute_value(
                node, _shown(sample.value, kind, _datetime(sample.t_ns), now)
            )
        clock = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
        for inside in self._inside.values():
            inside.attribute_service.now = now
            await inside.write_attribute_value(
                clock, ua.DataValue(ua.Variant(now, ua.VariantType.DateTime), SourceTimestamp=now)
            )

    async def _open(self, machine: Machine, start: Start) -> Any:  # noqa: ANN401  # its own
        points = {ua.NodeId.from_string(point.node): point for point in machine.points}
        server = Server(iserver=_Machine(points, self._keep))
        await server.init()
        server.set_server_name(machine.address)
        await server.set_application_uri(f"urn:linewright:machine:{machine.address}")
        server.set_endpoint(f"opc.tcp://{HOST}:{start.ports.get(machine.address, 0)}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        for uri in machine.namespaces:
            await server.register_namespace(uri)
        folder = await server.nodes.objects.add_folder(2, machine.address.name)
        for point in machine.points:
            await _add(folder, point)
            if point.writable and point.first is not None:
                order = start.orders.get(point.address, point.first)
                now = _datetime(start.now_ns)
                await server.iserver.write_attribute_value(
                    ua.NodeId.from_string(point.node), _shown(order, point.kind, now, now)
                )
        self._inside[machine.address] = server.iserver
        return server

    async def _listen(self, machine: Machine, server: Any, port: int) -> None:  # noqa: ANN401  # its own types
        try:
            with _quiet():
                await server.start()
        except OSError as error:
            raise PortTaken(machine.address, port, str(error)) from error
        bound = server.bserver.port
        self.ports[machine.address] = bound
        self.endpoints[machine.address] = f"opc.tcp://{HOST}:{bound}"


@contextlib.asynccontextmanager
async def serving(
    machines: Sequence[Machine],
    start: Start,
    keep: Keep,
) -> AsyncIterator[Servers]:
    """Serve machines while the block runs; they show something before the first client comes.

    Parameters
    ----------
    machines
        The machines, one server each. Tags without a first sample have the status
        `BadWaitingForInitialData`.
    start
        Where they are, what they show first, and plant time.
    keep
        Called with each write of a client to a command before the client is answered; an
        `OSError` refuses the write.

    Raises
    ------
    PortTaken
        Something else listens at a port of `start.ports`.
    """
    servers = Servers(machines, keep)
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        with _without_collection():
            for machine in machines:
                server = await servers._open(machine, start)  # noqa: SLF001  # made here only
                opened.append((machine, server))
        await servers.show(start.first, start.now_ns)
        for machine, server in opened:
            await servers._listen(machine, server, start.ports.get(machine.address, 0))  # noqa: SLF001  # made here only
            stack.push_async_callback(server.stop)
            _log.info("machine %s at %s", machine.address, servers.endpoints[machine.address])
        yield servers


async def _add(folder: Any, point: Point) -> None:  # noqa: ANN401  # the library's own types
    """Add a node without a value, of its type."""
    kind = _TYPES[point.kind]
    node = ua.NodeId.from_string(point.node)
    name = ua.QualifiedName(point.address.tag, node.NamespaceIndex)
    empty = {"text": "", "bool": False}.get(point.kind, 0)
    variable = await folder.add_variable(node, name, empty, kind, ua.NodeId(kind.value))
    if point.writable:
        await variable.set_writable()
    waiting = ua.StatusCode(ua.StatusCodes.BadWaitingForInitialData)
    await variable.write_value(ua.DataValue(ua.Variant(None, ua.VariantType.Null), waiting))


def _shown(value: Raw | None, kind: Kind, since: dt.datetime, now: dt.datetime) -> Any:  # noqa: ANN401  # its own types
    return ua.DataValue(
        ua.Variant(value, _TYPES[kind]),
        ua.StatusCode(ua.StatusCodes.Good),
        SourceTimestamp=since,
        ServerTimestamp=now,
    )


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _datetime(t_ns: int) -> dt.datetime:
    """Return a time as the library takes it, to the microsecond."""
    seconds, micro = divmod(t_ns // NS_PER_US, US_PER_S)
    return _EPOCH + dt.timedelta(seconds=seconds, microseconds=micro)
