"""A real broker for a test, and feeds whose rows can be looked at."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from linewright.bus import BusAddress, PlantClock
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.link import Around, Clocks, Link
from linewright.connectors.mqtt.client import Broker, MqttClient
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.plant import Address
from linewright.plant.records import Gap, Quality

FOUND = shutil.which("mosquitto") or next(iter(Path("/usr/sbin").glob("mosquitto")), None)
HAS_BOTH = FOUND is not None and shutil.which("mosquitto_sub") is not None
needs_mosquitto = pytest.mark.skipif(
    not HAS_BOTH, reason="mosquitto and mosquitto-clients are not installed"
)
MILL = Address("nogales/shop/mills/mill")
LIMIT_S = 20.0
LOOK_S = 0.01
USER = ("host", "s3cret")


class Mosquitto:
    """A broker of Debian on a port of its own, that can be killed, frozen and started again."""

    def __init__(self, folder: Path, *, password: bool = False, tls: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"{'mqtts' if tls else 'mqtt'}://localhost:{self.port}"
        self._settings = folder / "mosquitto.conf"
        lines = [f"listener {self.port} 127.0.0.1", f"allow_anonymous {str(not password).lower()}"]
        if password:
            made = folder / "passwords"
            maker = shutil.which("mosquitto_passwd")
            assert maker is not None
            subprocess.run([maker, "-b", "-c", str(made), *USER], check=True)
            made.chmod(0o644)
            lines.append(f"password_file {made}")
        if tls:
            lines += [f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key"]
        self._settings.write_text("\n".join([*lines, "user root", ""]))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        assert FOUND is not None
        self._process = subprocess.Popen(
            [str(FOUND), "-c", str(self._settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(LOOK_S)
        raise AssertionError("mosquitto does not listen")

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)


@contextlib.contextmanager
def mosquitto(folder: Path, **options: bool) -> Iterator[Mosquitto]:
    """A broker that runs."""
    broker = Mosquitto(folder, **options)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def around(
    secrets: dict[str, str] | None = None,
    wall_ns: Callable[[], int] = time.time_ns,
    broker: BusAddress | None = None,
) -> Around:
    """What a link gets."""
    known = secrets or {}
    return Around(
        clocks=Clocks(
            plant=PlantClock(wall_ns=wall_ns, steady_s=time.monotonic),
            wall_ns=wall_ns,
            steady_ns=time.monotonic_ns,
            begun_ns=0,
        ),
        secret=known.get,
        folder=Path(),
        site="nogales",
        broker=broker,
    )


def feed_of(endpoint: Endpoint, root: str, points: Sequence[Point]) -> Feed:
    """A feed of the mill."""
    source = Source(name="mill", address=MILL, endpoint=endpoint, points=tuple(points), root=root)
    box = Outbox(Numbering(site="nogales", source="mill", epoch=1, n=0))
    return Feed(source, box, plant_rev="r1", marks=Quality.GOOD)


class Stored:
    """Rows and gaps that a feed gave so far, in order."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.rows: list[dict[str, Any]] = []
        self.gaps: list[Gap] = []

    def take(self) -> "Stored":
        """Take what is new."""
        while (head := self.feed.box.head()) is not None:
            if isinstance(head, Batch):
                self.rows += head.frame().batch.to_pylist()
            else:
                self.gaps.append(head)
            self.feed.box.published(head)
        return self

    def of(self, tag: str) -> list[dict[str, Any]]:
        """Rows of one tag of the mill."""
        self.take()
        return [row for row in self.rows if row["tag"].endswith(f"#{tag}")]

    def values(self, tag: str) -> list[Any]:
        """Good values of one tag, first readings left out."""
        marks = int(Quality.BAD | Quality.UNCERTAIN | Quality.INITIAL)
        return [row["value"] for row in self.of(tag) if not row["quality"] & marks]


@contextlib.asynccontextmanager
async def kept(link: Link) -> AsyncIterator[Link]:
    """A link that is kept connected."""
    stop = asyncio.Event()
    task = asyncio.create_task(link.keep(stop))
    try:
        yield link
    finally:
        stop.set()
        async with asyncio.timeout(LIMIT_S):
            await task


@contextlib.asynccontextmanager
async def client_of(
    broker: Mosquitto, name: str = "device", user: str | None = None, password: str | None = None
) -> AsyncIterator[MqttClient]:
    """A device of a test at a broker; what it hears is in `heard_by`."""
    heard: list[tuple[str, bytes, bool]] = []
    client = await MqttClient.open(
        Broker(url=broker.url, client_id=name, user=user, password=password),
        lambda topic, body, retained, _: heard.append((topic, body, retained)),
    )
    HEARD[client] = heard
    try:
        yield client
    finally:
        await client.close()


HEARD: dict[MqttClient, list[tuple[str, bytes, bool]]] = {}


def heard_by(client: MqttClient) -> list[tuple[str, bytes, bool]]:
    """Topic, body and whether it was retained of all that a client heard."""
    return HEARD[client]


class Watcher:
    """Somebody else's client: it tells qos, retain flag, topic and body as published."""

    def __init__(self, broker: Mosquitto, topic: str) -> None:
        # Line by line: into a pipe it would write only now and then.
        command = ["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port)]
        options = ["-t", topic, "-q", "2", "-V", "mqttv5"]
        self._process = subprocess.Popen(
            [*command, *options, "--retain-as-published", "-F", "%q %r %t %x", "-d"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._lines.extend(iter(self._process.stdout.readline, ""))

    @property
    def is_ready(self) -> bool:
        """Whether it is subscribed."""
        return any("SUBACK" in line for line in list(self._lines))

    def seen(self) -> list[tuple[int, bool, str, bytes]]:
        """What was published so far."""
        found = [line.split() for line in list(self._lines) if line[:1] in "012"]
        return [
            (int(qos), retain == "1", topic, bytes.fromhex(body))
            for qos, retain, topic, body in found
        ]

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextlib.asynccontextmanager
async def watching(broker: Mosquitto, topic: str) -> AsyncIterator[Watcher]:
    """A watcher that is subscribed."""
    watcher = Watcher(broker, topic)
    try:
        await until(lambda: watcher.is_ready)
        yield watcher
    finally:
        watcher.close()


def cut(client: MqttClient) -> None:
    """Cut the connection of a client as a network does, without a goodbye."""
    sock = client._paho.socket()
    assert sock is not None
    with socket.socket(fileno=os.dup(sock.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)


async def until(found: Callable[[], Any]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(LIMIT_S):
        while not found():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(LOOK_S)
