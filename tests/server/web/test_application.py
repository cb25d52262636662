"""The routes: asking needs a session or the key, foreign pages get nothing."""

import asyncio
import itertools
import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from linewright.bus import NatsServer
from linewright.plant.records import encode
from tests.server.scenes import Page, line_state, page_of


def _first_events(url: str, key: str, count: int) -> list[dict[str, Any]]:
    """The first states that a listening page gets."""
    found: list[dict[str, Any]] = []
    headers = {"authorization": f"Bearer {key}"}
    asked = urllib.request.Request(f"{url}/api/live", headers=headers)  # noqa: S310  # ours
    with urllib.request.urlopen(asked, timeout=10) as stream:  # noqa: S310  # ours
        for line in stream:
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
            if len(found) == count:
                break
    return found


async def _until(page: Page, key: str, wanted: object) -> dict[str, Any]:
    """Wait until a service is as wanted in the state."""
    while True:
        state: dict[str, Any] = (await page.ask("/api/state"))[1]
        if any((one["name"], one["state"]) == (key, wanted) for one in state["services"]):
            return state
        await asyncio.sleep(0.05)


def test_asking_needs_the_key(nats: NatsServer, tmp_path: Path) -> None:
    """Whatever is asked without the key, or with another, is 401 and says what to do."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            for path in ("cases/abc/confirm", "stop", "stop/clear", "state", "line", "none"):
                post = path not in {"state", "line", "none"}
                for key in ("", f"{page.key}x"):  # ten tries of a wrong key are free
                    status, said, _ = await page.ask(f"/api/{path}", post=post, key=key)
                    assert status == 401, path
                    assert {*said} == {"what", "where", "to_do"}
            assert (await page.ask("/api/state"))[1]["stop"]["stopped"] is False

    asyncio.run(scene())


def test_pages_are_open_and_guarded(nats: NatsServer, tmp_path: Path) -> None:
    """Pages need no key and hold nothing of the plant; each answer forbids foreign scripts."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            for path in ("/", "/old", "/line/of/ours", "/static/page.js", "/none.js", "/api/state"):
                status, said, headers = await page.ask(path, key="")
                assert status == {"/none.js": 404, "/api/state": 401}.get(path, 200), path
                assert page.site not in str(said)
                policy = headers["content-security-policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert headers["x-content-type-options"] == "nosniff"

    asyncio.run(scene())


def test_another_host_name_gets_nothing(nats: NatsServer, tmp_path: Path) -> None:
    """A page that rebinds its own name to this machine is told nothing, with the key or not."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            for path in ("/", "/api/state"):
                status, said, _ = await page.ask(path, host="evil.example")
                assert status == 400
                assert "plant" not in str(said)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("path", "post", "status"),
    [
        ("/api/nothing", False, 404),
        ("/api/state", True, 405),
        ("/api/cases/..%2Fx/confirm", True, 404),
        ("/api/cases/a*b/confirm", True, 404),
        ("/api/cases/abc/refuse", True, 404),
        ("/api/cases/" + "a" * 26 + "/confirm", True, 404),
        ("/api/audit?after_n=x", False, 422),
        (f"/api/audit?after_n={2**63}", False, 422),
        ("/api/audit?after_n=-2", False, 422),
    ],
)
def test_mistakes_are_told(
    path: str, *, post: bool, status: int, nats: NatsServer, tmp_path: Path
) -> None:
    """A wrong request says what is wrong, where, and what to do, and never how we are built."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            found, said, _ = await page.ask(path, post=post)
            assert found == status
            assert set(said) == {"what", "where", "to_do"}

    asyncio.run(scene())


def test_the_live_stream(nats: NatsServer, tmp_path: Path) -> None:
    """A page hears at once, again at least each second, and a change within half of one."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            events = asyncio.create_task(asyncio.to_thread(_first_events, page.url, page.key, 4))
            await asyncio.sleep(0.3)
            loop = asyncio.get_running_loop()
            began_s = loop.time()
            bucket = await page.bus.bucket("line")
            state = line_state(page.site, seen_ns=1)
            await bucket.put(state.address.replace("/", "."), encode(state))
            found = await events
            assert loop.time() - began_s < 4
            assert found[0]["lines"][0]["stations"][1]["state"] == "unknown"
            assert found[-1]["lines"][0]["stations"][1]["state"] == "down"

    asyncio.run(scene())


def test_services_are_seen(nats: NatsServer, tmp_path: Path) -> None:
    """A service is up while it says so, and down within 3 s of its last word."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            subject = f"lw.alive.{page.site}.live"
            await _until(page, "live", "not heard yet")
            await page.bus.tell(subject, b'{"pid": 7, "since_ns": 0}')
            await _until(page, "live", "up")
            async with asyncio.timeout(15):
                await _until(page, "live", "down")

    asyncio.run(scene())


def test_the_audit_is_asked_of_history(nats: NatsServer, tmp_path: Path) -> None:
    """The route gives the lines of the history service as a list, and 503 while it is away."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            asked: list[bytes] = []

            async def reply(data: bytes) -> bytes:
                asked.append(data)
                return b'{"n":3}\n{"n":4}\n'

            await page.bus.answer(f"lw.ask.{page.site}.history.audit", reply)
            assert (await page.ask("/api/audit?after_n=2"))[1] == [{"n": 3}, {"n": 4}]
            assert json.loads(asked[0]) == {"after_n": 2}

    asyncio.run(scene())


ODD = [
    "",
    "x" * 399,
    "%00",
    "\x7f",
    "../..",
    "a#b",
    "'; DROP",
    "é",
    "nogales/machining/bracket/mill",
]
BODIES = [
    b"", b"null", b"7", b"[]", b"{", b"{}", b"\xff\xfe", b'"text"', b'{"address": 7}',
    b'{"address": "\\ud800", "parameter": "", "value": 1}', b"[" * 5000, b" " * 20_000,
    b'{"address": "x", "parameter": "y", "value": 1e999}',
    b'{"address": "x", "parameter": "y", "value": NaN}',
    b'{"source": "", "fingerprint": ""}', b'{"source": "x", "fingerprint": "' + b"f" * 9000 + b'"}',
]  # fmt: skip


def test_no_request_is_a_mistake_of_ours(nats: NatsServer, tmp_path: Path) -> None:
    """Whatever is asked for or sent, the answer is one of the client's errors, in our form."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            paths = [f"/api/commands/{quote(odd, safe='')}" for odd in ODD[1:]]
            for address, name in itertools.product(map(quote, ODD), repeat=2):
                paths.append(f"/api/commands?address={address}&parameter={name}")
            for path in paths:
                status, said, _ = await page.ask(path)
                assert 400 <= status < 500, path
                assert set(said) >= {"what", "where", "to_do"}, path
            for path, body in itertools.product(["/api/commands", "/api/trust"], BODIES):
                status, said, _ = await page.ask(path, post=True, body=body)
                assert 400 <= status < 500, (path, body[:40])
                assert set(said) >= {"what", "where", "to_do"}

    asyncio.run(scene())
