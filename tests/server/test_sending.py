"""A command of a person: shown, granted once, sent, followed, and taken back at its end."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from linewright.bus import NatsServer, Stream
from linewright.plant.authority import Grant
from linewright.plant.records import Ack, Command, How, Origin, Outcome, decode
from tests.server.scenes import T0_NS, Page, bracket, line_of, page_of

SPEED = {"parameter": "speed", "value": 80.0}


async def _sent(page: Page, count: int = 1) -> list[Command]:
    """The commands that stand on the stream, once there are so many."""
    found = []
    async with asyncio.timeout(10):
        async for message in page.bus.follow(Stream.RECORDS, subject="lw.command.>"):
            found.append(decode(message.data, Command))
            if len(found) == count:
                return found
    raise AssertionError("the stream has ended")


def _mill(page: Page) -> str:
    return str(line_of(page.site).child("mill"))


async def _acknowledge(page: Page, command: Command, outcome: Outcome) -> None:
    await page.bus.publish(
        Ack(
            address=command.address,
            t_ns=command.t_ns + 1,
            seen_ns=command.seen_ns,
            plant_rev=command.plant_rev,
            how=How.MACHINE,
            source="connect",
            command=command.id,
            outcome=outcome,
            reason=None if outcome is Outcome.CONFIRMED else "locked_out",
            before=100.0,
            after=80.0,
        )
    )


async def _until(page: Page, command_id: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            answer: dict[str, Any] = (await page.ask(f"/api/commands/{command_id}"))[1]
            if answer["outcome"] is not None:
                return answer
            await asyncio.sleep(0.02)


def test_it_is_granted_once_and_followed(nats: NatsServer, tmp_path: Path) -> None:
    """One grant names one command of the person; the answer tells what became of it."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            body = SPEED | {"address": _mill(page)}
            status, told, _ = await page.ask("/api/commands", post=True, body=body)
            assert (status, told["outcome"]) == (200, None)
            (command,) = await _sent(page)
            assert (command.id, command.by, command.value) == (told["id"], "p7", 80.0)
            assert (command.origin, command.source, command.case) == (Origin.PERSON, "server", None)
            data = await (await page.bus.bucket("grants")).get(f"grant.{command.grant_id}")
            assert data is not None
            grant = decode(data, Grant)
            assert (grant.one_shot, grant.only_command, grant.person) == (True, command.id, "p7")
            await _acknowledge(page, command, Outcome.CONFIRMED)
            told = await _until(page, command.id)
            assert (told["outcome"], told["before"], told["after"]) == ("confirmed", 100.0, 80.0)
            audit = json.dumps((await page.ask("/api/state"))[1]["audit"])
            assert "sends" in audit

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"address": "nogales/machining/bracket/mil"}, 404, "no such station"),
        ({"parameter": "sped"}, 404, "did you mean `speed`?"),
        ({"value": 500.0}, 403, "outside what the plant file allows"),
        ({"value": "fast"}, 422, "is no number"),
        ({"until_ns": 1}, 422, "over already"),
        ({"until_ns": "soon"}, 422, "cannot be read"),
        ({"value": None}, 422, "cannot be read"),
        ({"value": [80]}, 422, "cannot be read"),
        ({"more": 1}, 422, "cannot be read"),
    ],
)
def test_what_cannot_be_sent(
    changed: dict[str, Any], status: int, said: str, nats: NatsServer, tmp_path: Path
) -> None:
    """What does not fit is refused with what is wrong; no command and no grant comes of it."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            body = SPEED | {"address": _mill(page)} | changed
            found, answer, _ = await page.ask("/api/commands", post=True, body=body)
            assert (found, said in answer["what"] + answer["to_do"]) == (status, True)
            keys = await (await page.bus.bucket("grants")).keys()
            assert [key for key in keys if key.startswith("grant.")] == []
            assert await page.bus.last(f"lw.command.{_mill(page).replace('/', '.')}") is None

    asyncio.run(scene())


def test_a_real_site_is_only_read(nats: NatsServer, tmp_path: Path) -> None:
    """On a real site nothing is sent, whoever asks, and the reason is told with the offer."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, ticks=False, scenario=None) as page:
            query = f"address={_mill(page)}&parameter=speed"
            offer = (await page.ask(f"/api/commands?{query}"))[1]
            assert offer["refused"].startswith("the machines of a real site are only read")
            body = SPEED | {"address": _mill(page)}
            status, answer, _ = await page.ask("/api/commands", post=True, body=body)
            assert (status, answer["what"]) == (403, offer["refused"])

    asyncio.run(scene())


def test_a_role_that_may_not(nats: NatsServer, tmp_path: Path) -> None:
    """Another role than those of the ceiling is refused, with the roles that may."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="manager") as page:
            body = SPEED | {"address": _mill(page)}
            status, answer, _ = await page.ask("/api/commands", post=True, body=body)
            assert status == 403
            assert "the role manager may not" in answer["what"]

    asyncio.run(scene())


def test_a_machine_without_permits(
    nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A permit that the plant file lacks is named at once: `connect` would refuse in the end."""
    without = bracket().replace("role: permit.automatic", "label: mode")
    monkeypatch.setattr("tests.server.scenes.bracket", lambda: without)

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            path = f"/api/commands?address={_mill(page)}&parameter=speed"
            offer = (await page.ask(path))[1]
            assert offer["refused"].endswith("give tags of it the roles permit.automatic")
            body = SPEED | {"address": _mill(page)}
            status, answer, _ = await page.ask("/api/commands", post=True, body=body)
            assert (status, answer["what"]) == (403, offer["refused"])

    asyncio.run(scene())


def test_a_stop_stops_people_too(nats: NatsServer, tmp_path: Path) -> None:
    """While automatic actions are stopped, no command is sent from here."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            await page.ask("/api/stop", post=True)
            body = SPEED | {"address": _mill(page)}
            status, answer, _ = await page.ask("/api/commands", post=True, body=body)
            assert (status, answer["what"]) == (409, "automatic actions are stopped")

    asyncio.run(scene())


def test_the_offer_tells_what_may_be_sent(nats: NatsServer, tmp_path: Path) -> None:
    """Range, unit, roles, permits and present value; what history does not tell is not known."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            path = f"/api/commands?address={_mill(page)}&parameter=speed"
            status, offer, _ = await page.ask(path)
            assert (status, offer["unit"], offer["allowed"]) == (200, "%", "70 to 100")
            assert (offer["simulated"], offer["refused"]) == (True, "")
            assert (offer["present"], set(offer["permits"].values())) == (None, {None})
            assert {"remote_enabled", "automatic"} <= set(offer["permits"])
            missing = await page.ask("/api/commands/nothing")
            assert (missing[0], missing[1]["what"]) == (404, "there is no such command")

    asyncio.run(scene())


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.REFUSED])
def test_it_is_taken_back_at_its_end(outcome: Outcome, nats: NatsServer, tmp_path: Path) -> None:
    """At its time what was before is written back, after a restart, too; a refused one is not."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            body = SPEED | {"address": _mill(page), "until_ns": T0_NS + 60 * 1_000_000_000}
            told = (await page.ask("/api/commands", post=True, body=body))[1]
            (command,) = await _sent(page)
            assert command.id in (tmp_path / "server" / "changes.json").read_text()
        async with page_of(nats, tmp_path, site=page.site) as page:
            await _acknowledge(page, command, outcome)
            if outcome is Outcome.REFUSED:
                async with asyncio.timeout(10):
                    book = tmp_path / "server" / "changes.json"
                    while command.id in book.read_text():  # noqa: ASYNC110  # a file
                        await asyncio.sleep(0.05)
                assert len(await page.bus.stored(_subject(page))) == 1
                return
            _, undo = await _sent(page, 2)
            assert (undo.is_undo, undo.undo_of, undo.value) == (True, told["id"], 100.0)
            assert (undo.grant_id, undo.t_ns) == (command.grant_id, body["until_ns"])

    asyncio.run(scene())


def _subject(page: Page) -> str:
    return f"lw.command.{_mill(page).replace('/', '.')}"
