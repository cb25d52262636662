"""A disk that runs full: the service says so, waits, and goes on; nothing is lost or doubled."""

import asyncio
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.bus import Bus, BusUnavailable, Stream
from linewright.history import open_history
from tests.history.building import TAGS
from tests.history.test_service import PROGRAM, ask, publish, site_bus, until_kept, within_time

FRAMES = 1500
ROWS = 1000
DISK = "18m"
FILLER_MB = 8


def can_mount() -> bool:
    """Whether a small disk of its own can be made for a process."""
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.faults
@pytest.mark.skipif(not can_mount(), reason="no right to mount a small disk")
def test_a_full_disk_is_told_and_waited_for(tmp_path: Path) -> None:
    """The disk fills up while frames come; when there is room again, all of them are kept."""
    (tmp_path / "disk").mkdir()
    kept = tmp_path / "kept"

    async def scene() -> None:
        async with site_bus(tmp_path) as bus:
            with _started(tmp_path) as program, killed_at_the_end(program):
                disk = Path(f"/proc/{program.pid}/root{tmp_path}/disk")
                await _publish(bus)
                trouble = await _until_trouble(bus)
                assert trouble
                positions = (await _counts(bus))["positions"]
                assert positions.get("samples", 0) < await bus.end_seq(Stream.SAMPLES)
                (disk / "filler").unlink()
                await until_kept(bus)
                assert "trouble" not in msgspec.json.decode(await ask(bus, "state"))
                program.send_signal(signal.SIGSTOP)
                shutil.copytree(disk / "history", kept)

    within_time(scene)
    with open_history(kept, read_only=False) as history:
        counts = history.counts()
        assert (counts.frames, counts.samples, counts.gaps) == (FRAMES, FRAMES * ROWS, 0)
        assert history.doubled() == 0
        assert len(history.read(TAGS[0], limit=100_000).t_ns) == 100_000


@contextmanager
def killed_at_the_end(program: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Whatever becomes of the scene, the program does not outlive it."""
    try:
        yield
    finally:
        program.kill()


async def _publish(bus: Bus) -> None:
    for n in range(FRAMES):
        await publish(bus, n, rows=ROWS)


async def _until_trouble(bus: Bus) -> str:
    while True:
        found: dict[str, Any] = msgspec.json.decode(await ask(bus, "state"))
        if "trouble" in found:
            return str(found["trouble"])
        await asyncio.sleep(0.2)


async def _counts(bus: Bus) -> dict[str, Any]:
    """Counts, as soon as the service answers between two tries."""
    while True:
        try:
            found: dict[str, Any] = msgspec.json.decode(await ask(bus, "counts"))
        except BusUnavailable:
            found = {}
        if "positions" in found:
            return found
        await asyncio.sleep(0.1)


def _started(folder: Path) -> "subprocess.Popen[bytes]":
    """The program on a small disk, most of which is taken at first."""
    disk = folder / "disk"
    fill = f"head -c {FILLER_MB}M /dev/zero > {shlex.quote(str(disk / 'filler'))}"
    run = shlex.join([sys.executable, str(PROGRAM), str(folder / "bus"), str(disk / "history")])
    mount = f"mount -t tmpfs -o size={DISK} none {shlex.quote(str(disk))}"
    command = ["unshare", "-rm", "sh", "-c", f"{mount} && {fill} && exec {run}"]
    return subprocess.Popen(command)
