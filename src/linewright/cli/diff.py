"""`linewright diff`: what differs between two plants."""

import click

from linewright.cli.ending import Code
from linewright.cli.reading import plant_of, read
from linewright.cli.terminal import as_json, example, safe, say
from linewright.plant.difference import describe, difference

__all__ = ["command"]

COLOURS = {"removed": "red", "added": "green", "renamed": "cyan", "moved": "cyan"}


@click.command(
    "diff",
    epilog=example(
        "linewright diff plants/bracket plants/corridor", "linewright diff --json old new"
    ),
)
@click.argument("before", type=click.Path())
@click.argument("after", type=click.Path())
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
def command(before: str, after: str, *, wants_json: bool) -> None:
    """Say what differs between two plants, BEFORE and AFTER.

    Plants are compared by what they mean: order, comments and units make no
    difference, and what says `was:` is the same thing under another name.
    Ends with 0 when they are equal, 1 when they differ, 2 when one of them
    cannot be read.
    """
    found = difference(plant_of(read(before)), plant_of(read(after)))
    if wants_json:
        say(as_json({"before": before, "after": after, "equal": found.empty, **found.plain()}))
    else:
        for line in describe(found).split("\n"):
            colour = COLOURS.get(line.partition(" ")[0])
            say(click.style(safe(line), fg=colour) if colour else safe(line))
    raise click.exceptions.Exit(Code.DONE if found.empty else Code.FOUND)
