"""A source of batches: frames as fast as the bus takes them, in a process of its own.

`python -m benchmarks.live_path.batches FOLDER SITE SAMPLES` prints how many it sent and in what
time. What it sends is known beforehand, so that nothing in history can be taken for something
else: row i of source s is `1000 * s + i` at a time of its own.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from linewright.bus import Bus, BusAddress
from linewright.plant.samples import Columns, Frame, FrameHeader, frame

SOURCES = 4
"""Sources that send beside each other, each one frame at a time."""

ROWS = 5_000
"""Rows of a frame: 100 ms of a source with 50,000 values a second."""

TAGS = 500
"""Tags of a source."""

BEGIN_NS = 1_780_000_000_000_000_000
"""Time of the first row; a millisecond lies between two rows of a tag."""


def frames_of(site: str, source: int, samples: int) -> list[Frame]:
    """Return what one source sends, made before the clock runs."""
    names = [f"{site}/bench/batch/s{source}#t{n}" for n in range(TAGS)]
    made = []
    for n, begin in enumerate(range(0, samples, ROWS)):
        index = np.arange(begin, min(begin + ROWS, samples))
        tags = pa.DictionaryArray.from_arrays(pa.array(index % TAGS, pa.int32()), pa.array(names))
        t_ns = BEGIN_NS + index // TAGS * 1_000_000
        columns = Columns(
            tag=tags,
            t_ns=pa.array(t_ns),
            seen_ns=pa.array(np.full(len(index), t_ns[-1])),
            value=pa.array(1000.0 * source + index),
            quality=pa.array(np.zeros(len(index), np.uint16)),
        )
        made.append(frame(FrameHeader(site=site, source=f"s{source}", epoch=1, n=n), columns))
    return made


async def send(folder: Path, site: str, samples: int) -> dict[str, float]:
    """Send everything, each frame acknowledged before the next one of its source."""
    address = BusAddress.read(folder, "connect")
    work = [frames_of(site, source, samples // SOURCES) for source in range(SOURCES)]
    async with await Bus.connect(address, site=site, name="batches") as bus:
        begun_s = time.time()
        await asyncio.gather(*(_one(bus, frames) for frames in work))
        ended_s = time.time()
    rows = sum(each.rows for frames in work for each in frames)
    return {"samples": rows, "begun_s": begun_s, "ended_s": ended_s}


async def _one(bus: Bus, frames: list[Frame]) -> None:
    for each in frames:
        await bus.publish_frame(each)


if __name__ == "__main__":
    told = asyncio.run(send(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
    print(json.dumps(told))
