"""The loop's memory: restarts, quiet times, and snapshots."""

import pytest

from linewright.correct.forks import rehearse_case
from linewright.correct.thinking import Memory, SnapshotInvalid, Thinking, resume
from linewright.plant.records import (
    Case,
    CaseOutcome,
    CaseStage,
    Outcome,
    Record,
    RecordInvalid,
)
from tests.correct.machine import MILL
from tests.correct.scene import SETTING, VIEWS, Scene, line_now, plant, view


def rehearsed(scene: Scene) -> None:
    """Rehearse what waits for it."""
    for case, work in scene.thinking.to_rehearse():
        line = line_now(case.t_ns)
        found = rehearse_case(plant(), (view(), 100.0), case, work.diagnosis, line)
        scene.thinking.rehearsed(case.case_id, found)


def whole_case(*, restarts: bool) -> list[Record]:
    """Everything that follows from a fault until its case is closed."""
    scene = Scene(seed=6)
    scene.until_fault()
    opened = scene.until_opened()
    found: list[Record] = [opened]
    while scene.case().stage is not CaseStage.CLOSED:
        if restarts:
            scene.restart()
        rehearsed(scene)
        found += scene.settle()
        stage = scene.case().stage
        if stage is CaseStage.PROPOSED:
            scene.grant()
        elif stage is CaseStage.ACTING:
            scene.feed([scene.mill.set_speed(80.0)])
            scene.answer(scene.case().commands[0], Outcome.CONFIRMED)
        scene.feed(scene.mill.run(1))
    return [*found, *scene.told]


def test_a_restart_at_every_step_changes_nothing() -> None:
    """Taken up from its snapshot before each step, the loop makes the same records."""
    assert whole_case(restarts=True) == whole_case(restarts=False)


def test_samples_read_again_open_no_second_case() -> None:
    """After a restart from an old snapshot the same samples give the same case, known or not."""
    scene = Scene(seed=7)
    scene.until_fault()
    old = scene.thinking.snapshot()
    samples = list(scene.mill.run(1200))
    opened = scene.feed(samples)
    assert len(opened) == 1
    again = Thinking(VIEWS, SETTING, resume(old, "r1"))
    assert [each for s in samples for each in again.take_samples([s], 1)] == opened
    known = Thinking(VIEWS, SETTING, resume(old, "r1"))
    known.take_record(opened[0], 1)
    assert [each for s in samples for each in known.take_samples([s], 1)] == []
    assert known.steps(0)[0][0].case_id == opened[0].id


def test_an_accepted_change_keeps_the_case_closed() -> None:
    """Until the gap for which it was made the same deviation opens nothing; after it it does."""
    scene = Scene(seed=6)
    scene.until_fault()
    scene.until_opened()
    scene.settle()
    rehearsed(scene)
    scene.settle()
    scene.grant()
    scene.settle()
    scene.feed([scene.mill.set_speed(80.0)])
    scene.answer(scene.case().commands[0], Outcome.CONFIRMED)
    scene.settle()
    scene.feed(scene.mill.run(300))
    scene.settle()
    closed = scene.case()
    assert closed.stage is CaseStage.CLOSED
    until_ns = closed.proposal[0].until_ns
    assert until_ns is not None
    left_s = (until_ns - scene.mill.t_ns) / 1e9
    assert scene.feed(scene.mill.run(left_s - 100)) == []
    opened = scene.feed(scene.mill.run(600))
    assert len(opened) == 1
    assert opened[0].t_ns > until_ns


def test_records_are_read_once() -> None:
    """A record of a sequence that was read is passed over."""
    scene = Scene(seed=8)
    scene.until_fault()
    opened = scene.until_opened()
    assert isinstance(opened, Case)
    assert scene.thinking.take_record(opened, scene.thinking.records_seq) == ()


def test_a_snapshot_is_small_and_whole() -> None:
    """A few kilobytes for the line, and the memory comes back equal."""
    scene = Scene(seed=9)
    scene.until_fault()
    scene.until_opened()
    data = scene.thinking.snapshot()
    assert len(data) < 40_000
    assert resume(data, "r1") == scene.thinking.memory()
    assert len(resume(data, "r1").cycles[str(MILL)]) > 3


def test_a_snapshot_of_another_plant_keeps_its_cases() -> None:
    """Sums and cycles begin anew under another plant file, open cases go on."""
    scene = Scene(seed=9)
    scene.until_fault()
    opened = scene.until_opened()
    memory = resume(scene.thinking.snapshot(), "r2")
    assert memory.plant_rev == "r2"
    assert list(memory.cases) == [opened.id]
    assert memory.cycles == {}


def test_what_is_no_snapshot_is_refused() -> None:
    """Damaged bytes and another form are told apart from an empty memory."""
    assert resume(None, "r1") == Memory(plant_rev="r1")
    with pytest.raises(SnapshotInvalid):
        resume(b"no snapshot", "r1")


def test_a_case_whose_station_is_gone_is_closed() -> None:
    """Under a plant without its station a case ends as expired, and nothing is taken back."""
    scene = Scene(seed=3)
    scene.until_fault()
    scene.until_opened()
    scene.settle()
    moved = Thinking({}, SETTING, scene.thinking.memory())
    ((case, _, (closed,)),) = moved.steps(scene.mill.t_ns)
    assert isinstance(closed, Case)
    assert (case.stage, closed.outcome) == (CaseStage.DIAGNOSED, CaseOutcome.EXPIRED)
    assert moved.to_rehearse() == []
    assert "not watched" in closed.lesson


def test_nothing_is_taken_back_where_the_station_is_gone() -> None:
    """A change whose time is over at a station that is no longer there makes no command."""
    scene = Scene(seed=6)
    scene.until_fault()
    scene.until_opened()
    while scene.case().stage is not CaseStage.VERIFYING:
        rehearsed(scene)
        scene.settle()
        if scene.case().stage is CaseStage.PROPOSED:
            scene.grant()
        elif scene.case().stage is CaseStage.ACTING:
            scene.answer(scene.case().commands[0], Outcome.CONFIRMED, before=100.0)
    moved = Thinking({}, SETTING, scene.thinking.memory())
    assert moved.undos(2**62, 2**62) == []


def test_what_follows_is_appended_behind_what_was_passed_over() -> None:
    """A message of a case that is no step of it is counted, so that the case goes on."""
    scene = Scene(seed=3)
    scene.until_fault()
    opened = scene.until_opened()
    scene.thinking.pass_record(77, opened.id)
    ((_, seq, _),) = scene.thinking.steps(scene.mill.t_ns)
    assert (seq, scene.thinking.records_seq) == (77, 77)


def test_a_case_is_opened_once() -> None:
    """The first record of a case, stored again, is no step of it, and the case stands."""
    scene = Scene(seed=3)
    scene.until_fault()
    opened = scene.until_opened()
    scene.settle()
    with pytest.raises(RecordInvalid):
        scene.read(opened)
    assert scene.case().stage is CaseStage.DIAGNOSED
