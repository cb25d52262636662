"""The shell of the emulated plant: its clock, its servers and the bus."""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from linewright.bus import Applied, Bus, BusAddress, BusUnavailable
from linewright.emulate.faults.unplayed import unplayed
from linewright.emulate.folder import Folder
from linewright.emulate.opcua.servers import Servers, Start, serving
from linewright.emulate.play import Options, Play, PlayInvalid, Setup, set_up
from linewright.emulate.sparkplug.edges import Edges, Life, edging
from linewright.plant import Address
from linewright.plant.records import Order, RecordInvalid, decode

__all__ = ["OPTIONS", "Played", "played", "run", "setup_of"]

TICK_S = 0.1
"""From tick to tick: as often as the plant clock is told, and finer than people see."""

LATE_S_MAX = 0.5
"""Most time that one tick makes up for. Of a longer pause the rest is left out: plant time slips
against the wall clock, and nothing comes in a burst."""

LINGER_S = 0.3
"""How long machines stay up after the last tick, so that it still reaches their clients."""

BREATH_FORWARD = 10
"""Stretches of going forward silently between two breaths of the process."""

SAY_S = 2.0
"""From one word on how far a start is to the next."""

STANDING = 1e-6
"""Speed that is told while the clock stands: it is above 0, as a speed must be."""

OWN = "own"
"""Endpoint of a station that is played over the broker of our own bus."""

NS_PER_S = 1_000_000_000

BOOK = "book.jsonl"
"""File of the service's folder with the orders that the site has when the play begins."""

OPTIONS = "emulate.json"
"""File of the service's folder with `Options`: speed, and from when the play is shown."""

Announce = Callable[[int, float], Awaitable[None]]

_log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Play the applied plant until `stop` is set, if it is applied as emulated.

    Parameters
    ----------
    bus
        Gives the plant and its scenario; the endpoints go into its bucket `endpoints`, the plant
        clock to `lw.clock.<site>`.
    folder
        Holds what `linewright.emulate.folder` keeps, `emulate.json` with `Options`, and
        `book.jsonl` with the site's orders where it has any.
    stop
        Ends the play; it goes on from there at the next call.

    Raises
    ------
    PlayInvalid
        The plant or the options cannot be played.
    PortTaken
        A machine cannot come back where its clients look for it.
    """
    applied = await bus.applied()
    if not applied.emulated:
        _log.info("site %s is real: nothing is played", applied.site)
        await stop.wait()
        return
    setup = await asyncio.to_thread(setup_of, applied, folder)

    async def announce(t_ns: int, speed: float) -> None:
        tick = msgspec.json.encode({"t_ns": t_ns, "speed": speed})
        with contextlib.suppress(BusUnavailable):  # the next tick is a tenth of a second away
            await bus.tell(f"lw.clock.{applied.site}", tick)

    broker = bus.address if bus.address.mqtt else None
    async with _opened(setup, folder, broker) as (play, servers, edges):
        bucket = await bus.bucket("endpoints")
        for address, url in servers.endpoints.items():
            await bucket.put(address.replace("/", "."), url.encode())
        for address in edges.stations:
            await bucket.put(address.replace("/", "."), OWN.encode())
        gc.freeze()  # the servers' nodes stay: looking through them would stop the clock
        _log.info("site %s is played at speed %g", applied.site, setup.speed)
        if setup.scenario is not None:
            left = unplayed(setup.scenario, setup.plant, setup.site)
            for words in left:
                _log.info("%s", words)
        await _until_read(play, servers, _Ending(stop, announce))
        await _live(play, servers, edges, _Ending(stop, announce))
        await asyncio.sleep(LINGER_S)


def setup_of(applied: Applied, folder: Path) -> Setup:
    """Return the play of what is applied, as the files of the service's folder want it.

    Raises
    ------
    PlantInvalid, ScenarioInvalid, PlayInvalid
        It cannot be played.
    """
    try:
        data = (folder / OPTIONS).read_bytes()
    except FileNotFoundError:
        data = b"{}"
    try:
        options = msgspec.json.decode(data, type=Options)
    except msgspec.MsgspecError as error:
        raise PlayInvalid(f"{OPTIONS} cannot be read: {error}") from error
    if not applied.scenario and options.begin is None and options.from_ns is None:
        options = msgspec.structs.replace(options, from_ns=time.time_ns())
    return set_up(
        applied.text, applied.site, applied.scenario, options, orders=_book(folder / BOOK)
    )


def _book(path: Path) -> tuple[Order, ...]:
    """Return the orders of a file, one record a line; none where there is no such file."""
    try:
        lines = path.read_bytes().splitlines()
        return tuple(decode(line, Order) for line in lines if line.strip())
    except FileNotFoundError:
        return ()
    except RecordInvalid as error:
        raise PlayInvalid(f"{path.name} cannot be read: {error}") from error


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A plant that is being played: where its machines are, and what time it is there.

    Examples
    --------
    >>> Played(endpoints={}, now_ns=lambda: 7).now_ns()
    7
    """

    endpoints: Mapping[Address, str]
    """URL of each machine's server."""
    now_ns: Callable[[], int]
    """Gives plant time of the last tick, in ns since 1970 UTC."""


@contextlib.asynccontextmanager
async def played(  # noqa: PLR0913  # a face: each by name, each may be left out
    plant: str,
    scenario: str,
    folder: Path,
    *,
    at_ns: int | None = None,
    speed: float | None = None,
    site: str | None = None,
    orders: Sequence[Order] = (),
) -> AsyncIterator[Played]:
    """Play one site of a plant while the block runs, without any bus: every machine over OPC UA.

    Parameters
    ----------
    plant, scenario
        The files, as text. Without a scenario `at_ns` is needed.
    folder
        Where the play is kept; with a folder that was used before it goes on.
    at_ns
        From when it is shown, plant time; left out: the scenario's start.
    speed
        Plant seconds in a second; left out: the scenario's.
    site
        Site that is played; left out: the first.
    orders
        What it makes to order, in place of material without end.

    Raises
    ------
    PlantInvalid, ScenarioInvalid, PlayInvalid
        As `set_up`.

    Examples
    --------
    >>> async def machines_of(plant: str, scenario: str, folder: Path) -> list[str]:
    ...     async with played(plant, scenario, folder, speed=60.0) as play:
    ...         return list(play.endpoints.values())
    """
    options = Options(speed=speed, from_ns=at_ns)
    setup = await asyncio.to_thread(lambda: set_up(plant, site, scenario, options, orders=orders))
    stop = asyncio.Event()
    async with (
        _opened(setup, folder, None) as (play, servers, edges),
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(_live(play, servers, edges, _Ending(stop, None)))
        try:
            yield Played(endpoints=dict(servers.endpoints), now_ns=lambda: play.t_ns)
        finally:
            stop.set()


@contextlib.asynccontextmanager
async def _opened(
    setup: Setup, path: Path, broker: BusAddress | None
) -> AsyncIterator[tuple[Play, Servers, Edges]]:
    """Bring a play to where it is shown, and its servers and edge nodes up."""
    with contextlib.closing(Folder(path)) as folder:
        play = Play(setup, folder, has_broker=broker is not None)
        _log.info("%d machines of site %s come up", len(play.machines), setup.site)
        if play.is_fresh:
            await _forward(play)
            play.begin()
        orders, first = play.standing()
        start = Start(
            ports=play.ports,
            orders=orders,
            first=first,
            now_ns=play.t_ns,
            reach=play.reach(),
            certificates=path / "certificates",
        )
        own = [one for one in play.machines if one.protocol == "opcua"]
        life = Life(
            now_ns=lambda: play.t_ns,
            standing=play.standing,
            births=play.next_birth,
            keep=folder.keep,
        )
        async with (
            serving(own, start, folder.keep) as servers,
            edging(play.machines, broker, life) as edges,
        ):
            play.ports = dict(servers.ports)
            play.save()
            yield play, servers, edges


async def _forward(play: Play) -> None:
    """Go silently to where the play begins to be shown, and say how far that is."""
    total_ns = max(1, play.setup.from_ns - play.setup.start_ns)
    said_s = time.monotonic()
    for n, t_ns in enumerate(play.forward()):
        if n % BREATH_FORWARD == 0:
            await asyncio.sleep(0)
        if time.monotonic() - said_s > SAY_S:
            said_s = time.monotonic()
            done = 1.0 - (play.setup.from_ns - t_ns) / total_ns
            _log.info("%.0f %% of the time before the play is gone", 100.0 * done)


class _Ending(NamedTuple):
    """What ends the clock, and whom it is told to."""

    stop: asyncio.Event
    announce: Announce | None


async def _until_read(play: Play, servers: Servers, ending: _Ending) -> None:
    """Let the clock of a play that begins stand until each server is read, or its wait is over.

    At speed 20 the seconds in which connectors begin would else be minutes that nobody heard.
    """
    stop, announce = ending
    until_s = time.monotonic() + play.setup.wait_s
    begins = play.t_ns <= play.setup.from_ns
    while begins and not stop.is_set() and time.monotonic() < until_s and not servers.are_read:
        if announce is not None:
            await announce(play.t_ns, STANDING)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK_S):
                await stop.wait()


async def _live(play: Play, servers: Servers, edges: Edges, ending: _Ending) -> None:
    """Let the plant clock run until it is ended."""
    stop, announce = ending
    speed = play.setup.speed
    last_s = time.monotonic()
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, last_s + TICK_S - time.monotonic())):
                await stop.wait()
        now_s = time.monotonic()
        passed_s = min(now_s - last_s, LATE_S_MAX)
        last_s = now_s
        samples = play.step(play.t_ns + round(passed_s * speed * NS_PER_S))
        await servers.show(samples, play.t_ns)
        edges.show(samples)
        reach = play.reach()
        await servers.turn(reach, play.standing, play.t_ns)
        edges.turn(reach)
        if announce is not None:
            later_s = time.monotonic() - now_s
            await announce(play.t_ns + round(later_s * speed * NS_PER_S), speed)
