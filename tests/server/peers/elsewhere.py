"""A server elsewhere, for tests: it says over a real socket what the test wants, well or badly."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from linewright.server.signing.tls.certificates import Certificate, made
from linewright.server.views.house import ClockView, SiteNowView, SitesView

TOKEN = "lwt_" + "a" * 43
OTHER = "lwt_" + "b" * 43
"""Tokens that a server may have made."""

Says = Callable[[str], bytes]
"""Gives the bytes of an answer to the head of a request."""


def answer(body: bytes, status: str = "200 OK", media: str = "application/json") -> bytes:
    """Return an answer after which the connection stays open."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def site_now(**fields: object) -> SiteNowView:
    """Return a site as its own server tells it."""
    plain: dict[str, object] = {
        "label": {"en": "Reno"}, "timezone": "America/Los_Angeles", "link": "here",
        "age_s": 0.5, "oee": 0.5, "plant_rev": "r1",
    }  # fmt: skip
    return SiteNowView(**{**plain, **fields})  # type: ignore[arg-type]  # by name


def sites_json(name: str = "reno", **fields: object) -> bytes:
    """Return what `/api/sites` of a server says."""
    view = SitesView(clock=ClockView(t_ms=7, wall_ms=7), sites={name: site_now(**fields)})
    return msgspec.json.encode(view)


class Elsewhere:
    """Where it listens, what it was asked, and how often it was connected to."""

    def __init__(self, says: Says) -> None:
        self.says = says
        self.url = ""
        self.asked: list[str] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends."""
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.asked.append(head)
                said = self.says(head)
                writer.write(said)
                await writer.drain()
                if not said:
                    break
        writer.close()


@contextlib.asynccontextmanager
async def elsewhere(says: Says, context: ssl.SSLContext | None = None) -> AsyncIterator[Elsewhere]:
    """Serve on a port of this machine."""
    there = Elsewhere(says)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0, ssl=context)
    there.url = f"http{'s' if context else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield there
    finally:
        server.close()


def certificate(folder: Path) -> tuple[Certificate, ssl.SSLContext]:
    """Return a certificate of our own for this machine, and what serves with it."""
    found = made(folder, ["127.0.0.1", "localhost"], now_ms=time.time_ns() // 1_000_000)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(found.chain, found.key)
    return found, context
