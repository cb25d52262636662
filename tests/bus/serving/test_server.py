"""The server: private files, one address for ever, an orderly end, and no server left over."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from linewright.bus import Bus, BusAddress, BusUnavailable, DeviceTopics, NatsServer
from linewright.bus.permissions import USERS
from tests.bus.making import SITE, connected, run, state, subject

TOPICS = DeviceTopics(publish=("cells/#",))

ORPHAN = """
import asyncio, os, sys
from pathlib import Path
from linewright.bus import NatsServer
server = asyncio.run(NatsServer.start(Path(sys.argv[1])))
print(server.pid, flush=True)
os._exit(0)
"""


def test_files_are_private(server: NatsServer, tmp_path: Path) -> None:
    """Configuration and addresses, which hold passwords, are for the owner only."""
    folder = tmp_path / "a b"

    async def story() -> None:
        async with await NatsServer.start(folder, site=SITE, devices=TOPICS) as made:
            assert set(made.users) == {"up", *USERS, "device", "host"}
            for name in ("nats.conf", *(f"bus/{user}.json" for user in made.users)):
                assert (folder / name).stat().st_mode & 0o777 == 0o600
            assert (folder / "bus").stat().st_mode & 0o777 == 0o700
            passwords = {BusAddress.read(folder, user).password for user in made.users}
            assert len(passwords) == len(made.users)
            assert server.address.password not in passwords

    run(story())


def test_a_restart_keeps_address_and_messages(tmp_path: Path) -> None:
    """Ended and started again in its folder, the server has the same address and content."""

    async def story() -> None:
        async with await NatsServer.start(tmp_path) as first, await connected(first) as bus:
            seq = await bus.publish(state(1))
        assert not first.is_running
        async with await NatsServer.start(tmp_path) as second:
            assert second.address == first.address == BusAddress.read(tmp_path, "up")
            assert second.pid != first.pid
            async with await connected(second) as bus:
                found = await bus.last(subject())
                assert found is not None
                assert found.seq == seq

    run(story())


def test_strangers_are_refused(server: NatsServer) -> None:
    """Without the password nobody gets in."""
    wrong = BusAddress(url=server.address.url, user="up", password="guess")  # noqa: S106  # no secret
    with pytest.raises(BusUnavailable, match=r"(?i)authorization"):
        run(Bus.connect(wrong, site=SITE, name="stranger"))


def test_only_this_machine_reaches_it(server: NatsServer) -> None:
    """The server listens on the loopback address and on no other."""
    assert server.address.url.startswith("nats://127.0.0.1:")
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("the list of listening sockets is Linux's")
    port = f":{server.address.port:04X}"
    lines = [line.split() for line in listening.read_text().splitlines()[1:]]
    hosts = {line[1].split(":")[0] for line in lines if line[1].endswith(port) and line[3] == "0A"}
    assert hosts == {"0100007F"}


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    """A path to no program is refused before anything is written."""
    with pytest.raises(BusUnavailable, match="no such program"):
        run(NatsServer.start(tmp_path / "data", binary=tmp_path / "nats-server"))
    assert not (tmp_path / "data").exists()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """A port that somebody else has is an error with the server's own words."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BusUnavailable, match="in use"):
            run(NatsServer.start(tmp_path, port=taken.getsockname()[1]))


def test_a_program_that_ends_is_told(tmp_path: Path) -> None:
    """A program that is no server is an error, not a long wait."""
    with pytest.raises(BusUnavailable, match="ended"):
        run(NatsServer.start(tmp_path, binary=Path(sys.executable)))


def test_a_server_left_running_is_ended(tmp_path: Path) -> None:
    """Where the process that started it was killed, the next start ends the old server first."""
    done = subprocess.run(
        [sys.executable, "-c", ORPHAN, str(tmp_path)], capture_output=True, text=True, check=True
    )
    orphan = int(done.stdout)
    os.kill(orphan, 0)

    async def story() -> None:
        async with await NatsServer.start(tmp_path) as server, await connected(server) as bus:
            assert server.pid != orphan
            assert await bus.publish(state(1)) == 1

    run(story())
    with pytest.raises(ProcessLookupError):
        os.kill(orphan, 0)


def test_ending_twice_is_harmless(tmp_path: Path) -> None:
    """A server that was killed can still be ended, and ended again."""

    async def story() -> None:
        server = await NatsServer.start(tmp_path)
        lives = [server.is_running]
        await server.kill()
        lives.append(server.is_running)
        assert lives == [True, False]
        await asyncio.gather(server.stop(), server.stop())

    run(story())
