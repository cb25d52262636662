"""How soon a change at a machine stands on the page, and what a page of many values costs.

The clock of a play runs beside the wall clock at speed 1, some seconds behind it; the server tells
by how much, and browser, server and machines read the same wall clock: one clock for both ends.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.live_path.sources import Sources
from benchmarks.measure import Claim, note
from benchmarks.web.stand import Stand, renderers, share_of_core
from linewright.testing.browser import Browser

__all__ = ["measure_changes", "measure_values"]

CHANGES = 300
CHANGES_S = 240.0
"""Longest time for them."""

SETTLED_S = 5.0
"""After its first ticks the server knows the clock of the play to the millisecond."""

AGREE_MS = 20.0
"""Largest change of the distance of the two clocks between two looks that is believed."""

TALL = (1366, 11_000)
"""A screen on which every tag of the site is in view at once."""

VALUES = 2_000
PER_S = 10.0
SHOWN_S = 20.0
WARM_S = 10.0

LISTEN = """
(() => {
  const told = window.told = { changes: [], times: {}, messages: 0, updates: 0 };
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", (event) => {
        const message = JSON.parse(event.data);
        const of = message.full ?? message.patch;
        if (!of?.values) return;
        told.messages += 1;
        for (const [tag, value] of Object.entries(of.values)) {
          if (value?.t_ms === undefined) continue;
          told.updates += 1;
          told.times[tag] = { t_ms: value.t_ms, first: message.full !== undefined, at: Date.now() };
        }
      });
    }
  };
})();
"""
"""Notes the source's time of each value that the page is told, before the page sees it."""

OBSERVE = """
(() => {
  const rows = window.rowsNow = () => [...document.querySelectorAll(".tree-row")];
  const seen = new Map();
  const look = () => {
    const now = Date.now();
    for (const row of document.querySelectorAll(".tree-row .tag-value b")) {
      const name = row.closest(".tree-row").id.slice("row-".length);
      const before = seen.get(name);
      const text = row.textContent;
      if (text === before) continue;
      seen.set(name, text);
      const time = window.told.times[name];
      if (before === undefined || time === undefined || time.first) continue;
      window.told.changes.push([name, time.t_ms, time.at, now]);
    }
  };
  look();
  new MutationObserver(look).observe(document.querySelector(".tree"), {
    subtree: true, childList: true, characterData: true,
  });
})();
"""
"""Notes the moment in which a new text of a value stands in the document."""


def measure_changes(stand: Stand) -> list[Claim]:
    """Watch every tag of corridor's site in the page until enough of them have changed."""
    with Browser.start() as browser:
        browser.screen(*TALL)
        browser.begin_with(LISTEN)
        name, _, value = stand.session().partition("=")
        browser.cookie(stand.url, name, value)
        browser.open(f"{stand.url}/namespace?search=nogales")
        browser.wait_for("document.querySelectorAll('.tree-row .tag-value b').length > 100", 60.0)
        stand.wait_until(lambda: stand.get("/api/sites")["clock"]["speed"] > 0, "a clock", 60.0)
        time.sleep(SETTLED_S)
        apart = _apart_ms(stand)
        browser.run(OBSERVE)
        until_s = time.monotonic() + CHANGES_S
        while browser.run("told.changes.length") < CHANGES and time.monotonic() < until_s:
            time.sleep(1.0)
        changes = browser.run("told.changes")
    drift = abs(_apart_ms(stand) - apart)
    delays = sorted(now - (t_ms + apart) for _, t_ms, _, now in changes)
    heard = sorted(at - (t_ms + apart) for _, t_ms, at, _ in changes)
    right = len(delays) >= CHANGES and drift < AGREE_MS and delays[0] > 0
    p95 = delays[int(0.95 * len(delays))] if delays else None
    middle = statistics.median(delays) if delays else None
    tags = len({name for name, *_ in changes})
    note(f"change to DOM: {len(delays)} changes of {tags} tags, median {middle} ms, p95 {p95} ms")
    note(f"change to DOM: the clocks drifted by {drift:.1f} ms; least {delays[:1]} ms")
    rows = (
        {
            "changes": len(delays),
            "tags": tags,
            "median_ms": middle,
            "most_ms": delays[-1] if delays else None,
            "median_to_the_browser_ms": statistics.median(heard) if heard else None,
        },
    )
    return [Claim(name="change_to_dom_p95", value=p95, unit="ms", correct=right, rows=rows)]


def _apart_ms(stand: Stand) -> float:
    """By how much the clock of the wall is ahead of that of the play."""
    clock = stand.get("/api/sites")["clock"]
    assert clock["speed"] == 1.0, "the play runs at the speed of life"
    return float(clock["wall_ms"] - clock["t_ms"])


# --- 2,000 values of 10 Hz on one page


def measure_values() -> list[Claim]:
    """Show a station with 2,000 tags, and count the processor time of what draws it."""
    with tempfile.TemporaryDirectory(prefix="linewright-") as name:
        folder = Path(name)
        with Sources(folder, processes=1, nodes=VALUES, per_s=PER_S) as sources:
            file = folder / "plant.yaml"
            file.write_text(json.dumps(_plant(sources)), encoding="utf-8")
            with Stand(folder / "up", ("up", str(file), "--site", "bench")) as stand:
                found = _shown(stand)
            sources.stop()
    return [found]


def _shown(stand: Stand) -> Claim:
    station = "bench/shop/bench/source0"
    path = "/api/station"
    stand.wait_until(
        lambda: len(stand.get(path, address=station).get("values", {})) == VALUES, "values", 120.0
    )
    with stand.browser(at=f"/station/{station}", ready="document.querySelector('dl dd b')") as page:
        page.wait_for(f"document.querySelectorAll('dl dd b').length >= {VALUES}", 60.0)
        time.sleep(WARM_S)
        drawing = renderers(page)
        before = _numbers(page)
        cores = share_of_core(drawing, SHOWN_S)
        after = _numbers(page)
    moved = sum(1 for name, value in after.items() if value != before.get(name))
    steps = statistics.median(after[n] - before[n] for n in after if n in before)
    note(f"2,000 values: {cores:.3f} cores, {moved} moved, {steps / SHOWN_S:.1f} changes/s each")
    right = moved == VALUES and steps >= 0.5 * PER_S * SHOWN_S
    rows = ({"moved": moved, "changes_per_s": steps / SHOWN_S},)
    return Claim(
        name="browser_cpu_2000_values", value=cores, unit="share", correct=right, rows=rows
    )


def _numbers(browser: Browser) -> dict[str, float]:
    """What the page shows of each tag; a source counts its changes, so that they can be told."""
    found: list[list[Any]] = browser.run(
        "[...document.querySelectorAll('dl dt')].map((one) =>"
        " [one.textContent, Number(one.nextElementSibling.textContent.replace(/[^0-9.]/g, ''))])"
    )
    return {str(name): float(value) for name, value in found if value is not None}


def _plant(sources: Sources) -> dict[str, Any]:
    stations = {name: {"unattended": True, **each} for name, each in sources.stations().items()}
    site = {
        "timezone": "America/Chicago",
        "currency": "USD",
        "areas": {"shop": {"work_centres": {"bench": {"stations": stations}}}},
    }
    return {"linewright": 1, "enterprise": "bench", "sites": {"bench": site}}
