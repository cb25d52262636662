"""`python -m tools.page_pictures [demo] [twin]`: photographs our pages for README and docs.

`demo` plays the demo and takes its page; `twin` simulates a line of `plants/corridor` and takes
its report and its replay. Without a word: both. Needs Chromium and some minutes. The pictures are
of the real pages, in a real browser; nothing is drawn by hand.
"""

import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene
from tools.environment import ROOT, say

DESK = (1366, 900)
PHONE = (390, 844)
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
    return 0


def take_demo(folder: Path) -> None:
    """Write docs/page.png, docs/page-phone.png and docs/page-closed.png."""
    with Scene(folder) as scene:
        case = scene.wait_for("proposed")
        running = scene.running()
        with Browser.start() as browser:
            browser.open(f"{running['url']}/#key={running['key']}")
            browser.wait_for("document.querySelector('#confirm')")
            browser.picture(DOCS / "page.png", *DESK)
            browser.picture(DOCS / "page-phone.png", *PHONE)
            scene.answer(case["id"])
            browser.wait_for("document.querySelector('#case').innerText.includes('closed:')", 90.0)
            browser.picture(DOCS / "page-closed.png", *DESK)
    say("docs/page.png, docs/page-phone.png and docs/page-closed.png are new")


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
