"""The line of a file in which a problem stands, with a mark under the column."""

from functools import cache
from pathlib import Path

from linewright.cli.terminal import safe, width_of

__all__ = ["excerpt", "lines_of_file"]

MARGIN = 4
"""Columns before the excerpt."""

LINES_MAX = 1_000_000
"""Lines of one file that are kept for excerpts."""


@cache
def lines_of_file(path: str) -> tuple[str, ...]:
    """Return the lines of a file as the parser counts them; none where it cannot be read."""
    try:
        text = Path(path).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    except (OSError, ValueError):
        return ()
    return tuple(text.replace("\r\n", "\n").split("\n")[:LINES_MAX])


def excerpt(line: str, column: int, width: int) -> list[str]:
    r"""Return a line of a file and under it a mark at a column, cut to the width of the terminal.

    Parameters
    ----------
    line
        The line as it stands in the file.
    column
        Of the mark, counted from 1, in characters.
    width
        Columns of the terminal; what does not fit is cut on both sides of the mark.

    Returns
    -------
    list of str
        Two lines, or none where the line has no such column.

    Examples
    --------
    >>> print(*excerpt("  flow: [saw, mll]", 15, 80), sep="\n")
          flow: [saw, mll]
                      ^
    """
    if not 1 <= column <= len(line) + 1 or width < 4 * MARGIN:
        return []
    room = width - 2 * MARGIN
    start = max(0, min(column - 1 - room // 2, len(line) - room))
    before = safe(line[start : column - 1].replace("\t", " "))
    after = safe(line[column - 1 : start + room].replace("\t", " "))
    mark = " " * (MARGIN + width_of(before)) + "^"
    return [" " * MARGIN + before + after, mark]
