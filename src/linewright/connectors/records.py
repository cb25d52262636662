"""Records about commands: what was decided, written and read back.

>>> from linewright.plant.records.examples import example
>>> ruling = Ruling(verdict=Verdict.REFUSE, reason="stopped", explanation="actions are stopped")
>>> at = Stamp(t_ns=1, seen_ns=2, plant_rev="r1")
>>> ack_of(example(Command), refused(ruling), at).outcome.value
'refused'
"""

import msgspec

from linewright.connectors.enforce import Ruling, Verdict
from linewright.connectors.feeding.gaps import PUBLISHER
from linewright.plant.records import Ack, Audit, Command, How, Outcome, Value

__all__ = ["Result", "Stamp", "ack_of", "audit_of", "change_words", "is_for_a_person", "refused"]

_REASON_CHARS = 128
_TEXT_CHARS = 2000


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """When something was done, on both clocks, and under which plant.

    Examples
    --------
    >>> Stamp(t_ns=1, seen_ns=2, plant_rev="r1").t_ns
    1
    """

    t_ns: int
    seen_ns: int
    plant_rev: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command.

    Examples
    --------
    >>> Result(outcome=Outcome.CONFIRMED).reason is None
    True
    """

    outcome: Outcome
    reason: str | None = None
    explanation: str = ""
    escalate: bool = False
    before: Value | None = None
    after: Value | None = None
    written_ns: int | None = None


def refused(ruling: Ruling) -> Result:
    """Result of a command that is not written.

    Examples
    --------
    >>> refused(Ruling(verdict=Verdict.REFUSE, reason="stopped", explanation="")).reason
    'stopped'
    """
    assert ruling.verdict is not Verdict.WRITE, "what is allowed is not refused"
    return Result(
        outcome=Outcome.REFUSED,
        reason=ruling.reason,
        explanation=ruling.explanation,
        escalate=ruling.escalate,
    )


def is_for_a_person(command: Command, result: Result) -> bool:
    """Whether nobody but a person can say what the machine holds now, or set it right.

    So it is where a write had no answer and was not read back, and where what was to be taken
    back is not shown to be: an undo that was refused, failed, or cannot be read back. Nothing is
    repeated here; the acknowledgement calls a person.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> act = example(Command)
    >>> is_for_a_person(act, Result(outcome=Outcome.UNKNOWN))
    True
    >>> is_for_a_person(act, Result(outcome=Outcome.WRITTEN))
    False
    """
    if result.escalate or result.outcome is Outcome.UNKNOWN:
        return True
    return command.is_undo and result.outcome is not Outcome.CONFIRMED


def ack_of(command: Command, result: Result, at: Stamp) -> Ack:
    """Acknowledgement of a command.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> at = Stamp(t_ns=1, seen_ns=2, plant_rev="r1")
    >>> ack_of(example(Command), Result(outcome=Outcome.CONFIRMED, after=85.0), at).after
    85.0
    """
    return Ack(
        address=command.address,
        t_ns=at.t_ns,
        seen_ns=at.seen_ns,
        plant_rev=at.plant_rev,
        how=How.MACHINE,
        source=PUBLISHER,
        command=command.id,
        outcome=result.outcome,
        reason=None if result.reason is None else result.reason[:_REASON_CHARS],
        explanation=result.explanation[:_TEXT_CHARS],
        escalate=result.escalate,
        before=result.before,
        after=result.after,
        written_ns=result.written_ns,
    )


def audit_of(command: Command, step: str, at: Stamp, *, outcome: str = "done", text: str) -> Audit:
    """Audit record of one step of a command, such as ``written``.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> at = Stamp(t_ns=1, seen_ns=2, plant_rev="r1")
    >>> audit_of(example(Command), "written", at, text="speed from 100 to 85").action
    'command.written'
    """
    return Audit(
        address=command.address,
        t_ns=at.t_ns,
        seen_ns=at.seen_ns,
        plant_rev=at.plant_rev,
        how=How.MACHINE,
        source=PUBLISHER,
        by=command.by,
        action=f"command.{step}",
        outcome=outcome[:_REASON_CHARS],
        of=command.id,
        of_class="command",
        of_rev=command.rev,
        grant_id=command.grant_id,
        case=command.case,
        text=_undo_words(command, text)[:_TEXT_CHARS],
    )


def _undo_words(command: Command, text: str) -> str:
    """The words of an audit; of an undo they begin with what it takes back."""
    return text if command.undo_of is None else f"undo of {command.undo_of}: {text}"


def change_words(command: Command, before: Value | None) -> str:
    """What a command changes, for the person who reads the audit.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> change_words(example(Command), 100.0)
    'speed from 100 to 85'
    """
    begin = "" if before is None else f" from {_word(before)}"
    return f"{command.parameter}{begin} to {_word(command.value)}"


def _word(value: Value | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
