"""`linewright simulate`: what a line does, by many runs of its twin."""

import click

from linewright.cli.terminal import example
from linewright.cli.twin.asking import asked, run_options, say_cost, scenario_of, working
from linewright.cli.twin.pages import (
    check_files,
    check_log,
    run_files,
    write_pages,
    write_report,
)
from linewright.cli.twin.showing import print_json, print_run, write_csv
from linewright.twin.experiment import run

__all__ = ["command"]


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
        print_run(asking, found, again)
