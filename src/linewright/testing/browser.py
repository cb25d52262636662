"""A real browser for tests: headless Chromium, told what to do over a pipe.

    with Browser.start() as browser:
        browser.open(url)
        browser.wait_for("document.querySelector('button.confirm')")
        browser.click("button.confirm")
        browser.picture(tmp_path / "page.png", 1366, 900)

No driver and no network port: Chromium reads and writes JSON on two inherited descriptors.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, Self

__all__ = ["Browser", "BrowserFailed", "browser_path"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
"""Nothing is fetched that the page does not ask for."""

ANSWER_S = 30.0
"""Longest wait for one answer of the browser."""

END_S = 10.0
"""Longest orderly end."""

LOOK_S = 0.1
"""Between two looks at a page that is waited for."""

PAGE_LEFT = "navigated or closed"
"""What the browser answers where the page went away while it was asked."""

STAND_S = 0.05
"""Between two looks at whether an element stands where it stood."""

STAND_LOOKS = 20
"""Most looks; what moves all the time is pressed where it is then."""

READ_BYTES = 1 << 16

HIGH = 100
"""Descriptors from here on are free."""

ERRORS_MAX = 200
"""Most errors of a page that are kept; later ones say nothing new."""

KEYS = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    " ": (32, " "),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
}
"""Keys that may be pressed: the number of each, and what it writes."""


class BrowserFailed(AssertionError):
    """The browser did not do, or the page did not become, what was waited for."""


class _PageLeft(BrowserFailed):
    """The page went away while it was asked: another one comes in its place."""


def browser_path() -> str | None:
    """Where a Chromium is on this machine; None where there is none.

    Examples
    --------
    >>> browser_path() in (None, *map(shutil.which, NAMES))
    True
    """
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One page in one browser of its own; made by `start`, ended by leaving the `with`."""

    def __init__(self, pid: int, say: int, hear: int, home: str) -> None:
        self._pid = pid
        self._say, self._hear, self._home = say, hear, home
        self._numbers = 0
        self._heard = b""
        self._session = ""
        self._errors: list[str] = []

    @classmethod
    def start(cls) -> "Browser":
        """Start a browser with an empty page and an empty profile.

        Raises
        ------
        BrowserFailed
            There is none, or it does not answer.
        """
        path = browser_path()
        if path is None:
            raise BrowserFailed("there is no Chromium on this machine")
        home = tempfile.mkdtemp(prefix="linewright-browser-")
        their_in, say = os.pipe()
        hear, their_out = os.pipe()
        # Moved up first, so that neither stands on the number that the other one shall have.
        ends = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, HIGH) for each in (their_in, their_out)]
        pid = os.posix_spawn(
            path,
            [path, *FLAGS, f"--user-data-dir={home}", "about:blank"],
            os.environ,
            file_actions=[
                *((os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_RDWR, 0) for each in range(3)),
                *((os.POSIX_SPAWN_DUP2, end, 3 + n) for n, end in enumerate(ends)),
            ],
        )
        for each in (their_in, their_out, *ends):
            os.close(each)
        browser = cls(pid, say, hear, home)
        try:
            browser._attach()
        except BaseException:
            browser.close()
            raise
        return browser

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its profile."""
        os.kill(self._pid, signal.SIGTERM)
        until = time.monotonic() + END_S
        while os.waitpid(self._pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > until:
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(LOOK_S)
        os.close(self._say)
        os.close(self._hear)
        shutil.rmtree(self._home, ignore_errors=True)

    def open(self, url: str) -> None:
        """Go to an address and wait until its document is there."""
        self._ask("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    @property
    def pid(self) -> int:
        """Process id of the browser; what draws pages are processes below it."""
        return self._pid

    def errors(self) -> list[str]:
        """What the page put on its console as errors since this was asked last, and forget it."""
        self.run("0")  # what the page said before stands in the pipe before this answer
        found, self._errors = self._errors, []
        return found

    def begin_with(self, script: str) -> None:
        """Run a script in every new document from now on, before its own."""
        self._ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def cookie(self, url: str, name: str, value: str) -> None:
        """Give the browser a cookie of an address, as a server would."""
        self._ask(
            "Network.setCookie", url=url, name=name, value=value, httpOnly=True, sameSite="Strict"
        )

    def run(self, script: str) -> Any:  # noqa: ANN401  # whatever the page says
        """Value of an expression in the page.

        Raises
        ------
        BrowserFailed
            It raised an error there.
        """
        found = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            raise BrowserFailed(f"{script}: {found['exceptionDetails'].get('text')}")
        return found["result"].get("value")

    def wait_for(self, condition: str, wait_s: float = 20.0) -> None:
        """Wait until an expression is true in the page.

        Raises
        ------
        BrowserFailed
            It was not in time; the text of the page is in the message.
        """
        until = time.monotonic() + wait_s
        while not self._is_so(condition):
            if time.monotonic() > until:
                text = self.run("document.body.innerText")
                raise BrowserFailed(f"not true within {wait_s:g} s: {condition}\n{text}")
            time.sleep(LOOK_S)

    def _is_so(self, condition: str) -> bool:
        """Whether an expression is true; not of a page that another one takes the place of."""
        try:
            return bool(self.run(f"Boolean({condition})"))
        except _PageLeft:
            return False

    def click(self, selector: str) -> None:
        """Press the element that a selector finds, with the mouse, where it is drawn."""
        self.click_on(f"document.querySelector({json.dumps(selector)})")

    def click_on(self, element: str) -> None:
        """Press the element that an expression gives, with the mouse, where it is drawn.

        Raises
        ------
        BrowserFailed
            It gives none.
        """
        place = self._settled(element)
        at = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        self._ask("Input.dispatchMouseEvent", type="mousePressed", **at)
        self._ask("Input.dispatchMouseEvent", type="mouseReleased", **at)

    def _settled(self, element: str) -> list[float]:
        """Return the middle of an element, once it is the same at two looks.

        A page that has just got its values moves what stands below them: a person waits until it
        stands, and so do we, for `STAND_LOOKS` looks at most.
        """
        before: list[float] | None = None
        for _ in range(STAND_LOOKS):
            place: list[float] | None = self.run(
                f"(() => {{ const one = {element};"
                " if (!one) return null; one.scrollIntoView({block: 'center'});"
                " const box = one.getBoundingClientRect();"
                " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
            )
            if place is None:
                raise BrowserFailed(f"nothing is found by {element}")
            if place == before:
                break
            before = place
            time.sleep(STAND_S)
        assert before is not None, "an element that is found has a place"
        return before

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release one of `KEYS`."""
        number, text = KEYS[key]
        code = "Space" if key == " " else key
        told = {
            "key": key,
            "code": code,
            "windowsVirtualKeyCode": number,
            "modifiers": 8 if shift else 0,
        }
        self._ask("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        self._ask("Input.dispatchKeyEvent", type="keyUp", **told)

    def write(self, text: str) -> None:
        """Write into what has the focus."""
        self._ask("Input.insertText", text=text)

    def picture(self, file: Path, width: int, height: int, *, dark: bool = False) -> None:
        """Write a PNG of the page as a screen of this size shows it, in pixels."""
        self.screen(width, height, dark=dark)
        time.sleep(LOOK_S)
        found = self._ask("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(found["data"]))

    def screen(self, width: int, height: int, *, dark: bool = False) -> None:
        """Make the screen so many pixels wide and high, light or dark."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])

    def _attach(self) -> None:
        pages = self._ask("Target.getTargets")["targetInfos"]
        page = next(each["targetId"] for each in pages if each["type"] == "page")
        attached = self._ask("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for each in ("Page", "Runtime", "Log"):
            self._ask(f"{each}.enable")

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
        """Answer of the browser to one request."""
        self._numbers += 1
        request = {"id": self._numbers, "method": method, "params": params}
        if self._session:
            request["sessionId"] = self._session
        os.write(self._say, json.dumps(request).encode() + b"\0")
        until = time.monotonic() + ANSWER_S
        while True:
            message = self._next(until, method)
            if message.get("id") != self._numbers:
                self._note(message)
                continue
            if "error" in message:
                why = str(message["error"].get("message"))
                raise (_PageLeft if PAGE_LEFT in why else BrowserFailed)(f"{method}: {why}")
            return dict(message["result"])

    def _note(self, event: dict[str, Any]) -> None:
        """Keep what the page says of itself that it should not have to."""
        told = event.get("params", {})
        text = ""
        match event.get("method"):
            case "Runtime.exceptionThrown":
                of = told["exceptionDetails"]
                text = of.get("exception", {}).get("description", of.get("text", ""))
            case "Runtime.consoleAPICalled" if told["type"] in {"error", "assert"}:
                said = [each.get("value", each.get("description")) for each in told["args"]]
                text = " ".join(map(str, said))
            case "Log.entryAdded" if told["entry"]["level"] == "error":
                text = f"{told['entry']['text']} {told['entry'].get('url', '')}".strip()
        if text and len(self._errors) < ERRORS_MAX:
            self._errors.append(text)

    def _next(self, until: float, method: str) -> dict[str, Any]:
        """Next message of the browser."""
        while b"\0" not in self._heard:
            left_s = until - time.monotonic()
            ready = left_s > 0 and select.select([self._hear], [], [], left_s)[0]
            data = os.read(self._hear, READ_BYTES) if ready else b""
            if not data:
                raise BrowserFailed(f"{method}: the browser does not answer")
            self._heard += data
        message, _, self._heard = self._heard.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found
