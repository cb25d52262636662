"""What a view is made from: it is made again where that differs, and only then."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import websockets

from linewright.bus import NatsServer
from linewright.plant.records import encode
from linewright.server.known import Alive
from linewright.server.watching import merged
from tests.server.scenes import line_state, page_of
from tests.server.web.calling import Caller


async def _made(caller: Caller) -> float:
    """How often a resource was made for watchers."""
    text = (await caller.ask("/metrics")).body
    line = next(
        each for each in text.splitlines() if each.startswith("linewright_watch_made_total{")
    )
    return float(line.rpartition(" ")[2])


def test_nothing_is_made_for_nobody(nats: NatsServer, tmp_path: Path) -> None:
    """States that come while nobody watches cost no view."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            caller = Caller(page.url, page.key)
            bucket = await page.bus.bucket("line")
            for _ in range(5):
                state = line_state(page.site, seen_ns=time.time_ns())
                await bucket.put(state.address.replace("/", "."), encode(state))
            assert await _made(caller) == 0

    asyncio.run(scene())


def test_the_end_of_a_service_is_told_at_once(nats: NatsServer, tmp_path: Path) -> None:
    """Who watches the sites hears of it while signs of life of before still come in."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            alive = msgspec.json.encode(Alive(pid=7, since_ns=0))
            subject = f"lw.alive.{page.site}"
            headers = {"authorization": f"Bearer {page.key}"}
            url = page.url.replace("http", "ws", 1) + "/api/watch"
            async with websockets.connect(url, additional_headers=headers) as socket:
                await socket.send('{"watch": "/api/sites", "id": 1}')
                told = Alive(pid=1, since_ns=0, pids={"live": 7})
                await page.bus.tell(f"{subject}.up", msgspec.json.encode(told))
                await page.bus.tell(f"{subject}.live", alive)
                await _until(socket, lambda sites: sites["services"]["live"]["up"])
                told = Alive(pid=1, since_ns=0, pids={}, is_beat=False)
                await page.bus.tell(f"{subject}.up", msgspec.json.encode(told))
                await page.bus.tell(f"{subject}.live", alive)
                await _until(socket, lambda sites: not sites["services"]["live"]["up"])

    asyncio.run(scene())


async def _until(
    socket: websockets.ClientConnection, is_so: Callable[[dict[str, Any]], object]
) -> None:
    """Read what is told of the one thing that is watched until something holds."""
    value: Any = {}
    async with asyncio.timeout(10):
        async for text in socket:
            message = msgspec.json.decode(text)
            value = message.get("full", merged(value, message.get("patch", {})))
            if value and is_so(value):
                return
