"""`linewright experiment`: scenarios compared with the plant as it stands."""

from pathlib import Path

import click

from linewright.cli.ending import Failed
from linewright.cli.terminal import example
from linewright.cli.twin.asking import (
    Asking,
    asked,
    run_options,
    say_cost,
    scenario_of,
    tried,
    working,
)
from linewright.cli.twin.pages import check_files, report_option, write_report
from linewright.cli.twin.showing import print_comparisons, print_json, write_csv
from linewright.twin.experiment import Scenario, experiment, read_scenarios

__all__ = ["command"]


@click.command(
    "experiment",
    epilog=example(
        "linewright experiment plants/bracket bracket --scenario ideas.yaml",
        "linewright experiment plants/bracket bracket --set saw-mill.places=20 --precision 1%",
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("at", required=False)
@click.option(
    "--scenario",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="File of scenarios; may be given several times.",
)
@click.option("--set", "settings", multiple=True, help="PATH=VALUE: one more scenario, `set`.")
@report_option
@run_options
def command(
    plant: str,
    at: str | None,
    *,
    files: tuple[str, ...],
    settings: tuple[str, ...],
    report_file: str | None,
    **given: object,
) -> None:
    """Compare scenarios with the plant as it stands, on its twin.

    Every scenario meets the same chance as the plant as it stands, so that
    differences show early. docs/twin-experiments.md tells how scenarios are
    written. A precision is asked of the differences, in shares of the
    throughput as it stands.
    """
    asking = asked(plant, at, given)
    check_files(report_file, asking.options.csv_file)
    scenarios = _scenarios(asking, files, settings)
    if asking.options.dry_run:
        say_cost(asking, scenarios)
        return
    with working(asking) as workers:
        found = experiment(asking.plant, asking.at, scenarios, asking.runs, workers=workers)
    more = [word for each in files for word in ("--scenario", each)]
    more += [word for each in settings for word in ("--set", each)]
    again = asking.again("experiment", *more)
    write_report(report_file, asking, found, again)
    if asking.options.csv_file is not None:
        write_csv(asking.options.csv_file, found.runs)
    if asking.options.wants_json:
        print_json(found, again)
    else:
        print_comparisons(asking, found, again)


def _scenarios(
    asking: Asking, files: tuple[str, ...], settings: tuple[str, ...]
) -> tuple[Scenario, ...]:
    found: list[Scenario] = []
    for name in files:
        with tried():
            found += read_scenarios(_text(name), asking.plant, at_ns=asking.runs.at_ns, name=name)
    one = scenario_of(settings)
    found += [one] if one is not None else []
    if not found:
        raise Failed("there is no scenario to compare", "give --scenario FILE, or --set PATH=VALUE")
    return tuple(found)


def _text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"`{name}` cannot be read: {getattr(error, 'strerror', None) or error}"
        raise Failed(what, "check the path") from error
