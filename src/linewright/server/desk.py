"""What a person can do here: confirm or refuse a proposal, and stop automatic actions.

Each act is audited, done or refused. The order of a confirmation makes every crash harmless: the
grant first, which only allows one command that nobody sends yet; then its audit record; last the
step of the case, behind which the command is sent. Confirming again after a crash begins anew.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Sequence

import msgspec

from linewright.bus import Applied, Bus, BusUnavailable, Conflict, Message
from linewright.correct import command_of, fold_case
from linewright.plant import Address
from linewright.plant.authority import ceiling_of
from linewright.plant.records import (
    Audit,
    Case,
    CaseOutcome,
    CaseStage,
    Command,
    How,
    RecordInvalid,
    SiteKind,
    decode,
    encode,
)
from linewright.server.grants import Grants, Person, grant_for
from linewright.server.known import Stop

__all__ = ["Desk", "Refusal"]

LOG = logging.getLogger(__name__)

LATE_S = 5.0
"""How long after it was asked for a confirmation still counts: whoever asked waits no longer."""


class Refusal(Exception):
    """What a person asked for and does not get.

    Parameters
    ----------
    status
        HTTP status.
    what
        What is wrong, one sentence without a full stop.
    where
        Case or route that it is about.
    to_do
        What to do.
    """

    def __init__(self, status: int, what: str, where: str, to_do: str) -> None:
        super().__init__(status, what, where, to_do)
        self.status = status
        self.what = what
        self.where = where
        self.to_do = to_do

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.to_do})"


class Desk:
    """Where one person acts on one site.

    Parameters
    ----------
    bus
        Of the site.
    applied
        The plant in force.
    grants
        The grants of the site.
    person
        Who acts.
    """

    def __init__(self, bus: Bus, applied: Applied, grants: Grants, person: Person) -> None:
        self._bus = bus
        self._applied = applied
        self._grants = grants
        self.person = person
        # One act at a time: two confirmations of one case would share the id of the grant.
        self._acting = asyncio.Lock()

    def by(self, person: Person) -> "Desk":
        """Return the same desk for another person: acts of both go on one at a time.

        Parameters
        ----------
        person
            Who acts from now on.
        """
        desk = Desk(self._bus, self._applied, self._grants, person)
        desk._acting = self._acting  # it is the same desk
        return desk

    async def confirm(self, case_id: str) -> Case:
        """Grant what a case proposes; returns the step that says so.

        Raises
        ------
        Refusal
            There is no such case or it is not proposed now, the proposal is over, the person's
            role may not, automatic actions are stopped, or it was asked for too long ago.
        BusUnavailable
            The bus does not answer: it may or may not be granted.
        """
        asked_s = time.monotonic()
        async with self._acting:
            try:
                return await self._confirm(case_id, asked_s)
            except Refusal as refusal:
                await self._audit_refused(case_id, refusal)
                raise

    async def refuse(self, case_id: str) -> Case:
        """Close a case as refused by the person; returns the step that says so.

        Raises
        ------
        Refusal
            There is no such case, or it is not proposed now.
        BusUnavailable
            The bus does not answer: it may or may not be refused.
        """
        lesson = "A person said no."
        async with self._acting:
            case, last = await self._proposed(case_id)
            step = self._step(
                case, stage=CaseStage.CLOSED, outcome=CaseOutcome.REFUSED, lesson=lesson
            )
            await self._append(step, last, case_id)
            text = f"{self.person.id} refused: {case.title}"
            await self.audit(
                "confirm.refused", "refused", of=case_id, of_class="case", case=case_id, text=text
            )
            return step

    async def set_stop(self, *, stopped: bool) -> Stop:
        """Stop automatic actions, or let them go on; this is not an emergency stop.

        Raises
        ------
        BusUnavailable
            The bus does not answer: ask again.
        """
        stop = Stop(stopped=stopped, by=self.person.id, at_ns=self._plant_ns())
        await self._grants.set_stop(stop)
        action, text = "stop.set", "Automatic actions are stopped (not an emergency stop)."
        if not stopped:
            action, text = "stop.cleared", "Automatic actions may go on."
        await self.audit(action, "done", of_class="stop", text=text)
        return stop

    async def _confirm(self, case_id: str, asked_s: float) -> Case:
        case, last = await self._proposed(case_id)
        if time.monotonic() - asked_s > LATE_S:
            what = "the bus was away for too long, and nothing was granted"
            raise Refusal(503, what, case_id, "look at the case, and confirm again")
        if self._grants.stop.stopped:
            what = "automatic actions are stopped"
            raise Refusal(409, what, case_id, "let them go on first, or do it by hand")
        if not case.proposal:
            raise Refusal(409, "the case proposes no change", case_id, "do what it advises by hand")
        granted = self._step(case, stage=CaseStage.GRANTED, grant_id=f"g-{case_id}")
        command = self._command(case, granted)
        granted = msgspec.structs.replace(granted, commands=(command.id,))
        self._must_be_allowed(command, case)
        grant = grant_for(command, self.person, now_ns=time.time_ns(), comment=case.title)
        await self._grants.issue(grant)
        await self._grants.confirm(time.time_ns())
        await self.audit(
            "grant.issued",
            "done",
            of=grant.id,
            of_class="grant",
            content_sha256=hashlib.sha256(encode(grant)).hexdigest(),
            grant_id=grant.id,
            case=case_id,
            text=f"{self.person.id} ({self.person.role.value}) confirmed: {case.title}",
        )
        try:
            await self._append(granted, last, case_id)
        except Refusal:
            await self._grants.revoke(grant)
            raise
        return granted

    async def _proposed(self, case_id: str) -> tuple[Case, int]:
        """Return a case that waits for a person, and the sequence of its last step."""
        messages = await self._bus.stored(f"lw.case.{self._bus.site}.{case_id}")
        case = _folded(messages)
        if case is None:
            to_do = "`linewright cases` lists the cases there are"
            raise Refusal(404, "there is no such case", case_id, to_do)
        if case.stage is not CaseStage.PROPOSED:
            ended = f" ({case.outcome.value})" if case.outcome else ""
            what = f"the case is {case.stage.value}{ended}, so nothing waits for an answer"
            raise Refusal(409, what, case_id, "look at the case again")
        ends = [change.until_ns for change in case.proposal if change.until_ns is not None]
        if ends and max(ends) <= self._bus.clock.now_ns():
            what = "the time of the proposal is over"
            raise Refusal(409, what, case_id, "wait for the next proposal")
        return case, messages[-1].seq

    def _command(self, case: Case, granted: Case) -> Command:
        """Return the command that a granted case gives."""
        kind = SiteKind.SIMULATED if self._applied.emulated else SiteKind.REAL
        try:
            return command_of(case, self._applied.plant(), granted, for_site=kind)
        except ValueError as error:
            to_do = "do what it advises by hand"
            raise Refusal(409, str(error), case.case_id, to_do) from error

    def _must_be_allowed(self, command: Command, case: Case) -> None:
        """Refuse what the ceiling would refuse anyway, before a grant is made."""
        plant = self._applied.plant()
        ceiling = ceiling_of(plant, command.address, command.parameter, self._applied.rev)
        where = case.case_id
        if ceiling is None:
            what = f"the plant file allows no `{command.parameter}` at {command.address}"
            raise Refusal(403, what, where, "see `authority:` in the plant file")
        if ceiling.roles and self.person.role not in ceiling.roles:
            roles = ", ".join(role.value for role in ceiling.roles)
            what = f"the role {self.person.role.value} may not confirm this"
            raise Refusal(403, what, where, f"ask a person in one of the roles {roles}")
        if command.value is not None and not ceiling.limit.allows(command.value):
            what = f"{command.value} is outside what the plant file allows"
            raise Refusal(403, what, where, "see `authority:` in the plant file")

    def _step(self, case: Case, **fields: object) -> Case:
        """Return the next step of a case, made by the person now."""
        made: dict[str, object] = {
            "address": case.address,
            "t_ns": max(self._bus.clock.now_ns(), case.t_ns),
            "seen_ns": time.time_ns(),
            "plant_rev": self._applied.rev,
            "how": How.PERSON,
            "source": "server",
            "by": self.person.id,
            "case": case.case_id,
        }
        return Case(**{**made, **fields})  # type: ignore[arg-type]  # fields of a case by name

    def _plant_ns(self) -> int:
        """Return plant time; the wall clock where it is not known: a stop waits for no clock."""
        try:
            return self._bus.clock.now_ns()
        except BusUnavailable:
            return time.time_ns()

    async def _append(self, step: Case, last: int, case_id: str) -> None:
        try:
            await self._bus.append(step, after=last)
        except Conflict:
            what = "the case has gone on in this moment"
            raise Refusal(409, what, case_id, "look at the case again") from None

    async def _audit_refused(self, case_id: str, refusal: Refusal) -> None:
        """Keep in the audit that somebody asked; what is no id of a case is only told in words."""
        is_case = refusal.status != 404  # noqa: PLR2004  # HTTP: not found
        text = f"{self.person.id} could not confirm {case_id[:64]}: {refusal.what}"
        await self.audit(
            "confirm.refused",
            "not_done",
            of=case_id if is_case else None,
            of_class="case",
            case=case_id if is_case else None,
            text=text,
        )

    async def audit(self, action: str, outcome: str, **fields: object) -> None:
        """Publish an audit record of what the person did or could not do.

        Parameters
        ----------
        action
            What it was, such as `stop.set`.
        outcome
            Whether it was done.
        fields
            Further fields of the record, by name.

        Raises
        ------
        BusUnavailable
            The bus does not answer.
        """
        made: dict[str, object] = {
            "address": Address(self._bus.site),
            "t_ns": self._plant_ns(),
            "seen_ns": time.time_ns(),
            "plant_rev": self._applied.rev,
            "how": How.PERSON,
            "source": "server",
            "by": self.person.id,
            "action": action,
            "outcome": outcome,
        }
        await self._bus.publish(Audit(**{**made, **fields}))  # type: ignore[arg-type]  # by name


def _folded(messages: Sequence[Message]) -> Case | None:
    """Return the case that messages make; what is no step of it is passed over, as the loop does.

    None: there is no step among them.
    """
    steps: list[Case] = []
    folded: Case | None = None
    for message in messages:
        try:
            step = decode(message.data, Case)
            folded = fold_case([*steps, step])
        except RecordInvalid as error:
            LOG.warning("a step at %s is passed over: %s", message.subject, error)
        else:
            steps.append(step)
    return folded
