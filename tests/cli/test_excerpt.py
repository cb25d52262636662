"""The line of a file under a problem."""

from pathlib import Path

import pytest

from linewright.cli.excerpt import MARGIN, excerpt, lines_of_file
from linewright.cli.terminal import width_of


@pytest.mark.parametrize(
    ("line", "column", "under"),
    [
        ("flow: [saw, mll]", 13, "mll]"),
        ("\tsaw: 1", 2, "saw: 1"),
        ("铣床: 48 minits", 5, "48 minits"),
        ("saw:", 5, ""),
        ("e\u0301 saw", 4, "saw"),
        ("\x1b[2J: x", 7, "x"),
    ],
)
def test_the_mark_stands_under_the_column(line: str, column: int, under: str) -> None:
    """Behind as many columns as the text before it takes, in any script."""
    shown, mark = excerpt(line, column, 80)
    before = shown.removesuffix(under) if under else shown
    assert mark == " " * width_of(before) + "^"


@pytest.mark.parametrize("column", [1, 60, 500, 1000])
@pytest.mark.parametrize("width", [20, 80])
def test_a_long_line_is_cut_around_the_mark(column: int, width: int) -> None:
    """The mark and what stands there is visible, and nothing is wider than the terminal."""
    line = "".join(chr(ord("a") + index % 26) for index in range(1000))
    shown, mark = excerpt(line, column, width)
    assert len(shown) <= width
    assert len(mark) <= width
    assert shown[len(mark) - 1 :].startswith(line[column - 1 :][:3])
    assert len(mark) > MARGIN


@pytest.mark.parametrize(("column", "width"), [(0, 80), (9, 80), (1, 10)])
def test_nothing_where_there_is_nothing(column: int, width: int) -> None:
    """A column that is not in the line, or a terminal too narrow, gives no excerpt."""
    assert excerpt("saw: 1", column, width) == []


def test_lines_of_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is gone has no lines; one that is not UTF-8 has replacement characters."""
    assert lines_of_file(str(tmp_path / "gone")) == ()
    assert lines_of_file("nul\0byte") == ()
    (tmp_path / "odd").write_bytes(b"\xef\xbb\xbfa\r\nb\xff\n")
    assert lines_of_file(str(tmp_path / "odd")) == ("a", "b\ufffd", "")
