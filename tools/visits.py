"""How each page of the web application is visited by tests, benchmarks and pictures.

A visit is the address of a page and what stands on it once real values are shown. A test keeps
the list beside `web/src/app/pages.ts`: a page without a visit fails it.
"""

import re
from pathlib import Path
from typing import NamedTuple

from linewright.testing.browser import Browser
from tools.environment import ROOT

__all__ = ["PHONE", "TABLET", "WALL", "Place", "Visit", "go", "pages_listed", "visits"]

PHONE = (390, 844)
TABLET = (1024, 768)
WALL = (1920, 1080)

PAGES = "web/src/app/pages.ts"
ROW = re.compile(r"^  (\w+): \{ title: ", re.MULTILINE)

MAIN = "document.querySelector('main')"

CALM = f"{MAIN} && !{MAIN}.querySelector(':scope .saying[role=status], :scope .fault')"
"""A page that neither waits nor shows a fault."""

GO = (
    "history.pushState(null, '', {path});"
    "window.scrollTo(0, 0);"
    "dispatchEvent(new PopStateEvent('popstate'));"
)

WAIT_S = 30.0
"""Longest wait for a page's values."""


class Place(NamedTuple):
    """A line, one of its stations, a tag of that; a case and a window, where there are any."""

    line: str
    station: str
    tag: str
    case: str = ""
    window: str = ""


class Visit(NamedTuple):
    """A page, its address, and an expression that holds once real values stand on it."""

    page: str
    path: str
    shows: str


def visits(place: Place) -> tuple[Visit, ...]:
    """Every page, in the order of the navigation.

    Examples
    --------
    >>> place = Place("north/shop/line", "north/shop/line/mill", "north/shop/line/mill#load")
    >>> [each.path for each in visits(place) if each.page == "line"]
    ['/line/north/shop/line']
    """
    line, station, tag, case, window = place
    past = f"?window={window}" if window else ""
    rows = (
        ("sites", "/sites", _many(".fact b, .fact", 3, r"\d")),
        ("cases", f"/cases/{case}" if case else "/cases", _many("main .card", 2, r"\w")),
        ("line", f"/line/{line}", _many(".flow .stage, .cells .stage", 4, r"\d")),
        ("hours", f"/hours/{line}{past}", _many(".hours tbody tr, .hours li", 2, r"\d")),
        ("losses", f"/losses/{line}{past}", _many(".bars .bar", 5, r"\d")),
        ("stops", f"/stops/{line}{past}", _many(".list tbody tr", 1, r"\d")),
        (
            "alarms",
            f"/alarms/{line}?tab=journal{past.replace('?', '&')}",
            _many("main tbody tr", 1, r"\d"),
        ),
        (
            "calls",
            f"/calls/{line}?tab=past{past.replace('?', '&')}",
            _many(".call-figures b", 4, r"\w"),
        ),
        ("report", f"/report/{line}{past}", _many(".report tbody tr", 4, r"\d")),
        ("andon", f"/andon/{line}", _many(".tile", 4, r"\d")),
        ("station", f"/station/{station}", _many(".station-value", 1, r"\d")),
        ("trend", f"/trend?tags={tag}&last=3600000", f"{_drawn('.trend-one canvas')}"),
        ("namespace", "/namespace", _many(".tree-row .tag-value b", 3, r"\w")),
        ("connections", "/connections", _many("main .card, main tbody tr", 1, r"\d")),
        ("people", "/people", _many("main .card", 1, r"\w")),
    )
    return tuple(
        Visit(page, path.replace("#", "%23"), f"{CALM} && ({shows})") for page, path, shows in rows
    )


def pages_listed(root: Path = ROOT) -> frozenset[str]:
    """Names of the pages that the application has."""
    found = frozenset(ROW.findall((root / PAGES).read_text(encoding="utf-8")))
    assert found, f"{PAGES} is written otherwise than it was"
    return found


def go(browser: Browser, visit: Visit, wait_s: float = WAIT_S) -> None:
    """Change to a page without loading the application anew, and wait for its values."""
    browser.run(GO.format(path=repr(visit.path)))
    browser.wait_for(visit.shows, wait_s)


def _many(selector: str, least: int, text: str) -> str:
    """At least so many elements, each of them with such a text."""
    return (
        f"((all) => all.length >= {least} && all.filter((one) => /{text}/.test(one.textContent))"
        f".length >= {least})([...document.querySelectorAll({selector!r})])"
    )


def _drawn(selector: str) -> str:
    """A canvas that has an area."""
    return f"((one) => one && one.width * one.height > 10000)(document.querySelector({selector!r}))"
