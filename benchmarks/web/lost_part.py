"""What a page shows when a part of the site is gone, and whether what was missed comes after it.

Killed are, with SIGKILL and one after the other, `live`, `connect` and `server`. A page has said so
when it shows an alert, or marks each station with how long it was not heard, and values are grey;
and this for half a second, so that a late beat is not taken for it. Told beside it, and not
judged: how soon a service that only hangs is shown, which nobody but its silence tells. For the
gap the connection of the page is cut in a relay for ten seconds.
"""

import os
import signal
import time
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from benchmarks.measure import Claim, note
from benchmarks.web.stand import Stand
from linewright.testing.browser import Browser, BrowserFailed
from linewright.testing.relay import Relay

__all__ = ["measure_backfill", "measure_lost"]

SERVICES = ("live", "connect", "server")
HUNG = ("live", "connect")
LOST_S = 12.0
"""After so long without a word it is not said."""

WELL_S = 90.0
"""Longest wait until everything is there again."""

TOLD = """
(() => {
  const greyed = () => [...document.querySelectorAll("main .greyed, main.greyed")].length > 0;
  const said = () => document.querySelector("[role=alert]")?.textContent.trim() ?? "";
  const old = (one) =>
    [...one.querySelectorAll(".tag.low")].find((tag) => /[0-9]/.test(tag.textContent));
  const stages = () => [...document.querySelectorAll(".flow .stage")];
  const doubted = () => stages().length > 0 && stages().every(old);
  const marks = () => stages().map((one) => old(one)?.textContent ?? "").join("; ");
  window.told = { at: 0, text: "", grey: false };
  let since = 0;
  const holds = () => greyed() && Boolean(said() || doubted());
  const look = () => {
    if (window.told.at) return;
    if (!holds()) since = 0;
    else if (!since) {
      const mine = since = Date.now();
      setTimeout(() => {
        if (since === mine) window.told = { at: mine, text: said() || marks(), grey: true };
      }, 500);
    }
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
})();
"""

WELL = (
    "!document.querySelector('[role=alert]') && !document.querySelector('main .greyed')"
    " && !document.querySelector('.flow .stage .tag.low')"
)


def measure_lost(stand: Stand) -> list[Claim]:
    """Kill one service after the other under an open Line page."""
    line = next(iter(stand.get("/api/plant")["groups"]))
    seconds: dict[str, float | None] = {}
    said: dict[str, str] = {}
    with stand.browser(at=f"/line/{line}", ready="document.querySelector('.stage')") as browser:
        for service in SERVICES:
            browser.wait_for(WELL, WELL_S)
            browser.run(TOLD)
            seconds[service] = _told_after(browser, stand.kill(service))
            said[service] = str(browser.run("told.text"))
            note(f"lost: {service} {seconds[service]} s: {said[service]!r}")
            browser.wait_for(WELL, WELL_S)
            stand.wait_until(lambda: _is_up(stand), "all services run again", WELL_S)
        hung = [_hung(stand, browser, service) for service in HUNG]
    shown = [each for each in seconds.values() if each is not None]
    return [
        Claim(
            name="connection_lost_shown",
            value=max(shown) if len(shown) == len(SERVICES) else None,
            unit="s",
            correct=len(shown) == len(SERVICES),
            rows=(
                *(
                    {"killed": name, "shown_s": s, "said": said[name]}
                    for name, s in seconds.items()
                ),
                *({"hung": name, "shown_s": s} for name, s in zip(HUNG, hung, strict=True)),
            ),
        )
    ]


def _told_after(browser: Browser, since_s: float) -> float | None:
    try:
        browser.wait_for("told.at", LOST_S)
    except BrowserFailed:
        return None
    return float(browser.run("told.at")) / 1000 - since_s


def _hung(stand: Stand, browser: Browser, service: str) -> float | None:
    """How soon a service that hangs is shown; it goes on afterwards."""
    browser.wait_for(WELL, WELL_S)
    browser.run(TOLD)
    pid, since_s = stand.hang(service)
    try:
        shown_s = _told_after(browser, since_s)
    finally:
        os.kill(pid, signal.SIGCONT)
    note(f"lost: {service} hung, {shown_s} s")
    browser.wait_for(WELL, WELL_S)
    stand.wait_until(lambda: _is_up(stand), "all services run again", WELL_S)
    return shown_s


def _is_up(stand: Stand) -> bool:
    try:
        services = stand.get("/api/sites")["services"]
    except (OSError, TypeError, KeyError):
        return False
    return all(each.get("up") for each in services.values())


# --- what was missed while the connection was cut

CUT_S = 10.0
SETTLE_S = 25.0
"""For what the page asks again of history once it hears the server."""

SPAN_MS = 900_000
"""What the chart shows: narrow enough that two rows of a source are two columns of it."""

POINTS_MAX = 5_000
"""Most points that history gives at once; the window has fewer rows."""

NEAR = 1.6
"""Columns by which a drawn point may lie beside its time: rounding, on both sides."""

DRAWING = """
(() => {
  const add = Path2D.prototype.lineTo, begin = Path2D.prototype.moveTo;
  const points = new WeakMap();
  const put = (path, kind, x) => {
    const list = points.get(path) ?? [];
    list.push([kind, x]);
    points.set(path, list);
  };
  Path2D.prototype.lineTo = function (x, y) { put(this, "l", x); return add.call(this, x, y); };
  Path2D.prototype.moveTo = function (x, y) { put(this, "m", x); return begin.call(this, x, y); };
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (path) {
    const drawn = path && points.get(path);
    if (drawn && drawn.length > 20) window.drawn = { at: performance.now(), points: drawn };
    return path ? stroke.call(this, path) : stroke.call(this);
  };
})();
"""
"""Keeps the corners of the longest lines that are drawn last."""

AREA = """
(() => {
  const over = document.querySelector(".u-over").getBoundingClientRect();
  const canvas = document.querySelector(".trend-one canvas");
  const of = canvas.getBoundingClientRect();
  return [(over.left - of.left) * devicePixelRatio, over.width * devicePixelRatio];
})()
"""


class Drawn(NamedTuple):
    """What stands in the chart: its window, its area, and the corners of its line."""

    from_ms: float
    until_ms: float
    left: float
    width: float
    corners: list[float]


def measure_backfill(stand: Stand, tag: str) -> list[Claim]:
    """Show a tag, cut the connection for ten seconds, and compare what is drawn with history."""
    parts = urlsplit(stand.url)
    with Relay(parts.hostname or "", parts.port or 0) as relay:
        url = f"http://127.0.0.1:{relay.port}"
        with Browser.start() as browser:
            browser.screen(1366, 900)
            browser.begin_with(DRAWING)
            name, _, value = stand.session().partition("=")
            browser.cookie(url, name, value)
            browser.open(f"{url}/trend?tags={tag.replace('#', '%23')}&last={SPAN_MS}")
            browser.wait_for("window.drawn", 60.0)
            time.sleep(CUT_S)
            cut_ms = _plant_ms(stand)
            relay.refuse()
            relay.cut()
            time.sleep(CUT_S)
            lost = browser.run("document.querySelector('[role=alert]')?.textContent ?? ''")
            relay.flow()
            back_ms = _plant_ms(stand)
            browser.wait_for("!document.querySelector('[role=alert]')", WELL_S)
            time.sleep(SETTLE_S)
            drawn = _still(browser)
    rows = stand.get(
        "/api/trend",
        tag=tag,
        from_ms=int(drawn.from_ms),
        until_ms=int(drawn.until_ms),
        points=POINTS_MAX,
    )
    return [_judged(drawn, rows, (cut_ms, back_ms), lost)]


def _judged(drawn: Drawn, rows: dict[str, Any], cut: tuple[float, float], lost: str) -> Claim:
    scale = drawn.width / (drawn.until_ms - drawn.from_ms)
    corners = sorted(drawn.corners)
    missed = []
    inside = 0
    last_ms = drawn.from_ms + (corners[-1] - drawn.left) / scale if corners else 0.0
    for t_ms, value in zip(rows["t_ms"], rows["value"], strict=True):
        if value is None or not drawn.from_ms <= t_ms <= min(last_ms, drawn.until_ms):
            continue
        inside += cut[0] <= t_ms <= cut[1]
        x = drawn.left + (t_ms - drawn.from_ms) * scale
        if not any(abs(x - each) <= NEAR for each in corners):
            missed.append(t_ms)
    within = [each for each in missed if cut[0] <= each <= cut[1]]
    note(f"backfill: {len(missed)} rows not drawn ({len(within)} of the cut's {inside}), {lost!r}")
    return Claim(
        name="backfill_gaps",
        value=float(len(missed)),
        unit="count",
        correct=bool(lost) and inside > 0 and len(corners) > inside and last_ms > cut[1],
        rows=({"rows": len(rows["t_ms"]), "of_the_cut": inside, "missed_of_the_cut": len(within)},),
    )


def _still(browser: Browser) -> Drawn:
    """Stop the view that follows the clock, and read what is drawn."""
    browser.click(".trend-live")
    browser.wait_for("/[?&]from=/.test(location.search)", 10.0)
    time.sleep(2.0)
    query = parse_qs(urlsplit(str(browser.run("location.href"))).query)
    left, width = browser.run(AREA)
    points = browser.run("window.drawn.points")
    return Drawn(
        from_ms=float(query["from"][0]),
        until_ms=float(query["until"][0]),
        left=left,
        width=width,
        corners=[float(x) for _, x in points],
    )


def _plant_ms(stand: Stand) -> float:
    clock = stand.get("/api/sites")["clock"]
    return float(clock["t_ms"] + (time.time() * 1000 - clock["wall_ms"]) * clock["speed"])
