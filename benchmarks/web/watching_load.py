"""What 50 screens on one line cost the server: `python -m benchmarks.web.watching_load DATA`.

DATA is the data folder of a plant that runs, such as `linewright up plants/corridor --site nogales
--emulate --data DATA`. Each client opens a WebSocket and watches what the Line page shows; the
clients run in this process, the CPU time is that of the server's process alone.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import websockets

TICKS_PER_S = os.sysconf("SC_CLK_TCK")

PAGE: tuple[str, ...] = ("/api/sites", "/api/line?address={a}", "/api/line/ahead?address={a}")
PAGE += ("/api/alarms?address={a}", "/api/calls?address={a}")
"""Resources of the Line page."""


class Where(NamedTuple):
    """Which server, by which key, and the line that is looked at."""

    url: str
    key: str
    address: str


class Tally:
    """What the clients received."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.bytes = 0
        self.beats: list[float] = []


def main() -> None:
    """Print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--address", default="", help="line; the one with most stations if absent")
    asked = parser.parse_args()
    print(json.dumps(measured(asked.data, asked.address, asked.clients, asked.seconds), indent=1))


def measured(data: Path, address: str, clients: int, seconds: float) -> dict[str, Any]:
    """What so many clients cost a server, and what each of them heard.

    Parameters
    ----------
    data
        Its data folder.
    address
        The line that is looked at; empty: the one with most stations.
    clients
        How many watch it.
    seconds
        For how long.
    """
    running = json.loads((data / "up.json").read_text())
    url, key, pid = running["url"], running["key"], running["pids"]["server"]
    where = Where(url, key, address or _largest(url, key))
    idle = _cores(pid, seconds / 2)
    tally, cores = asyncio.run(_load(where, pid, clients, seconds))
    gaps = [later - earlier for earlier, later in zip(tally.beats, tally.beats[1:], strict=False)]
    per_s = {name: round(n / seconds / clients, 2) for name, n in tally.messages.items()}
    return {
        "address": where.address,
        "clients": clients,
        "server_cores_idle": round(idle, 3),
        "server_cores": round(cores, 3),
        "for_the_clients": round(cores - idle, 3),
        "messages_per_client_per_s": per_s,
        "kB_per_s": round(tally.bytes / seconds / 1000, 1),
        "beat_s_max": round(max(gaps, default=0.0), 2),
        "beat_s_median": round(statistics.median(gaps), 2) if gaps else None,
    }


def _largest(url: str, key: str) -> str:
    headers = {"authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"{url}/api/plant", headers=headers)  # noqa: S310  # ours
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # ours
        groups: dict[str, Any] = json.loads(answer.read())["groups"]
    return max(groups, key=lambda name: len(groups[name]["stations"]))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _cores(pid: int, seconds: float) -> float:
    began, began_s = _cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return (_cpu_s(pid) - began) / (time.monotonic() - began_s)


async def _load(where: Where, pid: int, clients: int, seconds: float) -> tuple[Tally, float]:
    tally = Tally()
    work = [asyncio.create_task(_client(where, tally, n)) for n in range(clients)]
    await asyncio.sleep(3.0)  # all are connected and hold the whole
    tally.messages.clear()
    tally.bytes = 0
    cores = await asyncio.to_thread(_cores, pid, seconds)
    for task in work:
        task.cancel()
    done = await asyncio.gather(*work, return_exceptions=True)
    failed = [each for each in done if not isinstance(each, asyncio.CancelledError)]
    if failed:
        raise SystemExit(f"{len(failed)} clients ended early: {failed[0]!r}")
    return tally, cores


async def _client(where: Where, tally: Tally, number: int) -> None:
    url = where.url.replace("http", "ws", 1) + "/api/watch"
    headers = {"authorization": f"Bearer {where.key}"}
    async with websockets.connect(url, additional_headers=headers, max_size=2**24) as socket:
        for n, path in enumerate(PAGE):
            await socket.send(json.dumps({"watch": path.format(a=where.address), "id": n}))
        async for message in socket:
            tally.bytes += len(message)
            text = message if isinstance(message, str) else message.decode()
            if text.startswith('{"beat"'):
                tally.messages["beat"] += 1
                if number == 0:
                    tally.beats.append(time.monotonic())
            else:
                shown = PAGE[int(text[6 : text.index(",")])].partition("?")[0]
                kind = "full" if '"full":' in text[:60] else "patch"
                tally.messages[f"{shown} {kind}"] += 1


if __name__ == "__main__":
    main()
