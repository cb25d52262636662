"""`linewright tail`: what the machines say now, from any level of the plant."""

import asyncio
import contextlib
import datetime as dt
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import click
import msgspec

from linewright.bus import Bus, BusUnavailable, Message, Stream
from linewright.cli.ending import counted
from linewright.cli.looking import words
from linewright.cli.looking.place import (
    Place,
    applied_of,
    data_option,
    place_of,
    reached,
    run,
)
from linewright.cli.looking.wanted import Tagged, address_of, tags_under
from linewright.cli.terminal import example, is_terminal, safe, say
from linewright.plant import Address

__all__ = ["command"]

LINES_PER_S = 50
"""Most lines a second on a terminal: more nobody reads; of the rest it is told how many."""

TRIES_MAX = 1000
"""How often the bus is joined anew, a minute each at the most."""


@click.command(
    "tail",
    epilog=example("linewright tail mill", "linewright tail nogales --records --json"),
)
@click.argument("address")
@click.option("--records", "wants_records", is_flag=True, help="Records instead of samples.")
@click.option("--json", "wants_json", is_flag=True, help="Print a JSON object a line, all of them.")
@click.option("--lines", type=click.IntRange(1), help="End after so many lines.")
@click.option("--for", "for_s", type=click.FloatRange(0, min_open=True), help="End after seconds.")
@data_option
def command(
    address: str,
    *,
    wants_records: bool,
    wants_json: bool,
    lines: int | None,
    for_s: float | None,
    data: str | None,
) -> None:
    """Show what the machines say, live.

    Until Ctrl-C. ADDRESS is a site, area, line, station or tag; the end of one is enough.
    A bus that goes away is waited for, and said; nothing is shown twice.
    """
    shown = _Shown(wants_json=wants_json, lines=lines)
    with contextlib.suppress(TimeoutError):
        run(_follow, place_of(data), (address, wants_records, for_s), shown)


async def _follow(place: Place, asked: tuple[str, bool, float | None], shown: "_Shown") -> None:
    text, wants_records, for_s = asked
    async with asyncio.timeout(for_s), reached(place) as bus:
        applied = await applied_of(bus)
        plant = applied.plant()
        address = address_of(plant, place.site, text)
        tags = {str(each.address): each for each in tags_under(plant, address)}
        zone = place.zone()
        shown.zone = zone
        if not shown.wants_json:
            what = "records" if wants_records else counted(len(tags), "tag")
            now = words.offset(zone, time.time_ns())
            say(safe(f"{what} of {address}; times of {now}; Ctrl-C ends"), err=True)
        stream = Stream.RECORDS if wants_records else Stream.SAMPLES
        rows = _records(address) if wants_records else _samples(tags)
        with _bus_is_told():
            async with aclosing(_messages(bus, stream)) as messages:
                async for message in messages:
                    for row in rows(message):
                        shown.add(row)
                    if shown.is_full:
                        return


async def _messages(bus: Bus, stream: Stream) -> AsyncGenerator[Message, None]:
    """Yield what is stored from now on, each once; a bus that was away is waited for."""
    after = await bus.end_seq(stream)
    for _ in range(TRIES_MAX):
        try:
            async with aclosing(bus.follow(stream, after=after)) as messages:
                async for message in messages:
                    after = message.seq
                    yield message
                return
        except BusUnavailable:
            continue  # it was told, and is waited for again


class _Told(logging.Handler):
    """Passes on what the bus says of its connection."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it to standard error."""
        say(safe(record.getMessage()), err=True)


@contextlib.contextmanager
def _bus_is_told() -> Iterator[None]:
    """Have it said when the bus goes away, and when it is back."""
    logger, told = logging.getLogger("linewright.bus"), _Told(logging.INFO)
    logger.addHandler(told)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(told)


Row = dict[str, Any]


def _samples(tags: dict[str, Tagged]) -> Callable[[Message], Iterator[Row]]:
    from linewright.plant.samples import (  # noqa: PLC0415  # records need no Arrow
        FrameInvalid,
        frame_from,
    )

    def rows(message: Message) -> Iterator[Row]:
        try:
            found = frame_from(message.subject, message.data)
        except FrameInvalid as error:
            say(safe(f"a frame cannot be read: {error}"), err=True)
            return
        for row in found.batch.to_pylist():
            if row["tag"] in tags:
                yield row | {"unit": tags[row["tag"]].unit}

    return rows


def _records(address: Address) -> Callable[[Message], Iterator[Row]]:
    def rows(message: Message) -> Iterator[Row]:
        try:
            record = msgspec.json.decode(message.data, type=Row)
            place = Address(record["address"])
        except (msgspec.MsgspecError, KeyError, ValueError) as error:
            say(safe(f"a record cannot be read: {error}"), err=True)
            return
        if address.contains(place):
            yield record

    return rows


class _Shown:
    """Lines on the way to people, at most so many a second; to programs, all of them."""

    def __init__(self, *, wants_json: bool, lines: int | None) -> None:
        self.wants_json = wants_json
        self.zone: dt.tzinfo = dt.UTC
        self._left = lines
        self._second = 0
        self._said = 0
        self._held: Counter[str] = Counter()
        self._is_bounded = is_terminal() and not wants_json

    @property
    def is_full(self) -> bool:
        """Whether as many lines were written as were wanted."""
        return self._left is not None and self._left <= 0

    def add(self, row: Row) -> None:
        """Write a row, or count it where there are too many."""
        if self.is_full:
            return
        second = int(time.monotonic())
        if second != self._second:
            self._tell_held()
            self._second, self._said = second, 0
        if self._is_bounded and self._said >= LINES_PER_S:
            self._held["more"] += 1
            return
        self._said += 1
        if self._left is not None:
            self._left -= 1
        say(json.dumps(_finite(row), default=str) if self.wants_json else safe(self._line(row)))

    def _tell_held(self) -> None:
        if self._held:
            count = self._held.total()
            say(f"... {count} more in this second; --json shows all, a narrower ADDRESS fewer")
            self._held.clear()

    def _line(self, row: Row) -> str:
        at = words.local(row["t_ns"], self.zone)
        if "tag" not in row:
            skipped = {"class", "address", "t_ns", "seen_ns", "id", "rev", "plant_rev", "source"}
            more = ", ".join(f"{k} {_short(v)}" for k, v in row.items() if k not in skipped)
            return f"{at}  {row['class']:10} {row['address']}  {more}"
        value = words.number(row["value"], row["int"], row["text"])
        unit = f" {row['unit']}" if row["unit"] and row["text"] is None else ""
        return f"{at}  {row['tag']}  {value}{unit}  {words.quality(row['quality'])}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # a line stays a line


def _finite(row: Row) -> Row:
    """Return a row that JSON can hold: a number that is none is null."""
    return {
        name: None if isinstance(value, float) and value != value else value  # noqa: PLR0124  # NaN
        for name, value in row.items()
    }
