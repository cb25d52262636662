"""A change with an end leaves the book only when it is taken back, or when a person is called."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import Bus, NatsServer
from linewright.plant.records import Ack, Audit, Call, Command, How, Origin, Outcome, decode
from linewright.plant.records.examples import example
from linewright.server.acting.ending import ANSWER_S, Endings
from linewright.server.known import COMMANDS_MAX, Known
from tests.server.scenes import line_of, new_site

S_NS = 1_000_000_000
OVER_S = ANSWER_S + 1
"""So long ago a command expired for whose answer nobody waits any more."""


class Scene:
    """A bus, and the book of a server that can be restarted."""

    def __init__(self, bus: Bus, book: Path) -> None:
        self.bus = bus
        self.book = book
        self.mill = line_of(bus.site).child("mill")
        self.restart()

    def restart(self) -> None:
        """Begin anew: what was heard is forgotten, the book is not."""
        self.known = Known()
        self.endings = Endings(self.bus, self.known, self.book)

    def change(self, *, until_s: float | None = 0.0, expired_s: float = -30.0) -> Command:
        """Keep a change that ends so many seconds from now; None: one that stays."""
        now_ns = self.bus.clock.now_ns()
        expires_ns = now_ns - int(expired_s * S_NS)
        made = msgspec.structs.replace(
            example(Command), id="", address=self.mill, t_ns=now_ns,
            seen_ns=expires_ns - 30 * S_NS,
            expires_ns=expires_ns, case=None, origin=Origin.PERSON, by="p7",
        )  # fmt: skip
        self.endings.keep(made, None if until_s is None else now_ns + int(until_s * S_NS))
        return made

    async def changed(self, until_s: float | None, before: float) -> Command:
        """A change that the machine has taken."""
        command = self.change(until_s=until_s)
        self.ack(command, Outcome.CONFIRMED, before=before)
        await self.endings.look()
        return command

    async def actions(self) -> list[str]:
        """What stands in the audit."""
        found = await self.bus.stored(f"lw.audit.{self.mill.subject()}")
        return [decode(each.data, Audit).action for each in found]

    def ack(self, command: Command, outcome: Outcome, **fields: Any) -> Ack:  # noqa: ANN401 - by name
        """An acknowledgement that is heard."""
        made = Ack(
            address=command.address, t_ns=command.t_ns + 1, seen_ns=command.seen_ns,
            plant_rev=command.plant_rev, how=How.MACHINE, source="connect", command=command.id,
            outcome=outcome, **fields,
        )  # fmt: skip
        self.known.hear_record(made)
        return made

    async def undone(self) -> Command:
        """Look until the undo is on the stream."""
        for _ in range(2):
            await self.endings.look()
        (message,) = await self.bus.stored(f"lw.command.{self.mill.subject()}")
        return decode(message.data, Command)

    async def calls(self) -> list[str]:
        """What persons were called for."""
        found = await self.bus.stored(f"lw.call.{self.mill.subject()}")
        return [decode(each.data, Call).text for each in found]

    @property
    def kept(self) -> dict[str, Any]:
        """What stands in the book."""
        return dict(json.loads(self.book.read_text()))


@asynccontextmanager
async def scene_of(nats: NatsServer, folder: Path) -> AsyncIterator[Scene]:
    """A scene at a site of its own, whose plant time is the wall clock."""
    async with asyncio.timeout(25), await Bus.connect(nats.address, site=new_site(), name="t") as b:
        yield Scene(b, folder / "changes.json")


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.REFUSED, Outcome.UNKNOWN])
def test_an_undo_is_followed_to_its_outcome(
    outcome: Outcome, nats: NatsServer, tmp_path: Path
) -> None:
    """It stays in the book until the machine has taken it; otherwise a person is called."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            command = scene.change()
            scene.ack(command, Outcome.CONFIRMED, before=100.0)
            undo = await scene.undone()
            assert (undo.undo_of, undo.value) == (command.id, 100.0)
            scene.restart()
            await scene.endings.look()
            assert (list(scene.kept), await scene.calls()) == ([command.id], [])
            why = None if outcome is Outcome.CONFIRMED else "locked_out"
            scene.ack(undo, outcome, reason=why)
            await scene.endings.look()
            called = await scene.calls()
            assert (scene.kept, len(called)) == ({}, outcome is not Outcome.CONFIRMED)
            assert not called or "could not be set back to 100.0: locked_out" in called[0]

    asyncio.run(play())


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.UNKNOWN])
def test_without_a_value_before_a_person_is_called(
    outcome: Outcome, nats: NatsServer, tmp_path: Path
) -> None:
    """What can not be taken back by a command is said at once, not forgotten."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            command = scene.change(until_s=600.0)
            why = None if outcome is Outcome.CONFIRMED else "unanswered"
            scene.ack(command, outcome, reason=why)
            await scene.endings.look()
            (text,) = await scene.calls()
            assert text.endswith("set it back by hand when its time is over.")
            assert scene.kept == {}

    asyncio.run(play())


def test_the_value_before_is_kept_in_the_book(nats: NatsServer, tmp_path: Path) -> None:
    """A thousand later commands and a restart do not lose what the machine held."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            command = scene.change(until_s=0.5)
            ack = scene.ack(command, Outcome.CONFIRMED, before=100.0)
            await scene.endings.look()
            for n in range(COMMANDS_MAX):
                scene.known.hear_record(msgspec.structs.replace(ack, command=f"c-{n}", id=""))
            assert command.id not in scene.known.acks
            scene.restart()
            await asyncio.sleep(0.6)
            assert (await scene.undone()).value == 100.0

    asyncio.run(play())


def test_nobody_answers(nats: NatsServer, tmp_path: Path) -> None:
    """An answer of long ago is found on the bus; where there is none, a person is called."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            command = scene.change(expired_s=OVER_S)
            await scene.bus.publish(scene.ack(command, Outcome.CONFIRMED, before=100.0))
            scene.restart()
            assert (await scene.undone()).value == 100.0
            lost = msgspec.structs.replace(command, t_ns=command.t_ns + 1, id="")
            scene.endings.keep(lost, lost.t_ns)
            await scene.endings.look()
            (text,) = await scene.calls()
            assert "nobody knows whether it was written" in text
            assert list(scene.kept) == [command.id]

    asyncio.run(play())


def test_a_later_change_that_stays_takes_the_end_away(nats: NatsServer, tmp_path: Path) -> None:
    """Nothing is written back over what a person set later; refused, it takes nothing away."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            first = await scene.changed(600.0, 100.0)
            refused = scene.change(until_s=None)
            scene.ack(refused, Outcome.REFUSED, reason="locked_out")
            await scene.endings.look()
            assert (list(scene.kept), await scene.actions()) == ([first.id], [])
            scene.restart()
            await scene.changed(None, 80.0)
            assert (scene.kept, await scene.calls()) == ({}, [])
            assert await scene.actions() == ["change.end_taken_away"]

    asyncio.run(play())


def test_a_change_that_stays_is_kept_for_earlier_ones_only(
    nats: NatsServer, tmp_path: Path
) -> None:
    """One that nobody answers is forgotten, and the earlier end stands."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            scene.change(until_s=None)
            assert not scene.book.exists()
            first = await scene.changed(600.0, 100.0)
            scene.change(until_s=None, expired_s=OVER_S)
            await scene.endings.look()
            assert (list(scene.kept), await scene.calls()) == ([first.id], [])

    asyncio.run(play())


def test_a_later_end_carries_the_earlier_one(nats: NatsServer, tmp_path: Path) -> None:
    """At the later end the value before both is written back, under the name of the first."""

    async def play() -> None:
        async with scene_of(nats, tmp_path) as scene:
            first = await scene.changed(600.0, 100.0)
            inner = await scene.changed(300.0, 80.0)
            assert list(scene.kept) == [first.id, inner.id]
            last = await scene.changed(900.0, 70.0)
            (kept,) = scene.kept.items()
            assert (kept[0], kept[1]["before"]) == (first.id, 100.0)
            assert kept[1]["until_ns"] - last.t_ns == 900 * S_NS
            assert await scene.actions() == ["change.end_moved"]

    asyncio.run(play())
