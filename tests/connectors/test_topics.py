"""Devices may use the topics that the plant declares, and no others."""

import asyncio
from collections.abc import Iterator

import pytest

from linewright.bus import BusAddress, NatsServer
from linewright.connectors import device_topics
from linewright.plant.language import load_text
from tests.bus.serving.devices import Client

PLANT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        work_centres:
          cells:
            stations:
              gauge:
                does: {mill: 40 s}
                connect: {mqtt: cells/gauge}
                tags:
                  seat: {topic: result, path: $.seat, unit: mm}
                  state: {topic: cells/gauge/state, role: state, map: {1: running}}
                  remote: {topic: remote, role: permit.remote_enabled}
                commands:
                  limit: {topic: set, range: [1, 2], permit: remote, unit: mm}
              rig:
                does: {mill: 40 s}
                connect: {sparkplug: plant/rig, broker: "mqtt://10.0.0.9"}
                tags: {torque: {metric: Torque, unit: N*m}}
              far:
                does: {mill: 40 s}
                connect: {mqtt: cells/far, broker: "mqtt://10.0.0.9"}
                tags: {seat: {topic: result, unit: mm}}
operations: {mill: {}}
products: {bracket: {route: [mill]}}
"""


def test_the_topics_of_the_own_listener_are_those_of_the_plant_file() -> None:
    """Topics are whole, an external broker's are not ours, and Sparkplug nodes may be played."""
    found = device_topics(load_text(PLANT), "reno")
    assert {"cells/gauge/result", "cells/gauge/state"} < set(found.publish)
    assert "cells/gauge/set" in found.subscribe
    assert not any("far" in topic for topic in (*found.publish, *found.subscribe))
    assert {"spBv1.0/plant/NBIRTH/rig", "spBv1.0/plant/DDATA/rig/+"} < set(found.publish)
    assert not any(topic.endswith("#") for topic in found.publish)


def test_a_node_hears_what_edge_nodes_subscribe_to() -> None:
    """Commands to the node and below it, STATE in both of its places, and of no other node."""
    found = device_topics(load_text(PLANT), "reno")
    assert set(found.subscribe) == {
        "cells/gauge/set",
        "spBv1.0/STATE/+",
        "spBv1.0/plant/DCMD/rig/#",
        "spBv1.0/plant/NCMD/rig/#",
        "spBv1.0/plant/STATE/+",
    }


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusAddress]:
    """A listener with the topics of the plant, as a device reaches it."""
    folder = tmp_path_factory.mktemp("listener")
    topics = device_topics(load_text(PLANT), "reno")
    with asyncio.Runner() as runner:
        server = runner.run(NatsServer.start(folder, site="reno", devices=topics))
        yield BusAddress.read(folder, "device")
        runner.run(server.stop())


@pytest.mark.parametrize(
    ("topic", "code"),
    [
        # sparkplug-client
        ("spBv1.0/plant/NCMD/rig/#", 1),
        ("spBv1.0/plant/DCMD/rig/#", 1),
        # pysparkplug
        ("spBv1.0/plant/NCMD/rig", 1),
        ("spBv1.0/plant/DCMD/rig/D1", 1),
        # mqtt-spb-wrapper
        ("spBv1.0/plant/STATE/+", 1),
        ("spBv1.0/STATE/linewright-reno", 1),
        # what nobody declared
        ("spBv1.0/plant/NCMD/saw/#", 128),
        ("spBv1.0/plant/NCMD/+/#", 128),
        ("spBv1.0/plant/DDATA/rig/#", 128),
        ("spBv1.0/#", 128),
        ("cells/#", 128),
    ],
)
def test_the_server_takes_what_is_declared(listener: BusAddress, topic: str, code: int) -> None:
    """The real server grants each subscription of the three libraries, and refuses wider ones."""
    with Client(listener, "node") as device:
        assert device.subscribe(topic) == [code]


def test_another_site_has_none() -> None:
    """Sites share no topics."""
    assert device_topics(load_text(PLANT), "tulsa").is_empty
