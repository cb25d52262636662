"""The scenes: each is played once, in processes of its own, and looked at by many tests."""

from pathlib import Path

import pytest

from linewright.plant import Plant, load
from linewright.testing.scenes import Result, Scene


@pytest.fixture(scope="session")
def bracket(checkout: Path) -> Plant:
    """The plant that the demo plays."""
    return load(checkout / "plants" / "bracket")


@pytest.fixture(scope="session")
def worn_tool(bracket: Plant, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The worn tool, confirmed by a person, to its closed case."""
    with Scene(tmp_path_factory.mktemp("worn-tool"), speed=20.0) as scene:
        scene.wait_for_data()
        proposed = scene.wait_for("proposed")
        scene.answer(proposed["id"])
        scene.wait_for("closed")
    return scene.result(bracket)
