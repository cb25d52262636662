"""The shell of the server: it comes back to where it was, and passes over what it cannot read."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import Bus, BusUnavailable, Message, NatsServer
from linewright.plant.records import encode
from linewright.server import service
from tests.server.scenes import applied_at, line_state, page_of, steps_of


def test_a_restart_keeps_address_key_and_grants(nats: NatsServer, tmp_path: Path) -> None:
    """After a restart the page has its port and key, the stop holds, and confirming is 409."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, site="reno") as page:
            case_id = await page.open_case()
            assert (await page.ask(f"/api/cases/{case_id}/confirm", post=True))[0] == 200
            await page.ask("/api/stop", post=True)
            before = (page.url, page.key)
            said = (tmp_path / "server" / "http.json").read_bytes()
        (tmp_path / "server" / "http.json").write_bytes(said)
        stop = asyncio.Event()
        async with await Bus.connect(nats.address, site="reno", name="t") as bus:
            work = asyncio.create_task(service.run(bus, tmp_path / "server", stop))
            await _until_it_answers(page.url)
            assert before == (page.url, (tmp_path / "server" / "key").read_text().strip())
            assert (await page.ask("/api/state"))[1]["stop"]["stopped"] is True
            stop.set()
            await work

    asyncio.run(scene())


async def _until_it_answers(url: str) -> None:
    port = int(url.rpartition(":")[2])
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def test_what_cannot_be_read_is_passed_over(nats: NatsServer, tmp_path: Path) -> None:
    """Damaged values in the buckets and on the bus do not take the page away from the rest."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            for name in ("line", "cases"):
                await (await page.bus.bucket(name)).put("bad", b'{"no": "such"}')
            await page.bus.tell(f"lw.alive.{page.site}.live", b"?")
            state = line_state(page.site, 1)
            bucket = await page.bus.bucket("line")
            await bucket.put(state.address.replace("/", "."), encode(state))
            async with asyncio.timeout(15):
                good = None
                while good is None:  # a page is polled
                    await asyncio.sleep(0.02)
                    good = (await page.ask("/api/state"))[1]["lines"][0]["good"]

    asyncio.run(scene())


async def _next(said: AsyncIterator[Message], within_s: float) -> dict[str, Any]:
    """What is said next of authority, if it is said in time."""
    async with asyncio.timeout(within_s):
        found: dict[str, Any] = msgspec.json.decode((await anext(said)).data)
        return found


def test_authority_is_confirmed_each_second(nats: NatsServer, tmp_path: Path) -> None:
    """What is allowed is said again and again, and a new grant is in what is said next."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            async with aclosing(page.bus.listen(f"lw.authority.{page.site}")) as said:
                for _ in range(2):
                    assert await _next(said, 15) == {"stop": False, "grants": {}}
                assert (await page.ask(f"/api/cases/{case_id}/confirm", post=True))[0] == 200
                while not (grants := (await _next(said, 15))["grants"]):
                    pass  # said while the page was answering
                assert list(grants) == [f"g-{case_id}"]

    asyncio.run(scene())


def test_a_wanted_port_that_is_taken(nats: NatsServer, tmp_path: Path) -> None:
    """A port that a person asked for and another program has is an error, not another port."""

    async def scene() -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            settings = json.dumps({"port": other.getsockname()[1]})
            (tmp_path / "server.json").write_text(settings)
            async with await Bus.connect(nats.address, site="reno", name="t") as bus:
                await (await bus.bucket("plant")).put(
                    "applied", applied_at("reno", scenario=None).encode()
                )
                with pytest.raises(OSError, match="in use"):
                    await service.run(bus, tmp_path, asyncio.Event())

    asyncio.run(scene())


def test_without_a_bus_it_ends(nats: NatsServer, tmp_path: Path) -> None:
    """A bus that is closed ends the service with what is wrong, for the supervisor to see."""

    async def scene() -> None:
        async with await Bus.connect(nats.address, site="reno", name="t") as bus:
            applied = applied_at("reno", scenario=None)
            await (await bus.bucket("plant")).put("applied", applied.encode())
            work = asyncio.create_task(service.run(bus, tmp_path / "server", asyncio.Event()))
            while not (tmp_path / "server" / "http.json").exists():  # noqa: ASYNC110  # a file
                await asyncio.sleep(0.02)
            await bus.close()
            async with asyncio.timeout(15):
                with pytest.raises(BusUnavailable):
                    await work

    asyncio.run(scene())


def test_steps_of_the_scene_make_a_case() -> None:
    """The steps that these tests rest on are those of one case."""
    opened, *rest = steps_of("reno")
    assert {each.case for each in rest} == {opened.id}
