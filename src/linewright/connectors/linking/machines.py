"""The machines of the applied plant: one link per endpoint, kept, reported, and published.

The shell runs `follow`, `hear_endpoints`, `pump` and `report` for as long as a plant is in force,
and `close` at the end.
"""

import asyncio
import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from linewright.bus import Applied, Bus
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.pump import Pump, restored_feed
from linewright.connectors.link import Around, Clocks, Device, Link, LinkReport, wait_any
from linewright.connectors.protocols import link_of
from linewright.connectors.sources import (
    OWN,
    Endpoint,
    Place,
    Source,
    place_of,
    sources_of,
)
from linewright.plant import Address
from linewright.plant.model import Command, Tag

__all__ = ["SECRET", "Machines"]

ROUND_S = 0.1
"""How often what was heard goes to the bus."""

GATHER_S = 0.2
"""How long endpoints are gathered before they are acted on: an emulated plant opens many."""

AGAIN_S = 5.0
"""Wait before a link that failed by a fault of ours is begun anew."""

REPORT_S = 0.2
"""How often the links are looked at for their reports: less than the first wait of a link that was
lost, so that no loss is over before it is told."""

REPORT_LONGEST_S = 5.0
"""Longest time between two reports of a link that stays as it is."""

SECRET = "LINEWRIGHT_SECRET_"  # noqa: S105 - the name of a setting, not a password
"""Environment variables that hold passwords: this, and the name in the plant file."""

_log = logging.getLogger(__name__)


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A link that is kept, the event that ends it, and its task."""

    link: Link
    ended: asyncio.Event
    task: "asyncio.Task[None]"


class Machines:
    """The links to the machines of the site, and what they bring; they outlive a plant.

    What another plant leaves as it is stays connected.

    Parameters
    ----------
    bus
        Of the site.
    around
        What every link gets.
    """

    def __init__(self, bus: Bus, around: Around) -> None:
        self._bus = bus
        self._around = around
        self._clocks = around.clocks
        self._applied: Applied | None = None
        self._feeds: dict[str, Feed] = {}
        self._links: dict[Endpoint, _Kept] = {}
        self._owners: dict[tuple[Address, str | None], Link] = {}
        self._refused: dict[str, LinkReport] = {}
        self._endpoints: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._pump: Pump | None = None
        self._told: dict[str, tuple[LinkReport, int]] = {}

    @property
    def clocks(self) -> Clocks:
        """The clocks of the service."""
        return self._clocks

    async def follow(self, applied: Applied, over: asyncio.Event) -> None:
        """Keep one link per endpoint of the plant, and end those whose endpoint is gone."""
        before, self._applied = self._applied, applied
        if before is not None and before.emulated != applied.emulated:
            # Emulated and real plants never share anything.
            await self._close_links(list(self._links))
            self._feeds, self._endpoints = {}, {}
        self._changed.set()
        while not over.is_set():
            self._changed.clear()
            endpoints = self._endpoints if applied.emulated else None
            await self._connect(sources_of(applied.plant(), self._bus.site, endpoints))
            await wait_any((over, self._changed), None)
            # An emulated plant opens many, one after the other.
            await wait_any((over,), GATHER_S)

    async def hear_endpoints(self, applied: Applied, over: asyncio.Event) -> None:
        """Know where the machines of an emulated plant are."""
        if applied.emulated:
            bucket = await self._bus.bucket("endpoints")
            async for key, data in bucket.watch():
                address = key.replace(".", "/")
                if data is None:
                    self._endpoints.pop(address, None)
                else:
                    self._endpoints[address] = data.decode()
                self._changed.set()
        await wait_any((over,), None)

    def device(self, address: Address, through: str) -> Device | None:
        """What a station is reached through, None while it is not."""
        link = self._owners.get((address, through or None))
        return None if link is None else link.device(address)

    def place(self, address: Address, name: str, bound: Tag | Command) -> Place | None:
        """Where a tag or command is; what is not played is nowhere."""
        assert self._applied is not None, "a plant is in force"
        if not self._applied.emulated:
            return place_of(self._applied.plant(), address, name, bound)
        played = self._endpoints.get(address)
        if played is None:
            return None
        return place_of(self._applied.plant(), address, name, bound, played=played)

    # --- links

    async def _connect(self, sources: tuple[Source, ...]) -> None:
        wanted: dict[Endpoint, list[Source]] = {}
        for source in sources:
            wanted.setdefault(source.endpoint, []).append(source)
        stale = [
            endpoint
            for endpoint, kept in self._links.items()
            if [feed.source for feed in kept.link.feeds] != wanted.get(endpoint)
        ]
        await self._close_links(stale)
        names = {source.name for source in sources}
        for name, feed in self._feeds.items():
            assert self._applied is not None, "a plant is in force"
            feed.plant_rev = self._applied.rev
            if name not in names and feed.is_connected:
                feed.lost(self._clocks.now())
        self._refused = {}
        for endpoint, here in wanted.items():
            if endpoint not in self._links:
                await self._open_link(endpoint, here)

    async def _open_link(self, endpoint: Endpoint, sources: list[Source]) -> None:
        feeds = [await self._feed(source) for source in sources]
        assert self._applied is not None, "a plant is in force"
        if self._applied.emulated and not _is_here(endpoint.url):
            self._refuse(
                feeds,
                "an emulated station is on this machine; elsewhere it may be a real one",
                "play it by `linewright emulate` here, or run a plant that is not emulated",
            )
            return
        missing = [
            name
            for name in (endpoint.secret, endpoint.certificate)
            if name is not None and self._around.secret(name) is None
        ]
        if missing:
            self._refuse(
                feeds,
                f"the secret {missing[0]} is missing",
                f"set {SECRET}{missing[0]} where `linewright up`, or `linewright run connect`, is"
                " started, and start that again: `connect` alone has the settings of before",
            )
            return
        link = link_of(endpoint, feeds, self._around)
        ended = asyncio.Event()
        task = asyncio.create_task(self._keep(link, ended))
        self._links[endpoint] = _Kept(link=link, ended=ended, task=task)
        self._owners |= {(source.address, source.connection): link for source in sources}

    def _refuse(self, feeds: list[Feed], why: str, next_step: str) -> None:
        """Say that sources are not connected until a person does something."""
        now = self._clocks.now()
        for feed in feeds:
            source = feed.source
            feed.lost(now)
            _log.warning("%s is not connected: %s; %s", source.name, why, next_step)
            self._refused[source.name] = LinkReport(
                source=source.name,
                address=source.address,
                protocol=source.endpoint.protocol,
                endpoint=source.endpoint.url,
                state="refused",
                since_ns=now.seen_ns,
                why=why,
                next_step=next_step,
                points=len(source.points),
                security=source.endpoint.security,
            )

    async def _keep(self, link: Link, ended: asyncio.Event) -> None:
        """Keep a link; a fault of ours in one does not end the others."""
        while not ended.is_set():
            try:
                await link.keep(ended)
            except Exception:  # noqa: BLE001 - whatever it was, the other machines are read on
                _log.exception("the link to %s failed and is begun anew", link.endpoint.url)
                for feed in link.feeds:
                    feed.lost(self._clocks.now())
            await wait_any((ended,), AGAIN_S)

    async def _close_links(self, endpoints: list[Endpoint]) -> None:
        closing = [self._links.pop(endpoint) for endpoint in endpoints]
        for kept in closing:
            kept.ended.set()
            self._owners = {
                place: owner for place, owner in self._owners.items() if owner is not kept.link
            }
        await asyncio.gather(*(kept.task for kept in closing))
        for kept in closing:
            for feed in kept.link.feeds:
                feed.let_go(steady_ns=self._clocks.steady_ns())

    async def _feed(self, source: Source) -> Feed:
        assert self._applied is not None, "a plant is in force"
        known = self._feeds.get(source.name)
        if known is None:
            folds = await self._bus.bucket("folds")
            known = await restored_feed(
                self._bus,
                folds,
                source,
                plant_rev=self._applied.rev,
                simulated=self._applied.emulated,
                epoch=self._clocks.wall_ns() // 1_000_000_000,
            )
            self._feeds[source.name] = known
        elif known.source != source:
            known.follow(source)
        return known

    # --- what they bring

    async def pump(self, over: asyncio.Event) -> None:
        """Publish what was heard, ten times a second, and what is not heard any more."""
        while not await wait_any((over,), ROUND_S):
            now = self._clocks.now()
            for feed in self._feeds.values():
                feed.watch(now)
                if feed.box.is_overrun:
                    feed.settle(now)
            await self.publish()

    async def publish(self, *, is_last: bool = False) -> None:
        """Publish once what there is, at the end also how far each source is accounted for."""
        if self._pump is None:
            self._pump = Pump(self._bus, await self._bus.bucket("folds"))
        feeds, steady_ns = list(self._feeds.values()), self._clocks.steady_ns()
        await self._pump.round(feeds, steady_ns=steady_ns, is_last=is_last)

    async def report(self, over: asyncio.Event) -> None:
        """Keep the bucket `links` as the links are: on each change, and every few seconds."""
        bucket = await self._bus.bucket("links")
        for name in set(await bucket.keys()) - self._feeds.keys():
            await bucket.remove(name)
        while not await wait_any((over,), REPORT_S):
            reports = self._reports()
            now_ns = self._clocks.steady_ns()
            for name, report in reports.items():
                before, told_ns = self._told.get(name, (None, 0))
                is_old = now_ns - told_ns > REPORT_LONGEST_S * 1e9
                if before is None or is_old or _lasting(before) != _lasting(report):
                    told = msgspec.structs.replace(report, told_ns=self._clocks.wall_ns())
                    await bucket.put(name, msgspec.json.encode(told, enc_hook=str))
                    self._told[name] = report, now_ns
            for name in self._told.keys() - reports.keys():
                await bucket.remove(name)
                del self._told[name]

    def _reports(self) -> dict[str, LinkReport]:
        found = dict(self._refused)
        for kept in self._links.values():
            for feed in kept.link.feeds:
                found[feed.source.name] = _completed(kept.link.report(feed.source.name), feed)
        return found

    def link_of(self, source: str) -> Link:
        """Link of a source.

        Raises
        ------
        LookupError
            There is no such source, or it is not connected before a person does something.
        """
        for kept in self._links.values():
            if any(feed.source.name == source for feed in kept.link.feeds):
                return kept.link
        refused = self._refused.get(source)
        if refused is not None:
            raise LookupError(f"{source} is not connected: {refused.why}; {refused.next_step}")
        raise LookupError(f"there is no source {source}")

    async def close(self) -> None:
        """End the links; what they brought last still waits for `publish`."""
        await self._close_links(list(self._links))


def _is_here(url: str) -> bool:
    """Whether a played station is on this machine: everything else may be a real one."""
    if url == OWN:
        return True
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _completed(report: LinkReport, feed: Feed) -> LinkReport:
    """Report of a link with what its feed knows."""
    if report.state == "connected" and feed.is_silent:
        report = msgspec.structs.replace(
            report,
            state="lost",
            why=f"it says nothing for longer than {feed.source.stale_s:g} s",
            next_step="look whether the device still sends, or raise `stale:` of its connection",
        )
    return msgspec.structs.replace(
        report,
        heard_ns=feed.heard_ns if report.heard_ns is None else report.heard_ns,
        offset_ns=feed.offset_ns if report.offset_ns is None else report.offset_ns,
    )


def _lasting(report: LinkReport) -> LinkReport:
    """What is told at once when it changes: all but what changes with every value."""
    return msgspec.structs.replace(report, heard_ns=None, offset_ns=None)
