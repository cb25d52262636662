"""CHANGELOG.md is made from the fragments, and nothing is lost on the way."""

import datetime as dt
from pathlib import Path

import pytest

from tests.house.planting import planted
from tools.changelog import release

DAY = dt.date(2026, 3, 1)
FILES = {
    "changes/README.md": "# Changes\n",
    "changes/plant-file.added.md": "A plant\nfile.\n",
    "changes/address.added.md": "Addresses.\n",
    "changes/zero.fixed.md": "Zero.\n",
}


def test_a_release_moves_the_fragments(tmp_path: Path) -> None:
    """Fragments become one section, sorted by kind and name, and are gone afterwards."""
    planted(tmp_path, FILES)
    taken = release(tmp_path, "0.1.0", DAY)
    assert sorted(f.name for f in taken) == [
        "address.added.md",
        "plant-file.added.md",
        "zero.fixed.md",
    ]
    assert [f.name for f in (tmp_path / "changes").iterdir()] == ["README.md"]
    assert (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8") == (
        "# Changelog\n\n## 0.1.0 (2026-03-01)\n\n### Added\n\n- Addresses.\n- A plant file.\n"
        "\n### Fixed\n\n- Zero.\n"
    )


def test_the_newest_version_stands_on_top(tmp_path: Path) -> None:
    """A second release goes above the first, which stays as it is."""
    planted(tmp_path, FILES)
    release(tmp_path, "0.1.0", DAY)
    planted(tmp_path, {"changes/more.changed.md": "More.\n"})
    release(tmp_path, "0.2.0", DAY)
    text = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.count("# Changelog\n") == 1
    assert text.index("## 0.2.0") < text.index("- More.") < text.index("## 0.1.0")
    assert text.endswith("- Zero.\n")


@pytest.mark.parametrize("version", ["", "1", "v0.2.0", "0.1.0", "latest"])
def test_a_bad_version_changes_nothing(tmp_path: Path, version: str) -> None:
    """A version of another form, or one that is there already, is refused before any writing."""
    planted(tmp_path, {**FILES, "CHANGELOG.md": "# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- x.\n"})
    with pytest.raises(ValueError, match="give a new version"):
        release(tmp_path, version, DAY)
    assert len(list((tmp_path / "changes").iterdir())) == 4


def test_a_bad_fragment_changes_nothing(tmp_path: Path) -> None:
    """A fragment of the wrong form stops the release, and so does having none."""
    planted(tmp_path, {"changes/a.added.md": "No end"})
    with pytest.raises(ValueError, match="does not end its sentence"):
        release(tmp_path, "0.1.0", DAY)
    (tmp_path / "changes/a.added.md").unlink()
    with pytest.raises(ValueError, match="no fragment"):
        release(tmp_path, "0.1.0", DAY)
    assert not (tmp_path / "CHANGELOG.md").exists()
