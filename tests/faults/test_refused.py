"""A person says no, or has stopped automatic actions: nothing is written, and the case says so."""

from pathlib import Path

import pytest

from linewright.plant import Plant, load
from linewright.plant.records import CaseOutcome
from linewright.testing.scenes import Result, Scene
from tools.check_audit import main as check_audit


@pytest.fixture(scope="module")
def bracket(checkout: Path) -> Plant:
    """The plant that the demo plays."""
    return load(checkout / "plants" / "bracket")


def _untouched(result: Result) -> None:
    assert result.writes == ()
    assert result.commands == ()
    assert result.account.unaccounted == result.account.doubled == 0
    assert check_audit([str(result.audit_file), "--records", str(result.records_file)]) == 0


@pytest.mark.faults
def test_a_refused_proposal_closes_its_case(bracket: Plant, tmp_path: Path) -> None:
    """The case is closed as refused at once; a second answer is a conflict; no grant exists."""
    with Scene(tmp_path) as scene:
        case = scene.wait_for("proposed")["id"]
        scene.answer(case, refuse=True)
        assert scene.wait_for("closed")["outcome"] == "refused"
        assert scene.post(f"/api/cases/{case}/confirm") == 409
    result = scene.result(bracket)
    assert result.closed is not None
    assert result.closed.outcome is CaseOutcome.REFUSED
    assert result.grants == ()
    assert any('"action":"confirm.refused"' in line for line in result.audit)
    _untouched(result)


@pytest.mark.faults
def test_while_actions_are_stopped_no_answer_writes(bracket: Plant, tmp_path: Path) -> None:
    """The stop refuses the confirm, and the case goes on waiting."""
    with Scene(tmp_path) as scene:
        case = scene.wait_for("proposed")["id"]
        assert scene.post("/api/stop") == 200
        assert scene.post(f"/api/cases/{case}/confirm") == 409
        assert scene.state()["cases"][0]["stage"] == "proposed"
        scene.end()
        _untouched(scene.result(bracket))
