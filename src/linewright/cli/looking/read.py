"""`linewright read`: what history holds of an address, in the time of its site."""

import contextlib
import datetime as dt
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import click
import msgspec

from linewright.cli.ending import Failed, counted
from linewright.cli.looking import words
from linewright.cli.looking.drawing import waiting
from linewright.cli.looking.held import After, Buckets, Columns, Held, opened
from linewright.cli.looking.place import Place, data_option, place_of, reached, run, told
from linewright.cli.looking.tables import FORMATS, Sink, table_of
from linewright.cli.looking.wanted import Tagged, address_of, span, tags_under, window
from linewright.cli.running.asking import ask
from linewright.cli.terminal import example, safe, say
from linewright.history import HistoryUnusable, open_history
from linewright.plant import Plant

__all__ = ["command", "known_plant", "now_of"]

HOUR_NS = 3_600_000_000_000
"""What is read when nothing is said: the last hour."""

CLOCK_S = 2.0
"""How long the time of a played plant is waited for: it is told once a second."""

ROWS_MAX = 1_000_000
"""Most rows of one command; `linewright export` writes more."""

TAGS_MAX = 2000
"""Most tags of one command: a large line has some hundreds."""

TAGS_A_QUESTION = 20
"""Tags whose buckets are asked for together: an answer has to fit a message."""

BUCKETS_A_QUESTION = 5000
"""Buckets of one question, for the same reason."""

Rows = AsyncGenerator[Columns, None]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be read."""

    tags: list[Tagged]
    from_ns: int
    until_ns: int
    every_ns: int | None = None
    points: int | None = None


@click.command(
    "read",
    epilog=example(
        "linewright read mill#spindle_temp --last 10min",
        'linewright read mill --from "06:00" --to "14:00" --every 1min --out shift.parquet',
    ),
)
@click.argument("address")
@click.option("--from", "start", help="Local time of the site; the first that is read.")
@click.option("--to", "end", help="Local time of the site; it is not read any more.")
@click.option("--last", help="How far back, such as `1 h`; an hour where nothing is said.")
@click.option("--every", help="One row for each span, such as `1 min`: count, least, mean.")
@click.option(
    "--points", type=click.IntRange(4, 5000), help="So few rows that a plot keeps its outline."
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it: by --out.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write to a file.")
@data_option
def command(address: str, *, data: str | None, **given: Any) -> None:  # noqa: ANN401  # options
    """Read what history holds of an address.

    Of a plant that runs, or one that is stopped. ADDRESS is a tag, station,
    line, area or site; the end of one is enough. Times are those of the site.
    """
    place = place_of(data)
    plant = known_plant(place)
    if given["every"] and given["points"]:
        raise Failed("--every and --points both say how few rows", "leave one of them out")
    tags = tags_under(plant, address_of(plant, place.site, address))
    if len(tags) > TAGS_MAX:
        raise Failed(
            f"{counted(len(tags), 'tag')} are meant, at most {TAGS_MAX:,}", "name a part of it"
        )
    if not tags:
        raise Failed(f"`{address}` has no tags", "name a station or a line that has some")
    zone = place.zone()
    times = (given["start"], given["end"], given["last"])
    from_ns, until_ns = window(times, zone, now_of(place), HOUR_NS)
    if place.running is None and given["end"] is None:
        say("the plant is stopped: now is the newest time that was stored", err=True)
    wish = Wish(
        tags=tags,
        from_ns=from_ns,
        until_ns=until_ns,
        every_ns=span(given["every"]) if given["every"] else None,
        points=given["points"],
    )
    run(_read, place, wish, Sink(given["form"], given["out"]))


def known_plant(place: Place) -> Plant:
    """Return the plant that was last in force.

    Raises
    ------
    Failed
        It was not kept, or cannot be read.
    """
    plant = place.plant()
    if plant is None:
        what = f"there is no plant in {place.data}"
        raise Failed(what, "start it once by `linewright up PLANT`")
    return plant


def now_of(place: Place) -> int:
    """Return the time of the plant: a played one has its own.

    Of a plant that is stopped it is the newest time that was stored, so that the last hour is the
    last one that there was.
    """
    if place.running is None:
        return _newest(place)
    if place.running.url:
        try:
            t_ms = ask(place.running, "/api/state").body["clock"]["t_ms"]
        except (Failed, KeyError, TypeError):
            t_ms = None
        if t_ms is not None:
            return int(t_ms) * 1_000_000 + 1_000_000
    return run(_told_by_bus, place) if place.emulated else time.time_ns()


def _newest(place: Place) -> int:
    """Return the first time after all that is stored; the wall clock where nothing is."""
    with contextlib.suppress(HistoryUnusable), open_history(place.data / "history") as history:
        times = [each.until_ns for each in history.spans()]
        if times:
            return max(times) + 1
    return time.time_ns()


async def _told_by_bus(place: Place) -> int:
    """Return the time of a played plant whose server is away."""
    async with reached(place) as bus:
        with told():
            await bus.applied(wait_s=CLOCK_S)
        return bus.clock.now_ns()


async def _read(place: Place, wish: Wish, sink: Sink) -> None:
    zone = place.zone()
    shaped = _for_people(zone, wish) if sink.form == "table" else _for_programs(zone)
    if sink.form == "table":
        first = words.local(wish.from_ns, zone, digits=0)
        last = words.local(wish.until_ns, zone, digits=0)
        say(safe(f"{first} to {last}, {words.offset(zone, wish.from_ns)}"), err=True)
    async with opened(place) as held:
        with sink.open(), waiting("history is read") as moved:
            async with aclosing(_rows(held, wish, moved)) as found:
                async for columns in found:
                    sink.add(table_of(shaped(columns)))
                    if sink.rows >= ROWS_MAX:
                        sink.cut = "`linewright export` writes all"
                        break
    if not sink.rows and sink.form == "table":
        say("nothing was stored in this time", err=True)


async def _rows(held: Held, wish: Wish, moved: Callable[[int, int], None]) -> Rows:
    """Yield columns, tag by tag, in the order of time."""
    if wish.every_ns is not None:
        async for columns in _buckets(held, wish, wish.every_ns):
            yield columns
        return
    for done, tagged in enumerate(wish.tags):
        moved(done, len(wish.tags))
        tag = str(tagged.address)
        if wish.points is not None:
            columns = await held.decimate(tag, wish.from_ns, wish.until_ns, wish.points)
            yield _of(columns, tagged)
            continue
        async for columns in _pages(held, tag, wish):
            yield _of(columns, tagged)


async def _pages(held: Held, tag: str, wish: Wish) -> Rows:
    """Yield the rows of one tag, page by page."""
    after: After | None = (wish.from_ns, 0)
    for _ in range(ROWS_MAX):
        if after is None:
            return
        columns, after = await held.read(tag, after, wish.until_ns)
        yield columns


async def _buckets(held: Held, wish: Wish, every_ns: int) -> Rows:
    step_ns = every_ns * BUCKETS_A_QUESTION // TAGS_A_QUESTION
    names = [str(each.address) for each in wish.tags]
    by_name = dict(zip(names, wish.tags, strict=True))
    for first in range(0, len(names), TAGS_A_QUESTION):
        some = names[first : first + TAGS_A_QUESTION]
        for from_ns in range(wish.from_ns, wish.until_ns, step_ns):
            until_ns = min(from_ns + step_ns, wish.until_ns)
            for each in await held.aggregate(some, from_ns, until_ns, every_ns):
                yield _told(each, by_name[each.tag])


def _told(each: Buckets, tagged: Tagged) -> Columns:
    columns: Columns = {
        "t_ns": each.start_ns,
        "count": each.count,
        "bad": each.bad,
        "min": each.min,
        "mean": each.mean,
        "time_mean": each.time_mean,
        "max": each.max,
        "last": each.last,
        "gap": each.gap,
    }
    return _of(columns, tagged)


def _of(columns: Columns, tagged: Tagged) -> Columns:
    count = len(columns["t_ns"])
    return {"tag": [str(tagged.address)] * count, **columns, "unit": [tagged.unit] * count}


def _for_people(zone: dt.tzinfo, wish: Wish) -> Callable[[Columns], Columns]:
    """Return columns as people read them: local times, values with units, quality in words."""
    has_one = len(wish.tags) == 1

    def shaped(columns: Columns) -> Columns:
        count = len(columns["t_ns"])
        found: Columns = {"time": [words.local(t_ns, zone) for t_ns in columns["t_ns"]]}
        if not has_one:
            found["tag"] = columns["tag"]
        if "count" in columns:
            names = ("count", "bad", "min", "mean", "time_mean", "max", "last")
            found |= {name: [_plain(value) for value in columns[name]] for name in names}
            found["unit"] = columns["unit"]
            found["gap"] = ["gap" if each else "" for each in columns["gap"]]
            return found
        nothing = [None] * count
        integers, texts = columns.get("int", nothing), columns.get("text", nothing)
        values = zip(columns["value"], integers, texts, strict=True)
        found["value"] = [words.number(*value) for value in values]
        found["unit"] = columns["unit"]
        found["quality"] = [words.quality(bits) for bits in columns["quality"]]
        return found

    return shaped


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.7g}"


def _for_programs(zone: dt.tzinfo) -> Callable[[Columns], Columns]:
    """Return columns as programs read them: the exact time, and the same as local text."""

    def shaped(columns: Columns) -> Columns:
        local = [_iso(t_ns, zone) for t_ns in columns["t_ns"]]
        tag, rest = columns["tag"], {k: v for k, v in columns.items() if k not in {"tag", "t_ns"}}
        return {"tag": tag, "t_ns": columns["t_ns"], "time": local, **rest}

    return shaped


def _iso(t_ns: int, zone: dt.tzinfo) -> str:
    at = dt.datetime.fromtimestamp(t_ns // 1_000_000_000, zone)
    text = at.isoformat()
    return f"{text[:19]}.{t_ns % 1_000_000_000:09d}{text[19:]}"
