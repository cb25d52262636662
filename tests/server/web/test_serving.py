"""Serving: the port stays, a wanted one is taken, and what runs is told to the supervisor."""

import asyncio
import json
import socket
from pathlib import Path

from linewright.bus import NatsServer
from linewright.server.web.serving import _bound
from tests.server.scenes import page_of


def test_the_supervisor_is_told(nats: NatsServer, tmp_path: Path) -> None:
    """`http.json` has process, port and address of the page, which answers there."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            told = json.loads((tmp_path / "server" / "http.json").read_text())
            assert told["url"] == page.url == f"http://127.0.0.1:{told['port']}"
            assert (await page.ask("/", key=""))[0] == 200

    asyncio.run(scene())


def test_the_end_closes_the_port(nats: NatsServer, tmp_path: Path) -> None:
    """After the end nothing listens at the page's port."""

    async def scene() -> str:
        async with page_of(nats, tmp_path) as page:
            return page.url

    port = int(asyncio.run(scene()).rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_what_is_said_goes_out_at_once() -> None:
    """A connection does not hold back the end of an answer until the client has confirmed."""

    async def scene() -> None:
        heard: asyncio.Queue[int] = asyncio.Queue()

        async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there = writer.get_extra_info("socket")
            await heard.put(there.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = _bound("127.0.0.1", 0)
        async with await asyncio.start_server(take, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await asyncio.wait_for(heard.get(), 10)
            writer.close()

    asyncio.run(scene())
