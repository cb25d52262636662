"""`linewright convert`: a plant as a file of a public standard, and such a file as a plant."""

from pathlib import Path

import click

from linewright.cli.ending import Failed, counted
from linewright.cli.files import write_whole
from linewright.cli.reading import contents, plant_of, read
from linewright.cli.terminal import example, safe, say
from linewright.plant import Address, to_text
from linewright.plant.cmsd import CmsdInvalid, read_cmsd, write_cmsd

__all__ = ["command"]

FORMATS = ("cmsd",)
"""Standards that are written and read."""


@click.command(
    "convert",
    epilog=example(
        "linewright convert plants/bracket --to cmsd --at nogales/machining/bracket -o bracket.xml",
        "linewright convert bracket.xml --from cmsd -o plant.yaml",
    ),
)
@click.argument("source", type=click.Path())
@click.option("--to", "to", type=click.Choice(FORMATS), help="Write the plant in this standard.")
@click.option("--from", "of", type=click.Choice(FORMATS), help="SOURCE is in this standard.")
@click.option("--at", metavar="ADDRESS", help="With --to: the line, work centre, area or site.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, not to standard output.")
def command(
    source: str, *, to: str | None, of: str | None, at: str | None, output: str | None
) -> None:
    """Turn a plant into a file of a public standard, or such a file into a plant.

    Standards: cmsd (Core Manufacturing Simulation Data, SISO-STD-008-01-2012).
    What does not come along is told on standard error.
    """
    if (to is None) == (of is None):
        raise Failed("neither or both of --to and --from are given", "give one of them")
    try:
        text, notes, what = _from(source) if to is None else _to(source, at)
    except CmsdInvalid as error:
        raise Failed(f"{error.where}: {error.what}", error.do) from error
    for note in notes:
        say(safe(f"note: {note}"), err=True)
    if output is None:
        for line in text.splitlines():
            say(safe(line))
        return
    write_whole(Path(output), text)
    told = f", {counted(len(notes), 'note')}" if notes else ""
    say(safe(f"written: {output} ({what}{told})"))


def _to(source: str, at: str | None) -> tuple[str, tuple[str, ...], str]:
    plant = plant_of(read(source))
    if at is None and len(plant.sites) > 1:
        raise Failed(f"`{source}` has several sites", f"give --at: {', '.join(plant.sites)}")
    try:
        where = Address(at or next(iter(plant.sites)))
    except ValueError as error:
        raise Failed(str(error), "see `linewright show`") from error
    written = write_cmsd(plant, where)
    return written.text, written.notes, str(where)


def _from(source: str) -> tuple[str, tuple[str, ...], str]:
    found = read_cmsd(Path(source))
    notes = found.notes
    if found.orders:
        notes = (*notes, f"{counted(len(found.orders), 'order')} left out: no part of a plant file")
    return to_text(found.plant), notes, contents(found.plant)
