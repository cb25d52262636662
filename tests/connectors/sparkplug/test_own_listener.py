"""Sparkplug nodes and plain topics on the MQTT listener of our own bus."""

from pathlib import Path

from linewright.bus import BusAddress, DeviceTopics
from linewright.connectors.mqtt.client import Broker, MqttClient
from linewright.connectors.mqtt.link import link as link_of_topics
from linewright.connectors.sources import Endpoint, Point
from linewright.connectors.sparkplug.link import link as link_of_nodes
from linewright.testing.buses import running_bus
from tests.connectors.making import run
from tests.connectors.mqtt.brokers import MILL, Stored, around, feed_of, kept, until
from tests.connectors.sparkplug.test_sparkplug import Device

NODE = [f"spBv1.0/G/N{kind}/N" for kind in ("BIRTH", "DATA", "DEATH")]
DEVICE = [f"spBv1.0/G/D{kind}/N/D" for kind in ("BIRTH", "DATA", "DEATH")]
TOPICS = DeviceTopics(
    publish=(*NODE, *DEVICE, "mill/power"),
    subscribe=("spBv1.0/G/NCMD/N", "spBv1.0/G/DCMD/N/D", "spBv1.0/STATE/+", "mill/set"),
)


def test_a_node_and_a_topic_are_read_and_written_over_our_own_listener(tmp_path: Path) -> None:
    """With the rights of `host` on one side and of `device` on the other, and no more."""

    async def live() -> None:
        async with running_bus(tmp_path, devices=TOPICS) as running:
            host = around(broker=BusAddress.read(running.folder, "connect"))
            nodes = feed_of(OWN_NODES, "G/N/D", [Point(tag=MILL.with_tag("n"), item="count")])
            topics = feed_of(OWN_TOPICS, "mill", [Point(tag=MILL.with_tag("kw"), item=POWER)])
            sparkplug = link_of_nodes(OWN_NODES, [nodes], host)
            plain = link_of_topics(OWN_TOPICS, [topics], host)
            client, heard = await device_of(running.folder)
            async with kept(sparkplug), kept(plain):
                await until(lambda: any("NCMD" in topic for topic in heard))
                await until(lambda: plain._client)
                node, rows, power = Device(client), Stored(nodes), Stored(topics)
                node.be_born()
                for value in (-1, -2, -3):
                    node.count(value)
                client.send(POWER, b"4.5", qos=1)
                await until(lambda: rows.values("n") == [-1, -2, -3])
                await until(lambda: power.values("kw") == [4.5])
                machine = plain.device(MILL)
                assert machine is not None
                await machine.write("topic", "mill/set", 7.0)
                await until(lambda: "mill/set" in heard)
            await client.close()

    run(live())


POWER = "mill/power"
OWN_NODES = Endpoint(protocol="sparkplug", url="own")
OWN_TOPICS = Endpoint(protocol="mqtt", url="own")


async def device_of(folder: Path) -> tuple[MqttClient, list[str]]:
    """A device with the rights of one, and the topics that it heard."""
    heard: list[str] = []
    own = BusAddress.read(folder, "device")
    broker = Broker(
        url=own.mqtt,
        client_id="device",
        user=own.mqtt_user,
        password=own.mqtt_password,
        only_v311=True,
    )
    client = await MqttClient.open(broker, lambda topic, *_: heard.append(topic))
    wanted = [(topic, 1) for topic in TOPICS.subscribe]
    assert await client.subscribe(wanted) == ()
    return client, heard
