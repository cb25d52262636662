"""Grants: as narrow as the command, kept over a restart, confirmed each second."""

import asyncio
from contextlib import aclosing
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


def test_grants_outlive_a_restart(nats: NatsServer) -> None:
    """Another process confirms the same grants with the same hashes, and the same stop."""

    async def scene() -> None:
        async with (
            asyncio.timeout(20),
            await Bus.connect(nats.address, site="reno", name="t") as bus,
        ):
            first, second = Grants(bus), Grants(bus)
            grant = grant_for(_command(80.0), PERSON, now_ns=7)
            await first.issue(grant)
            await first.set_stop(Stop(stopped=True, by="p7", at_ns=3))
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


def test_ended_grants_are_forgotten(nats: NatsServer) -> None:
    """A grant is confirmed until an hour after its end, and then no more."""

    async def scene() -> None:
        async with await Bus.connect(nats.address, site="reno", name="t") as bus:
            grants = Grants(bus)
            grant = grant_for(_command(80.0), PERSON, now_ns=7)
            await grants.issue(grant)
            assert list(grants.holding(grant.until_ns + KEPT_NS - 1)) == [grant.id]
            assert list(grants.holding(grant.until_ns + KEPT_NS)) == []

    asyncio.run(scene())
