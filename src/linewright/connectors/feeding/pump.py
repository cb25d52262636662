"""What waits in the outboxes goes to the bus, ten times a second, and silence is told too.

What the next start must know of a source and its newest frame does not say stands in the bucket
`folds`:

========================  ===================================================================
key                       what it says
========================  ===================================================================
``connect.<source>``      time up to which it is accounted for, stored before a frame goes out
                          that bears no newer one, at a loss, at the end, and every minute: frames
                          do not stay for ever
``connect.gap.<source>``  its newest gap, stored before it is published
========================  ===================================================================
"""

import asyncio
from collections.abc import Iterable

import msgspec

from linewright.bus import Bucket, Bus, Message
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.outbox import (
    HEARTBEAT_NS,
    Batch,
    Numbering,
    Outbox,
    newest_timed_ns,
)
from linewright.connectors.sources import Source
from linewright.plant.records import Gap, Quality, decode, encode
from linewright.plant.samples import decode_frame

__all__ = ["Pump", "restored_feed"]

SENDING_MAX = 32
"""Sources that send at once: the bus answers each in about a millisecond."""

BATCHES_MAX = 64
"""Frames of one source in one round, so that a long backlog does not keep the others waiting."""


MARK_NS = 60_000_000_000
"""How far the stored mark of a source may be behind, 1 min: so much earlier a gap may begin."""


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
        self._marked_at_ns: dict[str, int] = {}
        self._sent_ns: dict[str, int] = {}
        self._sending = asyncio.Semaphore(SENDING_MAX)

    async def round(self, feeds: Iterable[Feed], *, steady_ns: int, is_last: bool = False) -> None:
        """Publish once what every feed has, and heartbeats of the silent ones.

        Parameters
        ----------
        feeds
            Of all sources.
        steady_ns
            The steady clock.
        is_last
            Whether none comes after it.

        Raises
        ------
        BusUnavailable
            The bus stayed away for a minute.
        """
        await asyncio.gather(*(self._drain(feed, steady_ns, is_last=is_last) for feed in feeds))

    async def _drain(self, feed: Feed, steady_ns: int, *, is_last: bool) -> None:
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
            marked_ns = self._marked_at_ns.get(name)
            is_due = marked_ns is None or steady_ns - marked_ns >= MARK_NS
            if feed.box.stored_ns is not None and (
                is_due or is_last or (feed.has_lost and feed.box.head() is None)
            ):
                await self._mark(feed)
                self._marked_at_ns[name] = steady_ns

    async def _send(self, feed: Feed, head: Batch | Gap) -> None:
        if isinstance(head, Gap):
            gap = feed.to_publish(head)
            if not gap.tags:
                await self._folds.put(_gap_key(feed.source.name), encode(gap))
            await self._bus.publish(gap)
            feed.gap_published(gap)
        else:
            stored_ns = feed.box.stored_ns
            newest_ns = head.newest_timed_ns
            if newest_ns is None or (stored_ns is not None and newest_ns < stored_ns):
                # The newest frame alone would not say how far the source is accounted for.
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
    gap = await _newest_gap(bus, folds, source)
    stored_ns = [] if gap is None else [gap.until_ns]
    mark = await folds.get(_key(source.name))
    if mark is not None:
        # Frames are kept for some days only: the mark stays.
        stored_ns.append(msgspec.json.decode(mark, type=_Mark).stored_ns)
    n = 0
    if newest is not None:
        frame = decode_frame(newest.data)
        epoch, n = frame.header.epoch, frame.header.n + 1
        timed_ns = newest_timed_ns(frame)
        stored_ns += [] if timed_ns is None else [timed_ns]
        if not stored_ns:
            stored_ns += frame.batch.column("t_ns").to_pylist()[:1]
    numbering = Numbering(site=bus.site, source=source.name, epoch=epoch, n=n)
    box = Outbox(numbering, max(stored_ns, default=None))
    marks = Quality.SIMULATED if simulated else Quality.GOOD
    feed = Feed(source, box, plant_rev=plant_rev, marks=marks, stored_gap=gap)
    if box.stored_ns is not None:
        feed.told_to = box.stored_ns, _last_point(source, newest, box.stored_ns)
    return feed


def _last_point(source: Source, newest: Message | None, stored_ns: int) -> int:
    """Last point of the newest stored time: of one frame its last, behind a whole frame all."""
    every = len(source.points) - 1
    if newest is None:
        return every
    batch = decode_frame(newest.data).batch
    numbers = {str(point.tag): number for number, point in enumerate(source.points)}
    tags, times_ns = batch.column("tag").to_pylist(), batch.column("t_ns").to_pylist()
    last = [numbers.get(tag, -1) for tag, t in zip(tags, times_ns, strict=True) if t == stored_ns]
    return last[-1] if last else every


async def _newest_gap(bus: Bus, folds: Bucket, source: Source) -> Gap | None:
    """Newest gap of a source that is stored; a gap of some tags only says nothing of the others.

    The subject of gaps is that of the station, whose newest may be of another source of it.
    """
    found = await bus.last(f"lw.gap.{source.address.subject()}")
    newest = None if found is None else decode(found.data, Gap)
    if newest is not None and newest.of_source == source.name and not newest.tags:
        return newest
    data = await folds.get(_gap_key(source.name))
    if data is None:
        return None
    gap = decode(data, Gap)
    # The process may have died between the two: published twice it is one.
    await bus.publish(gap)
    return gap


def _key(source: str) -> str:
    return f"connect.{source}"


def _gap_key(source: str) -> str:
    return f"connect.gap.{source}"
