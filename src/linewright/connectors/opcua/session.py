"""One session with one OPC UA server: subscribe, read, write, browse, until the first doubt.

It never comes back by itself: `linewright.connectors.opcua.link` makes a new one, which takes up
what is left of this one at the server. Requests go out one after the other, because some servers
count the items of all that are unanswered; only publish requests wait beside them.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from linewright.connectors.faults import LinkLost
from linewright.connectors.opcua.browsing import NO_NODE, Bounds, Found, NodeMissing, Survey
from linewright.connectors.opcua.decoding import Notice, decode_publish, decode_republish
from linewright.connectors.opcua.limits import PUBLISHED, TOO_MANY, Limits
from linewright.connectors.opcua.monitoring import Held, Monitoring
from linewright.connectors.opcua.ordering import MessageMissing
from linewright.connectors.opcua.stack import (
    TROUBLE,
    Former,
    Opening,
    Wire,
    ask,
    asked_bytes,
    close,
    code_of,
    node_id,
    ns_of,
    open_client,
    raw_of,
    ua,
    words,
)
from linewright.connectors.opcua.writing import Writing
from linewright.connectors.sources import Endpoint, Point
from linewright.connectors.values import Heard, Raw
from linewright.plant.records import Value

__all__ = ["Session"]

SLOW_S = 10.0
"""Longest wait for what takes a small controller long: creating items and browsing."""

PUBLISHES = 4
"""Publish requests in flight: one alone holds a fast server to half of what it can send."""

TICK_S = 0.2
"""How often silence is looked at."""

QUIET_S = 0.5
"""Silence after which the server is asked whether it lives."""

PATIENCE_S = 1.1
"""How long it may take to say so: with the two above, a frozen one is noticed within 2 s."""

LAG_S = 0.3
"""Lateness of our own loop that is not held against the server."""

FIRST_S = 5.0
"""How long a point that the server took may be without its first value."""

AGAIN_S, AGAIN_LONGEST_S = 5.0, 60.0
"""Waits between two tries of the points that are missing."""

_VALUE = ua.AttributeIds.Value
_BAD_NODE_ID = 0x80330000
_ENDS_PUBLISHING = ua.uaerrors.BadTooManyPublishRequests
_NO_ANSWER = Heard(points=(), values=(), statuses=(), source_ns=())

_log = logging.getLogger(__name__)


class Session:
    """A live session; `lost` is set when it is over, and it never comes back.

    Made by `open` only. `lost_because` says why it ended.
    """

    def __init__(self, client: Wire, endpoint: Endpoint, limits: Limits) -> None:
        self._client = client
        self._endpoint = endpoint
        self._spaces: list[str] = []
        self._fixed: int | None = None
        self._turn = asyncio.Lock()
        self._slow = 0
        self._is_publishing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._acks: list[tuple[int, int]] = []
        self._asking: set[tuple[int, int]] = set()
        self._points: Sequence[Point] = ()
        self._hear: Callable[[Heard], None] = lambda _: None
        self._missed: Callable[[], None] = lambda: None
        self._unheard: set[int] = set()
        self._late: dict[int, int | None] = {}
        self._alive_s = asyncio.get_running_loop().time()
        self._writing = Writing(endpoint.url, self._quick, self._node)
        self._monitoring = Monitoring(endpoint, limits, self._slowly, self._node)
        self.limits = limits
        self.missing: dict[int, str] = {}
        """Points that are not watched, each with the reason."""

        self.lost = asyncio.Event()
        self.lost_because = ""

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        opening: Opening | None = None,
        limits: Limits | None = None,
    ) -> "Session":
        """Connect, and learn the server's namespaces and limits.

        Parameters
        ----------
        endpoint
            Where to, with which security and as whom.
        opening
            Password, certificates and what is left of a former session.
        limits
            What is known of the server from before.

        Raises
        ------
        LinkRefused
            A person must do something first.
        LinkLost
            The server is not there.
        """
        opening = opening or Opening()
        client = await open_client(endpoint, opening)
        session = cls(client, endpoint, limits or Limits(endpoint.batch))
        client.connection_lost_callback = session._on_lost
        try:
            await session._settle_in(opening.former if client.resumed else None)
        except TROUBLE as error:
            await session.close()
            raise LinkLost(endpoint.url, words(error)) from error
        except BaseException:
            await session.close()
            raise
        return session

    async def subscribe(
        self,
        points: Sequence[Point],
        hear: Callable[[Heard], None],
        missed: Callable[[], None] = lambda: None,
    ) -> tuple[int, ...]:
        """Ask for every change of the points; those that cannot be watched are returned.

        Nothing is heard before `listen` is called. What is missing is tried again by itself.

        Parameters
        ----------
        points
            What to watch; `Heard.points` counts them.
        hear
            Called in the loop with the values of one message, none where the server only says
            that it lives; it must not wait.
        missed
            Called where a message is lost for good, though the session goes on.

        Returns
        -------
        tuple[int, ...]
            Indices of the points that are missing, for reasons that `missing` says.

        Raises
        ------
        LinkLost
            The session ended meanwhile.
        """
        self._points, self._hear, self._missed = points, hear, missed
        try:
            self.missing = await self._monitoring.add(points, range(len(points)))
        except TROUBLE as error:
            raise self._over(error) from error
        for index, why in list(self.missing.items())[:10]:
            _log.warning("%s is not watched: %s", points[index].tag, why)
        self._unheard = set(range(len(points))) - set(self.missing)
        return tuple(sorted(self.missing))

    def listen(self) -> None:
        """Begin to take what the subscriptions bring, and to watch over them."""
        now_s = self._now_s()
        self._alive_s = now_s
        for held in self._monitoring.held.values():
            held.last_s = now_s
        self._tasks = [asyncio.create_task(each) for each in (self._watch(), self._mend())]
        self._begin_publishing()

    async def read(self, nodes: Sequence[str]) -> list[Raw]:
        """Present values of the nodes; a node that is missing has a bad status.

        Raises
        ------
        LinkLost
            No answer.
        """
        known: list[tuple[int, Wire]] = []
        found = [Raw(value=None, status=_BAD_NODE_ID)] * len(nodes)
        for place, text in enumerate(nodes):
            try:
                known.append((place, self._node(text)))
            except ValueError:
                continue
        try:
            values = await self._attributes([(node, _VALUE) for _, node in known], self._quick)
        except TROUBLE as error:
            raise LinkLost(self._endpoint.url, words(error)) from error
        for (place, _), value in zip(known, values, strict=True):
            found[place] = raw_of(value)
        return found

    async def server_ns(self) -> int | None:
        """Time on the server's own clock, the one that its values bear; None where it has none.

        Raises
        ------
        LinkLost
            No answer.
        """
        node = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
        try:
            (found,) = await self._attributes([(node, _VALUE)], self._quick)
        except TROUBLE as error:
            raise LinkLost(self._endpoint.url, words(error)) from error
        moment = None if found.Value is None else found.Value.Value
        return ns_of(moment) if isinstance(moment, dt.datetime) else None

    async def write(self, via: str, item: str, value: Value) -> None:
        """Write a node or call a method, once.

        Raises
        ------
        WriteRefused
            The server said no: nothing was written.
        WriteUnanswered
            It is not known whether it was written: read back, never repeat.
        LinkLost
            Nothing was sent.
        """
        assert via in {"node", "method"}, "OPC UA knows nodes and methods"
        if via == "method":
            await self._writing.call(item, value)
        else:
            await self._writing.write(item, value)

    async def browse(
        self,
        node: str,
        bounds: Bounds,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Found]:
        """Look through what stands below a node, the objects where it is empty.

        Parameters
        ----------
        node
            Where to begin.
        bounds
            Where to stop.
        progress
            Called with how much was found and how much is still to be looked at.

        Raises
        ------
        NodeMissing
            The server has no such node.
        LinkLost
            The server went away, or broke off.
        """
        survey = Survey(self._slowly, self._attributes, self.limits, self._spaces)
        try:
            start = self._node(node) if node else ua.NodeId(ua.ObjectIds.ObjectsFolder)
            return await survey.below(start, bounds, progress)
        except TROUBLE as error:
            if isinstance(error, ValueError) or code_of(error) in NO_NODE:
                raise NodeMissing(self._endpoint.url, f"{node}: {words(error)}") from error
            raise LinkLost(self._endpoint.url, words(error)) from error

    async def close(self) -> None:
        """End the session; never raises for what the server does."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await close(self._client, broken=self.lost.is_set())
        self.lost.set()

    def former(self) -> Former | None:
        """Return what a next session takes up: this one, where it was lost and not closed."""
        if not self.lost.is_set():
            return None
        return Former(self._client, tuple(self._monitoring.held))

    # --- asking

    async def _settle_in(self, former: Former | None) -> None:
        if former is not None and former.subscriptions:
            await self._monitoring.delete(former.subscriptions)
        spaces = ua.NodeId(ua.ObjectIds.Server_NamespaceArray)
        (found,) = await self._attributes([(spaces, _VALUE)], self._quick)
        self._spaces = [str(each) for each in (found.Value.Value or ())] if found.Value else []
        wanted = self._endpoint.namespace
        if wanted is not None:
            if wanted not in self._spaces:
                raise ValueError(f"the server has no namespace {wanted}")
            self._fixed = self._spaces.index(wanted)
        nodes = [(ua.NodeId(number), _VALUE) for number in PUBLISHED.values()]
        told = await self._attributes(nodes, self._quick)
        numbers = [None if each.Value is None else each.Value.Value for each in told]
        self.limits.publish(
            {
                name: number
                for name, number in zip(PUBLISHED, numbers, strict=True)
                if isinstance(number, int)
            }
        )

    async def _quick(self, request: Wire, answer: Wire) -> Wire:
        async with self._turn:
            response = await ask(self._client, request, answer)
        self._alive_s = self._now_s()
        return response

    async def _slowly(self, request: Wire, answer: Wire) -> Wire:
        async with self._turn:
            self._slow += 1
            try:
                response = await ask(self._client, request, answer, longest_s=SLOW_S)
            finally:
                self._slow -= 1
        self._alive_s = self._now_s()
        return response

    async def _attributes(
        self,
        wanted: Sequence[tuple[Wire, Wire]],
        asking: Callable[[Wire, Wire], Wire] | None = None,
    ) -> list[Wire]:
        """Attributes of nodes: the limit of a server counts pairs of both."""
        asking = asking or self._slowly
        found: list[Wire] = []
        while len(found) < len(wanted):
            chunk = wanted[len(found) : len(found) + self.limits.read.size]
            request = ua.ReadRequest()
            request.Parameters.NodesToRead = [ua.ReadValueId(*each) for each in chunk]
            request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            try:
                response = await asking(request, ua.ReadResponse)
            except ua.UaStatusCodeError as error:
                if code_of(error) in TOO_MANY and self.limits.read.refused(len(chunk)):
                    continue
                raise
            if len(response.Results) != len(chunk):
                raise ValueError("the server answered for other nodes than it was asked for")
            found += response.Results
        return found

    # --- the subscriptions

    def _begin_publishing(self) -> None:
        if self._monitoring.held and not self._is_publishing:
            self._is_publishing = True
            self._tasks += [asyncio.create_task(self._publish()) for _ in range(PUBLISHES)]

    async def _publish(self) -> None:
        """Keep one publish request in flight until the session is over."""
        while not self.lost.is_set():
            acks, self._acks = self._acks, []
            request = ua.PublishRequest()
            request.Parameters.SubscriptionAcknowledgements = [
                ua.SubscriptionAcknowledgement(*each) for each in acks
            ]
            try:
                await self._take(decode_publish(await asked_bytes(self._client, request)))
            except _ENDS_PUBLISHING:
                return  # the server bears fewer; the watch notices if it was the last one
            except ua.uaerrors.BadTimeout:
                continue
            except Exception as error:  # noqa: BLE001 - a session that fell silent looks alive
                self._over(error)

    async def _take(self, notice: Notice) -> None:
        self._alive_s = self._now_s()
        held = self._monitoring.held.get(notice.subscription)
        if held is None:
            return  # of a former session, on its way out
        held.last_s = self._alive_s
        if notice.parts:
            self._acks.append((notice.subscription, notice.sequence))
        try:
            ready = held.order.take(notice.sequence, notice if notice.parts else None)
        except MessageMissing as missing:
            ready = await self._once_more(held, missing)
        if not ready:
            self._hear(_NO_ANSWER)
        for each in ready:
            self._tell(each)

    async def _once_more(self, held: Held, missing: MessageMissing) -> list[Notice]:
        """Ask for a message that never came; where the server lost it too, that is told."""
        wanted = (held.id, missing.number)
        if wanted in self._asking:
            return []
        self._asking.add(wanted)
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId, request.Parameters.RetransmitSequenceNumber = wanted
        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                body = await asked_bytes(self._client, request)
            again = decode_republish(body, held.id)
            _log.info("message %d of %s came the second time", missing.number, self._endpoint.url)
        except ua.UaError as error:
            _log.warning("%s: %s: %s", self._endpoint.url, missing, words(error))
            self._missed()
            again = Notice(subscription=held.id, sequence=missing.number, parts=1)
        finally:
            self._asking.discard(wanted)
        return held.order.take(missing.number, again)

    def _tell(self, notice: Notice) -> None:
        if notice.ended is not None:
            raise ua.UaError(f"the subscription ended: {ua.StatusCode(notice.ended).name}")
        handles = notice.handles
        heard = Heard(
            points=handles,
            values=notice.values,
            statuses=notice.statuses,
            source_ns=notice.source_ns,
        )
        if handles and max(handles) >= len(self._points):
            self._share(heard, [row for row, at in enumerate(handles) if at < len(self._points)])
        elif self._unheard:
            self._share(heard, range(len(handles)))
        else:
            self._hear(heard)

    def _share(self, heard: Heard, rows: Sequence[int]) -> None:
        """Tell first values apart from changes, and both from points that were found later."""
        first: list[int] = []
        late: list[int] = []
        rest: list[int] = []
        for row in rows:
            point = heard.points[row]
            if point not in self._unheard:
                rest.append(row)
                continue
            self._unheard.discard(point)
            self.missing.pop(point, None)
            (late if point in self._late else first).append(row)
        if first:
            self._hear(_part(heard, first, is_first=True))
        if late:
            # Timed when it was asked for again: it says nothing of the time before.
            asked_ns = max(self._late.pop(heard.points[row]) or 0 for row in late)
            self._hear(_part(heard, late, is_first=True, asked_ns=asked_ns))
        if rest:
            self._hear(_part(heard, rest))

    # --- watching over it

    async def _watch(self) -> None:
        """End the session when the server is silent for too long, or one subscription is."""
        due_s = self._now_s() + TICK_S
        probe: asyncio.Task[None] | None = None
        while not self.lost.is_set():
            await self._pause(TICK_S)
            now_s = self._now_s()
            if now_s - due_s > LAG_S:
                # It was us who stood still: what came meanwhile is not read yet.
                self._forgive(now_s - due_s)
            due_s = now_s + TICK_S
            silent_s = now_s - self._alive_s
            patience_s = SLOW_S if self._slow else PATIENCE_S
            if silent_s > QUIET_S + patience_s:
                self._over(TimeoutError(f"no answer for {silent_s:.1f} s"))
            elif silent_s > QUIET_S and not self._turn.locked() and (not probe or probe.done()):
                probe = asyncio.create_task(self._probe())
            for held in self._monitoring.held.values():
                if now_s - held.last_s > held.silence_s and held.last_s:
                    what = f"subscription {held.id} is silent for {now_s - held.last_s:.1f} s"
                    self._over(TimeoutError(what))
        if probe is not None:
            probe.cancel()

    def _forgive(self, lag_s: float) -> None:
        self._alive_s += lag_s
        for held in self._monitoring.held.values():
            held.last_s += lag_s

    async def _probe(self) -> None:
        try:
            state = ua.NodeId(ua.ObjectIds.Server_ServerStatus_State)
            await self._attributes([(state, _VALUE)], self._quick)
        except TROUBLE as error:
            if not isinstance(error, TimeoutError):
                self._over(error)

    async def _mend(self) -> None:
        """Try again what is missing: nodes that come later, and items that stay without a value."""
        wait_s, slowest_s = FIRST_S, max((each.sample_s for each in self._points), default=0.0)
        await self._pause(FIRST_S + 2 * slowest_s)
        while not self.lost.is_set():
            try:
                await self._look_at_silent()
                before = len(self.missing)
                await self._again()
            except TROUBLE as error:
                _log.info("%s: %s", self._endpoint.url, words(error))
                before = 0
            came = len(self.missing) < before
            wait_s = AGAIN_S if came else min(2 * wait_s, AGAIN_LONGEST_S)
            await self._pause(wait_s)

    async def _look_at_silent(self) -> None:
        """Read once the points that the server took without ever sending a value."""
        silent = [each for each in sorted(self._unheard) if self._monitoring.watched(each)]
        if not silent:
            return
        asked_ns = await self.server_ns()
        values = await self.read([self._points[each].item for each in silent])
        still = [row for row, point in enumerate(silent) if point in self._unheard]
        if not still:
            return
        read = Heard(
            points=silent,
            values=[each.value for each in values],
            statuses=[each.status for each in values],
            source_ns=[asked_ns] * len(silent),
        )
        self._hear(_part(read, still))
        for row in still:
            self.missing[silent[row]] = "the server took it and sends no value"
            self._unheard.discard(silent[row])
        await self._monitoring.remove(silent[row] for row in still)
        _log.warning("%s: %d points are silent", self._endpoint.url, len(still))

    async def _again(self) -> None:
        """Watch what is missing; the others are left as they are."""
        wanted = [each for each in sorted(self.missing) if not self._monitoring.watched(each)]
        if not wanted:
            return
        asked_ns = await self.server_ns()
        failed = await self._monitoring.add(self._points, wanted)
        for held in self._monitoring.held.values():
            held.last_s = held.last_s or self._now_s()
        self._begin_publishing()
        found = set(wanted) - set(failed)
        self._late |= dict.fromkeys(found, asked_ns)
        self._unheard |= found
        # Those that were found stay told as missing until their value comes.
        self.missing |= failed

    # --- small things

    async def _pause(self, longest_s: float) -> None:
        try:
            async with asyncio.timeout(longest_s):
                await self.lost.wait()
        except TimeoutError:
            return

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def _on_lost(self, error: Exception) -> None:
        self._over(error)

    def _over(self, error: Exception) -> LinkLost:
        if not self.lost.is_set():
            self.lost_because = words(error)
            self.lost.set()
        return LinkLost(self._endpoint.url, self.lost_because)

    def _node(self, text: str) -> Wire:
        return node_id(text, self._spaces, self._fixed)


def _part(
    heard: Heard,
    rows: Sequence[int],
    *,
    is_first: bool = False,
    asked_ns: int | None = None,
) -> Heard:
    return Heard(
        points=[heard.points[row] for row in rows],
        values=[heard.values[row] for row in rows],
        statuses=[heard.statuses[row] for row in rows],
        source_ns=[heard.source_ns[row] for row in rows],
        is_first=is_first,
        asked_ns=asked_ns,
    )
