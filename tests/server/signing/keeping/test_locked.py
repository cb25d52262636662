"""Private files that several processes change: nothing lost, nothing half, nothing guessed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linewright.server.signing import SigningRefused
from linewright.server.signing.keeping.locked import LockedFile, StoreDamaged

COUNT = """
import sys
from pathlib import Path
from linewright.server.signing.keeping.locked import LockedFile
file = LockedFile(Path(sys.argv[1]), dict[str, int], {})
for _ in range(int(sys.argv[2])):
    with file.lock() as value:
        file.write({"n": value.get("n", 0) + 1, "pad" : 0})
    print("one", flush=True)
"""


def counting(path: Path, times: int) -> "subprocess.Popen[str]":
    """Start a process that counts in a file."""
    words = [sys.executable, "-c", COUNT, str(path), str(times)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    """Two processes that count in one file at once arrive at the sum of both."""
    path = tmp_path / "count.json"
    both = [counting(path, 60) for _ in range(2)]
    for each in both:
        each.communicate(timeout=60)
        assert each.returncode == 0
    assert LockedFile(path, dict[str, int], {}).read()["n"] == 120


def test_killed_in_the_middle(tmp_path: Path) -> None:
    """A process that is killed while it writes leaves a whole file, and no lock behind."""
    path = tmp_path / "count.json"
    process = counting(path, 1_000_000)
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    told = 20 + len(process.communicate(timeout=60)[0].splitlines())
    file = LockedFile(path, dict[str, int], {})
    assert file.read()["n"] in {told, told + 1}
    with file.lock() as value:
        file.write(value | {"pad": 1})
    assert LockedFile(path, dict[str, int], {}).read()["pad"] == 1


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    """Files and their folder are of the owner alone."""
    path = tmp_path / "private" / "a.json"
    file = LockedFile(path, list[int], [])
    with file.lock():
        file.write([1])
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_change_of_another_is_seen(tmp_path: Path) -> None:
    """Whoever has read a file sees what another one wrote since."""
    one, other = (LockedFile(tmp_path / "a.json", list[int], []) for _ in range(2))
    assert one.read() == []
    for value in ([1], [2], [3, 4]):
        with other.lock():
            other.write(value)
        assert one.read() == value


def test_damaged_is_not_empty(tmp_path: Path) -> None:
    """A file that cannot be read is an error, never the value of no file."""
    path = tmp_path / "a.json"
    for text in ("", "{", '{"a": 1}'):
        path.write_text(text)
        with pytest.raises(StoreDamaged, match=r"a\.json"):
            LockedFile(path, list[int], []).read()


def test_a_lock_that_stays_is_told(tmp_path: Path) -> None:
    """Who waits for a lock in vain is told so after a bounded time."""
    one, other = (LockedFile(tmp_path / "a.json", list[int], []) for _ in range(2))
    began_s = time.monotonic()
    with one.lock(), pytest.raises(SigningRefused, match="another process"), other.lock():
        pass
    assert time.monotonic() - began_s >= 1.9
