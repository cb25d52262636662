"""The wire: requests outlive a restart; what cannot be sent is said."""

import asyncio
from pathlib import Path

import pytest

from linewright.bus import BusAddress, BusUnavailable, NatsServer
from linewright.bus.wire import ApiRefused, Wire
from linewright.testing.buses import running_bus
from tests.bus.making import run


async def opened(address: BusAddress) -> Wire:
    """Return a wire of the test's own."""
    wire = Wire(address)
    await wire.open(name="test", wait_s=5.0)
    return wire


def test_a_request_waits_for_the_server(tmp_path: Path) -> None:
    """Asked while the server is away, a request is answered once it is back."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            wire = await opened(running.address)
            await running.kill()
            asked = asyncio.create_task(wire.api("INFO"))
            await asyncio.sleep(0.3)
            assert not asked.done()
            assert await wire.send("lw.alive.nogales.test") is False
            await running.restart()
            assert "limits" in await asked
            await wire.close()

    run(story())


def test_a_request_gives_up(tmp_path: Path) -> None:
    """Where the server stays away, the wait ends when it was said to, with a way out."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            wire = await opened(running.address)
            await running.kill()
            with pytest.raises(BusUnavailable, match=r"in 0\.5 s"):
                await wire.api("INFO", wait_s=0.5)
            await wire.close()

    run(story())


def test_nobody_to_connect_to(tmp_path: Path) -> None:
    """Without a server, connecting ends when it was said to."""

    async def story() -> BusAddress:
        async with running_bus(tmp_path) as running:
            return running.address

    address = run(story())
    with pytest.raises(BusUnavailable, match="no connection"):
        run(Wire(address).open(name="test", wait_s=0.5))


def test_closing_ends_every_wait(server: NatsServer) -> None:
    """A request that nobody answers fails at once when the wire is closed."""

    async def story() -> None:
        wire = await opened(server.address)
        await wire.subscribe("lw.ask.nogales.silent", _nothing, pending_max=1)
        asked = asyncio.create_task(wire.call("lw.ask.nogales.silent"))
        await asyncio.sleep(0.1)
        await wire.close()
        with pytest.raises(BusUnavailable, match="closed"):
            await asked
        assert wire.is_closed

    run(story())


async def _nothing(_raw: object) -> None:
    return


def test_too_large_is_told(server: NatsServer) -> None:
    """A message above the server's limit is refused here and ends no connection."""

    async def story() -> None:
        wire = await opened(server.address)
        with pytest.raises(BusUnavailable, match="too large"):
            await wire.send("lw.alive.nogales.test", bytes(2_000_001))
        with pytest.raises(BusUnavailable, match="too large"):
            await wire.call("lw.ask.nogales.x", bytes(2_000_001))
        assert wire.is_up
        await wire.close()

    run(story())


def test_a_refusal_is_not_asked_again(server: NatsServer) -> None:
    """What the server understands and refuses comes back at once with its reason."""

    async def story() -> None:
        wire = await opened(server.address)
        with pytest.raises(ApiRefused, match="not found"):
            await wire.api("STREAM.INFO.nowhere")
        await wire.close()

    run(story())
