"""All tags of one broker that are read from topics of their own, in JSON or plain bodies.

Our session is kept by the broker while we are away: what was published with quality of service 1
meanwhile comes afterwards, and is told as late.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Sequence

import msgspec

from linewright.connectors.faults import LinkLost, WriteRefused, WriteUnanswered
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.link import Around, Device, LinkReport, LinkState
from linewright.connectors.mqtt.client import BrokerRefused, MqttClient, Will
from linewright.connectors.mqtt.keeping import Keeping
from linewright.connectors.mqtt.reading import (
    BAD_ENCODING,
    PathInvalid,
    Read,
    Wanted,
    read_body,
)
from linewright.connectors.sources import Endpoint
from linewright.connectors.values import Heard, Raw, Spoken, bound_ns
from linewright.plant import Address
from linewright.plant.records import Value

__all__ = ["MqttLink", "link"]

RECENT_MAX = 64
"""Bodies of one topic that are remembered, to know those that the broker sends again."""

UNCERTAIN = 0x40000000
BAD_AMBIGUOUS = 0x80890000
BAD_NO_DATA = 0x809B0000
"""Status codes of OPC UA, the language of status between connectors and samples."""

BACKLOG_S = 60.0
"""How long a broker may take to send what it kept for us; it gives few messages at a time."""

_QOS = 1

_log = logging.getLogger(__name__)


def link(endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> "MqttLink":
    """Link to the topics of a broker.

    Parameters
    ----------
    endpoint
        The broker.
    feeds
        The sources there.
    around
        Clocks, secrets and our own listener.

    Returns
    -------
    MqttLink
        It does nothing before `keep`.
    """
    return MqttLink(endpoint, feeds, around)


class Outlet:
    """One source: which of its points are read from which topic, and what they last held."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.topics: dict[str, tuple[tuple[int, ...], tuple[Wanted, ...]]] = {}
        self.wrong: list[str] = []
        self.last: dict[int, Raw] = {}
        self.lived: Now | None = None
        self.offset_ns = 0
        """What its clock was off by when it was heard last."""
        self.is_begun = False
        """Whether its feed was connected by this link, since its broker was reached."""
        grouped: dict[str, list[tuple[int, Wanted]]] = {}
        for index, point in enumerate(feed.source.points):
            try:
                grouped.setdefault(point.item, []).append((index, Wanted.of(point)))
            except PathInvalid as error:
                self.wrong.append(str(error))
        for topic, found in grouped.items():
            self.topics[topic] = tuple(i for i, _ in found), tuple(one for _, one in found)

    def said(self, topic: str, body: bytes) -> Read:
        """What a body says; one on which our own reading fails is bad for each of its tags.

        A broker gives a retained body again at each connection: it must never end one.
        """
        wanted = self.topics[topic][1]
        try:
            return read_body(body, wanted)
        except Exception:  # noqa: BLE001 - whatever it was, the other topics are read on
            _log.exception("a message on %s could not be read", topic)
            return Read(values=tuple((place, None, BAD_ENCODING) for place in range(len(wanted))))

    def take(self, topic: str, read: Read, now: Now, *, is_first: bool, is_late: bool) -> None:
        """Hand on what a body brought."""
        indices = self.topics[topic][0]
        # A time of arrival is no time of a value that waited at the broker.
        doubt = UNCERTAIN if is_late and read.source_ns is None else 0
        points: list[int] = []
        values: list[Spoken] = []
        statuses: list[int] = []
        for place, value, status in read.values:
            index = indices[place]
            points.append(index)
            values.append(value)
            statuses.append(status or doubt)
            self.last[index] = Raw(value=value, status=status or doubt, source_ns=read.source_ns)
        self.lived = now
        self.feed.take(
            Heard(
                points=points,
                values=values,
                statuses=statuses,
                source_ns=[None if is_first else read.source_ns] * len(points),
                is_first=is_first,
                is_historical=is_late and read.source_ns is not None,
            ),
            now,
        )

    def read(self, item: str) -> Raw:
        """Last known value of a topic, or of a topic and a path with a space between them."""
        points = self.feed.source.points
        topic, _, path = item.partition(" ")
        found = [
            index
            for index, point in enumerate(points)
            if point.item == topic and (not path or point.path == path)
        ]
        if not found:
            return Raw(value=None, status=BAD_NO_DATA)
        if len(found) > 1:
            # Two values of one body: which of them is meant is not guessed.
            return Raw(value=None, status=BAD_AMBIGUOUS)
        return self.last.get(found[0], Raw(value=None, status=BAD_NO_DATA))


class MqttDevice:
    """A source that was heard, as commands use it."""

    def __init__(self, owner: "MqttLink", outlet: Outlet) -> None:
        self._owner = owner
        self._outlet = outlet

    async def read(self, items: list[str]) -> list[Raw]:
        """Last known values, as of the last message of the source; raises `LinkLost`."""
        self._owner.connection()
        as_of_ns = self._outlet.feed.alive_ns
        found = (self._outlet.read(item) for item in items)
        return [msgspec.structs.replace(raw, as_of_ns=as_of_ns) for raw in found]

    async def write(self, via: str, item: str, value: Value) -> None:
        """Publish once; raises `WriteRefused`, `WriteUnanswered` or `LinkLost`."""
        if via != "topic":
            raise WriteRefused(item, f"a `{via}` is not how MQTT is written")
        client = self._owner.connection()
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        try:
            await client.publish(item, body, qos=_QOS)
        except BrokerRefused as error:
            raise WriteRefused(item, error.what) from error
        except LinkLost as error:
            raise WriteUnanswered(item, error.what) from error


class MqttLink:
    """The sources behind one broker, and the connection over which they are heard.

    Parameters
    ----------
    endpoint
        The broker.
    feeds
        The sources.
    around
        Clocks, secrets and our own listener.
    """

    def __init__(self, endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> None:
        self.endpoint = endpoint
        self.feeds = tuple(feeds)
        self._clocks = around.clocks
        self._keeping = Keeping(endpoint, around, self, is_clean=False)
        self._client: MqttClient | None = None
        self._begun: Now | None = None
        self._is_late = False
        self._resumed: Now | None = None
        self._recent: dict[str, deque[int]] = {}
        self._outlets = {feed.source.name: Outlet(feed) for feed in self.feeds}
        self._readers: dict[str, list[Outlet]] = {}
        for outlet in self._outlets.values():
            for topic in outlet.topics:
                self._readers.setdefault(topic, []).append(outlet)

    # --- what others see

    def device(self, address: Address) -> Device | None:
        """What a station is read and written through, None while it is not heard."""
        for outlet in self._outlets.values():
            source = outlet.feed.source
            if source.address == address and source.connection is None:
                is_live = self._client is not None and outlet.is_begun and outlet.feed.is_connected
                return MqttDevice(self, outlet) if is_live else None
        return None

    def report(self, source: str) -> LinkReport:
        """How one of the sources is reached now."""
        outlet = self._outlets[source]
        feed, keeping = outlet.feed, self._keeping
        state, why, next_step = keeping.state, keeping.why, keeping.next_step
        if state == "connected":
            state, why, next_step = self._state(outlet)
        return LinkReport(
            source=source,
            address=feed.source.address,
            protocol=self.endpoint.protocol,
            endpoint=f"{self.endpoint.url} {feed.source.root}".rstrip(),
            state=state,
            since_ns=keeping.since_ns,
            why=why,
            next_step=next_step,
            heard_ns=feed.heard_ns,
            points=len(feed.source.points),
            missing=self._unseen(outlet),
            offset_ns=feed.offset_ns,
            security=self.endpoint.security,
        )

    def _state(self, outlet: Outlet) -> tuple[LinkState, str, str]:
        if outlet.wrong:
            return "refused", outlet.wrong[0], "mend the `path:` in the plant file"
        if outlet.feed.is_silent:
            why = "it is silent for longer than it may be"
            return "lost", why, "see that the device runs and reaches its broker"
        if outlet.lived is None:
            why = "no message came on its topics so far"
            return (
                "connecting",
                why,
                "see that the device publishes on the topics of the plant file",
            )
        return "connected", "", ""

    def _unseen(self, outlet: Outlet) -> tuple[str, ...]:
        """Items of which no body brought anything, once something was heard at all."""
        if outlet.lived is None:
            return ()
        points = outlet.feed.source.points
        return tuple(
            f"{point.item} {point.path or ''}".rstrip()
            for index, point in enumerate(points)
            if index not in outlet.last
        )

    def connection(self) -> MqttClient:
        """The live connection; raises `LinkLost`."""
        if self._client is None:
            raise LinkLost(self.endpoint.url, "the connection to the broker is lost")
        return self._client

    async def keep(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set."""
        await self._keeping.keep(stop)

    # --- the connection

    def will(self) -> Will | None:
        """Nobody waits for word of us."""
        self._begun, self._is_late, self._resumed = None, True, None
        return None

    async def begin(self, client: MqttClient) -> str:
        """Subscribe to the topics of all tags."""
        self._is_late = client.is_resumed
        asked = self._clocks.now()
        self._resumed = asked if client.is_resumed else None
        refused = await client.subscribe([(topic, _QOS) for topic in self._readers])
        self._begun, self._is_late, self._client = self._begun or asked, False, client
        return f"the broker refuses {refused[0]}" if refused else ""

    def ended(self) -> None:
        """Without the broker nothing is known of any topic."""
        self._client = self._begun = None
        now = self._clocks.now()
        for outlet in self._outlets.values():
            if outlet.is_begun:
                outlet.offset_ns = outlet.feed.offset_ns or 0
            outlet.feed.lost(outlet.lived or now)
            outlet.lived, outlet.is_begun = None, False

    def hear(self, topic: str, body: bytes, retained: bool, repeated: bool) -> None:  # noqa: FBT001 - as the client calls it
        """Take a message in."""
        readers = self._readers.get(topic)
        if readers is None:
            # Of a plant file before: the broker keeps what we asked for once.
            if self._client is not None:
                self._client.forget(topic)
            return
        if self._is_repeat(topic, body, repeated=repeated):
            return
        now = self._clocks.now()
        begun = self._begun = self._begun or now
        for outlet in readers:
            # The feed may be connected by a link before this one, of another plant file: what was
            # said between the two is a gap.
            if not outlet.is_begun and not outlet.feed.is_silent:
                outlet.feed.connected((), asked_ns=begun.plant_ns, now=begun)
            outlet.is_begun = True
            read = outlet.said(topic, body)
            is_late = self._is_late or self._was_kept(outlet, read, now)
            outlet.take(topic, read, now, is_first=retained, is_late=is_late)

    def _was_kept(self, outlet: Outlet, read: Read, now: Now) -> bool:
        """Whether a message was said before the connection: the broker kept it for us.

        It goes on with these for a while after it has taken our subscription.
        """
        resumed = self._resumed
        if resumed is None or read.source_ns is None:
            return False
        if now.steady_ns - resumed.steady_ns > BACKLOG_S * 1e9:
            self._resumed = None
            return False
        said_ns = read.source_ns - outlet.offset_ns
        return resumed.plant_ns - said_ns > bound_ns(now.speed)

    def _is_repeat(self, topic: str, body: bytes, *, repeated: bool) -> bool:
        """Whether a message that may have come before did come before."""
        recent = self._recent.setdefault(topic, deque(maxlen=RECENT_MAX))
        mark = hash(body)
        if repeated and mark in recent:
            return True
        recent.append(mark)
        return False
