"""The page of conventions against the tests that hold them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _tests(file: Path) -> list[str]:
    return re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_claim_of_the_page_names_a_test_that_exists() -> None:
    """Each name on docs/twin.md that reads like a test is one below tests/twin."""
    page = (ROOT / "docs/twin.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    known: set[str] = set()
    for file in (ROOT / "tests/twin").rglob("test_*.py"):
        known.update(_tests(file))
    assert len(named) > 100
    assert named - known == set()


def test_every_test_by_hand_stands_on_the_page() -> None:
    """What the kernel's tests hold is told; a test that is not on the page has no claim there."""
    page = (ROOT / "docs/twin.md").read_text(encoding="utf-8")
    untold = []
    for file in (ROOT / "tests/twin/kernel").glob("test_*.py"):
        untold += [name for name in _tests(file) if f"`{name}`" not in page]
    assert untold == []
