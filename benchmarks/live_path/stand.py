"""A stand: `linewright up` on a plant of ours, in processes of its own, and what they use.

    with Stand(folder, plant_text) as stand:
        stand.wait_until(lambda: stand.counts()["samples"] > 0, 60.0)
        before = stand.cpu_s()

Processor time is read from the kernel, for the supervisor and everything that it started.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from linewright.bus import Bus, BusAddress, BusUnavailable

__all__ = ["Stand", "StandFailed"]

LOOK_S = 0.2
"""Between two looks at what is waited for."""

END_S = 60.0
"""Longest wait for all processes to end."""

_UP = (sys.executable, "-m", "linewright", "up")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class StandFailed(RuntimeError):
    """The stand did not do what was waited for; the tails of its logs are in it."""


class Stand:
    """A plant that is up; started by `with`, ended by leaving it."""

    def __init__(self, folder: Path, plant: str, *, site: str = "bench") -> None:
        self.folder = folder / "data"
        self.site = site
        self._plant = folder / "plant.yaml"
        self._plant.write_text(plant, encoding="utf-8")
        self._log = folder / "up.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                [*_UP, str(self._plant), "--data", str(self.folder), "--site", self.site],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise StandFailed(self.told("did not end")) from None

    def pids(self) -> dict[str, int]:
        """Process ids of the supervisor and of all that it started."""
        try:
            found = json.loads((self.folder / "up.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return {"up": int(found["pid"]), **{str(k): int(v) for k, v in found["pids"].items()}}

    def cpu_s(self) -> dict[str, float]:
        """Processor time that each process has used so far, in the kernel and outside."""
        return {name: cpu_s(pid) for name, pid in self.pids().items()}

    def wait_until(self, is_so: Callable[[], bool], wait_s: float, what: str) -> None:
        """Wait for something.

        Raises
        ------
        StandFailed
            It was not so in time, or the stand ended.
        """
        until_s = time.monotonic() + wait_s
        while not is_so():
            if time.monotonic() > until_s:
                raise StandFailed(self.told(f"{what}: not within {wait_s:g} s"))
            if self._process is not None and self._process.poll() is not None:
                raise StandFailed(self.told(f"{what}: it ended"))
            time.sleep(LOOK_S)

    async def bus(self, user: str) -> Bus:
        """Return a connection as one of the bus's users."""
        address = BusAddress.read(self.folder, user)
        return await Bus.connect(address, site=self.site, name="bench")

    def ask(self, question: str, **given: object) -> dict[str, Any]:
        """Answer of `history` to a question; empty where it does not answer."""
        return asyncio.run(self._ask(question, given))

    def stored(self) -> int:
        """How many samples the history holds; -1 while it does not answer."""
        try:
            return int(self.ask("counts")["samples"])
        except (BusUnavailable, OSError, KeyError, ValueError):
            return -1

    async def _ask(self, question: str, given: dict[str, object]) -> dict[str, Any]:
        async with await self.bus("person") as bus:
            subject = f"lw.ask.{self.site}.history.{question}"
            data = await bus.ask(subject, json.dumps(given).encode(), timeout_s=20.0)
        found: dict[str, Any] = json.loads(data)
        return found

    def told(self, what: str) -> str:
        """What went wrong, and the end of every log."""
        logs = [self._log, *sorted((self.folder / "logs").glob("*.log"))]
        tails = [f"--- {log.name}\n{log.read_text(errors='replace')[-1200:]}" for log in logs]
        return "\n".join([f"the stand {what}", *tails])


def cpu_s(pid: int) -> float:
    """Processor time of a process and of its children that ended; 0 where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS_PER_S
