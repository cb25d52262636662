"""The change that was granted until the break ends with it, long after its case was closed."""

import time
from pathlib import Path

import pytest

from linewright.plant import load
from linewright.plant.records import Outcome
from linewright.testing.scenes import Scene
from tools.check_audit import main as check_audit

BREAK_MS = 1_795_453_200_000
"""10:00 on the clock of the plant."""

SPEED = 40.0
TICK_NS = round(0.1 * SPEED * 1e9)
"""An emulated machine dates what is written to it at the beginning of its tick of 0.1 s."""

WAIT_S = 150.0


@pytest.mark.faults
def test_the_mill_runs_at_full_speed_again_after_the_break(checkout: Path, tmp_path: Path) -> None:
    """The undo that the act reserved is written at 10:00, audited, and inside the grant."""
    with Scene(tmp_path, speed=SPEED) as scene:
        scene.wait_for_data()
        scene.answer(scene.wait_for("proposed")["id"])
        scene.wait_for("closed")
        until = time.monotonic() + WAIT_S
        while scene.state()["clock"]["t_ms"] < BREAK_MS + 240_000 and time.monotonic() < until:
            time.sleep(0.5)
    result = scene.result(load(checkout / "plants" / "bracket"))
    assert [write["value"] for write in result.writes] == [80.0, 100.0]
    assert [one.is_undo for one in result.commands] == [False, True]
    assert result.writes_outside == 0
    assert result.writes[1]["t_ns"] >= BREAK_MS * 1_000_000 - TICK_NS
    assert {ack.outcome for ack in result.acks} == {Outcome.CONFIRMED}
    assert check_audit([str(result.audit_file), "--records", str(result.records_file)]) == 0
