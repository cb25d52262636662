"""Edge nodes: what they say, and how they behave at a real broker."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from linewright.bus import BusAddress
from linewright.connectors import device_topics
from linewright.connectors.sparkplug import (
    DataType,
    Metric,
    Payload,
    decode_payload,
    encode_payload,
)
from linewright.emulate import service
from linewright.emulate.machines import Sample
from linewright.emulate.sparkplug.edges import Life, edging
from linewright.emulate.sparkplug.node import REBIRTH, EdgeNode, edge_nodes
from linewright.testing.buses import running_bus
from tests.emulate.faulty import DRAG, PLANT, RIG, START_NS, S, at, plant, played, text_of
from tests.emulate.playing import run, truth_of, until

NOW_MS = START_NS // 1_000_000
LIMIT = RIG.with_tag("limit")


def node() -> EdgeNode:
    """Return the rig's node, with one device."""
    (found,) = edge_nodes(played())
    return found


def command(name: str, value: object, datatype: DataType = DataType.DOUBLE) -> bytes:
    """Return the body of a command."""
    return encode_payload(Payload(metrics=(Metric(name=name, datatype=datatype, value=value),)))


def test_births_name_everything_and_data_only_aliases() -> None:
    """The node's birth is number 0 and has bdSeq and rebirth; data are numbered on, by alias."""
    one = node()
    births = [
        (topic, decode_payload(body))
        for topic, body in one.birth(3, {DRAG: at(DRAG, 0, 1.5)}, {}, NOW_MS)
    ]
    assert [topic for topic, _ in births] == [
        "spBv1.0/acme/NBIRTH/rigs",
        "spBv1.0/acme/DBIRTH/rigs/rig",
    ]
    assert [(m.name, m.value) for m in births[0][1].metrics] == [("bdSeq", 3), (REBIRTH, False)]
    device = {m.name: m for m in births[1][1].metrics}
    assert (device["Drag"].value, device["Pass"].is_null, device["Limit"].value) == (1.5, True, 3.0)
    assert device["Pass"].datatype is DataType.UINT32
    ((topic, body),) = one.data([at(DRAG, 2, 1.7)], NOW_MS)
    data = decode_payload(body)
    assert (topic, data.seq) == ("spBv1.0/acme/DDATA/rigs/rig", 2)
    assert [(m.name, m.alias, m.value) for m in data.metrics] == [(None, device["Drag"].alias, 1.7)]
    assert data.metrics[0].timestamp_ms == NOW_MS + 2000


def test_sequence_numbers_wrap_and_a_birth_begins_them_anew() -> None:
    """After 255 comes 0; the next birth is 0 again, bdSeq after 255 is 0."""
    one = node()
    one.birth(0, {}, {}, NOW_MS)
    numbers = [decode_payload(one.data([at(DRAG, k, k)], NOW_MS)[0][1]).seq for k in range(255)]
    assert numbers[:2] == [2, 3]
    assert numbers[-2:] == [255, 0]
    born = decode_payload(one.birth(256, {}, {}, NOW_MS)[0][1])
    assert (born.seq, born.metrics[0].value) == (0, 0)


def test_a_death_bears_the_number_of_its_birth_and_no_sequence() -> None:
    """A host tells by bdSeq which session has died."""
    topic, body = node().death(7, NOW_MS)
    death = decode_payload(body)
    assert topic == "spBv1.0/acme/NDEATH/rigs"
    assert (death.seq, death.metrics[0].name, death.metrics[0].value) == (None, "bdSeq", 7)


def test_commands_are_taken_within_their_range_and_only_where_one_may_write() -> None:
    """In range good, beyond it refused; signals and unknown names are passed over."""
    one, topic = node(), "spBv1.0/acme/DCMD/rigs/rig"
    statuses = [
        [(w.command, w.value, w.status) for w in one.hear(topic, command("Limit", value)).written]
        for value in (2.5, 9.0)
    ]
    assert statuses == [[(LIMIT, 2.5, "Good")], [(LIMIT, 9.0, "BadOutOfRange")]]
    text = command("Limit", "high", DataType.STRING)
    assert one.hear(topic, text).written[0].status == "BadTypeMismatch"
    assert one.hear(topic, command("Drag", 2.5)).written == ()
    assert one.hear(topic, b"no payload\xff").written == ()


def test_historical_samples_say_so() -> None:
    """What was stored bears the flag and its own time."""
    late = msgspec.structs.replace(at(DRAG, 1, 2.0), historical=True)
    (metric,) = decode_payload(node().data([late], NOW_MS)[0][1]).metrics
    assert (metric.is_historical, metric.timestamp_ms) == (True, NOW_MS + 1000)


class Host:
    """What a host application hears."""

    def __init__(self, address: BusAddress, topics: tuple[str, ...]) -> None:
        self.heard: list[tuple[str, Payload]] = []
        self.client = Client(CallbackAPIVersion.VERSION2, client_id="host")
        self.client.username_pw_set(address.mqtt_user, address.mqtt_password)
        self.client.on_message = self._hear
        where = urlsplit(address.mqtt)
        self.client.connect(where.hostname or "", where.port or 0)
        self.client.loop_start()
        self.client.subscribe([(topic, 1) for topic in topics])

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:  # noqa: ANN401  # its own
        self.heard.append((message.topic.split("/")[2], decode_payload(message.payload)))

    def kinds(self) -> list[str]:
        """Return the kinds of messages, in order."""
        return [kind for kind, _ in self.heard]

    def close(self) -> None:
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()


@contextlib.asynccontextmanager
async def running(
    folder: Path, events: str, speed: float, text: str = PLANT
) -> AsyncIterator[Host]:
    """Play the small plant with a bus, and listen to its edge node."""
    topics = device_topics(plant(), "reno")
    async with running_bus(
        folder / "bus", "reno", text, emulated=True, scenario=text_of(events), devices=topics
    ) as bus:
        host = Host(BusAddress.read(folder / "bus", "connect"), topics.publish)
        (folder / "emulate").mkdir()
        (folder / "emulate" / "emulate.json").write_text(f'{{"speed": {speed}}}')
        stop = asyncio.Event()
        emulate = await bus.connect("emulate", user="emulate")
        task = asyncio.create_task(service.run(emulate, folder / "emulate", stop))
        try:
            yield host
        finally:
            stop.set()
            await task
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await until(lambda: host.kinds()[-1:] == ["NDEATH"])
            host.close()


def test_a_node_is_born_obeys_and_leaves(tmp_path: Path) -> None:
    """Births, data, a rebirth on demand, a write that is taken; at the end it says that it goes."""

    async def plays() -> Host:
        async with running(tmp_path, "", 20.0) as host:
            await until(lambda: host.kinds().count("DDATA") > 2)
            rebirth = command(REBIRTH, True, DataType.BOOLEAN)  # noqa: FBT003  # a value
            host.client.publish("spBv1.0/acme/NCMD/rigs", rebirth)
            await until(lambda: host.kinds().count("DBIRTH") > 1)
            host.client.publish("spBv1.0/acme/DCMD/rigs/rig", command("Limit", 2.5))
            await until(lambda: any(2.5 in _values(one) for _, one in host.heard))
        return host

    host = run(plays())
    assert host.kinds()[:2] == ["NBIRTH", "DBIRTH"]
    assert (host.kinds().count("NBIRTH"), host.kinds()[-1]) == (2, "NDEATH")
    written = [
        one for one in truth_of(tmp_path / "emulate") if one.get("event") == "command.written"
    ]
    assert [(one["address"], one["value"], one["by"]) for one in written] == [(LIMIT, 2.5, "host")]


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_machine_that_may_not_be_silent_gives_signs_of_life(tmp_path: Path, speed: float) -> None:
    """Taken for lost after 0.6 s of silence, it speaks three times in it, at any speed."""
    text = PLANT.replace("acme/rigs/rig}", "acme/rigs/rig, stale: 0.6 s}")
    assert text != PLANT

    async def plays() -> list[float]:
        async with running(tmp_path, "", speed, text) as host:
            await until(lambda: host.kinds().count("DBIRTH") == 1)
            begun_s, signs = time.monotonic(), len(_signs(host))
            await until(lambda: len(_signs(host)) >= signs + 6)
            return [time.monotonic() - begun_s]

    (took_s,) = run(plays())
    assert took_s > 0.6, "no more often than it has to"


def test_a_sign_of_life_is_a_message_without_values() -> None:
    """Of the device, numbered as all data are; a machine of which nothing is said gives none."""
    one = node()
    one.birth(0, {}, {}, NOW_MS)
    ((topic, body),) = one.sign(NOW_MS)
    sign = decode_payload(body)
    assert (topic, sign.seq, sign.metrics) == ("spBv1.0/acme/DDATA/rigs/rig", 2, ())
    assert {each.stale_s for each in one.machines} == {None}


def _signs(host: Host) -> list[Payload]:
    return [payload for kind, payload in host.heard if kind == "DDATA" and not payload.metrics]


def _values(payload: Payload) -> list[object]:
    return [metric.value for metric in payload.metrics]


def _is_forwarded(host: Host) -> bool:
    return any(metric.is_historical for _, one in host.heard for metric in one.metrics)


def test_a_cut_node_dies_and_forwards_what_it_stored(tmp_path: Path) -> None:
    """The will comes with the cut, a birth with the next bdSeq after it, then what was missed."""
    event = "links: {l: {link: cut, at: reno/shop/lathes/rig, from: 60 s, for: 60 s}}"

    async def plays() -> Host:
        async with running(tmp_path, event, 20.0) as host:
            await until(lambda: _is_forwarded(host))
        return host

    host = run(plays())
    deaths = [one.metrics[0].value for kind, one in host.heard if kind == "NDEATH"]
    births = [one.metrics[0].value for kind, one in host.heard if kind == "NBIRTH"]
    assert (births[:2], deaths[0]) == ([0, 1], 0)
    assert host.kinds().index("NDEATH") < len(host.kinds()) - 1 - host.kinds()[::-1].index("NBIRTH")
    told = {m.timestamp_ms for _, one in host.heard for m in one.metrics if m.is_historical}
    kept = [one for one in truth_of(tmp_path / "emulate") if one.get("historical")]
    assert kept
    assert {one["t_ns"] // 1_000_000 for one in kept} <= told
    assert all(60 * S <= one["t_ns"] - START_NS <= 120 * S for one in kept)


@pytest.mark.faults
def test_a_frozen_node_is_declared_dead_by_its_keep_alive(tmp_path: Path) -> None:
    """A node that stands still longer than its keep-alive dies for its host, and is born again."""
    event = "links: {l: {server: freezes, at: reno/shop/lathes/rig, from: 2 s, for: 12 s}}"

    async def plays() -> Callable[[], list[str]]:
        async with running(tmp_path, event, 1.0) as host:
            await until(lambda: host.kinds().count("NBIRTH") > 1)
        return host.kinds

    kinds = run(plays())()
    first = kinds.index("NDEATH")
    assert kinds[:first].count("NBIRTH") == 1
    assert "NBIRTH" in kinds[first:]


def test_times_of_an_edge_node_are_whole_milliseconds(tmp_path: Path) -> None:
    """What the truth says is what a Sparkplug payload can carry."""

    async def plays() -> None:
        async with running(tmp_path, "", 60.0) as host:
            await until(lambda: host.kinds().count("DDATA") > 3)

    run(plays())
    own = [one for one in truth_of(tmp_path / "emulate") if str(one.get("tag")).startswith(RIG)]
    assert own
    assert all(one["t_ns"] % 1_000_000 == 0 for one in own)
    assert Sample(DRAG, 5, 1.0).fate == ""


def test_a_bit_is_written_as_a_bit_and_a_whole_number_within_its_type() -> None:
    """Types are looked at as an OPC UA server looks at them."""
    (rig,) = (one for one in played() if one.address == RIG)
    topic = "spBv1.0/acme/DCMD/rigs/rig"
    found = []
    for kind, value, datatype in (
        ("bool", True, DataType.BOOLEAN),
        ("bool", 1.0, DataType.DOUBLE),
        ("int16", 40_000, DataType.INT32),
    ):
        points = tuple(
            msgspec.structs.replace(one, kind=kind, low=None, high=None) for one in rig.points
        )
        (one,) = edge_nodes([msgspec.structs.replace(rig, points=points)])
        (written,) = one.hear(topic, command("Limit", value, datatype)).written
        found.append(written.status)
    assert found == ["Good", "BadTypeMismatch", "BadOutOfRange"]


def test_a_node_that_has_ended_ends_the_play() -> None:
    """What breaks a node for good is not passed over in silence."""

    async def turned() -> None:
        def births(_: Any) -> int:  # noqa: ANN401  # a station
            raise OSError("no space left on device")

        life = Life(now_ns=lambda: 0, standing=lambda: ({}, ()), births=births, keep=print)
        broker = BusAddress(url="nats://127.0.0.1:1", mqtt="mqtt://127.0.0.1:1")
        async with edging(played(), broker, life) as edges:
            while True:
                edges.turn({})
                await asyncio.sleep(0)

    with pytest.raises(OSError, match="no space"):
        run(turned())
