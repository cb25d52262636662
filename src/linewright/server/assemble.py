"""The only wiring: which service is which room's shell, and how each meets the bus.

A service is imported when it is asked for, so that none loads the engine of another.
"""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from linewright.bus import Bus, BusAddress, BusUnavailable
from linewright.server.up.past import PAST

__all__ = ["SERVICES", "Shell", "run_service", "shell_of"]

LOG = logging.getLogger(__name__)

Shell = Callable[[Bus, Path, asyncio.Event], Awaitable[None]]
"""What each room's `service.run` is: the bus, a private folder, and the event that ends it."""

ALIVE_EACH_S = 0.5
"""How often a service says that it is alive; the page says within 2 s that one is not."""

LOOK_S = 0.5
"""How often a service that waits for the plant clock looks whether it is to end."""

END_S = 5.0
"""How long a service may take to end once it is asked to; the supervisor kills it after 6 s."""


def _connect() -> Shell:
    from linewright.connectors import service  # noqa: PLC0415  # only this service needs it

    return _once_the_clock_is_known(service.run)


def _history() -> Shell:
    from linewright.history import service  # noqa: PLC0415  # only this service needs it

    return service.run


def _query() -> Shell:
    from linewright.history.querying import service  # noqa: PLC0415  # only this service needs it

    return service.run


def _live() -> Shell:
    from linewright.live import service  # noqa: PLC0415  # only this service needs it

    return service.run


def _think() -> Shell:
    from linewright.correct import service  # noqa: PLC0415  # only this service needs it
    from linewright.twin import service as forecasts  # noqa: PLC0415  # only this service needs it

    return _once_the_clock_is_known(_beside(service.run, forecasts.run))


def _server() -> Shell:
    from linewright.server import service  # noqa: PLC0415  # only this service needs it

    return service.run


def _emulate() -> Shell:
    from linewright.emulate import service  # noqa: PLC0415  # only this service needs it

    return service.run


def _past() -> Shell:
    from linewright.emulate.past import service  # noqa: PLC0415  # only a new play needs it

    return service.run


def _beside(run: Shell, other: Shell) -> Shell:
    """Return a shell that runs another one beside it, which may fail: it is told, and goes on."""

    async def both(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
        second = asyncio.create_task(_told(other(bus, folder, stop)))
        try:
            await run(bus, folder, stop)
        finally:
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)

    return both


async def _told(work: Awaitable[None]) -> None:
    """Wait for what may fail without ending the service; the log tells of it."""
    try:
        await work
    except Exception:
        LOG.exception("what runs beside the service failed; it goes on without until a new start")


def _once_the_clock_is_known(run: Shell) -> Shell:
    """Return a shell that begins when plant time is known: an emulated plant takes its time."""

    async def waiting(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
        await bus.applied()
        while not stop.is_set():
            if await bus.clock.known(wait_s=LOOK_S):
                await run(bus, folder, stop)
                return

    return waiting


_SHELLS: dict[str, Callable[[], Shell]] = {
    "server": _server,
    "emulate": _emulate,
    "connect": _connect,
    "history": _history,
    "live": _live,
    "think": _think,
    "query": _query,
}

_ONCE: dict[str, Callable[[], Shell]] = {PAST: _past}
"""What is run once, and ends by itself, before any service."""

SERVICES: tuple[str, ...] = tuple(_SHELLS)
"""Every service, in the order in which they are started; `emulate` only when asked for."""


def shell_of(service: str) -> Shell:
    """Return the shell of a service, imported now.

    Parameters
    ----------
    service
        One of `SERVICES`, or `past`.

    Raises
    ------
    KeyError
        There is no such service.
    """
    return (_SHELLS | _ONCE)[service]()


async def run_service(service: str, *, data: Path, site: str, address: BusAddress) -> None:
    """Run one service until SIGTERM or SIGINT.

    Parameters
    ----------
    service
        One of `SERVICES`, or `past`, which ends by itself.
    data
        Data folder; the service keeps its own files in a folder of its name there.
    site
        Site that it works for.
    address
        Of the NATS server.

    Raises
    ------
    BusUnavailable
        The NATS server does not answer.
    Exception
        Whatever the service cannot mend itself; whoever supervises it starts it again.

    Examples
    --------
    >>> SERVICES[0], "emulate" in SERVICES
    ('server', True)
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    run = shell_of(service)
    folder = data / service
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    bus = await Bus.connect(address, site=site, name=service)
    try:
        beat = asyncio.create_task(_beat(bus, service))
        work = asyncio.ensure_future(run(bus, folder, stop))
        await _until_ended(work, stop)
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat
    finally:
        await bus.drain()
        await bus.close()


async def _until_ended(work: "asyncio.Future[None]", stop: asyncio.Event) -> None:
    """Wait until the work ends of itself, or soon after it is asked to."""
    stopped = asyncio.create_task(stop.wait())
    try:
        either: list[asyncio.Future[Any]] = [work, stopped]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            done, _ = await asyncio.wait({work}, timeout=END_S)
            if not done:
                LOG.warning("the service did not end in %g s and is cancelled", END_S)
                work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
    finally:
        stopped.cancel()
        work.cancel()


async def _beat(bus: Bus, service: str) -> None:
    """Say again and again that the service is alive; a bus that is away is waited for."""
    since_ns = time.time_ns()
    said = msgspec.json.encode({"pid": os.getpid(), "since_ns": since_ns})
    while True:
        with contextlib.suppress(BusUnavailable):
            await bus.tell(f"lw.alive.{bus.site}.{service}", said)
        await asyncio.sleep(ALIVE_EACH_S)
