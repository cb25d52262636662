"""The machines' servers: real OPC UA servers on this computer, that fail as a scenario says."""

import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.emulate.faults.links import OPEN, Reach
from linewright.emulate.machines import Kind, Machine, Point, Raw, Sample
from linewright.emulate.opcua.inside import (
    POLICIES,
    TYPES,
    Gate,
    Gated,
    Inside,
    Keep,
    datetime_of,
    forget,
    quiet,
    setup_self_signed_certificate,
    shown_as,
    ua,
    without_collection,
)
from linewright.plant import Address

__all__ = ["PortTaken", "Servers", "Start", "serving"]

HOST = "127.0.0.1"
"""Emulated machines are reached from this computer only."""

PROGRESS = 10
"""Machines between two words on how far the start is."""

Standing = Callable[[], tuple[Mapping[Address, Raw], Sequence[Sample]]]
"""Gives what stands on commands and tags, for a server that comes up."""

_NAMESPACE = re.compile(r"ns=(\d+);")
_CLOCK = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)

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


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How servers begin: the ports they must have, what they show, and plant time.

    For a station without a port a free one is taken; `orders` is what stands on commands.
    """

    ports: Mapping[Address, int]
    orders: Mapping[Address, Raw]
    first: tuple[Sample, ...]
    now_ns: int
    reach: Mapping[Address, Reach] = {}
    certificates: Path | None = None
    """Folder of the servers' certificates; None: none offers security."""


class _Seat:
    """One machine: its server while it is up, its gate, and how it is reached."""

    def __init__(self, machine: Machine, keep: Keep, certificates: Path | None) -> None:
        self.machine = machine
        self.keep = keep
        self.certificates = certificates
        self.gate = Gate()
        self.reach = OPEN
        self.server: Any = None
        self.inside: Any = None
        self.port = 0
        self.nodes: dict[Address, tuple[Any, Kind]] = {}

    @property
    def is_read(self) -> bool:
        """Whether some client watches nodes of the server."""
        subscriptions = self.inside.subscription_service.subscriptions.values()
        return any(one.monitored_item_srv._monitored_items for one in subscriptions)  # noqa: SLF001  # the library has no other word

    async def build(self, orders: Mapping[Address, Raw], now_ns: int, reach: Reach) -> None:
        """Make the server with its nodes; it does not listen yet."""
        machine = self.machine
        self.reach = reach
        ids = {point.address: _node_id(point.item, reach.shift) for point in machine.points}
        self.nodes = {
            point.address: (ids[point.address], point.kind)
            for point in machine.points
            if point.is_signal
        }
        points = {ids[point.address]: point for point in machine.points}
        server = Gated(iserver=Inside(points, self.keep))
        server.gate = self.gate
        await server.init()
        server.set_server_name(machine.address)
        uri = f"urn:linewright:machine:{machine.address}"
        await server.set_application_uri(uri)
        server.set_endpoint(f"opc.tcp://{HOST}:{self.port}")
        await self._secure(server, uri)
        moved = (f"urn:linewright:moved:{n + 1}" for n in range(reach.shift))
        for name in (*moved, *machine.namespaces):
            await server.register_namespace(name)
        folder = await server.nodes.objects.add_folder(2, machine.address.name)
        now = datetime_of(now_ns + reach.ahead_ns)
        for point in machine.points:
            if point.is_method:
                await _add_method(folder, ids[point.address], point, server.iserver)
                continue
            await _add(folder, ids[point.address], point)
            if point.command is not None and not point.is_signal and point.first is not None:
                order = orders.get(point.command, point.first)
                await server.iserver.write_attribute_value(
                    ids[point.address], shown_as(order, point.kind, now, now)
                )
        self.server, self.inside = server, server.iserver

    async def _secure(self, server: Any, uri: str) -> None:  # noqa: ANN401  # its own types
        policies = [ua.SecurityPolicyType.NoSecurity]
        policy = POLICIES.get(self.machine.security)
        if policy is not None and self.certificates is not None:
            name = self.machine.address.replace("/", ".")
            self.certificates.mkdir(mode=0o700, parents=True, exist_ok=True)
            key, certificate = (self.certificates / f"{name}.{end}" for end in ("pem", "der"))
            await setup_self_signed_certificate(
                key, certificate, uri, HOST, [], {"commonName": self.machine.address.name}
            )
            key.chmod(0o600)
            await server.load_certificate(str(certificate))
            await server.load_private_key(str(key))
            policies.append(policy)
        server.set_security_policy(policies)

    async def listen(self) -> None:
        """Come up at the port, or at a free one the first time."""
        try:
            with quiet():
                await self.server.start()
        except OSError as error:
            self.server = self.inside = None
            raise PortTaken(self.machine.address, self.port, str(error)) from error
        self.port = self.server.bserver.port
        self.gate.turn(self.reach.state)
        if self.reach.state == "cut":
            await self.server.bserver.deaf()

    async def leave(self) -> None:
        """Go down."""
        server, self.server, self.inside = self.server, None, None
        if server is not None:
            self.gate.turn("away")
            await server.stop()

    async def show(self, sample: Sample, now_ns: int) -> None:
        """Write one sample; one that is shown again is told again."""
        if self.inside is None:
            return
        now = datetime_of(now_ns + self.reach.ahead_ns)
        node, kind = self.nodes[sample.tag]
        if sample.fate == "again":
            forget(self.inside.aspace, node)
        shown = shown_as(sample.value, kind, datetime_of(sample.t_ns), now)
        await self.inside.write_attribute_value(node, shown)

    async def clock(self, now_ns: int) -> None:
        """Set the server's clock."""
        if self.inside is not None:
            now = datetime_of(now_ns + self.reach.ahead_ns)
            self.inside.attribute_service.now = now
            value = ua.DataValue(ua.Variant(now, ua.VariantType.DateTime), SourceTimestamp=now)
            await self.inside.write_attribute_value(_CLOCK, value)


class Servers:
    """The running servers of all machines; made by `serving`.

    Attributes
    ----------
    endpoints
        URL by station.
    ports
        Port by station, to come back to after a restart.
    """

    def __init__(self, machines: Sequence[Machine], keep: Keep, start: Start) -> None:
        self.endpoints: dict[Address, str] = {}
        self.ports: dict[Address, int] = {}
        self._seats = {one.address: _Seat(one, keep, start.certificates) for one in machines}
        self._of = {
            point.address: self._seats[one.address]
            for one in machines
            for point in one.points
            if point.is_signal
        }

    @property
    def are_read(self) -> bool:
        """Whether each server that listens has a client that watches some of its nodes."""
        return all(seat.is_read for seat in self._seats.values() if seat.server is not None)

    async def show(self, samples: Sequence[Sample], now_ns: int) -> None:
        """Write samples in order, and set the servers' clocks to plant time `now_ns`.

        Every sample reaches every subscriber whose queue has room, also several of one tag.
        Samples of machines that are not served here are passed over.
        """
        for sample in samples:
            seat = self._of.get(sample.tag)
            if seat is not None:
                await seat.show(sample, now_ns)
        for seat in self._seats.values():
            await seat.clock(now_ns)

    async def turn(
        self,
        reach: Mapping[Address, Reach],
        standing: Standing,
        now_ns: int,
    ) -> None:
        """Let links and servers fail and come back.

        Parameters
        ----------
        reach
            How each machine is reached from now on.
        standing
            Gives what a server shows that comes up: orders and samples.
        now_ns
            Plant time.
        """
        for address, wanted in reach.items():
            seat = self._seats.get(address)
            if seat is None or seat.reach == wanted:
                continue
            before, seat.reach = seat.reach, wanted
            if wanted.state == "away" or wanted.restarts != before.restarts:
                await seat.leave()
            if wanted.state == "away":
                continue
            if seat.server is None:
                await self._come(seat, wanted, standing, now_ns)
            elif wanted.state != before.state:
                seat.gate.turn(wanted.state)
                listener = seat.server.bserver
                await (listener.deaf() if wanted.state == "cut" else listener.hear())
            if wanted.breaks != before.breaks:  # also what began and ended since
                seat.gate.drop()

    async def _come(
        self,
        seat: _Seat,
        reach: Reach,
        standing: Standing,
        now_ns: int,
    ) -> None:
        orders, samples = standing()
        await seat.build(orders, now_ns, reach)
        for sample in samples:
            if sample.tag in seat.nodes:
                await seat.show(sample, now_ns)
        await seat.clock(now_ns)
        await seat.listen()

    async def open(self, start: Start) -> None:
        """Bring all servers up, the first time."""
        standing = start.orders, start.first
        with without_collection():
            for n, (address, seat) in enumerate(self._seats.items()):
                seat.port = start.ports.get(address, 0)
                reach = start.reach.get(address, OPEN)
                if reach.state == "away":  # it has no port yet: it goes down once it has one
                    reach = msgspec.structs.replace(reach, state="open")
                await self._come(seat, reach, lambda: standing, start.now_ns)
                self.ports[address] = seat.port
                self.endpoints[address] = f"opc.tcp://{HOST}:{seat.port}"
                if (n + 1) % PROGRESS == 0:
                    _log.info("%d of %d machines are up", n + 1, len(self._seats))

    async def close(self) -> None:
        """Bring all servers down."""
        for seat in self._seats.values():
            await seat.leave()


def _node_id(item: str, shift: int) -> Any:  # noqa: ANN401  # the library's own type
    """Return a node's id, in a namespace whose number is moved."""
    if shift:
        item = _NAMESPACE.sub(lambda found: f"ns={int(found[1]) + shift};", item, count=1)
    return ua.NodeId.from_string(item)


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
    servers = Servers(machines, keep, start)
    try:
        await servers.open(start)
        yield servers
    finally:
        await servers.close()


async def _add_method(folder: Any, node: Any, point: Point, inside: Any) -> None:  # noqa: ANN401  # its own types
    """Add a method that takes one value, as its command does."""
    name = ua.QualifiedName(point.address.tag, node.NamespaceIndex)
    argument = ua.Argument(
        Name=point.address.tag, DataType=ua.NodeId(TYPES[point.kind].value), ValueRank=-1
    )

    async def called(_parent: Any, *given: Any) -> Any:  # noqa: ANN401  # its own types
        status = inside.attribute_service.order(point, given[0] if given else None, "method")
        return status if not status.is_good() else []

    await folder.add_method(node, name, called, [argument], [])


async def _add(folder: Any, node: Any, point: Point) -> None:  # noqa: ANN401  # the library's own types
    """Add a node without a value, of its type."""
    kind = TYPES[point.kind]
    name = ua.QualifiedName(point.address.tag, node.NamespaceIndex)
    empty = {"text": "", "bool": False}.get(point.kind, 0)
    variable = await folder.add_variable(node, name, empty, kind, ua.NodeId(kind.value))
    if point.writable:
        await variable.set_writable()
    waiting = ua.StatusCode(ua.StatusCodes.BadWaitingForInitialData)
    await variable.write_value(ua.DataValue(ua.Variant(None, ua.VariantType.Null), waiting))
