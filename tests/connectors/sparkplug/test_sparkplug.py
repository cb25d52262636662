"""The link to the Sparkplug nodes of a real broker."""

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import cast

import pytest

from linewright.connectors.enforce import Place, Readings
from linewright.connectors.faults import LinkLost, WriteRefused
from linewright.connectors.mqtt.client import MqttClient
from linewright.connectors.sources import Endpoint, Point
from linewright.connectors.sparkplug.datatypes import DataType
from linewright.connectors.sparkplug.encoding import encode_payload
from linewright.connectors.sparkplug.link import SparkplugLink, link
from linewright.connectors.sparkplug.node import Message, Rules
from linewright.connectors.sparkplug.payload import Metric, Payload, decode_payload
from linewright.connectors.sparkplug.topics import Kind
from linewright.plant.records import GapReason, Quality
from tests.connectors.making import run
from tests.connectors.mqtt.brokers import (
    MILL,
    Mosquitto,
    Stored,
    around,
    client_of,
    cut,
    feed_of,
    heard_by,
    kept,
    mosquitto,
    needs_mosquitto,
    until,
    watching,
)
from tests.connectors.sparkplug.hosting import REBIRTH, bd_seq, metric
from tests.connectors.sparkplug.recordings import lines, recorded

pytestmark = needs_mosquitto

BURST = 320
"""Recorded messages up to which no link was cut."""

STATE = "spBv1.0/STATE/linewright-nogales"
RULES = Rules(reorder_s=0.25, rebirth_wait_s=0.25, discover_s=0.25, birth_wait_s=1.0)


class Device:
    """An edge node of a test that does as the specification says."""

    def __init__(self, client: MqttClient) -> None:
        self.client = client
        self.seq = 0
        self.bd = 0
        self.value = 0

    def tell(self, kind: Kind, *metrics: Metric, seq: int | None = None) -> None:
        """Publish a message of the node G/N or its device D."""
        if seq is None and kind != "NDEATH":
            self.seq = 0 if kind == "NBIRTH" else (self.seq + 1) % 256
            seq = self.seq
        device = "/D" if kind.startswith("D") else ""
        payload = Payload(seq=seq, timestamp_ms=time.time_ns() // 1_000_000, metrics=metrics)
        self.client.send(f"spBv1.0/G/{kind}/N{device}", encode_payload(payload))

    def be_born(self) -> None:
        """Publish both births."""
        self.tell("NBIRTH", metric("n", 1, alias=1), bd_seq(self.bd), REBIRTH)
        self.tell(
            "DBIRTH",
            metric("count", self.value, alias=2),
            Metric(name="speed", alias=3, datatype=DataType.DOUBLE, value=100.0),
        )

    def count(self, value: int) -> None:
        """Publish the next value, by its alias."""
        self.value = value
        moment = time.time_ns() // 1_000_000
        self.tell("DDATA", Metric(alias=2, value=value % 2**32, timestamp_ms=moment))

    def hears(self) -> list[tuple[str, list[Metric]]]:
        """Commands so far: topic and metrics."""
        return [
            (topic, list(decode_payload(body).metrics))
            for topic, body, _ in heard_by(self.client)
            if "CMD" in topic
        ]

    async def answers(self) -> None:
        """Be born again whenever that is asked for."""
        done = 0
        while True:
            asked = [each for each in self.hears() if each[1][0].name == "Node Control/Rebirth"]
            for _ in asked[done:]:
                self.be_born()
            done = len(asked)
            await asyncio.sleep(0.01)


def sparkplug(
    broker: Mosquitto, *, points: tuple[str, ...] = ("count",)
) -> tuple[SparkplugLink, Stored]:
    """A link to the device G/N/D of a broker, and what its feed gives."""
    endpoint = Endpoint(protocol="sparkplug", url=broker.url)
    wanted = [Point(tag=MILL.with_tag(each), item=each) for each in points]
    feed = feed_of(endpoint, "G/N/D", wanted)
    return SparkplugLink(endpoint, [feed], around(), RULES), Stored(feed)


def test_births_data_and_death_become_rows(tmp_path: Path) -> None:
    """First values, signed data with their own times, and the end of the node."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            device = Device(client)
            await until(lambda: made.report("mill").state == "connecting" and made._client)
            device.be_born()
            for value in range(-1, -6, -1):
                device.count(value)
            await until(lambda: len(stored.values("count")) == 5)
            assert stored.values("count") == [-1, -2, -3, -4, -5]
            assert made.report("mill").state == "connected"
            device.tell("NDEATH", bd_seq(0))
            await until(lambda: made.report("mill").state == "lost")
            assert stored.of("count")[-1]["quality"] & Quality.NOT_CONNECTED
            assert made.report("mill").next_step

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_tck_id_message_flow_phid_sparkplug_state_publish(tmp_path: Path) -> None:
    """STATE is retained JSON of QoS 1: online after subscribing, offline when we go."""

    async def live(broker: Mosquitto) -> None:
        endpoint = Endpoint(protocol="sparkplug", url=broker.url)
        made = Counted(endpoint, [feed_of(endpoint, "G/N/D", [])], around())
        async with watching(broker, "spBv1.0/STATE/#") as watcher:
            async with kept(made):
                await until(lambda: made._client)
                assert made._client is not None
                assert made._client.broker.is_clean
                # It was subscribed to its own STATE before it said so.
                await until(lambda: made.states == 1)
            await until(lambda: len(watcher.seen()) == 2)
            said = [json.loads(body) for *_, body in watcher.seen()]
            assert [each[:3] for each in watcher.seen()] == [(1, True, STATE)] * 2
            assert [each["online"] for each in said] == [True, False]
            assert all(abs(each["timestamp"] / 1000 - time.time()) < 5 for each in said)
            assert said[0]["timestamp"] <= said[1]["timestamp"]

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_tck_id_message_flow_hid_sparkplug_state_message_delivered(tmp_path: Path) -> None:
    """Who says that we are offline is corrected at once, with the time of our connection."""

    async def live(broker: Mosquitto) -> None:
        made, _ = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            await client.subscribe([(STATE, 1)])
            await until(lambda: heard_by(client))
            online = json.loads(heard_by(client)[0][1])
            assert online["online"]
            offline = json.dumps({"online": False, "timestamp": 1}).encode()
            await client.publish(STATE, offline, qos=1, retain=True)
            await until(lambda: len(heard_by(client)) == 3)
            assert json.loads(heard_by(client)[2][1]) == online

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_tck_id_payloads_state_will_message(tmp_path: Path) -> None:
    """A host that is gone without a goodbye is offline by its will, with the time of its birth."""

    async def live(broker: Mosquitto) -> None:
        made, _ = sparkplug(broker)
        async with watching(broker, STATE) as watcher, kept(made):
            await until(lambda: watcher.seen() and made._client)
            assert made._client is not None
            cut(made._client)
            await until(lambda: len(watcher.seen()) >= 3)
            assert {each[:3] for each in watcher.seen()} == {(1, True, STATE)}
            birth, death, again = (json.loads(body) for *_, body in watcher.seen()[:3])
            assert (birth["online"], death["online"], again["online"]) == (True, False, True)
            assert birth["timestamp"] == death["timestamp"] <= again["timestamp"]

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_tck_id_operational_behavior_data_commands_ncmd_rebirth(tmp_path: Path) -> None:
    """A rebirth is asked for by name, as a Boolean that is true, on NCMD, without a number."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        async with watching(broker, "spBv1.0/+/NCMD/#") as watcher, kept(made):
            await until(watcher.seen)
            *way, body = watcher.seen()[0]
            assert tuple(way) == (0, False, "spBv1.0/G/NCMD/N")
            payload = decode_payload(body)
            (asked,) = payload.metrics
            assert (payload.seq, payload.timestamp_ms is None) == (None, False)
            assert (asked.name, asked.alias) == ("Node Control/Rebirth", None)
            assert (asked.datatype, asked.value) == (DataType.BOOLEAN, True)
            assert stored.take().rows == []

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_lost_message_is_a_gap_and_the_node_is_born_again(tmp_path: Path) -> None:
    """What was lost stands in a gap record; what came is stored."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            await client.subscribe([("spBv1.0/G/NCMD/N", 0)])
            device = Device(client)
            answering = asyncio.create_task(device.answers())
            await until(lambda: made.report("mill").state == "connected")
            device.count(1)
            await until(lambda: stored.values("count") == [1])
            lost_ns = time.time_ns()
            device.seq += 3
            device.count(5)
            await until(lambda: stored.take().gaps)
            answering.cancel()
            (gap,) = stored.gaps
            assert gap.t_ns <= lost_ns <= gap.until_ns
            assert gap.reason == GapReason.DISCONNECTED
            assert stored.values("count") == [1, 5]

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_broker_that_is_gone_is_lost_and_comes_back(tmp_path: Path) -> None:
    """All sources of a broker are lost with it; afterwards births are asked for by themselves."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            Device(client).be_born()
            await until(lambda: made.report("mill").state == "connecting" and made._client)
            Device(client).be_born()
            await until(lambda: made.report("mill").state == "connected")
            broker.kill()
            await until(lambda: made.report("mill").state == "lost")
            broker.start()
            async with client_of(broker, "again") as second:
                await second.subscribe([("spBv1.0/G/NCMD/N", 0)])
                answering = asyncio.create_task(Device(second).answers())
                await until(lambda: made.report("mill").state == "connected")
                answering.cancel()
            await until(lambda: stored.take().gaps)

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_frozen_broker_is_noticed(tmp_path: Path) -> None:
    """Its silence is a loss within one and a half times the keep-alive and two seconds."""

    async def live(broker: Mosquitto) -> None:
        made, _ = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            await until(lambda: made._client)
            Device(client).be_born()
            await until(lambda: made.report("mill").state == "connected")
            broker.signal(signal.SIGSTOP)
            begun = time.monotonic()
            await until(lambda: made.report("mill").state != "connected")
            broker.signal(signal.SIGCONT)
            assert time.monotonic() - begun < 1.5 * 5 + 2

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_tck_id_operational_behavior_data_commands_dcmd(tmp_path: Path) -> None:
    """A write is one DCMD with alias and datatype of the birth; what cannot fit is refused."""

    async def live(broker: Mosquitto) -> None:
        made, _ = sparkplug(broker, points=("count", "speed"))
        watched = watching(broker, "+/+/DCMD/#")
        async with client_of(broker) as client, watched as watcher, kept(made):
            await until(lambda: made._client)
            Device(client).be_born()
            await until(lambda: made.device(MILL))
            device = made.device(MILL)
            assert device is not None
            await device.write("metric", "speed", 80.0)
            await device.write("metric", "count", -3.0)
            for item, value in (("speed", "fast"), ("count", 1.5), ("no", 1.0), ("count", 3e9)):
                with pytest.raises(WriteRefused):
                    await device.write("metric", item, value)
            await until(lambda: len(watcher.seen()) == 2)
            assert {each[:3] for each in watcher.seen()} == {(0, False, "spBv1.0/G/DCMD/N/D")}
            sent = [decode_payload(body) for *_, body in watcher.seen()]
            assert {(each.seq, each.timestamp_ms is None) for each in sent} == {(None, False)}
            told = [(one.name, one.alias, one.value) for each in sent for one in each.metrics]
            assert told == [(None, 3, 80.0), (None, 2, -3)]

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_device_is_read_while_it_is_born(tmp_path: Path) -> None:
    """Its last values, also of what is not read as a tag; none of one that is not born."""

    async def live(broker: Mosquitto) -> None:
        made, _ = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            await until(lambda: made._client)
            assert made.device(MILL) is None
            node = Device(client)
            node.be_born()
            await until(lambda: made.device(MILL))
            device = made.device(MILL)
            assert device is not None
            values = await device.read(["speed", "count", "no"])
            assert [each.value for each in values] == [100.0, 0, None]
            assert values[0].source_ns is not None
            node.tell("DDEATH")
            await until(lambda: made.device(MILL) is None)
            for asked in (device.read(["speed"]), device.write("metric", "speed", 1.0)):
                with pytest.raises(LinkLost):
                    await asked

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_what_is_no_payload_is_a_gap(tmp_path: Path) -> None:
    """A body of another kind ends nothing, and is not passed over in silence."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        async with client_of(broker) as client, kept(made):
            await until(lambda: made._client)
            device = Device(client)
            device.be_born()
            client.send("spBv1.0/G/DDATA/N/D", b"\xff\xff")
            device.count(7)
            await until(lambda: stored.values("count") == [7])
            assert [gap.reason for gap in stored.take().gaps] == [GapReason.REFUSED]
            assert made.report("mill").state == "connected"

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_retained_birth_is_not_taken_for_a_present_one(tmp_path: Path) -> None:
    """It may be as old as the broker: the birth of now is asked for instead."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        async with client_of(broker) as client:
            body = encode_payload(Payload(seq=0, metrics=(metric("n"), bd_seq(0))))
            await client.publish("spBv1.0/G/NBIRTH/N", body, qos=1, retain=True)
            await client.subscribe([("spBv1.0/G/NCMD/N", 0)])
            async with kept(made):
                await until(lambda: Device(client).hears())
                await until(lambda: "retained" in made.report("mill").why)
                assert stored.take().rows == []

    with mosquitto(tmp_path) as broker:
        run(live(broker))


@pytest.mark.parametrize(("name", "node"), [("js", "JS1"), ("psp", "PSP1"), ("msw", "MSW1")])
def test_a_recorded_node_played_through_a_broker_is_stored_whole(
    tmp_path: Path, name: str, node: str
) -> None:
    """The burst of 300 messages and what came before it: each value once, and none else."""
    moment = [0]

    async def live(broker: Mosquitto) -> None:
        there = Endpoint(protocol="sparkplug", url=broker.url)
        feed = feed_of(there, f"Plant1/{node}/D1", [Point(tag=MILL.with_tag("i32"), item="i32")])
        made, stored = Counted(there, [feed], around(wall_ns=lambda: moment[0])), Stored(feed)
        async with client_of(broker) as client, kept(made):
            await until(lambda: made._client)
            for message in recorded(name)[:BURST]:
                if "STATE" not in message.topic and "CMD" not in message.topic:
                    before, moment[0] = made.count, message.t_ns
                    client.send(message.topic, message.body)
                    await made.beyond(before)
            await until(lambda: stored.values("i32")[-1:] == told_by(name)[-1:])
        bad = int(Quality.BAD | Quality.INITIAL)
        found = [row["value"] for row in stored.of("i32") if not row["quality"] & bad]
        assert sorted(found) == sorted(told_by(name))

    with mosquitto(tmp_path) as broker:
        run(live(broker))


class Counted(SparkplugLink):
    """A link that counts what it hears, so that the clock of a test goes with it."""

    count = 0
    states = 0

    def hear(self, topic: str, body: bytes, retained: bool, repeated: bool) -> None:  # noqa: FBT001 - as the client calls it
        """Take a message in."""
        super().hear(topic, body, retained, repeated)
        self.count += "STATE" not in topic
        self.states += "STATE" in topic

    async def beyond(self, count: int) -> None:
        """Wait until more than so many were heard."""
        await until(lambda: self.count > count)


def told_by(name: str) -> list[int]:
    """Values of i32 until the burst is over; one that is sent again with its old time is one."""
    told = {
        (reading["timestamp"] or line["payload_timestamp"], reading["value"]): None
        for line in lines(f"decoded-{name}")[:BURST]
        if line.get("type") == "DDATA"
        for reading in line["metrics"]
        if reading["name"] == "i32" and reading["value"] is not None
    }
    return [value for _, value in told]


def test_a_root_that_names_no_node_is_refused() -> None:
    """The report says what to write instead."""
    endpoint = Endpoint(protocol="sparkplug", url="own")
    made = link(endpoint, [feed_of(endpoint, "only", [])], around())
    report = made.report("mill")
    assert report.state == "refused"
    assert "group/node" in report.why + report.next_step
    assert made.device(MILL) is None


def test_points_that_a_birth_does_not_have_are_missing(tmp_path: Path) -> None:
    """They are named in the report, and bad samples say so."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker, points=("count", "no"))
        async with client_of(broker) as client, kept(made):
            await until(lambda: made._client)
            Device(client).be_born()
            await until(lambda: made.report("mill").state == "connected")
            assert made.report("mill").missing == ("no",)
            assert stored.of("no")[0]["quality"] & Quality.CONFIGURATION

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_message_on_which_our_own_reading_fails_ends_no_connection() -> None:
    """It is a gap of its node, and what comes next is taken."""
    endpoint = Endpoint(protocol="sparkplug", url="own")
    feed = feed_of(endpoint, "G/N", [Point(tag=MILL.with_tag("n"), item="n")])
    made, stored = SparkplugLink(endpoint, [feed], around(), RULES), Stored(feed)
    birth = Payload(seq=0, metrics=(metric("n", 1, alias=1), bd_seq(0), REBIRTH))
    made.hear("spBv1.0/G/NBIRTH/N", encode_payload(birth), retained=False, repeated=False)
    (key,) = made._places
    broken = Payload(seq=1, metrics=cast("tuple[Metric, ...]", (None,)))
    made._step(key, made._places[key], Message("NDATA", None, broken), made._clocks.now())
    data = Payload(seq=2, metrics=(Metric(alias=1, value=7),))
    made.hear("spBv1.0/G/NDATA/N", encode_payload(data), retained=False, repeated=False)
    assert stored.values("n") == [7]
    assert [gap.reason for gap in stored.gaps] == [GapReason.REFUSED]


def test_a_reading_is_as_old_as_the_last_word_of_the_device(tmp_path: Path) -> None:
    """What it said before a write confirms nothing; what it says after it does."""

    async def live(broker: Mosquitto) -> None:
        made, stored = sparkplug(broker)
        place = Place("", "metric", "speed")
        async with client_of(broker) as client, kept(made):
            await until(lambda: made._client)
            node = Device(client)
            node.be_born()
            await until(lambda: made.device(MILL))
            device = made.device(MILL)
            assert device is not None
            await device.write("metric", "speed", 100.0)
            written_ns = time.monotonic_ns()
            readings = Readings()
            found = await device.read(["speed"])
            now_ns = time.monotonic_ns()
            readings.read([place], found, steady_ns=now_ns, since_ns=written_ns)
            assert (found[0].value, readings.value(place)) == (100.0, None)
            node.count(7)
            await until(lambda: stored.values("count") == [7])
            found = await device.read(["speed"])
            now_ns = time.monotonic_ns()
            readings.read([place], found, steady_ns=now_ns, since_ns=written_ns)
            assert readings.value(place) == 100.0

    with mosquitto(tmp_path) as broker:
        run(live(broker))
