"""The wire: requests outlive a restart; what cannot be sent is said."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from linewright.bus import BusAddress, BusUnavailable, NatsServer
from linewright.bus.wire import REQUESTS_MAX, ApiRefused, Wire
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


def test_draining_waits_for_what_is_under_way(tmp_path: Path) -> None:
    """A drain ends when every request is answered, and says how many are not in its time."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            wire = await opened(running.address)
            assert await wire.drain() == 0
            asked = [asyncio.create_task(wire.api("INFO")) for _ in range(100)]
            await asyncio.sleep(0)
            assert await wire.drain() == 0
            assert all("limits" in each for each in await asyncio.gather(*asked))
            await wire.subscribe("lw.ask.nogales.silent", _nothing, pending_max=1)
            silent = asyncio.create_task(wire.call("lw.ask.nogales.silent", wait_s=2.0))
            await asyncio.sleep(0.05)
            assert await wire.drain(0.2) == 1
            await wire.close()
            with pytest.raises(BusUnavailable, match="closed"):
                await silent

    run(story())


def test_requests_under_way_are_bounded(server: NatsServer) -> None:
    """However many ask at once, no more than the bound are sent; all are answered."""

    async def story() -> None:
        wire = await opened(server.address)
        most = 0

        async def ask() -> None:
            nonlocal most
            await wire.api("INFO")
            most = max(most, len(wire._waiting))

        await asyncio.gather(*(ask() for _ in range(REQUESTS_MAX + 500)))
        assert 0 < most <= REQUESTS_MAX
        await wire.close()

    run(story())


def old_server(version: str, *, stores: bool) -> Callable[..., Awaitable[None]]:
    """Return one side of a connection that greets as a server of this version does."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = {"server_id": "x", "version": version, "max_payload": 1000, "jetstream": stores}
        writer.write(b"INFO " + json.dumps(told).encode() + b"\r\n")
        while line := await reader.readline():
            if line.startswith(b"PING"):
                writer.write(b"PONG\r\n")
        writer.close()

    return greet


@pytest.mark.parametrize(
    ("version", "stores", "words"),
    [("2.11.9", True, "2.11.9 is older than 2.14"), ("2.15.1", False, "stores nothing")],
)
def test_a_server_that_will_not_do(version: str, words: str, *, stores: bool) -> None:
    """A server that is too old, or without JetStream, is refused with what to do."""

    async def story() -> None:
        greet = old_server(version, stores=stores)
        async with await asyncio.start_server(greet, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            with pytest.raises(BusUnavailable, match=words) as found:
                await opened(BusAddress(url=f"nats://127.0.0.1:{port}"))
            assert found.value.hint

    run(story())


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
