"""The running bus of the test kit."""

import asyncio
from pathlib import Path

from linewright.bus import BusAddress
from linewright.testing.buses import running_bus

TEXT = "{linewright: 1, enterprise: acme, sites: {}}"


def test_a_plant_is_applied(tmp_path: Path) -> None:
    """Whoever connects finds the plant that was given, with a revision of its text."""

    async def story() -> None:
        async with asyncio.timeout(20.0), running_bus(tmp_path, "reno", TEXT) as running:
            applied = await (await running.connect()).applied()
            assert (applied.site, applied.text, applied.emulated) == ("reno", TEXT, False)
            assert applied.rev
            assert BusAddress.read(tmp_path) == running.address

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
