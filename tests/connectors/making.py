"""What the tests of the connectors are made of: a plant, machines, the server's part, a service."""

import asyncio
import contextlib
import datetime as dt
import hashlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from asyncua import Server, ua
from asyncua.common.callback import CallbackType

from linewright.bus import Applied, Bus, NatsServer
from linewright.connectors.service import run as run_connect
from linewright.plant import Address
from linewright.plant.authority import Grant, Limit, Mode
from linewright.plant.records import (
    Ack,
    ActionKind,
    Audit,
    Command,
    Gap,
    How,
    Origin,
    Quality,
    Role,
    SiteKind,
    Value,
    decode,
    encode,
)
from linewright.plant.samples import Frame, decode_frame

T = TypeVar("T")

LIMIT_S = 40.0
LOOK_S = 0.02
REV = "r1"
SITE = "nogales"
MILL = Address(f"{SITE}/shop/mills/mill")

FIRST: dict[str, Any] = {
    "Count": 0,
    "Level": 50.0,
    "SpeedActual": 100.0,
    "SpeedSet": 100.0,
    "RemoteEnabled": True,
    "Automatic": True,
    "LockedOut": False,
}
"""What the mill shows at first."""

PLANT = """
linewright: 1
enterprise: acme
sites:
  nogales:
    timezone: America/Hermosillo
    currency: MXN
    areas:
      shop:
        work_centres:
          mills:
            stations:
              mill:
                does: {mill: 60 s}
                connect: {opcua: "URL", namespace: "urn:test:machine"}
                tags:
                  count: {node: ns=2;s=Count, role: parts.good, type: uint32}
                  level: {node: ns=2;s=Level, unit: "%", range: [0, 150]}
                  speed_actual: {node: ns=2;s=SpeedActual, role: speed, unit: "%"}
                  remote_enabled: {node: ns=2;s=RemoteEnabled, role: permit.remote_enabled}
                  automatic: {node: ns=2;s=Automatic, role: permit.automatic}
                  locked_out: {node: ns=2;s=LockedOut, role: permit.locked_out}
                  nowhere: {node: ns=2;s=Nowhere}
                commands:
                  speed:
                    node: ns=2;s=SpeedSet
                    unit: "%"
                    range: [50, 120]
                    step: 60
                    sets: speed
                    readback: speed_actual
                    permit: remote_enabled
                    idempotent: true
                    expires: 30 s
operations: {mill: {}}
families: {steel: {route: [mill]}}
products: {bracket: {family: steel}}
authority:
  slow: {actions: [speed], at: [nogales/shop/mills/mill], mode: act, range: [70, 100]}
"""


def run(what: Coroutine[Any, Any, T]) -> T:
    """Result of a coroutine, which must be there within `LIMIT_S`."""

    async def bounded() -> T:
        async with asyncio.timeout(LIMIT_S):
            return await what

    return asyncio.run(bounded())


class Machine:
    """A mill that counts what is written to it and follows its set speed, in its own thread."""

    def __init__(self) -> None:
        self.writes: list[float] = []
        self.drops_answers = False
        self.follows = True
        self.url = ""
        self._server: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._do(self._start()).result()

    def close(self) -> None:
        """End it."""
        self._do(self._stop()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def reset(self) -> None:
        """Be as at the beginning, for the next test."""
        self.writes, self.drops_answers, self.follows = [], False, True
        for name, value in FIRST.items():
            await self.show(name, value)

    async def show(
        self,
        name: str,
        value: Value | int | None,
        *,
        source: dt.datetime | None = None,
        status: int = 0,
    ) -> None:
        """Change a value, its time or its status."""
        await asyncio.wrap_future(self._do(self._show(name, value, source, status)))

    def hang_up(self) -> None:
        """Drop every connection without a word."""
        self._loop.call_soon_threadsafe(self._hang_up)

    def _hang_up(self) -> None:
        for client in list(self._server.bserver.clients):
            client.transport.abort()

    def _do(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _start(self) -> None:
        server = Server()
        await server.init()
        server.set_endpoint("opc.tcp://127.0.0.1:0")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:test:machine")
        for name, value in FIRST.items():
            node, called = ua.NodeId(name, 2), ua.QualifiedName(name, 2)
            added = await server.nodes.objects.add_variable(node, called, value)
            if name == "SpeedSet":
                await added.set_writable()
        server.subscribe_server_callback(CallbackType.PostWrite, self._written)
        await server.start()
        self.url = f"opc.tcp://127.0.0.1:{server.bserver.port}"
        self._server = server

    async def _stop(self) -> None:
        await self._server.stop()
        # The library leaves tasks of sessions that ended without a goodbye.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _show(
        self, name: str, value: Value | int | None, source: dt.datetime | None, status: int
    ) -> None:
        data = ua.DataValue(ua.Variant(value), ua.StatusCode(status), SourceTimestamp=source)
        await self._server.get_node(ua.NodeId(name, 2)).write_value(data)

    async def _written(self, event: Any, _: object) -> None:  # noqa: ANN401  # the library's own type
        if not event.is_external:
            return
        for each in event.request_params.NodesToWrite:
            self.writes.append(each.Value.Value.Value)
            if self.follows:
                await self._show("SpeedActual", each.Value.Value.Value, None, 0)
        if self.drops_answers:
            self._hang_up()


class Desk:
    """The server's part: applies the plant, ticks the plant clock, confirms grants and the stop."""

    def __init__(self, bus: Bus, url: str, *, emulated: bool = True) -> None:
        self.bus = bus
        self.stop = False
        self.confirms = True
        self._grants: dict[str, bytes] = {}
        self._url = url
        self._emulated = emulated

    async def apply(self, rev: str = REV, **changes: str) -> None:
        """Put the plant in force, some words of it changed, and say where its machine is."""
        text = PLANT.replace("URL", self._url)
        for before, after in changes.items():
            assert before in text, "a change changes something"
            text = text.replace(before, after)
        applied = Applied(rev=rev, text=text, site=self.bus.site, emulated=self._emulated)
        if self._emulated:
            await self.move(self._url)
        await (await self.bus.bucket("plant")).put("applied", msgspec.json.encode(applied))

    async def move(self, url: str) -> None:
        """Say where the emulated machine is now."""
        endpoints = await self.bus.bucket("endpoints")
        await endpoints.put(MILL.subject(), url.encode())

    async def issue(self, grant: Grant) -> None:
        """Put a grant in force."""
        data = encode(grant)
        await (await self.bus.bucket("grants")).put(f"grant.{grant.id}", data)
        self._grants[grant.id] = data

    async def talk(self) -> None:
        """Tick and confirm until cancelled."""
        site = self.bus.site
        while True:
            tick = {"t_ns": time.time_ns(), "speed": 1.0}
            await self.bus.tell(f"lw.clock.{site}", msgspec.json.encode(tick))
            if self.confirms:
                hashes = {k: hashlib.sha256(v).hexdigest() for k, v in self._grants.items()}
                said = {"stop": self.stop, "grants": hashes}
                await self.bus.tell(f"lw.authority.{site}", msgspec.json.encode(said))
            await asyncio.sleep(0.1)


class Connected:
    """A running service `connect` beside its machine and the server's part."""

    def __init__(self, bus: Bus, desk: Desk, folder: Path) -> None:
        self.bus = bus
        self.desk = desk
        self.folder = folder
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def start(self) -> None:
        """Start the service."""
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(run_connect(self.bus, self.folder, self._stop))

    async def end(self) -> None:
        """End the service in order."""
        if self._task is not None:
            self._stop.set()
            await self._task
            self._task = None

    async def kill(self) -> None:
        """End the service in the middle of whatever it does."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def acks(self) -> list[Ack]:
        """Acknowledgements so far."""
        found = await self.bus.stored(f"lw.ack.{MILL.subject()}")
        return [decode(each.data, Ack) for each in found]

    async def audits(self) -> list[str]:
        """Actions of the audits so far."""
        found = await self.bus.stored(f"lw.audit.{MILL.subject()}")
        return [decode(each.data, Audit).action for each in found]

    async def frames(self) -> list[Frame]:
        """Frames so far."""
        found = await self.bus.stored(f"lw.samples.{self.bus.site}.mill")
        return [decode_frame(each.data) for each in found]

    async def gaps(self) -> list[Gap]:
        """Gaps so far."""
        found = await self.bus.stored(f"lw.gap.{MILL.subject()}")
        return [decode(each.data, Gap) for each in found]

    async def report(self, source: str = "mill") -> dict[str, Any]:
        """Report of the link of a source, empty while there is none."""
        data = await (await self.bus.bucket("links")).get(source)
        return {} if data is None else dict(msgspec.json.decode(data))

    async def answer(self) -> Ack:
        """Wait for the first acknowledgement and return it."""
        await until(self.acks)
        (ack,) = await self.acks()
        return ack


@contextlib.asynccontextmanager
async def connected(
    server: NatsServer, machine: Machine, *, emulated: bool = True
) -> AsyncIterator[Connected]:
    """A machine, an applied plant and a running service that is connected to it."""
    async with await Bus.connect(server.address, site=SITE, name="test") as bus:
        await machine.reset()
        desk = Desk(bus, machine.url, emulated=emulated)
        await desk.apply()
        talking = asyncio.create_task(desk.talk())
        with tempfile.TemporaryDirectory() as name:
            world = Connected(bus, desk, Path(name))
            await world.start()
            try:
                await until(world.frames)
                yield world
            finally:
                await world.kill()
                talking.cancel()
                await asyncio.gather(talking, return_exceptions=True)


async def until(found: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Wait until something is there."""
    while not await found():  # noqa: ASYNC110  # what is waited for is in another process
        await asyncio.sleep(LOOK_S)


def command(*, value: float = 80.0, life_s: float = 20.0, grant: str = "g1") -> Command:
    """A person's command to slow the mill."""
    now_ns = time.time_ns()
    return Command(
        address=MILL,
        t_ns=now_ns,
        seen_ns=now_ns,
        plant_rev=REV,
        how=How.PERSON,
        source="server",
        by="p7",
        action=ActionKind.SPEED,
        parameter="speed",
        value=value,
        expires_ns=now_ns + round(life_s * 1e9),
        grant_id=grant,
        for_site=SiteKind.SIMULATED,
        origin=Origin.PERSON,
    )


def grant_for(wanted: Command, **changes: object) -> Grant:
    """The one-shot grant for a command."""
    now_ns = time.time_ns()
    assert isinstance(wanted.value, float)
    grant = Grant(
        id=wanted.grant_id,
        person="p7",
        roles=(Role.SUPERVISOR,),
        actions=(wanted.action,),
        addresses=(wanted.address,),
        limits=(Limit(parameter=wanted.parameter, low=wanted.value, high=wanted.value),),
        count=1,
        from_ns=now_ns - 1_000_000_000,
        until_ns=now_ns + 600_000_000_000,
        mode=Mode.ACT,
        for_site=wanted.for_site,
        one_shot=True,
        only_command=wanted.id,
        plant_rev=REV,
    )
    return msgspec.structs.replace(grant, **changes)


class Process:
    """A machine in a process of its own, that can be killed, frozen and started again."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "emitted.txt"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"opc.tcp://127.0.0.1:{self._port}"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, first: int) -> None:
        """Start, counting from `first`."""
        script = Path(__file__).with_name("machine.py")
        words = [sys.executable, str(script), str(self._port), str(self._log), str(first)]
        self._running = subprocess.Popen(words, stderr=subprocess.DEVNULL)

    async def listening(self) -> bool:
        """Whether it can be connected to."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._running is not None
        self._running.send_signal(number)

    def kill(self) -> None:
        """End it at once."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def emitted(self) -> list[tuple[str, int, float]]:
        """Tag, time in ns and value of all that it ever showed, or was about to show."""
        lines = [line.split(" ") for line in self._log.read_text("utf-8").splitlines()]
        return [(name, int(micros) * 1000, float(value)) for name, micros, value in lines]


@contextlib.asynccontextmanager
async def reading(
    server: NatsServer, folder: Path, *, early: bool = False
) -> AsyncIterator[tuple[Connected, Process]]:
    """A machine in its own process, and a running service that reads it, or waits for it."""
    process = Process(folder)
    async with await Bus.connect(server.address, site=SITE, name="test") as bus:
        desk = Desk(bus, process.url)
        await desk.apply()
        talking = asyncio.create_task(desk.talk())
        world = Connected(bus, desk, folder)
        process.start(0)
        if not early:
            await until(process.listening)
        await world.start()
        try:
            yield world, process
        finally:
            await world.kill()
            process.kill()
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)


async def heard(world: Connected, count: int) -> None:
    """Wait until the counter of the machine was stored with at least this value."""

    async def reached() -> bool:
        newest = await world.bus.last(f"lw.samples.{SITE}.mill")
        if newest is None:
            return False
        rows = decode_frame(newest.data).batch.to_pylist()
        return any(row["tag"].endswith("#count") and row["value"] >= count for row in rows)

    await until(reached)


SAID_OF_IT = Quality.NOT_CONNECTED | Quality.CONFIGURATION
"""What is said of a machine and not by it: that it is not reached, or has no such node."""


def unaccounted(
    emitted: list[tuple[str, int, float]], frames: list[Frame], gaps: list[Gap]
) -> list[tuple[str, int, float]]:
    """What was emitted between its first and last sample and is neither a sample nor in a gap."""
    rows = [row for frame in frames for row in frame.batch.to_pylist()]
    stored = {(row["tag"].rpartition("#")[2], row["t_ns"]) for row in rows}
    first = min(row["t_ns"] for row in rows if not row["quality"] & SAID_OF_IT)
    last = max(row["t_ns"] for row in rows)
    return [
        (name, t_ns, value)
        for name, t_ns, value in emitted
        if first <= t_ns <= last
        and (name, t_ns) not in stored
        and not any(gap.t_ns <= t_ns <= gap.until_ns for gap in gaps)
    ]
