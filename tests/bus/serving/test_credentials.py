"""Ports and passwords: kept over every start, and given to folders that had one user for all."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from linewright.bus import Bus, BusAddress, BusUnavailable, DeviceTopics, NatsServer, Stream
from linewright.bus.serving.credentials import Ports, addresses, known_ports, taken_ports
from tests.bus.making import SITE, connected, run, state, subject

ORPHAN = "import os, subprocess, sys; subprocess.Popen(sys.argv[1:]); os._exit(0)"


def one_user(folder: Path, address: BusAddress) -> None:
    """Make of a folder one as it was before: one user, no accounts, the file `bus.json`."""
    for path in (folder / "bus").iterdir():
        path.unlink()
    (folder / "bus").rmdir()
    (folder / "jetstream" / "LW").rename(folder / "jetstream" / "$G")
    old = {"url": address.url, "user": "linewright", "password": "old"}
    (folder / "bus.json").write_bytes(msgspec.json.encode(old))


def old_server(folder: Path, address: BusAddress) -> None:
    """Run a server of the old form: started by a process that has ended since."""
    config = msgspec.json.decode((folder / "nats.conf").read_bytes())
    user = {"user": "linewright", "password": "old"}
    kept = {k: v for k, v in config.items() if k not in {"accounts", "mqtt", "websocket"}}
    conf = folder / "old.conf"
    conf.write_bytes(msgspec.json.encode({**kept, "authorization": {"users": [user]}}))
    program = Path(sys.executable).parent / "nats-server"
    words = [sys.executable, "-c", ORPHAN, str(program), "--config", str(conf)]
    subprocess.run(words, check=True)
    run(_until(BusAddress(url=address.url, user="linewright", password="old")))  # noqa: S106  # none


async def _until(address: BusAddress) -> None:
    async with await Bus.connect(address, site=SITE, name="old") as bus:
        await bus.end_seq(Stream.RECORDS)


@pytest.mark.parametrize("is_running", [False, True])
def test_an_old_folder_is_brought_up_to_date(tmp_path: Path, *, is_running: bool) -> None:
    """What was stored under one user is there under the new ones; the old password is dead."""

    async def before() -> tuple[BusAddress, int]:
        async with await NatsServer.start(tmp_path) as server, await connected(server) as bus:
            return server.address, await bus.publish(state(1))

    address, seq = run(before())
    one_user(tmp_path, address)
    if is_running:
        old_server(tmp_path, address)

    async def after() -> None:
        async with await NatsServer.start(tmp_path, site=SITE) as server:
            assert server.address.url == address.url
            assert not (tmp_path / "bus.json").exists()
            think = BusAddress.read(tmp_path, "think")
            async with await Bus.connect(think, site=SITE, name="think") as bus:
                assert [each.seq for each in await bus.stored(subject())] == [seq]
            old = BusAddress(url=address.url, user="linewright", password="old")  # noqa: S106  # none
            with pytest.raises(BusUnavailable, match=r"(?i)authorization"):
                await Bus.connect(old, site=SITE, name="old")

    run(after())


def test_credentials_outlive_starts(tmp_path: Path) -> None:
    """Every user has the same address after a restart, with and without a kill."""
    topics = DeviceTopics(publish=("cells/#",))

    async def story() -> None:
        first = await NatsServer.start(tmp_path, site=SITE, devices=topics)
        await first.kill()
        async with await NatsServer.start(tmp_path, site=SITE, devices=topics) as second:
            assert second.users == first.users
        async with await NatsServer.start(tmp_path, site=SITE) as third:
            assert set(first.users) - set(third.users) == {"device", "host"}
            assert not (tmp_path / "bus" / "device.json").exists()
        async with await NatsServer.start(tmp_path, site=SITE, devices=topics) as fourth:
            assert fourth.address == first.address

    run(story())


def test_ports_are_all_different(tmp_path: Path) -> None:
    """NATS, MQTT and WebSocket have a port each, kept but for one that is asked for."""
    made = taken_ports(tmp_path, None, 0)
    assert len({made.nats, made.mqtt, made.websocket}) == 3
    assert taken_ports(tmp_path, made, 0) == made
    assert taken_ports(tmp_path, made, 4000).nats == 4000


def test_what_may_be_stored_never_falls(tmp_path: Path) -> None:
    """A disk that has become fuller takes no stream away."""
    known = Ports(nats=1, mqtt=2, websocket=3, store_bytes=1 << 60)
    assert taken_ports(tmp_path, known, 0).store_bytes == 1 << 60
    tiny = Ports(nats=1, mqtt=2, websocket=3, store_bytes=1)
    assert taken_ports(tmp_path, tiny, 0).store_bytes >= 256 << 20


def test_a_damaged_file_of_ports_is_told(tmp_path: Path) -> None:
    """What is no file of ports is refused with its name, the old form, too."""
    assert known_ports(tmp_path) is None
    (tmp_path / "bus.json").write_text("{}")
    with pytest.raises(BusUnavailable, match=r"bus\.json"):
        known_ports(tmp_path)
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus" / "ports.json").write_text("{}")
    with pytest.raises(BusUnavailable, match=r"bus/ports\.json"):
        known_ports(tmp_path)


def test_a_damaged_password_is_made_anew(tmp_path: Path) -> None:
    """A file of credentials that a fault left half-written is replaced at the next start."""
    ports = Ports(nats=1, mqtt=2, websocket=3)
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus" / "live.json").write_text("{")
    made = addresses(tmp_path, ports, site=SITE, devices=DeviceTopics())
    assert len(made["live"].password) > 20
