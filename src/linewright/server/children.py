"""One service as a child process: started, started again when it dies, and ended by its pid.

The rule of waiting is pure (`Backoff`); everything else here waits for the operating system.
"""

import asyncio
import contextlib
import enum
import logging
import os
import re
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

__all__ = ["Backoff", "Child", "ChildState", "cause", "keep_small", "last_words"]

LOG = logging.getLogger(__name__)

WAIT_FIRST_S = 0.2
"""Wait before the first restart: short, so that a service killed once is hardly missed."""

WAIT_MAX_S = 5.0
"""Longest wait of the doubling."""

LIVED_S = 30.0
"""A service that lived so long has started well: the next wait is the first again."""

RESTARTS_PER_MINUTE_MAX = 10
"""Beyond this many restarts in a minute the service is said to be failing and tried slowly."""

WAIT_SLOW_S = 30.0
"""Wait between the tries of a failing service: it leaves the others their processor."""

END_WAIT_S = 6.0
"""How long a service may take to end when asked; then it is killed, which loses nothing."""

LOG_BYTES_MAX = 4_000_000
"""Largest log of one service; the one before is kept beside it as `.1`."""

MINUTE_S = 60.0

WORDS_BYTES = 4_000
"""How much of the end of a log is looked at for the last words of a service."""

WORDS_CHARS = 200
"""How much of its last line is told."""

WORDS_S = 5.0
"""How long before its end a service may have written what is told as the cause of it."""

WORST = frozenset({"WARNING", "ERROR", "CRITICAL"})
"""Levels of lines of a log that may be the cause of an end."""

LOGGED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d{3} ([A-Z]+) ")
"""How a line of a service's log begins: its local time and its level."""


class ChildState(enum.StrEnum):
    """What a service does, for people.

    Examples
    --------
    >>> ChildState("failing").value
    'failing'
    """

    STARTED = "started"
    WAITING = "waiting"
    """It died, and is started again in a moment."""
    FAILING = "failing"
    """It died too often in a minute, and is tried slowly."""
    STOPPED = "stopped"


class Backoff:
    """How long to wait before a service is started again.

    Examples
    --------
    >>> backoff = Backoff()
    >>> [backoff.after(now_s=at, lived_s=0.1) for at in (0.0, 1.0, 2.0)]
    [0.2, 0.4, 0.8]
    >>> backoff.after(now_s=100.0, lived_s=40.0)
    0.2
    """

    def __init__(self) -> None:
        self._wait_s = WAIT_FIRST_S
        self._deaths_s: deque[float] = deque(maxlen=RESTARTS_PER_MINUTE_MAX + 1)
        self.is_failing = False

    def after(self, *, now_s: float, lived_s: float) -> float:
        """Return the seconds to wait after a death at `now_s` of a service that lived so long."""
        if lived_s >= LIVED_S:
            self._wait_s = WAIT_FIRST_S
            self._deaths_s.clear()
        self._deaths_s.append(now_s)
        full = len(self._deaths_s) > RESTARTS_PER_MINUTE_MAX
        recent = now_s - self._deaths_s[0] < MINUTE_S
        # A failing service stays so until it has lived: slow tries alone do not make it well.
        self.is_failing = (full and recent) or (self.is_failing and lived_s < LIVED_S)
        if self.is_failing:
            return WAIT_SLOW_S
        wait_s = self._wait_s
        self._wait_s = min(2 * wait_s, WAIT_MAX_S)
        return wait_s


class Child:
    """A service that is kept alive.

    Parameters
    ----------
    name
        Of the service.
    command
        Program and arguments.
    log
        File that takes what it prints.
    told
        Called with the name, the state and words for people, at each change.
    env
        Environment variables beside those of this process.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        told: Callable[[str, ChildState, str], None],
        env: Mapping[str, str],
    ) -> None:
        self.name = name
        self.pid = 0
        self.restarts = -1
        self._command = tuple(command)
        self._log = log
        self._log_from = 0
        self._told = told
        self._env = dict(env)
        self._why = ""

    async def keep(self, stop: asyncio.Event) -> None:
        """Start it, and again whenever it dies, until `stop`; then end it."""
        backoff = Backoff()
        while not stop.is_set():
            began_s = time.monotonic()
            is_killed = False
            try:
                code = await self._live(stop)
                how, is_killed = _ending(code), code == -signal.SIGKILL
            except OSError as error:  # a full disk, no memory, no process left: it may pass
                how = f"cannot be started: {error.strerror or error}"
            if stop.is_set():
                break
            wait_s = backoff.after(now_s=time.monotonic(), lived_s=time.monotonic() - began_s)
            state = ChildState.FAILING if backoff.is_failing else ChildState.WAITING
            words = cause(last_words(self._log, self._log_from), time.time(), is_killed=is_killed)
            how, self._why = f"{self._why}, so {how}" if self._why else how, ""
            why = f"{how}{words and f' ({words})'}; again in {wait_s:g} s"
            why += f"; its log: {self._log}"
            self._told(self.name, state, why)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait_s)
        self._told(self.name, ChildState.STOPPED, "")

    def kill(self, why: str) -> None:
        """Kill its process, which does not end by itself; `keep` starts it again and says why."""
        if not self.pid:
            return
        self._why = why
        LOG.warning("%s is killed: %s", self.name, why)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def _live(self, stop: asyncio.Event) -> int:
        """Return what one life of the service ended with."""
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Appending: a log that is cut short goes on at its new end.
        fileno = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._log_from = os.fstat(fileno).st_size
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=fileno,
                stderr=fileno,
                env=os.environ | self._env,
                start_new_session=True,  # Ctrl-C comes to us alone, and we end them in order
            )
        finally:
            os.close(fileno)
        self.pid = process.pid
        self.restarts += 1
        self._told(self.name, ChildState.STARTED, f"pid {process.pid}")
        ended = asyncio.ensure_future(process.wait())
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            if not ended.done():
                await _end(process, ended)
            self.pid = 0
        return await ended


def last_words(log: Path, begin: int = 0) -> str:
    """Return the last line that a service wrote, so that people need not open its log.

    Parameters
    ----------
    log
        Its log.
    begin
        Bytes that lives before it wrote; a log that was cut since has fewer.

    Returns
    -------
    str
        Empty where it wrote nothing.

    Examples
    --------
    >>> last_words(Path("no/such/log"))
    ''
    """
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            begin = begin if begin <= size else 0
            file.seek(max(begin, size - WORDS_BYTES))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][:WORDS_CHARS] if said else ""


def cause(words: str, now_s: float, *, is_killed: bool) -> str:
    """Return the last words of a service where they may say why it ended, else nothing.

    Parameters
    ----------
    words
        Its last line.
    now_s
        Wall time of its end.
    is_killed
        Whether somebody killed it: then what it printed without a level says nothing of that.

    Examples
    --------
    >>> cause("no such thing", 0.0, is_killed=False)
    'no such thing'
    >>> cause("2026-11-22 12:41:58,082 INFO a.b: it is connected", 0.0, is_killed=False)
    ''
    """
    logged = LOGGED.match(words)
    if logged is None:
        return "" if is_killed else words
    try:
        at_s = time.mktime(time.strptime(logged[1], "%Y-%m-%d %H:%M:%S"))
    except (ValueError, OverflowError):
        return ""
    # Whole seconds are written, so a line of this very moment may seem a second old.
    is_late = abs(now_s - at_s) <= WORDS_S + 1.0
    return words if is_late and logged[2] in WORST else ""


def _ending(code: int) -> str:
    """Return how a process ended, in words."""
    if code >= 0:
        return f"ended with {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Future[int]") -> None:
    """Ask a process to end, and kill it when it does not."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    done, _ = await asyncio.wait({ended}, timeout=END_WAIT_S)
    if not done:
        LOG.warning("process %d did not end in %g s and is killed", process.pid, END_WAIT_S)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await ended


def keep_small(log: Path) -> bool:
    """Cut a log that has grown too large, keeping the old text beside it; whether it was cut."""
    try:
        if log.stat().st_size <= LOG_BYTES_MAX:
            return False
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
    except OSError:
        return False
    return True
