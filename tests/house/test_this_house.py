"""The rules on our own tree, and the rules' own proofs."""

import re
from functools import cache
from pathlib import Path

import pytest

from tools.house.rules import RULES, Rule
from tools.house.surface import surface_findings
from tools.house.tree import SRC, Tree


@cache
def _tree(root: Path) -> Tree:
    return Tree(root)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_the_house_is_in_order(rule: Rule, checkout: Path) -> None:
    """No file of the repository breaks the rule."""
    findings = rule(_tree(checkout))
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_everything_is_documented(checkout: Path) -> None:
    """Every command, option, record class and problem code is on a page in docs."""
    findings = surface_findings(_tree(checkout))
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_every_rule_is_proven(checkout: Path) -> None:
    """Each rule is called on a planted tree by a test beside this one."""
    beside = list((checkout / "tests/house").glob("test_*.py"))
    text = "\n".join(p.read_text(encoding="utf-8") for p in beside if p != Path(__file__))
    unproven = [rule.__name__ for rule in RULES if not re.search(rf"\b{rule.__name__}\(", text)]
    assert unproven == []


def test_the_tree_sees_our_files(checkout: Path) -> None:
    """The tree under judgement holds the source, the tests and the pages, and nothing made."""
    files = _tree(checkout).files
    for path in (f"{SRC}/__init__.py", "tests/house/test_this_house.py", "pyproject.toml"):
        assert path in files
    assert not [path for path in files if ".venv" in path or "__pycache__" in path]
