"""One connection to an MQTT broker, in the loop of asyncio: the one file that imports paho.

Whatever the broker does ends in `lost`, never in an exception out of a callback. A connection is
never mended: who holds it opens the next one.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from linewright.connectors.faults import LinkLost
from linewright.connectors.link import wait_any

__all__ = ["Broker", "BrokerRefused", "Hearing", "MqttClient", "Will"]

KEEP_ALIVE_S = 4
"""Silence after which the broker is asked for a sign of life, and after as much again is lost: the
broker's own bound is one and a half times this."""

LOOK_S = 0.5
"""How often paho looks at its keep-alive."""

CONNECT_S = 5.0
"""Longest wait for a connection, and then for the broker's answer to it."""

ANSWER_S = 5.0
"""Longest wait for the answer to a subscription or an acknowledged publication."""

CLOSE_WRITES = 10
"""How often the goodbye is tried; a broker that takes none has the will."""

READS_MAX = 200
"""Messages taken in one go, so that other work of the process goes on between."""

OUT_MAX = 1000
"""Acknowledged publications in hand at once; paho refuses further ones."""

SESSION_S = 3600
"""How long a broker keeps a session for us: an hour of what was published meanwhile."""

PORT = 1883
PORT_TLS = 8883
SUBSCRIBE_MAX = 100
"""Filters in one request: more than some brokers take at once."""

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311

_FAILED = 0x80
_UNSUPPORTED = frozenset({1, 132})
_REFUSED = frozenset({4, 5, 134, 135})
_UNSPECIFIED = 0

_log = logging.getLogger(__name__)

Hearing: TypeAlias = Callable[[str, bytes, bool, bool], None]
"""Called with topic, body, whether it was retained, and whether it may have come before."""


class BrokerRefused(LinkLost):
    """A broker that is there and does not let us in.

    Examples
    --------
    >>> BrokerRefused("mqtt://10.1.4.2", "bad user name or password").what
    'bad user name or password'
    """


class Will(msgspec.Struct, frozen=True, kw_only=True):
    """What the broker says for us when we are gone.

    Examples
    --------
    >>> Will(topic="spBv1.0/STATE/host", payload=b"{}", qos=1, retain=True).qos
    1
    """

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where a connection goes, as whom, and what the broker keeps of it.

    Examples
    --------
    >>> Broker(url="mqtts://broker.shop", client_id="a").place
    ('broker.shop', 8883, True)
    """

    url: str
    client_id: str
    user: str | None = None
    password: str | None = None
    tls: bool = False
    certificate: Annotated[str | None, Meta(description="file of our certificate and key")] = None
    is_clean: Annotated[bool, Meta(description="whether nothing is kept between connections")] = (
        True
    )
    only_v311: Annotated[bool, Meta(description="whether MQTT 5 need not be tried")] = False

    @property
    def place(self) -> tuple[str, int, bool]:
        """Host, port, and whether the connection is encrypted.

        Raises
        ------
        ValueError
            The URL is none of a broker.

        Examples
        --------
        >>> Broker(url="10.1.4.2:1884", client_id="a").place
        ('10.1.4.2', 1884, False)
        """
        parts = urlsplit(self.url if "://" in self.url else f"mqtt://{self.url}")
        if parts.scheme not in {"mqtt", "mqtts", "tcp", "ssl"} or not parts.hostname:
            raise ValueError(f"`{self.url}` is no URL of a broker, such as mqtt://10.1.4.2:1883")
        is_secret = self.tls or parts.scheme in {"mqtts", "ssl"}
        return parts.hostname, parts.port or (PORT_TLS if is_secret else PORT), is_secret


class _Tls(ssl.SSLContext):
    """Encryption that checks certificates and host names, and knows the socket that it made."""

    made: ssl.SSLSocket | None = None

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:  # noqa: ANN401 - as ssl's
        """Encrypt a socket."""
        self.made = super().wrap_socket(*given, **named)
        return self.made


class MqttClient:
    """A connection that was made; see `open`."""

    def __init__(self, broker: Broker, hearing: Hearing, *, version: MQTTProtocolVersion) -> None:
        self.broker = broker
        self.lost = asyncio.Event()
        self.lost_because = ""
        self.is_resumed = False
        """Whether the broker kept the session of the connection before."""
        self.version = version
        self._hearing = hearing
        self._loop = asyncio.get_running_loop()
        self._answered: asyncio.Future[int] = self._loop.create_future()
        self._waiting: dict[int, asyncio.Future[list[int]]] = {}
        self._count = 0
        self._was_open = False
        self._is_watched = False
        self._tls: _Tls | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._paho = self._made()

    @classmethod
    async def open(cls, broker: Broker, hearing: Hearing, will: Will | None = None) -> "MqttClient":
        """Connect: with MQTT 5 where the broker has it, else with MQTT 3.1.1.

        Parameters
        ----------
        broker
            Where to, as whom.
        hearing
            Called in the loop with each message; it must not wait.
        will
            What the broker says when we are gone.

        Returns
        -------
        MqttClient
            A connection that the broker has accepted.

        Raises
        ------
        BrokerRefused
            The broker does not let this user in.
        LinkLost
            It is not reached, or no broker.
        """
        versions = [V311] if broker.only_v311 else [V5, V311]
        while True:
            version = versions.pop(0)
            client = cls(broker, hearing, version=version)
            try:
                code = await client._connected(will)
            except LinkLost:
                await client.close()
                # A broker that knows no MQTT 5 may hang up instead of saying so.
                if versions and client._was_hung_up:
                    continue
                raise
            except BaseException:
                await client.close()
                raise
            if code == 0:
                client._tasks = [asyncio.create_task(client._look())]
                return client
            await client.close()
            if code in _UNSUPPORTED and versions:
                continue
            if code in _REFUSED:
                raise BrokerRefused(broker.url, "the broker refuses this user or password")
            raise LinkLost(broker.url, f"the broker refuses the connection with code {code}")

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> tuple[str, ...]:
        """Ask for messages; the filters that the broker refuses are returned.

        Parameters
        ----------
        filters
            Topic filters, each with its quality of service.

        Returns
        -------
        tuple[str, ...]
            Empty where all are granted.

        Raises
        ------
        LinkLost
            No answer.
        """
        refused: list[str] = []
        for begin in range(0, len(filters), SUBSCRIBE_MAX):
            part = list(filters[begin : begin + SUBSCRIBE_MAX])
            code, mid = self._paho.subscribe(part)
            if code or mid is None:
                raise self._over("the connection is closed")
            granted = await self._answer(mid)
            refused += [
                name for (name, _), one in zip(part, granted, strict=False) if one >= _FAILED
            ]
        return tuple(refused)

    def forget(self, topic: str) -> None:
        """Ask for no more messages of a topic; nobody waits for the answer."""
        self._paho.unsubscribe(topic)

    def send(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> int:
        """Send a message and wait for nothing; the number of the packet.

        Raises
        ------
        LinkLost
            It was not sent.
        """
        try:
            sent = self._paho.publish(topic, payload, qos=qos, retain=retain)
        except ValueError as error:
            raise LinkLost(self.broker.url, _words(error)) from error
        if sent.rc:
            raise self._over("the connection is closed")
        return sent.mid

    async def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False
    ) -> None:
        """Send a message; with `qos` 1 the broker's acknowledgement is waited for.

        Raises
        ------
        BrokerRefused
            The broker says that this user may not (MQTT 5 alone says so).
        LinkLost
            It was not sent, or not acknowledged.
        """
        mid = self.send(topic, payload, qos=qos, retain=retain)
        if qos:
            (code,) = await self._answer(mid)
            if code >= _FAILED:
                raise BrokerRefused(self.broker.url, f"publishing on {topic} is refused: {code}")

    async def close(self) -> None:
        """Say goodbye, so that the broker does not publish the will; never raises."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(OSError, ValueError):
            self._paho.disconnect()
            for _ in range(CLOSE_WRITES):
                if not self._paho.want_write() or self._paho.loop_write():
                    break
        self._over("closed")
        self._forget_socket()

    # --- connecting

    def _made(self) -> Client:
        broker = self.broker
        paho = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            # In MQTT 5 it is said when connecting.
            clean_session=None if self.version == V5 else broker.is_clean,
            protocol=self.version,
            reconnect_on_failure=False,
        )
        paho.connect_timeout = CONNECT_S
        paho.max_inflight_messages_set(OUT_MAX)
        paho.max_queued_messages_set(OUT_MAX)
        if broker.user is not None:
            paho.username_pw_set(broker.user, broker.password)
        if broker.place[2]:
            self._tls = _Tls(ssl.PROTOCOL_TLS_CLIENT)
            self._tls.load_default_certs()
            if broker.certificate is not None:
                self._tls.load_cert_chain(broker.certificate)
            paho.tls_set_context(self._tls)
        # As many arguments as paho gives, of which few are of use.
        paho.on_connect = lambda _, __, flags, reason, ___: self._on_connect(flags, reason)
        paho.on_disconnect = lambda _, __, ___, reason, ____: self._on_disconnect(reason)
        paho.on_message = lambda _, __, message: self._on_message(message)
        paho.on_subscribe = lambda _, __, mid, reasons, ___: self._on_subscribe(mid, reasons)
        paho.on_publish = lambda _, __, mid, reason, ___: self._settle(mid, [int(reason.value)])
        paho.on_socket_close = lambda _, __, sock: self._on_socket_close(sock)
        # That it is set at all keeps paho from writing within the call.
        paho.on_socket_register_write = lambda _, __, ___: self._want_write()
        return paho

    async def _connected(self, will: Will | None) -> int:
        """Connect, and wait for the broker's answer; its code."""
        if will is not None:
            self._paho.will_set(will.topic, will.payload, will.qos, will.retain)
        host, port, _ = self.broker.place
        try:
            async with asyncio.timeout(2 * CONNECT_S):
                await asyncio.to_thread(self._dial, host, port)
                self._watch()
                return await self._answered
        except (OSError, ValueError) as error:
            raise self._over(_words(error)) from error

    def _dial(self, host: str, port: int) -> None:
        """Open the socket; it blocks, so a thread does it."""
        if self.version == V5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # untyped in paho
            properties.SessionExpiryInterval = 0 if self.broker.is_clean else SESSION_S
            self._paho.connect(
                host, port, KEEP_ALIVE_S, clean_start=self.broker.is_clean, properties=properties
            )
        else:
            self._paho.connect(host, port, KEEP_ALIVE_S)

    @property
    def _was_hung_up(self) -> bool:
        return self.lost.is_set() and self._was_open

    # --- the socket in the loop

    def _watch(self) -> None:
        """Let the loop look at the socket, once it is open; from here on paho runs in the loop."""
        sock = self._paho.socket()
        if sock is None:
            raise OSError("the connection was closed at once")
        self._was_open = True
        self._is_watched = True
        self._loop.add_reader(sock, self._readable)
        self._want_write()

    def _want_write(self) -> None:
        sock = self._paho.socket()
        if self._is_watched and sock is not None and self._paho.want_write():
            self._loop.add_writer(sock, self._writable)

    def _writable(self) -> None:
        sock = self._paho.socket()
        self._paho.loop_write()
        if sock is not None and sock.fileno() >= 0 and not self._paho.want_write():
            self._loop.remove_writer(sock)

    def _on_socket_close(self, sock: Any) -> None:  # noqa: ANN401 - a socket, encrypted or not
        if self._is_watched and sock.fileno() >= 0:
            self._is_watched = False
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)

    def _forget_socket(self) -> None:
        sock = self._paho.socket()
        if sock is not None:
            self._on_socket_close(sock)
            with contextlib.suppress(OSError):
                sock.close()
        if self._tls is not None and self._tls.made is not None:
            # paho leaves it open where its certificate was refused.
            self._tls.made.close()

    def _readable(self) -> None:
        """Take what came, at most `READS_MAX` messages."""
        for _ in range(READS_MAX):
            before = self._count
            code = self._paho.loop_read()
            if code or self._count == before:
                return
        # An encrypted connection may hold messages that its socket no longer shows.
        self._loop.call_soon(self._readable)

    async def _look(self) -> None:
        """Let paho ask the broker for signs of life, and notice that none come."""
        while not self.lost.is_set():
            if await wait_any((self.lost,), LOOK_S):
                return
            if self._paho.loop_misc():
                self._over("the broker is silent")

    # --- answers of paho

    def _on_connect(self, flags: ConnectFlags, reason: ReasonCode) -> None:
        self.is_resumed = bool(flags.session_present)
        if not self._answered.done():
            self._answered.set_result(int(reason.value))

    def _on_disconnect(self, reason: ReasonCode) -> None:
        code = int(reason.value)
        words = "the broker hung up" if code == _UNSPECIFIED else str(reason)
        self._over(words)

    def _on_message(self, message: MQTTMessage) -> None:
        self._count += 1
        try:
            self._hearing(message.topic, bytes(message.payload), message.retain, message.dup)
        except UnicodeDecodeError:
            _log.warning("%s: a message has a topic that is no text", self.broker.url)
        except Exception as error:  # noqa: BLE001 - a connection that loses messages must not live
            _log.exception("%s: a message could not be taken in", self.broker.url)
            self._over(_words(error))

    def _on_subscribe(self, mid: int, reasons: Sequence[ReasonCode]) -> None:
        self._count += 1
        self._settle(mid, [int(reason.value) for reason in reasons])

    def _settle(self, mid: int, codes: list[int]) -> None:
        waiting = self._waiting.get(mid)
        if waiting is None:
            return
        if not waiting.done():
            waiting.set_result(codes)

    async def _answer(self, mid: int) -> list[int]:
        """Wait for what the broker says to one request."""
        waiting: asyncio.Future[list[int]] = self._loop.create_future()
        self._waiting[mid] = waiting
        try:
            async with asyncio.timeout(ANSWER_S):
                return await waiting
        except TimeoutError as error:
            raise self._over("no answer from the broker") from error
        finally:
            del self._waiting[mid]

    def _over(self, why: str) -> LinkLost:
        if not self.lost.is_set():
            self.lost_because = why
            self.lost.set()
            gone = LinkLost(self.broker.url, why)
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(gone)
            if not self._answered.done():
                self._answered.set_exception(gone)
                # It is asked for by no one where the connection was given up before.
                self._answered.exception()
        return LinkLost(self.broker.url, self.lost_because)


def _words(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text[:200]
