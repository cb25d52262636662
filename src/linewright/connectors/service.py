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

import msgspec

from linewright.bus import Applied, Bucket, Bus, Message, Stream
from linewright.connectors.acting import Enforcer, Site, Stopped
from linewright.connectors.link import Around, Clocks, wait_any
from linewright.connectors.linking.answers import Answers
from linewright.connectors.linking.machines import SECRET, Machines
from linewright.plant import Address
from linewright.plant.authority import ceiling_of
from linewright.plant.records import Command, RecordInvalid, SiteKind, decode

__all__ = ["run"]

COMMANDS_MAX = 256
"""Commands that are in hand at once; further ones wait in the stream."""

INBOX = "connect.inbox."
"""Keys in `folds` of the commands that have no acknowledgement yet."""

SETTINGS = "connect.json"
"""Settings in the service's folder: ``{"files": "<folder of the plant file>"}``."""

_log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Connect the machines of the site until `stop` is set.

    Parameters
    ----------
    bus
        Of the site; the plant is waited for.
    folder
        For private files of the links: certificates and what was trusted. `connect.json` in it
        says where the plant file is, for the files of a replay.
    stop
        Ends it within a few seconds; sessions are closed.

    Raises
    ------
    BusUnavailable
        The bus stayed away for a minute.
    """
    machines = Machines(bus, _around(bus, folder, _clocks(bus)))
    await Answers(machines.link_of, bus, machines.clocks).serve()
    try:
        while not stop.is_set():
            applied = await bus.applied()
            await _Service(bus, applied, machines).serve(stop)
    finally:
        await machines.close()
    await machines.publish(is_last=True)


class _Service:
    """One applied plant, until it is replaced: its commands, and its machines."""

    def __init__(self, bus: Bus, applied: Applied, machines: Machines) -> None:
        self._bus = bus
        self._applied = applied
        self._machines = machines
        self._clocks = machines.clocks
        self._over = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failure: BaseException | None = None

    async def serve(self, stop: asyncio.Event) -> None:
        """Read and act until `stop`, or until another plant is applied."""
        self._folds = await self._bus.bucket("folds")
        enforcer = await self._enforcer()
        machines, over = self._machines, self._over
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._watch_stop(stop),
                self._watch_plant(),
                machines.hear_endpoints(self._applied, over),
                machines.follow(self._applied, over),
                machines.pump(over),
                machines.report(over),
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

    # --- commands

    async def _enforcer(self) -> Enforcer:
        applied = self._applied
        plant = applied.plant()
        site = Site(
            kind=SiteKind.SIMULATED if applied.emulated else SiteKind.REAL,
            plant_rev=applied.rev,
            stations=dict(plant.stations_in(Address(self._bus.site))),
            ceiling=lambda place, name: ceiling_of(plant, place, name, applied.rev),
            place=self._machines.place,
            device=self._machines.device,
        )
        buckets = await self._bus.bucket("usage"), await self._bus.bucket("grants")
        return Enforcer(self._bus, buckets, site, self._clocks)

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._over.set()

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


class _Settings(msgspec.Struct, frozen=True):
    """What `up` writes for this service."""

    files: str = ""


def _around(bus: Bus, folder: Path, clocks: Clocks) -> Around:
    settings = _Settings()
    try:
        settings = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=_Settings)
    except FileNotFoundError:
        pass
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("%s is passed over: %s", folder / SETTINGS, error)
    return Around(
        clocks=clocks,
        secret=lambda name: os.environ.get(SECRET + name),
        folder=folder,
        site=bus.site,
        files=Path(settings.files) if settings.files else None,
        broker=bus.address if bus.address.mqtt else None,
    )


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
