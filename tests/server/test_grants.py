"""Grants: as narrow as the command, kept over a restart, confirmed each second."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import Bus, NatsServer
from linewright.plant.records import Command, Role, Value, encode
from linewright.plant.records.examples import example
from linewright.server.grants import KEPT_NS, LIFE_NS, Grants, Person, grant_for, sha256_of
from linewright.server.known import Stop

PERSON = Person(id="p7", role=Role.ENGINEER)


def _command(value: Value | None) -> Command:
    return msgspec.structs.replace(example(Command), value=value, id="")


@pytest.mark.parametrize(
    ("value", "near"), [(80.0, 80.000001), (True, False), ("O1001", "O1002"), (0.0, 1.0)]
)
def test_only_that_value(value: Value, near: Value) -> None:
    """The limits of the grant take the value of the command and nothing beside it."""
    (limit,) = grant_for(_command(value), PERSON, now_ns=1).limits
    assert limit.allows(value)
    assert not limit.allows(near)


def test_only_that_command() -> None:
    """The grant is for one command of one person, for ten minutes, once."""
    command = _command(80.0)
    grant = grant_for(command, PERSON, now_ns=7, comment="why")
    assert (grant.only_command, grant.id) == (command.id, command.grant_id)
    assert (grant.person, grant.roles) == ("p7", (Role.ENGINEER,))
    assert (grant.from_ns, grant.until_ns, grant.count) == (7, 7 + LIFE_NS, 1)
    assert grant_for(_command(None), PERSON, now_ns=7).limits == ()


async def _heard(bus: Bus, grants: Grants) -> dict[str, Any]:
    """What is said of authority when it is confirmed."""
    async with aclosing(bus.listen(f"lw.authority.{bus.site}")) as messages:
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0.05)
        await grants.confirm(8)
        found: dict[str, Any] = msgspec.json.decode((await waiting).data)
        return found


def test_grants_outlive_a_restart(nats: NatsServer, tmp_path: Path) -> None:
    """Another process confirms the same grants with the same hashes, and the same stop."""

    async def scene() -> None:
        async with (
            asyncio.timeout(20),
            await Bus.connect(nats.address, site="reno", name="t") as bus,
        ):
            first = Grants(bus, tmp_path / "grants.json")
            grant = grant_for(_command(80.0), PERSON, now_ns=7)
            await first.issue(grant)
            await first.set_stop(Stop(stopped=True, by="p7", at_ns=3))
            second = Grants(bus, tmp_path / "grants.json")
            await second.load()
            assert await _heard(bus, second) == {
                "stop": True,
                "grants": {grant.id: sha256_of(encode(grant))},
            }
            await second.set_stop(Stop(by="p7", at_ns=4))
            await second.revoke(grant)
            said = await _heard(bus, second)
            assert said["stop"] is False
            assert said["grants"][grant.id] != sha256_of(encode(grant))

    asyncio.run(scene())


def test_ended_grants_are_forgotten(nats: NatsServer, tmp_path: Path) -> None:
    """A grant is confirmed until ten days after its end, and then no more."""

    async def scene() -> None:
        async with await Bus.connect(nats.address, site="reno", name="t") as bus:
            grants = Grants(bus, tmp_path / "grants.json")
            grant = grant_for(_command(80.0), PERSON, now_ns=7)
            await grants.issue(grant)
            assert list(grants.holding(grant.until_ns + KEPT_NS - 1)) == [grant.id]
            assert list(grants.holding(grant.until_ns + KEPT_NS)) == []

    asyncio.run(scene())


def test_a_stop_is_not_undone_by_a_clearing_under_way(nats: NatsServer, tmp_path: Path) -> None:
    """Pressed while an earlier clearing is still being stored, the stop holds, here and there."""

    async def scene() -> None:
        async with await Bus.connect(nats.address, site="reno", name="t") as bus:
            grants = Grants(bus, tmp_path / "grants.json")
            clearing = asyncio.create_task(grants.set_stop(Stop(by="p7", at_ns=4)))
            await asyncio.sleep(0)
            stopping = asyncio.create_task(grants.set_stop(Stop(stopped=True, by="p8", at_ns=5)))
            await clearing
            assert grants.stop.stopped
            await stopping
            stored = await (await bus.bucket("grants")).get("stop")
            assert grants.stop.stopped
            assert stored is not None
            assert msgspec.json.decode(stored, type=Stop).stopped

    asyncio.run(scene())


def test_a_grant_of_somebody_else_is_not_confirmed(nats: NatsServer, tmp_path: Path) -> None:
    """What was changed in the bucket, or put there, has no force after a restart either."""

    async def scene() -> None:
        async with await Bus.connect(nats.address, site="reno", name="t") as bus:
            first = Grants(bus, tmp_path / "grants.json")
            grant = grant_for(_command(80.0), PERSON, now_ns=7)
            await first.issue(grant)
            bucket = await bus.bucket("grants")
            for forged in (
                msgspec.structs.replace(grant, count=9),
                msgspec.structs.replace(grant, id="g-forged"),
            ):
                await bucket.put(f"grant.{forged.id}", encode(forged))
            await bucket.put("grant.g-damaged", b"{")
            await bucket.put("stop", b"{")
            second = Grants(bus, tmp_path / "grants.json")
            await second.load()
            assert second.holding(8) == {}
            assert second.stop.stopped
            await second.issue(grant)
            third = Grants(bus, tmp_path / "grants.json")
            await third.load()
            assert list(third.holding(8)) == [grant.id]

    asyncio.run(scene())
