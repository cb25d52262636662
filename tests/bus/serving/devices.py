"""A device or host over MQTT for the tests, on paho's client."""

import queue
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from linewright.bus import BusAddress

T = TypeVar("T")

WAIT_S = 15.0


class Client:
    """A client that collects what it hears."""

    def __init__(
        self,
        address: BusAddress,
        name: str,
        *,
        clean: bool = True,
        will: tuple[str, bytes] | None = None,
        wait: bool = True,
    ) -> None:
        self._heard: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self._codes: queue.Queue[list[int]] = queue.Queue()
        self._connected: queue.Queue[bool] = queue.Queue()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=clean,
            protocol=paho.MQTTv311,
        )
        self._client.username_pw_set(address.mqtt_user, address.mqtt_password)
        self._client.reconnect_delay_set(1, 1)
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        where = urlsplit(address.mqtt)
        assert where.hostname is not None
        assert where.port is not None
        self._client.connect(where.hostname, where.port, keepalive=5)
        self._client.loop_start()
        if wait:
            assert self._connected.get(timeout=WAIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def comes_back(self) -> None:
        """Wait until the connection stands again."""
        assert self._connected.get(timeout=WAIT_S)

    def refused(self) -> bool:
        """Whether the listener does not take the credentials."""
        found = not self._connected.get(timeout=WAIT_S)
        self._client.disconnect()
        self._client.loop_stop()
        return found

    def subscribe(self, topic: str) -> list[int]:
        """Codes with which the listener answers: the quality of service, or 128 for refused."""
        self._client.subscribe(topic, qos=1)
        return self._codes.get(timeout=WAIT_S)

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, wait: bool = True
    ) -> None:
        """Publish at QoS 1, and wait until it is acknowledged."""
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if wait:
            sent.wait_for_publish(WAIT_S)
            assert sent.is_published()

    def next(self) -> tuple[str, bytes, bool]:
        """Next message: topic, payload, and whether it was retained."""
        return self._heard.get(timeout=WAIT_S)

    def vanish(self) -> None:
        """Break the connection without a word, and stay away."""
        self._client.loop_stop()
        socket = self._client.socket()
        if socket is not None:
            socket.close()

    def _on_connect(self, *told: Any) -> None:  # noqa: ANN401  # paho's
        self._connected.put(not told[3].is_failure)

    def _on_message(self, *told: Any) -> None:  # noqa: ANN401  # paho's
        message = told[2]
        self._heard.put((message.topic, message.payload, message.retain))

    def _on_subscribe(self, *told: Any) -> None:  # noqa: ANN401  # paho's
        self._codes.put([code.value for code in told[3]])


def until(look: Callable[[], list[T]], count: int) -> list[T]:
    """Look until so many are found, all in all."""
    end_s = time.monotonic() + WAIT_S
    found: list[T] = []
    while len(found) < count and time.monotonic() < end_s:
        found += look()
        time.sleep(0.05)
    return found
