"""What a person decides: granted as proposed, once, by those who may, and in the audit."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.correct import command_of, fold_case
from linewright.plant.authority import Grant
from linewright.plant.records import Audit, Case, decode, encode
from linewright.server.desk import LATE_S
from linewright.server.grants import sha256_of
from tests.server.scenes import Page, applied_at, page_of


async def _stored(page: Page, subject: str, count: int) -> None:
    """Wait until a subject holds so many messages."""
    for _ in range(200):
        if len(await page.bus.stored(subject)) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{subject} never held {count} messages")


async def _steps(page: Page, case_id: str) -> list[Case]:
    messages = await page.bus.stored(f"lw.case.{page.site}.{case_id}")
    return [decode(message.data, Case) for message in messages]


async def _audits(page: Page) -> list[Audit]:
    return [decode(each.data, Audit) for each in await page.bus.stored(f"lw.audit.{page.site}")]


async def _grants(page: Page) -> list[Grant]:
    bucket = await page.bus.bucket("grants")
    found = [await bucket.get(key) for key in await bucket.keys() if key != "stop"]
    return [decode(data, Grant) for data in found if data is not None]


def test_a_confirmation_grants_one_command(nats: NatsServer, tmp_path: Path) -> None:
    """The grant allows the command that the case will send, and no other, under the same id."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            assert (await page.ask(f"/api/cases/{case_id}/confirm", post=True))[0] == 200
            *before, granted = await _steps(page, case_id)
            plant = applied_at(page.site).plant()
            command = command_of(fold_case(before), plant, granted)
            (grant,) = await _grants(page)
            assert granted.commands == (command.id,) == (grant.only_command,)
            assert granted.grant_id == grant.id == command.grant_id
            assert grant.limits[0].allows(80.0)
            assert not grant.limits[0].allows(80.1)
            assert (grant.count, grant.one_shot, grant.mode.value) == (1, True, "act")
            (audit,) = await _audits(page)
            assert (audit.action, audit.of, audit.case) == ("grant.issued", grant.id, case_id)
            assert audit.content_sha256 == sha256_of(encode(grant))

    asyncio.run(scene())


def test_a_second_confirmation_changes_nothing(nats: NatsServer, tmp_path: Path) -> None:
    """Confirming twice answers 409 with the state, and leaves one grant and five steps."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            path = f"/api/cases/{case_id}/confirm"
            first, second = await asyncio.gather(
                page.ask(path, post=True), page.ask(path, post=True)
            )
            third = await page.ask(path, post=True)
            assert sorted([first[0], second[0]]) == [200, 409]
            assert third[0] == 409
            assert "the case is granted" in third[1]["what"]
            assert len(await _steps(page, case_id)) == 5
            assert len(await _grants(page)) == 1

    asyncio.run(scene())


def test_the_loser_of_a_race_does_not_spoil_the_grant(nats: NatsServer, tmp_path: Path) -> None:
    """After two confirmations at once, the grant in force is that of the step in the case."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            path = f"/api/cases/{case_id}/confirm"
            await asyncio.gather(*(page.ask(path, post=True) for _ in range(4)))
            granted = (await _steps(page, case_id))[-1]
            (grant,) = await _grants(page)
            assert grant.only_command == granted.commands[0]
            assert not grant.revoked

    asyncio.run(scene())


def test_a_refusal_closes_the_case(nats: NatsServer, tmp_path: Path) -> None:
    """Refused is a closed case with no grant, and an audit record by the person."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            assert (await page.ask(f"/api/cases/{case_id}/refuse", post=True))[0] == 200
            last = (await _steps(page, case_id))[-1]
            assert (last.stage.value, last.outcome, last.by) == ("closed", "refused", "p7")
            assert await _grants(page) == []
            (audit,) = await _audits(page)
            assert (audit.action, audit.by) == ("confirm.refused", "p7")

    asyncio.run(scene())


def test_a_role_that_may_not(nats: NatsServer, tmp_path: Path) -> None:
    """A role that the ceiling does not name is refused with 403, audited, and grants nothing."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, role="quality") as page:
            case_id = await page.open_case()
            status, said, _ = await page.ask(f"/api/cases/{case_id}/confirm", post=True)
            assert status == 403
            assert "supervisor, engineer" in said["to_do"]
            assert await _grants(page) == []
            assert [each.action for each in await _audits(page)] == ["confirm.refused"]

    asyncio.run(scene())


def test_a_proposal_outside_the_ceiling(nats: NatsServer, tmp_path: Path) -> None:
    """What the plant file does not allow cannot be confirmed, whoever proposes it."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case(value=60.0)
            status, said, _ = await page.ask(f"/api/cases/{case_id}/confirm", post=True)
            assert (status, "outside" in said["what"]) == (403, True)
            assert len(await _steps(page, case_id)) == 4

    asyncio.run(scene())


def test_a_proposal_whose_time_is_over(nats: NatsServer, tmp_path: Path) -> None:
    """A proposal that would have ended by now is not granted."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case(until_s=1)
            await asyncio.sleep(0.3)  # 3 s of plant time
            status, said, _ = await page.ask(f"/api/cases/{case_id}/confirm", post=True)
            assert (status, said["what"]) == (409, "the time of the proposal is over")

    asyncio.run(scene())


def test_a_stop_waits_for_no_clock(nats: NatsServer, tmp_path: Path) -> None:
    """While the plant clock is not known nothing is confirmed, and a stop stops all the same."""

    async def scene() -> None:
        async with page_of(nats, tmp_path, ticks=False) as page:
            case_id = await page.open_case()
            assert (await page.ask(f"/api/cases/{case_id}/confirm", post=True))[0] == 503
            assert (await page.ask("/api/stop", post=True))[0] == 200
            state = (await page.ask("/api/state"))[1]
            assert state["stop"]["stopped"]
            assert state["clock"]["t_ms"] is None
            assert [each.action for each in await _audits(page)] == ["stop.set"]

    asyncio.run(scene())


def test_no_confirmation_while_stopped(nats: NatsServer, tmp_path: Path) -> None:
    """While automatic actions are stopped nothing is granted; cleared, it is."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            path = f"/api/cases/{case_id}/confirm"
            assert (await page.ask("/api/stop", post=True))[0] == 200
            status, said, _ = await page.ask(path, post=True)
            assert (status, said["what"]) == (409, "automatic actions are stopped")
            assert (await page.ask("/api/stop/clear", post=True))[0] == 200
            assert (await page.ask(path, post=True))[0] == 200
            actions = [each.action for each in await _audits(page)]
            assert actions == ["stop.set", "confirm.refused", "stop.cleared", "grant.issued"]

    asyncio.run(scene())


def test_what_is_no_step_is_passed_over(nats: NatsServer, tmp_path: Path) -> None:
    """Damage and a step that does not follow, among the steps, keep nobody from answering."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            subject = f"lw.case.{page.site}.{case_id}"
            first = (await _steps(page, case_id))[0]
            await page.bus.tell(subject, b"\xff")
            await page.bus.tell(subject, encode(first))
            await _stored(page, subject, 3)  # what is told is kept a moment later
            assert (await page.ask(f"/api/cases/{case_id}/confirm", post=True))[0] == 200
            last = (await page.bus.stored(subject))[-1]
            assert decode(last.data, Case).stage.value == "granted"

    asyncio.run(scene())


@pytest.mark.faults
def test_a_confirmation_that_comes_too_late_grants_nothing(
    nats: NatsServer, tmp_path: Path
) -> None:
    """While the bus stands still a confirmation waits, and is dropped: nobody waits for it."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            case_id = await page.open_case()
            os.kill(nats.pid, signal.SIGSTOP)
            try:
                asked = asyncio.create_task(page.ask(f"/api/cases/{case_id}/confirm", post=True))
                await asyncio.sleep(LATE_S + 0.5)
            finally:
                os.kill(nats.pid, signal.SIGCONT)
            assert (await asked)[0] == 503
            assert await _grants(page) == []
            assert (await page.ask(f"/api/cases/{case_id}/confirm", post=True))[0] == 200

    asyncio.run(scene())
