"""`linewright query`: SQL over history, answered by a service that sees nothing else."""

import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

import click
import msgspec

from linewright.bus import Bus
from linewright.cli.ending import Failed
from linewright.cli.looking.drawing import waiting
from linewright.cli.looking.place import Place, asked, data_option, place_of, reached, run
from linewright.cli.looking.tables import FORMATS, Sink, joined_stream
from linewright.cli.terminal import example

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Head", "command", "pieces"]

PIECES_MAX = 1_000_000
"""Most answers that are asked for one after the other."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no answer, and where in the query."""

    what: str
    to_do: str = ""
    line: int = 0
    column: int = 0


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before the rows of an answer."""

    id: str = ""
    more: bool = False
    rows: int = 0
    cut: bool = False
    seconds: float = 0.0
    failure: Failure | None = None


@click.command(
    "query",
    epilog=example(
        'linewright query "SELECT tag, max(value) FROM samples WHERE quality & 2 = 0 GROUP BY tag"',
        'linewright query "FROM gaps" --out gaps.parquet',
    ),
)
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it: by --out.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write to a file.")
@data_option
def command(sql: str, *, form: str | None, out: str | None, data: str | None) -> None:
    """Ask history in SQL.

    Of a plant that runs. The tables are samples, records, tags and gaps. SQL is one statement that
    reads; `-` takes it from standard input. Nothing but these tables can be
    reached. At most a million rows, half a minute and half a gigabyte; Ctrl-C
    ends the query.
    """
    text = sys.stdin.read() if sql == "-" else sql
    place = place_of(data)
    if place.running is None:
        to_do = "of a stopped plant `linewright read` and `linewright export` work; or start it"
        raise Failed(f"no plant runs on {place.data}, so nobody answers SQL", to_do)
    run(_ask, place, text, Sink(form, out))


async def _ask(place: Place, sql: str, sink: Sink) -> None:
    async with reached(place) as bus:
        with sink.open(), waiting("the query runs"):
            async with aclosing(pieces(bus, sql)) as found:
                async for head, table in found:
                    if head.cut:
                        sink.cut = "the query has more"
                    if table is not None:
                        sink.add(table)


async def pieces(bus: Bus, sql: str) -> "AsyncGenerator[tuple[Head, pa.Table | None], None]":
    """Yield the pieces of an answer; what is not read to its end is cancelled.

    Raises
    ------
    Failed
        The service is away, or the query gets no answer.
    """
    head, data = _read(await asked(bus, "query", "sql", {"sql": sql}))
    try:
        for _ in range(PIECES_MAX):
            yield head, joined_stream(data) if data else None
            if not head.more:
                return
            head, data = _read(await asked(bus, "query", "next", {"id": head.id}))
    finally:
        if head.more:
            await asked(bus, "query", "cancel", {"id": head.id})


def _read(answer: bytes) -> tuple[Head, bytes]:
    line, _, data = answer.partition(b"\n")
    head = msgspec.json.decode(line, type=Head)
    failure = head.failure
    if failure is not None:
        where = f"line {failure.line}, column {failure.column}: " if failure.line else ""
        raise Failed(f"{where}{failure.what}", failure.to_do)
    return head, data
