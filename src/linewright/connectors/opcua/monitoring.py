"""Subscriptions of one session: every point is watched, or it is known why not.

Requests stay within what the server bears and go out one after the other. What is asked for is
not what a server gives: results are counted, and the revised intervals are the ones that hold.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence

from linewright.connectors.opcua.decoding import Notice
from linewright.connectors.opcua.limits import TOO_MANY, Limits
from linewright.connectors.opcua.ordering import InOrder
from linewright.connectors.opcua.stack import Wire, code_of, ua
from linewright.connectors.sources import Endpoint, Point

__all__ = ["Held", "Monitoring"]

QUEUE_SIZE = 1_000
"""Values of one node that a server keeps between two publishings: 10,000 changes a second."""

KEEP_ALIVE_S = 1.0
"""Longest silence of a subscription in order."""

LIFETIME_S = 30.0
"""How long a server keeps a subscription of ours that nobody asks any more."""

LIFETIME_COUNT_LEAST = 3
"""Keep-alives that the lifetime must have, part 4."""

INTERVAL_LEAST_S = 0.001
"""Shortest interval that is computed with, where a server says 0."""

INTERVAL_LONGEST_S = 3600.0
"""Longest one, where a server says infinity: silence ends some time."""

LATE_SHARE, LATE_S = 1.5, 1.0
"""A subscription is silent beyond so many times its keep-alive, and a second."""

SUBSCRIPTIONS_MAX = 100
"""Most subscriptions of one session; servers that bear less say so."""

_TOO_MANY_ITEMS = 0x80DB0000
_TOO_MANY_SUBSCRIPTIONS = 0x80770000
_NO_FILTER = frozenset({0x80450000, 0x80440000, 0x80430000, 0x808E0000})
"""BadFilterNotAllowed, BadMonitoredItemFilterUnsupported and -Invalid, BadDeadbandFilterInvalid."""

_NOT_ALLOWED = 0x80450000
_ABSOLUTE = 1

_log = logging.getLogger(__name__)

Ask = Callable[[Wire, Wire], Awaitable[Wire]]


class Held:
    """One subscription at the server, as it was revised.

    Parameters
    ----------
    id_
        Its number.
    interval_s
        How often it publishes.
    keep_alive
        Empty intervals after which it says that it lives.
    """

    def __init__(self, id_: int, *, interval_s: float, keep_alive: int) -> None:
        self.id = id_
        self.interval_s = interval_s
        self.keep_alive = keep_alive
        self.order: InOrder[Notice] = InOrder()
        self.items = 0
        self.is_full = False
        self.last_s = 0.0
        """When it was heard last, on the loop's clock."""

    @property
    def silence_s(self) -> float:
        """Silence after which it is taken as dead."""
        return self.interval_s * self.keep_alive * LATE_SHARE + LATE_S


class Monitoring:
    """The subscriptions of a session and the items in them.

    Parameters
    ----------
    endpoint
        How often it is published.
    limits
        What the server bears.
    ask
        Sends a request and gives its checked answer.
    node
        Node id of an item at this server.
    """

    def __init__(
        self, endpoint: Endpoint, limits: Limits, ask: Ask, node: Callable[[str], Wire]
    ) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._ask = ask
        self._node = node
        self._items: dict[int, tuple[int, int]] = {}
        self._bare: set[int] = set()
        self.held: dict[int, Held] = {}

    def watched(self, index: int) -> bool:
        """Whether the server took this point."""
        return index in self._items

    async def add(self, points: Sequence[Point], wanted: Iterable[int]) -> dict[int, str]:
        """Watch points; those that cannot be watched are returned, each with its reason.

        Parameters
        ----------
        points
            All of the session.
        wanted
            Which of them.

        Returns
        -------
        dict[int, str]
            Never a point that the server took.
        """
        failed: dict[int, str] = {}
        queue = [each for each in wanted if self._is_node(points, each, failed)]
        while queue:
            held = await self._roomy(failed, queue)
            if held is None:
                break
            chunk = queue[: self._fitting(held)]
            results = await self._create(held, points, chunk)
            if results is None:
                continue  # a smaller batch is tried
            again, full = self._settle(held, chunk, results, failed)
            queue = again + queue[len(chunk) :]
            if full:
                held.is_full = True
                if not held.items:
                    # Not even an empty subscription takes one: the server as a whole is full.
                    await self._drop(held)
                    failed |= dict.fromkeys([*full, *queue], "BadTooManyMonitoredItems")
                    break
                queue = full + queue
        return failed

    async def remove(self, indices: Iterable[int]) -> None:
        """Stop watching points; what the server says to that does not matter."""
        by_subscription: dict[int, list[int]] = {}
        for index in indices:
            subscription, item = self._items.pop(index, (0, 0))
            if subscription:
                by_subscription.setdefault(subscription, []).append(item)
        size = self._limits.monitor.size
        for subscription, items in by_subscription.items():
            for begin in range(0, len(items), size):
                request = ua.DeleteMonitoredItemsRequest()
                request.Parameters.SubscriptionId = subscription
                request.Parameters.MonitoredItemIds = items[begin : begin + size]
                await self._ask(request, ua.DeleteMonitoredItemsResponse)
            held = self.held[subscription]
            held.items, held.is_full = max(0, held.items - len(items)), False

    async def delete(self, subscriptions: Sequence[int]) -> None:
        """Drop subscriptions of a former session."""
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = list(subscriptions)
        await self._ask(request, ua.DeleteSubscriptionsResponse)

    # --- subscriptions

    async def _roomy(self, failed: dict[int, str], queue: list[int]) -> Held | None:
        """A subscription with room; None where the server gives none, and all have failed."""
        for held in self.held.values():
            if not held.is_full and self._fitting(held) > 0:
                return held
        if len(self.held) < SUBSCRIPTIONS_MAX:
            try:
                return await self._subscribe()
            except ua.UaStatusCodeError as error:
                if code_of(error) != _TOO_MANY_SUBSCRIPTIONS or not self.held:
                    raise
        failed |= dict.fromkeys(queue, "BadTooManySubscriptions")
        return None

    def _fitting(self, held: Held) -> int:
        """How many items the next request into a subscription may hold."""
        per = self._limits.items_per_subscription
        size = self._limits.monitor.size
        return size if per is None else min(size, per - held.items)

    async def _subscribe(self) -> Held:
        """Make a subscription that says every second that it lives."""
        held = await self._make(self._endpoint.publish_s)
        slower = held.interval_s > self._endpoint.publish_s
        if slower and held.keep_alive > _keep_alives(held.interval_s):
            # The server publishes less often, so that as many keep-alives would take too long.
            await self._drop(held)
            held = await self._make(held.interval_s)
        return held

    async def _make(self, publish_s: float) -> Held:
        params = ua.CreateSubscriptionParameters()
        params.RequestedPublishingInterval = publish_s * 1000
        params.RequestedMaxKeepAliveCount = _keep_alives(publish_s)
        params.RequestedLifetimeCount = max(
            LIFETIME_COUNT_LEAST * _keep_alives(publish_s), round(LIFETIME_S / publish_s)
        )
        params.PublishingEnabled = True
        request = ua.CreateSubscriptionRequest()
        request.Parameters = params
        given = (await self._ask(request, ua.CreateSubscriptionResponse)).Parameters
        interval_s = given.RevisedPublishingInterval / 1000
        held = Held(
            int(given.SubscriptionId),
            # In this order also where a server says nan.
            interval_s=min(INTERVAL_LONGEST_S, max(INTERVAL_LEAST_S, interval_s)),
            keep_alive=max(1, given.RevisedMaxKeepAliveCount),
        )
        self.held[held.id] = held
        return held

    async def _drop(self, held: Held) -> None:
        del self.held[held.id]
        await self.delete([held.id])

    # --- items

    def _is_node(self, points: Sequence[Point], index: int, failed: dict[int, str]) -> bool:
        try:
            self._node(points[index].item)
        except ValueError as error:
            failed[index] = str(error)
            return False
        return True

    async def _create(self, held: Held, points: Sequence[Point], chunk: list[int]) -> Wire:
        """Results of one request; None where the server wants smaller ones."""
        params = ua.CreateMonitoredItemsParameters()
        params.SubscriptionId = held.id
        params.ItemsToCreate = [self._item(index, points[index]) for index in chunk]
        params.TimestampsToReturn = ua.TimestampsToReturn.Both
        request = ua.CreateMonitoredItemsRequest()
        request.Parameters = params
        try:
            return (await self._ask(request, ua.CreateMonitoredItemsResponse)).Results
        except ua.UaStatusCodeError as error:
            if code_of(error) == _TOO_MANY_ITEMS:
                if len(chunk) > 1 and self._limits.monitor.refused(len(chunk)):
                    return None
                return [ua.MonitoredItemCreateResult(ua.StatusCode(_TOO_MANY_ITEMS))] * len(chunk)
            if code_of(error) in TOO_MANY and self._limits.monitor.refused(len(chunk)):
                return None
            raise

    def _settle(
        self, held: Held, chunk: list[int], results: Wire, failed: dict[int, str]
    ) -> tuple[list[int], list[int]]:
        """Take results in; which points go without a filter next, and which had no room."""
        again, full = [], []
        for place, index in enumerate(chunk):
            result = results[place] if place < len(results) else None
            if result is None:
                failed[index] = "the server gave no result for it"
                continue
            code = int(result.StatusCode.value) & 0xFFFF0000
            if not result.StatusCode.is_bad():
                held.items += 1
                self._items[index] = (held.id, int(result.MonitoredItemId))
            elif code in _NO_FILTER and index not in self._bare and self._limits.takes_filters:
                self._bare.add(index)
                again.append(index)
            elif code == _TOO_MANY_ITEMS:
                full.append(index)
            else:
                failed[index] = result.StatusCode.name
        if again and len(again) == len(chunk):
            self._limits.takes_filters = False  # none at all: no further request asks for one
        return again, full

    def _item(self, index: int, point: Point) -> Wire:
        item = ua.MonitoredItemCreateRequest()
        item.ItemToMonitor = ua.ReadValueId(self._node(point.item), ua.AttributeIds.Value)
        item.MonitoringMode = ua.MonitoringMode.Reporting
        item.RequestedParameters = ua.MonitoringParameters(
            ClientHandle=index,
            SamplingInterval=point.sample_s * 1000,
            QueueSize=QUEUE_SIZE,
            DiscardOldest=True,
        )
        if point.deadband and self._limits.takes_filters and index not in self._bare:
            # In the unit of the machine; the feed applies the deadband too, where this is refused.
            item.RequestedParameters.Filter = ua.DataChangeFilter(
                Trigger=ua.DataChangeTrigger.StatusValue,
                DeadbandType=_ABSOLUTE,
                DeadbandValue=point.deadband / abs(point.scale or 1.0),
            )
        return item


def _keep_alives(interval_s: float) -> int:
    """How many empty intervals make `KEEP_ALIVE_S`."""
    return max(1, round(KEEP_ALIVE_S / interval_s))
