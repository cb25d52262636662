"""The routes one by one: signing in, people, exports, figures for others."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from linewright.bus import NatsServer
from tests.server.scenes import page_of
from tests.server.web.calling import Caller

PASSWORD = "a phrase that nobody guesses"  # noqa: S105  # of the test


async def _by_key(url: str, key: str) -> Caller:
    """A browser with a session of the local person."""
    caller = Caller(url)
    caller.csrf = (await caller.ask("/api/key", "POST", {"key": key})).body["csrf"]
    return caller


def test_a_session_by_the_key(nats: NatsServer, tmp_path: Path) -> None:
    """The key opens a session; changes need its CSRF token; signing out ends it."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            caller = await _by_key(page.url, page.key)
            now = (await caller.ask("/api/session")).body
            assert (now["person"], now["first_run"]) == ("p7", True)
            assert "confirm_case" in now["may"]
            csrf, caller.csrf = caller.csrf, ""
            assert (await caller.ask("/api/stop", "POST")).status == 403
            caller.csrf = csrf
            assert (await caller.ask("/api/stop", "POST")).status == 200
            assert (await caller.ask("/api/sign-out", "POST")).status == 200
            assert (await caller.ask("/api/sites")).status == 401

    asyncio.run(scene())


def test_people_are_added_and_sign_in(nats: NatsServer, tmp_path: Path) -> None:
    """An admin adds a person, whose link opens one session, with the role that was given."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            admin = await _by_key(page.url, page.key)
            body: dict[str, Any] = {"person": "ana", "name": "Ana", "roles": {"*": "operator"}}
            added = (await admin.ask("/api/people", "POST", body)).body
            token = added["link"].partition("=")[2]
            ana = Caller(page.url)
            given = {"token": token, "password": PASSWORD}
            assert (await ana.ask("/api/link", "POST", given)).body["may"][0] == "see"
            assert (await Caller(page.url).ask("/api/link", "POST", given)).status == 401
            assert (await ana.ask("/api/people")).status == 403
            again = Caller(page.url)
            given = {"person": "ana", "password": PASSWORD}
            signed = await again.ask("/api/sign-in", "POST", given)
            assert signed.body["roles"] == {"*": "operator"}
            wrong = await Caller(page.url).ask("/api/sign-in", "POST", given | {"password": "no"})
            assert wrong.status == 401
            path = f"/api/people/{added['id']}"
            changed = await admin.ask(path, "PUT", {"disabled": True})
            assert changed.body["people"][added["id"]]["disabled"] is True
            assert (await again.ask("/api/sites")).status == 401

    asyncio.run(scene())


def test_a_role_that_is_none(nats: NatsServer, tmp_path: Path) -> None:
    """A role that does not exist is 422 and names those that do."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="admin") as page:
            body = {"person": "ana", "name": "Ana", "roles": {"*": "boss"}}
            heard = await Caller(page.url, page.key).ask("/api/people", "POST", body)
            assert heard.status == 422
            assert "operator" in heard.body["to_do"]

    asyncio.run(scene())


def test_figures_for_prometheus(nats: NatsServer, tmp_path: Path) -> None:
    """Every line of /metrics is a comment or a sample of a family that was announced."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            heard = await Caller(page.url, page.key).ask("/metrics")
            assert heard.headers["content-type"].startswith("text/plain; version=0.0.4")
            announced: set[str] = set()
            for line in heard.body.splitlines():
                if line.startswith("# TYPE "):
                    announced.add(line.split()[2])
                elif not line.startswith("#"):
                    name, _, value = line.partition("{")
                    assert name in announced
                    float(value.rpartition(" ")[2])
            assert 'linewright_service_up{service="live"} 0' in heard.body

    asyncio.run(scene())


@pytest.mark.parametrize(
    "path",
    [
        "/api/hours?address=A&from_ms=5",
        "/api/hours?address=A&from_ms=5&until_ms=5",
        "/api/hours?address=A&from_ms=0&until_ms=9000000000000",
        "/api/hours?address=A&window=never",
        "/api/trend?tag=A%23x&from_ms=9&until_ms=3",
        "/api/trend.csv?tag=A%23x&from_ms=9&until_ms=3",
        "/api/grafana/series?tag=A%23x&from_ms=9&until_ms=3",
    ],
)
def test_windows_that_are_none(path: str, nats: NatsServer, tmp_path: Path) -> None:
    """A window with one end, backwards, too long or unreadable is 422."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            asked = path.replace("A", f"{page.site}/machining/bracket")
            heard = await Caller(page.url, page.key).ask(asked)
            assert heard.status == 422
            assert heard.body["to_do"]

    asyncio.run(scene())


def test_pieces_reported_over_http_are_listed_and_taken_back(
    nats: NatsServer, tmp_path: Path
) -> None:
    """An operator's report stands in the list until it is undone; fewer than none is refused."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="operator") as page:
            caller = Caller(page.url, page.key)
            groups = (await caller.ask("/api/plant")).body["groups"]
            line = next(iter(groups))
            place = f"{line}/{next(iter(groups[line]['stations']))}"
            for body in ({"good": -1}, {"good": 1, "much": 2}, {"scrap": 1, "cause": "a\nb"}):
                told = await caller.ask("/api/parts", "POST", {"address": place} | body)
                assert told.status == 422, body
            told = await caller.ask("/api/parts", "POST", {"address": place, "good": 3})
            assert (told.status, told.body["good"], told.body["by"]) == (200, 3, "p7")
            path = f"/api/entries?address={place}&window=day"
            assert told.body["id"] in (await caller.ask(path)).body["entries"]
            undone = await caller.ask(f"/api/entries/{told.body['id']}/undo", "POST")
            assert (undone.status, undone.body["undone"]) == (200, True)
            assert not (await caller.ask(path)).body.get("entries")
            begun = {"address": place, "job": "J1", "act": "start"}
            assert (await caller.ask("/api/jobs", "POST", begun)).status == 200
            on = {"address": place, "presence": "on"}
            assert (await caller.ask("/api/sign-ons", "POST", on)).status == 200
            wrong = {"address": place, "job": "J1", "act": "vanish"}
            assert (await caller.ask("/api/jobs", "POST", wrong)).status == 422

    asyncio.run(scene())
