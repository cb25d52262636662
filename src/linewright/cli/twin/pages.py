"""Files that tell of a run: the report and the replay as pages, the event log."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from linewright import __version__
from linewright.cli.ending import Failed
from linewright.cli.files import write_whole
from linewright.cli.terminal import safe, say
from linewright.cli.twin.asking import Asking, tried
from linewright.plant import Plant
from linewright.twin import Model, State, begin
from linewright.twin.experiment import (
    ExperimentResult,
    RunResult,
    Scenario,
    model_of,
    with_settings,
)
from linewright.twin.logs import activities_of, csv_text, events_of, rows_of, xes_text
from linewright.twin.reporting import film, over_time, replay, report, study_of

__all__ = ["check_files", "check_log", "report_option", "run_files", "write_pages", "write_report"]

F = TypeVar("F", bound=Callable[..., object])

HOUR_NS = 3600 * 10**9

LOGS = (".csv", ".xes")

report_option = click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False),
    help="Write a report: an HTML page.",
)
"""Option of every command that has something to report."""

FILES = (
    report_option,
    click.option(
        "--replay",
        "replay_file",
        type=click.Path(dir_okay=False),
        help="Write a page that plays the first replication: parts moving through the line.",
    ),
    click.option(
        "--log",
        "log_file",
        type=click.Path(dir_okay=False),
        help="Write the event log of the first replication: .csv or .xes.",
    ),
)


def run_files(function: F) -> F:
    """Give a command the options that write files of one run."""
    for option in reversed(FILES):
        function = option(function)
    return function


def check_log(path: str | None) -> None:
    """See that a file has the name of a log, before anything is run.

    Raises
    ------
    Failed
        Its name does not end as a log does.
    """
    if path is not None and Path(path).suffix.lower() not in LOGS:
        raise Failed(f"`{path}` is no name of a log", "end it with .csv or .xes")


def check_files(*paths: str | None) -> None:
    """See that files can be written, before anything is run; a None is passed over.

    Raises
    ------
    Failed
        There is no such folder, it is read-only, or a pipe or device has the name.
    """
    for path in paths:
        if path is None:
            continue
        goal = Path(os.path.realpath(path))
        if not goal.parent.is_dir():
            raise Failed(f"`{path}`: there is no folder `{goal.parent}`", "make it first")
        if not os.access(goal.parent, os.W_OK):
            raise Failed(f"`{path}`: the folder is read-only", "name another one")
        if goal.exists() and not goal.is_file():
            raise Failed(f"`{path}` is no plain file", "name a file")


def write_report(
    path: str | None,
    asking: Asking,
    found: RunResult | ExperimentResult,
    again: str,
    scenario: Scenario | None = None,
) -> None:
    """Write the report of a run or an experiment; without a path, nothing.

    Parameters
    ----------
    path
        Of the page.
    asking, found
        What was asked, and what came of it.
    again
        The command that gives the same.
    scenario
        How the plant that was run differs from the file.
    """
    if path is None:
        return
    base = found if isinstance(found, RunResult) else found.runs[0]
    model, plant = _model(asking, scenario)
    told = study_of(
        found,
        model,
        plant,
        command=f"{again} --report {shlex.quote(path)}",
        version=__version__,
        series=over_time(model, base),
    )
    _write(path, report(told))


def write_pages(
    asking: Asking, scenario: Scenario | None, *, replay_file: str | None, log_file: str | None
) -> None:
    """Write the replay and the log of the first replication, where they are wished.

    Parameters
    ----------
    asking, scenario
        What was run.
    replay_file, log_file
        Where to.
    """
    if replay_file is None and log_file is None:
        return
    model, plant = _model(asking, scenario)
    start = begin(model, at_ns=asking.runs.at_ns, seed=asking.runs.seed)
    until_ns = asking.runs.at_ns + round(asking.runs.hours * HOUR_NS)
    if replay_file is not None:
        made = film(model, start, until_ns, plant=plant)
        _write(replay_file, replay(made))
    if log_file is not None:
        _write(log_file, _log(asking, (model, plant), start, until_ns, Path(log_file)))


def _model(asking: Asking, scenario: Scenario | None) -> tuple[Model, Plant]:
    with tried():
        plant = asking.plant if scenario is None else with_settings(asking.plant, scenario)
        return model_of(plant, asking.at, product=asking.runs.product), plant


def _log(asking: Asking, what: tuple[Model, Plant], start: State, until_ns: int, path: Path) -> str:
    model, plant = what
    does = {place: list(one.does) for place, one in plant.stations() if place in model.stations}
    rows = rows_of(model.stations, events_of(model, start, until_ns), activities_of(does))
    timezone = plant.sites[asking.at.site].timezone
    if path.suffix.lower() == ".csv":
        return "".join(csv_text(rows, timezone))
    return "".join(xes_text(rows, name=str(asking.at), timezone=timezone))


def _write(path: str, text: str) -> None:
    write_whole(Path(path), text)
    say(safe(f"written: {path}"), err=True)
