"""A child that never outlives its supervisor, however that one dies.

On Linux the kernel kills the child at the moment its parent is gone (`PR_SET_PDEATHSIG`);
elsewhere a thread looks each second whether the parent is still the same. Every service can be
killed at any moment without loss, so the end is a plain kill.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

__all__ = ["bind_to_parent", "is_alive", "start_of"]

PR_SET_PDEATHSIG = 1
"""Number of the call in `prctl(2)`."""

PS_S = 5.0
"""How long `ps` may take, where it is asked."""

START_FIELD = 19
"""The start of a process in `/proc/<pid>/stat`, counted behind its name (proc(5): field 22)."""

LOOK_S = 1.0
"""How often a system without that call looks for the parent: a second of two writers at most."""


def bind_to_parent(parent: int) -> bool:
    """Make this process end when its parent does.

    Parameters
    ----------
    parent
        Process id of the parent, as the parent itself knows it.

    Returns
    -------
    bool
        Whether the kernel does it; else a thread of this process looks each second.

    Raises
    ------
    SystemExit
        The parent is gone already.

    Examples
    --------
    >>> bind_to_parent(0)
    Traceback (most recent call last):
    SystemExit: the supervisor 0 is gone, so this service ends
    """
    is_kernel = parent > 0 and sys.platform.startswith("linux") and _ask_kernel()
    if os.getppid() != parent:  # asked after the kernel: it may have died in between
        raise SystemExit(f"the supervisor {parent} is gone, so this service ends")
    if not is_kernel:
        threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()
    return is_kernel


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs; one of somebody else counts too.

    Examples
    --------
    >>> is_alive(os.getpid()), is_alive(0)
    (True, False)
    """
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def start_of(pid: int) -> str:
    """Return when a process was started, as the system tells it; empty where it does not.

    Process ids come back: two processes of one id differ in this.

    Examples
    --------
    >>> start_of(os.getpid()) == start_of(os.getpid()), start_of(0)
    (True, '')
    """
    if pid <= 0:
        return ""
    if Path("/proc/self/stat").exists():
        return _start_on_linux(pid)
    try:
        command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PS_S)  # noqa: S603  # a program of the system
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _start_on_linux(pid: int) -> str:
    """Return the boot and the tick since it at which a process was started."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()  # its name may hold blanks and brackets
    return f"{boot}.{fields[START_FIELD]}" if len(fields) > START_FIELD else ""


def _ask_kernel() -> bool:
    with contextlib.suppress(OSError, AttributeError):
        return int(ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)) == 0
    return False


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(1)
