"""The shell of the server: hears the bus, confirms authority, and serves the page."""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from linewright.bus import Applied, Bus, BusUnavailable, Message, Stream
from linewright.plant.records import (
    Ack,
    Audit,
    Case,
    Command,
    LineState,
    RecordInvalid,
    Role,
    decode,
)
from linewright.server.acting.sending import Sending
from linewright.server.acting.trusting import Decision, trust
from linewright.server.assemble import SERVICES
from linewright.server.desk import Desk
from linewright.server.folder import http_key, read_private, write_private
from linewright.server.grants import Grants, Person
from linewright.server.http import Acts, Site, application
from linewright.server.known import Alive, Known, Moment
from linewright.server.picture import picture

__all__ = ["Settings", "run"]

LOG = logging.getLogger(__name__)

AUTHORITY_EACH_S = 1.0
"""How often what is allowed is confirmed; `connect` refuses after 5 s without."""

RECORDS_BACK = 200_000
"""How far back in the stream audit records, commands and outcomes are read at the start."""

AUDIT_S = 10.0
"""How long the history service may take to give its audit."""

HOST = "127.0.0.1"
PORT_TRIES = 20
"""How often a port that is just being freed is asked for, 0.1 s apart."""

CLOSE_S = 2
"""How long open requests may take when the server ends."""

BACKLOG = 128
"""Connections that may wait to be taken."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the supervisor leaves for the server in `server.json`.

    Examples
    --------
    >>> Settings().port
    0
    """

    port: int = 0
    """0: the port of the last time, or a free one."""
    person: str = "local"
    role: Role = Role.SUPERVISOR


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """What the server tells its supervisor, in `http.json`."""

    pid: int
    port: int
    url: str


class _Uvicorn(uvicorn.Server):
    """The web server inside our own process, which keeps its own signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the service."""
        yield


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Serve the page of a site until `stop`.

    Parameters
    ----------
    bus
        Of the site.
    folder
        Private folder; `server.json` there says port, person and role.
    stop
        Ends it.

    Raises
    ------
    BusUnavailable
        The bus stayed away for long.
    OSError
        The port is taken by somebody else.
    """
    settings = read_private(folder / "server.json", Settings) or Settings()
    applied, clock = await _applied(bus)
    known, grants = Known(), Grants(bus, folder / "grants.json")
    await grants.load()
    known.hear_stop(grants.stop)
    person = Person(id=settings.person, role=settings.role)
    desk = Desk(bus, applied, grants, person)
    shown = _Shown(bus, applied, known, grants)
    book = folder / "changes.json"
    sending = Sending(desk, bus, applied, grants, known, book=book)

    async def trusting(decision: Decision) -> dict[str, Any]:
        return await trust(bus, desk, known, decision)

    acts = Acts(desk=desk, sending=sending, trust=trusting, known=known)
    site = Site(shown.picture, acts, _asks_history(bus), http_key(folder.parent), stop)
    tasks = [
        asyncio.create_task(work)
        for work in (
            _hear_lines(bus, known),
            _hear_cases(bus, known),
            _hear_alive(bus, known),
            _hear_links(bus, known),
            sending.take_back(),
            *(_hear_records(bus, known, name) for name in ("audit", "command", "ack")),
            _confirm(grants),
            _serve(site, folder, settings.port),
            stop.wait(),
        )
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if not stop.is_set():  # a reader ends without an error only when the bus is closed
            raise BusUnavailable(applied.site, "the bus was closed", "start the service again")
        await asyncio.wait({tasks[-2]}, timeout=CLOSE_S + 1)
    finally:
        clock.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, clock, return_exceptions=True)


async def _applied(bus: Bus) -> tuple[Applied, "asyncio.Task[Applied]"]:
    """Return the plant in force, and what makes the plant clock known.

    The page does not wait for the clock of an emulated plant, which takes some seconds to begin.
    """
    data = await (await bus.bucket("plant")).get("applied")
    clock = asyncio.create_task(bus.applied())
    if data is None:
        return await clock, clock
    applied = msgspec.json.decode(data, type=Applied)
    bus.clock.use(emulated=applied.emulated)
    return applied, clock


class _Shown:
    """The picture of now as JSON, made once for all pages while nothing has changed."""

    def __init__(self, bus: Bus, applied: Applied, known: Known, grants: Grants) -> None:
        self._bus = bus
        self._applied = applied
        self._known = known
        self._grants = grants
        self._data = b""
        self._made: tuple[int, float] = (-1, 0.0)

    def picture(self) -> tuple[int, bytes]:
        """Return the version of what is known, and the state of now."""
        if self._known.stop != self._grants.stop:
            self._known.hear_stop(self._grants.stop)
        now_s = time.monotonic()
        version, made_s = self._made
        if version != self._known.version or now_s - made_s > 0.1:  # noqa: PLR2004  # ages go on
            services = [s for s in SERVICES if s != "emulate" or self._applied.emulated]
            shown = picture(self._known, self._moment(now_s), services)
            self._data = msgspec.json.encode(shown)
            self._made = (self._known.version, now_s)
        return self._known.version, self._data

    def _moment(self, now_s: float) -> Moment:
        clock, t_ns = self._bus.clock, 0
        with contextlib.suppress(BusUnavailable):
            t_ns = clock.now_ns()
        return Moment(
            plant=self._applied.plant(),
            site=self._applied.site,
            rev=self._applied.rev,
            emulated=self._applied.emulated,
            t_ns=t_ns,
            speed=clock.speed,
            wall_ns=time.time_ns(),
            mono_s=now_s,
        )


def _asks_history(bus: Bus) -> Callable[[int], Awaitable[bytes]]:
    subject = f"lw.ask.{bus.site}.history.audit"

    async def audit(after_n: int) -> bytes:
        """Return audit records as a JSON list; history answers with a record a line."""
        question = msgspec.json.encode({"after_n": after_n})
        lines = (await bus.ask(subject, question, timeout_s=AUDIT_S)).splitlines()
        if lines and lines[0].startswith(b'{"error"'):
            raise BusUnavailable(subject, lines[0].decode("utf-8", "replace"))
        return b"[" + b",".join(lines) + b"]"

    return audit


async def _hear_lines(bus: Bus, known: Known) -> None:
    bucket = await bus.bucket("line")
    async with aclosing(bucket.watch()) as values:
        async for key, data in values:
            if data is not None:
                with _passed_over("line", key):
                    known.hear_line(decode(data, LineState))


async def _hear_cases(bus: Bus, known: Known) -> None:
    bucket = await bus.bucket("cases")
    async with aclosing(bucket.watch()) as values:
        async for key, data in values:
            if data is not None:
                with _passed_over("case", key):
                    known.hear_case(decode(data, Case))


async def _hear_links(bus: Bus, known: Known) -> None:
    bucket = await bus.bucket("links")
    async with aclosing(bucket.watch()) as values:
        async for key, data in values:
            with _passed_over("link", key):
                link = None if data is None else msgspec.json.decode(data, type=dict[str, Any])
                known.hear_link(key, link)


async def _hear_alive(bus: Bus, known: Known) -> None:
    async with aclosing(bus.listen(f"lw.alive.{bus.site}.*")) as messages:
        async for message in messages:
            service = message.subject.rpartition(".")[2]
            with _passed_over("sign of life", service):
                alive = msgspec.json.decode(message.data, type=Alive)
                known.hear_alive(service, msgspec.structs.replace(alive, heard_s=time.monotonic()))


async def _hear_records(bus: Bus, known: Known, name: str) -> None:
    """Hear one class of records, from some way back on."""
    classes: dict[str, type[Audit | Command | Ack]] = {
        "audit": Audit,
        "command": Command,
        "ack": Ack,
    }
    after = max(0, await bus.end_seq(Stream.RECORDS) - RECORDS_BACK)
    stream = bus.follow(Stream.RECORDS, after=after, subject=f"lw.{name}.>")
    async for message in _closing(stream):
        with _passed_over(name, message.subject):
            known.hear_record(decode(message.data, classes[name]))


async def _closing(stream: AsyncIterator[Message]) -> AsyncIterator[Message]:
    try:
        async for message in stream:
            yield message
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


@contextlib.contextmanager
def _passed_over(what: str, where: str) -> Iterator[None]:
    """Log what cannot be read, and go on: the page of the rest is worth more."""
    try:
        yield
    except (RecordInvalid, msgspec.MsgspecError) as error:
        LOG.warning("a %s at %s cannot be read: %s", what, where, error)


async def _confirm(grants: Grants) -> None:
    """Say once a second what is allowed."""
    while True:
        with contextlib.suppress(BusUnavailable):
            await grants.confirm(time.time_ns())
        await asyncio.sleep(AUTHORITY_EACH_S)


async def _serve(site: Site, folder: Path, port: int) -> None:
    """Serve the routes until the site's `stop`."""
    before = read_private(folder / "http.json", _Page)
    listening = await _listen(port, before.port if before else 0)
    port = listening.getsockname()[1]
    config = uvicorn.Config(
        application(site),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=CLOSE_S,
    )
    server = _Uvicorn(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        url = f"http://{HOST}:{port}"
        page = _Page(pid=os.getpid(), port=port, url=url)
        write_private(folder / "http.json", msgspec.json.encode(page))
        LOG.info("the page is at %s", url)
        stopping = asyncio.create_task(site.stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
    finally:
        server.should_exit = True
        await serving
        listening.close()


async def _listen(wanted: int, before: int) -> socket.socket:
    """Return a socket on the wanted port, else on that of the last time, else on a free one.

    Raises
    ------
    OSError
        A wanted port is taken.
    """
    for _ in range(PORT_TRIES if wanted or before else 1):
        try:
            return _bound(wanted or before)
        except OSError:
            await asyncio.sleep(0.1)
    return _bound(wanted)


def _bound(port: int) -> socket.socket:
    found = socket.socket()
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
    except OSError:
        found.close()
        raise
    return found
