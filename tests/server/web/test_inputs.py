"""What a view is made from: it is made again where that differs, and only then."""

import asyncio
import time
from pathlib import Path

from linewright.bus import NatsServer
from linewright.plant.records import encode
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
