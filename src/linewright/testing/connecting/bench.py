"""A device under a test's control, and a link to it whose outboxes are emptied."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from linewright.bus import PlantClock
from linewright.connectors.feeding import Batch, Feed, Numbering, Outbox
from linewright.connectors.link import Around, Clocks, Link
from linewright.connectors.protocols import link_of
from linewright.connectors.sources import Source
from linewright.plant.records import Gap, Quality

__all__ = ["Bench", "Heard", "Listening", "around", "listening"]

LOOK_S = 0.02
"""How often the outbox is emptied."""

ROWS_MAX = 2_000
"""Rows that the outbox of a check holds: a flood is larger."""


class Bench(Protocol):
    """A device that a test controls."""

    source: Source
    """What is read of it: two points at least, the first one a number that `change` sets."""

    async def start(self) -> None:
        """Have the device reachable, with a value at each of its points."""

    async def stop(self) -> None:
        """Have it gone, as if its power were cut."""

    async def change(self, value: float) -> None:
        """Have the first point take a value, now."""

    async def spoil(self) -> None:
        """Have the first point become bad, as this protocol says it."""

    async def flood(self, count: int) -> None:
        """Have the first point change so often, as fast as it can; it must not wait for us."""

    def writes(self) -> int:
        """How many writes or commands reached the device."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One sample that a link brought."""

    point: int
    t_ns: int
    value: float
    quality: int


class Listening:
    """A running link and what it brought so far; got from `listening`."""

    def __init__(self, link: Link, feed: Feed) -> None:
        self.link = link
        self.feed = feed
        self.samples: list[Heard] = []
        self.gaps: list[Gap] = []
        self.is_draining = True
        """Whether the outbox is emptied; a bus that is away does not."""

    def drain(self) -> None:
        """Take over what is in the outbox."""
        if self.feed.box.is_overrun:
            self.feed.settle(clocks().now())
        while self.is_draining and (head := self.feed.box.head()) is not None:
            if isinstance(head, Batch):
                rows = head.rows
                self.samples += [
                    Heard(point=point, t_ns=t_ns, value=value, quality=quality)
                    for point, t_ns, value, quality in zip(
                        rows.tag, rows.t_ns, rows.value, rows.quality, strict=True
                    )
                ]
            else:
                self.gaps.append(head)
            self.feed.box.published(head)

    async def until(self, found: Callable[[], bool], longest_s: float) -> bool:
        """Wait until something is so, at most so long; whether it is."""
        end_s = time.monotonic() + longest_s
        while True:
            self.drain()
            if found():
                return True
            if time.monotonic() > end_s:
                return False
            await asyncio.sleep(LOOK_S)


def clocks() -> Clocks:
    """Return the clocks of a real plant."""
    return Clocks(
        plant=PlantClock(wall_ns=time.time_ns, steady_s=time.monotonic),
        wall_ns=time.time_ns,
        steady_ns=time.monotonic_ns,
        begun_ns=time.time_ns() - time.monotonic_ns(),
    )


def around(folder: Path) -> Around:
    """Return what a link gets: real clocks, a text for every secret, no broker of ours.

    Parameters
    ----------
    folder
        For the private files of the link, and of the plant file.

    Examples
    --------
    >>> around(Path("/tmp")).site
    'nogales'
    """
    return Around(
        clocks=clocks(),
        secret=lambda name: f"secret of {name}",
        folder=folder,
        site="nogales",
        files=folder,
    )


@asynccontextmanager
async def listening(source: Source, given: Around) -> AsyncIterator[Listening]:
    """Keep a link to a source's endpoint for the length of an `async with`."""
    numbering = Numbering(site=given.site, source=source.name, epoch=1, n=0)
    feed = Feed(source, Outbox(numbering, rows_max=ROWS_MAX), plant_rev="r1", marks=Quality.GOOD)
    link = link_of(source.endpoint, [feed], given)
    stop = asyncio.Event()
    task = asyncio.create_task(link.keep(stop))
    try:
        yield Listening(link, feed)
    finally:
        stop.set()
        await task
