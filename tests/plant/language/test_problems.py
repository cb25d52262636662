"""Problems: marks, nearest spellings, the report."""

import pytest

from linewright.plant.language.syntax.problems import (
    NOWHERE,
    Problem,
    Report,
    did_you_mean,
    nearest,
    pack,
    unpack,
)


@pytest.mark.parametrize(
    ("file", "line", "column"), [(0, 0, 0), (3, 70_000, 12), (1999, 2**31, 65_535)]
)
def test_a_mark_holds_file_line_and_column(file: int, line: int, column: int) -> None:
    """One integer gives the place back, counted from 1."""
    assert unpack(pack(file, line, column)) == (file, line + 1, column + 1)
    assert unpack(NOWHERE) == (0, 0, 0)


def test_a_very_long_line_keeps_its_line() -> None:
    """A column beyond what a mark holds is cut, and spills into nothing else."""
    assert unpack(pack(2, 7, 10**9)) == (2, 8, 65_536)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("staions", "stations"),
        ("Stations", "stations"),
        ("micro-stop", "micro_stop"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_spelling(word: str, found: str) -> None:
    """Case, dashes and one slip are forgiven; what is far is not guessed."""
    assert nearest(word, ["stations", "shifts", "micro_stop"]) == found
    assert bool(did_you_mean(word, ["stations", "shifts", "micro_stop"])) == bool(found)


def test_the_same_problem_counts_once_and_order_is_that_of_the_file() -> None:
    """A problem met twice at one place is one; the report is sorted by place."""
    report = Report(["plant.yaml"])
    report.add("unused", pack(0, 9, 0), "second")
    report.add("unit-missing", pack(0, 2, 4), "first")
    report.add("unused", pack(0, 9, 0), "second")
    assert [problem.message for problem in report.problems()] == ["first", "second"]
    assert [problem.severity for problem in report.problems()] == ["error", "warning"]


def test_a_problem_prints_as_editors_read_it() -> None:
    """`file:line:column: severity: message (hint) [where] code`."""
    problem = Problem(
        code="unit-missing",
        severity="error",
        message="`48` has no unit",
        file="plant.yaml",
        line=3,
        column=7,
        where="reno",
        hint="for example `48 s`",
    )
    assert str(problem) == (
        "plant.yaml:3:7: error: `48` has no unit (for example `48 s`) [reno] unit-missing"
    )
