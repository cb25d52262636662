"""Streams and buckets: made to fit the disk, brought up to date, and full with clear words."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import Bus, BusAddress, BusUnavailable, DeviceTopics, Stream
from linewright.bus.layout import bucket_settings, stream_settings
from linewright.bus.serving.credentials import Ports, addresses, taken_ports
from linewright.bus.serving.preparing import ensure_streams
from linewright.bus.serving.settings import settings
from linewright.bus.wire import Wire
from linewright.testing.buses import running_bus
from tests.bus.making import SITE, connected, run, state


@asynccontextmanager
async def small_server(folder: Path, store_bytes: int) -> AsyncIterator[BusAddress]:
    """A server that may store little."""
    found = taken_ports(folder, None, 0)
    ports = Ports(
        nats=found.nats, mqtt=found.mqtt, websocket=found.websocket, store_bytes=store_bytes
    )
    users = addresses(folder, ports, site=SITE, devices=DeviceTopics())
    config = settings(folder, ports, users, site=SITE, devices=DeviceTopics())
    process = await asyncio.create_subprocess_exec(*_command(folder, config))
    try:
        yield users["up"]
    finally:
        process.terminate()
        await process.wait()


def _command(folder: Path, config: dict[str, Any]) -> list[str]:
    conf = folder / "small.conf"
    conf.write_bytes(msgspec.json.encode(config))
    return [str(Path(sys.executable).parent / "nats-server"), "--config", str(conf)]


def test_changed_settings_are_brought_up_to_date(tmp_path: Path) -> None:
    """A stream that an earlier version made with other settings gets those of this one."""

    async def story() -> int:
        async with running_bus(tmp_path) as running:
            await running.connect()
            wire = Wire(running.address)
            await wire.open(name="test", wait_s=5.0)
            old = stream_settings(Stream.RECORDS, "nogales") | {"max_bytes": 1 << 20}
            await wire.api("STREAM.UPDATE.records-nogales", old)
            await ensure_streams(wire, "nogales", wait_s=5.0)
            info = await wire.api("STREAM.INFO.records-nogales")
            await wire.close()
            return int(info["config"]["max_bytes"])

    assert run(story()) > 1 << 20


def test_a_small_disk_holds_a_site(tmp_path: Path) -> None:
    """Where little may be stored, the bounds of streams and buckets follow it, and all are made."""

    async def story() -> None:
        async with (
            small_server(tmp_path, 256 << 20) as address,
            await Bus.connect(address, site=SITE, name="up") as bus,
        ):
            await bus.prepare()
            info = await bus._wire.api(f"STREAM.INFO.samples-{SITE}")
            assert info["config"]["max_bytes"] == 128 << 20
            assert await bus.publish(state(1)) == 1

    run(story())


def test_a_second_site_that_does_not_fit_is_told(tmp_path: Path) -> None:
    """Where the disk is promised to one site, the next is refused with what to do."""

    async def story() -> None:
        async with small_server(tmp_path, 256 << 20) as address:
            async with await Bus.connect(address, site=SITE, name="up") as bus:
                await bus.prepare()
            with pytest.raises(BusUnavailable, match=r"samples-reno: .*check the free disk"):
                await Bus.connect(address, site="reno", name="up")

    run(story())


def test_a_full_bucket_is_told(tmp_path: Path) -> None:
    """A bucket keeps what it has; a value that does not fit is refused with the server's words."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            bucket = await bus.bucket("folds")
            small = bucket_settings("folds", SITE) | {"max_bytes": 10_000}
            await bus._wire.api(f"STREAM.UPDATE.KV_folds-{SITE}", small)
            await bucket.put("live", b"kept")
            with pytest.raises(BusUnavailable, match="folds/think: maximum bytes exceeded"):
                await bucket.put("think", bytes(20_000))
            assert await bucket.get("live") == b"kept"

    run(story())


def test_preparing_is_for_up(tmp_path: Path) -> None:
    """A service cannot make streams, whatever it tries."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            live = await running.connect("live", user="live")
            with pytest.raises(BusUnavailable, match="the user live may not publish"):
                await live.prepare()
            up = await connected(running.server)
            await up.prepare()
            await up.close()

    run(story())
