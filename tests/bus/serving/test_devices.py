"""Field devices over MQTT: what they may, what they are told, and what survives."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linewright.bus import Bus, BusAddress, BusUnavailable, DeviceTopics, NatsServer
from tests.bus.making import SITE, run
from tests.bus.serving.devices import Client, until

TOPICS = DeviceTopics(
    publish=("spBv1.0/plant/DDATA/#", "cells/#"),
    subscribe=("spBv1.0/plant/DCMD/#", "spBv1.0/STATE/host"),
)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, NatsServer]]:
    """A server with an MQTT listener, and its folder."""
    folder = tmp_path_factory.mktemp("devices")
    running = run(NatsServer.start(folder, site=SITE, devices=TOPICS))
    yield folder, running
    run(running.stop())


def client(folder: Path, user: str, name: str, **options: Any) -> Client:  # noqa: ANN401  # paho's
    """Return a connected client of the listener."""
    return Client(BusAddress.read(folder, user), name, **options)


def test_connect_and_emulate_know_the_listener(started: tuple[Path, NatsServer]) -> None:
    """Who meets devices has the listener's address and a user for it; others have neither."""
    folder, server = started
    host, device = BusAddress.read(folder, "connect"), BusAddress.read(folder, "emulate")
    assert (host.mqtt_user, device.mqtt_user) == ("host", "device")
    assert host.mqtt == device.mqtt == server.address.mqtt != ""
    live = BusAddress.read(folder, "live")
    assert (live.mqtt, live.mqtt_user, live.mqtt_password) == ("", "", "")
    assert live.websocket.startswith("ws://127.0.0.1:")


def test_both_sides_hear_each_other(started: tuple[Path, NatsServer]) -> None:
    """Data of a device comes to the host at QoS 1, and a command of the host to the device."""
    folder, _ = started
    with client(folder, "host", "h1") as host, client(folder, "device", "d1") as device:
        assert host.subscribe("spBv1.0/plant/DDATA/#") == [1]
        assert device.subscribe("spBv1.0/plant/DCMD/#") == [1]
        device.publish("spBv1.0/plant/DDATA/edge/saw", b"1")
        host.publish("spBv1.0/plant/DCMD/edge/saw", b"2")
        assert host.next() == ("spBv1.0/plant/DDATA/edge/saw", b"1", False)
        assert device.next() == ("spBv1.0/plant/DCMD/edge/saw", b"2", False)


def test_a_device_that_vanishes_leaves_its_will(started: tuple[Path, NatsServer]) -> None:
    """The will is published when the connection breaks, and retained for who comes later."""
    folder, _ = started
    with client(folder, "host", "h2") as host:
        host.subscribe("cells/will/#")
        device = client(folder, "device", "d2", will=("cells/will/d2", b"gone"))
        device.vanish()
        assert host.next() == ("cells/will/d2", b"gone", False)
    with client(folder, "host", "h3") as later:
        later.subscribe("cells/will/#")
        assert later.next() == ("cells/will/d2", b"gone", True)


def test_a_session_waits_for_its_owner(started: tuple[Path, NatsServer]) -> None:
    """What was published at QoS 1 while a client was away is there when it comes back."""
    folder, _ = started
    with client(folder, "host", "h4", clean=False) as host:
        host.subscribe("cells/late/#")
    with client(folder, "device", "d4") as device:
        for number in range(50):
            device.publish("cells/late/a", str(number).encode())
    with client(folder, "host", "h4", clean=False) as host:
        assert [int(host.next()[1]) for _ in range(50)] == list(range(50))


def test_a_restart_keeps_port_session_and_retained(tmp_path: Path) -> None:
    """After a kill a client comes back by itself; nothing acknowledged is lost."""
    server = run(NatsServer.start(tmp_path, site=SITE, devices=TOPICS))
    try:
        with client(tmp_path, "host", "h5", clean=False) as host:
            host.subscribe("cells/#")
            with client(tmp_path, "device", "d5") as device:
                device.publish("cells/kept", b"kept", retain=True)
                assert host.next()[1] == b"kept"
                run(server.kill())
                before = server.address
                server = run(NatsServer.start(tmp_path, site=SITE, devices=TOPICS))
                assert server.address == before
                device.comes_back()
                device.publish("cells/again", b"again")
                # At QoS 1 what was not acknowledged before the kill comes again.
                while (heard := host.next()[:2]) == ("cells/kept", b"kept"):
                    pass
                assert heard == ("cells/again", b"again")
        with client(tmp_path, "host", "h6") as later:
            later.subscribe("cells/kept")
            assert later.next() == ("cells/kept", b"kept", True)
    finally:
        run(server.stop())


def test_a_denied_publish_is_acknowledged_and_told_here(started: tuple[Path, NatsServer]) -> None:
    """A device believes that it was heard; nobody gets it, and the violation names it."""
    folder, server = started
    server.violations()
    with client(folder, "host", "h7") as host, client(folder, "device", "d7") as device:
        host.subscribe("cells/last")
        assert host.subscribe("lw/#") == [128]
        for topic in ("other/a", "lw/samples/nogales/saw", "spBv1.0/STATE/host"):
            device.publish(topic, b"forged")
        assert device.subscribe("#") == [128]
        device.publish("cells/last", b"last")
        assert host.next()[:2] == ("cells/last", b"last")
    found = until(lambda: [each for each in server.violations() if each.who == "d7"], 4)
    assert [(each.what, each.subject) for each in found] == [
        ("publish", "other.a"),
        ("publish", "lw.samples.nogales.saw"),
        ("publish", "spBv1//0.STATE.host"),
        ("subscribe", ">"),
    ]
    assert {each.account for each in found} == {"DEVICES"}
    assert all(abs(each.t_ns - time.time_ns()) < 20e9 for each in found)


def test_a_topic_with_a_space_is_told_here(started: tuple[Path, NatsServer]) -> None:
    """A client whose topic has a space is cut off again and again; the log names it."""
    folder, server = started
    server.violations()
    device = client(folder, "device", "d8")
    device.publish("cells/a b", b"1", wait=False)
    found = until(lambda: [each for each in server.violations() if each.who == "d8"], 1)
    device.vanish()
    assert (found[0].what, found[0].subject) == ("topic", "")


def test_devices_and_services_are_apart(started: tuple[Path, NatsServer]) -> None:
    """A device's credentials open no connection of services, nor a service's one of devices."""
    folder, server = started
    device = BusAddress.read(folder, "device")
    with pytest.raises(BusUnavailable, match=r"(?i)authorization"):
        run(Bus.connect(device, site=SITE, name="device"))
    connect = BusAddress.read(folder, "connect")
    odd = BusAddress(
        url=connect.url, mqtt=connect.mqtt, mqtt_user="up", mqtt_password=server.address.password
    )
    server.violations()
    assert Client(odd, "d9", wait=False).refused()
    found = until(lambda: [each for each in server.violations() if each.who == "d9"], 1)
    assert (found[0].what, found[0].subject, found[0].account) == ("login", "up", "DEVICES")


def test_what_devices_say_is_not_on_the_bus(started: tuple[Path, NatsServer]) -> None:
    """Nothing crosses from the account of devices: `up`, who hears everything, hears nothing."""
    folder, server = started

    async def story() -> list[str]:
        heard: list[str] = []

        async def arrived(raw: Any) -> None:  # noqa: ANN401 - nats-py has no types
            heard.append(raw.subject)

        async with await Bus.connect(server.address, site=SITE, name="up") as bus:
            await bus._wire.subscribe("cells.>", arrived, pending_max=10)
            await bus._wire.subscribe("lw.samples.>", arrived, pending_max=10)
            with client(folder, "device", "d10") as device:
                device.publish("cells/a", b"1")
                device.publish("lw/samples/nogales/saw", b"1")
            await bus.tell("cells.own", b"1")
        return heard

    assert run(story()) == ["cells.own"]


def test_without_topics_there_is_no_listener(tmp_path: Path) -> None:
    """A plant without devices listens for none, and has no users for them."""

    async def story() -> None:
        async with await NatsServer.start(tmp_path, site=SITE) as server:
            assert server.address.mqtt == ""
            assert "device" not in server.users
            assert BusAddress.read(tmp_path, "connect").mqtt_user == ""

    run(story())
