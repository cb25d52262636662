"""The running bus of the test kit."""

import asyncio
from pathlib import Path

import pytest

from linewright.bus import BusAddress, DeviceTopics, PermissionRefused
from linewright.testing.buses import running_bus

TEXT = "{linewright: 1, enterprise: acme, sites: {}}"


def test_a_plant_is_applied(tmp_path: Path) -> None:
    """Whoever connects finds the plant that was given, with a revision of its text."""

    async def story() -> None:
        async with asyncio.timeout(20.0), running_bus(tmp_path, "reno", TEXT) as running:
            applied = await (await running.connect()).applied()
            assert (applied.site, applied.text, applied.emulated) == ("reno", TEXT, False)
            assert applied.rev
            assert BusAddress.read(tmp_path, "up") == running.address

    asyncio.run(story())


def test_a_restart_keeps_what_is_stored(tmp_path: Path) -> None:
    """After `kill` and `restart`, and after the end, everything is still there."""

    async def story() -> None:
        async with asyncio.timeout(20.0):
            async with running_bus(tmp_path) as running:
                bucket = await (await running.connect()).bucket("b")
                await bucket.put("k", b"1")
                await running.kill()
                assert not running.server.is_running
                await running.restart()
                assert await bucket.get("k") == b"1"
            assert not running.server.is_running
            async with running_bus(tmp_path) as again:
                assert await (await (await again.connect()).bucket("b")).get("k") == b"1"

    asyncio.run(story())


def test_a_connection_has_the_rights_of_its_user(tmp_path: Path) -> None:
    """Connected as a service, it may what the service may; with topics there is a listener."""
    topics = DeviceTopics(publish=("cells/#",))

    async def story() -> None:
        async with asyncio.timeout(20.0), running_bus(tmp_path, devices=topics) as running:
            assert running.address.mqtt.startswith("mqtt://127.0.0.1:")
            live = await running.connect("live", user="live")
            await live.tell("lw.alive.nogales.live", b"1")
            with pytest.raises(PermissionRefused, match="live may not publish"):
                await live.tell("lw.alive.nogales.think", b"1")
            await running.restart()
            assert running.address.mqtt == BusAddress.read(tmp_path, "connect").mqtt

    asyncio.run(story())
