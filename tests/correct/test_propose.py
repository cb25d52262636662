"""Proposals: the command that a granted case becomes, and whom a case calls and tells."""

import msgspec
import pytest

from linewright.correct import command_of
from linewright.correct.propose import NoCommand, beside
from linewright.plant.authority import COMMAND_LIFE_MAX_NS
from linewright.plant.records import (
    ActionKind,
    Audit,
    Call,
    Candidate,
    Case,
    CaseOutcome,
    CaseStage,
    Change,
    How,
    SiteKind,
    encode,
)
from tests.correct.machine import MILL, NS
from tests.correct.scene import plant

OPENED = Case(
    address=MILL,
    t_ns=5 * NS,
    seen_ns=5 * NS,
    plant_rev="r1",
    how=How.INFERRED,
    source="correct",
    stage=CaseStage.OPEN,
    kind="cycle_time",
    title="The cycle takes 70.5 s.",
)
SLOWER = Change(address=MILL, parameter="speed", value=80.0, at_ns=6 * NS, until_ns=90 * NS)


def step(stage: CaseStage, **fields: object) -> Case:
    """Return a later step of the case."""
    return msgspec.structs.replace(OPENED, id="", stage=stage, case=OPENED.id, kind=None, **fields)


PROPOSED = step(CaseStage.PROPOSED, proposal=(SLOWER,), advice="Slow down.")
GRANTED = step(
    CaseStage.GRANTED, grant_id="g-1", by="p7", t_ns=7 * NS, seen_ns=8 * NS, source="server"
)


def test_the_command_is_that_of_the_plant_file() -> None:
    """Kind, readback, permit, rate and life come from the station's command."""
    command = command_of(PROPOSED, plant(), GRANTED)
    speed = dict(plant().stations())[MILL].commands["speed"]
    assert (command.action, command.parameter, command.value) == (ActionKind.SPEED, "speed", 80.0)
    assert (command.idempotent, command.readback) == (True, True)
    assert (command.permit, command.max_rate_per_h) == ("remote_enabled", 6.0)
    assert command.expires_ns == 8 * NS + round((speed.expires_s or 0.0) * NS)
    assert command.expires_ns - 8 * NS <= COMMAND_LIFE_MAX_NS
    assert (command.by, command.grant_id, command.case) == ("p7", "g-1", OPENED.id)
    assert (command.cost, command.for_site) == (None, SiteKind.SIMULATED)


def test_the_id_does_not_depend_on_the_grant() -> None:
    """So that a one-shot grant can name the command before it exists."""
    other = msgspec.structs.replace(GRANTED, grant_id="g-2", id="")
    one, two = (command_of(PROPOSED, plant(), each) for each in (GRANTED, other))
    assert one.id == two.id
    assert one == command_of(PROPOSED, plant(), GRANTED)
    assert encode(one) != encode(two)


@pytest.mark.parametrize(
    ("case", "granted", "what"),
    [
        (step(CaseStage.PROPOSED), GRANTED, "nothing to write"),
        (PROPOSED, step(CaseStage.GRANTED), "names no grant"),
        (
            step(
                CaseStage.PROPOSED,
                proposal=(msgspec.structs.replace(SLOWER, parameter="offset"),),
            ),
            GRANTED,
            "has no command",
        ),
    ],
)
def test_what_cannot_be_written_is_said(case: Case, granted: Case, what: str) -> None:
    """The error names the case and what to do."""
    with pytest.raises(NoCommand, match=what) as caught:
        command_of(case, plant(), granted)
    assert caught.value.case_id == OPENED.id
    assert caught.value.hint


def test_a_proposal_is_audited_and_calls_whom_it_needs() -> None:
    """The call goes to whom the chosen candidate names."""
    chosen = Candidate(name="slow_down", text="Slow.", call="operator", chosen=True)
    case = msgspec.structs.replace(PROPOSED, id="", candidates=(chosen,), title=OPENED.title)
    audit, call = beside(case, PROPOSED)
    assert isinstance(audit, Audit)
    assert isinstance(call, Call)
    assert (audit.action, audit.of, audit.case) == ("case.proposed", PROPOSED.id, OPENED.id)
    assert call.to is not None
    assert call.to.value == "operator"
    assert beside(case, PROPOSED) == (audit, call)


def test_nobody_is_called_where_nobody_can_help() -> None:
    """Candidates without a call give the audit alone."""
    nothing = Candidate(name="nothing", text="Do nothing.", chosen=True)
    case = msgspec.structs.replace(PROPOSED, id="", candidates=(nothing,))
    assert [type(each) for each in beside(case, PROPOSED)] == [Audit]


@pytest.mark.parametrize(
    ("outcome", "calls"), [(CaseOutcome.EFFECTIVE, 0), (CaseOutcome.HARMFUL, 1)]
)
def test_an_act_that_did_not_help_calls_a_person(outcome: CaseOutcome, calls: int) -> None:
    """Harmful calls, effective does not; both are audited with their outcome."""
    closed = step(CaseStage.CLOSED, outcome=outcome, lesson="It was so.")
    audit, *rest = beside(closed, closed)
    assert isinstance(audit, Audit)
    assert audit.outcome == outcome.value
    assert len(rest) == calls
