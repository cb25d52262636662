"""The case: one deviation from its detection to its lesson, as a fold of its records.

>>> CaseStage.CLOSED in CASE_STEPS[CaseStage.OPEN]
True
"""

import enum
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.money import Money
from linewright.plant.records.base import (
    Key,
    Ordinal,
    Part,
    Probability,
    Record,
    RecordId,
    RecordInvalid,
    Text,
    TimeNs,
    class_of,
)
from linewright.plant.records.classes.acts import Change

__all__ = [
    "CASE_STEPS",
    "Candidate",
    "Case",
    "CaseOutcome",
    "CaseStage",
    "Cause",
    "Effect",
    "check_step",
]


class CaseStage(enum.StrEnum):
    """How far a case has come.

    Examples
    --------
    >>> CaseStage("proposed")
    <CaseStage.PROPOSED: 'proposed'>
    """

    OPEN = "open"
    DIAGNOSED = "diagnosed"
    REHEARSED = "rehearsed"
    PROPOSED = "proposed"
    GRANTED = "granted"
    ACTING = "acting"
    VERIFYING = "verifying"
    CLOSED = "closed"


class CaseOutcome(enum.StrEnum):
    """How a case ended.

    Examples
    --------
    >>> CaseOutcome("false")
    <CaseOutcome.FALSE: 'false'>
    """

    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"
    HARMFUL = "harmful"
    REFUSED = "refused"
    EXPIRED = "expired"
    FALSE = "false"


CASE_STEPS: Mapping[CaseStage, frozenset[CaseStage]] = MappingProxyType(
    {
        CaseStage.OPEN: frozenset({CaseStage.DIAGNOSED, CaseStage.CLOSED}),
        # Advice without a rehearsal is allowed where the twin says that it is not valid.
        CaseStage.DIAGNOSED: frozenset(
            {CaseStage.DIAGNOSED, CaseStage.REHEARSED, CaseStage.PROPOSED, CaseStage.CLOSED}
        ),
        CaseStage.REHEARSED: frozenset(
            {CaseStage.DIAGNOSED, CaseStage.REHEARSED, CaseStage.PROPOSED, CaseStage.CLOSED}
        ),
        CaseStage.PROPOSED: frozenset(
            {CaseStage.DIAGNOSED, CaseStage.REHEARSED, CaseStage.GRANTED, CaseStage.CLOSED}
        ),
        CaseStage.GRANTED: frozenset({CaseStage.ACTING, CaseStage.CLOSED}),
        CaseStage.ACTING: frozenset({CaseStage.ACTING, CaseStage.VERIFYING, CaseStage.CLOSED}),
        # An undo is an act.
        CaseStage.VERIFYING: frozenset({CaseStage.ACTING, CaseStage.VERIFYING, CaseStage.CLOSED}),
        CaseStage.CLOSED: frozenset(),
    }
)
"""Stages that may follow each stage. A closed case stays closed: what comes back is a new one."""

_OUTCOMES_BEHIND: Mapping[CaseOutcome, frozenset[CaseStage]] = MappingProxyType(
    {
        CaseOutcome.EFFECTIVE: frozenset({CaseStage.VERIFYING}),
        CaseOutcome.INEFFECTIVE: frozenset({CaseStage.ACTING, CaseStage.VERIFYING}),
        CaseOutcome.HARMFUL: frozenset({CaseStage.ACTING, CaseStage.VERIFYING}),
        # Refused by a person, or by who enforces, once the command is under way.
        CaseOutcome.REFUSED: frozenset({CaseStage.PROPOSED, CaseStage.GRANTED, CaseStage.ACTING}),
    }
)
"""Outcomes that only follow certain stages: nothing is effective before it was verified."""


class Cause(Part, frozen=True, kw_only=True):
    """A possible cause, how likely it is, and what speaks for it.

    Examples
    --------
    >>> Cause(cause="blade_worn", probability=0.8).evidence
    ()
    """

    cause: Annotated[Key, Meta(description="cause, from the list of the plant")]
    probability: Annotated[Probability, Meta(description="how likely it is")]
    evidence: Annotated[
        tuple[RecordId, ...], Meta(max_length=1000, description="records that speak for it")
    ] = ()
    text: Annotated[Text, Meta(description="the same in words")] = ""


class Effect(Part, frozen=True, kw_only=True):
    """An effect with its interval: expected by a rehearsal, or measured after the act.

    Examples
    --------
    >>> Effect(measure="good_per_h", unit="1/h", mean=4.0, low=2.5, high=5.5, level=0.9).mean
    4.0
    """

    measure: Annotated[Key, Meta(description="what changes, such as good_per_h")]
    unit: Annotated[Key, Meta(description="unit of the three values")]
    mean: Annotated[float, Meta(description="difference to doing nothing")]
    low: Annotated[float, Meta(description="lower end of the interval")]
    high: Annotated[float, Meta(description="upper end of the interval")]
    level: Annotated[float, Meta(gt=0, lt=1, description="level of the interval")]
    replications: Annotated[Ordinal | None, Meta(description="runs of the twin")] = None
    model: Annotated[Key | None, Meta(description="twin and calibration that were used")] = None


class Candidate(Part, frozen=True, kw_only=True):
    """One way to go on that was rehearsed: what would change, whom it calls, what it would bring.

    Examples
    --------
    >>> Candidate(name="nothing", text="Do nothing.").changes
    ()
    """

    name: Annotated[Key, Meta(description="remedy of the plant file, or `nothing`")]
    text: Annotated[Text, Meta(description="the same in words")]
    changes: Annotated[
        tuple[Change, ...], Meta(max_length=100, description="what it changes, as rehearsed")
    ] = ()
    call: Annotated[Key | None, Meta(description="whom it calls; a person does it")] = None
    call_at_ns: Annotated[TimeNs | None, Meta(description="for when they are called")] = None
    effects: Annotated[
        tuple[Effect, ...], Meta(max_length=100, description="differences to doing nothing")
    ] = ()
    chosen: Annotated[bool, Meta(description="whether this one is proposed")] = False


class Case(Record, frozen=True, kw_only=True):
    """One step of a case. The case is the fold of its records, in stream order.

    A field that a step leaves out keeps what an earlier step said.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("case", "stage", "outcome", "kind", "trigger")

    stage: Annotated[CaseStage, Meta(description="stage reached")]
    case: Annotated[
        RecordId | None, Meta(description="id of the record that opened it; none if this one does")
    ] = None
    kind: Annotated[Key | None, Meta(description="what kind of deviation")] = None
    trigger: Annotated[RecordId | None, Meta(description="record in which it was detected")] = None
    outcome: Annotated[CaseOutcome | None, Meta(description="how it ended, if closed")] = None
    title: Annotated[Text, Meta(description="one sentence for people")] = ""
    evidence: Annotated[
        tuple[RecordId, ...], Meta(max_length=1000, description="records that show it")
    ] = ()
    causes: Annotated[
        tuple[Cause, ...], Meta(max_length=100, description="possible causes, likeliest first")
    ] = ()
    candidates: Annotated[
        tuple[Candidate, ...],
        Meta(max_length=20, description="what was rehearsed, doing nothing first"),
    ] = ()
    proposal: Annotated[
        tuple[Change, ...], Meta(max_length=100, description="changes proposed")
    ] = ()
    advice: Annotated[Text, Meta(description="what a person should do, in words")] = ""
    expected: Annotated[
        tuple[Effect, ...], Meta(max_length=100, description="effect foreseen by the rehearsal")
    ] = ()
    grant_id: Annotated[Key | None, Meta(description="grant under which it acts")] = None
    commands: Annotated[
        tuple[RecordId, ...], Meta(max_length=1000, description="commands given")
    ] = ()
    verify_until_ns: Annotated[
        TimeNs | None, Meta(description="when the effect is judged at the latest")
    ] = None
    measured: Annotated[
        tuple[Effect, ...], Meta(max_length=100, description="effect found in the data")
    ] = ()
    loss: Annotated[Money | None, Meta(description="what the deviation has cost so far")] = None
    lesson: Annotated[Text, Meta(description="what is to be remembered")] = ""

    @property
    def case_id(self) -> str:
        """Id of the case: that of the record which opened it.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> example(Case).case_id == example(Case).id
        True
        """
        return self.case or self.id

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: later steps name their case, and a closed case, only, has an outcome.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Case).faults())
        []
        """
        yield from super().faults()
        if (self.stage is CaseStage.OPEN) == (self.case is not None):
            yield "case", "every step but the first, and only these, names the case"
        if (self.stage is CaseStage.CLOSED) != (self.outcome is not None):
            yield "outcome", "a closed case, and no other, has an outcome"
        if self.stage is CaseStage.OPEN and self.kind is None:
            yield "kind", "what kind of deviation it is, is not said"


def check_step(before: Case | None, after: Case) -> None:
    """Check that one step of a case may follow another; before the first stands None.

    Parameters
    ----------
    before
        Latest step, or None.
    after
        Step that wants to follow it.

    Raises
    ------
    RecordInvalid
        The steps belong to different cases, or the stage or outcome may not follow.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> check_step(None, example(Case))
    """
    name = class_of(after)
    if before is None:
        if after.stage is not CaseStage.OPEN:
            raise RecordInvalid(name, "stage", f"a case does not begin with {after.stage}")
        return
    if before.case_id != after.case_id:
        raise RecordInvalid(name, "case", f"{after.case_id} is not {before.case_id}")
    if after.stage not in CASE_STEPS[before.stage]:
        raise RecordInvalid(name, "stage", f"{after.stage} does not follow {before.stage}")
    if after.outcome is not None:
        behind = _OUTCOMES_BEHIND.get(after.outcome)
        if behind is not None and before.stage not in behind:
            raise RecordInvalid(name, "outcome", f"{after.outcome} does not follow {before.stage}")
