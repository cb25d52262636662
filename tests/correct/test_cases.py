"""Cases: every way from a proposal to its end."""

import msgspec
import pytest

from linewright.correct import fold_case
from linewright.correct.cases import ACK_WAIT_S, ANSWER_S, answer_by_ns
from linewright.correct.forks import rehearse_case
from linewright.plant.records import (
    Case,
    CaseOutcome,
    CaseStage,
    Command,
    How,
    Outcome,
    RecordInvalid,
    encode,
)
from tests.correct.machine import NS
from tests.correct.scene import Scene, line_now, plant, view


def proposed(seed: int = 3) -> Scene:
    """Return a scene whose case is proposed."""
    scene = Scene(seed=seed)
    scene.until_fault()
    scene.until_opened()
    scene.settle()
    ((case, work),) = scene.thinking.to_rehearse()
    line = line_now(scene.mill.t_ns)
    found = rehearse_case(plant(), (view(), 100.0), case, work.diagnosis, line)
    scene.thinking.rehearsed(case.case_id, found)
    scene.settle()
    return scene


def acting(seed: int = 3) -> tuple[Scene, Command]:
    """Return a scene whose case acts, and its command."""
    scene = proposed(seed)
    scene.feed(scene.mill.run(30))
    scene.grant()
    command, step = scene.settle()
    assert isinstance(command, Command)
    assert isinstance(step, Case)
    assert step.commands == (command.id,)
    return scene, command


def test_a_proposal_says_what_when_and_why() -> None:
    """Speed 80 % until 10:00, three candidates, a call, and every record encodes."""
    scene = proposed()
    case = scene.case()
    (change,) = case.proposal
    assert (change.parameter, change.value) == ("speed", 80.0)
    assert change.until_ns == answer_by_ns(case)
    assert [each.name for each in case.candidates] == ["nothing", "change_tool", "slow_down"]
    assert {each.measure for each in case.expected} >= {"good", "scrap", "stops"}
    assert "End mill worn" in case.advice
    assert all(encode(each) for each in [case, *scene.told])


def test_an_effective_case_closes_after_two_whole_cycles() -> None:
    """Confirmed, slowed, measured: closed within 600 s of the fault."""
    scene, command = acting()
    scene.feed([scene.mill.set_speed(80.0)])
    scene.answer(command.id, Outcome.CONFIRMED)
    assert scene.settle()[0].t_ns == scene.mill.t_ns
    while scene.case().stage is not CaseStage.CLOSED:
        scene.feed(scene.mill.run(1))
        scene.settle()
    case = scene.case()
    assert case.outcome is CaseOutcome.EFFECTIVE
    assert case.t_ns - scene.fault_ns < 600 * NS
    assert len(case.measured) == 3
    assert "effective" in case.lesson


def test_an_unknown_outcome_is_judged_by_its_effect() -> None:
    """No answer of the machine, but the speed did not change: ineffective."""
    scene, command = acting()
    scene.answer(command.id, Outcome.UNKNOWN)
    scene.settle()
    assert scene.case().stage is CaseStage.VERIFYING
    scene.feed(scene.mill.run(300))
    scene.settle()
    assert scene.case().outcome is CaseOutcome.INEFFECTIVE


@pytest.mark.parametrize(
    ("outcome", "reason", "ending"),
    [
        (Outcome.REFUSED, "guard_open", CaseOutcome.REFUSED),
        (Outcome.REFUSED, "command_expired", CaseOutcome.EXPIRED),
        (Outcome.REFUSED, "grant_expired", CaseOutcome.EXPIRED),
        (Outcome.FAILED, "bad_status", CaseOutcome.INEFFECTIVE),
    ],
)
def test_what_was_not_written_closes_the_case(
    outcome: Outcome, reason: str, ending: CaseOutcome
) -> None:
    """The reason of the acknowledgement stands in the lesson."""
    scene, command = acting()
    scene.answer(command.id, outcome, reason)
    ((_, _, records),) = scene.thinking.steps(scene.mill.t_ns)
    (closed,) = records
    assert isinstance(closed, Case)
    assert (closed.stage, closed.outcome) == (CaseStage.CLOSED, ending)
    assert reason in closed.lesson


def test_a_command_that_the_plant_no_longer_has_is_not_given() -> None:
    """A grant whose command cannot be made ends the case as refused, and says why."""
    scene = proposed()
    scene.grant()
    case = scene.case()
    moved = msgspec.structs.replace(case.proposal[0], parameter="offset")
    scene.thinking.cases[case.case_id] = msgspec.structs.replace(case, id="", proposal=(moved,))
    ((_, _, (closed,)),) = scene.thinking.steps(scene.mill.t_ns)
    assert isinstance(closed, Case)
    assert closed.outcome is CaseOutcome.REFUSED
    assert "has no command" in closed.lesson


def test_a_proposal_without_an_answer_expires_when_the_gap_begins() -> None:
    """Not a nanosecond earlier, and at that time whenever it is looked at."""
    scene = proposed()
    until_ns = answer_by_ns(scene.case())
    assert scene.thinking.steps(until_ns - 1) == []
    ((_, _, records),) = scene.thinking.steps(until_ns + 60 * NS)
    (closed,) = records
    assert isinstance(closed, Case)
    assert closed.outcome is CaseOutcome.EXPIRED
    assert closed.t_ns == until_ns


def test_a_command_without_an_answer_expires() -> None:
    """A quarter of an hour after the gap began."""
    scene, _ = acting()
    until_ns = answer_by_ns(scene.case()) + ACK_WAIT_S * NS
    assert scene.thinking.steps(until_ns - 1) == []
    ((_, _, (closed,)),) = scene.thinking.steps(until_ns)
    assert isinstance(closed, Case)
    assert closed.outcome is CaseOutcome.EXPIRED


def test_a_person_may_refuse() -> None:
    """The server's closing step ends the case: nothing follows, and the audit says so."""
    scene = proposed()
    case = scene.case()
    scene.read(
        Case(
            address=case.address,
            t_ns=scene.mill.t_ns,
            seen_ns=scene.mill.t_ns,
            plant_rev="r1",
            how=How.PERSON,
            source="server",
            by="p7",
            stage=CaseStage.CLOSED,
            outcome=CaseOutcome.REFUSED,
            case=case.case_id,
            lesson="The tool is changed now.",
        )
    )
    assert scene.settle() == []
    assert getattr(scene.told[-1], "outcome", "") == "refused"
    assert scene.feed(scene.mill.run(600)) == []


def test_without_a_rehearsal_a_person_is_called() -> None:
    """The case goes from its diagnosis to advice, and that expires after an hour."""
    scene = Scene(seed=4)
    scene.until_fault()
    opened = scene.until_opened()
    scene.settle()
    scene.thinking.rehearsed(opened.id, "the state of the line is not known.")
    scene.settle()
    case = scene.case()
    assert (case.stage, case.proposal) == (CaseStage.PROPOSED, ())
    assert answer_by_ns(case) == case.t_ns + ANSWER_S * NS
    assert getattr(scene.told[-1], "kind", "") == "maintenance"


def test_a_fold_keeps_what_later_steps_leave_out() -> None:
    """Title and causes stay; steps out of order are refused."""
    scene = proposed()
    case = scene.case()
    assert case.title
    assert case.causes
    assert case.kind == "cycle_time"
    with pytest.raises(RecordInvalid):
        fold_case([scene.grant()])


def test_a_rehearsal_that_never_comes_closes_the_case() -> None:
    """A diagnosed case whose rehearsal was lost does not wait for ever."""
    scene = Scene(seed=3)
    scene.until_fault()
    scene.until_opened()
    scene.settle()
    until_ns = scene.case().t_ns + ANSWER_S * NS
    assert scene.thinking.steps(until_ns - 1) == []
    ((_, _, (closed,)),) = scene.thinking.steps(until_ns)
    assert isinstance(closed, Case)
    assert (closed.outcome, closed.t_ns) == (CaseOutcome.EXPIRED, until_ns)


def test_what_cannot_be_read_back_is_judged_by_its_effect() -> None:
    """Written is the last word about a command without readback, and is verified."""
    scene, command = acting()
    scene.answer(command.id, Outcome.WRITTEN)
    scene.settle()
    assert scene.case().stage is CaseStage.VERIFYING
