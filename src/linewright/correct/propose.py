"""The proposal of a case in words, the command it becomes, and whom it calls and tells.

>>> EXPIRES_S
10.0
"""

from collections.abc import Sequence
from typing import TypedDict

from linewright.correct.candidates import CALLED, NOTHING, command_named, station_at
from linewright.correct.diagnose import chance_words
from linewright.correct.watch.stations import NS_PER_S, StationView
from linewright.plant import Plant, model
from linewright.plant.records import (
    ActionKind,
    Audit,
    Call,
    CallEvent,
    Candidate,
    Case,
    CaseOutcome,
    CaseStage,
    Change,
    Command,
    Effect,
    How,
    Origin,
    SiteKind,
)

__all__ = [
    "EXPIRES_S",
    "NoCommand",
    "advice_of",
    "beside",
    "command_of",
    "declared",
    "expires_ns",
    "proposed_changes",
]

EXPIRES_S = 10.0
"""How long a command stays valid where the plant file does not say."""

_RENEWS = "renew_"
"""Beginning of the parameters that a person's work changes and no command does."""

_TOLD = {
    CaseStage.OPEN: "case.opened",
    CaseStage.PROPOSED: "case.proposed",
    CaseStage.GRANTED: "case.granted",
    CaseStage.CLOSED: "case.closed",
}
"""Steps that the audit keeps."""

_FAILED = frozenset({CaseOutcome.INEFFECTIVE, CaseOutcome.HARMFUL})
"""Outcomes after which a person is called: the remedy did not help."""

TEXT_MAX = 2000
"""Longest text of a record."""


class NoCommand(ValueError):
    """A case that no command can be made of.

    Parameters
    ----------
    case_id
        The case.
    what, hint
        What is wrong, and what to do.
    """

    def __init__(self, case_id: str, what: str, hint: str) -> None:
        super().__init__(case_id, what, hint)
        self.case_id = case_id
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"case {self.case_id}: {self.what}; {self.hint}"


def proposed_changes(chosen: Candidate) -> tuple[Change, ...]:
    """What of a candidate would be written to a machine; the rest is a person's work.

    Examples
    --------
    >>> proposed_changes(Candidate(name="nothing", text="Do nothing."))
    ()
    """
    return tuple(each for each in chosen.changes if not each.parameter.startswith(_RENEWS))


def advice_of(case: Case, chosen: Candidate, view: StationView, *, cycles: int) -> str:
    """What a person should do and why, in words with numbers."""
    cause = case.causes[0] if case.causes else None
    sentences = []
    if cause is not None:
        label = next((each.label for each in view.causes if each.name == cause.cause), cause.cause)
        sentences.append(f"Likeliest cause: {label} ({chance_words(cause.probability)}).")
    if chosen.name == NOTHING:
        sentences.append("No act is clearly better than doing nothing; watch the station.")
    else:
        sentences.append(chosen.text)
    sentences += _gains(chosen.effects)
    called = chosen.call or next((e.call for e in case.candidates if e.call is not None), None)
    if called is not None:
        sentences.append(f"A call to {called} is raised for the next gap.")
    if proposed_changes(chosen):
        sentences.append(
            f"Verified over the first {cycles} whole cycles after the change,"
            " against what doing nothing would show."
        )
    return " ".join(sentences)


def _gains(effects: Sequence[Effect]) -> list[str]:
    words = {"good": "good parts", "scrap": "bad parts", "stops": "stops"}
    told = [
        f"{each.mean:+.1f} {words[each.measure]} ({each.low:+.1f} to {each.high:+.1f})"
        for each in effects
        if each.measure in words
    ]
    return [f"Expected against doing nothing: {', '.join(told)}."] if told else []


def command_of(
    case: Case, plant: Plant, granted: Case, *, for_site: SiteKind = SiteKind.SIMULATED
) -> Command:
    """The command that a granted case gives: the same for everybody who asks.

    Its id does not depend on the grant, so that a one-shot grant can name it. Nothing is
    written because of it: `connect` asks `authorise` before.

    Parameters
    ----------
    case
        Fold of the case, with its proposal.
    plant
        Plant in force.
    granted
        The step that grants it: its `t_ns`, `seen_ns`, `by` and `grant_id` are taken.
    for_site
        Whether the site is real or simulated; a simulated one unless said otherwise, since such
        a command is refused everywhere else.

    Returns
    -------
    Command
        Of the first change proposed. It expires on the wall clock, counted from `seen_ns`.

    Raises
    ------
    NoCommand
        The case proposes nothing to write, names no grant, or the station has no such command.

    Notes
    -----
    Linear in the stations of the line.

    Examples
    --------
    >>> from linewright.plant import Address, Plant
    >>> opened = Case(
    ...     address=Address("a/b/c/mill"), t_ns=1, seen_ns=1, plant_rev="r1", how=How.INFERRED,
    ...     source="correct", stage=CaseStage.OPEN, kind="cycle_time", title="Slow.",
    ... )
    >>> try:
    ...     command_of(opened, Plant(linewright=1, enterprise="acme", sites={}), opened)
    ... except NoCommand as error:
    ...     error.what, error.hint
    ('it proposes nothing to write', 'ask a person')
    """
    if not case.proposal:
        raise NoCommand(case.case_id, "it proposes nothing to write", "ask a person")
    if granted.grant_id is None:
        raise NoCommand(case.case_id, "the step names no grant", "grant it first")
    change = case.proposal[0]
    station = station_at(plant, change.address)
    name = command_named(station, change.parameter)
    if name is None:
        what = f"{change.address} has no command for {change.parameter}"
        raise NoCommand(case.case_id, what, "rehearse it again with the plant in force")
    command = station.commands[name]
    return Command(
        address=change.address,
        t_ns=granted.t_ns,
        seen_ns=granted.seen_ns,
        plant_rev=granted.plant_rev,
        how=How.INFERRED,
        source="correct",
        by=granted.by,
        value=change.value,
        expires_ns=expires_ns(command, granted.seen_ns),
        grant_id=granted.grant_id,
        for_site=for_site,
        case=case.case_id,
        why=case.title,
        **declared(name, command),
    )


class Declared(TypedDict):
    """What the plant file says of a command, as every command of a case repeats it."""

    action: ActionKind
    parameter: str
    origin: Origin
    idempotent: bool
    readback: bool
    permit: str | None
    max_rate_per_h: float | None


def declared(name: str, command: model.Command) -> Declared:
    """Return what the plant file says of a command."""
    return Declared(
        action=ActionKind(command.sets),
        parameter=name,
        origin=Origin.CASE,
        idempotent=command.idempotent,
        readback=bool(command.readback),
        permit=command.permit,
        max_rate_per_h=command.max_rate_per_h,
    )


def expires_ns(command: model.Command, seen_ns: int) -> int:
    """Return when a command asked for at `seen_ns` must no longer be written, wall clock."""
    return seen_ns + round((command.expires_s or EXPIRES_S) * NS_PER_S)


def beside(case: Case, step: Case) -> tuple[Call | Audit, ...]:
    """Records that go with a step that was seen: the audit, and with a proposal the call.

    Parameters
    ----------
    case
        Fold of the case with this step.
    step
        The step itself, whoever made it.

    Returns
    -------
    tuple[Call | Audit, ...]
        Functions of the step alone, so that they can be published again.
    """
    found: list[Call | Audit] = []
    if step.stage in _TOLD:
        found.append(_audit(case, step))
    if step.stage is CaseStage.PROPOSED:
        word = whom(case)
        if word is not None:
            found.append(_call(case, step, word, step.advice))
    elif step.outcome in _FAILED:
        found.append(_call(case, step, whom(case) or "maintenance", step.lesson))
    return tuple(found)


def whom(case: Case) -> str | None:
    """Whom a case calls: whom its chosen candidate needs, else whom any remedy of the cause does.

    A case that could not be rehearsed calls maintenance; one without any remedy calls nobody.
    """
    if not case.candidates:
        return "maintenance"
    chosen = [each.call for each in case.candidates if each.chosen and each.call is not None]
    named = [each.call for each in case.candidates if each.call is not None]
    return next(iter([*chosen, *named]), None)


def _audit(case: Case, step: Case) -> Audit:
    outcome = step.outcome.value if step.outcome is not None else "done"
    texts = {
        CaseStage.OPEN: step.title,
        CaseStage.PROPOSED: step.advice,
        CaseStage.GRANTED: "; ".join(_change_told(each) for each in case.proposal),
        CaseStage.CLOSED: step.lesson,
    }
    return Audit(
        address=step.address,
        t_ns=step.t_ns,
        seen_ns=step.seen_ns,
        plant_rev=step.plant_rev,
        how=step.how,
        source="correct",
        by=step.by,
        action=_TOLD[step.stage],
        outcome=outcome,
        of=step.id,
        of_class="case",
        of_rev=step.rev,
        grant_id=case.grant_id,
        case=case.case_id,
        text=texts[step.stage],
    )


def _change_told(change: Change) -> str:
    return f"{change.parameter} of {change.address} to {change.value}"


def _call(case: Case, step: Case, word: str, text: str) -> Call:
    kind, role = CALLED[word]
    return Call(
        address=step.address,
        t_ns=step.t_ns,
        seen_ns=step.seen_ns,
        plant_rev=step.plant_rev,
        how=How.INFERRED,
        source="correct",
        kind=kind,
        event=CallEvent.RAISED,
        text=f"{case.title} {text}"[:TEXT_MAX],
        to=role,
        case=case.case_id,
    )
