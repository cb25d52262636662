"""How soon a window that holds a million rows of one tag is drawn.

The rows are stored before the site starts, and compacted, as all are that are two days old. The
page stands at a minute of them; then its address changes to the whole of them, and the time runs
until the chart is drawn from all of them: the page says how many rows stand behind its lines. One
row is a spike: thinning out must not lose it.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.live_path.history_part import Rows, frames
from benchmarks.measure import Claim, note
from benchmarks.web.lost_part import DRAWING
from benchmarks.web.stand import Stand
from linewright.bus import Bus, BusAddress
from linewright.history import Writer
from linewright.testing.browser import Browser
from linewright.testing.machines import free_port

__all__ = ["measure_points"]

ROWS = 1_000_000
EVERY_NS = 100_000_000
FIRST_NS = (time.time_ns() // 86_400_000_000_000 - 2) * 86_400_000_000_000
"""Two days ago: all of it is past, and kept."""

SPIKE_AT = 654_321
SPIKE = 1000.0
ROUNDS = 5
QUICK_ROUNDS = 3
POINTS = 3_000
STATION = "nogales/shop/bench/source0"
TAG = f"{STATION}#v0"
BATCH = 50_000

SHOW = """
((path) => {
  window.shownAfter = 0;
  const begun = performance.now();
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  const look = () => {
    const rows = Number(document.querySelector(".legend .num").textContent.replace(/[^0-9]/g, ""));
    const busy = document.querySelector(".legend [role=status]").textContent;
    const drawn = window.drawn?.at > begun && window.drawn.points.length > 1000;
    if (rows >= %d && !busy && drawn) window.shownAfter = performance.now() - begun;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})(%r)
"""


def measure_points(*, quick: bool) -> list[Claim]:
    """Store the rows, start the site, and go to their window in a page that was opened anew."""
    with tempfile.TemporaryDirectory(prefix="linewright-") as name:
        folder = Path(name)
        _store(folder / "up" / "data" / "history")
        file = folder / "plant.yaml"
        file.write_text(json.dumps(_plant()), encoding="utf-8")
        with Stand(folder / "up", ("up", str(file), "--site", "nogales")) as stand:
            stand.wait_until(lambda: asyncio.run(_is_compacted(stand.folder)), "Parquet", 120.0)
            return [_measured(stand, QUICK_ROUNDS if quick else ROUNDS)]


async def _is_compacted(folder: Path) -> bool:
    """Whether the history has compacted what was stored: that is told once it is done."""
    address = BusAddress.read(folder, "person")
    async with await Bus.connect(address, site="nogales", name="bench") as bus:
        found = json.loads(await bus.ask("lw.ask.nogales.history.state", b"{}", timeout_s=10.0))
    return bool(found.get("compacted_ns"))


def _measured(stand: Stand, rounds: int) -> Claim:
    from_ms = FIRST_NS // 1_000_000
    until_ms = from_ms + ROWS * EVERY_NS // 1_000_000
    tag = TAG.replace("#", "%23")
    took = []
    with Browser.start() as browser:
        browser.screen(1366, 900)
        browser.begin_with(DRAWING)
        name, _, value = stand.session().partition("=")
        browser.cookie(stand.url, name, value)
        for _ in range(rounds):
            browser.open(f"{stand.url}/trend?tags={tag}&from={from_ms}&until={from_ms + 60_000}")
            browser.wait_for("window.drawn", 60.0)
            browser.run(SHOW % (ROWS, f"/trend?tags={tag}&from={from_ms}&until={until_ms}"))
            browser.wait_for("window.shownAfter", 60.0)
            took.append(float(browser.run("window.shownAfter")))
    begun_s = time.perf_counter()
    found = stand.get("/api/trend", tag=TAG, from_ms=from_ms, until_ms=until_ms, points=POINTS)
    asked_ms = (time.perf_counter() - begun_s) * 1000
    numbers = [each for each in found["value"] if each is not None]
    right = found.get("rows") == ROWS and max(numbers) == SPIKE and len(numbers) <= 2 * POINTS
    note(f"a million: {[round(each) for each in took]} ms; {found.get('rows')} rows")
    return Claim(
        name="million_points_shown",
        value=statistics.median(took),
        unit="ms",
        correct=right,
        rows=({"rounds_ms": took, "points": len(numbers), "asked_alone_ms": asked_ms},),
    )


def _store(folder: Path) -> None:
    """A wave with noise and one spike, ten times a second for 28 hours."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(1)
    t_ns = FIRST_NS + np.arange(ROWS, dtype=np.int64) * EVERY_NS
    value = np.round(10 * np.sin(np.arange(ROWS) / 9000) + chance.normal(0, 1, ROWS), 3)
    value[SPIKE_AT] = SPIKE
    with Writer.open(folder) as writer:
        for n, at in enumerate(range(0, ROWS, BATCH)):
            part = slice(at, at + BATCH)
            seen_ns = int(t_ns[part][-1]) + 1_000_000
            rows = Rows(np.zeros(BATCH, np.int32), t_ns[part], value[part], seen_ns)
            made = frames(rows, n * BATCH, "source0", [TAG])
            writer.store([each.frame for each in made], plant_rev="r1")


def _plant() -> dict[str, Any]:
    station = {
        "unattended": True,
        "connect": {"opcua": f"opc.tcp://127.0.0.1:{free_port()}"},
        "tags": {"v0": {"node": "ns=2;s=v0"}},
    }
    site = {
        "timezone": "America/Chicago",
        "currency": "USD",
        "areas": {"shop": {"work_centres": {"bench": {"stations": {"source0": station}}}}},
    }
    return {"linewright": 1, "enterprise": "bench", "sites": {"nogales": site}}
