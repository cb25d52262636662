"""What waits in the outboxes goes to the bus, ten times a second, and silence is told too.

Before a frame goes out that bears no new time, the time reached is stored under
``connect.<source>`` in the bucket `folds`: the next start knows from where a gap begins.
"""

import asyncio
from collections.abc import Iterable

import msgspec

from linewright.bus import Bucket, Bus
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.outbox import (
    HEARTBEAT_NS,
    Batch,
    Numbering,
    Outbox,
    newest_timed_ns,
)
from linewright.connectors.sources import Source
from linewright.plant.records import Gap, Quality, decode
from linewright.plant.samples import decode_frame

__all__ = ["Pump", "restored_feed"]

SENDING_MAX = 32
"""Sources that send at once: the bus answers each in about a millisecond."""

BATCHES_MAX = 64
"""Frames of one source in one round, so that a long backlog does not keep the others waiting."""


class _Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Time up to which a source is accounted for in what is stored."""

    stored_ns: int


class Pump:
    """Publishes what feeds have; one at a time and source, so that numbers have no holes.

    Parameters
    ----------
    bus
        Where to.
    folds
        Bucket for the times reached.
    """

    def __init__(self, bus: Bus, folds: Bucket) -> None:
        self._bus = bus
        self._folds = folds
        self._marked: dict[str, int | None] = {}
        self._sent_ns: dict[str, int] = {}
        self._sending = asyncio.Semaphore(SENDING_MAX)

    async def round(self, feeds: Iterable[Feed], *, steady_ns: int) -> None:
        """Publish once what every feed has, and heartbeats of the silent ones.

        Raises
        ------
        BusUnavailable
            The bus stayed away for a minute.
        """
        await asyncio.gather(*(self._drain(feed, steady_ns) for feed in feeds))

    async def _drain(self, feed: Feed, steady_ns: int) -> None:
        name = feed.source.name
        async with self._sending:
            for _ in range(BATCHES_MAX):
                head = feed.box.head()
                if head is None:
                    break
                await self._send(feed, head)
                self._sent_ns[name] = steady_ns
            silent_ns = steady_ns - self._sent_ns.setdefault(name, steady_ns)
            if feed.is_connected and silent_ns >= HEARTBEAT_NS and feed.box.head() is None:
                await self._send(feed, feed.box.heartbeat())
                self._sent_ns[name] = steady_ns

    async def _send(self, feed: Feed, head: Batch | Gap) -> None:
        if isinstance(head, Gap):
            gap = feed.to_publish(head)
            await self._bus.publish(gap)
            feed.gap_published(gap)
        else:
            if not any(row.is_timed for row in head.rows):
                await self._mark(feed)
            await self._bus.publish_frame(head.frame())
        feed.box.published(head)

    async def _mark(self, feed: Feed) -> None:
        name, stored_ns = feed.source.name, feed.box.stored_ns
        if stored_ns is None or self._marked.get(name) == stored_ns:
            return
        await self._folds.put(_key(name), msgspec.json.encode(_Mark(stored_ns=stored_ns)))
        self._marked[name] = stored_ns


async def restored_feed(
    bus: Bus, folds: Bucket, source: Source, *, plant_rev: str, simulated: bool, epoch: int
) -> Feed:
    """Feed of a source that goes on where the last process stopped.

    Parameters
    ----------
    epoch
        Epoch of a source that has no frame yet; it must be above any it had before.

    Raises
    ------
    BusUnavailable
        The bus does not answer.
    FrameInvalid, RecordInvalid
        What is stored under the source's name is not from here.
    """
    newest = await bus.last(f"lw.samples.{bus.site}.{source.name}")
    gap = await _newest_gap(bus, source)
    stored_ns = [] if gap is None else [gap.until_ns]
    n = 0
    if newest is not None:
        frame = decode_frame(newest.data)
        epoch, n = frame.header.epoch, frame.header.n + 1
        timed_ns = newest_timed_ns(frame)
        stored_ns += [] if timed_ns is None else [timed_ns]
        mark = await folds.get(_key(source.name))
        if mark is not None:
            stored_ns.append(msgspec.json.decode(mark, type=_Mark).stored_ns)
        if not stored_ns:
            stored_ns += frame.batch.column("t_ns").to_pylist()[:1]
    numbering = Numbering(site=bus.site, source=source.name, epoch=epoch, n=n)
    box = Outbox(numbering, max(stored_ns, default=None))
    marks = Quality.SIMULATED if simulated else Quality.GOOD
    return Feed(source, box, plant_rev=plant_rev, marks=marks, stored_gap=gap)


async def _newest_gap(bus: Bus, source: Source) -> Gap | None:
    found = await bus.last(f"lw.gap.{source.address.subject()}")
    if found is None:
        return None
    gap = decode(found.data, Gap)
    # A gap of some tags only says nothing of the others.
    return gap if gap.of_source == source.name and not gap.tags else None


def _key(source: str) -> str:
    return f"connect.{source}"
