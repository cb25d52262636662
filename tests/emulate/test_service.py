"""The whole emulated plant: clock, servers and, where it is asked for, the bus."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from asyncua import Client

from linewright.bus import Applied, Bus, NatsServer
from linewright.emulate import played, service
from tests.emulate.playing import Bracket, S, keys_of, run, truth_of, until

START_S_MAX = 60.0
"""Machines are up in some 1.5 s; a start that hangs is told from one on a busy computer."""

PROCESS = """
import asyncio, json, sys
from pathlib import Path
from linewright.emulate import played

async def main():
    plant, scenario, folder, at_ns = sys.argv[1:]
    texts = Path(plant).read_text("utf-8"), Path(scenario).read_text("utf-8")
    async with played(*texts, Path(folder), at_ns=int(at_ns), speed=60.0) as play:
        print(json.dumps(dict(play.endpoints)), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


class Heard:
    """Values of one node as they come."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def datachange_notification(self, _node: Any, value: Any, _data: Any) -> None:  # noqa: ANN401  # its own
        """Keep a value."""
        self.values.append(value)


def test_a_client_slows_the_mill(bracket: Bracket, tmp_path: Path) -> None:
    """Cycles get longer by a quarter soon after 80 % is written, seen by the client alone."""

    async def slows() -> list[float]:
        heard = Heard()
        async with played(
            bracket.plant, bracket.scenario, tmp_path, at_ns=bracket.from_ns, speed=400.0
        ) as play:
            url = next(url for one, url in play.endpoints.items() if one.name == "mill")
            async with Client(url) as client:
                subscription = await client.create_subscription(50, heard)
                node = client.get_node("ns=2;s=CycleTime")
                await subscription.subscribe_data_change(node, queuesize=1000)
                await until(lambda: len(heard.values) > 6)
                await client.get_node("ns=2;s=SpeedSet").write_value(80.0)
                count = len(heard.values)
                await until(lambda: len(heard.values) > count + 4)
                await subscription.delete()
        return [heard.values[count - 1], heard.values[-1]]

    before, after = run(slows())
    assert 1.15 < after / before < 1.35


def test_four_machines_are_up_soon(bracket: Bracket, tmp_path: Path) -> None:
    """From the start of the play, three hours of scenario included, to served values."""

    async def start() -> float:
        begun_s = time.monotonic()
        async with played(bracket.plant, bracket.scenario, tmp_path, at_ns=bracket.from_ns) as play:
            took_s = time.monotonic() - begun_s
            assert len(play.endpoints) == 4
        return took_s

    assert run(start()) < START_S_MAX


async def _until_killed(
    bracket_files: tuple[str, str], folder: Path, at_ns: int, live_s: float
) -> dict[str, str]:
    """Start a process that plays, kill it after a while, and return its endpoints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, *bracket_files, str(folder), str(at_ns),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = await process.stdout.readline()
    found: dict[str, str] = json.loads(line)
    await asyncio.sleep(live_s)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    return found


def test_a_killed_plant_comes_back_and_repeats_nothing(
    bracket: Bracket, checkout: Path, tmp_path: Path
) -> None:
    """After kill -9 the machines are where they were, time goes on, no sample comes twice."""
    home = checkout / "plants" / "bracket"
    files = str(home / "plant.yaml"), str(home / "scenarios" / "worn-tool.yaml")

    async def twice() -> tuple[dict[str, str], int, dict[str, str]]:
        first = await _until_killed(files, tmp_path, bracket.from_ns, 1.0)
        middle = len(truth_of(tmp_path))
        return first, middle, await _until_killed(files, tmp_path, bracket.from_ns, 1.0)

    first, middle, second = run(twice())
    assert first == second
    keys = keys_of(truth_of(tmp_path))
    assert len(keys) == len(set(keys))
    times = [t_ns for _, t_ns in keys]
    assert all(later > before - S for before, later in itertools.pairwise(times))
    assert max(times[middle:]) > max(times[:middle]) > bracket.from_ns


def test_a_write_promised_before_a_kill_is_held(bracket: Bracket, tmp_path: Path) -> None:
    """A play that ends right after a write was answered comes back with the written value."""

    async def writes() -> tuple[float, float]:
        texts = bracket.plant, bracket.scenario, tmp_path
        async with played(*texts, at_ns=bracket.from_ns, speed=1.0) as play:
            url = next(url for one, url in play.endpoints.items() if one.name == "mill")
            async with Client(url) as client:
                await client.get_node("ns=2;s=SpeedSet").write_value(80.0)
        async with played(*texts, at_ns=bracket.from_ns, speed=20.0) as play, Client(url) as client:
            held = await client.get_node("ns=2;s=SpeedSet").read_value()
            await asyncio.sleep(0.3)
            return held, await client.get_node("ns=2;s=SpeedActual").read_value()

    assert run(writes()) == (80.0, 80.0)


async def _told(folder: Path, applied: Applied, live_s: float) -> tuple[list[str], Any, int, float]:
    """Run the service on a bus of its own: endpoint keys, first tick, time at the end, seconds."""
    stop = asyncio.Event()
    server = await NatsServer.start(folder / "bus")
    bus = await Bus.connect(server.address, site=applied.site, name="emulate")
    await (await bus.bucket("plant")).put("applied", msgspec.json.encode(applied))
    task = asyncio.create_task(service.run(bus, folder / "emulate", stop))
    first = msgspec.json.decode((await anext(bus.listen(f"lw.clock.{applied.site}"))).data)
    began_s = time.monotonic()
    await asyncio.sleep(live_s)
    now_ns = bus.clock.now_ns()
    took_s = time.monotonic() - began_s
    keys = await (await bus.bucket("endpoints")).keys()
    stop.set()
    await task
    await bus.close()
    await server.stop()
    return keys, first, now_ns, took_s


def test_the_service_tells_the_bus_where_and_when(bracket: Bracket, tmp_path: Path) -> None:
    """Endpoints are in their bucket, and the plant clock runs at the asked speed from 08:57."""
    (tmp_path / "emulate").mkdir()
    options = '{"speed": 50, "from": "2026-11-23 08:57"}'
    (tmp_path / "emulate" / "emulate.json").write_text(options)
    applied = Applied(
        rev="r1", text=bracket.plant, site="nogales", emulated=True, scenario=bracket.scenario
    )
    keys, first, now_ns, took_s = run(_told(tmp_path, applied, 0.5))
    assert min(keys) == "nogales.machining.bracket.inspect"
    assert len(keys) == 4
    assert first["speed"] == 50.0
    assert 0 <= first["t_ns"] - bracket.from_ns < 60 * S
    assert 10 * S < now_ns - first["t_ns"] < (took_s + 1.0) * 50 * S


def test_the_clock_of_a_play_that_begins_stands_until_it_is_read(
    bracket: Bracket, tmp_path: Path
) -> None:
    """Plant time stays where it begins while nobody watches the machines, and then goes on."""
    (tmp_path / "emulate").mkdir()
    options = '{"speed": 50, "from": "2026-11-23 08:57", "wait_s": 60}'
    (tmp_path / "emulate" / "emulate.json").write_text(options)
    applied = Applied(
        rev="r1", text=bracket.plant, site="nogales", emulated=True, scenario=bracket.scenario
    )

    async def reads() -> tuple[int, int]:
        stop = asyncio.Event()
        server = await NatsServer.start(tmp_path / "bus")
        bus = await Bus.connect(server.address, site="nogales", name="emulate")
        await (await bus.bucket("plant")).put("applied", msgspec.json.encode(applied))
        task = asyncio.create_task(service.run(bus, tmp_path / "emulate", stop))
        standing = await _ticks(bus, 5)
        async with _watched(await _urls(bus)):
            going = await _ticks(bus, 20)
        stop.set()
        await task
        await bus.close()
        await server.stop()
        return standing, going

    standing, going = run(reads())
    assert standing == bracket.from_ns
    assert going > bracket.from_ns


@contextlib.asynccontextmanager
async def _watched(urls: list[str]) -> AsyncIterator[None]:
    """Watch a node of each machine while the block runs."""
    async with contextlib.AsyncExitStack() as clients:
        for url in urls:
            client = await clients.enter_async_context(Client(url))
            watch = await client.create_subscription(100, Heard())
            await watch.subscribe_data_change(client.nodes.server_state)
        yield


async def _ticks(bus: Bus, count: int) -> int:
    """Plant time of the last of so many ticks of the clock."""
    ticks = bus.listen("lw.clock.nogales")
    told = [msgspec.json.decode((await anext(ticks)).data) for _ in range(count)]
    return int(told[-1]["t_ns"])


async def _urls(bus: Bus) -> list[str]:
    """Endpoints of all machines."""
    bucket = await bus.bucket("endpoints")
    found = [await bucket.get(key) for key in await bucket.keys()]
    return [url.decode() for url in found if url is not None]


def test_a_real_site_is_not_played(bracket: Bracket, tmp_path: Path) -> None:
    """Where the plant is applied as real, no machine is served and the service waits."""
    applied = Applied(rev="r1", text=bracket.plant, site="nogales", emulated=False)

    async def runs() -> bool:
        stop = asyncio.Event()
        server = await NatsServer.start(tmp_path / "bus")
        bus = await Bus.connect(server.address, site="nogales", name="emulate")
        await (await bus.bucket("plant")).put("applied", msgspec.json.encode(applied))
        task = asyncio.create_task(service.run(bus, tmp_path / "emulate", stop))
        await asyncio.sleep(0.3)
        was_waiting = not task.done()
        stop.set()
        await task
        await bus.close()
        await server.stop()
        return was_waiting

    assert run(runs())
    assert not (tmp_path / "emulate").exists()
