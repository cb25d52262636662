"""`linewright up`: one bus, one plant, and every service as a child that is kept alive."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import msgspec

from linewright.bus import Applied, Bus, BusUnavailable
from linewright.connectors import device_topics
from linewright.plant.language import load_text
from linewright.server.applying import applied_of, apply, instant_ns, must_belong
from linewright.server.assemble import SERVICES
from linewright.server.children import Backoff, Child, ChildState, keep_small
from linewright.server.folder import (
    Belongs,
    FolderLock,
    Running,
    Written,
    forget_running,
    http_key,
    read_belongs,
    read_private,
    write_belongs,
    write_private,
    write_running,
    write_written,
)
from linewright.server.known import UP, Alive
from linewright.server.lifeline import start_of
from linewright.server.signing.tls.naming import Wanted, family_of
from linewright.server.up.beats import Beats
from linewright.server.up.carrier import Carrier, carrier_of
from linewright.server.up.opening import Opening
from linewright.server.up.past import PAST, made
from linewright.server.up.refusals import Refusals
from linewright.server.up.told import Told

__all__ = ["Plan", "PortTaken", "supervise"]

LOG = logging.getLogger(__name__)

LOOK_S = 0.1
"""How often the NATS server and the page's address are looked at."""

JOINED = "all services are one user there, with your rights for it; no listener for field devices"
"""What is said of a NATS server that is not ours."""

AHEAD_S = 2.0
"""How long the other services wait for the page at the start: importing takes all processors."""

PORT_S = 1.5
"""How long a port is asked for: a server that is just ending needs a moment."""

BEAT_S = 1.0
"""How often the supervisor says that it is alive, and listens who else is."""

REFUSED_EACH_S = 2.0
"""How often it is looked at what the NATS server refused: a person at a device waits for that."""

LOGS_EACH_S = 5.0
"""How often logs are looked at for their size."""

APPLY_S = 30.0
"""How long the NATS server may take to answer at the start: it reads its whole store first."""

FIRST_READ_S = 20.0
"""How long a play that has a past waits at its end for `connect`: the past goes over into now."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to run.

    Examples
    --------
    >>> Plan(data=Path("data"), site="reno", text="linewright: 1").services[:2]
    ('server', 'connect')
    """

    data: Path
    """Data folder."""
    site: str
    text: str
    """Canonical text of a checked plant."""
    enterprise: str = ""
    scenario: str | None = None
    """YAML of the scenario of an emulated plant, empty for none; None: the machines are real."""
    start: str = ""
    """Local time at which the emulated plant begins to be seen; empty: when the scenario does."""
    past_s: float = 0.0
    """How much of the time before an emulated plant has as its past, once, in a new data folder."""
    speed: float = 1.0
    """Plant time over real time of an emulated plant."""
    port: int = 0
    """Of the page; 0 takes a free one and keeps it."""
    listen: Wanted = Wanted()
    """Where the page is served, and with which certificate."""
    person: str = "local"
    role: str = "supervisor"
    nats: str = ""
    """URL of a NATS server that runs already; empty: one of our own."""
    nats_server: Path | None = None
    """Program of our own NATS server; None: the one that was installed."""
    files: str = ""
    """Folder of the plant file, against which it names other files."""
    written: Mapping[str, str] = {}
    """Where the plant file says it: `file:line` of stations and tags, by address."""

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services that run."""
        return tuple(s for s in SERVICES if s != "emulate" or self.scenario is not None)


class PortTaken(RuntimeError):
    """The port that was asked for cannot be used; `port` says which."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(f"port {port} cannot be used: {why}")
        self.port = port


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """What the server wrote about itself."""

    pid: int
    url: str
    local: str = ""
    """Address for programs of this machine, where it is another one."""


class _Played(msgspec.Struct, frozen=True):
    """From when a play was shown, as it was left for it."""

    from_ns: int | None = None


async def supervise(plan: Plan, say: Callable[[Told], None], stop: asyncio.Event) -> None:
    """Run a plant until `stop`: its bus and its services, each started again when it dies or hangs.

    Parameters
    ----------
    plan
        What is to run.
    say
        Takes what each service does, at each change, then the address of the page.
    stop
        Set from outside to end; all children are then ended by their pids, within seconds.

    Raises
    ------
    FolderInUse
        Another supervisor holds the data folder.
    ApplyRefused
        The data folder holds another site, or a real one where an emulated one is wanted.
    PortTaken
        The port that was asked for is taken, or not for this user.
    BusUnavailable
        The NATS server does not start, or the one that was named does not answer.
    PastFailed
        The past of a play could not be made.
    OSError
        The data folder cannot be made, read or written.

    Examples
    --------
    >>> import inspect
    >>> inspect.iscoroutinefunction(supervise)
    True
    """
    lock = FolderLock.take(plan.data)
    try:
        # Before anything is started: each site has its own buckets, so the bus alone cannot tell.
        if (belongs := read_belongs(plan.data)) is not None:
            must_belong(belongs, _wanted(plan))
        await _must_be_free(plan.listen.host, plan.port)
        await _Supervisor(plan, say).run(stop)
    finally:
        forget_running(plan.data)
        lock.close()


class _Supervisor:
    """The children of one data folder."""

    def __init__(self, plan: Plan, say: Callable[[Told], None]) -> None:
        self._plan = plan
        self._say = say
        self._key = http_key(plan.data)
        self._started_ns = time.time_ns()
        devices = device_topics(load_text(plan.text), plan.site)
        self._carrier: Carrier = carrier_of(
            plan.data, plan.site, url=plan.nats, binary=plan.nats_server, devices=devices
        )
        self._bus_restarts = 0
        self._running: Running | None = None
        self._said_url = ""
        self._open = Opening(plan.data / "server", plan.listen)
        self._is_shown = asyncio.Event()
        self._has_changed = asyncio.Event()
        self._beats = Beats()
        self._refusals = Refusals(plan.data)
        self._children = [self._child(name) for name in plan.services]

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything, keep it alive, and end it in order: the NATS server last."""
        self._write_books(self._now())  # before all else: the folder is not free any more
        for line in self._open.prepare(now_ms=time.time_ns() // 1_000_000):
            self._say(Told(name="tls", state=line))
        self._say(Told(name="bus", state="starting"))
        try:
            if await _unless(stop, self._carrier.start()):
                self._tell_bus(ChildState.STARTED)
                self._tell_listener()
                applied = await _unless(stop, self._apply())
                if applied and await _unless(stop, self._make_past()):
                    await self._keep_all(stop)
        finally:
            await self._carrier.stop()
            self._tell_bus(ChildState.STOPPED)

    async def _keep_all(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            for child in self._children:
                tasks.create_task(self._keep(child, stop))
            tasks.create_task(self._keep_bus(stop))
            tasks.create_task(self._keep_watch(stop))
            tasks.create_task(self._keep_books(stop))
            tasks.create_task(self._keep_logs(stop))
            tasks.create_task(self._keep_refusals(stop))

    async def _keep(self, child: Child, stop: asyncio.Event) -> None:
        """Keep a service alive; the page is let go ahead, since people wait for it first."""
        if child.name != "server":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_shown.wait(), AHEAD_S)
        await child.keep(stop)

    async def _make_past(self) -> None:
        """Give a play its past, before any service is there to see it come."""
        if self._plan.scenario is not None and self._plan.past_s > 0.0:
            await made(self._command(PAST), self._log(PAST), self._env(), self._say)

    def _child(self, name: str) -> Child:
        return Child(name, self._command(name), self._log(name), self._told, self._env())

    def _command(self, name: str) -> list[str]:
        plan = self._plan
        words = [name, "--data", str(plan.data), "--site", plan.site, "--parent", str(os.getpid())]
        return [sys.executable, "-m", "linewright", "run", *words, *self._carrier.options()]

    def _env(self) -> dict[str, str]:
        env = {"LINEWRIGHT_TRACEBACK": "1", "PYTHONUNBUFFERED": "1"}
        return env | dict(self._carrier.environment())

    def _log(self, name: str) -> Path:
        return self._plan.data / "logs" / f"{name}.log"

    def _told(self, name: str, state: ChildState, words: str) -> None:
        child = next(each for each in self._children if each.name == name)
        is_started = state is ChildState.STARTED
        (self._beats.begin if is_started else self._beats.end)(name)
        self._has_changed.set()
        told = Told(
            name=name,
            state=state.value,
            words="" if is_started else words,
            pid=child.pid if is_started else 0,
            restarts=0 if state is ChildState.STOPPED else max(0, child.restarts),
        )
        self._say(told)

    def _tell_bus(self, state: ChildState, words: str = "") -> None:
        is_up = state is ChildState.STARTED
        if is_up and not self._carrier.pid:
            words = f"joined {self._carrier.address.url}"
        pid = self._carrier.pid if is_up else 0
        again = self._bus_restarts if is_up else 0
        self._say(Told(name="bus", state=state.value, words=words, pid=pid, restarts=again))

    def _tell_listener(self) -> None:
        """Say where field devices connect, where the plant declares topics for them."""
        if self._carrier.pid and (url := self._carrier.address.mqtt):
            keys = self._plan.data / "bus" / "device.json"
            self._say(Told(name="mqtt", state=f"{url}, user and password in {keys}"))
        elif not self._carrier.pid:
            self._say(Told(name="joined", state=JOINED))

    async def _apply(self) -> None:
        """Put the plant in force and leave the services their settings, before any of them runs."""
        plan = self._plan
        wanted = _wanted(plan)
        now_ns = time.time_ns()
        t_ns = now_ns
        if plan.start:
            t_ns = instant_ns(load_text(plan.text), plan.site, plan.start)
        async with asyncio.timeout(APPLY_S):
            bus = await Bus.connect(self._carrier.address, site=plan.site, name="up")
            try:
                await apply(bus, wanted, t_ns=t_ns, seen_ns=now_ns, by=plan.person)
                links = await bus.bucket("links")
                for source in await links.keys():  # of the last run: nothing of it holds now
                    await links.remove(source)
            finally:
                await bus.close()
        write_belongs(plan.data, Belongs(site=plan.site, emulated=wanted.emulated))
        write_private(plan.data / "plant.yaml", plan.text.encode("utf-8"))
        settings: dict[str, object] = {"port": plan.port, "person": plan.person, "role": plan.role}
        settings["listen"] = plan.listen
        write_private(plan.data / "server" / "server.json", msgspec.json.encode(settings))
        write_written(plan.data / "server", Written(rev=wanted.rev, places=plan.written))
        found = msgspec.json.encode({"files": plan.files})
        write_private(plan.data / "connect" / "connect.json", found)
        if plan.scenario is not None:
            # As an instant: a scenario may keep the clock of another site.
            path = plan.data / "emulate" / "emulate.json"
            wait_s = FIRST_READ_S if plan.past_s else 0.0
            played = {"speed": plan.speed, "past_s": plan.past_s, "wait_s": wait_s}
            if plan.start:
                played["from_ns"] = t_ns
            elif plan.past_s and not plan.scenario:
                # A past ends at one instant, also where it was killed and is made anew.
                before = read_private(path, _Played)
                played["from_ns"] = (before and before.from_ns) or t_ns
            write_private(path, msgspec.json.encode(played))

    async def _keep_bus(self, stop: asyncio.Event) -> None:
        """Start the NATS server again when it dies: same port, same credentials, same store."""
        backoff = Backoff()
        began_s = time.monotonic()
        while not await _waited(stop, LOOK_S):
            if self._carrier.is_running:
                continue
            now_s = time.monotonic()
            wait_s = backoff.after(now_s=now_s, lived_s=now_s - began_s)
            state = ChildState.FAILING if backoff.is_failing else ChildState.WAITING
            self._tell_bus(state, f"died; again in {wait_s:g} s")
            if await _waited(stop, wait_s):
                return
            began_s = time.monotonic()
            with contextlib.suppress(BusUnavailable, OSError):
                await self._carrier.start()
                self._bus_restarts += 1
                self._tell_bus(ChildState.STARTED)

    async def _keep_watch(self, stop: asyncio.Event) -> None:
        """End a service that hangs, which has it started again; over every loss of the bus."""
        while not stop.is_set():
            with contextlib.suppress(BusUnavailable, OSError):
                bus = await Bus.connect(self._carrier.address, site=self._plan.site, name="up")
                async with bus:
                    await self._watch(bus, stop)
            await _waited(stop, BEAT_S)

    async def _watch(self, bus: Bus, stop: asyncio.Event) -> None:
        hearing = asyncio.create_task(self._hear(bus))
        beat_s = time.monotonic()
        try:
            while not hearing.done() and not await self._has_news(stop, beat_s):
                if is_beat := time.monotonic() >= beat_s:
                    beat_s = time.monotonic() + BEAT_S
                await bus.tell(f"lw.alive.{bus.site}.{UP}", self._alive(is_beat=is_beat))
                for name in self._beats.hung():
                    child = next(each for each in self._children if each.name == name)
                    child.kill(f"no sign of life for {self._beats.silent(name)} s")
        finally:
            # Asked again: where it is told to end while it begins to listen, that may be lost.
            while not hearing.done():
                hearing.cancel()
                await asyncio.wait({hearing}, timeout=LOOK_S)

    def _alive(self, *, is_beat: bool) -> bytes:
        """Return our sign of life: with it the page knows at once which service has ended."""
        pids = {child.name: child.pid for child in self._children if child.pid}
        said = Alive(pid=os.getpid(), since_ns=self._started_ns, pids=pids, is_beat=is_beat)
        return msgspec.json.encode(said)

    async def _has_news(self, stop: asyncio.Event, beat_s: float) -> bool:
        """Wait until the next beat is due or a child has changed; whether it is `stop` instead."""
        waits = [asyncio.ensure_future(each.wait()) for each in (stop, self._has_changed)]
        left_s = max(0.0, beat_s - time.monotonic())
        await asyncio.wait(waits, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        self._has_changed.clear()
        return stop.is_set()

    async def _hear(self, bus: Bus) -> None:
        async with contextlib.aclosing(bus.listen(f"lw.alive.{bus.site}.*")) as messages:
            async for message in messages:
                name = message.subject.rpartition(".")[2]
                if name == UP:
                    if msgspec.json.decode(message.data, type=Alive).is_beat:
                        self._beats.own()
                else:
                    self._beats.hear(name)

    async def _keep_books(self, stop: asyncio.Event) -> None:
        """Keep `up.json` true, and tell the address of the page once it answers."""
        while True:
            running = self._now()
            if running != self._running:
                with contextlib.suppress(OSError):  # a full disk: tried again, the services go on
                    self._write_books(running)
            if running.url and running.url != self._said_url:
                self._said_url = running.url
                self._is_shown.set()
                self._tell_page(running)
            if await _waited(stop, LOOK_S):
                return

    def _tell_page(self, running: Running) -> None:
        """Say where the page is, and where the first admin is made while there is nobody."""
        page = read_private(self._plan.data / "server" / "http.json", _Page)
        if page is not None and page.local:
            self._say(Told(name="others", state=page.url))
        if link := self._open.first(running.url, now_ms=time.time_ns() // 1_000_000):
            self._say(Told(name="first", state=link))
        self._say(Told(name="page", state=f"{running.url}/#key={running.key}"))

    def _write_books(self, running: Running) -> None:
        write_running(self._plan.data, running)
        self._running = running

    def _now(self) -> Running:
        """Return what runs at this moment."""
        plan = self._plan
        bus = {"bus": self._carrier.pid} if self._carrier.pid else {}
        pids = bus | {child.name: child.pid for child in self._children if child.pid}
        page = read_private(plan.data / "server" / "http.json", _Page)
        is_current = page is not None and page.pid == pids.get("server")
        before = "" if self._running is None else self._running.url
        return Running(
            pid=os.getpid(),
            pid_start=start_of(os.getpid()),
            site=plan.site,
            plant=plan.enterprise,
            started_ns=self._started_ns,
            emulated=plan.scenario is not None,
            pids=pids,
            # While the server is started again its address stays: it takes the same port.
            url=(page.local or page.url) if page is not None and is_current else before,
            key=self._key,
            certificate=self._open.chain,
            nats=plan.nats,
            mqtt=self._carrier.address.mqtt if self._carrier.pid else "",
            refused=self._refusals.kept,
        )

    async def _keep_refusals(self, stop: asyncio.Event) -> None:
        """Tell what the NATS server refused: whoever was refused often does not hear of it."""
        while not await _waited(stop, REFUSED_EACH_S):
            found = self._carrier.violations()
            for line in self._refusals.look(found, now_s=time.monotonic()):
                self._say(Told(name="refused", state=line))

    async def _keep_logs(self, stop: asyncio.Event) -> None:
        while not await _waited(stop, LOGS_EACH_S):
            for child in self._children:
                if keep_small(self._log(child.name)):
                    LOG.info("the log of %s was cut", child.name)


async def _must_be_free(host: str, port: int) -> None:
    """Refuse a port before anything is started: the server could only try it again and again."""
    end_s = time.monotonic() + PORT_S
    while True:
        with socket.socket(family_of(host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen(1)
            except OSError as error:
                if time.monotonic() > end_s:
                    raise PortTaken(port, error.strerror or str(error)) from error
            else:
                return
        await asyncio.sleep(LOOK_S)


def _wanted(plan: Plan) -> Applied:
    return applied_of(plan.text, site=plan.site, scenario=plan.scenario)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do some work to its end, or until `stop`; whether it was done.

    Raises
    ------
    Exception
        Whatever the work raises.
    """
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        either: set[asyncio.Future[Any]] = {working, stopping}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    if working.cancelled():
        return False
    working.result()
    return True


async def _waited(stop: asyncio.Event, wait_s: float) -> bool:
    """Wait so long, or until `stop`; whether it is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), wait_s)
    return stop.is_set()
