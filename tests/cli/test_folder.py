"""Which data folder the commands on access work on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.ending import Code
from linewright.server.folder import Belongs, write_belongs
from tests.cli.conftest import Ran

Run = Callable[..., Ran]


@pytest.mark.parametrize("command", ["people", "tokens", "peers"])
def test_a_folder_of_no_plant_is_refused(command: str, tmp_path: Path, run: Run) -> None:
    """A folder that never was a plant's is told by name, and nothing is made in it."""
    ran = run(command, "list", "--data", tmp_path)
    assert ran.code == Code.FAILED
    assert str(tmp_path) in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_own_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Without --data it is the folder of `linewright up` of this user."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    write_belongs(tmp_path / "linewright" / "up", Belongs(site="reno", emulated=True))
    made = run("tokens", "add", "grafana", "--scope", "grafana")
    assert made.code == 0
    assert "grafana of reno" in made.out
