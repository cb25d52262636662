"""`linewright export`: history as files that other programs read, all of it or a part."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import click
import msgspec

from linewright.bus import Bus
from linewright.cli.ending import Failed, counted
from linewright.cli.looking.drawing import waiting
from linewright.cli.looking.place import Place, data_option, place_of, reached, run
from linewright.cli.looking.query import pieces
from linewright.cli.looking.read import known_plant, now_of
from linewright.cli.looking.tables import Sink
from linewright.cli.looking.wanted import address_of, instant
from linewright.cli.terminal import example, safe, say
from linewright.history import HistoryUnusable, Wanted, export, open_history
from linewright.plant.records import RECORDS

__all__ = ["Wish", "asked", "command"]

FORMS = ("arrow", "csv", "parquet")

SLICE_ROWS = 900_000
"""Rows of one question: a query gives a million at most."""

HOUR_NS = 3_600_000_000_000
SHORTEST_NS = 1_000_000
"""Shortest span of time that is asked for at once: in a millisecond no site makes so many."""

PARTS = 60
"""Into how many parts a span with too many rows is cut."""

NS_MAX = 2**63 - 1

COLUMNS = "tag, t_ns, seen_ns, value, quality, int, text, raw_ns"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written."""

    address: str
    from_ns: int
    until_ns: int
    record_class: str = ""
    """Records of this class instead of samples."""
    slice_rows: int = SLICE_ROWS
    """Rows of one question."""

    @property
    def table(self) -> str:
        """Table that holds it."""
        return "records" if self.record_class else "samples"

    def where(self, from_ns: int, until_ns: int) -> str:
        """Condition on the rows of a span; an address holds no quotes."""
        column = "address" if self.record_class else "tag"
        here = f"{column} = '{self.address}'"
        here += "".join(f" OR starts_with({column}, '{self.address}{sign}')" for sign in "/#")
        here += ")" + (f" AND class = '{self.record_class}'" if self.record_class else "")
        return f"t_ns >= {from_ns} AND t_ns < {until_ns} AND ({here}"


@click.command(
    "export",
    epilog=example(
        "linewright export --out all.parquet",
        'linewright export mill --from "2026-11-23" --to "2026-11-24" --out day.csv',
    ),
)
@click.argument("address", default="")
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="File to write.")
@click.option("--format", "form", type=click.Choice(FORMS), help="By --out.")
@click.option("--from", "start", help="Local time of the site; all from the first on without it.")
@click.option("--to", "end", help="Local time of the site; it is not written any more.")
@click.option(
    "--records", "record_class", type=click.Choice(sorted(RECORDS)), help="Records of this class."
)
@data_option
def command(address: str, *, out: str, data: str | None, **given: Any) -> None:  # noqa: ANN401  # options
    """Write history to files.

    All of the site, or an ADDRESS, in the form that the ending of --out says:
    .parquet, .csv or .arrow. The file is there whole or not at all.
    """
    place = place_of(data)
    whole = place.site if not address else str(address_of(known_plant(place), place.site, address))
    zone, now_ns = place.zone(), now_of(place)
    wish = Wish(
        address=whole,
        from_ns=0 if not given["start"] else instant(given["start"], zone, now_ns),
        until_ns=NS_MAX if not given["end"] else instant(given["end"], zone, now_ns),
        record_class=given["record_class"] or "",
    )
    if wish.from_ns >= wish.until_ns:
        raise Failed("the time to export ends before it begins", "see --from and --to")
    sink = Sink(given["form"], out)
    if sink.form not in FORMS:
        raise Failed(f"an export is no {sink.form}", f"choose one of {', '.join(FORMS)}")
    run(asked if place.running is not None else _opened, place, wish, sink)


async def asked(place: Place, wish: Wish, sink: Sink) -> None:
    """Write what the service `query` tells, slice by slice of time."""
    async with reached(place) as bus:
        with sink.open(), waiting("history is exported") as told:
            spans = [each async for each in _spans(bus, wish, wish.from_ns, wish.until_ns)]
            for done, (from_ns, until_ns) in enumerate(spans):
                told(done, len(spans))
                await _slice(bus, wish, (from_ns, until_ns), sink)
            if not spans:
                await _slice(bus, wish, (wish.from_ns, wish.until_ns), sink)


async def _slice(bus: Bus, wish: Wish, times: tuple[int, int], sink: Sink) -> None:
    columns = "json" if wish.record_class else COLUMNS
    order = "t_ns, id, rev" if wish.record_class else "tag, t_ns, seen_ns"
    sql = f"SELECT {columns} FROM {wish.table} WHERE {wish.where(*times)} ORDER BY {order}"  # noqa: S608  # our names
    async with aclosing(pieces(bus, sql)) as found:
        async for head, table in found:
            if head.cut:
                raise Failed("more came while it was exported", "export it again")
            if table is not None:
                sink.add(table)


async def _spans(
    bus: Bus, wish: Wish, from_ns: int, until_ns: int, width_ns: int = HOUR_NS
) -> AsyncGenerator[tuple[int, int], None]:
    """Yield spans of time that hold everything, each with as many rows as one query gives."""
    sql = (
        f"SELECT t_ns // {width_ns} AS part, count(*) AS rows FROM {wish.table}"  # noqa: S608  # our names
        f" WHERE {wish.where(from_ns, until_ns)} GROUP BY part ORDER BY part"
    )
    counts: list[tuple[int, int]] = []
    async with aclosing(pieces(bus, sql)) as found:
        async for _, table in found:
            if table is not None:
                counts += zip(*table.to_pydict().values(), strict=True)
    start, held = from_ns, 0
    for part, rows in counts:
        begins, ends = max(from_ns, part * width_ns), min(until_ns, (part + 1) * width_ns)
        if held and held + rows > wish.slice_rows:
            yield start, begins
            start, held = begins, 0
        if rows > wish.slice_rows:
            if width_ns <= SHORTEST_NS:
                raise Failed(f"{rows:,} rows stand in one millisecond", "name a part of the site")
            async for each in _spans(bus, wish, begins, ends, width_ns // PARTS):
                yield each
            start, held = ends, 0
        else:
            held += rows
    if held:
        yield start, until_ns


async def _opened(place: Place, wish: Wish, sink: Sink) -> None:
    """Write what the file of a stopped history holds."""
    assert sink.out is not None, "export has a file"
    try:
        history = open_history(place.data / "history")
    except HistoryUnusable as error:
        raise Failed(f"the history cannot be read: {error.what}", error.advice) from error
    inside = tuple(f"{wish.address}{sign}" for sign in "/#")
    with history, waiting("history is exported") as told:
        tags = [tag for tag in history.tags() if tag == wish.address or tag.startswith(inside)]
        if not tags and not wish.record_class:
            raise Failed(f"nothing was stored of {wish.address}", "leave out ADDRESS for all")
        wanted = Wanted(
            form=sink.form,  # type: ignore[arg-type]  # one of the same three words
            tags=None if wish.record_class else tuple(tags),
            record_class=wish.record_class or None,
            from_ns=wish.from_ns,
            until_ns=wish.until_ns,
        )
        try:
            rows = export(history, Path(sink.out), wanted, told)
        except OSError as error:
            what = f"`{sink.out}` cannot be written: {error.strerror or error}"
            raise Failed(what, "nothing has changed") from error
        except (RuntimeError, ValueError) as error:
            raise Failed(f"history refuses: {error}") from error
    say(f"written: {safe(sink.out)} ({counted(rows, 'row')})")
