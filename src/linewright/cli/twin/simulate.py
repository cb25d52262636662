"""`linewright simulate`: what a line does, by many runs of its twin."""

import shlex

import click

from linewright.cli.terminal import example
from linewright.cli.twin.asking import Asking, asked, run_options, say_cost, scenario_of, working
from linewright.cli.twin.pages import (
    check_files,
    check_log,
    run_files,
    write_pages,
    write_report,
)
from linewright.cli.twin.showing import print_json, print_run, write_csv
from linewright.plant import Address
from linewright.twin import TwinFault
from linewright.twin.choosing import ask
from linewright.twin.experiment import RunResult, run

__all__ = ["command"]

ROOMS = (20, 100, 1000)
"""Places up to which buffers may be varied next, the first one that holds all of today's."""


@click.command(
    "simulate",
    epilog=example(
        "linewright simulate plants/bracket bracket",
        "linewright simulate plants/bracket bracket --precision 1% --set saw-mill.places=20",
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("at", required=False)
@click.option("--set", "settings", multiple=True, help="PATH=VALUE: run the plant with this.")
@run_files
@run_options
def command(
    plant: str,
    at: str | None,
    *,
    settings: tuple[str, ...],
    report_file: str | None,
    replay_file: str | None,
    log_file: str | None,
    **given: object,
) -> None:
    """Run a line many times on its twin, and tell what it does.

    Every figure is a mean over the replications with its interval. The same
    plant, options and seed give the same figures on every machine.
    """
    check_log(log_file)
    asking = asked(plant, at, given)
    check_files(report_file, replay_file, log_file, asking.options.csv_file)
    scenario = scenario_of(settings)
    if asking.options.dry_run:
        say_cost(asking, () if scenario is None else (scenario,))
        return
    with working(asking) as workers:
        found = run(asking.plant, asking.at, asking.runs, scenario=scenario, workers=workers)
    again = asking.again("simulate", *(word for each in settings for word in ("--set", each)))
    write_report(report_file, asking, found, again, scenario)
    write_pages(asking, scenario, replay_file=replay_file, log_file=log_file)
    if asking.options.csv_file is not None:
        write_csv(asking.options.csv_file, [found])
    if asking.options.wants_json:
        print_json(found, again)
    else:
        print_run(asking, found, again, _following(asking, found, has_report=bool(report_file)))


def _following(asking: Asking, found: RunResult, *, has_report: bool) -> list[str]:
    """Return what one may ask next."""
    vary = next((f"buffers=0..{most}" for most in ROOMS if _may_vary(asking, most)), "")
    if not vary and found.narrowest is not None:
        vary = f"speed {Address(found.narrowest).name}=50..150 %"
    words = ["linewright", "sensitivity", asking.source, str(asking.at), "--vary", vary]
    words += ["--product", asking.options.product] if asking.options.product else []
    lines = [f"next: {shlex.join(words)}"] if vary else []
    return lines if has_report else [*lines, "report: the same with --report report.html"]


def _may_vary(asking: Asking, most: int) -> bool:
    """Return whether there are buffers, and today's lie within so many places."""
    try:
        return ask(asking.plant, asking.at, [f"buffers=0..{most}"]).today is not None
    except TwinFault:
        return False
