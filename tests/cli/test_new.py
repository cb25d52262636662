"""`linewright new`: a plant to begin with that passes its own check."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.new import starter
from linewright.plant import check
from linewright.plant.language import check_text
from tests.cli.conftest import Ran, spawn

Run = Callable[..., Ran]


def test_the_starter_passes_every_check(tmp_path: Path, run: Run) -> None:
    """The new plant has no error and no warning, is in the one spelling, and can be shown."""
    folder = tmp_path / "pump"
    ran = run("new", folder)
    assert ran.code == 0
    assert check(folder).problems == ()
    assert run("check", "--strict", folder).code == 0
    assert run("fmt", "--check", folder).code == 0
    assert "bottleneck" in run("show", folder).out
    for command in ("check", "show"):
        assert f"linewright {command} {folder / 'plant.yaml'}" in ran.out


def test_the_starter_is_short_and_explained() -> None:
    """It fits on two screens, and explains itself in comments."""
    lines = starter("pump").splitlines()
    assert len(lines) <= 90
    assert sum("#" in line for line in lines) >= 15
    assert max(len(line) for line in lines) <= 100


@pytest.mark.parametrize(
    ("name", "enterprise"),
    [("pump", "pump"), ("Werk 3", "werk_3"), ("my-plant", "my_plant"), ("工厂", "u5de5_u5382")],
)
def test_any_folder_name_will_do(name: str, enterprise: str, tmp_path: Path, run: Run) -> None:
    """The enterprise is called like the folder, in letters that an address can have."""
    assert run("new", tmp_path / "deep" / name).code == 0
    plant = check(tmp_path / "deep" / name).plant
    assert plant is not None
    assert plant.enterprise == enterprise


def test_an_empty_folder_is_used(tmp_path: Path, run: Run) -> None:
    """A folder that was just made is filled."""
    assert run("new", tmp_path).code == 0
    assert (tmp_path / "plant.yaml").exists()


def test_nothing_is_overwritten(tmp_path: Path, run: Run) -> None:
    """A folder with anything in it, or a file of that name, is left alone."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "plant.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for name in ("full", "file"):
        ran = run("new", tmp_path / name)
        assert ran.code == 2
        assert "is there already" in ran.err
    assert (tmp_path / "full" / "plant.yaml").read_text("utf-8") == "mine"
    assert (tmp_path / "file").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["file/below", "x" * 300])
def test_a_folder_that_cannot_be_made(name: str, tmp_path: Path, run: Run) -> None:
    """The reason is told, with the code 2."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    ran = run("new", f"{tmp_path}/{name}")
    assert ran.code == 2
    assert "cannot be made" in ran.err


def test_here(tmp_path: Path) -> None:
    """`new .` fills the folder one stands in, and calls the plant like it."""
    folder = tmp_path / "corner"
    folder.mkdir()
    assert spawn("new", ".", cwd=folder).code == 0
    assert "enterprise: corner\n" in (folder / "plant.yaml").read_text("utf-8")
    assert check_text(starter("corner")).problems == ()
