"""Forks of the twin: the bracket line with a chipped tool, played three ways."""

import msgspec
import pytest

from linewright.correct.diagnose import Diagnosis, Severity
from linewright.correct.forks import NotRehearsed, rehearse_case, warm_up
from linewright.correct.rehearse import Rehearsal
from linewright.plant.records import Case, Cause
from tests.correct.scene import LINE, Scene, line_now, plant, view

CHIPPED = Severity(used=0.7, used_error=0.03, faster=4.0, faster_error=1.0)


@pytest.fixture(scope="module")
def case() -> Case:
    """Return a case of the mill, diagnosed."""
    scene = Scene(seed=3)
    scene.until_fault()
    scene.until_opened()
    scene.settle()
    return scene.case()


def found(cause: str = "end_mill") -> Diagnosis:
    """Return a diagnosis of a chipped tool."""
    causes = (Cause(cause=cause, probability=0.99),)
    return Diagnosis(causes=causes, severity=CHIPPED, shifts=())


def rehearsal(case: Case) -> Rehearsal:
    """Rehearse the case."""
    return rehearse_case(plant(), (view(), 100.0), case, found(), line_now(case.t_ns))


def test_slowing_a_chipped_tool_down_until_the_break_is_best(case: Case) -> None:
    """It saves most of the breakage: more good parts and fewer stops than doing nothing."""
    chosen = rehearsal(case).chosen
    effects = {each.measure: each for each in chosen.effects}
    assert chosen.name == "slow_down"
    assert effects["good"].low > 0.0
    assert effects["stops"].high < -0.3
    assert effects["good"].replications == 200


def test_the_same_case_is_rehearsed_to_the_same_numbers(case: Case) -> None:
    """The seed comes from the case, so a second rehearsal is equal to the first."""
    assert rehearsal(case) == rehearsal(case)


def test_what_the_twin_cannot_play_is_said(case: Case) -> None:
    """Without a state of the line, or without a cause of the plant, there is no rehearsal."""
    with pytest.raises(NotRehearsed, match="state of the line"):
        rehearse_case(plant(), (view(), 100.0), case, found(), None)
    with pytest.raises(NotRehearsed, match="no cause"):
        rehearse_case(plant(), (view(), 100.0), case, found("unknown"), line_now(case.t_ns))


def test_a_line_of_another_plant_is_refused(case: Case) -> None:
    """A state without the line in the plant is not played."""
    other = msgspec.structs.replace(
        line_now(case.t_ns), address=LINE.with_tag("x").owner.child("y")
    )
    with pytest.raises(NotRehearsed):
        rehearse_case(plant(), (view(), 100.0), case, found(), other)


def test_warming_up_takes_any_line() -> None:
    """A line that the twin does not simulate is passed over."""
    warm_up(plant(), LINE)
    warm_up(plant(), LINE.child("none"))
