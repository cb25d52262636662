"""The end of a change that was granted until a time: the command that takes it back.

An act reserves its undo, so that this command needs no new grant; it needs the machine's permits
and is refused while automatic actions are stopped. A change that did not help is taken back at
once. What cannot be taken back calls a person.
"""

from collections.abc import Iterable

from linewright.correct.candidates import CALLED, command_named, station_at
from linewright.correct.propose import declared, expires_ns
from linewright.plant import Plant
from linewright.plant.records import (
    Ack,
    Call,
    CallEvent,
    Case,
    CaseOutcome,
    Command,
    How,
    Outcome,
    SiteKind,
)

__all__ = ["call_of", "due_ns", "taken_back", "undo_of", "unshown"]

_DID_NOT_HELP = frozenset({CaseOutcome.INEFFECTIVE, CaseOutcome.HARMFUL})


def taken_back(case: Case, acks: Iterable[Ack]) -> Ack | None:
    """The acknowledgement of a change that holds now and can be taken back; None: there is none.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> taken_back(example(Case), [example(Ack)]) is None
    True
    """
    for ack in acks:
        mine = bool(case.commands) and ack.command == case.commands[0]
        if mine and ack.outcome is Outcome.CONFIRMED and ack.before is not None:
            return ack
    return None


def unshown(case: Case, ack: Ack) -> Call | None:
    """The call to a person where a change that has an end is not shown to be made; else None.

    What was written without being read back, or has no answer, is not taken back by a command:
    nobody knows what the machine holds. A person is told at once, not when the time is over.

    Parameters
    ----------
    case
        Fold of the case, with its proposal.
    ack
        Acknowledgement of its command.
    """
    is_open = ack.outcome in {Outcome.WRITTEN, Outcome.UNKNOWN}
    if not is_open or not case.proposal or case.proposal[0].until_ns is None:
        return None
    change = case.proposal[0]
    kind, role = CALLED["maintenance"]
    before = "what it was" if ack.before is None else str(ack.before)
    return Call(
        address=change.address,
        t_ns=ack.t_ns,
        seen_ns=ack.seen_ns,
        plant_rev=case.plant_rev,
        how=How.INFERRED,
        source="correct",
        kind=kind,
        event=CallEvent.RAISED,
        text=f"{change.parameter} was to be {change.value} for a time and was not read back: look"
        f" at the machine, and set it to {before} when the time is over.",
        to=role,
        case=case.case_id,
    )


def due_ns(case: Case) -> int | None:
    """Plant time at which its change ends; None: it stays, or the case proposes none.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> due_ns(example(Case)) is None
    True
    """
    if not case.proposal:
        return None
    if case.outcome in _DID_NOT_HELP:
        return case.t_ns
    return case.proposal[0].until_ns


def undo_of(
    case: Case, ack: Ack, plant: Plant, *, for_site: SiteKind, seen_ns: int
) -> Command | None:
    """The command that takes back what a case changed; None where the plant has none any more.

    Parameters
    ----------
    case
        Fold of the case, with its proposal and its command.
    ack
        Acknowledgement of that command: it holds the value before.
    plant
        Plant in force.
    for_site
        Kind of the site.
    seen_ns
        Wall clock now: from here on its time runs. The id does not depend on it.
    """
    change, at_ns = case.proposal[0], due_ns(case)
    assert at_ns is not None, "who asks has asked when it is due"
    station = station_at(plant, change.address)
    name = command_named(station, change.parameter)
    if name is None or case.grant_id is None:
        return None
    command = station.commands[name]
    return Command(
        address=change.address,
        t_ns=max(at_ns, ack.t_ns),
        seen_ns=seen_ns,
        plant_rev=case.plant_rev,
        how=How.INFERRED,
        source="correct",
        value=ack.before,
        expires_ns=expires_ns(command, seen_ns),
        grant_id=case.grant_id,
        for_site=for_site,
        case=case.case_id,
        is_undo=True,
        undo_of=ack.command,
        why=f"the time of the change is over: {case.title}",
        **declared(name, command),
    )


def call_of(command: Command, ack: Ack) -> Call | None:
    """The call to a person where a change could not be taken back; None where it was."""
    if ack.outcome in {Outcome.CONFIRMED, Outcome.WRITTEN}:
        return None
    kind, role = CALLED["maintenance"]
    why = ack.explanation or ack.reason or ack.outcome.value
    return Call(
        address=command.address,
        t_ns=ack.t_ns,
        seen_ns=ack.seen_ns,
        plant_rev=command.plant_rev,
        how=How.INFERRED,
        source="correct",
        kind=kind,
        event=CallEvent.RAISED,
        text=f"{command.parameter} could not be set back to {command.value}: {why}.",
        to=role,
        case=command.case,
    )
