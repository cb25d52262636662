"""Supervising: what dies comes back, nobody shares a folder, and nothing is left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import Bus, BusAddress, NatsServer
from linewright.server import SERVICES, Plan, read_running
from linewright.server.folder import Running
from linewright.server.known import Alive
from linewright.server.supervise import _Supervisor
from tests.bus.serving.devices import Client

ROOT = Path(__file__).resolve().parents[2]
BRACKET = ROOT / "plants" / "bracket"
PLAY = ["--emulate", "--scenario", str(BRACKET / "scenarios" / "worn-tool.yaml")]
PLAY += ["--from", "2026-11-23 06:05", "--speed", "5"]


pytestmark = pytest.mark.xdist_group("up")  # they share one plant that runs


GAUGE = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        work_centres:
          cells:
            stations:
              gauge:
                does: {mill: 40 s}
                connect: {mqtt: cells/gauge}
                tags: {seat: {topic: result, path: $.seat, unit: mm}}
operations: {mill: {}}
products: {bracket: {route: [mill]}}
"""


class Up:
    """A `linewright up` in a process of its own."""

    def __init__(self, data: Path, *words: str, name: str = "up", plant: Path = BRACKET) -> None:
        self.data = data
        command = [sys.executable, "-m", "linewright", "up", str(plant), "--data", str(data)]
        self.out = (data.parent / f"{name}.out").open("w+", encoding="utf-8")
        self.process = subprocess.Popen([*command, *words], stdout=self.out, stderr=self.out)

    def running(self) -> Running:
        """What it says that runs."""
        found = read_running(self.data)
        assert found is not None, self.said()
        return found

    def said(self) -> str:
        """What it printed so far."""
        return Path(self.out.name).read_text("utf-8")

    def until(self, holds: Callable[[], bool], within_s: float = 20.0) -> None:
        """Wait until something holds."""
        end_s = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < end_s, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)

    def until_it_runs(self, within_s: float = 30.0) -> None:
        """Wait until all services are started and the page answers."""
        self.until(lambda: read_running(self.data) is not None, within_s)
        self.until(lambda: len(self.running().pids) == len(SERVICES) + 1, within_s)
        self.until(lambda: bool(self.running().url) and self.answers(), within_s)
        self.until(lambda: {each["state"] for each in self.state()["services"]} == {"up"}, within_s)

    def answers(self) -> bool:
        """Whether the page gives a state."""
        try:
            return bool(self.state())
        except OSError:
            return False

    def state(self) -> dict[str, Any]:
        """The state that the page gives."""
        running = self.running()
        asked = urllib.request.Request(f"{running.url}/api/state")  # noqa: S310  # ours
        asked.add_header("authorization", f"Bearer {running.key}")
        with urllib.request.urlopen(asked, timeout=5) as found:  # noqa: S310  # ours
            state: dict[str, Any] = json.load(found)
            return state

    def end(self) -> int:
        """End it as Ctrl-C does; returns its code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=40)
        self.out.close()
        return code


def _runs(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A played bracket line that runs until the last test of this file is over."""
    made = Up(tmp_path_factory.mktemp("up") / "data", *PLAY)
    try:
        made.until_it_runs()
        yield made
    finally:
        made.end()


def test_everything_runs(up: Up) -> None:
    """All services and the NATS server run, `up.json` is private, and a line tells each."""
    running = up.running()
    assert set(running.pids) == {*SERVICES, "bus"}
    assert all(_runs(pid) for pid in running.pids.values())
    assert (up.data / "up.json").stat().st_mode & 0o777 == 0o600
    lines = up.said().splitlines()
    for name in running.pids:
        assert any(line.split()[:2] == [name, "started"] for line in lines)
    assert f"page     {running.url}/#key={running.key}" in lines
    assert running.emulated


@pytest.mark.parametrize("name", ["live", "server", "bus"])
def test_what_is_killed_comes_back(name: str, up: Up) -> None:
    """A service, the page or the NATS server that was killed runs again, at the same address."""
    before = up.running()
    os.kill(before.pids[name], signal.SIGKILL)
    up.until(lambda: up.running().pids.get(name, before.pids[name]) != before.pids[name])
    up.until(lambda: up.answers() and set(up.running().pids) == set(before.pids))
    after = up.running()
    assert (after.url, after.key) == (before.url, before.key)
    up.until(lambda: {s["state"] for s in up.state()["services"]} == {"up"})


def test_an_end_is_told_before_the_next_beat(up: Up) -> None:
    """Over the bus goes at once which processes run when one was killed: the page greys by it."""
    up.until_it_runs()
    pid = up.running().pids["live"]

    async def scene() -> Alive:
        address = BusAddress.read(up.data, "person")
        async with (
            await Bus.connect(address, site="nogales", name="t") as bus,
            aclosing(bus.listen("lw.alive.nogales.up")) as messages,
        ):
            await anext(messages)  # it is heard from here on
            os.kill(pid, signal.SIGKILL)
            async for message in messages:
                told = msgspec.json.decode(message.data, type=Alive)
                if (told.pids or {}).get("live") != pid:
                    return told
        raise AssertionError

    told = asyncio.run(asyncio.wait_for(scene(), 20))
    assert not told.is_beat
    assert told.pids is not None
    assert set(told.pids) == set(SERVICES) - {"live"}
    up.until_it_runs()


def test_the_machines_are_seen(up: Up) -> None:
    """Within seconds the page shows what the machines do, and that it is fresh."""
    up.until(lambda: up.state()["data"]["age_s"] is not None)
    up.until(lambda: up.state()["data"]["age_s"] < 2.5)
    stations = up.state()["lines"][0]["stations"]
    assert {station["state"] for station in stations} & {"running", "blocked", "starved"}


def test_a_second_one_is_refused(up: Up) -> None:
    """Another `up` on the same folder ends with 2 and names who holds it, and harms nothing."""
    second = Up(up.data, *PLAY, name="second")
    assert second.process.wait(timeout=30) == 2
    assert second.end() == 2
    assert f"in use by process {up.process.pid}" in second.said()
    assert up.answers()


def test_a_closed_terminal_ends_it_in_order(tmp_path: Path) -> None:
    """SIGHUP, as a terminal that is closed sends it, ends all in order and with 0."""
    closed = Up(tmp_path / "data", *PLAY)
    closed.until(lambda: "started" in closed.said())
    closed.process.send_signal(signal.SIGHUP)
    assert closed.process.wait(timeout=40) == 0
    assert closed.said().splitlines()[-1] == "bus      stopped"
    assert not (tmp_path / "data" / "up.json").exists()
    closed.out.close()


def test_a_service_that_hangs_is_started_again(up: Up) -> None:
    """A process that lives and gives no sign of life for 15 s is killed, told, and comes back."""
    pid = up.running().pids["live"]
    os.kill(pid, signal.SIGSTOP)
    up.until(lambda: up.running().pids.get("live", pid) != pid, 40)
    up.until(lambda: "no sign of life for 16 s, so killed by SIGKILL" in up.said())
    assert not _runs(pid)
    up.until_it_runs()


def test_links_of_the_last_run_are_not_told(tmp_path: Path) -> None:
    """What stood in the bucket before a start is gone before any service runs: it holds no more."""

    async def scene() -> None:
        server = await NatsServer.start(tmp_path / "other")
        address = server.address
        url = f"nats://{address.user}:{address.password}@{address.url.partition('//')[2]}"
        plan = Plan(data=tmp_path / "data", site="reno", text=GAUGE, nats=url)
        try:
            async with await Bus.connect(address, site="reno", name="t") as bus:
                links = await bus.bucket("links")
                for source in ("gauge", "of_another_plant"):
                    await links.put(source, b'{"state": "connected"}')
                starting = _Supervisor(plan, lambda _: None)
                await starting._carrier.start()  # the first half of `run`
                await starting._apply()
                assert await links.keys() == []
        finally:
            await server.stop()

    asyncio.run(scene())


def test_a_server_of_somebody_else(tmp_path: Path) -> None:
    """With --nats a server that runs is joined; it runs on behind the end, and no key is shown."""
    other = asyncio.run(NatsServer.start(tmp_path / "other"))
    address = other.address
    url = f"nats://{address.user}:{address.password}@{address.url.partition('//')[2]}"
    joined = Up(tmp_path / "data", *PLAY, "--nats", url, name="joined")
    try:
        joined.until(lambda: read_running(joined.data) is not None)
        joined.until(lambda: len(joined.running().pids) == len(SERVICES), 30)
        joined.until(lambda: bool(joined.running().url) and joined.answers(), 30)
        joined.until(lambda: {s["state"] for s in joined.state()["services"]} == {"up"}, 30)
        for pid in joined.running().pids.values():
            assert address.password not in Path(f"/proc/{pid}/cmdline").read_text("utf-8")
        assert joined.end() == 0
        assert other.is_running
        assert address.password not in joined.said()
    finally:
        joined.end()
        asyncio.run(other.stop())


def test_what_a_device_may_not_is_told(tmp_path: Path) -> None:
    """`up` says where devices connect, and of each refusal what to do, once; `up.json` keeps it."""
    plant = tmp_path / "plant.yaml"
    plant.write_text(GAUGE)
    up = Up(tmp_path / "data", plant=plant)
    try:
        up.until(lambda: "\nmqtt " in up.said())
        keys = BusAddress.read(up.data, "device")
        where = f"{keys.mqtt}, user and password in {up.data / 'bus' / 'device.json'}"
        assert f"mqtt     {where}" in up.said().splitlines()
        with Client(keys, "press-1") as device:
            for _ in range(5):
                device.publish("cells/other", b"1")
        wrong = msgspec.structs.replace(keys, mqtt_password="wrong")  # noqa: S106  # wrong on purpose
        assert Client(wrong, "press-2", wait=False).refused()
        up.until(lambda: len(up.running().refused) == 2)
        first, second = up.running().refused
        assert (first.who, first.topic, first.count) == ("press-1", "cells/other", 5)
        assert (second.who, second.what) == ("press-2", "login")
        assert abs(first.t_ns - time.time_ns()) < 30e9
        told = [line for line in up.said().splitlines() if line.startswith("refused ")]
        assert told == [f"refused  {each.said}: {each.to_do}" for each in (first, second)]
    finally:
        assert up.end() == 0


def test_a_killed_supervisor_leaves_nothing(tmp_path: Path) -> None:
    """After `kill -9` nothing of it runs on, NATS neither; a new `up` takes the folder over."""
    first = Up(tmp_path / "data", *PLAY)
    first.until_it_runs()
    running = first.running()
    first.process.kill()
    first.process.wait(timeout=10)
    first.out.close()
    end_s = time.monotonic() + 15
    while any(_runs(pid) for pid in running.pids.values()):
        assert time.monotonic() < end_s, "a process outlived its supervisor"
        time.sleep(0.02)
    real = Up(tmp_path / "data", name="real")
    assert real.process.wait(timeout=30) == 2
    assert "emulated" in real.said()
    real.out.close()
    second = Up(tmp_path / "data", *PLAY, name="second")
    second.until_it_runs()
    again = second.running()
    assert (again.url, again.key) == (running.url, running.key)
    assert second.end() == 0
    assert not any(_runs(pid) for pid in [*running.pids.values(), *again.pids.values()])
    assert not (tmp_path / "data" / "up.json").exists()
