"""The shell of `connectors`: reads every machine of the applied plant, writes what is granted.

`run` is the service `connect`. It holds nothing that the bus does not hold: killed at any moment
it goes on where it was, with a gap for what it cannot know.
"""

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any

from linewright.bus import Applied, Bucket, Bus, Message, Stream
from linewright.connectors.acting import Enforcer, Site, Stopped
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.pump import Pump, restored_feed
from linewright.connectors.link import Clocks, Link, wait_any
from linewright.connectors.opcua.session import Session
from linewright.connectors.sources import Endpoint, Source, sources_of
from linewright.plant import Address
from linewright.plant.authority import ceiling_of
from linewright.plant.records import Command, RecordInvalid, SiteKind, decode

__all__ = ["run"]

ROUND_S = 0.1
"""How often what was heard goes to the bus."""

GATHER_S = 0.2
"""How long endpoints are gathered before they are acted on: an emulated plant opens many."""

COMMANDS_MAX = 256
"""Commands that are in hand at once; further ones wait in the stream."""

INBOX = "connect.inbox."
"""Keys in `folds` of the commands that have no acknowledgement yet."""

SECRET = "LINEWRIGHT_SECRET_"  # noqa: S105 - the name of a setting, not a password
"""Environment variables that hold passwords: this, and the name in the plant file."""

_log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:  # noqa: ARG001 - all is on the bus
    """Connect the machines of the site until `stop` is set.

    Parameters
    ----------
    bus
        Of the site; the plant is waited for.
    folder
        For private files; none are needed.
    stop
        Ends it within a few seconds; sessions are closed.

    Raises
    ------
    BusUnavailable
        The bus stayed away for a minute.
    """
    clocks = _clocks(bus)
    while not stop.is_set():
        applied = await bus.applied()
        await _Service(bus, applied, clocks).serve(stop)


class _Service:
    """One applied plant, until it is replaced."""

    def __init__(self, bus: Bus, applied: Applied, clocks: Clocks) -> None:
        self._bus = bus
        self._applied = applied
        self._clocks = clocks
        self._over = asyncio.Event()
        self._feeds: dict[str, Feed] = {}
        self._links: dict[Endpoint, tuple[Link, asyncio.Event, asyncio.Task[None]]] = {}
        self._owners: dict[Address, Link] = {}
        self._endpoints: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failure: BaseException | None = None

    async def serve(self, stop: asyncio.Event) -> None:
        """Read and act until `stop`, or until another plant is applied."""
        self._folds = await self._bus.bucket("folds")
        pump = Pump(self._bus, self._folds)
        enforcer = await self._enforcer()
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._watch_stop(stop),
                self._watch_plant(),
                self._watch_endpoints(),
                self._keep_links(),
                self._pump(pump),
                self._hear_authority(enforcer),
                self._take_commands(enforcer),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if self._failure is not None:
                raise self._failure
        finally:
            self._over.set()
            await _ended([*self._running.values(), *tasks])
            await self._close_links(list(self._links))
        await pump.round(self._feeds.values(), steady_ns=self._clocks.steady_ns())

    # --- machines

    async def _watch_endpoints(self) -> None:
        """Know where the machines are: from the plant file, or told by the emulated plant."""
        self._changed.set()
        if self._applied.emulated:
            bucket = await self._bus.bucket("endpoints")
            async for key, data in bucket.watch():
                address = key.replace(".", "/")
                if data is None:
                    self._endpoints.pop(address, None)
                else:
                    self._endpoints[address] = data.decode()
                self._changed.set()
        await self._over.wait()

    async def _keep_links(self) -> None:
        """Keep one link per endpoint, and end those whose endpoint is gone."""
        while not await wait_any((self._over,), GATHER_S):
            await wait_any((self._over, self._changed), None)
            if self._over.is_set():
                return
            self._changed.clear()
            endpoints = self._endpoints if self._applied.emulated else None
            sources = sources_of(self._applied.plant(), self._bus.site, endpoints)
            await self._connect(sources)

    async def _connect(self, sources: tuple[Source, ...]) -> None:
        wanted: dict[Endpoint, list[Source]] = {}
        for source in sources:
            wanted.setdefault(source.endpoint, []).append(source)
        stale = [
            endpoint
            for endpoint, (link, _, _) in self._links.items()
            if [feed.source for feed in link.feeds] != wanted.get(endpoint)
        ]
        await self._close_links(stale)
        for endpoint, here in wanted.items():
            if endpoint not in self._links:
                await self._open_link(endpoint, here)

    async def _open_link(self, endpoint: Endpoint, sources: list[Source]) -> None:
        feeds = [await self._feed(source) for source in sources]
        password = None
        if endpoint.secret is not None:
            password = os.environ.get(SECRET + endpoint.secret)
        link = Link(endpoint, feeds, self._clocks, password=password)
        ended = asyncio.Event()
        task = asyncio.create_task(link.keep(ended))
        task.add_done_callback(self._link_ended)
        self._links[endpoint] = link, ended, task
        self._owners |= {source.address: link for source in sources}

    async def _close_links(self, endpoints: list[Endpoint]) -> None:
        closing = [self._links.pop(endpoint) for endpoint in endpoints]
        for link, ended, _ in closing:
            ended.set()
            self._owners = {
                place: owner for place, owner in self._owners.items() if owner is not link
            }
        # An error of a link is kept by `_link_ended`.
        await asyncio.gather(*(task for _, _, task in closing), return_exceptions=True)

    def _link_ended(self, task: asyncio.Task[None]) -> None:
        """A link never ends by itself: if one does, the service ends with its error."""
        if not task.cancelled() and task.exception() is not None:
            self._fail(task.exception())

    def _fail(self, error: BaseException | None) -> None:
        self._failure = self._failure or error
        self._over.set()

    async def _feed(self, source: Source) -> Feed:
        known = self._feeds.get(source.name)
        if known is None:
            known = await restored_feed(
                self._bus,
                self._folds,
                source,
                plant_rev=self._applied.rev,
                simulated=self._applied.emulated,
                epoch=self._clocks.wall_ns() // 1_000_000_000,
            )
            self._feeds[source.name] = known
        known.source = source
        return known

    async def _pump(self, pump: Pump) -> None:
        while not await wait_any((self._over,), ROUND_S):
            for feed in self._feeds.values():
                if feed.box.is_overrun:
                    feed.settle(self._clocks.now())
            await pump.round(list(self._feeds.values()), steady_ns=self._clocks.steady_ns())

    # --- commands

    async def _enforcer(self) -> Enforcer:
        applied = self._applied
        plant = applied.plant()
        site = Site(
            kind=SiteKind.SIMULATED if applied.emulated else SiteKind.REAL,
            plant_rev=applied.rev,
            stations=dict(plant.stations_in(Address(self._bus.site))),
            ceiling=lambda place, name: ceiling_of(plant, place, name, applied.rev),
            device=self._device,
        )
        buckets = await self._bus.bucket("usage"), await self._bus.bucket("grants")
        return Enforcer(self._bus, buckets, site, self._clocks)

    def _device(self, address: Address) -> Session | None:
        link = self._owners.get(address)
        return None if link is None else link.session

    async def _hear_authority(self, enforcer: Enforcer) -> None:
        async for message in self._bus.listen(f"lw.authority.{self._bus.site}"):
            enforcer.authority.hear(message.data, steady_ns=self._clocks.steady_ns())
        await self._over.wait()

    async def _take_commands(self, enforcer: Enforcer) -> None:
        """Put every command into the inbox, and act on what is there."""
        for key in await self._folds.keys():
            data = await self._folds.get(key) if key.startswith(INBOX) else None
            if data is not None:
                await self._begin(enforcer, data)
        async for batch in self._bus.take(Stream.RECORDS, durable="connect"):
            for message in filter(self._is_command, batch.messages):
                await self._begin(enforcer, message.data)
            await batch.done()
        await self._over.wait()

    def _is_command(self, message: Message) -> bool:
        return message.subject.startswith(f"lw.command.{self._bus.site}.")

    async def _begin(self, enforcer: Enforcer, data: bytes) -> None:
        try:
            command = _command(data, self._bus.site)
        except RecordInvalid as error:
            _log.error("a command is passed over: %s", error)
            return
        if command.id in self._running:
            return
        await self._folds.put(INBOX + command.id, data)
        while len(self._running) >= COMMANDS_MAX:
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._act(enforcer, command))
        self._running[command.id] = task
        task.add_done_callback(lambda _: self._running.pop(command.id, None))

    async def _act(self, enforcer: Enforcer, command: Command) -> None:
        try:
            await enforcer.act(command, self._over)
            await self._folds.remove(INBOX + command.id)
        except Stopped:
            _log.info("command %s goes on after the next start", command.id)
        except Exception as error:  # noqa: BLE001 - whatever it was, the command is not lost
            # It stays in the inbox; the next start goes on with it.
            self._fail(error)

    # --- its end

    async def _watch_stop(self, stop: asyncio.Event) -> None:
        await wait_any((stop, self._over), None)
        self._over.set()

    async def _watch_plant(self) -> None:
        """End when another plant is applied."""
        bucket: Bucket = await self._bus.bucket("plant")
        async for _ in bucket.watch("applied"):
            now = await self._bus.applied()
            if (now.rev, now.emulated) != (self._applied.rev, self._applied.emulated):
                _log.info("plant %s is replaced by %s", self._applied.rev, now.rev)
                self._over.set()
        await self._over.wait()


def _command(data: bytes, site: str) -> Command:
    """Command of a message, if it is one that can be acted on here.

    Raises
    ------
    RecordInvalid
        It is damaged, for another site, or a revision: that has the id of the command it
        changes, so what was granted to one would be used by the other.
    """
    command = decode(data, Command)
    if command.address.site != site:
        raise RecordInvalid("command", "address", f"{command.address} is not at {site}")
    if command.rev:
        raise RecordInvalid("command", "rev", "a command is never revised")
    return command


def _clocks(bus: Bus) -> Clocks:
    begun_ns = time.monotonic_ns()
    return Clocks(
        plant=bus.clock,
        wall_ns=time.time_ns,
        steady_ns=lambda: time.monotonic_ns() - begun_ns,
        begun_ns=time.time_ns(),
    )


async def _ended(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait for them."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
