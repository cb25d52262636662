"""Trust in a certificate: a person's decision, passed on to `connect`, and audited."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import NatsServer
from tests.server.scenes import Page, page_of

LINK = {
    "source": "saw",
    "state": "untrusted",
    "certificate": "ab12",
    "endpoint": "opc.tcp://saw",
    "told_ns": 2**62,
}
"""A report as `connect` writes it; `/api/links` gives all of it, also when it was told."""


async def put_link(page: Page, **changed: object) -> None:
    """Say how a source is reached, and wait until the page knows it."""
    link = LINK | changed
    bucket = await page.bus.bucket("links")
    await bucket.put(str(link["source"]), msgspec.json.encode(link))
    async with asyncio.timeout(5):
        while link not in (await page.ask("/api/links"))[1]:  # noqa: ASYNC110  # a page
            await asyncio.sleep(0.02)


async def _audited(page: Page) -> str:
    """What the audit says of a certificate."""
    async with asyncio.timeout(5):
        while True:
            lines = [str(line) for line in (await page.ask("/api/state"))[1]["audit"]]
            found = [line for line in lines if "certificate" in line]
            if found:
                return found[0]
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("answer", "status"), [({"said": "trusted"}, 200), ({"error": "it is another one"}, 409)]
)
def test_a_decision_is_passed_on(
    answer: dict[str, Any], status: int, nats: NatsServer, tmp_path: Path
) -> None:
    """`connect` is told source, fingerprint and person; what it says is the answer, and audited."""
    asked = []

    async def reply(data: bytes) -> bytes:
        asked.append(msgspec.json.decode(data))
        return msgspec.json.encode(answer)

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            await put_link(page)
            await page.bus.answer(f"lw.ask.{page.site}.connect.trust", reply)
            body = {"source": "saw", "fingerprint": "ab12"}
            found, _said, _ = await page.ask("/api/trust", post=True, body=body)
            assert found == status
            assert asked == [{"source": "saw", "fingerprint": "ab12", "by": "p7"}]
            assert "p7 trusts the certificate ab12 of saw" in await _audited(page)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"source": "swa", "fingerprint": "ab12"}, 404, "did you mean `saw`?"),
        ({"source": "saw", "fingerprint": "cd34"}, 409, "look at it again"),
        ({"source": "saw"}, 422, "lists the routes"),
        ({"source": 7, "fingerprint": "ab12"}, 422, "lists the routes"),
    ],
)
def test_what_cannot_be_trusted(
    body: dict[str, Any], status: int, said: str, nats: NatsServer, tmp_path: Path
) -> None:
    """Another source, another certificate or a broken body is refused, and `connect` not asked."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            await put_link(page)
            found, answer, _ = await page.ask("/api/trust", post=True, body=body)
            assert (found, said in answer["to_do"]) == (status, True)

    asyncio.run(scene())


def test_acting_needs_the_key(nats: NatsServer, tmp_path: Path) -> None:
    """Without the key nobody trusts, sends or reads."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            for path in ("/api/trust", "/api/commands"):
                found = await page.ask(path, post=True, key="x", body={})
                assert found[0] == 401
            assert (await page.ask("/api/links", key="x"))[0] == 401
            assert (await page.ask("/api/links"))[:2] == (200, [])

    asyncio.run(scene())


def test_an_old_report_is_not_told_as_it_was(nats: NatsServer, tmp_path: Path) -> None:
    """A link of a `connect` that says nothing any more is never shown as connected."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            bucket = await page.bus.bucket("links")
            await bucket.put(
                "saw", msgspec.json.encode(LINK | {"state": "connected", "told_ns": 1})
            )
            async with asyncio.timeout(5):
                while not (found := (await page.ask("/api/links"))[1]):  # noqa: ASYNC110  # a page
                    await asyncio.sleep(0.02)
            assert (found[0]["state"], found[0]["certificate"]) == ("not told", "ab12")

    asyncio.run(scene())
