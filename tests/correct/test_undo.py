"""The end of a change that was granted until a time."""

import pytest

from linewright.correct.cases import answer_by_ns
from linewright.correct.undo import due_ns
from linewright.plant.records import Call, CaseOutcome, CaseStage, Command, Outcome
from tests.correct.scene import Scene
from tests.correct.test_cases import acting


def slowed(*, shows: float = 80.0) -> tuple[Scene, Command]:
    """A scene whose mill runs at 80 % by a command that was confirmed; and what it shows."""
    scene, command = acting()
    scene.feed([scene.mill.set_speed(shows)])
    scene.answer(command.id, Outcome.CONFIRMED, before=100.0)
    scene.settle()
    return scene, command


def test_the_change_is_taken_back_once_when_its_time_is_over() -> None:
    """At the beginning of the gap, not before, the value of before is asked for, once."""
    scene, command = slowed()
    until_ns = answer_by_ns(scene.case())
    assert scene.thinking.undos(until_ns - 1, seen_ns=7) == []
    (undo,) = scene.thinking.undos(until_ns, seen_ns=7)
    assert (undo.parameter, undo.value, undo.t_ns) == ("speed", 100.0, until_ns)
    assert undo.is_undo
    assert undo.undo_of == command.id
    assert undo.grant_id == command.grant_id
    assert undo.expires_ns == 7 + 30_000_000_000
    assert scene.thinking.undos(until_ns + 1, seen_ns=8) == []


def test_a_restart_neither_forgets_nor_repeats_it() -> None:
    """From the snapshot before it comes with the same id; from the one after it does not come."""
    scene, _ = slowed()
    until_ns = answer_by_ns(scene.case())
    scene.restart()
    (undo,) = scene.thinking.undos(until_ns, seen_ns=7)
    scene.restart()
    assert scene.thinking.undos(until_ns, seen_ns=9) == []
    again, _ = slowed()
    (same,) = again.thinking.undos(until_ns, seen_ns=9)
    assert same.id == undo.id


def test_what_a_person_set_meanwhile_is_left() -> None:
    """The mill shows another speed than was written: nobody but that person changes it."""
    scene, _ = slowed(shows=90.0)
    until_ns = answer_by_ns(scene.case())
    assert scene.thinking.undos(until_ns, seen_ns=7) == []
    scene.feed([scene.mill.set_speed(80.0)])
    scene.restart()
    assert scene.thinking.undos(until_ns, seen_ns=7) == []


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.FAILED, Outcome.UNKNOWN])
def test_what_cannot_be_taken_back_calls_a_person(outcome: Outcome) -> None:
    """A refused or doubtful undo is never repeated; a call names the value to set."""
    scene, _ = slowed()
    (undo,) = scene.thinking.undos(answer_by_ns(scene.case()), seen_ns=7)
    scene.read(undo)
    scene.told.clear()
    scene.answer(undo.id, outcome, "stopped")
    (call,) = scene.told
    assert isinstance(call, Call)
    assert "100" in call.text
    assert scene.thinking.undos(answer_by_ns(scene.case()), seen_ns=8) == []


def test_what_was_never_confirmed_is_never_taken_back() -> None:
    """A refused command changed nothing."""
    scene, command = acting()
    scene.answer(command.id, Outcome.REFUSED, "stopped")
    scene.settle()
    assert scene.case().outcome is CaseOutcome.REFUSED
    assert scene.thinking.undos(answer_by_ns(scene.case()), seen_ns=7) == []


def test_what_did_not_help_is_taken_back_at_once() -> None:
    """An ineffective change ends with its case, not with its time."""
    scene, _ = slowed(shows=100.0)
    while scene.case().stage is not CaseStage.CLOSED:
        scene.feed(scene.mill.run(1))
        scene.settle()
    case = scene.case()
    assert case.outcome is CaseOutcome.INEFFECTIVE
    assert due_ns(case) == case.t_ns
    assert case.t_ns < answer_by_ns(case)


@pytest.mark.parametrize("outcome", [Outcome.WRITTEN, Outcome.UNKNOWN])
def test_a_change_that_was_not_read_back_calls_a_person(outcome: Outcome) -> None:
    """No command takes it back: whoever is called is told at once what to set when it is over."""
    scene, command = acting()
    scene.feed([scene.mill.set_speed(80.0)])
    scene.answer(command.id, outcome, before=100.0)
    scene.settle()
    calls = [each.text for each in scene.told if isinstance(each, Call)]
    assert len([text for text in calls if "set it to 100.0" in text]) == 1
    assert scene.thinking.undos(answer_by_ns(scene.case()), seen_ns=7) == []
