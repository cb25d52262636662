"""The disk is full under the history: it waits, the bus keeps, and nothing is lost."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Bench

pytestmark = pytest.mark.faults

FULL_S = 15.0
SMALL_BYTES = 64 << 20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with no room to speak of; skips where none can be mounted."""
    folder = tmp_path / "stand" / "data" / "history"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small file system")
    command = [
        str(shutil.which("mount")),
        "-t",
        "tmpfs",
        "-o",
        f"size={SMALL_BYTES},mode=700",
        "tmpfs",
        str(folder),
    ]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run([str(shutil.which("umount")), "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave nothing free."""
    ballast = folder / "ballast"
    chunk = b"0" * 65_536
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for _ in range(SMALL_BYTES // len(chunk) + 1):
            file.write(chunk)
    assert shutil.disk_usage(folder).free < len(chunk)
    return ballast


def test_no_room_for_the_history(small: Path, tmp_path: Path) -> None:
    """It stops storing and starts again when there is room; the bus kept everything meanwhile."""
    with Bench(tmp_path, "disk full", per_s=4) as bench:
        bench.connected(5.0)
        ballast = fill(small)
        time.sleep(FULL_S)
        ballast.unlink()
        bench.connected(15.0)
    bench.in_order(gaps_allowed=False)
