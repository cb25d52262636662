"""The bracket line and its hidden wear."""

from pathlib import Path

import pytest

from tests.emulate.playing import Bracket


@pytest.fixture(scope="session")
def bracket(checkout: Path) -> Bracket:
    """The bracket line with the worn tool."""
    folder = checkout / "plants" / "bracket"
    return Bracket(
        (folder / "plant.yaml").read_text(encoding="utf-8"),
        (folder / "scenarios" / "worn-tool.yaml").read_text(encoding="utf-8"),
    )
