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
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene
from tools.environment import ROOT, say
from tools.visits import Place, Visit, go, visits

DESK = (1366, 900)
PHONE = (390, 844)
TABLET = (1280, 800)
WALL = (1920, 1080)
LARGE_WALL = (3840, 2160)
LINE = "nogales/machining/bracket"
TAG = f"{LINE}/mill#spindle_temp"
LAST_DAY = "2026-11-25"
"""The last whole day of the past of the demo."""

DOCS = ROOT / "docs"
COLOURS = 256
"""Of a picture: as many as a byte names."""
COLOURS_MIN = 12
"""Fewer would not show what a colour means."""
BYTES_MAX = 150_000
"""Of a picture: a page of the docs has many."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY = 3
"""Bits of each channel that colours are gathered by."""
DRAWN_S = 1.0
"""After a page has its values, small charts still draw theirs."""
SHOWS_THEME = "document.documentElement.dataset.theme === '{name}'"
FRESH = "!document.querySelector('.greyed')"
TITLES = {"calls-open": "Calls that are open", "calls": "Calls, history"}
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


class Look(NamedTuple):
    """A screen that a page is photographed on."""

    name: str
    size: tuple[int, int]
    dark: bool = False
    says: str = ""
    """What is said below the picture."""

    def file(self, page: str) -> str:
        """Return the name of the picture of a page, without folder and ending.

        Examples
        --------
        >>> Look("phone", PHONE).file("line"), Look("", DESK).file("line")
        ('line-phone', 'line')
        """
        return f"{page}-{self.name}" if self.name else page


AT_DESK = Look("", DESK)
ON_PHONE = Look("phone", PHONE, says="on a phone")
IN_DARK = Look("dark", DESK, dark=True, says="in the dark")
ON_TABLET = Look("tablet", TABLET, says="on a 10-inch tablet")
ON_WALL = Look("", WALL)
ON_LARGE_WALL = Look("4k", LARGE_WALL, says="on a wall of 3840 x 2160")

ON_THE_FLOOR = frozenset(["line", "hours", "stops", "alarms", "calls-open", "station"])
"""Pages that people use on a tablet beside the machine."""

AT_NIGHT = frozenset(["line", "stops", "calls-open", "trend"])
"""Pages that are shown dark, too."""


def looks(page: str) -> tuple[Look, ...]:
    """Return the screens that matter for a page.

    Examples
    --------
    >>> [each.name for each in looks("andon")]
    ['', 'phone', '4k']
    """
    if page == "andon":
        return ON_WALL, ON_PHONE, ON_LARGE_WALL
    tablet = (ON_TABLET,) if page in ON_THE_FLOOR else ()
    dark = (IN_DARK,) if page in AT_NIGHT else ()
    return AT_DESK, ON_PHONE, *tablet, *dark


def shown(place: Place) -> list[Visit]:
    """Return every page, and the open calls beside their history."""
    found = list(visits(place))
    at = next(n for n, each in enumerate(found) if each.page == "calls")
    open_calls = Visit(
        "calls-open", f"/calls/{place.line}", "document.querySelector('.call-row .call-clock')"
    )
    return [*found[:at], open_calls, *found[at:]]


def take_screens(folder: Path) -> None:
    """Write docs/screens/*.png, each page on every screen that matters for it, and the page."""
    (DOCS / "screens").mkdir(exist_ok=True)
    taken: list[str] = []
    files: list[Path] = []
    with Scene(folder, past=True) as scene, Browser.start() as browser:
        case = scene.wait_for("proposed", WAIT_S)
        running = scene.running()
        browser.screen(*DESK)
        browser.open(f"{running['url']}/#key={running['key']}")
        browser.wait_for("document.querySelectorAll('.flow .stage').length === 4", WAIT_S)
        for visit in shown(Place(LINE, f"{LINE}/mill", TAG, case["id"], LAST_DAY)):
            for look in looks(visit.page):
                browser.screen(*look.size, dark=look.dark)
                go(browser, visit, WAIT_S)
                browser.wait_for(SHOWS_THEME.format(name="dark" if look.dark else "light"))
                time.sleep(DRAWN_S)
                browser.wait_for(FRESH, WAIT_S)  # a large picture may have kept the machines busy
                files.append(DOCS / "screens" / f"{look.file(visit.page)}.png")
                browser.picture(files[-1], *look.size, dark=look.dark)
            taken.append(visit.page)
    for file in files:  # once nothing else has to run
        shrink(file)
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
        """Every page of the web application, of the running demo with two days of past: at a desk
of 1366 x 900 (the board on a wall of 1920 x 1080), on a phone of 390 x 844, and where people use it
so, on a 10-inch tablet, on a wall of 3840 x 2160 and in the dark.
""",
    ]
    for name in pages:
        title = TITLES.get(name) or words.get(f"nav.{name}", name.capitalize())
        first, *others = looks(name)
        parts.append(f"## {title}\n")
        parts.append(f"![{title}](screens/{first.file(name)}.png)\n")
        for each in others:
            width = 280 if each is ON_PHONE else 640
            alt = f"{title} {each.says}"
            parts.append(f'<img src="screens/{each.file(name)}.png" alt="{alt}" width="{width}">')
        parts.append("")
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
    shrink(file)
    return file.name


def shrink(file: Path) -> None:
    """Write a picture again with few colours, and with fewer where it is still large."""
    taken, colours = file.read_bytes(), COLOURS
    found = with_palette(taken)
    while len(found) > BYTES_MAX and colours > COLOURS_MIN:
        colours //= 2
        found = with_palette(taken, colours)
    file.write_bytes(found)


def with_palette(png: bytes, most: int = COLOURS) -> bytes:
    """Return a PNG with few of its colours, each other one as the nearest of them.

    Half are the most frequent ones. The others are each the farthest from all before: a colour
    that is rare, and means something, keeps its hue.

    Parameters
    ----------
    png
        Of eight bits and three or four channels, not interlaced, as a browser writes it.
    most
        Colours that are kept.
    """
    pixels = pixels_of(png)
    keys = (pixels >> GREY).astype(np.int64) @ np.array([1 << 10, 1 << 5, 1])
    found, first, counts = np.unique(keys, return_index=True, return_counts=True)
    colours = pixels.reshape(-1, 3)[first].astype(np.int64)
    kept = _palette(colours, np.argsort(-counts, kind="stable")[: (most + 1) // 2], most)
    apart = ((colours[:, None, :] - colours[None, kept, :]) ** 2).sum(axis=2)
    places = apart.argmin(axis=1).astype(np.uint8)[np.searchsorted(found, keys)]
    height, width = places.shape
    rows = np.hstack([np.zeros((height, 1), np.uint8), places])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = colours[kept].astype(np.uint8).tobytes()
    body = zlib.compress(rows.tobytes(), 9)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", body), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(name, data) for name, data in parts)


def _palette(colours: NDArray[np.int64], frequent: NDArray[np.int64], most: int) -> list[int]:
    """Return which colours are kept: the frequent ones, and those farthest from all before."""
    kept = [int(each) for each in frequent]
    apart = ((colours[:, None, :] - colours[None, kept, :]) ** 2).sum(axis=2).min(axis=1)
    while len(kept) < most and apart.max() > 0:
        kept.append(int(apart.argmax()))
        apart = np.minimum(apart, ((colours - colours[kept[-1]]) ** 2).sum(axis=1))
    return kept


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
    for channel in range(line.shape[1]):
        here, over = line[:, channel].tolist(), above[:, channel].tolist()
        made[:, channel] = (averaged if way == 3 else guessed)(here, over)  # noqa: PLR2004  # as above
    return made


def averaged(line: list[int], above: list[int]) -> list[int]:
    """Return a channel of a row that was told as a difference to the mean of left and above.

    Examples
    --------
    >>> averaged([4, 2], [2, 4])
    [5, 6]
    """
    left, made = 0, []
    for here, up in zip(line, above, strict=True):
        left = (here + (left + up) // 2) % 256
        made.append(left)
    return made


def guessed(line: list[int], above: list[int]) -> list[int]:
    """Return a channel of a row that was told as a difference to the best guess (Paeth).

    Examples
    --------
    >>> guessed([1, 0], [5, 9])
    [6, 9]
    """
    left, corner, made = 0, 0, []
    for here, up in zip(line, above, strict=True):
        by_left, by_up = abs(up - corner), abs(left - corner)
        by_corner = abs(left + up - 2 * corner)
        if by_left <= by_up and by_left <= by_corner:
            guess = left
        else:
            guess = up if by_up <= by_corner else corner
        left, corner = (here + guess) % 256, up
        made.append(left)
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
