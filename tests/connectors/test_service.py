"""The running service: nothing is lost unaccounted and nothing is stored twice."""

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.plant.records import GapReason, Quality
from linewright.plant.samples import Frame
from tests.connectors.making import (
    Connected,
    Machine,
    Process,
    connected,
    heard,
    reading,
    run,
    unaccounted,
    until,
)

BEATS_S = 6.0
"""Two signs of life, of which there is one a second, are there after so long at the latest."""

GAP_MAX_NS = 12_000_000_000
"""Longest gap of these tests: a machine takes seconds to start, and to be given up."""

TAGS, MISSING = 7, 5
"""Tags of the plant, and those of the plant that the machine in its own process does not have."""


async def check(world: Connected, process: Process) -> list[Frame]:
    """Every value is a sample or in a gap, none is stored twice, and numbers have no hole."""
    frames, gaps = await world.frames(), await world.gaps()
    assert unaccounted(process.emitted(), frames, gaps) == []
    rows = [row for frame in frames for row in frame.batch.to_pylist()]
    doubled = [
        key for key, n in Counter((row["tag"], row["t_ns"]) for row in rows).items() if n > 1
    ]
    assert doubled == []
    assert [frame.header.n for frame in frames] == list(range(len(frames)))
    assert len({frame.header.epoch for frame in frames}) == 1
    # The gaps are not so wide that they would cover anything.
    assert all(gap.until_ns - gap.t_ns < GAP_MAX_NS for gap in gaps)
    return frames


def test_a_killed_machine_leaves_samples_and_gaps(server: NatsServer, tmp_path: Path) -> None:
    """A machine killed and started again: every value it sent is a sample, once, or in a gap."""

    async def play() -> None:
        async with reading(server, tmp_path) as (world, process):
            await heard(world, 60)
            process.kill()
            await asyncio.sleep(0.5)
            process.start(10_000)
            await heard(world, 10_060)
            await world.end()
            frames = await check(world, process)
            gaps = await world.gaps()
            assert gaps[-1].reason is GapReason.DISCONNECTED
            lost = [
                row["tag"]
                for frame in frames
                for row in frame.batch.to_pylist()
                if row["quality"] & Quality.NOT_CONNECTED
            ]
            assert len(lost) == len(set(lost)) == TAGS

    run(play())


def test_a_machine_that_comes_late_is_read_from_then_on(server: NatsServer, tmp_path: Path) -> None:
    """Before its machine is there a source says so; then its account begins, without a gap."""

    async def play() -> None:
        async with reading(server, tmp_path, early=True) as (world, process):
            await heard(world, 60)
            await world.end()
            frames = await check(world, process)
            first = frames[0].batch.to_pylist()
            assert len(first) == TAGS
            assert all(row["quality"] & Quality.NOT_CONNECTED for row in first)
            assert await world.gaps() == []

    run(play())


def test_first_values_and_missing_nodes_say_what_they_are(
    server: NatsServer, tmp_path: Path
) -> None:
    """What a tag held at first is marked as a reading, a node that is not there as bad, once."""

    async def play() -> None:
        async with reading(server, tmp_path) as (world, process):
            await heard(world, 20)
            await world.end()
            rows = [r for f in await check(world, process) for r in f.batch.to_pylist()]
            initial = [r["tag"] for r in rows if r["quality"] & Quality.INITIAL]
            missing = [r["tag"] for r in rows if r["quality"] & Quality.CONFIGURATION]
            assert {tag.rpartition("#")[2] for tag in initial} == {"count", "level"}
            assert len(missing) == len(set(missing)) == MISSING
            assert all(r["quality"] & Quality.SIMULATED for r in rows)
            assert await world.gaps() == []

    run(play())


def test_a_silent_source_sends_heartbeats(server: NatsServer, machine: Machine) -> None:
    """A source that is connected and has nothing new sends a frame without rows each second."""

    async def play() -> None:
        async with connected(server, machine) as world:

            async def beats() -> bool:
                rows = [frame.rows for frame in await world.frames()]
                return rows[-2:] == [0, 0] and sum(rows) == TAGS

            begun_s = time.monotonic()
            await until(beats)
            assert time.monotonic() - begun_s < BEATS_S

    run(play())


def test_an_emulated_machine_is_followed_to_its_new_endpoint(
    server: NatsServer, machine: Machine
) -> None:
    """When the emulated plant moves a machine, the connector goes there by itself."""

    async def play() -> None:
        async with connected(server, machine) as world:
            await world.desk.move("opc.tcp://127.0.0.1:1")
            await until(lambda: lost(world))
            await world.desk.move(machine.url)
            await until(world.gaps)

    run(play())


def test_a_killed_connector_leaves_samples_and_gaps(server: NatsServer, tmp_path: Path) -> None:
    """A connector killed twice goes on with the next number, behind a gap for what it held."""

    async def play() -> None:
        async with reading(server, tmp_path) as (world, process):
            for count in (40, 100):
                await heard(world, count)
                await world.kill()
                await asyncio.sleep(0.3)
                await world.start()
            await heard(world, 200)
            await world.end()
            await check(world, process)
            assert [gap.reason for gap in await world.gaps()][-2:] == [GapReason.STOPPED] * 2

    run(play())


@pytest.mark.faults
def test_a_frozen_machine_comes_back_by_itself(server: NatsServer, tmp_path: Path) -> None:
    """A machine that stands still is noticed, said to be lost, and read again afterwards."""

    async def play() -> None:
        async with reading(server, tmp_path) as (world, process):
            await heard(world, 30)
            process.signal(signal.SIGSTOP)
            await until(lambda: lost(world))
            process.signal(signal.SIGCONT)
            count = int(process.emitted()[-1][2]) + 100
            await heard(world, count)
            await world.end()
            await check(world, process)

    run(play())


async def lost(world: Connected) -> bool:
    """Whether samples say that the machine is not connected."""
    return any(
        row["quality"] & Quality.NOT_CONNECTED
        for frame in await world.frames()
        for row in frame.batch.to_pylist()
    )
