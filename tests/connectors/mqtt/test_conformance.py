"""The links to topics and to Sparkplug nodes keep the rules of every link."""

import asyncio
import contextlib
import time
from pathlib import Path

from linewright.connectors.mqtt.client import Broker, MqttClient, Will
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.sparkplug import DataType, Metric, Payload, encode_payload
from linewright.testing.connecting import around, check_link
from tests.connectors.making import run
from tests.connectors.mqtt.brokers import MILL, Mosquitto, cut, mosquitto, needs_mosquitto

pytestmark = needs_mosquitto

PAUSE_EVERY = 100
"""Messages after which a flood lets the loop go on."""


class Client:
    """A device's connection to a broker that it alone uses."""

    def __init__(self, broker: Mosquitto) -> None:
        self.broker = broker
        self.client: MqttClient | None = None
        self.heard: list[str] = []

    async def connect(self, will: Will | None = None) -> MqttClient:
        """Connect, and hear every command."""
        await self.leave()
        there = Broker(url=self.broker.url, client_id="device")
        hearing = lambda topic, *_: self.heard.append(topic)  # noqa: E731 - a callback
        self.client = await MqttClient.open(there, hearing, will)
        await self.client.subscribe([("mill/set", 1), ("spBv1.0/G/DCMD/N/D", 0)])
        return self.client

    async def leave(self) -> None:
        """Be gone without a goodbye."""
        if self.client is not None:
            with contextlib.suppress(OSError, AssertionError):
                cut(self.client)
            await self.client.close()
            self.client = None

    def writes(self) -> int:
        """How many commands came."""
        return len(self.heard)


class TopicBench(Client):
    """Two topics of a broker; what is switched off and on is the broker."""

    def __init__(self, broker: Mosquitto) -> None:
        super().__init__(broker)
        endpoint = Endpoint(protocol="mqtt", url=broker.url)
        points = (
            Point(tag=MILL.with_tag("a"), item="mill/a", type="float64"),
            Point(tag=MILL.with_tag("b"), item="mill/b"),
        )
        self.source = Source(
            name="mill", address=MILL, endpoint=endpoint, points=points, root="mill"
        )

    async def start(self) -> None:
        """Have the broker there, with both values retained."""
        self.broker.kill()
        self.broker.start()
        client = await self.connect()
        for topic in ("mill/a", "mill/b"):
            await client.publish(topic, b"1.0", qos=1, retain=True)

    async def stop(self) -> None:
        """Have the broker gone."""
        self.broker.kill()
        await self.leave()

    async def change(self, value: float) -> None:
        """Publish."""
        await self._say(str(value).encode())

    async def spoil(self) -> None:
        """Publish what is no number."""
        await self._say(b"broken")

    async def flood(self, count: int) -> None:
        """Publish as fast as it goes."""
        assert self.client is not None
        for number in range(count):
            self.client.send("mill/a", str(number).encode())
            if number % PAUSE_EVERY == 0:
                await asyncio.sleep(0)

    async def _say(self, body: bytes) -> None:
        assert self.client is not None
        await self.client.publish("mill/a", body, qos=1, retain=True)


class NodeBench(Client):
    """A Sparkplug node with a device of two metrics."""

    def __init__(self, broker: Mosquitto) -> None:
        super().__init__(broker)
        endpoint = Endpoint(protocol="sparkplug", url=broker.url)
        points = tuple(Point(tag=MILL.with_tag(each), item=each) for each in "ab")
        self.source = Source(
            name="mill", address=MILL, endpoint=endpoint, points=points, root="G/N/D"
        )
        self._seq = 0
        self._value = 1.0

    async def start(self) -> None:
        """Be born; again after a while, for a host that was not there yet."""
        bd_seq = Metric(name="bdSeq", datatype=DataType.UINT64, value=0)
        death = encode_payload(Payload(metrics=(bd_seq,)))
        await self.connect(Will(topic="spBv1.0/G/NDEATH/N", payload=death))
        assert self.client is not None
        await self.client.subscribe([("spBv1.0/G/NCMD/N", 0)])
        self.heard.clear()
        self._asked = asyncio.create_task(self._answer())
        self._be_born()

    async def stop(self) -> None:
        """Be gone; the broker says so."""
        self._asked.cancel()
        await self.leave()

    async def change(self, value: float) -> None:
        """Tell a value."""
        self._value = value
        self._tell("DDATA", self._a(value))

    async def spoil(self) -> None:
        """Tell that there is no value."""
        self._tell("DDATA", Metric(alias=1, is_null=True))

    async def flood(self, count: int) -> None:
        """Tell many values."""
        for number in range(count):
            self._tell("DDATA", self._a(float(number)))
            if number % PAUSE_EVERY == 0:
                await asyncio.sleep(0)

    def writes(self) -> int:
        """How many commands came; asking for births is none."""
        return sum("DCMD" in topic for topic in self.heard)

    async def _answer(self) -> None:
        while True:
            if any("NCMD" in topic for topic in self.heard):
                self.heard = [topic for topic in self.heard if "NCMD" not in topic]
                self._be_born()
            await asyncio.sleep(0.02)

    def _be_born(self) -> None:
        rebirth = Metric(name="Node Control/Rebirth", datatype=DataType.BOOLEAN, value=False)
        self._seq = -1
        self._tell("NBIRTH", Metric(name="bdSeq", datatype=DataType.UINT64, value=0), rebirth)
        b = Metric(name="b", alias=2, datatype=DataType.DOUBLE, value=0.0)
        self._tell("DBIRTH", self._a(self._value, name="a"), b)

    def _a(self, value: float, name: str | None = None) -> Metric:
        moment = time.time_ns() // 1_000_000
        kind = DataType.DOUBLE
        return Metric(name=name, alias=1, datatype=kind, value=value, timestamp_ms=moment)

    def _tell(self, kind: str, *metrics: Metric) -> None:
        assert self.client is not None
        self._seq = (self._seq + 1) % 256
        payload = Payload(seq=self._seq, timestamp_ms=time.time_ns() // 1_000_000, metrics=metrics)
        device = "/D" if kind.startswith("D") else ""
        self.client.send(f"spBv1.0/G/{kind}/N{device}", encode_payload(payload))


def test_topics_keep_the_rules_of_every_link(tmp_path: Path) -> None:
    """First values, changes, loss, return, gap, quality, bounds, no write."""
    with mosquitto(tmp_path) as broker:
        checked = run(check_link(TopicBench(broker), around(tmp_path)))
    assert [each for each in checked if each.problem] == []


def test_sparkplug_nodes_keep_the_rules_of_every_link(tmp_path: Path) -> None:
    """The same story, told by a node."""
    with mosquitto(tmp_path) as broker:
        checked = run(check_link(NodeBench(broker), around(tmp_path)))
    assert [each for each in checked if each.problem] == []
