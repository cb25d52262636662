"""One command of a person: shown first, granted once, sent, and followed to what became of it.

The order makes every crash harmless: the grant first, which allows one command that nobody sends
yet; then its audit record; last the command. A change with an end is written into a private book
before it is sent, and taken back from there, also after a restart.
"""

import asyncio
import contextlib
import copy
import hashlib
import logging
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from linewright.bus import Applied, Bus, BusUnavailable
from linewright.plant import Address, model
from linewright.plant.authority import Ceiling, ceiling_of
from linewright.plant.language import nearest
from linewright.plant.records import (
    Ack,
    ActionKind,
    Command,
    How,
    Origin,
    SiteKind,
    Value,
    encode,
)
from linewright.server.acting.ending import Endings
from linewright.server.desk import Desk, Refusal
from linewright.server.grants import Grants, grant_for
from linewright.server.known import Known

__all__ = ["Order", "Sending"]

LOG = logging.getLogger(__name__)

NS_PER_S = 1_000_000_000

EXPIRES_S = 30.0
"""How long a command may be waited for where the plant file does not say: a person looks on."""

ASK_S = 3.0
"""How long history may take to tell the present value: without it, it is not shown."""

UNDOS_MAX = 1000
"""Most changes with an end that are kept at once."""

LOOK_S = 1.0
"""How often a change that has come to its end is looked for."""

PERMITS = ("remote_enabled", "automatic", "locked_out", "guard_open", "maintenance", "set_up")
"""What a machine says of itself before it is written to."""

ALWAYS = ("remote_enabled", "automatic", "locked_out")
"""Those without which `connect` writes nothing, whatever the machine is."""


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person wants written.

    Examples
    --------
    >>> Order(address="reno/shop/pump/mill", parameter="speed", value=80.0).until_ns is None
    True
    """

    address: str
    parameter: str
    value: Value
    until_ns: int | None = None
    """Plant time at which it is taken back; None: it stays."""


class Sending:
    """Where a person sends commands by hand.

    Parameters
    ----------
    desk
        Where the person acts; it audits.
    bus
        Of the site.
    applied
        The plant in force.
    grants
        The grants of the site.
    known
        What has been heard: acknowledgements.
    book
        Private file of the changes that have an end.
    """

    def __init__(
        self, desk: Desk, bus: Bus, applied: Applied, grants: Grants, known: Known, *, book: Path
    ) -> None:
        self._desk = desk
        self._bus = bus
        self._applied = applied
        self._grants = grants
        self._known = known
        self._endings = Endings(bus, known, book)
        self._acting = asyncio.Lock()

    def by(self, desk: Desk) -> "Sending":
        """Return the same for another person; they send one at a time, and all is taken back.

        Parameters
        ----------
        desk
            Where that person acts.
        """
        other = copy.copy(self)
        other._desk = desk  # noqa: SLF001  # a copy of our own
        return other

    async def offer(self, address: str, parameter: str) -> dict[str, Any]:
        """Return what a command is: its bounds, who may, what the machine says now.

        Raises
        ------
        Refusal
            There is no such station or command; the nearest name is told.
        """
        place, command = self._command(address, parameter)
        ceiling = self._ceiling(place, parameter)
        tags = self._tags(place, command)
        last = await self._last(sorted(set(tags.values())))
        bounds = command.range
        return {
            "address": str(place),
            "parameter": parameter,
            "label": model.label_in(command.label, "en", parameter),
            "unit": command.unit or "",
            "action": command.sets,
            "range": [bounds.low, bounds.high] if bounds else [None, None],
            "allowed": _allowed(ceiling),
            "choices": list(command.choices),
            "step": command.step,
            "roles": [role.value for role in ceiling.roles] if ceiling else [],
            "can_undo": bool(command.readback),
            "simulated": self._applied.emulated,
            "refused": self._fault(ceiling, parameter, place),
            "present": last.get(tags.get("readback", "")),
            "permits": {name: last.get(tag) for name, tag in tags.items() if name != "readback"},
        }

    async def send(self, order: Order) -> Command:
        """Grant and send one command; returns it.

        Raises
        ------
        Refusal
            The site is real, there is no such command, nobody or not this person may send it,
            the value is outside what is allowed, or automatic actions are stopped.
        BusUnavailable
            The bus does not answer: it may or may not be sent.
        """
        async with self._acting:
            try:
                return await self._send(order)
            except Refusal as refusal:
                await self._desk.audit(
                    "send.refused",
                    "not_done",
                    of_class="command",
                    text=f"{self._desk.person.id} could not send "
                    f"{order.address[:120]}#{order.parameter[:64]}: {refusal.what}",
                )
                raise

    def outcome(self, command_id: str) -> dict[str, Any]:
        """Return what became of a command so far.

        Raises
        ------
        Refusal
            There is no such command, or it is long ago.
        """
        command = self._known.commands.get(command_id)
        if command is None:
            raise Refusal(404, "there is no such command", "/api/commands", "send it first")
        ack = self._known.acks.get(command_id)
        return _told(command, ack)

    async def take_back(self) -> None:
        """Take back what has come to its end, once a second, for ever."""
        while True:
            with contextlib.suppress(BusUnavailable, OSError):
                await self._endings.look()
            await asyncio.sleep(LOOK_S)

    async def _send(self, order: Order) -> Command:
        place, wanted = self._command(order.address, order.parameter)
        where = f"{place}#{order.parameter}"
        ceiling = self._ceiling(place, order.parameter)
        fault = self._fault(ceiling, order.parameter, place)
        if fault:
            raise Refusal(403, fault, where, "`linewright send` tells what may be sent")
        assert ceiling is not None, "without one there is a fault"
        value = _value_of(order.value, wanted, where)
        if not ceiling.limit.allows(value):
            what = f"{value} is outside what the plant file allows, {_allowed(ceiling)}"
            raise Refusal(403, what, where, "see `authority:` in the plant file")
        if self._grants.stop.stopped:
            what = "automatic actions are stopped"
            raise Refusal(409, what, where, "let them go on first, or do it by hand")
        self._must_end_well(order, wanted, where)
        command = self._made(place, order, wanted, value)
        self._endings.keep(command, order.until_ns)
        grant = grant_for(command, self._desk.person, now_ns=time.time_ns(), comment="by hand")
        await self._grants.issue(grant)
        await self._grants.confirm(time.time_ns())
        await self._desk.audit(
            "grant.issued",
            "done",
            of=grant.id,
            of_class="grant",
            content_sha256=hashlib.sha256(encode(grant)).hexdigest(),
            grant_id=grant.id,
            text=f"{self._desk.person.id} ({self._desk.person.role.value}) sends {where} = {value}",
        )
        self._known.hear_record(command)
        await self._bus.publish(command)
        return command

    def _command(self, address: str, parameter: str) -> tuple[Address, model.Command]:
        """Return the station and the command of the plant file that are meant."""
        stations = dict(self._applied.plant().stations_in(Address(self._bus.site)))
        where = f"{address[:120]}#{parameter[:64]}"
        place = next((each for each in stations if each == address), None)
        if place is None:
            near = nearest(address[:200], stations)
            to_do = f"did you mean `{near}`?" if near else "`linewright show` lists the stations"
            raise Refusal(404, "there is no such station", where, to_do)
        commands = stations[place].commands
        if parameter not in commands:
            near = nearest(parameter[:200], commands)
            there = f"there are: {', '.join(commands)}" if commands else "it has no commands"
            to_do = f"did you mean `{near}`?" if near else there
            raise Refusal(404, f"{place} has no such command", where, to_do)
        return place, commands[parameter]

    def _ceiling(self, place: Address, parameter: str) -> Ceiling | None:
        return ceiling_of(self._applied.plant(), place, parameter, self._applied.rev)

    def _fault(self, ceiling: Ceiling | None, parameter: str, place: Address) -> str:
        """Return why this person can send nothing here; empty where there is no reason."""
        if not self._applied.emulated:
            return "the machines of a real site are only read in this version"
        if ceiling is None:
            return f"the plant file allows no `{parameter}` at {place}"
        role = self._desk.person.role
        if ceiling.roles and role not in ceiling.roles:
            roles = ", ".join(each.value for each in ceiling.roles)
            return f"the role {role.value} may not; ask one of the roles {roles}"
        station = dict(self._applied.plant().stations_in(place))[place]
        roles_there = {tag.role for tag in station.tags.values()}
        lacking = [f"permit.{name}" for name in ALWAYS if f"permit.{name}" not in roles_there]
        if lacking:
            return f"the machine has to permit it: give tags of it the roles {', '.join(lacking)}"
        return ""

    def _must_end_well(self, order: Order, wanted: model.Command, where: str) -> None:
        if order.until_ns is None:
            return
        if not wanted.readback:
            what = "what it held before cannot be read back, so it cannot be taken back"
            raise Refusal(409, what, where, "send it without an end, and end it by hand")
        if order.until_ns <= self._bus.clock.now_ns():
            raise Refusal(422, "its end is over already", where, "choose a later one")
        if len(self._endings) >= UNDOS_MAX:
            what = f"{UNDOS_MAX} changes wait for their end"
            raise Refusal(409, what, where, "send it without an end")

    def _made(self, place: Address, order: Order, wanted: model.Command, value: Value) -> Command:
        now_ns = time.time_ns()
        made = Command(
            address=place,
            t_ns=self._bus.clock.now_ns(),
            seen_ns=now_ns,
            plant_rev=self._applied.rev,
            how=How.PERSON,
            source="server",
            by=self._desk.person.id,
            action=ActionKind(wanted.sets),
            parameter=order.parameter,
            value=value,
            expires_ns=now_ns + round((wanted.expires_s or EXPIRES_S) * NS_PER_S),
            grant_id="g-none",
            for_site=SiteKind.SIMULATED,
            origin=Origin.PERSON,
            idempotent=wanted.idempotent,
            readback=bool(wanted.readback),
            permit=wanted.permit,
            max_rate_per_h=wanted.max_rate_per_h,
            why="sent by hand",
        )
        # The id does not depend on the grant, so that the grant can name the command.
        return msgspec.structs.replace(made, grant_id=f"g-{made.id}")

    def _tags(self, place: Address, command: model.Command) -> dict[str, str]:
        """Return the tags of a station that tell whether and what may be written now."""
        station = dict(self._applied.plant().stations_in(place))[place]
        found = {}
        for name, tag in station.tags.items():
            role = (tag.role or "").removeprefix("permit.")
            if (tag.role or "").startswith("permit.") and role in (*PERMITS, command.permit):
                found[role] = str(place.with_tag(name))
        if isinstance(command.readback, str):
            found["readback"] = str(place.with_tag(command.readback))
        return found

    async def _last(self, tags: list[str]) -> Mapping[str, Any]:
        """Return the last value of each tag, with its time and quality; nothing without history."""
        if not tags:
            return {}
        subject = f"lw.ask.{self._bus.site}.history.last"
        try:
            data = await self._bus.ask(
                subject, msgspec.json.encode({"tags": tags}), timeout_s=ASK_S
            )
            columns = msgspec.json.decode(data, type=dict[str, list[Any]])
        except (BusUnavailable, msgspec.MsgspecError) as error:
            LOG.info("the last values are not known: %s", error)
            return {}
        rows = zip(*columns.values(), strict=False)
        return {row["tag"]: row for each in rows if (row := dict(zip(columns, each, strict=True)))}


def _allowed(ceiling: Ceiling | None) -> str:
    """Return in words which values may be written."""
    if ceiling is None:
        return "nothing"
    limit = ceiling.limit
    if limit.choices:
        return ", ".join(limit.choices)
    if limit.low is None and limit.high is None:
        return "any value"
    low = "" if limit.low is None else f"{limit.low:g}"
    high = "" if limit.high is None else f"{limit.high:g}"
    return f"{low} to {high}".strip()


def _value_of(value: Value, wanted: model.Command, where: str) -> Value:
    """Return a value as the command takes it.

    Raises
    ------
    Refusal
        It is of another kind, or no number.
    """
    if wanted.choices:
        if value not in wanted.choices:
            choices = ", ".join(wanted.choices)
            raise Refusal(422, f"`{str(value)[:64]}` is none of its values", where, choices)
        return value
    if isinstance(value, str):
        raise Refusal(422, f"`{value[:64]}` is no number", where, "send a number")
    if not isinstance(value, bool) and not math.isfinite(value):
        raise Refusal(422, f"{value} is no number", where, "send a number")
    return value


def _told(command: Command, ack: Ack | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": command.id,
        "address": str(command.address),
        "parameter": command.parameter,
        "value": command.value,
        "expires_ms": command.expires_ns // 1_000_000,
        "outcome": None,
    }
    if ack is None:
        return found
    return found | {
        "outcome": ack.outcome.value,
        "reason": ack.reason or "",
        "explanation": ack.explanation,
        "before": ack.before,
        "after": ack.after,
    }
