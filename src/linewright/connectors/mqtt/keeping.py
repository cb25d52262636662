"""One broker, kept connected for ever: a connection, and after its loss the next one.

What is said and heard on it is the part of a protocol: Sparkplug, or tags that are read from
topics.
"""

import asyncio
import hashlib
import logging
from typing import Protocol, runtime_checkable

from linewright.connectors.faults import LinkLost
from linewright.connectors.link import Around, LinkState, wait_any
from linewright.connectors.mqtt.client import Broker, BrokerRefused, MqttClient, Will
from linewright.connectors.sources import Endpoint

__all__ = ["OWN", "Keeping", "Part", "Telling", "broker_of"]

OWN = "own"
"""Endpoint of what is connected to the listener of our own bus."""

RETRY_FIRST_S = 0.25
"""Wait before the first new try."""

RETRY_LONGEST_S = 2.0
"""Longest wait between two tries: a broker that comes back is heard within two seconds."""

REFUSED_S = 10.0
"""Wait after a refusal that needs a person: wrong passwords too often lock a user out."""

LOOK_S = 0.25
"""How often a protocol may do what is due without a message."""

_DIGEST_CHARS = 8

_log = logging.getLogger(__name__)


class Part(Protocol):
    """What a protocol does with the connection to its broker."""

    def will(self) -> Will | None:
        """What the broker says when we are gone; asked before each connection."""

    async def begin(self, client: MqttClient) -> str:
        """Subscribe; why that was refused, or nothing."""

    def hear(self, topic: str, body: bytes, retained: bool, repeated: bool) -> None:  # noqa: FBT001 - as the client calls it
        """Take a message in."""

    def ended(self) -> None:
        """Know that the connection is lost, or could not be made."""


@runtime_checkable
class Telling(Protocol):
    """A protocol that also speaks by itself."""

    def look(self) -> None:
        """Do what is due without a message."""

    async def farewell(self, client: MqttClient) -> None:
        """Say goodbye, when the connection is ended on purpose."""


def broker_of(endpoint: Endpoint, around: Around, *, is_clean: bool) -> Broker:
    """Broker that an endpoint names.

    Raises
    ------
    BrokerRefused
        It is our own and has no listener for us, or a secret is missing.
    """
    named = f"{endpoint.protocol} {endpoint.url} {endpoint.user}"
    digest = hashlib.sha256(named.encode()).hexdigest()[:_DIGEST_CHARS]
    client_id = f"linewright-{around.site}-{digest}"
    if endpoint.url == OWN:
        own = around.broker
        if own is None or not own.mqtt:
            raise BrokerRefused(OWN, "the bus of this plant has no MQTT listener")
        return Broker(
            url=own.mqtt,
            client_id=client_id,
            user=own.mqtt_user or None,
            password=own.mqtt_password or None,
            is_clean=is_clean,
            only_v311=True,
        )
    return Broker(
        url=endpoint.url,
        client_id=client_id,
        user=endpoint.user,
        password=_secret(endpoint, around, endpoint.secret),
        tls=endpoint.security == "tls",
        certificate=_secret(endpoint, around, endpoint.certificate),
        is_clean=is_clean,
    )


class Keeping:
    """The connection to one broker, and its state as it is reported.

    Parameters
    ----------
    endpoint
        The broker.
    around
        Clocks and secrets.
    part
        What is done with it.
    is_clean
        Whether the broker keeps nothing for us between connections.
    """

    def __init__(self, endpoint: Endpoint, around: Around, part: Part, *, is_clean: bool) -> None:
        self.client: MqttClient | None = None
        """The connection, once all is subscribed; None while there is none."""
        self.state: LinkState = "connecting"
        self.why = ""
        self.next_step = ""
        self.since_ns = around.clocks.wall_ns()
        self._endpoint = endpoint
        self._around = around
        self._part = part
        self._is_clean = is_clean

    async def keep(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set; loss of the broker is never an error here."""
        wait_s = RETRY_FIRST_S
        while not stop.is_set():
            if not await self._around.clocks.plant.known(wait_s=RETRY_LONGEST_S):
                continue
            try:
                broker = broker_of(self._endpoint, self._around, is_clean=self._is_clean)
                client = await MqttClient.open(broker, self._part.hear, self._part.will())
            except BrokerRefused as error:
                self._say("refused", error.what, _step_after(self._endpoint))
                self._part.ended()
                await wait_any((stop,), REFUSED_S)
                continue
            except (LinkLost, ValueError) as error:
                what = error.what if isinstance(error, LinkLost) else str(error)
                self._say("lost", what, "see that the broker runs and that its address is right")
                self._part.ended()
                await wait_any((stop,), wait_s)
                wait_s = min(2 * wait_s, RETRY_LONGEST_S)
                continue
            if await self._serve(client, stop):
                wait_s = RETRY_FIRST_S
            await wait_any((stop,), wait_s)
            wait_s = min(2 * wait_s, RETRY_LONGEST_S)

    async def _serve(self, client: MqttClient, stop: asyncio.Event) -> bool:
        """Listen on one connection until its end; whether anything could be subscribed to."""
        try:
            try:
                refused = await self._part.begin(client)
            except LinkLost as error:
                self._say("lost", error.what)
                return False
            self.client = client
            if refused:
                step = "give this user the right to subscribe to these topics"
                self._say("refused", refused, step)
            else:
                self._say("connected")
            while not await wait_any((stop, client.lost), LOOK_S):
                if isinstance(self._part, Telling):
                    self._part.look()
            return True
        finally:
            self.client = None
            if client.lost.is_set():
                self._say("lost", client.lost_because)
            elif stop.is_set() and isinstance(self._part, Telling):
                await _said(self._part, client)
            await client.close()
            if not stop.is_set():
                self._part.ended()

    def _say(self, state: LinkState, why: str = "", next_step: str = "") -> None:
        """Remember the state, and write a line where it is another one."""
        self.next_step = next_step
        if (state, why) == (self.state, self.why):
            return
        self.state, self.why, self.since_ns = state, why, self._around.clocks.wall_ns()
        level = logging.INFO if state == "connected" else logging.WARNING
        _log.log(level, "%s is %s%s", self._endpoint.url, state, f": {why}" if why else "")


async def _said(part: Telling, client: MqttClient) -> None:
    try:
        await part.farewell(client)
    except LinkLost as error:
        # The broker says it for us: that is what a will is for.
        _log.info("%s", error)


def _secret(endpoint: Endpoint, around: Around, name: str | None) -> str | None:
    if name is None:
        return None
    found = around.secret(name)
    if not found:
        raise BrokerRefused(endpoint.url, f"the secret {name} is missing")
    return found


def _step_after(endpoint: Endpoint) -> str:
    if endpoint.url == OWN:
        return "start the plant with `linewright up`, or name a broker with `broker:`"
    return "see that user and secret of the connection are those that the broker knows"
