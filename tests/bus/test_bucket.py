"""Buckets: newest values, present ones first, through a restart of the server."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from linewright.bus import BusUnavailable, NatsServer
from linewright.testing.buses import running_bus
from tests.bus.making import connected, run


def test_values_are_kept(server: NatsServer) -> None:
    """The newest value is given back, an empty one too, and an unknown key has none."""

    async def story() -> None:
        async with await connected(server) as bus:
            bucket = await bus.bucket("kept")
            first = await bucket.put("a.b", b"1")
            assert await bucket.put("a.b", b"2") > first
            await bucket.put("empty", b"")
            assert await bucket.get("a.b") == b"2"
            assert await bucket.get("empty") == b""
            assert await bucket.get("a") is None
            assert await bucket.keys() == ["a.b", "empty"]

    run(story())


def test_a_removed_key_has_no_value(server: NatsServer) -> None:
    """A key that was taken away is gone from everything, and may come back."""

    async def story() -> None:
        async with await connected(server) as bus:
            bucket = await bus.bucket("removed")
            await bucket.put("a", b"1")
            await bucket.remove("a")
            await bucket.remove("never")
            assert await bucket.get("a") is None
            assert await bucket.keys() == []
            await bucket.put("a", b"2")
            assert await bucket.get("a") == b"2"

    run(story())


def test_buckets_are_apart(server: NatsServer) -> None:
    """The same key in two buckets has two values."""

    async def story() -> None:
        async with await connected(server) as bus:
            await (await bus.bucket("one")).put("k", b"1")
            await (await bus.bucket("two")).put("k", b"2")
            assert await (await bus.bucket("one")).get("k") == b"1"

    run(story())


def test_a_watcher_gets_what_is_there_and_what_comes(server: NatsServer) -> None:
    """First each key's newest value, then every change, a removal as None; and only its keys."""

    async def story() -> None:
        async with await connected(server) as bus:
            bucket = await bus.bucket("watched")
            for key, value in [("x.a", b"1"), ("y", b"0"), ("x.a", b"2")]:
                await bucket.put(key, value)
            async with aclosing(bucket.watch("x.>")) as changes:
                assert await anext(changes) == ("x.a", b"2")
                await bucket.put("x.b", b"3")
                assert await anext(changes) == ("x.b", b"3")
                await bucket.remove("x.a")
                assert await anext(changes) == ("x.a", None)

    run(story())


def test_a_watcher_outlives_the_server(tmp_path: Path) -> None:
    """After a kill and a restart, a watcher is told what was put since, and nothing twice."""

    async def story() -> list[tuple[str, bytes | None]]:
        async with running_bus(tmp_path) as running:
            reader, writer = await running.connect("reader"), await running.connect("writer")
            seen = []

            async def watch() -> None:
                seen.extend([each async for each in (await reader.bucket("b")).watch()])

            task = asyncio.create_task(watch())
            bucket = await writer.bucket("b")
            for number in range(3):
                await bucket.put("k", str(number).encode())
                await running.kill()
                await running.restart()
            await bucket.put("end", b"")
            await asyncio.sleep(1.0)
            await reader.close()
            await task
            return seen

    seen = run(story())
    assert seen[-1] == ("end", b"")
    numbers = [int(value or b"-1") for key, value in seen if key == "k"]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 2


def test_a_closed_bus_refuses(server: NatsServer) -> None:
    """After the end of its connection, a bucket raises instead of waiting."""

    async def story() -> None:
        bus = await connected(server)
        bucket = await bus.bucket("closed")
        await bus.close()
        with pytest.raises(BusUnavailable, match="closed"):
            await bucket.get("a")

    run(story())


def test_watching_does_not_leave_consumers_behind(server: NatsServer) -> None:
    """A watcher that ended is forgotten by the server at once."""

    async def story() -> None:
        async with await connected(server) as bus:
            bucket = await bus.bucket("ended")
            await bucket.put("a", b"1")
            for _ in range(5):
                async with aclosing(bucket.watch()) as changes:
                    await anext(changes)
            counts: list[int] = []
            while not counts or counts[-1]:
                info = await bus._wire.api("STREAM.INFO.KV_ended-nogales")
                counts.append(info["state"]["consumer_count"])

    run(story())
