"""Commands end with the right acknowledgement, and only an allowed one reaches the machine."""

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from linewright.bus import NatsServer
from linewright.connectors.acting import Enforcer, Intent, Site
from linewright.connectors.link import Clocks
from linewright.connectors.opcua.link import UaDevice
from linewright.connectors.opcua.session import Session
from linewright.connectors.records import Result, is_for_a_person
from linewright.connectors.sources import Endpoint, place_of
from linewright.plant import Address
from linewright.plant.authority import Ceiling, Usage, ceiling_of, reserve
from linewright.plant.language import load_text
from linewright.plant.records import (
    Ack,
    Case,
    CaseOutcome,
    CaseStage,
    Command,
    How,
    Origin,
    Outcome,
    SiteKind,
    decode,
    encode,
)
from tests.connectors.making import (
    MILL,
    PLANT,
    REV,
    Connected,
    Machine,
    command,
    connected,
    grant_for,
    run,
    until,
)

BAD_NOT_CONNECTED = 0x808A0000


def test_a_granted_command_is_written_once_and_read_back(
    server: NatsServer, machine: Machine
) -> None:
    """A granted command changes the machine, once, and every step has its audit."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await world.bus.publish(wanted)
            ack = await world.answer()
            assert (ack.outcome, ack.command, ack.before) == (Outcome.CONFIRMED, wanted.id, 100.0)
            assert ack.after == 80.0
            assert machine.writes == [80.0]
            assert await world.audits() == [
                "command.authorised",
                "command.written",
                "command.confirmed",
            ]

    run(act())


async def refused(world: Connected, machine: Machine, reason: str) -> Ack:
    """The one acknowledgement refuses for `reason`, its audit says so, and nothing was written."""
    ack = await world.answer()
    assert (ack.outcome, ack.reason) == (Outcome.REFUSED, reason)
    assert await world.audits() == ["command.refused"]
    assert machine.writes == []
    return ack


def test_an_expired_grant_refuses(server: NatsServer, machine: Machine) -> None:
    """A grant that is over allows nothing, however well it is confirmed."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command()
            grant = grant_for(wanted)
            await world.desk.issue(grant_for(wanted, until_ns=grant.from_ns + 1))
            await world.bus.publish(wanted)
            await refused(world, machine, "grant_expired")

    run(act())


def test_a_missing_permit_is_waited_for_until_the_command_expires(
    server: NatsServer, machine: Machine
) -> None:
    """Without the machine's permit nothing is written, and the refusal comes at the expiry."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await machine.show("RemoteEnabled", value=None, status=BAD_NOT_CONNECTED)
            wanted = command(life_s=2.0)
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            ack = await refused(world, machine, "permit_missing")
            assert ack.seen_ns >= wanted.expires_ns
            assert "until the command expired" in ack.explanation

    run(act())


def test_a_permit_that_comes_in_time_allows(server: NatsServer, machine: Machine) -> None:
    """A permit that is heard before the command expires lets the write through, once."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await machine.show("RemoteEnabled", value=None, status=BAD_NOT_CONNECTED)
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await asyncio.sleep(0.5)
            assert await world.acks() == []
            await machine.show("RemoteEnabled", value=True)
            assert (await world.answer()).outcome is Outcome.CONFIRMED
            assert machine.writes == [80.0]

    run(act())


def test_a_machine_that_says_no_refuses_at_once(server: NatsServer, machine: Machine) -> None:
    """A permit that is a no is an answer, not something to wait for."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await machine.show("LockedOut", value=True)
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            ack = await refused(world, machine, "locked_out")
            assert ack.escalate

    run(act())


def test_a_value_outside_the_ceiling_is_refused(server: NatsServer, machine: Machine) -> None:
    """A grant wider than the plant file's ceiling allows nothing outside the ceiling."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command(value=60.0)
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await refused(world, machine, "above_ceiling")

    run(act())


def test_a_stop_refuses(server: NatsServer, machine: Machine) -> None:
    """While automatic actions are stopped nothing is written."""

    async def act() -> None:
        async with connected(server, machine) as world:
            world.desk.stop = True
            await asyncio.sleep(0.3)
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await refused(world, machine, "stopped")

    run(act())


def test_a_stored_stop_refuses_though_the_message_says_otherwise(
    server: NatsServer, machine: Machine
) -> None:
    """Either of the two, the stored stop or the message of the server, is enough to stop."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await (await world.bus.bucket("grants")).put("stop", b'{"stopped": true}')
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await refused(world, machine, "stopped")

    run(act())


def test_authority_that_was_not_confirmed_for_five_seconds_refuses(
    server: NatsServer, machine: Machine
) -> None:
    """When the server falls silent, what it said five seconds ago allows nothing any more."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command(life_s=9.0)
            await world.desk.issue(grant_for(wanted))
            await asyncio.sleep(0.3)
            world.desk.confirms = False
            await asyncio.sleep(5.2)
            await world.bus.publish(wanted)
            await refused(world, machine, "stop_unconfirmed")

    run(act())


def test_a_grant_that_the_server_does_not_confirm_refuses(
    server: NatsServer, machine: Machine
) -> None:
    """A grant put into the bucket by somebody else than the server has no force."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command(life_s=2.0)
            await world.desk.issue(grant_for(wanted))
            forged = msgspec.structs.replace(grant_for(wanted), comment="forged")
            await (await world.bus.bucket("grants")).put(f"grant.{forged.id}", encode(forged))
            await world.bus.publish(wanted)
            await refused(world, machine, "grant_unconfirmed")

    run(act())


def test_a_real_site_is_never_written(server: NatsServer, machine: Machine) -> None:
    """Real machines are read only, whatever is granted."""

    async def act() -> None:
        async with connected(server, machine, emulated=False) as world:
            wanted = msgspec.structs.replace(command(), for_site=SiteKind.REAL)
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await refused(world, machine, "read_only")

    run(act())


def test_an_expired_command_is_refused(server: NatsServer, machine: Machine) -> None:
    """A command that comes after its expiry is refused for that."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command(life_s=-1.0)
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await refused(world, machine, "command_expired")

    run(act())


def test_a_lost_acknowledgement_is_read_back_and_not_repeated(
    server: NatsServer, machine: Machine
) -> None:
    """A connection that ends during the write leaves one write, confirmed by reading back."""

    async def act() -> None:
        async with connected(server, machine) as world:
            machine.drops_answers = True
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            ack = await world.answer()
            assert (ack.outcome, ack.after) == (Outcome.CONFIRMED, 80.0)
            assert machine.writes == [80.0]
            assert await world.audits() == ["command.authorised", "command.confirmed"]

    run(act())


@pytest.mark.faults
def test_a_machine_that_keeps_its_value_fails_the_command(
    server: NatsServer, machine: Machine
) -> None:
    """A write that the machine accepts and does not follow is a failure after five seconds."""

    async def act() -> None:
        async with connected(server, machine) as world:
            machine.follows = False
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            ack = await world.answer()
            assert (ack.outcome, ack.reason, ack.after) == (Outcome.FAILED, "other_value", 100.0)
            assert (await world.audits())[-1] == "command.failed"

    run(act())


@pytest.mark.parametrize(
    ("reached", "outcome"),
    [(True, "confirmed"), pytest.param(False, "failed", marks=pytest.mark.faults)],
)
def test_a_death_between_reservation_and_write_never_writes_again(
    server: NatsServer, machine: Machine, *, reached: bool, outcome: str
) -> None:
    """What is reserved and not answered is read back after the restart, and not written."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await world.kill()
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await reserved(world, wanted)
            if reached:
                await machine.show("SpeedActual", 80.0)
            await world.bus.publish(wanted)
            await world.start()
            ack = await world.answer()
            assert (ack.outcome.value, machine.writes) == (outcome, [])
            assert await world.audits() == ["command.authorised", f"command.{outcome}"]

    run(act())


async def reserved(world: Connected, wanted: Command) -> None:
    """Leave what a connector leaves that dies just before the write."""
    usage = await world.bus.bucket("usage")
    intent = Intent(t_ns=wanted.t_ns, seen_ns=wanted.seen_ns, before=100.0, written_ns=wanted.t_ns)
    await usage.put(f"act.{wanted.id}", msgspec.json.encode(intent))
    used = reserve(Usage(grant_id="g1"), wanted, time.time_ns())
    await usage.put("usage.g1", encode(used))


def test_a_kill_while_reading_back_ends_in_one_write(server: NatsServer, machine: Machine) -> None:
    """A connector killed after the write confirms it after its restart, without writing again."""

    async def act() -> None:
        async with connected(server, machine) as world:
            machine.follows = False
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await until(lambda: written(machine))
            await world.kill()
            await machine.show("SpeedActual", 80.0)
            await world.start()
            assert (await world.answer()).outcome is Outcome.CONFIRMED
            assert machine.writes == [80.0]

    run(act())


def test_a_command_that_was_answered_is_done(server: NatsServer, machine: Machine) -> None:
    """After a restart with the command still in the inbox its acknowledgement ends it."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await world.answer()
            await world.kill()
            folds = await world.bus.bucket("folds")
            await folds.put(f"connect.inbox.{wanted.id}", encode(wanted))
            await world.start()
            await until(lambda: gone(world, wanted))
            assert len(await world.acks()) == 1
            assert machine.writes == [80.0]

    run(act())


async def written(machine: Machine) -> bool:
    """Whether anything was written to the machine."""
    return bool(machine.writes)


async def gone(world: Connected, wanted: Command) -> bool:
    """Whether the command left the inbox."""
    return await (await world.bus.bucket("folds")).get(f"connect.inbox.{wanted.id}") is None


def elsewhere(wanted: Command) -> Command:
    """The same command for a machine of another site."""
    return msgspec.structs.replace(wanted, id="", address=Address("juarez/a/b/mill"))


def revised(wanted: Command) -> Command:
    """A revision of the command, under its id, with another value."""
    return msgspec.structs.replace(wanted, rev=1, value=75.0)


@pytest.mark.parametrize("forged", [elsewhere, revised])
def test_a_command_that_nobody_here_may_act_on_is_passed_over(
    server: NatsServer, machine: Machine, forged: Callable[[Command], Command]
) -> None:
    """A command of another site or a revision stops neither the service nor what is granted."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.tell(f"lw.command.{MILL.subject()}", encode(forged(wanted)))
            await world.bus.publish(wanted)
            ack = await world.answer()
            assert (ack.command, ack.outcome) == (wanted.id, Outcome.CONFIRMED)
            assert machine.writes == [80.0]
            folds = await world.bus.bucket("folds")
            await until(lambda: gone(world, wanted))
            assert [key for key in await folds.keys() if ".inbox." in key] == []

    run(act())


def test_a_damaged_acknowledgement_stops_nothing(server: NatsServer, machine: Machine) -> None:
    """What cannot be read among the acknowledgements of a station answers no command."""

    async def act() -> None:
        async with connected(server, machine) as world:
            wanted = command()
            await world.bus.tell(f"lw.ack.{MILL.subject()}", b"\xff")
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await until(lambda: written(machine))
            await until(lambda: gone(world, wanted))
            newest = await world.bus.last(f"lw.ack.{MILL.subject()}")
            assert newest is not None
            assert decode(newest.data, Ack).outcome is Outcome.CONFIRMED

    run(act())


def test_a_command_that_waits_keeps_no_other_waiting(server: NatsServer, machine: Machine) -> None:
    """While one command waits for its grant, a granted one of the same station is written."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await world.bus.publish(command(value=90.0, grant="never"))
            await asyncio.sleep(0.5)
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            ack = await world.answer()
            assert (ack.command, ack.outcome) == (wanted.id, Outcome.CONFIRMED)

    run(act())


def test_nothing_waits_between_the_last_question_and_the_write(
    server: NatsServer, machine: Machine
) -> None:
    """A bus that stands still after the last question delays no write: it is made, or refused."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await world.kill()
            wanted = command()
            grant = grant_for(wanted)
            await world.desk.issue(grant)
            seen = await freezing(world, server, machine, wanted, encode(grant))
            assert seen == [80.0]

    run(act())


async def freezing(
    world: Connected, server: NatsServer, machine: Machine, wanted: Command, grant: bytes
) -> list[float]:
    """What was written while the bus stood still, from the last question about a command on."""
    session = await Session.open(Endpoint(url=machine.url))
    loop, seen, asked = asyncio.get_running_loop(), [], []
    plant = load_text(PLANT.replace("URL", machine.url))

    def ceiling(place: Address, name: str) -> Ceiling | None:
        asked.append(place)
        if len(asked) == 2:
            os.kill(server.pid, signal.SIGSTOP)
            loop.call_later(1.0, lambda: seen.extend(machine.writes))
            loop.call_later(1.0, lambda: os.kill(server.pid, signal.SIGCONT))
        return ceiling_of(plant, place, name, REV)

    site = Site(
        kind=SiteKind.SIMULATED,
        plant_rev=REV,
        stations=dict(plant.stations_in(Address("nogales"))),
        ceiling=ceiling,
        place=lambda place, name, one: place_of(plant, place, name, one, played=machine.url),
        device=lambda *_: UaDevice(session),
    )
    buckets = await world.bus.bucket("usage"), await world.bus.bucket("grants")
    clocks = Clocks(plant=world.bus.clock, wall_ns=time.time_ns, steady_ns=time.time_ns, begun_ns=0)
    enforcer = Enforcer(world.bus, buckets, site, clocks)
    said = {"stop": False, "grants": {"g1": hashlib.sha256(grant).hexdigest()}}
    enforcer.authority.hear(msgspec.json.encode(said), steady_ns=time.time_ns())
    await enforcer.act(wanted, asyncio.Event())
    await session.close()
    return seen


def test_nothing_is_written_for_a_case_that_is_over(server: NatsServer, machine: Machine) -> None:
    """A command that outlives its case is refused, whatever was granted."""

    async def act() -> None:
        async with connected(server, machine) as world:
            opened = step_of(CaseStage.OPEN)
            closed = step_of(CaseStage.CLOSED, case=opened.id, outcome=CaseOutcome.EXPIRED)
            first = await world.bus.append(opened, after=0)
            await world.bus.append(closed, after=first)
            wanted = msgspec.structs.replace(
                command(), id="", how=How.INFERRED, origin=Origin.CASE, case=opened.id
            )
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            await refused(world, machine, "case_closed")

    run(act())


def step_of(stage: CaseStage, **fields: Any) -> Case:  # noqa: ANN401  # fields of a case by name
    """A step of a case of the mill."""
    now_ns = time.time_ns()
    return Case(
        address=MILL,
        t_ns=now_ns,
        seen_ns=now_ns,
        plant_rev=REV,
        how=How.INFERRED,
        source="correct",
        stage=stage,
        kind="cycle_time",
        title="The mill is slow.",
        **fields,
    )


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_real_machine_sees_no_write_whatever_is_granted(
    server: NatsServer, machine: Machine, *, is_stopped: bool
) -> None:
    """With grant, permits and confirmation all in order, nothing reaches a real site's machine."""

    async def act() -> None:
        async with connected(server, machine, emulated=False) as world:
            world.desk.stop = is_stopped
            for site in SiteKind:
                one = command(grant=f"g-{site.value}")
                wanted = msgspec.structs.replace(one, id="", for_site=site)
                grant = grant_for(wanted, for_site=site)
                await world.desk.issue(grant)
                await world.bus.publish(wanted)
            await until(lambda: said(world, 2))
            assert {ack.reason for ack in await world.acks()} == {"read_only"}
            assert machine.writes == []

    run(act())


async def said(world: Connected, count: int) -> bool:
    """Whether so many commands were answered."""
    return len(await world.acks()) >= count


def test_what_nobody_knows_or_could_not_be_taken_back_calls_a_person() -> None:
    """An unknown outcome does, and an undo that is not shown to be done."""
    result = Result(outcome=Outcome.UNKNOWN)
    assert is_for_a_person(command(), result)
    undo = msgspec.structs.replace(command(), id="", is_undo=True, undo_of="a" * 26)
    for outcome in Outcome:
        assert is_for_a_person(undo, Result(outcome=outcome)) is (outcome is not Outcome.CONFIRMED)
    assert not is_for_a_person(command(), Result(outcome=Outcome.FAILED))


def test_what_is_acknowledged_as_before_is_what_may_be_written_again(
    server: NatsServer, machine: Machine
) -> None:
    """The value before and the reserved undo are both the set speed, not the measured one."""

    async def act() -> None:
        async with connected(server, machine) as world:
            await machine.show("SpeedActual", 99.25)
            wanted = command()
            await world.desk.issue(grant_for(wanted))
            await world.bus.publish(wanted)
            ack = await world.answer()
            data = await (await world.bus.bucket("usage")).get("usage.g1")
            assert data is not None
            (undo,) = decode(data, Usage).undos
            assert (ack.before, undo.value) == (100.0, 100.0)

    run(act())
