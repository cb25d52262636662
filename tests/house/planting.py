"""A small tree to judge: files written into an empty folder, with planted breaches."""

from collections.abc import Mapping
from pathlib import Path

from tools.house.floors import ROOMS
from tools.house.tree import SRC, Finding, Tree

FACE = '"""What it hides."""\n\n__all__ = ["thing"]\n'


def planted(root: Path, files: Mapping[str, str]) -> Tree:
    """A tree that holds exactly these files."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Tree(root)


def house(root: Path, files: Mapping[str, str]) -> Tree:
    """A tree with the face of every room, and these files on top."""
    faces = {f"{SRC}/{room}/__init__.py": FACE for room in ROOMS}
    return planted(root, {f"{SRC}/__init__.py": '"""All."""\n', **faces, **files})


def told(findings: list[Finding]) -> list[str]:
    """Each finding as `path:line what`, sorted."""
    return sorted(f"{f.path.removeprefix(f'{SRC}/')}:{f.line} {f.what}" for f in findings)
