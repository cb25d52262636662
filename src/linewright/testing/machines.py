"""Foreign machines: processes that no room of ours wrote, started, frozen, killed, started again.

    with Machine(["mosquitto", "-p", "18830"], log=folder / "mosquitto.log") as broker:
        broker.wait_for_port(18830)
        broker.freeze()
        broker.thaw()
        broker.kill()

A machine that prints a line of JSON ``{"ready": {...}}`` says by it that it serves, and takes lines
of JSON on its standard input while it runs.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

__all__ = ["Machine", "MachineFailed", "free_port"]

READY_S = 60.0
"""Longest wait until a machine serves: node-opcua with 100,000 nodes needs half of it."""

END_S = 10.0
"""Longest wait for a machine that was asked to end."""

LOOK_S = 0.02
TAIL_CHARS = 2000


class MachineFailed(AssertionError):
    """A machine did not do what it was asked for; the end of its log is in it."""


class Machine:
    r"""A process that runs between `start` and `stop`, `kill` or the end of a ``with``.

    Parameters
    ----------
    command
        Program and arguments.
    log
        File for what it prints; the standard error of all its lives is kept there.
    environment
        Variables beside those of the test.

    Examples
    --------
    >>> import sys
    >>> import tempfile
    >>> program = "import time; print('{\"ready\": {\"port\": 7}}', flush=True); time.sleep(60)"
    >>> log = Path(tempfile.mkdtemp()) / "machine.log"
    >>> with Machine([sys.executable, "-c", program], log=log) as machine:
    ...     machine.ready()["port"]
    7
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command = list(command)
        self.log = log
        self.out = log.with_suffix(".out")
        """Its standard output of the present life."""
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Its process; 0 while it does not run."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process is not None else 0

    def start(self) -> Self:
        """Start it; one that runs already is ended first."""
        self.kill()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._files = [self.out.open("wb"), self.log.open("ab")]
        self._process = subprocess.Popen(  # noqa: S603  # the test names the program
            self.command,
            stdin=subprocess.PIPE,
            stdout=self._files[0],
            stderr=self._files[1],
            env=self._environment,
            start_new_session=True,
        )
        return self

    def ready(self, wait_s: float = READY_S) -> dict[str, Any]:
        """Wait until it says that it serves; what it says.

        Raises
        ------
        MachineFailed
            It ended, or did not say so in time.
        """
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            for line in self.lines():
                if "ready" in line:
                    return dict(line["ready"])
            self._must_run("before it was ready")
            time.sleep(LOOK_S)
        raise MachineFailed(self._told(f"was not ready within {wait_s:g} s"))

    def wait_for_port(self, port: int, wait_s: float = READY_S) -> None:
        """Wait until it listens on a port of this computer.

        Raises
        ------
        MachineFailed
            It ended, or did not listen in time.
        """
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
                return
            self._must_run(f"before it listened on {port}")
            time.sleep(LOOK_S)
        raise MachineFailed(self._told(f"did not listen on {port} within {wait_s:g} s"))

    def tell(self, what: Mapping[str, Any], wait_s: float = END_S) -> None:
        """Write a line of JSON to it, and wait until it answers with ``done``.

        Raises
        ------
        MachineFailed
            It ended, or did not answer in time.
        """
        assert self._process is not None, "a machine that was started"
        assert self._process.stdin is not None, "it has a standard input"
        before = sum("done" in line for line in self.lines())
        try:
            self._process.stdin.write(json.dumps(dict(what)).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise MachineFailed(self._told(f"took no line: {error}")) from error
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            if sum("done" in line for line in self.lines()) > before:
                return
            self._must_run("before it answered")
            time.sleep(LOOK_S)
        raise MachineFailed(self._told(f"did not answer {dict(what)} within {wait_s:g} s"))

    def lines(self) -> list[dict[str, Any]]:
        """Lines of JSON that it printed in its present life, whole ones only."""
        if not self.out.exists():
            return []
        found = []
        for line in self.out.read_bytes().splitlines(keepends=True):
            if line.startswith(b"{") and line.endswith(b"\n"):
                with contextlib.suppress(ValueError):
                    found.append(json.loads(line))
        return found

    def freeze(self) -> None:
        """Let it stand still, its sockets open: SIGSTOP."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on: SIGCONT."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once: SIGKILL, also while it is frozen; nothing where it does not run."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(END_S)
        self._close()

    def stop(self) -> None:
        """Ask it to end, SIGTERM, and wait.

        Raises
        ------
        MachineFailed
            It did not end in time; it is killed then.
        """
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise MachineFailed(self._told(f"did not end within {END_S:g} s")) from None
        self._close()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "a machine that was started"
        self._must_run(f"before {number.name}")
        os.killpg(self._process.pid, number)

    def _must_run(self, when: str) -> None:
        if self._process is not None and (code := self._process.poll()) is not None:
            raise MachineFailed(self._told(f"ended with {code} {when}"))

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        for file in self._files:
            file.close()
        self._process, self._files = None, []

    def _told(self, what: str) -> str:
        log = self.log.read_text(errors="replace")[-TAIL_CHARS:] if self.log.exists() else ""
        return f"{Path(self.command[0]).name} {what}\n{log}"


def free_port() -> int:
    """Return a port of this computer that nobody listens on just now.

    Examples
    --------
    >>> 1024 <= free_port() < 65536
    True
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
