"""All Sparkplug nodes of one broker, heard as their host application.

One connection serves every source of the broker. What the messages mean is decided by `host.step`,
a pure function; this file carries messages to it and events from it.
"""

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from linewright.connectors.faults import LinkLost, WriteRefused
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.link import Around, Device, LinkReport, LinkState
from linewright.connectors.mqtt.client import MqttClient, Will
from linewright.connectors.mqtt.keeping import OWN, Keeping
from linewright.connectors.sources import Endpoint
from linewright.connectors.sparkplug.datatypes import INTEGERS, DataType, TypeMismatch
from linewright.connectors.sparkplug.encoding import encode_payload
from linewright.connectors.sparkplug.host import REBIRTH, RULES, begin, failed, step
from linewright.connectors.sparkplug.node import (
    Asked,
    Born,
    Died,
    Event,
    Message,
    Missed,
    Noted,
    Rules,
    Scope,
    Told,
)
from linewright.connectors.sparkplug.payload import Metric, Payload, PayloadInvalid, decode_payload
from linewright.connectors.sparkplug.sinks import Place, Sink, samples_of
from linewright.connectors.sparkplug.topics import (
    Kind,
    filters_of,
    parse_state,
    parse_topic,
    spot_of,
    state_payload,
    state_topic,
    topic_of,
)
from linewright.connectors.values import Raw
from linewright.plant import Address
from linewright.plant.records import Value

__all__ = ["SparkplugLink", "link"]

STATE_S = 1.0
"""Least time between two corrections of our own STATE: two hosts of one name must not storm."""

_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000
_DATA = frozenset({"NDATA", "DDATA"})

_log = logging.getLogger(__name__)


def link(endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> "SparkplugLink":
    """Link to the Sparkplug nodes of a broker.

    Parameters
    ----------
    endpoint
        The broker.
    feeds
        One source for each node or device that is read.
    around
        Clocks, secrets and our own listener.

    Returns
    -------
    SparkplugLink
        It does nothing before `keep`.
    """
    return SparkplugLink(endpoint, feeds, around)


class SparkplugDevice:
    """A node or device that is born, as commands use it."""

    def __init__(self, owner: "SparkplugLink", place: Place, sink: Sink) -> None:
        self._owner = owner
        self._place = place
        self._sink = sink

    async def read(self, items: list[str]) -> list[Raw]:
        """Last known values, as of the node's last message; raises `LinkLost`."""
        self._scope()
        as_of_ns = self._sink.feed.alive_ns
        found = (self._sink.read(item) for item in items)
        return [msgspec.structs.replace(raw, as_of_ns=as_of_ns) for raw in found]

    async def write(self, via: str, item: str, value: Value) -> None:
        """Send one command; raises `WriteRefused` or `LinkLost`.

        Nodes acknowledge nothing: what became of it is read back.
        """
        scope, spot = self._scope(), self._sink.spot
        known = scope.names.get(item)
        if via != "metric" or known is None:
            raise WriteRefused(item, f"no metric of this name is in the birth of {spot.node}")
        wanted: object = value
        if isinstance(value, float) and known.datatype in INTEGERS and value.is_integer():
            wanted = int(value)
        try:
            metric = Metric(
                # An alias stands for the name wherever the birth gave one.
                name=known.name if known.alias is None else None,
                alias=known.alias,
                timestamp_ms=self._owner.now_ms(),
                datatype=known.datatype,
                value=wanted,
            )
            self._owner.command(spot.group, spot.node, spot.device, metric)
        except TypeMismatch as error:
            raise WriteRefused(item, str(error)) from error

    def _scope(self) -> Scope:
        spot = self._sink.spot
        scope = self._place.node.scopes.get(spot.device)
        if scope is None or not scope.lives or self._sink.state != "connected":
            raise LinkLost(self._owner.endpoint.url, f"{spot.device or spot.node} is not born")
        return scope


class SparkplugLink:
    """The sources behind one broker, and the connection over which they are heard.

    Parameters
    ----------
    endpoint
        The broker.
    feeds
        The sources.
    around
        Clocks, secrets and our own listener.
    rules
        How patient it is.
    """

    def __init__(
        self, endpoint: Endpoint, feeds: Sequence[Feed], around: Around, rules: Rules = RULES
    ) -> None:
        self.endpoint = endpoint
        self.feeds = tuple(feeds)
        self._clocks = around.clocks
        self._rules = rules
        self._keeping = Keeping(endpoint, around, self, is_clean=True)
        self._state_topic = state_topic(f"linewright-{around.site}")
        self._stamp_ms = 0
        self._stated_ns: int | None = None
        self._client: MqttClient | None = None
        self._places: dict[tuple[str, str], Place] = {}
        self._sinks: dict[str, tuple[Place, Sink]] = {}
        for feed in self.feeds:
            self._add(feed)

    def _add(self, feed: Feed) -> None:
        spot = spot_of(feed.source.root)
        if spot is None:
            return
        key = spot.group, spot.node
        place = self._places.setdefault(key, Place())
        sink = Sink(feed, spot)
        place.sinks.setdefault(spot.device, []).append(sink)
        place.node = msgspec.structs.replace(place.node, wanted=frozenset(place.sinks))
        self._sinks[feed.source.name] = place, sink

    # --- what others see

    def device(self, address: Address) -> Device | None:
        """What a station is read and written through, None while it is not born."""
        for place, sink in self._sinks.values():
            source = sink.feed.source
            if source.address == address and source.connection is None:
                is_live = self._client is not None and sink.state == "connected"
                return SparkplugDevice(self, place, sink) if is_live else None
        return None

    def report(self, source: str) -> LinkReport:
        """How one of the sources is reached now."""
        (feed,) = (each for each in self.feeds if each.source.name == source)
        state, why, next_step, since_ns = self._state(feed)
        return LinkReport(
            source=source,
            address=feed.source.address,
            protocol=self.endpoint.protocol,
            endpoint=f"{self.endpoint.url} {feed.source.root}",
            state=state,
            since_ns=since_ns,
            why=why,
            next_step=next_step,
            heard_ns=feed.heard_ns,
            points=len(feed.source.points),
            missing=feed.missing,
            offset_ns=feed.offset_ns,
            security=self.endpoint.security,
        )

    def _state(self, feed: Feed) -> tuple[LinkState, str, str, int]:
        keeping = self._keeping
        found = self._sinks.get(feed.source.name)
        if found is None:
            why = f"`{feed.source.root}` names no node: group/node or group/node/device"
            return "refused", why, "write the connection as `sparkplug: group/node/device`", 0
        if keeping.state != "connected":
            return keeping.state, keeping.why, keeping.next_step, keeping.since_ns
        place, sink = found
        if feed.is_silent:
            return "lost", "it is silent for longer than it may be", _STEPS["lost"], sink.since_ns
        why = sink.why
        step = _STEPS.get(sink.state, "")
        notes = "; ".join(sorted(place.node.notes))
        if sink.state == "connecting":
            asks = place.node.asks
            if asks >= self._rules.rebirths_max or place.node.aside:
                why = f"its birth was asked for {asks} times and did not come"
                step = "restart the node: it does not answer when it is asked for its birth"
        elif sink.why:
            step = "restart the node, and let it publish its birth after each connection"
        return sink.state, "; ".join(filter(None, (why, notes))), step, sink.since_ns

    async def keep(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set."""
        await self._keeping.keep(stop)

    # --- the connection

    def will(self) -> Will:
        """Our STATE as the broker tells it when we are gone."""
        self._stamp_ms = self.now_ms()
        payload = state_payload(online=False, timestamp_ms=self._stamp_ms)
        return Will(topic=self._state_topic, payload=payload, qos=1, retain=True)

    async def begin(self, client: MqttClient) -> str:
        """Subscribe to all that the nodes say and to our own STATE, then say that we are there."""
        self._client = client
        now = self._clocks.now()
        for place in self._places.values():
            place.node = begin(place.node, now.steady_ns)
        filters = [(each, 0) for key in self._places for each in self._filters(key)]
        refused = await client.subscribe([*filters, (self._state_topic, 1)])
        payload = state_payload(online=True, timestamp_ms=self._stamp_ms)
        await client.publish(self._state_topic, payload, qos=1, retain=True)
        return f"the broker refuses {refused[0]}" if refused else ""

    def _filters(self, key: tuple[str, str]) -> tuple[str, ...]:
        """What to subscribe to for one node; on our own listener only what the plant declares."""
        devices = [device for device in self._places[key].sinks if device is not None]
        if self.endpoint.url == OWN and len(devices) == len(self._places[key].sinks):
            return filters_of(*key, devices)
        return filters_of(*key)

    async def farewell(self, client: MqttClient) -> None:
        """Say that we go."""
        # What is said of us from here on is true, and is not corrected.
        self._client = None
        payload = state_payload(online=False, timestamp_ms=self.now_ms())
        await client.publish(self._state_topic, payload, qos=1, retain=True)

    def ended(self) -> None:
        """Without the broker nothing is known of any node."""
        self._client = None
        now = self._clocks.now()
        for _, sink in self._sinks.values():
            sink.died("the connection to its broker is lost", now)

    def look(self) -> None:
        """Let time go on for every node."""
        now = self._clocks.now()
        for key, place in self._places.items():
            self._step(key, place, None, now)
            for sinks in place.sinks.values():
                for sink in sinks:
                    sink.settle(now)

    def hear(self, topic: str, body: bytes, retained: bool, repeated: bool) -> None:  # noqa: FBT001, ARG002 - as the client calls it
        """Take a message in."""
        if topic == self._state_topic:
            self._hear_state(body)
            return
        found = parse_topic(topic)
        key = None if found is None else (found.group, found.node)
        place = None if key is None else self._places.get(key)
        if found is None or key is None or place is None:
            return
        now = self._clocks.now()
        if retained:
            # As old as may be, and not what the node says now: its birth is asked for instead.
            self._tell(key, place, (_RETAINED,), now)
            return
        try:
            payload = decode_payload(body)
        except PayloadInvalid as error:
            missed = Missed(device=found.device, why=str(error), refused=True)
            self._tell(key, place, (missed, Noted(f"some of its messages are {error}")), now)
            return
        self._step(key, place, Message(found.kind, found.device, payload), now)

    def _hear_state(self, body: bytes) -> None:
        """Correct what is said of us: the will of a connection before comes late."""
        said, now = parse_state(body), self._clocks.now()
        if said is None or said.online or self._client is None:
            return
        if self._stated_ns is not None and now.steady_ns - self._stated_ns < STATE_S * _NS_PER_S:
            return
        self._stated_ns = now.steady_ns
        payload = state_payload(online=True, timestamp_ms=self._stamp_ms)
        self._send(self._state_topic, payload, qos=1, retain=True)

    # --- events

    def _step(self, key: tuple[str, str], place: Place, message: Message | None, now: Now) -> None:
        try:
            place.node, events = step(place.node, message, now.steady_ns, self._rules)
        except Exception:  # noqa: BLE001 - whatever it was, the other nodes are read on
            _log.exception("%s: a message could not be taken in", "/".join(key))
            place.node, events = failed(place.node, message, now.steady_ns)
        if events:
            self._tell(key, place, events, now)

    def _tell(self, key: tuple[str, str], place: Place, events: Sequence[Event], now: Now) -> None:
        for event in events:
            if isinstance(event, Told | Born | Died):
                for sink in place.sinks.get(event.device, ()):
                    _to_sink(sink, event, place, now)
            elif isinstance(event, Missed):
                for device, sinks in place.sinks.items():
                    for sink in sinks if event.whole or device == event.device else ():
                        sink.missed(event, now)
            elif isinstance(event, Asked):
                self._rebirth(key)
            else:
                self._note(key, place, event)

    def _note(self, key: tuple[str, str], place: Place, event: Noted) -> None:
        if event.what not in place.node.notes:
            notes = place.node.notes | {event.what}
            place.node = msgspec.structs.replace(place.node, notes=notes)
        _log.info("%s: %s", "/".join(key), event.what)

    # --- what is sent

    def now_ms(self) -> int:
        """UTC in ms, as payloads bear it."""
        return self._clocks.wall_ns() // _NS_PER_MS

    def command(self, group: str, node: str, device: str | None, metric: Metric) -> None:
        """Send a command; raises `LinkLost` or `TypeMismatch`."""
        client = self._client
        if client is None:
            raise LinkLost(self.endpoint.url, "the connection to the broker is lost")
        kind: Kind = "NCMD" if device is None else "DCMD"
        payload = encode_payload(Payload(timestamp_ms=metric.timestamp_ms, metrics=(metric,)))
        client.send(topic_of(kind, group, node, device), payload)

    def _rebirth(self, key: tuple[str, str]) -> None:
        """Ask a node for its births: by name, since the alias may be what is not known."""
        moment, kind = self.now_ms(), DataType.BOOLEAN
        metric = Metric(name=REBIRTH, timestamp_ms=moment, datatype=kind, value=True)
        _log.info("%s is asked for its birth", "/".join(key))
        try:
            self.command(*key, None, metric)
        except LinkLost as error:
            _log.info("%s", error)

    def _send(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        assert self._client is not None, "it was looked at"
        try:
            self._client.send(topic, payload, qos=qos, retain=retain)
        except LinkLost as error:
            _log.info("%s", error)


_RETAINED = Noted("its messages are retained: old ones are passed over")


def _to_sink(sink: Sink, event: Told | Born | Died, place: Place, now: Now) -> None:
    if isinstance(event, Died):
        sink.died(event.why, now)
        return
    is_birth = isinstance(event, Born)
    if isinstance(event, Born):
        sink.born(event, place.node.scopes[event.device], now)
    is_late = isinstance(event, Told) and event.is_historical
    if event.readings or not is_birth:
        samples = samples_of(event.readings)
        sink.told(samples, now, is_first=is_birth, is_historical=is_late)


_STEPS: dict[LinkState, str] = {
    "connecting": "see that the node runs and that group, node and device are spelled as it does",
    "lost": "see that the node or device runs and reaches its broker",
}
"""What a person can do."""
