"""`linewright check`: everything that is wrong with a plant, for people, editors and CI."""

import shutil

import click

from linewright.cli.ending import Code
from linewright.cli.excerpt import excerpt, lines_of_file
from linewright.cli.reading import contents, problem_counts
from linewright.cli.terminal import as_json, example, is_terminal, safe, say
from linewright.plant import Checked, check
from linewright.plant.language import Problem

__all__ = ["command"]

COLOURS = {"error": "red", "warning": "yellow"}

SECRET = frozenset({"password-inline"})
"""Codes whose line of the file holds what should not be shown."""


@click.command(
    "check",
    epilog=example("linewright check plants/bracket", "linewright check --json --strict plants"),
)
@click.argument("plant", type=click.Path())
@click.option("--json", "wants_json", is_flag=True, help="Print JSON for editors and CI.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
def command(plant: str, *, wants_json: bool, strict: bool) -> None:
    """Say everything that is wrong with a plant.

    Every problem is told at once, with its place in the file, what is wrong,
    and the nearest right spelling. docs/problems.md explains each code.
    """
    checked = check(plant)
    is_ok = not (checked.problems if strict else checked.errors)
    if wants_json:
        say(as_json({"plant": plant, "ok": is_ok, "problems": _plain(checked)}))
    else:
        for problem in checked.problems:
            _tell(problem)
        say(_summary(plant, checked))
    raise click.exceptions.Exit(Code.DONE if is_ok else Code.FOUND)


def _plain(checked: Checked) -> list[dict[str, object]]:
    """Return the problems with all their keys."""
    return [
        {name: getattr(problem, name) for name in problem.__struct_fields__}
        for problem in checked.problems
    ]


def _tell(problem: Problem) -> None:
    """Write one problem; on a terminal with the line of the file it stands in."""
    colour = COLOURS[problem.severity]
    place, severity, rest = safe(str(problem)).partition(f"{problem.severity}: ")
    painted = click.style(severity.rstrip(), fg=colour, bold=True)
    say(f"{click.style(place, bold=True)}{painted} {rest}")
    if not is_terminal() or not problem.line or problem.code in SECRET:
        return
    lines = lines_of_file(problem.file)
    if problem.line <= len(lines):
        width = shutil.get_terminal_size().columns
        shown = excerpt(lines[problem.line - 1], problem.column, width)
        for text in [*shown[:1], *(click.style(mark, fg=colour) for mark in shown[1:])]:
            say(text)


def _summary(source: str, checked: Checked) -> str:
    """Return how many problems there are, and what is in the plant when it can be used."""
    counts = problem_counts(checked)
    what = "" if checked.plant is None else contents(checked.plant)
    verdict = f"has {counts}" if counts else "is in order"
    return safe(f"`{source}` {verdict}" + (f": {what}" if what else ""))
