"""`python -m tests.foreign.wills`: how long after silence mosquitto publishes the will of a client.

Clients with a keep-alive of 3 s connect one after the other and say nothing more. By the
specification their wills may come after one and a half keep-alives, 4.5 s.
"""

import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.foreign.peers import Mosquitto

CLIENTS, KEEP_ALIVE_S = 10, 3
BETWEEN_S = 0.7
WAIT_S = 12.0


def main() -> None:
    """Print the seconds of each client."""
    came: dict[str, float] = {}

    def heard(_client: Client, _userdata: object, will: MQTTMessage) -> None:
        came.setdefault(will.topic, time.monotonic())

    with (
        tempfile.TemporaryDirectory(prefix="linewright-") as folder,
        Mosquitto(Path(folder)) as broker,
    ):
        broker.wait_for_port(broker.port)
        listener = Client(CallbackAPIVersion.VERSION2, "listener")
        listener.on_message = heard
        listener.connect("127.0.0.1", broker.port)
        listener.subscribe("wills/#")
        listener.loop_start()
        silent = [_connected(broker.port, f"wills/{number}") for number in range(CLIENTS)]
        time.sleep(WAIT_S)
        listener.loop_stop()
        for topic, begun_s, connection in silent:
            connection.close()
            after = f"{came[topic] - begun_s:.1f} s" if topic in came else "never"
            sys.stdout.write(f"{topic}: {after}\n")


def _connected(port: int, topic: str) -> tuple[str, float, socket.socket]:
    """Connect with a will, by hand: a client library would keep the connection alive."""
    time.sleep(BETWEEN_S)
    words = [_field(b"MQTT"), bytes([4, 0x06]), struct.pack(">H", KEEP_ALIVE_S)]
    words += [_field(each) for each in (topic.replace("/", "").encode(), topic.encode(), b"dead")]
    body = b"".join(words)
    connection = socket.create_connection(("127.0.0.1", port), timeout=5.0)
    connection.sendall(bytes([0x10, len(body)]) + body)
    assert connection.recv(4)[:1] == b"\x20", "the broker takes the connection"
    return topic, time.monotonic(), connection


def _field(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


if __name__ == "__main__":
    main()
