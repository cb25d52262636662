"""`python -m tools.page_pictures [demo] [twin] [screens]`: photographs our pages for the docs.

`demo` plays the demo and takes its page; `twin` simulates a line of `plants/corridor` and takes
its report and its replay; `screens` takes every page of the application and writes docs/screens.md
from them. Without a word: all. Needs Chromium and some minutes. The pictures are of the real
pages, in a real browser; nothing is drawn by hand.
"""

import json
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene
from tools.environment import ROOT, say
from tools.visits import Place, go, visits

DESK = (1366, 900)
PHONE = (390, 844)
WALL = (1920, 1080)
LINE = "nogales/machining/bracket"
TAG = f"{LINE}/mill#spindle_temp"
LAST_DAY = "2026-11-25"
"""The last whole day of the past of the demo."""

DOCS = ROOT / "docs"
COLOURS = 64
"""Of a picture: our pages are grey, and an eighth of the bytes is worth the rest."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY = 3
"""Bits of each channel that colours are gathered by."""
WAIT_S = 300.0
"""Longest command of the twin, its first compilation included."""

WEEKS = ("--from", "2026-11-09", "--hours", "504")
"""Three weeks of which the first one has no holiday."""
AXLE = ("plants/corridor", "nogales/assembly/axle", *WEEKS, "--warm-up", "24h")
SITE = ("plants/corridor", "nogales", *WEEKS, "--warm-up", "168h")
SCENARIOS = """\
scenarios:
  room: {label: Six places before the rig, set: {nogales/assembly/axle/fill-run.places: 6}}
  cell: {label: A third test cell, set: {nogales/assembly/axle/run.places: 3}}
"""
PLAYED_MS = 40 * 3600 * 1000
"""Moment of the replay of the line that is shown: the second afternoon."""
SITE_PLAYED_MS = 80 * 3600 * 1000
"""Moment of the replay of the site: Thursday morning."""


def main(words: list[str]) -> int:
    """Write the pictures that are asked for."""
    if browser_path() is None:
        say("there is no Chromium here, so there are no new pictures")
        return 1
    with tempfile.TemporaryDirectory(prefix="linewright-") as folder:
        if not words or "demo" in words:
            take_demo(Path(folder) / "demo")
        if not words or "twin" in words:
            take_twin(Path(folder))
        if not words or "screens" in words:
            take_screens(Path(folder) / "screens")
    return 0


def take_demo(folder: Path) -> None:
    """Write docs/page*.png: line, board and phone, the case as it asks and as it is closed."""
    with Scene(folder) as scene:
        case = scene.wait_for("proposed")
        running = scene.running()
        with Browser.start() as browser:
            browser.open(f"{running['url']}/#key={running['key']}")
            browser.wait_for("document.querySelectorAll('.flow .stage').length === 4")
            taken = [picture(browser, "page-phone", PHONE), picture(browser, "page", DESK)]
            browser.click(".rail a[href^='/andon/']")
            browser.wait_for("document.querySelectorAll('.tile').length === 4")
            taken.append(picture(browser, "page-board", WALL))
            browser.open(f"{running['url']}/cases/{case['id']}")
            browser.wait_for("document.querySelector('.answer button.main')")
            taken.append(picture(browser, "page-case", DESK))
            scene.answer(case["id"])
            browser.wait_for("document.querySelector('main').innerText.includes('closed:')", 90.0)
            taken.append(picture(browser, "page-closed", DESK))
    say(f"new: {', '.join(taken)}")


def take_screens(folder: Path) -> None:
    """Write docs/screens/*.png, each page on a desk, a phone and some in the dark, and the page."""
    (DOCS / "screens").mkdir(exist_ok=True)
    taken = []
    with Scene(folder, past=True) as scene, Browser.start() as browser:
        case = scene.wait_for("proposed", WAIT_S)
        running = scene.running()
        browser.screen(*DESK)
        browser.open(f"{running['url']}/#key={running['key']}")
        browser.wait_for("document.querySelectorAll('.flow .stage').length === 4", WAIT_S)
        for visit in visits(Place(LINE, f"{LINE}/mill", TAG, case["id"], LAST_DAY)):
            browser.screen(*DESK)
            go(browser, visit, WAIT_S)
            size = WALL if visit.page == "andon" else DESK
            picture(browser, f"screens/{visit.page}", size)
            picture(browser, f"screens/{visit.page}-phone", PHONE)
            taken.append(visit.page)
    words = json.loads((ROOT / "web/src/words/en.json").read_text(encoding="utf-8"))
    (DOCS / "screens.md").write_text(screens_page(taken, words), encoding="utf-8")
    say(f"new: docs/screens.md, {', '.join(taken)}")


def screens_page(pages: Sequence[str], words: Mapping[str, str]) -> str:
    """Text of docs/screens.md: each page with its pictures.

    Examples
    --------
    >>> "screens/line-phone.png" in screens_page(["line"], {"nav.line": "Line"})
    True
    """
    parts = [
        "# Screens\n",
        "<!-- Written by `python -m tools.page_pictures screens`, which takes the pictures. -->\n",
        """Every page of the web application, of the running demo: at a desk (the board on a wall)
and on a phone.
""",
    ]
    for name in pages:
        title = words.get(f"nav.{name}", name.capitalize())
        parts.append(f"## {title}\n")
        parts.append(f"![{title}](screens/{name}.png)\n")
        parts.append(f'<img src="screens/{name}-phone.png" alt="{title} on a phone" width="280">\n')
    return "\n".join(parts)


def take_twin(folder: Path) -> None:
    """Write docs/twin-report.png, its phone and scenarios, and the replays of line and site."""
    names = ("one", "two", "three", "four")
    report, compared, replay, site = (folder / f"{name}.html" for name in names)
    ideas = folder / "ideas.yaml"
    ideas.write_text(SCENARIOS, "utf-8")
    run("simulate", *AXLE, "--report", str(report), "--replay", str(replay))
    run("simulate", *SITE, "--replications", "5", "--replay", str(site))
    run("experiment", *AXLE, "--scenario", str(ideas), "--report", str(compared))
    with Browser.start() as browser:
        browser.open(report.as_uri())
        taken = [picture(browser, "twin-report", DESK), picture(browser, "twin-phone", PHONE)]
        browser.open(compared.as_uri())
        browser.picture(folder / "unused.png", *DESK)
        browser.run("document.getElementById('scenarios').scrollIntoView()")
        taken.append(picture(browser, "twin-scenarios", DESK))
        browser.open(replay.as_uri())
        browser.run(f"linewrightReplay.goTo({PLAYED_MS})")
        taken.append(picture(browser, "twin-replay", (DESK[0], 700)))
        browser.open(site.as_uri())
        browser.run(f"linewrightReplay.goTo({SITE_PLAYED_MS})")
        taken.append(picture(browser, "twin-site", (DESK[0], 1000)))
    say(f"new: {', '.join(taken)}")


def run(*words: str) -> None:
    """Run a command of linewright in the checkout."""
    command = [sys.executable, "-m", "linewright", *words]
    subprocess.run(command, cwd=ROOT, check=True, timeout=WAIT_S, stdout=subprocess.DEVNULL)


def picture(browser: Browser, name: str, size: tuple[int, int]) -> str:
    """Write a small picture of what the browser shows, and return its name."""
    file = DOCS / f"{name}.png"
    browser.picture(file, *size)
    file.write_bytes(with_palette(file.read_bytes()))
    return file.name


def with_palette(png: bytes) -> bytes:
    """Return a PNG with its most frequent colours only, each other one as the nearest of them.

    Parameters
    ----------
    png
        Of eight bits and three or four channels, not interlaced, as a browser writes it.
    """
    pixels = pixels_of(png)
    keys = (pixels >> GREY).astype(np.int64) @ np.array([1 << 10, 1 << 5, 1])
    found, first, counts = np.unique(keys, return_index=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[:COLOURS]
    colours = pixels.reshape(-1, 3)[first].astype(np.int64)
    apart = ((colours[:, None, :] - colours[None, kept, :]) ** 2).sum(axis=2)
    places = apart.argmin(axis=1).astype(np.uint8)[np.searchsorted(found, keys)]
    height, width = places.shape
    rows = np.hstack([np.zeros((height, 1), np.uint8), places])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = colours[kept].astype(np.uint8).tobytes()
    body = zlib.compress(rows.tobytes(), 9)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", body), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(name, data) for name, data in parts)


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG, with its length and its check."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pixels_of(png: bytes) -> NDArray[np.uint8]:
    """Return red, green and blue of each pixel, by row and column."""
    assert png.startswith(SIGNATURE), "no PNG"
    at, packed, width, height, channels = len(SIGNATURE), b"", 0, 0, 3
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, _, kind = struct.unpack(">IIBB", data[:10])
            channels = 4 if kind == 6 else 3  # noqa: PLR2004  # the kinds of the format
        packed += data if name == b"IDAT" else b""
        at += length + 12
    raw = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, -1)
    rows = np.zeros((height + 1, width, channels), np.uint8)
    for k in range(height):
        line = raw[k, 1:].reshape(width, channels)
        rows[k + 1] = unfiltered(int(raw[k, 0]), line, rows[k])
    return rows[1:, :, :3]


def unfiltered(way: int, line: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a row of pixels from what stands for it in the file; `way` is that of PNG, 0 to 4."""
    if way == 0:
        return line
    if way == 1:
        return np.cumsum(line, axis=0, dtype=np.uint8)
    if way == 2:  # noqa: PLR2004  # the numbers of the format
        return line + above
    made = np.zeros_like(line)
    left, corner = np.zeros(line.shape[1], np.int64), np.zeros(line.shape[1], np.int64)
    for k, (here, up) in enumerate(zip(line.astype(np.int64), above.astype(np.int64), strict=True)):
        if way == 3:  # noqa: PLR2004  # the numbers of the format
            guess = (left + up) // 2
        else:
            ends = np.abs(np.stack([up - corner, left - corner, left + up - 2 * corner]))
            best = ends.argmin(axis=0)
            guess = np.where(best == 0, left, np.where(best == 1, up, corner))
        left, corner = (here + guess) % 256, up
        made[k] = left
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
