"""One command at a time and station: ask, reserve, write once, read back, say what became of it.

Every step that a death may interrupt is stored before the next one begins, in the bucket `usage`:

==========================  =================================================================
key                         what it says
==========================  =================================================================
``act.<command>``           it is about to be written: since when, and the value before
``written.<place>.<name>``  when this parameter was written in the last day, under any grant
``usage.<grant>``           what was used of a grant; with the command in it, it is reserved
==========================  =================================================================

The shell keeps a command in its inbox until it is acknowledged. One that is reserved and not
acknowledged is read back and never written again.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from linewright.bus import Bucket, Bus, Message
from linewright.connectors.enforce import (
    Authority,
    Facts,
    Place,
    Readings,
    Ruling,
    Verdict,
    agrees,
    decide,
    permits_of,
    places_of,
)
from linewright.connectors.faults import LinkLost, WriteRefused, WriteUnanswered
from linewright.connectors.link import Clocks, Device, wait_any
from linewright.connectors.records import (
    Result,
    Stamp,
    ack_of,
    audit_of,
    change_words,
    is_for_a_person,
    refused,
)
from linewright.plant import Address
from linewright.plant.authority import Ceiling, Grant, Usage, reserve
from linewright.plant.model import Command as Writable
from linewright.plant.model import Station, Tag
from linewright.plant.records import (
    Ack,
    Case,
    CaseStage,
    Command,
    Outcome,
    RecordInvalid,
    SiteKind,
    Value,
    decode,
    encode,
)

__all__ = ["Enforcer", "Site", "Stopped"]

ASK_S = 0.2
"""How often a command is asked about while the reason may still pass."""

SETTLE_S = 5.0
"""How long a machine may take to show what was written."""

RETURN_S = 30.0
"""How long a machine that was lost during a write is waited for before nobody knows."""

DAY_NS = 86_400_000_000_000
"""How long writes count against a rate, as in the rules of authority."""

WRITES_MAX = 1000
"""Most writes of one parameter that are remembered; a rate is far below."""

_KEY = re.compile(r"[-_=A-Za-z0-9]{1,128}")
T = TypeVar("T")

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The process ends; the command goes on after its next start."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every command of the site: its plant, its kind, its machines."""

    kind: SiteKind
    plant_rev: str
    stations: Mapping[Address, Station]
    ceiling: Callable[[Address, str], Ceiling | None]
    place: Callable[[Address, str, Tag | Writable], Place | None]
    """Where a tag or command of a station is, by its name."""
    device: Callable[[Address, str], Device | None]
    """What a station is reached through, by its connection; None while it is not reached."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A write that is about to be made, or was: stored before the reservation."""

    t_ns: int
    seen_ns: int
    before: Value | None = None
    written_ns: int | None = None


class Enforcer:
    """Acts on the commands of a site; it alone writes to machines.

    Parameters
    ----------
    bus
        Of the site.
    buckets
        `usage` and `grants`.
    site
        Its plant and machines.
    clocks
        The clocks; `utc_ns` of them is the steady one that grants are judged by.
    """

    def __init__(
        self, bus: Bus, buckets: tuple[Bucket, Bucket], site: Site, clocks: Clocks
    ) -> None:
        self._bus = bus
        self._usage, self._grants = buckets
        self._site = site
        self._clocks = clocks
        self._readings: dict[Address, Readings] = {}
        self._stations: dict[Address, asyncio.Lock] = {}
        self.authority = Authority()
        """What the server confirmed; the shell feeds it."""

    async def act(self, command: Command, stop: asyncio.Event) -> None:
        """Bring one command to its acknowledgement.

        Raises
        ------
        Stopped
            `stop` was set before; the command stays in the inbox.
        BusUnavailable
            The bus stayed away; likewise.
        """
        if await self._answered(command):
            return
        ruling: Ruling | None = None
        while True:
            # Held for one question at a time: a command that waits must not keep others waiting.
            async with self._stations.setdefault(command.address, asyncio.Lock()):
                found = await self._attempt(command, ruling, stop)
                if isinstance(found, Result):
                    await self._answer(command, found)
                    await self._usage.remove(f"act.{command.id}")
                    return
            ruling = found
            if await wait_any((stop,), ASK_S):
                raise Stopped

    async def _attempt(
        self, command: Command, before: Ruling | None, stop: asyncio.Event
    ) -> Result | Ruling:
        """What became of a command, or why it is to be asked about again."""
        intent = await self._stored(f"act.{command.id}", Intent) if before is None else None
        if intent is not None:
            usage = await self._usage_of(command)
            if usage is not None and _is_reserved(usage, command):
                return await self._after_restart(command, intent, stop)
        return await self._from_start(command, before, stop)

    # --- from the question to the write

    async def _from_start(
        self, command: Command, before: Ruling | None, stop: asyncio.Event
    ) -> Result | Ruling:
        readings = await self._read_station(command)
        facts = await self._facts(command, readings)
        ruling = decide(facts, before)
        if ruling.verdict is Verdict.AGAIN:
            return ruling
        if ruling.verdict is Verdict.REFUSE:
            return refused(ruling)
        intent = await self._reserve(command, facts, readings)
        await self._audit(command, "authorised", intent, "within grant and ceiling")
        # Storing may have taken long: permits, stop and grant must still be fresh. Nothing that
        # waits for the bus may come between this and the write.
        again = decide(await self._facts(command, readings, known=facts), ruling)
        if again.verdict is not Verdict.WRITE:
            return refused(again)
        return await self._write(command, intent, stop)

    async def _read_station(self, command: Command) -> Readings:
        """Read what a decision needs, in one request and link; without an answer readings age."""
        readings = self._readings.setdefault(command.address, Readings())
        places = self._places(command)
        target = places.get("target")
        wanted = sorted({each for each in places.values() if each != target or each.can_be_read})
        for through in sorted({each.through for each in wanted}):
            here = [each for each in wanted if each.through == through]
            device = self._site.device(command.address, through)
            if device is None:
                continue
            asked_ns = self._clocks.steady_ns()
            try:
                values = await device.read([each.item for each in here])
            except LinkLost as error:
                _log.info("permits of %s: %s", command.address, error)
            else:
                readings.read(here, values, steady_ns=asked_ns)
        return readings

    async def _facts(
        self, command: Command, readings: Readings, *, known: Facts | None = None
    ) -> Facts:
        """What is known now; of `known` only the count of uses is taken, from before it rose."""
        grant, stored = await self._grant(command.grant_id)
        stop = await self._grants.get("stop")
        case_closed = await self._is_closed(command.case)
        if known is None:
            usage = await self._usage_of(command)
            written = tuple(await self._stored(_written_key(command), list[int]) or ())
        else:
            usage, written = known.usage, known.permits.written_ns
        # Ages last: whatever the questions above took counts.
        steady_ns = self._clocks.steady_ns()
        permits = permits_of(
            command, self._site.kind, self._places(command), readings, steady_ns=steady_ns
        )
        return Facts(
            command=command,
            grant=grant,
            usage=usage,
            permits=msgspec.structs.replace(
                permits,
                stop=self.authority.stop(stop, steady_ns=steady_ns),
                grant_age_ns=self.authority.age_ns(command.grant_id, stored, steady_ns=steady_ns),
                written_ns=written,
            ),
            now_ns=self._clocks.utc_ns(),
            ceiling=self._site.ceiling(command.address, command.parameter),
            case_closed=case_closed,
        )

    async def _reserve(self, command: Command, facts: Facts, readings: Readings) -> Intent:
        """Store what is about to happen; the reservation itself comes last."""
        places = self._places(command)
        now_ns = facts.now_ns
        before = _before(places, readings)
        stamp = self._stamp()
        intent = Intent(t_ns=stamp.t_ns, seen_ns=stamp.seen_ns, before=before, written_ns=now_ns)
        await self._usage.put(f"act.{command.id}", msgspec.json.encode(intent))
        written = [at_ns for at_ns in facts.permits.written_ns if at_ns > now_ns - DAY_NS] + [
            now_ns
        ]
        await self._usage.put(_written_key(command), msgspec.json.encode(written[-WRITES_MAX:]))
        assert facts.usage is not None, "a command is allowed only where its usage is known"
        # What is acknowledged as the value before is what may be written again to take it back.
        used = reserve(facts.usage, command, now_ns, undo_value=before)
        await self._usage.put(_usage_key(command.grant_id), encode(used))
        return intent

    async def _write(self, command: Command, intent: Intent, stop: asyncio.Event) -> Result:
        target = self._places(command).get("target")
        device = None if target is None else self._site.device(command.address, target.through)
        assert command.value is not None, "the rules refuse a write without a value"
        if device is None or target is None:
            return _failed("not_connected", "the machine was lost before the write", intent)
        since_ns = self._clocks.steady_ns()
        try:
            await device.write(target.via, target.item, command.value)
        except WriteRefused as error:
            return _failed(error.what, str(error), intent)
        except WriteUnanswered as error:
            _log.warning("%s", error)
            return await self._read_back(command, intent, str(error), stop, since_ns=since_ns)
        except LinkLost as error:
            return _failed("not_connected", str(error), intent)
        words = change_words(command, intent.before)
        await self._audit(command, "written", self._stamp(), words)
        return await self._read_back(command, intent, None, stop, since_ns=since_ns)

    # --- from the write to the acknowledgement

    async def _read_back(
        self,
        command: Command,
        intent: Intent,
        doubt: str | None,
        stop: asyncio.Event,
        *,
        since_ns: int,
    ) -> Result:
        """Compare what the machine holds with what was written, for as long as it may take.

        Parameters
        ----------
        doubt
            Why it is not known whether it was written at all; None where the machine said yes.
        since_ns
            Steady time of the write: what is known from before it says nothing.
        """
        place = self._places(command).get("readback")
        assert command.value is not None, "only a value is written"
        if place is None:
            outcome = Outcome.WRITTEN if doubt is None else Outcome.UNKNOWN
            return _result(outcome, intent, reason=None if doubt is None else "unanswered")
        begun_ns = self._clocks.steady_ns()
        heard_ns, after = None, None
        while True:
            found = await self._read_one(command.address, place, since_ns)
            now_ns = self._clocks.steady_ns()
            if found is None:
                heard_ns = None  # lost meanwhile: what it held before says nothing
            else:
                after, heard_ns = found, now_ns if heard_ns is None else heard_ns
                if agrees(command.value, after):
                    return _result(Outcome.CONFIRMED, intent, after=after, text=doubt or "")
            if heard_ns is not None and now_ns - heard_ns > SETTLE_S * 1e9:
                text = f"the machine holds {after}, not {command.value}"
                return _result(Outcome.FAILED, intent, reason="other_value", after=after, text=text)
            if now_ns - begun_ns > RETURN_S * 1e9:
                text = doubt or "the machine was not read since the write"
                return _result(Outcome.UNKNOWN, intent, reason="unanswered", text=text)
            if await wait_any((stop,), ASK_S):
                raise Stopped

    async def _after_restart(self, command: Command, intent: Intent, stop: asyncio.Event) -> Result:
        # The same record as before the restart, where it was made then.
        await self._audit(command, "authorised", intent, "within grant and ceiling")
        doubt = "the connector was restarted after the reservation and did not write again"
        since_ns = self._clocks.steady_ns()
        return await self._read_back(command, intent, doubt, stop, since_ns=since_ns)

    async def _read_one(self, address: Address, place: Place, since_ns: int) -> Value | None:
        device = self._site.device(address, place.through)
        if device is None:
            return None
        readings = Readings()
        try:
            (raw,) = await device.read([place.item])
        except LinkLost:
            return None
        readings.read([place], [raw], steady_ns=self._clocks.steady_ns(), since_ns=since_ns)
        return readings.value(place)

    async def _answer(self, command: Command, result: Result) -> None:
        """Publish the audit, then the acknowledgement, which ends it."""
        stamp = self._stamp()
        if is_for_a_person(command, result):
            result = msgspec.structs.replace(result, escalate=True)
        text = result.explanation or change_words(command, result.before)
        if result.outcome is not Outcome.WRITTEN:
            # That it was written is said already, and nothing more is known then.
            outcome = result.reason or "done"
            step = result.outcome.value
            await self._bus.publish(audit_of(command, step, stamp, outcome=outcome, text=text))
        await self._bus.publish(ack_of(command, result, stamp))
        _log.info("command %s is %s: %s", command.id, result.outcome, text)

    async def _audit(self, command: Command, step: str, at: Stamp | Intent, text: str) -> None:
        stamp = Stamp(t_ns=at.t_ns, seen_ns=at.seen_ns, plant_rev=self._site.plant_rev)
        await self._bus.publish(audit_of(command, step, stamp, text=text))

    # --- what is stored

    async def _answered(self, command: Command) -> bool:
        """Whether the command has its acknowledgement."""
        subject = f"lw.ack.{command.address.subject()}"
        newest = await self._bus.last(subject)
        if newest is None:
            return False
        if _answers(newest, command):
            return True
        return any(_answers(message, command) for message in await self._bus.stored(subject))

    async def _is_closed(self, case: str | None) -> bool:
        """Whether a case has ended; nothing more is written for it then but what takes it back."""
        newest = case and await self._bus.last(f"lw.case.{self._bus.site}.{case}")
        if not newest:
            return False
        try:
            return decode(newest.data, Case).stage is CaseStage.CLOSED
        except RecordInvalid as error:
            _log.warning("the newest step of case %s is passed over: %s", case, error)
            return False

    async def _usage_of(self, command: Command) -> Usage | None:
        """What was used of the grant: nothing where nothing is stored, None where it is damaged."""
        data = await self._usage.get(_usage_key(command.grant_id))
        if data is None:
            return Usage(grant_id=command.grant_id)
        try:
            return decode(data, Usage)
        except RecordInvalid as error:
            _log.error("usage of %s: %s", command.grant_id, error)
            return None

    async def _grant(self, grant_id: str) -> tuple[Grant | None, bytes | None]:
        # The server names grants by keys of the bucket; under another name there is none.
        stored = await self._grants.get(f"grant.{grant_id}") if _KEY.fullmatch(grant_id) else None
        if stored is None:
            return None, None
        try:
            return decode(stored, Grant), stored
        except RecordInvalid as error:
            _log.error("grant %s: %s", grant_id, error)
            return None, None

    async def _stored(self, key: str, kind: type[T]) -> T | None:
        data = await self._usage.get(key)
        return None if data is None else msgspec.json.decode(data, type=kind)

    def _places(self, command: Command) -> dict[str, Place]:
        station = self._site.stations.get(command.address)
        if station is None:
            return {}
        return places_of(
            station, command, lambda name, one: self._site.place(command.address, name, one)
        )

    def _stamp(self) -> Stamp:
        now = self._clocks.now()
        return Stamp(t_ns=now.plant_ns, seen_ns=now.seen_ns, plant_rev=self._site.plant_rev)


def _answers(message: Message, command: Command) -> bool:
    """Whether a message acknowledges the command; one that cannot be read does not."""
    try:
        return decode(message.data, Ack).command == command.id
    except RecordInvalid as error:
        _log.warning("an acknowledgement at %s is passed over: %s", command.address, error)
        return False


def _before(places: Mapping[str, Place], readings: Readings) -> Value | None:
    """Value before a write: what was set where that can be read, else what is read back."""
    value = readings.value(places.get("target"))
    return readings.value(places.get("readback")) if value is None else value


def _is_reserved(usage: Usage, command: Command) -> bool:
    """Whether a use of the grant is counted for the command; an undo has used up its own."""
    if command.is_undo:
        return all(undo.of != command.undo_of for undo in usage.undos)
    return any(act.command_id == command.id for act in usage.acts)


def _written_key(command: Command) -> str:
    return f"written.{command.address.subject()}.{command.parameter}"


def _usage_key(grant_id: str) -> str:
    """Key of what was used of a grant; an odd name, under which there is no grant, by its hash."""
    if _KEY.fullmatch(grant_id):
        return f"usage.{grant_id}"
    return f"usage.{hashlib.sha256(grant_id.encode()).hexdigest()}"


def _failed(reason: str, text: str, intent: Intent) -> Result:
    return _result(Outcome.FAILED, intent, reason=reason, text=text)


def _result(
    outcome: Outcome,
    intent: Intent,
    *,
    reason: str | None = None,
    text: str = "",
    after: Value | None = None,
) -> Result:
    return Result(
        outcome=outcome,
        reason=reason,
        explanation=text,
        before=intent.before,
        after=after,
        written_ns=intent.written_ns,
    )
