"""Two real servers that follow each other, and one server elsewhere that behaves badly."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from linewright.bus import NatsServer
from linewright.server.peers import Following, Wanted, tried
from linewright.server.peers.merging import OFFLINE_S, Followed
from tests.server.peers.elsewhere import TOKEN, answer, elsewhere, sites_json
from tests.server.scenes import Page, page_of
from tests.server.web.calling import Caller

T = TypeVar("T")

SEEN_S = 5.0
"""Within which an outage is to be seen on the other's page."""


async def token_of(page: Page, scope: str = "sites") -> str:
    """Have a server make a token."""
    wanted = {"name": f"other-{scope}", "scopes": [scope]}
    made = await Caller(page.url, page.key).ask("/api/tokens", "POST", wanted)
    assert made.status == 200, made.body
    return str(made.body["token"])


async def until(asks: Callable[[], Awaitable[T]], is_so: Callable[[T], bool], within_s: float) -> T:
    """Ask until it is so; returns the last answer."""
    end_s = time.monotonic() + within_s
    while True:
        found = await asks()
        if is_so(found):
            return found
        assert time.monotonic() < end_s, found
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def following(folder: Path) -> AsyncIterator[Following]:
    """Follow what the folder names, as the server does."""
    found = Following(folder, "nogales")
    task = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_two_servers_see_each_other(nats: NatsServer, tmp_path: Path) -> None:
    """After a trial the other site stands beside our own; as it ends it is offline, with values."""

    async def scene() -> None:
        async with page_of(nats, tmp_path / "a", role="admin") as here:
            ask = Caller(here.url, here.key).ask

            async def sister() -> dict[str, Any]:
                sites = (await ask("/api/sites")).body["sites"]
                found: dict[str, Any] = sites[there.site]
                return found

            async with page_of(nats, tmp_path / "b", role="admin") as there:
                wanted = {"url": there.url, "token": await token_of(there)}
                heard = (await ask("/api/peers/try", "POST", wanted)).body
                assert (heard["site"], heard.get("why")) == (there.site, None)
                assert not (await ask("/api/peers")).body.get("peers")
                kept = await ask("/api/peers", "POST", wanted)
                assert wanted["token"] not in json.dumps(kept.body)
                found = await sister()
                assert (found["link"], found["told_by"]) == ("fresh", there.url)
                assert (bool(found["plant_rev"]), found["stations"]) == (True, 4)
            found = await until(sister, lambda now: now["link"] == "offline", SEEN_S)
            assert (found["why"], found["stations"]) == ("unreachable", 4)

    asyncio.run(scene())


def test_a_token_reads_what_it_was_made_for(nats: NatsServer, tmp_path: Path) -> None:
    """A token of another scope, and one that was revoked, is refused as `token`."""

    async def scene() -> None:
        async with page_of(nats, tmp_path / "b", role="admin") as there:
            other = Wanted(url=there.url, token=await token_of(there, "metrics"))
            assert (await tried(other, "nogales", by="p1")).why == "token"
            wanted = Wanted(url=there.url, token=await token_of(there))
            assert (await tried(wanted, "nogales", by="p1")).why == ""
            admin = Caller(there.url, there.key)
            for each in (await admin.ask("/api/tokens")).body["tokens"]:
                assert (await admin.ask(f"/api/tokens/{each}", "DELETE")).status == 200
            assert (await tried(wanted, "nogales", by="p1")).why == "token"

    asyncio.run(scene())


def test_one_connection_and_a_second_between_questions(tmp_path: Path) -> None:
    """A server that answers is asked at most once a second, over one connection."""

    async def scene() -> None:
        async with elsewhere(lambda _: answer(sites_json())) as there:
            found = await tried(Wanted(url=there.url, token=TOKEN), "nogales", by="p1")
            assert found.peer is not None
            async with following(tmp_path) as follows:
                follows.peers.keep(found.peer, now_ms=1)
                began_s = time.monotonic()

                async def asked() -> int:
                    return len(there.asked)

                await until(asked, lambda count: count >= 4, 30.0)  # and the trial
                assert time.monotonic() - began_s > 1.9  # three have two gaps
            assert there.connections == 2  # that of the trial, and one

    asyncio.run(scene())


def test_after_a_restart_the_last_answer_has_its_age(tmp_path: Path) -> None:
    """What was heard outlives a restart, and is as old as it is."""

    async def scene() -> float:
        async with elsewhere(lambda _: answer(sites_json())) as there:
            found = await tried(Wanted(url=there.url, token=TOKEN), "nogales", by="p1")
            assert found.peer is not None
            assert found.heard is not None
            async with following(tmp_path) as follows:
                follows.first(follows.peers.keep(found.peer, now_ms=1), found.heard)
                await asyncio.sleep(0.2)
        told = json.loads((tmp_path / "peers-heard.json").read_text())
        for each in told.values():
            each["at_ms"] -= 60_000
        (tmp_path / "peers-heard.json").write_text(json.dumps(told))
        (again,) = Following(tmp_path, "nogales").followed()
        assert again.heard == found.heard
        return time.monotonic() - again.at_s

    assert 60.0 <= asyncio.run(scene()) < 80.0


def test_a_site_that_is_another_one_by_now(tmp_path: Path) -> None:
    """A server that answers for another site is told as such; its values are not taken."""

    async def scene() -> None:
        said = ["reno"]
        async with elsewhere(lambda _: answer(sites_json(said[0]))) as there:
            found = await tried(Wanted(url=there.url, token=TOKEN), "nogales", by="p1")
            assert found.peer is not None
            assert found.heard is not None
            said[0] = "ulm"
            async with following(tmp_path) as follows:
                follows.first(follows.peers.keep(found.peer, now_ms=1), found.heard)

                async def now() -> Followed:
                    return follows.followed()[0]

                seen = await until(now, lambda each: each.why == "site", OFFLINE_S + 2)
                assert seen.heard is not None
                assert seen.heard.site == "reno"

    asyncio.run(scene())


def test_one_that_is_removed_is_asked_no_more(tmp_path: Path) -> None:
    """Who is not followed any more is forgotten within a second or two, and not asked."""

    async def scene() -> None:
        async with elsewhere(lambda _: answer(sites_json())) as there:
            found = await tried(Wanted(url=there.url, token=TOKEN), "nogales", by="p1")
            assert found.peer is not None
            assert found.heard is not None
            async with following(tmp_path) as follows:
                kept = follows.peers.keep(found.peer, now_ms=1)
                follows.first(kept, found.heard)
                follows.peers.remove(kept.id, by="p1", now_ms=2)
                assert follows.followed() == ()
                await asyncio.sleep(2.0)  # it is looked once a second who is followed
                asked = len(there.asked)
                await asyncio.sleep(2.0)
                assert len(there.asked) == asked

    asyncio.run(scene())
