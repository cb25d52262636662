"""A tree drawn in a terminal."""

import msgspec

from linewright.cli.looking.drawing import Text, Tree, console
from linewright.cli.terminal import safe

__all__ = ["Branch", "print_tree"]


class Branch(msgspec.Struct, frozen=True):
    """A line of a tree: a name, what is said of it, and what stands below it."""

    name: str
    about: str = ""
    below: tuple["Branch", ...] = ()


def print_tree(root: Branch) -> None:
    """Write a tree; in a pipe no line is wrapped, on a narrow terminal every line is."""
    top = Tree(_line(root), guide_style="dim")
    waiting = [(top, branch) for branch in reversed(root.below)]
    while waiting:
        above, branch = waiting.pop()
        twig = above.add(_line(branch))
        waiting += [(twig, below) for below in reversed(branch.below)]
    console().print(top)


def _line(branch: Branch) -> Text:
    text = Text(safe(branch.name), style="bold")
    if branch.about:
        text.append(("  " if branch.name else "") + safe(branch.about), style="not bold")
    return text
