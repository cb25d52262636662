"""The decision on one command, and the count of what was used.

>>> len(CHECKS)
42
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.plant.authority.checks import Ask, Check, DecisionReason, Scope
from linewright.plant.authority.granting import DAY_NS, GRANT_CHECKS
from linewright.plant.authority.machine import COMMAND_CHECKS, MACHINE_CHECKS
from linewright.plant.records.base import Key, Part, RecordId, Value
from linewright.plant.records.classes.acts import Command
from linewright.plant.records.grants import Act, Ceiling, Grant, Permits, Undo, Usage

__all__ = ["CHECKS", "Decision", "authorise", "reserve"]

CHECKS: tuple[Check, ...] = (*MACHINE_CHECKS, *COMMAND_CHECKS, *GRANT_CHECKS)
"""All rules in the order in which they are asked."""


class Decision(Part, frozen=True, kw_only=True):
    """Answer to one command.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> authorise(**authority_example(now_ns=0)).explanation
    'the command would stay valid for more than 3600 s'
    """

    command_id: Annotated[RecordId, Meta(description="the command")]
    grant_id: Annotated[Key | None, Meta(description="the grant, if there was one")] = None
    allowed: Annotated[bool, Meta(description="whether it may be written now")]
    reason: Annotated[DecisionReason, Meta(description="stable code")]
    explanation: Annotated[str, Meta(max_length=2000, description="the same in words")]
    escalate: Annotated[bool, Meta(description="whether a person must look at it now")] = False
    temporary_change: Annotated[
        bool, Meta(description="whether the act must leave a temporary-change record")
    ] = False


def authorise(
    command: Command,
    grant: Grant | None,
    usage: Usage | None,
    permits: Permits,
    now_ns: int,
    *,
    ceiling: Ceiling | None,
) -> Decision:
    """Whether `command` may be written at `now_ns`, and why not.

    Pure: the same arguments give the same decision. What is not known refuses.

    Parameters
    ----------
    command
        What somebody wants.
    grant
        The grant that the command names, or None where there is none.
    usage
        What was used of that grant, or None where it could not be read.
    permits
        What the enforcing process knows now about machine, site and stop.
    now_ns
        UTC of the enforcing process's steady clock: the wall clock at its start plus the monotonic
        time since, so that a set clock neither ends nor lengthens a grant. Never plant time.
    ceiling
        The plant file's side, resolved for the command's address and parameter; None where the
        plant file has no such command.

    Returns
    -------
    Decision
        The reason of the first row of `CHECKS` that refuses, or `allowed`.

    Notes
    -----
    Linear in the acts, limits and addresses of the grant, about fifty microseconds for small ones.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> facts = authority_example()
    >>> authorise(**facts).allowed
    True
    >>> authorise(**{**facts, "grant": None}).reason.value
    'no_grant'
    """
    ask = Ask(
        command=command,
        grant=grant,
        usage=usage,
        permits=permits,
        now_ns=now_ns,
        ceiling=ceiling,
    )
    grant_id = None if grant is None else grant.id
    skipped = Scope.ACTS if command.is_undo else Scope.UNDO
    for check in CHECKS:
        explanation = None if check.scope is skipped else check.fault(ask)
        if explanation is not None:
            return Decision(
                command_id=command.id,
                grant_id=grant_id,
                allowed=False,
                reason=check.reason,
                explanation=explanation,
                escalate=check.escalate,
            )
    assert ceiling is not None, "a check refuses a command without a ceiling"
    return Decision(
        command_id=command.id,
        grant_id=grant_id,
        allowed=True,
        reason=DecisionReason.ALLOWED,
        explanation="within grant and ceiling",
        temporary_change=ceiling.validated is not None or ceiling.confirm_by is not None,
    )


def reserve(
    usage: Usage, command: Command, now_ns: int, *, undo_value: Value | None = None
) -> Usage:
    """Usage with `command` counted; to be stored durably before the write goes out.

    An act that may be taken back reserves its undo, the value read before the write. An undo
    uses up its reservation and counts against no limit.

    Parameters
    ----------
    usage
        What was used before.
    command
        An allowed command; the caller has the decision.
    now_ns
        The moment of that decision.
    undo_value
        Value before the write; None where the act cannot be taken back.

    Returns
    -------
    Usage
        The new usage; the old one is not changed.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> facts = authority_example()
    >>> used = reserve(facts["usage"], facts["command"], facts["now_ns"], undo_value=100.0)
    >>> used.count, used.undos[0].value
    (1, 100.0)
    >>> authorise(**{**facts, "usage": used}).reason.value
    'repeated'
    """
    assert usage.grant_id == command.grant_id, "usage and command belong to one grant"
    if command.is_undo:
        left = tuple(undo for undo in usage.undos if undo.of != command.undo_of)
        return msgspec.structs.replace(usage, undos=left)
    undos = usage.undos
    if undo_value is not None:
        undo = Undo(
            of=command.id,
            action=command.action,
            address=command.address,
            parameter=command.parameter,
            value=undo_value,
        )
        undos = (*undos, undo)
    recent = (act for act in usage.acts if act.at_ns > now_ns - DAY_NS)
    return msgspec.structs.replace(
        usage,
        count=usage.count + 1,
        money=usage.money if command.cost is None else command.cost.plus(usage.money),
        acts=(*recent, Act(command_id=command.id, at_ns=now_ns)),
        undos=undos,
    )
