"""Serious and critical findings of axe-core on every page: light, dark, two languages, two screens.

axe-core is that of web/node_modules. The quick version takes two of the eight ways to look: light
in English at a desk and dark in Spanish on a phone. Before it counts, the run asserts that axe
finds what it must find on a page that is wrong on purpose.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from benchmarks.measure import Claim, note
from benchmarks.web.stand import Stand
from linewright.testing.browser import Browser, BrowserFailed
from tools.environment import ROOT
from tools.visits import PHONE, Place, go, pages_listed, visits

__all__ = ["measure_axe"]

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
DESK = (1366, 900)
SHOWN_S = 60.0
RUN_S = 60.0

SERIOUS = ("serious", "critical")

RUN = """
window.audit = null;
axe.run(document, { resultTypes: ["violations"] }).then(
  (found) => { window.audit = { rows: found.violations.map((one) => ({
    id: one.id, impact: one.impact,
    at: one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + node.html.slice(0, 120)),
    nodes: one.nodes.length,
  })) }; },
  (error) => { window.audit = { error: String(error) }; },
);
"""

SPEAK = """
(() => {
  localStorage.setItem("linewright.reading", JSON.stringify({ language: "%s" }));
  location.reload();
})()
"""

WRONG = "document.body.innerHTML = '<main><img src=\"/mark.svg\"><button></button></main>'"
"""A picture without words and a button without a name."""


class Way(NamedTuple):
    """How a page is looked at."""

    language: str
    screen: tuple[int, int]
    dark: bool


ALL = tuple(Way(*each) for each in product(("en", "es"), (DESK, PHONE), (False, True)))
QUICK = (Way("en", DESK, dark=False), Way("es", PHONE, dark=True))


def measure_axe(stand: Stand, place: Place, *, quick: bool) -> list[Claim]:
    """Run axe on every page in every way."""
    rows: list[dict[str, Any]] = []
    looked = 0
    missing: list[str] = []
    source = AXE.read_text(encoding="utf-8")
    with stand.browser() as browser:
        for way in QUICK if quick else ALL:
            browser.screen(*way.screen, dark=way.dark)
            browser.run(SPEAK % way.language)
            browser.wait_for(
                f"document.documentElement?.lang === '{way.language}' &&"
                " document.querySelector('main')",
                SHOWN_S,
            )
            browser.run(source)
            for visit in visits(place):
                try:
                    go(browser, visit, SHOWN_S)
                except BrowserFailed:
                    missing.append(visit.page)  # looked at as it is: a page may be empty
                looked += 1
                rows += [{"page": visit.page, **_told(way), **found} for found in _serious(browser)]
        browser.run(WRONG)
        knows = {found["id"] for found in _serious(browser)}
    count = sum(row["nodes"] for row in rows)
    for row in rows:
        note(f"axe: {row}")
    note(f"axe: {looked} looks, {count} elements; without values: {sorted(set(missing))}")
    right = {"image-alt", "button-name"} <= knows
    right = right and {each.page for each in visits(place)} == pages_listed()
    return [
        Claim(
            name="axe_serious_violations",
            value=float(count),
            unit="count",
            correct=right and not missing,
            rows=tuple(_summed(rows)),
        )
    ]


def _serious(browser: Browser) -> list[dict[str, Any]]:
    browser.run(RUN)
    browser.wait_for("window.audit", RUN_S)
    found = browser.run("window.audit")
    if "error" in found:
        raise BrowserFailed(f"axe did not run: {found['error']}")
    return [row for row in found["rows"] if row["impact"] in SERIOUS]


def _told(way: Way) -> dict[str, Any]:
    return {"language": way.language, "width": way.screen[0], "dark": way.dark}


def _summed(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One row for each rule that a page breaks, with where."""
    by = {(row["page"], row["id"]): row for row in rows}
    for (page, rule), row in sorted(by.items()):
        ways = sum(1 for each in rows if (each["page"], each["id"]) == (page, rule))
        yield {"page": page, "rule": rule, "ways": ways, "at": row["at"]}
