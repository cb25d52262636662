"""The demo as the tests of the pages ask it: by the same routes as its pages, with its key."""

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene
from tools import bundle
from tools.environment import ROOT
from tools.visits import Place, Visit, go, visits

LINE = "nogales/machining/bracket"
STATION = f"{LINE}/mill"
TAG = f"{STATION}#spindle_temp"
LAST_DAY = "2026-11-25"
"""The last whole day of the past of the demo."""

WAIT_S = 30.0

NEEDED = [
    pytest.mark.xdist_group("web"),
    pytest.mark.skipif(browser_path() is None, reason="no Chromium here; `.ci/run` installs it"),
    pytest.mark.skipif(
        not bundle.is_built(), reason="the web application is not built: `make house` builds it"
    ),
]
"""Marks of every test of the pages."""

WORDS: dict[str, Any] = json.loads(
    (Path(ROOT) / "web" / "src" / "words" / "en.json").read_text(encoding="utf-8")
)
KEY = re.compile(r"(?<![\w./-])[a-z]\w*(?:\.\w+)+(?![\w/-])")


class Site:
    """A demo that runs, and what its server says.

    Parameters
    ----------
    scene
        The demo.
    case
        Id of the case that waits for an answer.
    """

    def __init__(self, scene: Scene, case: str) -> None:
        self.scene = scene
        self.case = case

    @cached_property
    def url(self) -> str:
        """Where the page is."""
        return str(self.scene.running()["url"]).rstrip("/")

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401  # JSON
        """Answer of a route."""
        tail = "?" + urllib.parse.urlencode(query) if query else ""
        known = {"authorization": f"Bearer {self.scene.running()['key']}"}
        asked = urllib.request.Request(self.url + path + tail, headers=known)  # noqa: S310  # ours
        with urllib.request.urlopen(asked, timeout=20) as reply:  # noqa: S310  # ours
            return json.load(reply)

    def until(self, found: Callable[[], Any], wait_s: float = WAIT_S) -> Any:  # noqa: ANN401  # JSON
        """What is waited for, once it is there; fails where it does not come."""
        until_s = time.monotonic() + wait_s
        while True:
            value = found()
            if value:
                return value
            assert time.monotonic() < until_s, f"not within {wait_s:g} s"
            time.sleep(0.2)

    def visit(self, page: str) -> Visit:
        """How a page is visited."""
        place = Place(LINE, STATION, TAG, self.case, LAST_DAY)
        return next(each for each in visits(place) if each.page == page)


def shown(browser: Browser, path: str, ready: str) -> None:
    """Go to an address of the application, and wait until something holds there."""
    go(browser, Visit("", path, ready))


def by_text(selector: str, text: str) -> str:
    """Expression for the first element of a selector that holds such a text."""
    return (
        f"[...document.querySelectorAll({json.dumps(selector)})]"
        f".find((one) => one.offsetParent !== null && one.textContent.includes({json.dumps(text)}))"
    )


def word(key: str, **values: object) -> str:
    """English words of a key, as the page says them."""
    found = WORDS[key]
    text = str(found if isinstance(found, str) else found["other"])
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def keys_in(text: str) -> set[str]:
    """Keys of words that stand on a page in place of the words."""
    return {found for found in KEY.findall(text) if found in WORDS}
