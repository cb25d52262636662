"""The bus of a plant: a server of our own, or one that runs already."""

import asyncio
from pathlib import Path

import pytest

from linewright.bus import Bus, BusUnavailable, DeviceTopics, NatsServer
from linewright.server.up.carrier import carrier_of

NO_DEVICES = DeviceTopics()


def test_our_own_is_started_and_ended(tmp_path: Path) -> None:
    """It has a process, comes back after its death with the same address, and ends."""

    async def scene() -> None:
        own = carrier_of(tmp_path, "reno", url="", binary=None, devices=NO_DEVICES)
        await own.start()
        pid, url = own.pid, own.address.url
        assert own.is_running
        assert (own.options(), own.environment()) == ((), {})
        await own.start()
        assert (own.pid != pid, own.address.url) == (True, url)
        await own.stop()
        assert not own.is_running

    asyncio.run(scene())


def test_a_program_that_is_none(tmp_path: Path) -> None:
    """A program that is not there is told, with its path."""
    missing = tmp_path / "no-such-server"
    own = carrier_of(tmp_path, "reno", url="", binary=missing, devices=NO_DEVICES)
    with pytest.raises(BusUnavailable, match="no-such-server"):
        asyncio.run(own.start())


def test_another_one_is_joined(nats: NatsServer, tmp_path: Path) -> None:
    """Its streams and buckets are made; services get its URL, and its password by settings."""
    address = nats.address
    where = address.url.partition("//")[2]
    url = f"nats://{address.user}:{address.password}@{where}"

    async def scene() -> None:
        joined = carrier_of(tmp_path, "reno", url=url, binary=None, devices=NO_DEVICES)
        await joined.start()
        assert (joined.pid, joined.is_running) == (0, True)
        assert joined.options() == ("--nats", address.url)
        assert address.password not in " ".join(joined.options())
        assert joined.environment()["LINEWRIGHT_NATS_PASSWORD"] == address.password
        async with await Bus.connect(joined.address, site="reno", name="t") as bus:
            assert await (await bus.bucket("plant")).get("applied") is None
        await joined.stop()
        assert nats.is_running

    asyncio.run(scene())


def test_a_site_that_is_run_there_already(nats: NatsServer, tmp_path: Path) -> None:
    """Two data folders never share the samples of a site: the second `up` is refused."""
    address = nats.address
    where = address.url.partition("//")[2]
    url = f"nats://{address.user}:{address.password}@{where}"

    async def beat() -> None:
        async with await Bus.connect(address, site="reno", name="up") as bus:
            while True:
                await bus.tell("lw.alive.reno.up", b"{}")
                await asyncio.sleep(0.1)

    async def scene() -> None:
        other = asyncio.create_task(beat())
        joined = carrier_of(tmp_path, "reno", url=url, binary=None, devices=NO_DEVICES)
        with pytest.raises(BusUnavailable, match="reno is run there already"):
            await joined.start()
        elsewhere = carrier_of(tmp_path, "nogales", url=url, binary=None, devices=NO_DEVICES)
        await elsewhere.start()
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)

    asyncio.run(scene())


def test_a_wrong_password_of_another_one(nats: NatsServer, tmp_path: Path) -> None:
    """It is told as such, with where user and password are given, and without either."""
    url = f"nats://up:no-such-word@{nats.address.url.partition('//')[2]}"
    joined = carrier_of(tmp_path, "reno", url=url, binary=None, devices=NO_DEVICES)
    with pytest.raises(BusUnavailable, match="wrong user or password") as raised:
        asyncio.run(joined.start())
    assert "LINEWRIGHT_NATS_PASSWORD" in raised.value.hint
    assert "no-such-word" not in str(raised.value)


def test_what_is_no_url() -> None:
    """A URL of something else is refused before anything is started."""
    with pytest.raises(BusUnavailable, match="no URL of a NATS server"):
        carrier_of(Path(), "reno", url="http://x", binary=None, devices=NO_DEVICES)
