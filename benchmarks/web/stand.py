"""A stand of the web benchmark: `linewright up` or `demo` in processes of its own, and a browser.

with Stand(folder, UP_CORRIDOR) as stand:
    stand.wait_until(lambda: stand.get("/api/line", address=line), "the line")
    with stand.browser() as browser:
        ...
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from benchmarks.live_path.stand import cpu_s
from linewright.testing.browser import Browser, BrowserFailed
from tools.environment import ROOT

__all__ = ["CORRIDOR", "DEMO", "LINE", "Stand", "StandFailed", "renderers", "share_of_core"]

CORRIDOR = ("up", "plants/corridor", "--site", "nogales", "--emulate")
"""Fifteen machines and more, at the speed of life."""

DEMO = ("demo",)

LINE = "nogales/assembly/axle"

START_S = 300.0
"""Longest start: the demo plays its past first, and the machine may be busy."""

END_S = 60.0
LOOK_S = 0.1
ASK_S = 20.0


class StandFailed(RuntimeError):
    """The stand did not do what was waited for; the tails of its logs are in it."""


class Stand:
    """A site that is up; started by `with`, ended by leaving it.

    Parameters
    ----------
    folder
        Empty; the data folder is made in it.
    words
        Command of linewright and its arguments, without data folder and port.
    """

    def __init__(self, folder: Path, words: tuple[str, ...]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder / "data"
        self._words = (*words, "--data", str(self.folder), "--port", "0")
        self._log = folder / "up.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "linewright", *self._words],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_until(self.answers, "the page answers", START_S)
        except BaseException:
            self.__exit__()
            raise
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

    def running(self) -> dict[str, Any]:
        """What `up.json` says; empty while there is none."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "up.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    @property
    def url(self) -> str:
        """Where the page is."""
        return str(self.running()["url"]).rstrip("/")

    @property
    def key(self) -> str:
        """The local key."""
        return str(self.running()["key"])

    def pid(self, service: str) -> int:
        """Process id of a service."""
        return int(self.running()["pids"][service])

    def answers(self) -> bool:
        """Whether the server answers what the plant is."""
        try:
            return bool(self.running().get("url")) and bool(self.get("/api/plant"))
        except (OSError, ValueError, StandFailed):
            return False

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401  # JSON
        """Answer of a route."""
        tail = "?" + urllib.parse.urlencode(query, safe="/,:") if query else ""
        return self.ask("GET", path + tail)[1]

    def ask(
        self, method: str, path: str, body: object = None, cookie: str = "", csrf: str = ""
    ) -> tuple[int, Any]:
        """Status and answer of a route, by the key or by the session of a cookie."""
        headers = {"content-type": "application/json"}
        if cookie:
            headers |= {"cookie": cookie, "origin": self.url}
            headers |= {"x-linewright-csrf": csrf} if csrf else {}
        else:
            headers["authorization"] = f"Bearer {self.key}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  # ours
            self.url + path, data=data, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=ASK_S) as reply:  # noqa: S310  # ours
                return int(reply.status), _read(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code), _read(error.read())

    def session(self) -> str:
        """Cookie `name=value` of a new session of the person of the key."""
        request = urllib.request.Request(  # noqa: S310  # ours
            f"{self.url}/api/key",
            data=json.dumps({"key": self.key}).encode(),
            headers={"content-type": "application/json", "origin": self.url},
        )
        with urllib.request.urlopen(request, timeout=ASK_S) as reply:  # noqa: S310  # ours
            said = str(reply.headers["set-cookie"])
        return said.partition(";")[0]

    def browser(
        self, *, at: str = "/sites", ready: str = "document.querySelector('main h1')"
    ) -> Browser:
        """Return a new browser that is signed in and stands at a page."""
        found = Browser.start()
        try:
            found.screen(1366, 900)
            name, _, value = self.session().partition("=")
            found.cookie(self.url, name, value)
            found.open(self.url + at)
            found.wait_for(ready, START_S / 5)
        except BaseException:
            found.close()
            raise
        return found

    def wait_until(self, is_so: Callable[[], object], what: str, wait_s: float = 60.0) -> None:
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

    def kill(self, service: str) -> float:
        """Kill a service with SIGKILL; the wall time of it, s since 1970."""
        pid = self.pid(service)
        now_s = time.time()
        os.kill(pid, signal.SIGKILL)
        return now_s

    def hang(self, service: str) -> tuple[int, float]:
        """Stop a service with SIGSTOP; its process and the wall time of it, s since 1970."""
        pid = self.pid(service)
        now_s = time.time()
        os.kill(pid, signal.SIGSTOP)
        return pid, now_s

    def log(self) -> str:
        """What the command printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def told(self, what: str) -> str:
        """What went wrong, and the end of every log."""
        logs = [self._log, *sorted((self.folder / "logs").glob("*.log"))]
        tails = [f"--- {x.name}\n{x.read_text(errors='replace')[-1000:]}" for x in logs]
        return "\n".join([what, *tails])


def renderers(browser: Browser) -> list[int]:
    """Processes below a browser that draw pages."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").split()
            if b"--type=renderer" in words and _is_below(int(entry.name), browser.pid):
                found.append(int(entry.name))
        except OSError:
            continue  # it ended while it was looked at
    if not found:
        raise BrowserFailed("the browser draws in no process of its own")
    return found


def share_of_core(pids: list[int], for_s: float) -> float:
    """Processor time of some processes over a time, in cores."""
    before, begun = sum(map(cpu_s, pids)), time.monotonic()
    time.sleep(for_s)
    return (sum(map(cpu_s, pids)) - before) / (time.monotonic() - begun)


def _is_below(pid: int, above: int) -> bool:
    for _ in range(20):  # no browser nests deeper
        if pid == above:
            return True
        if pid <= 1:
            return False
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def _read(data: bytes) -> Any:  # noqa: ANN401  # JSON, or text where it is none
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")
