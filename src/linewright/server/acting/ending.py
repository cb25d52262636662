"""Changes with an end: what was before is kept, written back in time, and followed to its outcome.

The book forgets a change once the machine has taken it back, or once a person is called: never
without a word. The value before is put into it when the acknowledgement is heard, so neither a
restart nor a thousand later commands lose it.

Who changes the same thing later decides how long: a later change that stays takes the end of an
earlier one away, and one that ends later carries it to its own end, when what was before both is
written back. Within the time of an earlier change a later one ends for itself.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from linewright.bus import Bus
from linewright.plant.records import (
    Ack,
    Audit,
    Call,
    CallEvent,
    CallKind,
    Command,
    How,
    Outcome,
    RecordInvalid,
    Value,
    decode,
    encode,
)
from linewright.server.folder import read_private, write_private
from linewright.server.known import Known

__all__ = ["Endings"]

ANSWER_S = 60.0
"""How long after a command has expired its acknowledgement is waited for: `connect` may restart."""

DONE = frozenset({Outcome.CONFIRMED, Outcome.WRITTEN})
"""The machine has taken it."""

NEVER = frozenset({Outcome.REFUSED, Outcome.FAILED})
"""It never was in force."""

TEXT_CHARS_MAX = 500
"""Longest words of an audit record that names the changes it is about."""

_S_NS = 1_000_000_000


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change with an end, or one that may take away the end of another."""

    command: str
    """The record, as JSON."""
    until_ns: int | None
    """None: it stays."""
    acked_ns: int | None = None
    """Plant time at which the machine took it; None: not that we know."""
    before: Value | None = None
    undo: str = ""
    """The command that takes it back, as JSON, once it is sent."""


class Endings:
    """The private book of the changes that have an end.

    Parameters
    ----------
    bus
        Of the site.
    known
        What has been heard: acknowledgements.
    book
        The file.
    """

    def __init__(self, bus: Bus, known: Known, book: Path) -> None:
        self._bus = bus
        self._known = known
        self._book = book
        self._changes: dict[str, _Change] = read_private(book, dict[str, _Change]) or {}
        self._called_ns = 0

    def __len__(self) -> int:
        return len(self._changes)

    def keep(self, command: Command, until_ns: int | None) -> None:
        """Write a change into the book, before it is sent.

        Parameters
        ----------
        command
            The change.
        until_ns
            Plant time of its end; None: it stays, and is of interest to earlier ones only.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        if until_ns is not None or any(self._alike(command)):
            self._put(command.id, _Change(command=encode(command).decode(), until_ns=until_ns))

    async def look(self) -> None:
        """Take back what has come to its end, and see what became of it.

        Raises
        ------
        BusUnavailable
            The bus does not answer: look again.
        OSError
            The book cannot be written: look again.
        """
        for name in list(self._changes):
            change = self._changes.get(name)
            if change is None:  # taken over by one before it
                continue
            command = decode(change.command.encode(), Command)
            if change.undo:
                await self._follow(name, decode(change.undo.encode(), Command))
            elif change.acked_ns is None:
                await self._hear(command, change)
            elif change.until_ns is not None and self._bus.clock.now_ns() >= change.until_ns:
                undo = _undo(command, change, time.time_ns())
                await self._bus.publish(undo)
                sent = encode(undo).decode()
                self._put(name, msgspec.structs.replace(change, undo=sent))

    async def _hear(self, command: Command, change: _Change) -> None:
        """See whether the machine has taken a change, and what it held before."""
        until_ns = change.until_ns
        is_over = until_ns is None or self._bus.clock.now_ns() >= until_ns
        ack = await self._ack(command, is_over=is_over)
        if until_ns is None:
            is_done = ack is not None and ack.outcome in DONE
            if ack is not None and is_done and await self._take_over(command, ack, None):
                return
            if ack is not None or _is_long_over(command):
                self._forget(command.id)
        elif ack is None:
            if is_over and _is_long_over(command):
                await self._call(command, "nobody knows whether it was written")
        elif ack.outcome in NEVER:
            self._forget(command.id)
        elif ack.outcome not in DONE:
            await self._call(command, f"nobody knows what the machine holds: {_why(ack)}")
        elif ack.before is None:
            await self._call(command, "what it held before is not known")
        elif not await self._take_over(command, ack, until_ns):
            heard = msgspec.structs.replace(change, acked_ns=ack.t_ns, before=ack.before)
            self._put(command.id, heard)

    def _alike(self, command: Command) -> Iterator[tuple[str, _Change, int]]:
        """Other changes of the same thing whose end is to come: name, change, end; oldest first."""
        wanted = (command.address, command.parameter)
        for name, change in self._changes.items():
            other = decode(change.command.encode(), Command)
            is_alike = name != command.id and (other.address, other.parameter) == wanted
            if is_alike and change.until_ns is not None and not change.undo:
                yield name, change, change.until_ns

    async def _take_over(self, command: Command, ack: Ack, until_ns: int | None) -> bool:
        """End earlier changes of the same thing no sooner than this one; whether there were any.

        What is written back in the end is what was there before the first of them: connect has
        reserved that under its name. This one leaves the book in the same write.
        """
        earlier = [
            (name, change, end_ns)
            for name, change, end_ns in self._alike(command)
            if change.acked_ns is not None
            and change.acked_ns <= ack.t_ns
            and (until_ns is None or end_ns <= until_ns)
        ]
        if not earlier:
            return False
        # Said before it is so: killed in between, it is said twice.
        await self._audit(command, until_ns, [name for name, _, _ in earlier])
        gone = {command.id, *(name for name, _, _ in earlier)}
        left = {name: each for name, each in self._changes.items() if name not in gone}
        if until_ns is not None:
            name, first, _ = earlier[0]
            left[name] = msgspec.structs.replace(first, until_ns=until_ns)
        self._write(left)
        return True

    async def _audit(self, command: Command, until_ns: int | None, names: Sequence[str]) -> None:
        """Record that ends are taken away or moved."""
        stays = until_ns is None
        said = "is taken away: a later one stays" if stays else "is moved to that of a later one"
        which = ", ".join(names)
        record = Audit(
            address=command.address,
            t_ns=self._bus.clock.now_ns(),
            seen_ns=time.time_ns(),
            plant_rev=command.plant_rev,
            how=How.INFERRED,
            source="server",
            by=command.by,
            action="change.end_taken_away" if stays else "change.end_moved",
            outcome="done",
            of=command.id,
            of_class="command",
            text=f"the end of the change of {command.parameter} by {which} {said}"[:TEXT_CHARS_MAX],
        )
        await self._bus.publish(record)

    async def _follow(self, name: str, undo: Command) -> None:
        """See what became of an undo."""
        ack = await self._ack(undo, is_over=True)
        if ack is not None and ack.outcome in DONE:
            self._forget(name)
        elif ack is not None:
            await self._call(undo, f"it could not be set back to {undo.value}: {_why(ack)}")
        elif _is_long_over(undo):
            await self._call(undo, f"nobody answered when it was to be set back to {undo.value}")

    async def _ack(self, command: Command, *, is_over: bool) -> Ack | None:
        """Return what became of a command.

        Parameters
        ----------
        is_over
            Whether it must be known now: then what was heard too long ago is looked for once on
            the bus, before a person is called.
        """
        found = self._known.acks.get(command.id)
        if found is None and is_over and _is_long_over(command):
            async for message in self._bus.past(f"lw.ack.{command.address.subject()}"):
                ack = _read(message.data)
                if ack is not None and ack.command == command.id:
                    found = ack
        return found

    async def _call(self, command: Command, what: str) -> None:
        """Call a person to a change that has to be ended by hand, and forget it."""
        name = command.undo_of or command.id
        until_ns = self._changes[name].until_ns
        assert until_ns is not None, "nobody is called to a change that stays"
        # Two calls of one station in one moment would be one record.
        self._called_ns = max(self._bus.clock.now_ns(), self._called_ns + 1)
        to_do = "look at the machine, and set it back by hand"
        is_over = self._called_ns >= until_ns
        end = f"{to_do}." if is_over else f"{to_do} when its time is over."
        call = Call(
            address=command.address,
            t_ns=self._called_ns,
            seen_ns=time.time_ns(),
            plant_rev=command.plant_rev,
            how=How.INFERRED,
            source="server",
            by=command.by,
            kind=CallKind.MAINTENANCE,
            event=CallEvent.RAISED,
            text=f"{command.parameter} was changed for a time, and {what}: {end}",
        )
        await self._bus.publish(call)
        self._forget(name)

    def _put(self, name: str, change: _Change) -> None:
        self._write({**self._changes, name: change})

    def _forget(self, name: str) -> None:
        self._write({key: each for key, each in self._changes.items() if key != name})

    def _write(self, changes: dict[str, _Change]) -> None:
        write_private(self._book, msgspec.json.encode(changes))
        self._changes = changes


def _undo(command: Command, change: _Change, now_ns: int) -> Command:
    assert change.acked_ns is not None, "only what is in force is taken back"
    assert change.until_ns is not None, "only what has an end is taken back"
    return msgspec.structs.replace(
        command,
        id="",
        t_ns=max(change.until_ns, change.acked_ns),  # the same record, should it be made again
        seen_ns=now_ns,
        value=change.before,
        expires_ns=now_ns + command.expires_ns - command.seen_ns,
        is_undo=True,
        undo_of=command.id,
        why="its end has come",
    )


def _is_long_over(command: Command) -> bool:
    return time.time_ns() > command.expires_ns + int(ANSWER_S * _S_NS)


def _why(ack: Ack) -> str:
    return ack.explanation or ack.reason or ack.outcome.value


def _read(data: bytes) -> Ack | None:
    try:
        return decode(data, Ack)
    except RecordInvalid:
        return None
