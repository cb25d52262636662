"""How soon the Line page is painted in a browser that has never seen it, and how large that is.

The time is that from the navigation to the first paint in which the stations of the line stand,
each with its state; the first contentful paint, which is earlier and of the frame, stands beside.
"""

import gzip
import statistics
import time
from typing import Any

from benchmarks.measure import Claim, note
from benchmarks.web.stand import Stand
from linewright.testing.browser import Browser
from tools.bundle import BUNDLE
from tools.environment import ROOT

__all__ = ["measure_paint"]

ROUNDS = 5

PAINTED = """
(() => {
  const look = () => {
    const stages = [...document.querySelectorAll(".flow .stage .state")];
    if (stages.length < 4 || !stages.every((one) => one.textContent.trim())) return false;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.painted = performance.now();
    }));
    return true;
  };
  const watcher = new MutationObserver(() => look() && watcher.disconnect());
  watcher.observe(document, { subtree: true, childList: true, characterData: true });
})();
"""
"""The frame after the one in which the stations are drawn has begun: they have been painted."""

LOADED = """
performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname)
  .filter((path) => !path.startsWith("/api/"))
"""

FIRST = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def measure_paint(stand: Stand) -> list[Claim]:
    """Open the Line page of the demo in five browsers that are new."""
    line = next(iter(stand.get("/api/plant")["groups"]))
    rounds = [_opened(stand, f"/line/{line}") for _ in range(ROUNDS)]
    painted = statistics.median(each["painted_s"] for each in rounds)
    first = statistics.median(each["first_s"] for each in rounds)
    files = sorted({"/index.html", *rounds[0]["files"]})
    sizes = {path: _gzip_bytes(path) for path in files}
    kilobytes = sum(sizes.values()) / 1000
    note(f"paint: stations {painted:.2f} s, first content {first:.2f} s; {kilobytes:.0f} kB")
    right = all(each["right"] for each in rounds)
    has_line = any("/Line-" in path and path.endswith(".js") for path in files)
    return [
        Claim(
            name="first_paint",
            value=painted,
            unit="s",
            correct=right,
            rows=tuple({k: each[k] for k in ("painted_s", "first_s")} for each in rounds),
        ),
        Claim(
            name="first_page_bundle_gzip",
            value=kilobytes,
            unit="kB",
            correct=right and has_line and all(sizes.values()),
            rows=tuple({"file": path, "bytes": size} for path, size in sizes.items()),
        ),
    ]


def _opened(stand: Stand, path: str) -> dict[str, Any]:
    with Browser.start() as browser:
        browser.screen(1366, 900)
        name, _, value = stand.session().partition("=")
        browser.cookie(stand.url, name, value)
        browser.begin_with(PAINTED)
        time.sleep(1.0)  # what a browser does at its own start is over
        browser.open(stand.url + path)
        browser.wait_for("window.painted", 30.0)
        text = browser.run("document.querySelector('main').innerText")
        return {
            "painted_s": browser.run("window.painted") / 1000,
            "first_s": browser.run(FIRST) / 1000,
            "files": browser.run(LOADED),
            "right": browser.run("location.pathname") == path
            and any(letter.isdigit() for letter in text),
        }


def _gzip_bytes(path: str) -> int:
    """Size of a file of the bundle as gzip sends it; 0 where there is none."""
    file = ROOT / BUNDLE / path.lstrip("/")
    if not file.is_file():
        return 0
    packed = file.with_name(file.name + ".gz")
    if packed.is_file():
        return packed.stat().st_size
    return len(gzip.compress(file.read_bytes(), 9))
