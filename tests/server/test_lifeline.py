"""The lifeline: a child never outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linewright.server.lifeline import bind_to_parent, is_alive, start_of

BOUND = """
import sys, time
from linewright.server import lifeline
if sys.argv[2] == "watch":
    lifeline.sys.platform = "other"  # so that the thread does it
lifeline.bind_to_parent(int(sys.argv[1]))
print("bound", flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid()), sys.argv[2]],
                         stdout=subprocess.PIPE, start_new_session=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("way", ["kernel", "watch"])
def test_a_child_ends_with_its_killed_parent(way: str) -> None:
    """Whether the kernel ends it or a thread looks, a child is gone 3 s after `kill -9`."""
    command = [sys.executable, "-c", PARENT, BOUND, way]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait(timeout=5)
    end_s = time.monotonic() + 15
    while _runs(child):
        assert time.monotonic() < end_s, "it outlived its parent"
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_parent_that_is_gone_already() -> None:
    """A child whose parent is another one than it was told ends at once."""
    with pytest.raises(SystemExit, match="is gone"):
        bind_to_parent(0)


def test_who_is_alive() -> None:
    """We are alive, number 1 of somebody else is; nought, less and the dead are not."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(timeout=10)
    assert is_alive(os.getpid())
    assert is_alive(1)
    assert not is_alive(ended.pid)
    assert not is_alive(0)
    assert not is_alive(-1)


def test_a_process_is_known_by_its_start() -> None:
    """The start of a process stays, and differs between two processes; a dead one has none."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    first, second = (subprocess.Popen(command) for _ in range(2))
    try:
        time.sleep(0.05)
        assert start_of(first.pid) == start_of(first.pid) != ""
        assert start_of(second.pid) != start_of(os.getpid()) != start_of(first.pid)
    finally:
        for process in (first, second):
            process.kill()
            process.wait()
    assert start_of(first.pid) == start_of(0) == start_of(-1) == ""
