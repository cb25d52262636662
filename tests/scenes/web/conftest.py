"""One demo for all tests of the pages in a session, and one browser that is signed in to it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.testing.browser import Browser
from linewright.testing.scenes import Scene
from tests.scenes.web.site import LINE, Site

SPEED = 20.0
"""Plant seconds in a second: a shift goes by in half an hour, and a case waits within a minute."""


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo with two days of past whose case waits for a person."""
    with Scene(tmp_path_factory.mktemp("web"), speed=SPEED, past=True) as scene:
        case = scene.wait_for("proposed", 240.0)
        yield Site(scene, case["id"])


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    """A browser that stands at the line, signed in by the key."""
    with Browser.start() as found:
        found.screen(1366, 900)
        running = site.scene.running()
        found.open(f"{running['url']}/#key={running['key']}")
        found.wait_for("document.querySelectorAll('.stage').length === 4", 60.0)
        found.errors()
        yield found


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are kept: the folder that LINEWRIGHT_PICTURES names, else one for the run."""
    named = os.environ.get("LINEWRIGHT_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Browser]:
    """The browser as an English reader at a desk has it, with nothing open."""
    browser.screen(1366, 900)
    browser.open(site.url + "/sites")
    browser.run("localStorage.setItem('linewright.reading', '{\"language\": \"en\"}')")
    browser.open(f"{site.url}/line/{LINE}")
    browser.wait_for(site.visit("line").shows)
    browser.errors()
    yield browser
    assert browser.errors() == []
