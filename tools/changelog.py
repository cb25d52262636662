"""CHANGELOG.md from the fragments in changes/: `python3 tools/task.py changelog 0.2.0`."""

import datetime as dt
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.environment import ROOT
from tools.house.prose import FRAGMENT_KINDS, FRAGMENTS, fragments
from tools.house.tree import Tree

TITLE = "# Changelog\n"
VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")


def section(version: str, day: dt.date, texts: Mapping[str, str]) -> str:
    r"""The section of one version.

    Parameters
    ----------
    version
        As in the package.
    day
        Of the release.
    texts
        Fragments by file name, `<slug>.<kind>.md`.

    Returns
    -------
    str
        Markdown; kinds in the order of `FRAGMENT_KINDS`, slugs in alphabetical order.

    Examples
    --------
    >>> day = dt.date(2026, 1, 2)
    >>> print(section("0.1.0", day, {"plant.added.md": "A plant\nfile."}), end="")
    ## 0.1.0 (2026-01-02)
    <BLANKLINE>
    ### Added
    <BLANKLINE>
    - A plant file.
    """
    parts = [f"## {version} ({day.isoformat()})"]
    for kind in FRAGMENT_KINDS:
        entries = [
            f"- {' '.join(text.split())}"
            for name, text in sorted(texts.items())
            if name.endswith(f".{kind}.md")
        ]
        if entries:
            parts += [f"### {kind.capitalize()}", "\n".join(entries)]
    return "\n\n".join(parts) + "\n"


def release(root: Path, version: str, day: dt.date) -> list[Path]:
    """Write the new section on top of CHANGELOG.md and remove the fragments it came from.

    Returns the removed fragments. Raises ValueError, with nothing written, when the version has
    the wrong form or is there already, when there is no fragment, or when one has the wrong form.
    """
    page = root / "CHANGELOG.md"
    old = page.read_text(encoding="utf-8") if page.exists() else TITLE
    taken = [f for f in sorted((root / FRAGMENTS).glob("*.md")) if f.name != "README.md"]
    wrong = fragments(Tree(root))
    if not VERSION.fullmatch(version) or f"\n## {version} (" in old:
        raise ValueError(f"{version}: give a new version such as 0.2.0")
    if wrong or not taken:
        raise ValueError("\n".join(map(str, wrong)) or f"no fragment in {FRAGMENTS}/")
    texts = {file.name: file.read_text(encoding="utf-8") for file in taken}
    new = TITLE + "\n" + section(version, day, texts) + old.removeprefix(TITLE)
    page.write_text(new, encoding="utf-8")
    for file in taken:
        file.unlink()
    return taken


def main(arguments: list[str]) -> int:
    """Release the version in the first argument, dated today."""
    try:
        today = dt.datetime.now(tz=dt.UTC).date()
        taken = release(ROOT, arguments[0] if arguments else "", today)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(taken)} fragments went into CHANGELOG.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
