"""One MQTT connection of an edge node: connected, cut, silent or gone.

This is the only file of the room that knows the MQTT library. Its thread reads and writes the
socket; whatever it hears is told in the loop of asyncio.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from linewright.bus import BusAddress

__all__ = ["KEEP_ALIVE_S", "Line", "LineLost"]

KEEP_ALIVE_S = 5
"""A broker says that a node is dead after one and a half of it."""

CONNECT_S = 5.0
"""Longest wait for the broker's answer."""

PORT = 1883

_log = logging.getLogger(__name__)

Hear = Callable[[str, bytes], None]


class LineLost(ConnectionError):
    """There is no connection to the broker; the caller tries again."""


class Line:
    """One connection, from the moment it is up until it is lost or left.

    Attributes
    ----------
    lost
        Set once the connection has ended, whoever ended it.
    """

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self._client: Any = None
        self._hand = ThreadPoolExecutor(max_workers=1)

    async def open(
        self,
        broker: BusAddress,
        name: str,
        will: tuple[str, bytes],
        topics: tuple[str, ...],
        hear: Hear,
    ) -> None:
        """Connect, with a last will, and subscribe.

        Parameters
        ----------
        broker
            Where, and as whom.
        name
            Name of the client.
        will
            Topic and body that the broker publishes when it dies.
        topics
            What is subscribed to.
        hear
            Called in this loop with topic and body of each message.

        Raises
        ------
        LineLost
            The broker is not there, refuses, or does not answer in time.
        """
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[str] = loop.create_future()
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=True,
            protocol=MQTTv311,
            reconnect_on_failure=False,
        )
        client.username_pw_set(broker.mqtt_user, broker.mqtt_password)
        client.will_set(*will, qos=1, retain=False)

        def connected(_client: Any, _data: Any, _flags: Any, code: Any, _more: Any) -> None:  # noqa: ANN401  # its own
            loop.call_soon_threadsafe(_answer, answered, "" if not code.is_failure else str(code))

        def ended(*_: Any) -> None:  # noqa: ANN401  # its own
            loop.call_soon_threadsafe(self._end, answered)

        def heard(_client: Any, _data: Any, message: Any) -> None:  # noqa: ANN401  # its own
            loop.call_soon_threadsafe(hear, message.topic, bytes(message.payload))

        client.on_connect, client.on_disconnect, client.on_message = connected, ended, heard
        where = urlsplit(broker.mqtt)
        try:
            await asyncio.to_thread(
                client.connect, where.hostname or "", where.port or PORT, KEEP_ALIVE_S
            )
        except OSError as error:
            _bury(client)
            raise LineLost(broker.mqtt, str(error)) from error
        self._client = client
        client.loop_start()
        try:
            async with asyncio.timeout(CONNECT_S):
                refused = await answered
        except TimeoutError:
            refused = "no answer"
        if refused:
            self.cut()
            raise LineLost(broker.mqtt, refused)
        client.subscribe([(topic, 1) for topic in topics])

    def _end(self, answered: "asyncio.Future[str]") -> None:
        _answer(answered, "ended")
        self.lost.set()

    def send(self, topic: str, body: bytes) -> None:
        """Publish with quality of service 0, as Sparkplug has births and data."""
        if self._client is not None:
            self._client.publish(topic, body, qos=0, retain=False)

    def hush(self) -> None:
        """Be silent with the connection open: nothing is read, written or kept alive."""
        if self._client is not None:
            self._hand.submit(self._client.loop_stop)  # waits up to a second for the thread

    def wake(self) -> None:
        """Go on after `hush`."""
        if self._client is not None:
            self._hand.submit(_again, self._client)

    def cut(self) -> None:
        """End without a word, as a broken cable does: the broker publishes the will."""
        client, self._client = self._client, None
        sock = None if client is None else client.socket()
        if sock is not None:
            with contextlib.suppress(OSError):  # the other side may have been first
                sock.shutdown(socket.SHUT_RDWR)
        if client is not None:
            self._hand.submit(_bury, client)
        self._hand.shutdown(wait=False)
        self.lost.set()

    async def leave(self, topic: str, body: bytes) -> None:
        """Say a last word and disconnect, so that the broker publishes no will."""
        client, self._client = self._client, None
        if client is not None:
            await asyncio.to_thread(_part, client, topic, body)
        self._hand.shutdown(wait=False)
        self.lost.set()


def _again(client: Any) -> None:  # noqa: ANN401  # its own
    client._reset_sockets(sockpair_only=True)  # noqa: SLF001  # a start makes a pair of its own
    client.loop_start()


def _bury(client: Any) -> None:  # noqa: ANN401  # its own
    client.loop_stop()
    client._reset_sockets()  # noqa: SLF001  # the library closes some only when it is collected


LEAVE_S = 2.0
"""Longest wait for the last word to go out."""


def _part(client: Any, topic: str, body: bytes) -> None:  # noqa: ANN401  # its own
    try:
        client.publish(topic, body, qos=0, retain=False).wait_for_publish(LEAVE_S)
    except (RuntimeError, ValueError) as error:
        _log.info("the last word of a node is lost: %s", error)
    client.disconnect()
    _bury(client)


def _answer(answered: "asyncio.Future[str]", text: str) -> None:
    if not answered.done():
        answered.set_result(text)
