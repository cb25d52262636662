"""The page in a real browser: the same scene, confirmed by its button."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene

pytestmark = [
    pytest.mark.xdist_group("page"),
    pytest.mark.skipif(browser_path() is None, reason="no Chromium here; `.ci/run` installs it"),
]

SIZES = ((390, 844), (1366, 900), (2560, 1440))
"""Phone, desk and wall."""

CASE = "document.querySelector('#case').innerText"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A demo whose case waits for a person."""
    with Scene(tmp_path_factory.mktemp("page")) as running:
        running.wait_for("proposed")
        yield running


@pytest.fixture(scope="module")
def browser(scene: Scene) -> Iterator[Browser]:
    """A browser at the address that the command printed, key and all."""
    running = scene.running()
    with Browser.start() as found:
        found.open(f"{running['url']}/#key={running['key']}")
        found.wait_for("document.querySelectorAll('#line .station').length === 4")
        yield found


def test_the_line_is_drawn_and_fits_every_screen(browser: Browser, tmp_path: Path) -> None:
    """Four stations with a state and counts; nothing is wider than phone, desk or wall."""
    stations = browser.run("[...document.querySelectorAll('.station')].map((x) => x.innerText)")
    assert len(stations) == 4
    assert all("good" in text for text in stations)
    for width, height in SIZES:
        browser.picture(tmp_path / f"page-{width}.png", width, height)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert (tmp_path / f"page-{width}.png").stat().st_size > 10_000


def test_the_key_leaves_the_address(browser: Browser) -> None:
    """What is on the screen, in bookmarks and in the history of the browser holds no key."""
    assert "key" not in browser.run("location.href")


def test_the_case_asks_in_plain_words(browser: Browser) -> None:
    """Cause, proposal with value and time, and three candidates with intervals."""
    text = browser.run(CASE)
    assert "End mill worn" in text
    assert "80 % until 10:00" in text
    assert len(browser.run("[...document.querySelectorAll('#case tbody tr')].map(() => 1)")) == 3
    assert "case proposed" in browser.run("document.querySelector('#line').innerText")


def test_the_button_asks_again_and_then_acts(browser: Browser, scene: Scene) -> None:
    """No changes nothing, yes writes once, and the page tells the end of the story."""
    browser.click("#confirm")
    browser.wait_for("document.querySelector('#sure').open")
    assert "80 %" in browser.run("document.querySelector('#sure-words').innerText")
    browser.click("#sure button[value=no]")
    assert scene.state()["cases"][0]["stage"] == "proposed"
    browser.click("#confirm")
    browser.click("#sure-yes")
    browser.wait_for(f"{CASE}.includes('closed: effective')", 90.0)
    text = browser.run(CASE)
    assert "predicted" in text.lower()
    assert "read back 80" in text
    assert browser.run("document.querySelector('#confirm') === null")


def test_a_page_that_hears_nothing_says_so(browser: Browser, scene: Scene) -> None:
    """Within 3 s of the server's end the page no longer looks alive."""
    scene.end()
    browser.wait_for("document.querySelector('#freshness').innerText.includes('no connection')", 15)
    assert "old" in browser.run("document.querySelector('#trouble').innerText")
