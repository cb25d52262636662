"""`linewright up`: what is wrong with what was asked, before anything is started."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.running.up import Options, plan_of
from tests.cli.conftest import SMALL, Ran

Run = Callable[..., Ran]
ROOT = Path(__file__).resolve().parents[2]
BRACKET = ROOT / "plants" / "bracket"
TOOL = str(BRACKET / "scenarios" / "worn-tool.yaml")


def test_every_problem_is_told(plant: Path, tmp_path: Path, run: Run) -> None:
    """A plant with errors is not started; the code is 2 and it is said how to see all."""
    plant.write_text(SMALL.replace("48 s", "48").replace("60 s", "60"), encoding="utf-8")
    ran = run("up", plant, "--data", tmp_path / "data")
    assert ran.code == 2
    assert "has 2 errors" in ran.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--site", "rino"], "there is no site `rino`"),
        (["--as", "p7"], "`p7` is no person with a role"),
        (["--as", "p7:king"], "`p7:king` is no person with a role"),
        (["--as", "p 7:operator"], "is no person with a role"),
        (["--from", "2026-11-23 08:57"], "are for a play"),
        (["--speed", "20"], "are for a play"),
        (["--emulate", "--from", "soon"], "`soon` is no time"),
        (["--emulate", "--speed", "0"], "0.1<=x<=100"),
        (["--port", "70000"], "0<=x<=65535"),
        (["--scenario", TOOL], "cannot be used"),
    ],
)
def test_wrong_use(words: list[str], said: str, plant: Path, tmp_path: Path, run: Run) -> None:
    """What cannot be done is told before anything is made, and ends with 2."""
    ran = run("up", plant, "--data", tmp_path / "data", *words)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "data").exists()


def test_a_plant_of_several_sites(tmp_path: Path) -> None:
    """Where a plant has several sites, one must be named; then it is that one."""
    options = Options(data=tmp_path)
    with pytest.raises(Failed, match="has 3 sites") as refused:
        plan_of(str(ROOT / "plants" / "corridor"), options)
    assert "--site" in refused.value.to_do
    named = Options(data=tmp_path, site="nogales")
    assert plan_of(str(ROOT / "plants" / "corridor"), named).site == "nogales"


def test_the_plan_of_a_play(tmp_path: Path) -> None:
    """A scenario makes it a play at the scenario's own speed; real machines have neither."""
    played = plan_of(str(BRACKET), Options(data=tmp_path, scenario=TOOL, person="p7:quality"))
    assert played.scenario == Path(TOOL).read_text("utf-8")
    assert (played.speed, played.person, played.role) == (30.0, "p7", "quality")
    assert "emulate" in played.services
    assert plan_of(str(BRACKET), Options(data=tmp_path, emulate=True)).scenario == ""
    real = plan_of(str(BRACKET), Options(data=tmp_path))
    assert real.scenario is None
    assert "emulate" not in real.services
