"""Acting for several people: each acts as who they are, at one desk."""

import asyncio
from pathlib import Path

from linewright.bus import NatsServer
from linewright.plant.records import Audit, decode
from tests.server.scenes import page_of
from tests.server.web.calling import Caller


def test_who_may_not_is_audited(nats: NatsServer, tmp_path: Path) -> None:
    """An act that the role does not give is refused and kept in the audit."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="operator") as page:
            caller = Caller(page.url, page.key)
            assert (await caller.ask("/api/stop/clear", "POST")).status == 403
            assert (await caller.ask("/api/people")).status == 403
            stored = await page.bus.stored(f"lw.audit.{page.site}")
            found = [decode(each.data, Audit) for each in stored]
            assert [(each.action, each.by) for each in found] == [("permission.refused", "p7")]

    asyncio.run(scene())


def test_acts_are_of_who_is_signed_in(nats: NatsServer, tmp_path: Path) -> None:
    """A stop by a session is audited under the id of its person, and is in the state."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            caller = Caller(page.url)
            caller.csrf = (await caller.ask("/api/key", "POST", {"key": page.key})).body["csrf"]
            assert (await caller.ask("/api/stop", "POST")).status == 200
            stored = await page.bus.stored(f"lw.audit.{page.site}")
            found = [decode(each.data, Audit) for each in stored]
            assert ("stop.set", "p7") in {(each.action, each.by) for each in found}

    asyncio.run(scene())
