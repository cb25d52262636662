"""A recording is a machine: it comes, goes on where it was, and is over."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from linewright.bus import Bus, NatsServer
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.pump import Pump, restored_feed
from linewright.connectors.replay.link import ReplayLink, link
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.plant.records import Quality
from linewright.plant.samples import decode_frame
from linewright.testing.connecting import around
from tests.connectors.making import MILL, SITE, run, until

ROWS = 400
SIX = 1_709_272_800 * 10**9


def source(**endpoint: object) -> Source:
    """A recording of two columns, and one that is not there."""
    names = ("a", "b", "nowhere")
    points = tuple(Point(tag=MILL.with_tag(name), item=name) for name in names)
    where = Endpoint(protocol="replay", url="mill*.csv", time_column="t")
    return Source(name="mill", address=MILL, endpoint=replace(where, **endpoint), points=points)


def record(
    folder: Path, rows: int = ROWS, *, step_s: float = 0.005, begin_s: float = SIX / 1e9
) -> None:
    """Write a recording."""
    lines = [f"{begin_s + k * step_s:.3f},{k},{k * 10}" for k in range(rows)]
    (folder / "mill.csv").write_text("\n".join(["t,a,b", *lines, ""]), encoding="utf-8")


@contextlib.asynccontextmanager
async def playing(bus: Bus, folder: Path, one: Source) -> AsyncIterator[tuple[ReplayLink, Feed]]:
    """The link as a new process would have it, with what it brings published."""
    folds = await bus.bucket("folds")
    feed = await restored_feed(bus, folds, one, plant_rev="r1", simulated=False, epoch=7)
    pump, stop = Pump(bus, folds), asyncio.Event()
    found = link(one.endpoint, [feed], around(folder))

    async def publish() -> None:
        while True:
            await pump.round([feed], steady_ns=time.monotonic_ns())
            await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(found.keep(stop)), asyncio.create_task(publish())]
    try:
        yield found, feed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stored(bus: Bus) -> list[tuple[str, int, float]]:
    """Good samples so far: tag, time, value."""
    frames = [decode_frame(each.data) for each in await bus.stored(f"lw.samples.{SITE}.mill")]
    rows = [row for frame in frames for row in frame.batch.to_pylist()]
    good = [row for row in rows if not row["quality"] & Quality.BAD]
    return [(row["tag"].rpartition("#")[2], row["t_ns"], row["value"]) for row in good]


async def at_least(bus: Bus, count: int) -> bool:
    """Whether so many samples are stored."""
    return len(await stored(bus)) >= count


def test_a_recording_killed_again_and_again_is_stored_once(
    server: NatsServer, tmp_path: Path
) -> None:
    """Four processes die in the middle of it; every cell is a sample, once, in its order."""
    record(tmp_path)

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            for count in (100, 300, 500, 2 * ROWS):
                async with playing(bus, tmp_path, source()):
                    await until(partial(at_least, bus, count))
            found = await stored(bus)
            assert [value for tag, _, value in found if tag == "a"] == list(range(ROWS))
            assert [value for tag, _, value in found if tag == "b"] == [10 * k for k in range(ROWS)]
            assert len({(tag, t_ns) for tag, t_ns, _ in found}) == len(found)
            assert await bus.stored(f"lw.gap.{MILL.subject()}") == []

    run(play())


def test_recorded_times_are_kept_and_the_pace_is_the_speed(
    server: NatsServer, tmp_path: Path
) -> None:
    """An hour of recording in a second, each row at its own time."""
    record(tmp_path, rows=60, step_s=60.0)

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            begun_s = time.monotonic()
            async with playing(bus, tmp_path, source(times="recorded", speed=3600.0)):
                await until(lambda: at_least(bus, 120))
            assert 0.9 < time.monotonic() - begun_s < 15.0
            times = sorted({t_ns for _, t_ns, _ in await stored(bus)})
            assert times == [SIX + k * 60 * 10**9 for k in range(60)]

    run(play())


def test_the_first_row_is_now_when_times_are_shifted(server: NatsServer, tmp_path: Path) -> None:
    """Relative times do; the distance of the rows is that of the recording."""
    record(tmp_path, rows=3, step_s=0.2, begin_s=0.0)

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            begun_ns = time.time_ns()
            async with playing(bus, tmp_path, source()):
                await until(lambda: at_least(bus, 6))
            times = sorted({t_ns for _, t_ns, _ in await stored(bus)})
            assert 0 <= times[0] - begun_ns < 5e9
            assert [t_ns - times[0] for t_ns in times] == [0, 200_000_000, 400_000_000]

    run(play())


def test_the_end_and_a_missing_file_are_told(server: NatsServer, tmp_path: Path) -> None:
    """No file: refused, with what to do; when it comes it is played; at its end it is lost."""

    async def play() -> None:
        async with (
            await Bus.connect(server.address, site=SITE, name="test") as bus,
            playing(bus, tmp_path, source()) as (found, feed),
        ):
            await until(lambda: is_in(found, "refused"))
            assert "put the files there" in found.report("mill").next_step
            record(tmp_path, rows=5)
            await until(lambda: is_in(found, "lost"))
            report = found.report("mill")
            assert (report.why, report.missing) == ("the recording is over", ("nowhere",))
            assert not feed.is_connected
            await until(lambda: at_least(bus, 10))

    run(play())


async def is_in(found: ReplayLink, state: str) -> bool:
    """Whether the link is in this state."""
    return found.report("mill").state == state
