"""What a scene's result says of its writes, and what a scene that fails says."""

from pathlib import Path

import msgspec
import pytest

from linewright.plant.authority import Grant
from linewright.plant.records import Command
from linewright.plant.records.examples import example
from linewright.testing.accounts import Account
from linewright.testing.scenes import Result, Scene, SceneFailed

COMMAND = example(Command)
GRANT = msgspec.structs.replace(
    example(Grant),
    id=COMMAND.grant_id,
    actions=(COMMAND.action,),
    addresses=(COMMAND.address,),
    only_command=None,
)
WRITE: dict[str, object] = {
    "address": f"{COMMAND.address}#{COMMAND.parameter}",
    "value": COMMAND.value,
}


def result(
    writes: list[dict[str, object]], *, grant: Grant = GRANT, command: Command = COMMAND
) -> Result:
    """A result with these writes under one command and one grant."""
    return Result(
        cases=(),
        commands=(command,),
        grants=(grant,),
        acks=(),
        account=Account(),
        writes=tuple(writes),
        fault_ns=None,
        audit=(),
        audit_file=Path("audit.jsonl"),
        records_file=Path("records.jsonl"),
    )


def test_a_write_that_a_granted_command_asked_for_is_inside() -> None:
    """One command covers one write, and no second one."""
    assert result([WRITE]).writes_outside == 0
    assert result([WRITE, WRITE]).writes_outside == 1
    assert result([]).writes_outside == 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": "g-other"},
        {"actions": ()},
        {"addresses": ()},
        {"limits": ()},
        {"only_command": "a" * 26},
    ],
)
def test_a_write_without_a_grant_that_covers_it_is_outside(change: dict[str, object]) -> None:
    """Another grant, action, place, value or command leaves the write uncovered."""
    grant = msgspec.structs.replace(GRANT, **change)
    assert result([WRITE], grant=grant).writes_outside == 1


def test_an_undo_of_a_granted_command_is_inside() -> None:
    """The grant reserves the way back, once, and only of what it covers."""
    undo = msgspec.structs.replace(
        COMMAND, id="", is_undo=True, undo_of=COMMAND.id, value=100.0, t_ns=COMMAND.t_ns + 1
    )
    back: dict[str, object] = {**WRITE, "value": 100.0}
    both = msgspec.structs.replace(result([WRITE, back]), commands=(COMMAND, undo))
    assert both.writes_outside == 0
    stray = msgspec.structs.replace(undo, id="", undo_of="e" * 26)
    assert msgspec.structs.replace(both, commands=(COMMAND, stray)).writes_outside == 1


def test_another_value_is_outside() -> None:
    """A machine that took another value than was asked for is told."""
    assert result([{**WRITE, "value": 120.0}]).writes_outside == 1


def test_nothing_closed_has_no_time() -> None:
    """Without a closed case there is no time from the fault to it."""
    assert result([]).closed is None
    assert result([]).fault_to_closed_s is None


def test_a_scene_that_does_not_run_says_so(tmp_path: Path) -> None:
    """A scene without a process has no state, and waiting for it fails with its name."""
    scene = Scene(tmp_path)
    assert scene.state() == scene.running() == {}
    with pytest.raises(SceneFailed, match="no case was open"):
        scene.wait_for("open", 0.1)
    with pytest.raises(SceneFailed, match="does not run"):
        scene.kill("live")
