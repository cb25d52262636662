"""A real browser that is told what to do over a pipe."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.testing.browser import PAGE_LEFT, Browser, BrowserFailed, browser_path

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser_path() is None, reason="no Chromium here; `.ci/run` installs it"),
]

PAGE = """<!doctype html><button id="more">0</button><script>
const button = document.querySelector("#more");
button.onclick = () => { button.textContent = Number(button.textContent) + 1; };
</script>"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with a page that counts presses."""
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(PAGE)
    with Browser.start() as found:
        found.open(file.as_uri())
        yield found


def test_a_press_reaches_the_page(browser: Browser) -> None:
    """The mouse presses what the selector finds, and the page sees it."""
    before = int(browser.run("document.querySelector('#more').textContent"))
    browser.click("#more")
    browser.wait_for(f"document.querySelector('#more').textContent === '{before + 1}'")


def test_a_picture_has_the_size_asked_for(browser: Browser, tmp_path: Path) -> None:
    """A PNG of so many pixels, on a light and on a dark screen."""
    for dark in (False, True):
        browser.picture(tmp_path / "page.png", 390, 844, dark=dark)
        data = (tmp_path / "page.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24]) == (390, 844)
        assert browser.run("matchMedia('(prefers-color-scheme: dark)').matches") is dark


def test_what_is_not_there_is_told(browser: Browser) -> None:
    """A missing element, an error in the page and a condition that never holds all fail."""
    with pytest.raises(BrowserFailed, match="nothing is found"):
        browser.click("#less")
    with pytest.raises(BrowserFailed, match="Uncaught"):
        browser.run("null.x")
    with pytest.raises(BrowserFailed, match="not true within"):
        browser.wait_for("false", 0.2)


def test_a_page_that_another_takes_the_place_of_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked while it goes away, the old page says nothing; the next one is asked then."""
    file = tmp_path / "page.html"
    file.write_text(PAGE)
    leaves = "new Promise((done) => setTimeout(done, 300, location.assign('about:blank')))"
    asked: list[str] = []

    def run(script: str) -> object:
        asked.append(script)
        if len(asked) == 1:
            found._ask("Runtime.evaluate", expression=leaves, awaitPromise=True)
        return Browser.run(found, script)

    with Browser.start() as found:
        found.open(file.as_uri())
        with pytest.raises(BrowserFailed, match=PAGE_LEFT):
            found._ask("Runtime.evaluate", expression=leaves, awaitPromise=True)
        found.open(file.as_uri())
        monkeypatch.setattr(found, "run", run)
        found.wait_for("location.href === 'about:blank'", 10.0)
        assert len(asked) > 1
