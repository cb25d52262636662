"""What the bus bears, and what it costs to be safe from a power cut.

Run as ``python -m tests.bus.measuring``. Both ways of writing to the disk run by turns in the same
minute; a line of the table is the median of the rounds.
"""

import asyncio
import math
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from linewright.bus import Bus, BusAddress, NatsServer, Stream
from linewright.bus.serving import settings as written
from linewright.plant.samples import Columns, Frame, FrameHeader, frame
from tests.bus.making import SITE, state

ROUNDS = 3
ROUND_S = 2.0
SYNCS = ("always", "2m")
"""The second is what the server does when nothing is said."""

Round = Callable[[Bus, int], Awaitable[float]]
"""Something that is done for `ROUND_S`; gives how much was done a second."""


def made(source: str, epoch: int, n: int, rows: int) -> Frame:
    """A frame of one source, with rows of one value each."""
    tag = f"{SITE}/machining/bracket/saw#t"
    at = range(n * rows, (n + 1) * rows)
    columns = Columns(
        tag=[f"{tag}{each % 100}" for each in at],
        t_ns=list(at),
        seen_ns=list(at),
        value=[math.sin(each) for each in at],
        quality=[0] * rows,
    )
    return frame(FrameHeader(site=SITE, source=source, epoch=epoch, n=n), columns)


async def one_by_one(bus: Bus, turn: int) -> float:
    """Records a second, each awaited before the next."""
    began_s, count = time.monotonic(), 0
    while time.monotonic() - began_s < ROUND_S:
        await bus.publish(state(turn * 1_000_000 + count))
        count += 1
    return count / (time.monotonic() - began_s)


def frames(rows: int, sources: int) -> Round:
    """Rows a second in frames of `rows`, of so many sources at once, each in its order."""

    async def measured(bus: Bus, turn: int) -> float:
        ready = {
            f"s{each}": [
                made(f"s{sources}_{each}", turn, n + rows * 1000, rows)
                for n in range(400_000 // rows // sources)
            ]
            for each in range(sources)
        }
        before = await bus.end_seq(Stream.SAMPLES)
        began_s = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for waiting in ready.values():
                tasks.create_task(_in_order(bus, waiting))
        took_s = time.monotonic() - began_s
        stored = await bus.end_seq(Stream.SAMPLES) - before
        assert stored == sum(len(each) for each in ready.values())
        return stored * rows / took_s

    return measured


async def _in_order(bus: Bus, waiting: list[Frame]) -> None:
    for each in waiting:
        await bus.publish_frame(each)


WORK: dict[str, Round] = {
    "records/s, each awaited": one_by_one,
    "samples/s, frames of 1,000 rows, one source": frames(1000, 1),
    "samples/s, frames of 1,000 rows, eight sources": frames(1000, 8),
    "samples/s, frames of 5,000 rows, one source": frames(5000, 1),
    "samples/s, frames of 5,000 rows, eight sources": frames(5000, 8),
}


async def measure() -> dict[str, dict[str, float]]:
    """Rates by what is done and how it is written."""
    found: dict[str, dict[str, list[float]]] = {name: {sync: [] for sync in SYNCS} for name in WORK}
    for turn in range(ROUNDS):
        for sync in SYNCS:
            written.SYNC_INTERVAL = sync
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                async with await NatsServer.start(folder, site=SITE):
                    address = BusAddress.read(folder, "up")
                    async with await Bus.connect(address, site=SITE, name="measuring") as bus:
                        for what, work in WORK.items():
                            found[what][sync].append(await work(bus, turn))
    return {
        what: {sync: statistics.median(rates) for sync, rates in by.items()}
        for what, by in found.items()
    }


if __name__ == "__main__":
    print(f"| | {' | '.join(SYNCS)} | ratio |\n|---|---|---|---|")  # noqa: T201  # its purpose
    for what, by in asyncio.run(measure()).items():
        safe, quick = (by[sync] for sync in SYNCS)
        print(f"| {what} | {safe:,.0f} | {quick:,.0f} | {safe / quick:.2f} |")  # noqa: T201  # same
