"""A case as the fold of its records, and the next step that it asks for.

The core of the loop: pure, from what is known to the records that follow. Times of steps are
times of what brought them about, never the clock's, so that a restart makes the same records.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from linewright.correct.diagnose import Diagnosis, chance_words
from linewright.correct.propose import NoCommand, advice_of, command_of, proposed_changes
from linewright.correct.rehearse import Rehearsal, held_speed
from linewright.correct.verify import (
    VERIFY_CYCLES,
    Act,
    Judgement,
    after_act,
    judge,
    measured,
    verify_s,
)
from linewright.correct.watch.cycles import CycleSeen
from linewright.correct.watch.detect import Alarm
from linewright.correct.watch.stations import NS_PER_S, StationView
from linewright.plant import Plant
from linewright.plant.records import (
    Ack,
    Case,
    CaseOutcome,
    CaseStage,
    How,
    Outcome,
    Record,
    SiteKind,
    check_step,
)

__all__ = ["Known", "Setting", "answer_by_ns", "fold_case", "next_step", "open_case"]

SOURCE = "correct"

ANSWER_S = 3600
"""How long a proposal without a gap waits for an answer."""

ACK_WAIT_S = 900
"""How long a command is waited for beyond the gap before its case is closed as expired."""

SILENT_S = 600
"""How much longer a station that sends nothing is waited for before its act is judged."""

_HEADER = frozenset({"address", "t_ns", "seen_ns", "plant_rev", "how", "source", "by", "id", "rev"})

_EXPIRED = frozenset({"command_expired", "grant_expired"})
"""Reasons of a refusal that only say that it came too late."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """In which plant the loop works."""

    plant: Plant
    plant_rev: str
    site_kind: SiteKind


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that the next step of one case may look at besides its own records."""

    view: StationView
    cycles: Sequence[CycleSeen] = ()
    stops_ns: Sequence[int] = ()
    diagnosis: Diagnosis | None = None
    rehearsal: Rehearsal | None = None
    without_rehearsal: str = ""
    """Why there will be none, where that is so."""
    acks: Sequence[Ack] = ()
    heard_ns: int = 0
    """Time of the latest sample of the station."""


def fold_case(records: Iterable[Case]) -> Case:
    """The case that records make, in stream order: a field left out keeps what was said before.

    Parameters
    ----------
    records
        Steps of one case, the first one opens it.

    Returns
    -------
    Case
        Stage, time and source are those of the latest step. Its `id` is no record's, but its
        `case_id` is the case's.

    Raises
    ------
    RecordInvalid
        A step does not follow the one before it.

    Notes
    -----
    Linear in the records.

    Examples
    --------
    >>> from linewright.plant.records import decode, encode
    >>> from linewright.plant import Address
    >>> opened = Case(
    ...     address=Address("a/b/c/mill"), t_ns=1, seen_ns=1, plant_rev="r1", how=How.INFERRED,
    ...     source="correct", stage=CaseStage.OPEN, kind="cycle_time", title="Slow.",
    ... )
    >>> found = Case(
    ...     address=opened.address, t_ns=2, seen_ns=2, plant_rev="r1", how=How.INFERRED,
    ...     source="correct", stage=CaseStage.DIAGNOSED, case=opened.id,
    ... )
    >>> folded = fold_case([opened, found])
    >>> folded.stage.value, folded.title, folded.case_id == opened.id
    ('diagnosed', 'Slow.', True)
    """
    folded: Case | None = None
    for record in records:
        folded = add_step(folded, record)
    assert folded is not None, "a case has at least the record that opened it"
    return folded


def add_step(before: Case | None, step: Case) -> Case:
    """The fold with one step more.

    Raises
    ------
    RecordInvalid
        The step does not follow.
    """
    check_step(before, step)
    if before is None:
        return step
    kept: dict[str, object] = {}
    for field in msgspec.structs.fields(Case):
        if field.name not in _HEADER and getattr(step, field.name) == field.default:
            kept[field.name] = getattr(before, field.name)
    kept["case"] = before.case_id
    return msgspec.structs.replace(step, id="", rev=0, **kept)


def open_case(view: StationView, alarm: Alarm, setting: Setting) -> Case:
    """First record of a case: when it was found, and what shows it, in numbers."""
    above = 100.0 * (alarm.cycle_s / alarm.expected_s - 1.0)
    title = (
        f"{view.label}: the cycle takes {alarm.cycle_s:.1f} s, {above:.1f} % more than the"
        f" {alarm.expected_s:.1f} s that its standard, speed and booked wear explain"
        f" (usual deviation {100.0 * alarm.sigma_share:.1f} %)."
    )
    return Case(
        address=view.address,
        t_ns=alarm.t_ns,
        seen_ns=alarm.seen_ns,
        plant_rev=setting.plant_rev,
        how=How.INFERRED,
        source=SOURCE,
        stage=CaseStage.OPEN,
        kind="cycle_time",
        title=title,
    )


def not_watched(case: Case) -> Case:
    """The end of a case whose station the plant in force no longer has, or no longer watches."""
    text = f"{case.address} is not watched in the plant in force; look at the machine."
    return _closed(case, CaseOutcome.EXPIRED, text, t_ns=case.t_ns)


def answer_by_ns(case: Case) -> int:
    """When a proposal is no longer of use: the beginning of its gap, or an hour after it."""
    ends = [each.until_ns for each in case.proposal if each.until_ns is not None]
    chosen = [each.call_at_ns for each in case.candidates if each.chosen and each.call_at_ns]
    return min([*ends, *chosen], default=case.t_ns + ANSWER_S * NS_PER_S)


def next_step(case: Case, known: Known, setting: Setting, now_ns: int) -> tuple[Record, ...]:
    """Records that bring a case one stage further, or none while it waits.

    Parameters
    ----------
    case
        The fold of its records.
    known
        What is known besides.
    setting
        The plant in force.
    now_ns
        Plant time now; only bounds of waiting are compared with it.

    Returns
    -------
    tuple[Record, ...]
        At most one step of the case, a command before the step that names it.

    Notes
    -----
    Constant cost but for verification, which is linear in the cycles kept.

    Examples
    --------
    >>> from linewright.plant import Plant
    >>> from linewright.plant.records.examples import example
    >>> none = Plant(linewright=1, enterprise="acme", sites={})
    >>> setting = Setting(plant=none, plant_rev="r1", site_kind=SiteKind.SIMULATED)
    >>> from linewright.plant import Address
    >>> mill = Address("a/b/c/mill")
    >>> view = StationView(
    ...     address=mill, label="Mill", standard_s=60.0, cycle_tag=mill.with_tag("cycle_time"),
    ...     speed_tag=None, state_tag=None, states={}, causes=(), units={},
    ... )
    >>> next_step(example(Case), Known(view=view), setting, now_ns=0)
    ()
    """
    return _NEXT[case.stage](case, known, setting, now_ns)


def _step(case: Case, stage: CaseStage, *, t_ns: int, seen_ns: int, **fields: object) -> Case:
    """A step of a case, never before the one it follows."""
    made = {
        "address": case.address,
        "t_ns": max(t_ns, case.t_ns),
        "seen_ns": max(seen_ns, case.seen_ns),
        "plant_rev": case.plant_rev,
        "how": How.INFERRED,
        "source": SOURCE,
        "stage": stage,
        "case": case.case_id,
    }
    return Case(**made, **fields)  # type: ignore[arg-type]  # fields of one record, by name


def _closed(case: Case, outcome: CaseOutcome, lesson: str, *, t_ns: int, seen_ns: int = 0) -> Case:
    fields = {"outcome": outcome, "lesson": lesson}
    return _step(case, CaseStage.CLOSED, t_ns=t_ns, seen_ns=seen_ns, **fields)


def _diagnosed(case: Case, known: Known, _setting: Setting, now_ns: int) -> tuple[Record, ...]:
    if known.diagnosis is None:
        until_ns = case.t_ns + ANSWER_S * NS_PER_S
        if now_ns < until_ns:
            return ()
        text = "The cycles that opened it are no longer known."
        return (_closed(case, CaseOutcome.EXPIRED, text, t_ns=until_ns),)
    causes = known.diagnosis.causes
    fields = {"causes": causes}
    return (_step(case, CaseStage.DIAGNOSED, t_ns=case.t_ns, seen_ns=case.seen_ns, **fields),)


def _rehearsed(case: Case, known: Known, _setting: Setting, now_ns: int) -> tuple[Record, ...]:
    if known.rehearsal is not None:
        at_ns = known.rehearsal.as_of_ns
        fields = {"candidates": known.rehearsal.candidates}
        return (_step(case, CaseStage.REHEARSED, t_ns=at_ns, seen_ns=0, **fields),)
    if known.without_rehearsal:
        text = f"Not rehearsed: {known.without_rehearsal} Let a person look at the station."
        return (_step(case, CaseStage.PROPOSED, t_ns=case.t_ns, seen_ns=0, advice=text),)
    until_ns = case.t_ns + ANSWER_S * NS_PER_S
    if now_ns < until_ns:
        return ()
    text = "It was not rehearsed in time."
    return (_closed(case, CaseOutcome.EXPIRED, text, t_ns=until_ns),)


def _proposed(case: Case, known: Known, _setting: Setting, _now_ns: int) -> tuple[Record, ...]:
    chosen = next((each for each in case.candidates if each.chosen), None)
    assert chosen is not None, "a rehearsal chooses one of its candidates"
    step = _step(
        case,
        CaseStage.PROPOSED,
        t_ns=case.t_ns,
        seen_ns=0,
        proposal=proposed_changes(chosen),
        expected=chosen.effects,
        advice=advice_of(case, chosen, known.view, cycles=VERIFY_CYCLES),
    )
    return (step,)


def _waited(case: Case, _known: Known, _setting: Setting, now_ns: int) -> tuple[Record, ...]:
    until_ns = answer_by_ns(case)
    if now_ns < until_ns:
        return ()
    text = "The proposal was not answered before its time was over."
    if not case.proposal:
        text = "Nothing was to be written; the advice was given and its time has come."
    return (_closed(case, CaseOutcome.EXPIRED, text, t_ns=until_ns),)


def _acting(case: Case, _known: Known, setting: Setting, _now_ns: int) -> tuple[Record, ...]:
    try:
        command = command_of(case, setting.plant, case, for_site=setting.site_kind)
    except NoCommand as error:
        return (_closed(case, CaseOutcome.REFUSED, f"No command: {error}.", t_ns=case.t_ns),)
    fields = {"commands": (command.id,), "grant_id": case.grant_id}
    step = _step(case, CaseStage.ACTING, t_ns=case.t_ns, seen_ns=case.seen_ns, **fields)
    return command, step


def _acknowledged(case: Case, known: Known, _setting: Setting, now_ns: int) -> tuple[Record, ...]:
    acks = [each for each in known.acks if each.command in case.commands]
    # Written is the last word about what cannot be read back: its effect is judged.
    final = [each for each in acks if each.outcome is not Outcome.WRITTEN] or acks
    if not final:
        until_ns = answer_by_ns(case) + ACK_WAIT_S * NS_PER_S
        if now_ns < until_ns:
            return ()
        text = "No answer came about the command; look at the machine."
        return (_closed(case, CaseOutcome.EXPIRED, text, t_ns=until_ns),)
    ack = final[-1]
    at = {"t_ns": ack.t_ns, "seen_ns": ack.seen_ns}
    reason = f"{ack.reason or ack.outcome.value}: {ack.explanation or 'no explanation was given'}"
    if ack.outcome is Outcome.REFUSED:
        late = ack.reason in _EXPIRED
        outcome = CaseOutcome.EXPIRED if late else CaseOutcome.REFUSED
        return (_closed(case, outcome, f"The command was not written. {reason}", **at),)
    if ack.outcome is Outcome.FAILED:
        text = f"The machine did not take the value. {reason}"
        return (_closed(case, CaseOutcome.INEFFECTIVE, text, **at),)
    wait_ns = round(verify_s(known.view, held_speed(case.proposal)) * NS_PER_S)
    until_ns = max(ack.t_ns, case.t_ns) + wait_ns
    return (_step(case, CaseStage.VERIFYING, **at, verify_until_ns=until_ns),)


def _verified(case: Case, known: Known, _setting: Setting, now_ns: int) -> tuple[Record, ...]:
    act = act_of(case, known)
    after = after_act(known.view, known.cycles, act)
    until_ns = case.verify_until_ns or case.t_ns
    late = known.heard_ns >= until_ns or now_ns >= until_ns + SILENT_S * NS_PER_S
    if len(after) < VERIFY_CYCLES and not late:
        return ()
    at_ns = after[-1].t_ns if len(after) >= VERIFY_CYCLES else until_ns
    seen_ns = after[-1].seen_ns if after else 0
    growth = None
    if known.diagnosis is not None:
        cause = known.view.cause(known.diagnosis.best)
        growth = (cause, known.diagnosis.severity) if cause is not None else None
    found = measured(known.view, known.cycles, act, case.expected, growth)
    stops = sum(act.acknowledged_ns <= each <= at_ns for each in known.stops_ns)
    judged = judge(known.view, found, case.expected, stops)
    fields = {
        "outcome": judged.outcome,
        "measured": judged.measured,
        "lesson": lesson_of(case, judged),
    }
    return (_step(case, CaseStage.CLOSED, t_ns=at_ns, seen_ns=seen_ns, **fields),)


def _nothing(_case: Case, _known: Known, _setting: Setting, _now_ns: int) -> tuple[Record, ...]:
    return ()


_NEXT: Mapping[CaseStage, Callable[[Case, Known, Setting, int], tuple[Record, ...]]] = {
    CaseStage.OPEN: _diagnosed,
    CaseStage.DIAGNOSED: _rehearsed,
    CaseStage.REHEARSED: _proposed,
    CaseStage.PROPOSED: _waited,
    CaseStage.GRANTED: _acting,
    CaseStage.ACTING: _acknowledged,
    CaseStage.VERIFYING: _verified,
    CaseStage.CLOSED: _nothing,
}


def act_of(case: Case, known: Known) -> Act:
    """What was done in a case that is being verified."""
    acks = [each for each in known.acks if each.command in case.commands]
    acknowledged_ns = acks[-1].t_ns if acks else case.t_ns
    began = [each.at_ns for each in case.proposal]
    return Act(
        granted_ns=min([*began, acknowledged_ns]),
        acknowledged_ns=acknowledged_ns,
        speed=held_speed(case.proposal),
        onset_ns=known.diagnosis.onset_ns if known.diagnosis is not None else 0,
    )


def lesson_of(case: Case, judged: Judgement) -> str:
    """What is to be remembered of a case, in words."""
    cause = case.causes[0] if case.causes else None
    about = f"{cause.cause} ({chance_words(cause.probability)})" if cause else "no cause"
    done = next((each.text for each in case.candidates if each.chosen), "")
    return f"Diagnosed {about}. {done} It was {judged.outcome.value}: {judged.why}."
