"""Prints what breaks a rule of the house: `python -m tools.house [--tighten]`."""

import sys
from pathlib import Path

from tools.house.rules import RULES
from tools.house.sizes import RATCHET, tightened
from tools.house.surface import surface_findings
from tools.house.tree import Tree


def main(arguments: list[str]) -> int:
    """Print every finding; with `--tighten`, lower the ratchet first. 1 when there are any."""
    root = Path(__file__).resolve().parent.parent.parent
    if "--tighten" in arguments:
        (root / RATCHET).write_text(tightened(Tree(root)), encoding="utf-8")
    tree = Tree(root)
    findings = [finding for rule in RULES for finding in rule(tree)]
    findings += surface_findings(tree)
    for finding in sorted(set(findings)):
        print(finding)
    print(f"{len(RULES) + 1} rules, {len(set(findings))} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
