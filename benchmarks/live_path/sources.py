"""Sources that offer thousands of value changes a second over OPC UA, and what each can offer.

    with Sources(folder, processes=4, nodes=2500, per_s=2.0) as sources:
        plant = sources.stations()
        ...
        offered = sources.stop()     # what each node showed: numbers 1 to `counts[i]`

`python -m benchmarks.live_path.sources` measures how much each kind can offer on this machine to a
client that only counts: the lean one of ours, asyncua's server, node-opcua where it is installed.
"""

import argparse
import asyncio
import json
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec
from asyncua import Client, ua
from asyncua.ua.ua_binary import struct_from_binary

from benchmarks.live_path.stand import cpu_s
from linewright.testing.machines import Machine, free_port

__all__ = ["Offered", "Sources"]

ROOT = Path(__file__).resolve().parents[2]
NODE_PACKAGES = ROOT / ".peers" / "node_opcua" / "node_modules"

PUBLISHES = 8
"""Publish requests of the counting client in flight: it must never be what holds a source up."""

PUBLISH_MS = 100.0
BATCH = 1_000
WARM_S = 2.0
OFFERED_MIN = 0.98
"""Share of the asked rate below which a source cannot offer it."""


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What one source has shown: node `v<i>` the numbers 1 to `counts[i]`, each once."""

    station: str
    counts: tuple[int, ...]
    offered: int
    overrun: int
    """Messages that its queue lost because the client did not ask: not the client's loss."""
    cpu_s: float


class Sources:
    """Several lean sources, each a process and a station of the plant.

    Parameters
    ----------
    folder
        For their truth and logs.
    processes
        How many.
    nodes
        Values of each.
    per_s
        Changes of one value in a second, at most ten: a value changes once in a tick of 100 ms.
    """

    def __init__(self, folder: Path, *, processes: int, nodes: int, per_s: float) -> None:
        assert per_s <= 10.0, "a value changes at most once in a tick"  # noqa: PLR2004 - ticks
        self.nodes = nodes
        self.per_s = per_s
        self._truths = [folder / f"source{n}.json" for n in range(processes)]
        self.ports = [free_port() for _ in self._truths]
        self._machines = [
            Machine(_command(port, nodes, per_s, truth), log=truth.with_suffix(".log"))
            for port, truth in zip(self.ports, self._truths, strict=True)
        ]

    def __enter__(self) -> Self:
        for each in self._machines:
            each.start()
        for each in self._machines:
            each.ready()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._machines:
            each.kill()

    @property
    def offered_per_s(self) -> float:
        """The rate that all together are asked to offer."""
        return len(self._machines) * self.nodes * self.per_s

    @property
    def pids(self) -> list[int]:
        """Their processes, so that their processor time can be told apart."""
        return [each.pid for each in self._machines]

    def stations(self, *, every: str = "100 ms") -> dict[str, Any]:
        """Stations of a plant file, one for each source, with a tag for each value.

        Parameters
        ----------
        every
            How often the client asks a server to publish.
        """
        tags = {f"v{n}": {"node": f"ns=2;s=v{n}"} for n in range(self.nodes)}
        return {
            f"source{n}": {
                "connect": {"opcua": f"opc.tcp://127.0.0.1:{port}", "every": every},
                "tags": tags,
            }
            for n, port in enumerate(self.ports)
        }

    def stop(self) -> list[Offered]:
        """End the changing and return what was shown; the servers stay until the end of `with`."""
        for each in self._machines:
            each.tell({"stop": True})
        return [
            Offered(station=f"source{n}", **json.loads(truth.read_bytes()))
            for n, truth in enumerate(self._truths)
        ]


def _command(port: int, nodes: int, per_s: float, truth: Path) -> list[str]:
    program = [sys.executable, "-m", "benchmarks.live_path.source_program"]
    return [*program, str(port), str(nodes), str(per_s), str(truth)]


# --- what a source can offer, counted by a client that does nothing else


async def _counted(port: int, nodes: int, for_s: float, sampling_ms: float) -> tuple[int, float]:
    """Values that came in so many seconds, and the seconds."""
    client = Client(f"opc.tcp://127.0.0.1:{port}", timeout=20.0)
    await client.connect()
    request = ua.CreateSubscriptionRequest()
    request.Parameters.RequestedPublishingInterval = PUBLISH_MS
    request.Parameters.RequestedLifetimeCount = 6_000
    request.Parameters.RequestedMaxKeepAliveCount = 20
    request.Parameters.PublishingEnabled = True
    protocol = client.uaclient.protocol
    answer = struct_from_binary(ua.CreateSubscriptionResponse, await protocol.send_request(request))
    for begin in range(0, nodes, BATCH):
        params = ua.CreateMonitoredItemsParameters()
        params.SubscriptionId = answer.Parameters.SubscriptionId
        params.ItemsToCreate = [
            _item(number, sampling_ms) for number in range(begin, min(begin + BATCH, nodes))
        ]
        params.TimestampsToReturn = ua.TimestampsToReturn.Source
        await client.uaclient.create_monitored_items(params)
    came: list[int] = []
    asking = [asyncio.create_task(_ask(protocol, came)) for _ in range(PUBLISHES)]
    await asyncio.sleep(WARM_S)
    before, begun = sum(came), time.monotonic()
    await asyncio.sleep(for_s)
    found, took_s = sum(came) - before, time.monotonic() - begun
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    client.disconnect_socket()
    return found, took_s


def _item(number: int, sampling_ms: float) -> Any:  # noqa: ANN401 - asyncua's own type
    item = ua.MonitoredItemCreateRequest()
    item.ItemToMonitor = ua.ReadValueId(ua.NodeId(f"v{number}", 2), ua.AttributeIds.Value)
    item.MonitoringMode = ua.MonitoringMode.Reporting
    item.RequestedParameters = ua.MonitoringParameters(
        ClientHandle=number, SamplingInterval=sampling_ms, QueueSize=100, DiscardOldest=True
    )
    return item


async def _ask(protocol: Any, came: list[int]) -> None:  # noqa: ANN401 - asyncua's own type
    while True:
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = []
        body = await protocol.send_request(request)
        came.append(_values_in(bytes(body.data if hasattr(body, "data") else body)))


def _values_in(body: bytes) -> int:
    """Values in a publish response, counted without decoding them."""
    at = body.find(b"\x01\x00" + struct.pack("<H", 811) + b"\x01")
    return 0 if at < 0 else int(struct.unpack_from("<i", body, at + 9)[0])


def _asyncua_program(port: int, nodes: int, per_s: float) -> list[str]:
    program = (ROOT / "tests" / "foreign" / "asyncua_server.py").as_posix()
    return [sys.executable, program, str(port), str(nodes), str(per_s), "/dev/null"]


def _node_program(folder: Path, port: int, nodes: int, per_s: float) -> list[str]:
    config = {
        "port": port,
        "variables": nodes,
        "per_s": per_s,
        "truth": "/dev/null",
        "pki": str(folder / "pki"),
    }
    file = folder / f"{port}.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return ["node", str(ROOT / "tests" / "foreign" / "node_opcua_server.js"), str(file)]


def _measured(folder: Path, kinds: Sequence[str], for_s: float) -> Iterator[dict[str, Any]]:
    """Offer rising rates by each kind until it cannot."""
    for kind in kinds:
        for nodes, per_s in ((500, 4.0), (1000, 5.0), (2500, 4.0), (5000, 4.0), (5000, 10.0)):
            port = free_port()
            command = _command(port, nodes, per_s, folder / "truth.json")
            if kind == "asyncua":
                command = _asyncua_program(port, nodes, per_s)
            elif kind == "node-opcua":
                command = _node_program(folder, port, nodes, per_s)
            environment = {"NODE_PATH": str(NODE_PACKAGES)}
            machine = Machine(command, log=folder / f"{kind}.log", environment=environment)
            with machine:
                machine.ready()
                used_s = cpu_s(machine.pid)
                sampling_ms = 0.0 if kind == "asyncua" else 50.0
                values, took_s = asyncio.run(_counted(port, nodes, for_s, sampling_ms))
                used_s = cpu_s(machine.pid) - used_s
            rate = values / took_s
            yield {
                "kind": kind,
                "asked": nodes * per_s,
                "came": round(rate),
                "us_per_value": round(used_s / (took_s + WARM_S) / max(rate, 1) * 1e6, 1),
            }
            if rate < OFFERED_MIN * nodes * per_s:
                break


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live_path.sources")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--kind", action="append", choices=["lean", "asyncua", "node-opcua"])
    given = parser.parse_args()
    kinds = given.kind or ["lean", "asyncua", *(["node-opcua"] if NODE_PACKAGES.is_dir() else [])]
    print(f"{'source':12} {'asked/s':>9} {'came/s':>9} {'us/value':>9}")
    with tempfile.TemporaryDirectory() as name:
        for row in _measured(Path(name), kinds, given.seconds):
            print(
                f"{row['kind']:12} {row['asked']:9.0f} {row['came']:9} {row['us_per_value']:9.1f}"
                + ("" if row["came"] >= OFFERED_MIN * row["asked"] else "   cannot offer it"),
                flush=True,
            )


if __name__ == "__main__":
    main()
