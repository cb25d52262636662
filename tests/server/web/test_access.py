"""Tokens of programs over HTTP: each route with each scope, and everything else refused."""

import asyncio
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.server.signing.asgi import TOKEN_REQUESTS
from linewright.server.web import ROWS
from tests.server.scenes import Page, page_of
from tests.server.web.calling import Caller
from tests.server.web.test_table import _asked

SCOPES = ("metrics", "grafana", "sites")


async def program(page: Page, *scopes: str) -> Caller:
    """A program with a token of its own."""
    wanted = {"name": " ".join(scopes), "scopes": scopes, "days": 1}
    made = await Caller(page.url, page.key).ask("/api/tokens", "POST", wanted)
    assert made.status == 200, made.body
    return Caller(page.url, made.body["token"])


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_the_rows_of_its_scope_alone(
    scope: str, nats: NatsServer, tmp_path: Path
) -> None:
    """Every row of the table is tried: 403 exactly where the row is not of the token's scope."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            caller = await program(page, scope)
            for number, row in enumerate(ROWS):
                if number % (TOKEN_REQUESTS // 2) == TOKEN_REQUESTS // 2 - 1:
                    await asyncio.sleep(5.1)  # its rate
                body = b"{}" if row.body is not None else None
                status = (await caller.ask(_asked(row), row.method, body)).status
                assert (status != 403) is (row.scope == scope), (row.method, row.path, status)
                assert status not in {401, 405, 429, 500}, (row.path, status)

    asyncio.run(scene())


def test_the_scopes_are_used_and_only_by_what_reads() -> None:
    """Each scope opens some row; none that changes something, and none that is open anyway."""
    rows = [row for row in ROWS if row.scope]
    assert {row.scope for row in rows} == set(SCOPES)
    assert all(row.method == "GET" and row.permission == "see" for row in rows)


def test_a_token_of_sites_tells_our_own_site_and_no_person(
    nats: NatsServer, tmp_path: Path
) -> None:
    """No services, nobody who stopped the actions; the same site as a person sees."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            caller = await program(page, "sites")
            admin = Caller(page.url, page.key)
            assert (await admin.ask("/api/stop", "POST")).status == 200
            told = (await caller.ask("/api/sites")).body
            assert set(told) == {"clock", "sites"}
            assert set(told["sites"]) == {page.site}
            assert told["sites"][page.site]["link"] == "here"

    asyncio.run(scene())


def test_a_stop_stands_on_the_sites_at_once(nats: NatsServer, tmp_path: Path) -> None:
    """Who stopped automatic actions is told by the next answer, whoever watches what."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            ask = Caller(page.url, page.key).ask
            assert (await ask("/api/stop", "POST")).status == 200
            assert (await ask("/api/sites")).body["actions_stopped_by"] == "p7"
            assert (await ask("/api/stop/clear", "POST")).status == 200
            assert "actions_stopped" not in (await ask("/api/sites")).body

    asyncio.run(scene())


def test_a_token_watches_nothing_and_begins_nothing(nats: NatsServer, tmp_path: Path) -> None:
    """No WebSocket, no session by the key's route, no preferences, no OpenAPI document."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            caller = await program(page, *SCOPES)
            upgrade = {
                "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "origin": page.url,
            }  # fmt: skip
            assert (await caller.ask("/api/watch", headers=upgrade)).status == 403
            given = {"key": caller.key}
            assert (await caller.ask("/api/key", "POST", given)).status == 403
            assert (await Caller(page.url).ask("/api/key", "POST", given)).status == 401
            assert (await caller.ask("/api/session")).status == 403

    asyncio.run(scene())


def test_its_use_is_listed_and_revoked_it_ends(nats: NatsServer, tmp_path: Path) -> None:
    """The list tells the last use and no secret; revoked it is 401 at once."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            admin = Caller(page.url, page.key)
            caller = await program(page, "metrics")
            statuses = [(await caller.ask("/metrics")).status for _ in range(2)]
            assert statuses == [200, 200]
            listed = (await admin.ask("/api/tokens")).body["tokens"]
            ((token_id, one),) = listed.items()
            assert (one["used_from"], one["made_by"]) == ("127.0.0.1", "p7")
            assert caller.key not in str(listed)
            assert (await admin.ask(f"/api/tokens/{token_id}", "DELETE")).status == 200
            assert (await caller.ask("/metrics")).status == 401

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "a", "scopes": ["see"]}, 422),
        ({"name": "a", "scopes": []}, 422),
        ({"name": "", "scopes": ["sites"]}, 422),
        ({"name": "a", "scopes": ["sites"], "days": 10_000}, 422),
        ({"name": "a", "scopes": ["sites"], "site": "other"}, 422),
        ({"name": "a", "scopes": ["sites"], "days": 2**60}, 422),
    ],
)
def test_tokens_that_cannot_be(body: object, status: int, nats: NatsServer, tmp_path: Path) -> None:
    """Each mistake is told, and nothing is made."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            admin = Caller(page.url, page.key)
            heard = await admin.ask("/api/tokens", "POST", body)
            assert (heard.status, bool(heard.body["to_do"])) == (status, True)
            assert "tokens" not in (await admin.ask("/api/tokens")).body

    asyncio.run(scene())


@pytest.mark.parametrize("role", ["manager", "quality"])
def test_only_admins_make_tokens_and_peers(role: str, nats: NatsServer, tmp_path: Path) -> None:
    """Who is not admin neither sees nor changes them; the key of the folder has its own role."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role=role) as page:
            caller = Caller(page.url, page.key)
            for path in ("/api/tokens", "/api/peers", "/api/peers/try"):
                body = {"name": "a", "scopes": ["sites"]}
                assert (await caller.ask(path, "POST", body)).status == 403
            assert (await caller.ask("/api/tokens")).status == 403
            assert (await caller.ask("/api/peers")).status == 403

    asyncio.run(scene())


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://192.0.2.1:80", "token": "lwt_a"},
        {"url": "file:///etc/passwd", "token": "lwt_a"},
        {"url": "https://reno.local/api", "token": "lwt_a"},
        {"url": "https://reno.local", "token": "a\nb"},
        {"url": "https://reno.local", "token": "lwt_a", "fingerprint": "ab"},
    ],
)
def test_servers_that_cannot_be_followed(body: object, nats: NatsServer, tmp_path: Path) -> None:
    """What is no address, token or fingerprint is 422, without a question to anybody."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            for path in ("/api/peers/try", "/api/peers"):
                heard = await Caller(page.url, page.key).ask(path, "POST", body)
                assert heard.status == 422, heard.body

    asyncio.run(scene())


def test_a_server_that_does_not_answer_is_not_kept(nats: NatsServer, tmp_path: Path) -> None:
    """A trial says why; keeping it is 409 and keeps nothing; following oneself neither."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            admin = Caller(page.url, page.key)
            nobody = {"url": "http://127.0.0.1:1", "token": "lwt_a"}
            assert (await admin.ask("/api/peers/try", "POST", nobody)).body["why"] == "unreachable"
            assert (await admin.ask("/api/peers", "POST", nobody)).status == 409
            own = {"url": page.url, "token": (await program(page, "sites")).key}
            assert (await admin.ask("/api/peers", "POST", own)).status == 409
            assert "peers" not in (await admin.ask("/api/peers")).body

    asyncio.run(scene())


def test_before_the_plant_clock_is_known_the_sites_answer(nats: NatsServer, tmp_path: Path) -> None:
    """While an emulated plant has not begun, site and lines are told without figures; days wait."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, ticks=False) as page:
            ask = Caller(page.url, page.key).ask
            told = await ask("/api/sites")
            assert told.status == 200, told.body
            here = told.body["sites"][page.site]
            assert (here["link"], here["unknown"], "oee" in here) == ("here", 4, False)
            line = f"{page.site}/machining/bracket"
            assert (await ask(f"/api/line?address={line}")).status == 200
            assert (await ask(f"/api/hours?address={line}")).status == 503

    asyncio.run(scene())
