"""Every example in a docstring or on a page runs and gives what it shows."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = re.compile(r"^\s*>>> ", re.MULTILINE)
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def _modules() -> list[str]:
    """Names of all modules of the package and of the tools that hold an example."""
    found = []
    for top, base in ((ROOT / "src", ROOT / "src"), (ROOT / "tools", ROOT)):
        for file in sorted(top.rglob("*.py")):
            if EXAMPLE.search(file.read_text(encoding="utf-8")):
                parts = file.relative_to(base).with_suffix("").parts
                found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def _pages() -> list[str]:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
    return [
        page.relative_to(ROOT).as_posix()
        for page in pages
        if EXAMPLE.search(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("name", _modules())
def test_examples_in_docstrings(name: str) -> None:
    """The examples of a module give what they show."""
    result = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert result.attempted > 0, "an example stands where doctest does not look"
    assert result.failed == 0


@pytest.mark.parametrize("page", _pages() or [None])
def test_examples_on_pages(page: str | None) -> None:
    """The Python examples on a page give what they show."""
    if page is None:
        assert not _pages()
        return
    result = doctest.testfile(str(ROOT / page), module_relative=False, optionflags=OPTIONS)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_wrong_example_is_noticed(tmp_path: Path) -> None:
    """A page whose example gives something else fails."""
    page = tmp_path / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n\n```\n", encoding="utf-8")
    result = doctest.testfile(str(page), module_relative=False, optionflags=OPTIONS, report=False)
    assert (result.failed, result.attempted) == (1, 1)
