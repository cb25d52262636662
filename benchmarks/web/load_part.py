"""What 50 screens on one line cost the server's process, while the line changes ten times a second.

At the speed of life a line of gearboxes changes every few seconds. The play is quickened, and in
the name of `live` the line is put again and again with states that began a little later, so that
what the clients watch changes as often as the server tells at most.
"""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.measure import Claim, note
from benchmarks.web.stand import CORRIDOR, LINE, Stand
from benchmarks.web.watching_load import measured
from linewright.bus import Bus, BusAddress
from linewright.plant.records import LineState, decode, encode

__all__ = ["measure_load"]

CLIENTS = 50
SECONDS = 20.0
QUICK_SECONDS = 10.0
SPEED = "20"
WARM_S = 90.0

CHANGES_MIN = 7.0
"""Messages of the line to each client in a second below which the load is not what is claimed: the
server tells at most ten, each at least 0.1 s after the one before."""

MOVE_NS = 1_000_000
"""By which the beginning of each state moves with each put: the smallest change a page is told."""

PUT_EACH_S = 0.05
"""How often the line is put: twice as often as the server tells."""

BEAT_S = 2.0
"""Longest time between two beats that a client may see: then nothing piles up."""


def measure_load(*, quick: bool) -> list[Claim]:
    """Let 50 clients watch corridor's line, and count the processor time of the server."""
    with (
        tempfile.TemporaryDirectory(prefix="linewright-") as name,
        Stand(Path(name), (*CORRIDOR, "--speed", SPEED)) as stand,
    ):
        stand.wait_until(lambda: _is_heard(stand), "the line is heard", WARM_S)
        seconds = QUICK_SECONDS if quick else SECONDS
        with _changing(stand.folder):
            found = measured(stand.folder, LINE, CLIENTS, seconds)
    note(f"load: {found}")
    heard = found["messages_per_client_per_s"]
    changes = sum(n for kind, n in heard.items() if kind.startswith("/api/line p"))
    right = changes >= CHANGES_MIN and found["beat_s_max"] <= BEAT_S
    rows = (found | {"line_changes_per_client_per_s": changes},)
    return [
        Claim(
            name="server_cpu_50_clients_10hz",
            value=found["server_cores"],
            unit="cores",
            correct=right,
            rows=rows,
        )
    ]


@contextlib.contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """Have the line change all the time, as a line of quick machines does."""
    ended = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_change(folder, ended)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def _change(folder: Path, ended: threading.Event) -> None:
    address = BusAddress.read(folder, "live")
    async with await Bus.connect(address, site=LINE.partition("/")[0], name="live") as bus:
        bucket = await bus.bucket("line")
        key = LINE.replace("/", ".")
        while not ended.is_set():
            data = await bucket.get(key)
            if data is not None:
                state = decode(data, LineState)
                stations = tuple(
                    msgspec.structs.replace(each, since_ns=each.since_ns + MOVE_NS)
                    for each in state.stations
                )
                await bucket.put(key, encode(msgspec.structs.replace(state, stations=stations)))
            await asyncio.sleep(PUT_EACH_S)


def _is_heard(stand: Stand) -> bool:
    stations = stand.get("/api/line", address=LINE).get("stations", {})
    return sum(1 for each in stations.values() if each["state"] != "unknown") >= 4  # noqa: PLR2004  # half of them
