"""One session with one OPC UA server: subscribe, read, write. asyncua is imported here alone.

asyncua sends one publish request at a time and does not come back by itself, so this file keeps
several of its own in flight and ends at the first doubt; `linewright.connectors.link` makes a new
session. Nothing is ever repeated here.
"""

import asyncio
import contextlib
import datetime as dt
import itertools
import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from asyncua import Client, ua
from asyncua.ua.ua_binary import struct_from_binary

from linewright.connectors.faults import LinkLost, WriteRefused, WriteUnanswered
from linewright.connectors.opcua.ordering import InOrder
from linewright.connectors.sources import Endpoint, Point
from linewright.connectors.values import Raw
from linewright.plant.records import Value

__all__ = ["Heard", "Session"]

REQUEST_S = 3.0
"""Longest wait for an answer; a server that needs longer is taken as gone."""

WATCH_S = 1.4
"""How often the server is asked whether it lives, and how long it may take to say so: a frozen one
is noticed within three seconds."""

SESSION_MS = 60_000
"""How long a server keeps a session of ours that fell silent."""

QUEUE_SIZE = 1_000
"""Values of one node that a server keeps between two publishings: 10,000 changes a second."""

PUBLISHES = 4
"""Publish requests in flight: one alone holds a fast server to half of what it can send."""

KEEP_ALIVE_S = 1.0
"""Longest silence of a subscription in order."""

SILENCE_S = 8.0
"""Longest wait of one publish request: each is answered at every fourth keep-alive."""

LIFETIME_COUNT = 600
"""Publishing intervals without a request after which the server drops the subscription."""

CLOSE_S = 2.0
"""Longest goodbye."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_I64 = 2**63
_VALUE = ua.AttributeIds.Value
_TROUBLE = (ua.UaError, OSError, EOFError, ValueError)
_MAYBE_WRITTEN = frozenset({0x800A0000, 0x80050000, 0x80020000})
"""BadTimeout, BadCommunicationError, BadInternalError: the write may still arrive."""

_log = logging.getLogger(__name__)


class Heard(msgspec.Struct, frozen=True):
    """A value that a subscription brought: which point, what, and whether it is its first."""

    index: int
    raw: Raw
    first: bool


class Session:
    """A live session; `lost` is set when it is over, and it never comes back.

    Made by `open` only. `lost_because` says why it ended.
    """

    def __init__(self, client: Client, endpoint: Endpoint, namespace: int | None) -> None:
        self._client = client
        self._endpoint = endpoint
        self._namespace = namespace
        self._tasks: list[asyncio.Task[None]] = []
        self._acks: list[ua.SubscriptionAcknowledgement] = []
        self._order: InOrder[list[Any]] = InOrder()
        self._unheard: set[int] = set()
        self._kinds: dict[str, ua.VariantType] = {}
        self.lost = asyncio.Event()
        self.lost_because = ""

    @classmethod
    async def open(cls, endpoint: Endpoint, password: str | None = None) -> "Session":
        """Connect, with a user name where the endpoint has one.

        Raises
        ------
        LinkLost
            The server is not there, refuses, or asks for security that this connector lacks.
        """
        if endpoint.security != "none":
            raise LinkLost(endpoint.url, f"security {endpoint.security} is not supported yet")
        client = Client(endpoint.url, timeout=REQUEST_S, watchdog_intervall=WATCH_S)
        client.name = client.description = "linewright"
        client.application_uri = "urn:linewright:connect"
        client.session_timeout = SESSION_MS
        if endpoint.user is not None and password is not None:
            client.set_user(endpoint.user)
            client.set_password(password)
        try:
            await client.connect()
            namespace = None
            if endpoint.namespace is not None:
                namespace = await client.get_namespace_index(endpoint.namespace)
        except _TROUBLE as error:
            await _close(client, broken=True)
            raise LinkLost(endpoint.url, _words(error)) from error
        except BaseException:
            await _close(client, broken=True)
            raise
        session = cls(client, endpoint, namespace)
        client.connection_lost_callback = session._on_lost
        return session

    async def subscribe(
        self, points: Sequence[Point], heard: Callable[[list[Heard]], None]
    ) -> tuple[int, ...]:
        """Ask for every change of the points; those that the server does not have are returned.

        Nothing is heard before `listen` is called.

        Parameters
        ----------
        points
            What to watch; `Heard.index` counts them.
        heard
            Called in the loop with the values of one message, none where the server only says
            that it lives; it must not wait.

        Returns
        -------
        tuple[int, ...]
            Indices of the points that cannot be watched.

        Raises
        ------
        LinkLost
            The session ended meanwhile.
        """
        self._heard = heard
        try:
            subscription = await self._create_subscription()
            refused: list[int] = []
            for begin in range(0, len(points), self._endpoint.batch):
                chunk = range(begin, min(begin + self._endpoint.batch, len(points)))
                refused += await self._monitor(subscription, points, chunk)
        except _TROUBLE as error:
            raise self._over(error) from error
        self._unheard = set(range(len(points))) - set(refused)
        return tuple(refused)

    def listen(self) -> None:
        """Begin to take what the subscription brings."""
        self._tasks = [asyncio.create_task(self._publish()) for _ in range(PUBLISHES)]

    async def read(self, nodes: Sequence[str]) -> list[Raw]:
        """Present values of the nodes, in one request; a node that is missing has a bad status.

        Raises
        ------
        LinkLost
            No answer.
        """
        try:
            ids = [self._node(node) for node in nodes]
            values = await self._client.uaclient.read_attributes(ids, _VALUE)
        except _TROUBLE as error:
            raise LinkLost(self._endpoint.url, _words(error)) from error
        return [_raw(value) for value in values]

    async def server_ns(self) -> int | None:
        """Time on the server's own clock, the one that its values bear; None where it has none.

        Raises
        ------
        LinkLost
            No answer.
        """
        try:
            ids = [ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)]
            (found,) = await self._client.uaclient.read_attributes(ids, _VALUE)
        except _TROUBLE as error:
            raise LinkLost(self._endpoint.url, _words(error)) from error
        moment = None if found.Value is None else found.Value.Value
        return _ns(moment) if isinstance(moment, dt.datetime) else None

    async def write(self, node: str, value: Value) -> None:
        """Write one value, as the node's own type, once.

        Raises
        ------
        WriteRefused
            The server said no: nothing was written.
        WriteUnanswered
            It is not known whether it was written: read back, never repeat.
        LinkLost
            The type of the node could not be read: nothing was sent.
        """
        try:
            kind = await self._kind(node)
            variant = ua.Variant(_as(kind, value), kind)
        except (TypeError, ValueError, ua.UaStatusCodeError) as error:
            raise WriteRefused(node, _words(error)) from error
        except _TROUBLE as error:
            raise LinkLost(self._endpoint.url, _words(error)) from error
        # Without time and status: many devices refuse a write that sets them.
        sent = ua.DataValue(variant)
        try:
            results = await self._client.uaclient.write_attributes([self._node(node)], [sent])
        except ua.UaStatusCodeError as error:
            if error.code & 0xFFFF0000 in _MAYBE_WRITTEN:
                raise WriteUnanswered(node, _words(error)) from error
            raise WriteRefused(node, _words(error)) from error
        except _TROUBLE as error:
            raise WriteUnanswered(node, _words(error)) from error
        if not results[0].is_good():
            raise WriteRefused(node, results[0].name)

    async def close(self) -> None:
        """End the session; never raises for what the server does."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await _close(self._client, broken=self.lost.is_set())
        self.lost.set()

    # --- the subscription

    async def _create_subscription(self) -> int:
        params = ua.CreateSubscriptionParameters()
        params.RequestedPublishingInterval = self._endpoint.publish_s * 1000
        params.RequestedLifetimeCount = LIFETIME_COUNT
        params.RequestedMaxKeepAliveCount = max(1, round(KEEP_ALIVE_S / self._endpoint.publish_s))
        params.PublishingEnabled = True
        request = ua.CreateSubscriptionRequest()
        request.Parameters = params
        # Not by asyncua's own call, which would start its loop of single publish requests.
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the connection is closed")
        response = struct_from_binary(
            ua.CreateSubscriptionResponse, await protocol.send_request(request)
        )
        response.ResponseHeader.ServiceResult.check()
        return int(response.Parameters.SubscriptionId)

    async def _monitor(self, subscription: int, points: Sequence[Point], chunk: range) -> list[int]:
        wanted, refused = [], []
        for index in chunk:
            try:
                wanted.append((index, self._item(index, points[index])))
            except (ua.UaError, ValueError):
                refused.append(index)
        if not wanted:
            return refused
        params = ua.CreateMonitoredItemsParameters()
        params.SubscriptionId = subscription
        params.ItemsToCreate = [item for _, item in wanted]
        params.TimestampsToReturn = ua.TimestampsToReturn.Source
        results = await self._client.uaclient.create_monitored_items(params)
        for (index, _), result in zip(wanted, results, strict=True):
            if not result.StatusCode.is_good():
                _log.warning("%s: %s", points[index].tag, result.StatusCode.name)
                refused.append(index)
        return refused

    def _item(self, index: int, point: Point) -> Any:  # noqa: ANN401 - asyncua's own type
        item = ua.MonitoredItemCreateRequest()
        item.ItemToMonitor = ua.ReadValueId()
        item.ItemToMonitor.NodeId = self._node(point.node)
        item.ItemToMonitor.AttributeId = _VALUE
        item.MonitoringMode = ua.MonitoringMode.Reporting
        item.RequestedParameters = ua.MonitoringParameters(
            ClientHandle=index,
            SamplingInterval=point.sample_s * 1000,
            QueueSize=QUEUE_SIZE,
            DiscardOldest=True,
        )
        return item

    async def _publish(self) -> None:
        """Keep one publish request in flight until the session is over."""
        while not self.lost.is_set():
            acks, self._acks = self._acks, []
            try:
                async with asyncio.timeout(SILENCE_S):
                    answer = await self._client.uaclient.session.publish(acks)
                answer.ResponseHeader.ServiceResult.check()
                self._take(answer.Parameters)
            except ua.uaerrors.BadTooManyPublishRequests:
                return
            except ua.uaerrors.BadTimeout:
                continue
            except Exception as error:  # noqa: BLE001 - a session that fell silent looks alive
                self._over(error)

    def _take(self, result: Any) -> None:  # noqa: ANN401 - asyncua's own type
        message = result.NotificationMessage
        data = list(message.NotificationData or ())
        parts = self._order.take(int(message.SequenceNumber), data or None)
        if data:
            self._acks.append(
                ua.SubscriptionAcknowledgement(
                    SubscriptionId=result.SubscriptionId, SequenceNumber=message.SequenceNumber
                )
            )
        heard: list[Heard] = []
        for part in itertools.chain.from_iterable(parts):
            if isinstance(part, ua.DataChangeNotification):
                heard += [self._one(item) for item in part.MonitoredItems]
            elif isinstance(part, ua.StatusChangeNotification):
                raise ua.UaError(f"the subscription ended: {part.Status}")
        self._heard(heard)

    def _one(self, item: Any) -> Heard:  # noqa: ANN401 - asyncua's own type
        index = int(item.ClientHandle)
        first = index in self._unheard
        self._unheard.discard(index)
        return Heard(index, _raw(item.Value), first)

    # --- small things

    async def _on_lost(self, error: Exception) -> None:
        self._over(error)

    def _over(self, error: Exception) -> LinkLost:
        if not self.lost.is_set():
            self.lost_because = _words(error)
            self.lost.set()
        return LinkLost(self._endpoint.url, self.lost_because)

    def _node(self, text: str) -> ua.NodeId:
        found = ua.NodeId.from_string(text)
        if self._namespace is not None and found.NamespaceIndex:
            return ua.NodeId(found.Identifier, self._namespace, found.NodeIdType)
        return found

    async def _kind(self, node: str) -> ua.VariantType:
        if node not in self._kinds:
            (present,) = await self._client.uaclient.read_attributes([self._node(node)], _VALUE)
            if present.StatusCode is not None:
                present.StatusCode.check()
            self._kinds[node] = present.Value.VariantType
        return self._kinds[node]


async def _close(client: Client, *, broken: bool) -> None:
    with contextlib.suppress(*_TROUBLE):
        async with asyncio.timeout(CLOSE_S):
            if broken:
                # Else each part of the goodbye would wait for an answer.
                client.disconnect_socket()
            await client.disconnect()


def _raw(value: Any) -> Raw:  # noqa: ANN401 - asyncua's own type
    """Value, status and time of a data value; what no sample can hold becomes None."""
    status = 0 if value.StatusCode is None else int(value.StatusCode.value)
    found = None if value.Value is None else value.Value.Value
    if not isinstance(found, bool | int | float | str):
        found = None
    elif isinstance(found, int) and not isinstance(found, bool):
        found = int(found)
    source = value.SourceTimestamp
    return Raw(value=found, status=status, source_ns=None if source is None else _ns(source))


def _ns(moment: dt.datetime) -> int | None:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
    found = (aware - _EPOCH) // _MICROSECOND * 1000
    return found if 0 <= found < _I64 else None


def _as(kind: ua.VariantType, value: Value) -> Value | int:
    """`value` as the node's own type."""
    if kind is ua.VariantType.Boolean:
        if not isinstance(value, bool):
            raise TypeError(f"{value!r} is neither yes nor no")
        return value
    if kind in _INTEGERS:
        if isinstance(value, bool | str) or not float(value).is_integer():
            raise TypeError(f"{value!r} is no whole number")
        return int(value)
    if kind in {ua.VariantType.Float, ua.VariantType.Double}:
        if isinstance(value, bool | str):
            raise TypeError(f"{value!r} is no number")
        return float(value)
    if kind is ua.VariantType.String and isinstance(value, str):
        return value
    raise TypeError(f"{value!r} does not fit a node of type {kind.name}")


_INTEGERS = frozenset(
    getattr(ua.VariantType, name)
    for name in ("SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64")
)


def _words(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text[:200]
