"""Any one process is killed with SIGKILL in the middle: the scene ends in the same closed case."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.plant import Plant, load
from linewright.plant.records import CaseOutcome, CaseStage
from linewright.testing.scenes import Result, Scene
from tools.check_audit import main as check_audit

SERVICES = ("bus", "connect", "history", "live", "think", "server", "emulate")
"""All processes; `emulate` is the machines themselves."""

UNDER_WRITE = ("connect", "emulate")
"""What can die in the few milliseconds between the reservation of a write and the write."""


@pytest.fixture(scope="module")
def bracket(checkout: Path) -> Plant:
    """The plant that the demo plays."""
    return load(checkout / "plants" / "bracket")


def _seen(scene: Scene, service: str) -> str:
    scene.kill(service)
    return str(scene.wait_for("proposed")["id"])


def _proposed(scene: Scene, service: str) -> str:
    case = str(scene.wait_for("proposed")["id"])
    scene.kill(service)
    return case


def _granted(scene: Scene, service: str) -> str:
    case = str(scene.wait_for("proposed")["id"])
    scene.answer(case)
    scene.kill(service)
    return ""


def _verifying(scene: Scene, service: str) -> str:
    case = str(scene.wait_for("proposed")["id"])
    scene.answer(case)
    scene.wait_for("verifying")
    scene.kill(service)
    return ""


MOMENTS: dict[str, Callable[[Scene, str], str]] = {
    "before the fault": _seen,
    "while it waits for a person": _proposed,
    "right after the person's answer": _granted,
    "while the effect is verified": _verifying,
}


@pytest.mark.faults
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("service", SERVICES)
def test_the_same_closed_case(service: str, moment: str, bracket: Plant, tmp_path: Path) -> None:
    """The case closes as effective, every sample is accounted for, the audit chain is whole."""
    with Scene(tmp_path / "data", speed=20.0) as scene:
        scene.wait_for_data()
        case = MOMENTS[moment](scene, service)
        if case:
            scene.answer_until_taken(case)
        scene.wait_for("closed", 180.0)
    result = scene.result(bracket)
    assert result.closed is not None
    if service in UNDER_WRITE and moment == "right after the person's answer" and not result.writes:
        # It died between the reservation and the write: what was reserved is never sent again
        # (docs/authority.md, Repeated); it is read back, found unwritten, and told.
        if service == "connect":
            assert [ack.reason for ack in result.acks] == ["other_value"]
        assert result.closed.outcome is CaseOutcome.INEFFECTIVE, result.closed.lesson
        assert "did not take the value" in result.closed.lesson
    else:
        assert result.closed.outcome is CaseOutcome.EFFECTIVE, result.closed.lesson
        assert [case.stage for case in result.cases] == list(CaseStage)
        assert len(result.writes) == 1
    _accounted(result)


def _accounted(result: Result) -> None:
    assert result.writes_outside == 0
    account = result.account
    assert account.unaccounted == account.doubled == account.invented == 0, account
    assert check_audit([str(result.audit_file), "--records", str(result.records_file)]) == 0
