"""Every page with real values in a real browser: three screens, two languages, and by keyboard."""

from pathlib import Path

import pytest

from linewright.testing.browser import Browser
from tests.scenes.web.site import LINE, NEEDED, STATION, TAG, Site, keys_in, shown
from tools.visits import PHONE, TABLET, WALL, Place, go, pages_listed, visits

pytestmark = NEEDED

PAGES = [each.page for each in visits(Place(LINE, STATION, TAG))]
SCREENS = {"phone": PHONE, "tablet": TABLET, "wall": WALL}
DESK = (1366, 900)

TEXT = "document.body.innerText"
WIDE = "document.documentElement.scrollWidth"

SPEAK = """
(() => {
  const kept = JSON.parse(localStorage.getItem("linewright.reading") ?? "{}");
  localStorage.setItem("linewright.reading", JSON.stringify({ ...kept, language: "%s" }));
  window.isBefore = true;
  location.reload();
})()
"""

TABS_MAX = 70
"""Presses of Tab after which an act is not in reach."""

MAIN_ACTS = {
    "sites": "main a[href]",
    "cases": ".case-list a, .case-list button, .answer button.main",
    "line": ".stage a.name",
    "hours": "main button, main a[href]",
    "losses": ".bars button, .bars a, .bars [tabindex='0']",
    "stops": ".list tr[tabindex='0']",
    "alarms": "[role=tab]",
    "calls": "[role=tab], main button.main",
    "report": ".report button, main button.main",
    "andon": "a[href], button",
    "station": ".station-kinds button",
    "trend": "main button.main",
    "namespace": ".tree",
    "connections": "main button, main a[href], main summary",
    "people": "main button, main select",
}
"""What each page is mainly for; a keyboard must reach it."""


@pytest.fixture(scope="package", params=["en", "es"])
def reader(request: pytest.FixtureRequest, browser: Browser) -> Browser:
    """The browser of somebody who reads English, then Spanish."""
    browser.screen(*DESK)
    browser.run(SPEAK % request.param)
    browser.wait_for(
        f"!window.isBefore && document.documentElement?.lang === '{request.param}'"
        " && document.querySelector('main h1')"
    )
    browser.errors()
    return browser


def test_every_page_is_visited() -> None:
    """The list of visits is that of the application."""
    assert set(PAGES) == pages_listed()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_values(reader: Browser, site: Site, page: str, pictures: Path) -> None:
    """Real values on phone, tablet and wall; nothing on the console, no bare key, no sideways."""
    visit = site.visit(page)
    language = str(reader.run("document.documentElement.lang"))
    go(reader, visit)
    for name, size in SCREENS.items():
        file = pictures / f"{page}-{language}-{name}.png"
        reader.picture(file, *size)
        reader.wait_for(visit.shows)
        assert file.stat().st_size > 5_000
        if name == "phone":
            assert reader.run(WIDE) <= size[0]
    reader.screen(*DESK)
    assert keys_in(reader.run(TEXT)) == set()
    assert reader.errors() == []


@pytest.mark.parametrize("page", PAGES)
def test_a_keyboard_reaches_the_main_act(browser: Browser, site: Site, page: str) -> None:
    """From the link that skips the navigation, Tab alone comes to what the page is for."""
    browser.screen(*DESK)
    shown(browser, "/sites", site.visit("sites").shows)
    go(browser, site.visit(page))
    browser.run("document.getElementById('main')?.focus()")
    is_there = f"document.activeElement?.matches({MAIN_ACTS[page]!r})"
    for _ in range(TABS_MAX):
        if browser.run(f"Boolean({is_there})"):
            break
        browser.press("Tab")
    assert browser.run(f"Boolean({is_there})"), browser.run("document.activeElement?.outerHTML")
    outline = browser.run(
        "getComputedStyle(document.activeElement, null).outlineStyle + ' ' +"
        " getComputedStyle(document.activeElement).boxShadow"
    )
    assert outline != "none none", "the focus is seen"


def test_the_colours_follow_the_system_each_time(browser: Browser, site: Site) -> None:
    """Dark, light, dark, while values go on coming: the page is what the system says."""
    browser.screen(*DESK)
    shown(browser, f"/line/{LINE}", site.visit("line").shows)
    for is_dark in (True, False) * 8:
        browser.screen(*DESK, dark=is_dark)
        name = "dark" if is_dark else "light"
        browser.wait_for(f"document.documentElement.dataset.theme === '{name}'", 5.0)


def test_the_skip_link_leads_to_the_content(browser: Browser, site: Site) -> None:
    """The first Tab of a page offers the way past the navigation."""
    browser.screen(*DESK)
    browser.open(f"{site.url}/line/{LINE}")
    browser.wait_for(site.visit("line").shows)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("document.activeElement.getAttribute('href')") == "#main"
    browser.press("Enter")
    assert browser.run("document.activeElement.id") == "main"
