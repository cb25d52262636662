"""A stand: `linewright up` on machines that nobody here wrote, watched from outside.

    with Stand(tmp_path, {"m1": NodeOpcua(tmp_path, variables=200)}) as stand:
        stand.wait_for_data()
        ...
    found = stand.account("m1")

The plant has one station for each machine and one tag `v<i>` for each of its variables.
"""

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import yaml

from linewright.bus import Bus, BusAddress, BusUnavailable
from linewright.history import History, open_history
from linewright.plant import load
from linewright.testing.accounts import Account
from linewright.testing.emitted import Emitted, balance_of
from linewright.testing.scenes import Scene, SceneFailed
from tests.foreign.peers import EdgeNode, Peer

SITE = "reno"
PLACE = f"{SITE}/shop/machines"
LOOK_S = 0.05


def plant_of(
    machines: Mapping[str, Peer],
    connect: Mapping[str, Mapping[str, Any]] | None = None,
    tag: Mapping[str, Any] | None = None,
) -> str:
    """Return a plant file that reads all variables of the machines.

    Parameters
    ----------
    machines
        By the name of the station.
    connect
        Further keys of a station's connection, or others in the place of the machine's own.
    tag
        Further keys of every tag.
    """
    stations = {
        name: {
            "does": {"work": "60 s"},
            "connect": {**machine.connect, **(connect or {}).get(name, {})},
            "tags": {name: {**one, **(tag or {})} for name, one in machine.tags.items()},
        }
        for name, machine in machines.items()
    }
    site = {
        "timezone": "America/Los_Angeles",
        "currency": "USD",
        "areas": {"shop": {"work_centres": {"machines": {"stations": stations}}}},
    }
    whole = {
        "linewright": 1,
        "enterprise": "acme",
        "sites": {SITE: site},
        "operations": {"work": {}},
        "products": {"part": {"route": ["work"]}},
    }
    return yaml.safe_dump(whole, sort_keys=False)


class Stand(Scene):
    """A plant that is up; started by `with`, ended by leaving it."""

    def __init__(
        self,
        folder: Path,
        machines: Mapping[str, Peer],
        *,
        connect: Mapping[str, Mapping[str, Any]] | None = None,
        tag: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(folder / "stand")
        self.machines = dict(machines)
        folder.joinpath("stand").mkdir(parents=True, exist_ok=True)
        self._plant = folder / "stand" / "plant.yaml"
        self._plant.write_text(plant_of(machines, connect, tag), encoding="utf-8")
        load(self._plant)
        self._arguments = ["up", str(self._plant), "--data", str(self.folder), "--port", "0"]
        self.watch = Watch(self.folder)

    def __enter__(self) -> Self:
        super().__enter__()
        self.watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.stop()
        super().end()

    def tag_of(self, station: str) -> Callable[[str], str | None]:
        """Tag of a node of one machine; None for what the plant does not read."""
        known = self.machines[station].tags
        return lambda node: f"{PLACE}/{station}#{node}" if node in known else None

    def emitted(self, station: str) -> list[Emitted]:
        """What one machine showed so far."""
        return self.machines[station].emitted(self.tag_of(station))

    def wait_for_state(self, station: str, state: str, wait_s: float = 60.0) -> None:
        """Wait until a link is in a state.

        Raises
        ------
        SceneFailed
            It did not come in time.
        """
        what = f"{station} is {state}"
        self.wait_until(lambda: self.watch.state(station) == state, wait_s, what)

    def wait_for_new(self, station: str, before_ns: int, wait_s: float) -> None:
        """Wait until a link is connected, and has been so since later than a wall time."""
        what = f"{station} is connected anew"
        self.wait_until(lambda: self.watch.is_new(station, before_ns), wait_s, what)

    def freeze(self, service: str) -> int:
        """Let one of our own processes stand still; its id."""
        pid = int(self.running()["pids"][service])
        os.kill(pid, signal.SIGSTOP)
        return pid

    def thaw(self, service: str) -> None:
        """Let it go on, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.running()["pids"][service]), signal.SIGCONT)

    def told_after(self, service: str, pid: int, since_s: float, wait_s: float = 20.0) -> float:
        """Seconds from a moment until the page says that a process is gone, or is another one.

        A page that cannot be had says so too. Raises `SceneFailed` where it goes on as if nothing
        had happened.
        """
        while time.monotonic() - since_s < wait_s:
            services = {each["name"]: each for each in self.state().get("services", [])}
            found = services.get(service, {"state": "gone"})
            if found["state"] != "up" or found.get("pid") != pid:
                return time.monotonic() - since_s
            time.sleep(LOOK_S)
        raise SceneFailed(self._told(f"the page showed {service} as up for {wait_s:g} s"))

    def wait_until(self, is_so: Callable[[], bool], wait_s: float, what: str) -> None:
        """Wait for something.

        Raises
        ------
        SceneFailed
            It was not so in time.
        """
        until = time.monotonic() + wait_s
        while not is_so():
            if time.monotonic() > until:
                raise SceneFailed(self._told(f"{what}: not within {wait_s:g} s"))
            time.sleep(LOOK_S)

    def account(self, station: str, *, until_ns: int | None = None) -> Account:
        """Account of one machine; only after the end of the stand."""
        emitted = self.emitted(station)
        with self.history() as history:
            return balance_of(emitted, history, station, until_ns=until_ns)

    def history(self) -> History:
        """Open what it left behind; only after the end of the stand."""
        return open_history(self.folder / "history")


def meet(stand: Stand, nodes: Mapping[str, EdgeNode]) -> None:
    """Give the nodes the address and the credentials of field devices, once they are there."""
    stand.wait_until((stand.folder / "bus" / "device.json").exists, 30.0, "a listener")
    address = BusAddress.read(stand.folder, "device")
    port = int(address.mqtt.rpartition(":")[2])
    for node in nodes.values():
        node.change(port=port, user=address.mqtt_user, password=address.mqtt_password)


class Watch:
    """Follows the reports of all links from outside, as a page does."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[tuple[float, str, dict[str, Any]]] = []
        """Steady time, source, report; a line for each change of a link's state."""
        self.heard_s: dict[str, float] = {}
        """Steady time of each source's newest report."""
        self.reports: dict[str, dict[str, Any]] = {}
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(10.0)

    def state(self, source: str) -> str:
        """Present state of a link; empty while there is no report."""
        for _, name, report in reversed(self.seen):
            if name == source:
                return str(report["state"])
        return ""

    def newest(self, source: str) -> dict[str, Any]:
        """Newest report of a link; empty while there is none."""
        return self.reports.get(source, {})

    def is_new(self, source: str, before_ns: int) -> bool:
        """Whether a link is connected and has been so since later than a wall time."""
        report = self.newest(source)
        return report.get("state") == "connected" and report["since_ns"] > before_ns

    def red_after(self, source: str, since_s: float) -> float | None:
        """Seconds from a moment until the link was first not connected; None: it never was."""
        reds = [
            at
            for at, name, report in self.seen
            if name == source and at >= since_s and report["state"] != "connected"
        ]
        return reds[0] - since_s if reds else None

    def _run(self) -> None:
        asyncio.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        looking = asyncio.create_task(self._look())
        await asyncio.to_thread(self._stop.wait)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    async def _look(self) -> None:
        """Follow the reports, over every loss of the server."""
        while True:
            with contextlib.suppress(BusUnavailable, OSError, ValueError):
                address = BusAddress.read(self._folder)
                async with await Bus.connect(address, site=SITE, name="watch", wait_s=2.0) as bus:
                    links = await bus.bucket("links")
                    async for source, data in links.watch():
                        if data is not None:
                            self._note(source, json.loads(data))
            await asyncio.sleep(LOOK_S)

    def _note(self, source: str, report: dict[str, Any]) -> None:
        self.heard_s[source] = time.monotonic()
        self.reports[source] = report
        if report["state"] != self.state(source):
            self.seen.append((self.heard_s[source], source, report))
