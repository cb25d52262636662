"""The WebSocket of a running server: what is watched comes, foreign pages do not come in."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from linewright.bus import NatsServer
from linewright.plant.records import encode
from linewright.server.watching.merge import merged
from tests.server.scenes import Page, line_state, page_of
from tests.server.web.calling import Caller


@contextlib.asynccontextmanager
async def _socket(page: Page, **headers: str) -> AsyncIterator[ClientConnection]:
    """A socket of a program with the key, unless other headers are given."""
    given = headers or {"authorization": f"Bearer {page.key}"}
    url = page.url.replace("http", "ws", 1) + "/api/watch"
    async with websockets.connect(url, additional_headers=given, proxy=None) as socket:
        yield socket


async def _say(socket: ClientConnection, **word: object) -> None:
    await socket.send(json.dumps(word))


async def _next(socket: ClientConnection, number: int) -> dict[str, Any]:
    """The next message of one watch."""
    async with asyncio.timeout(10):
        while True:
            found: dict[str, Any] = json.loads(await socket.recv())
            if found.get("id") == number:
                return found


async def _closed(socket: ClientConnection) -> int:
    """Hear until the server closes the socket; its code."""
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    except websockets.ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 0


def test_a_watch_follows_the_resource(nats: NatsServer, tmp_path: Path) -> None:
    """Whole first, then patches, which lead to what GET gives."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page, _socket(page) as socket:
            path = f"/api/line?address={page.site}/machining/bracket"
            await _say(socket, watch=path, id=7)
            shown = (await _next(socket, 7))["full"]
            assert shown["stations"]["mill"]["state"] == "unknown"
            state = line_state(page.site, seen_ns=time.time_ns())
            bucket = await page.bus.bucket("line")
            await bucket.put(state.address.replace("/", "."), encode(state))
            while shown["stations"]["mill"]["state"] != "down":
                said = await _next(socket, 7)
                shown = merged(shown, said["patch"]) if "patch" in said else said["full"]
            found = (await page.ask(path))[1]
            assert found["stations"]["mill"]["state"] == "down"

    asyncio.run(scene())


def test_who_acts_is_named_to_those_who_watch(nats: NatsServer, tmp_path: Path) -> None:
    """Ana calls: her id gets a name for all; when her name is erased it is gone from there."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page, _socket(page) as socket:
            await _say(socket, watch="/api/plant", id=3)
            assert "names" not in (await _next(socket, 3))["full"]
            admin, ana = Caller(page.url, page.key), Caller(page.url)
            who = {"person": "ana", "name": "Ana", "roles": {"*": "operator"}}
            added = (await admin.ask("/api/people", "POST", who)).body
            given = {"token": added["link"].partition("=")[2], "password": "a phrase of hers only"}
            ana.csrf = (await ana.ask("/api/link", "POST", given)).body["csrf"]
            call = {"address": f"{page.site}/machining/bracket/mill", "kind": "maintenance"}
            assert (await ana.ask("/api/calls", "POST", call)).status == 200
            assert (await _next(socket, 3))["patch"] == {"names": {added["id"]: "Ana"}}
            await admin.ask(f"/api/people/{added['id']}", "DELETE")
            assert (await _next(socket, 3))["patch"]["names"] in (None, {added["id"]: None})

    asyncio.run(scene())


def test_a_beat_each_second(nats: NatsServer, tmp_path: Path) -> None:
    """Whoever watches nothing hears a beat with the server's clock, again and again."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page, _socket(page) as socket:
            beats = [json.loads(await socket.recv())["beat"] for _ in range(3)]
            assert 500 <= beats[1] - beats[0] <= 5000
            assert abs(beats[2] / 1000 - time.time()) < 10

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/none", 404),
        ("/api/session", 404),
        ("/api/line", 422),
        ("/api/line?address=none/of/ours", 404),
        ("/api/stop", 404),
        ("/api/people", 403),
    ],
)
def test_what_cannot_be_watched(path: str, status: int, nats: NatsServer, tmp_path: Path) -> None:
    """A watch needs the permission of the GET; what is refused says why, and the socket stays."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page, _socket(page) as socket:
            await _say(socket, watch=path, id=1)
            assert (await _next(socket, 1))["error"]["status"] == status
            await _say(socket, watch="/api/sites", id=2)
            assert "full" in await _next(socket, 2)

    asyncio.run(scene())


@pytest.mark.parametrize("message", ["?", "[]", '{"watch": 7}', '{"no": 1}', '{"id": -1}', "\x00"])
def test_what_cannot_be_read_closes(message: str, nats: NatsServer, tmp_path: Path) -> None:
    """A client that does not keep to the form is closed with 1008."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page, _socket(page) as socket:
            await socket.send(message)
            assert await _closed(socket) == 1008

    asyncio.run(scene())


def test_who_may_not_come_in(nats: NatsServer, tmp_path: Path) -> None:
    """Without a session, with a wrong key, and from a foreign page no socket is opened."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            caller = Caller(page.url)
            await caller.ask("/api/key", "POST", {"key": page.key})
            for headers in (
                {"x": "y"},
                {"authorization": "Bearer wrong"},
                {"cookie": caller.cookie},
                {"cookie": caller.cookie, "origin": "http://evil.example"},
            ):
                with pytest.raises(websockets.InvalidStatus):
                    async with _socket(page, **headers):
                        pass
            async with _socket(page, cookie=caller.cookie, origin=page.url) as socket:
                assert "beat" in json.loads(await socket.recv())

    asyncio.run(scene())


def test_the_end_of_a_session_ends_its_socket(nats: NatsServer, tmp_path: Path) -> None:
    """Signing out closes the socket of that session within two seconds, with 4401."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            caller = Caller(page.url)
            caller.csrf = (await caller.ask("/api/key", "POST", {"key": page.key})).body["csrf"]
            cookie = caller.cookie
            async with _socket(page, cookie=cookie, origin=page.url) as socket:
                await socket.recv()
                assert (await caller.ask("/api/sign-out", "POST")).status == 200
                assert await _closed(socket) == 4401

    asyncio.run(scene())


def test_too_many_messages_close(nats: NatsServer, tmp_path: Path) -> None:
    """A client that talks without end is closed; one that watches a lot is not."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page, _socket(page) as socket:
            with contextlib.suppress(websockets.ConnectionClosed):
                for _ in range(2000):
                    await _say(socket, unwatch=1)
            assert await _closed(socket) == 1008

    asyncio.run(scene())
