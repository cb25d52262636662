"""The web application in a real browser: a line, and a case confirmed by its button."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene
from tools import bundle

pytestmark = [
    pytest.mark.xdist_group("page"),
    pytest.mark.skipif(browser_path() is None, reason="no Chromium here; `.ci/run` installs it"),
    pytest.mark.skipif(
        not bundle.is_built(), reason="the web application is not built: `make house` builds it"
    ),
]

SIZES = ((390, 844), (1024, 768), (1920, 1080), (3840, 2160))
"""Phone, tablet, desk and wall."""

TOUCH_PX = 44
"""Least height and width of what is touched."""

MAIN = "document.querySelector('main').innerText"
SMALL = f"""[...document.querySelectorAll('button, select, input, .bottom a')]
  .map((one) => [one.innerText, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < {TOUCH_PX} || box.width < {TOUCH_PX}))
  .map(([text]) => text)"""

WORDS = """[...document.querySelectorAll('.tile .word')].map((one) =>
  [parseFloat(getComputedStyle(one).fontSize), one.scrollWidth - one.clientWidth])"""


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
        found.wait_for("document.querySelectorAll('.flow .stage').length === 4")
        yield found


def test_the_line_is_drawn_and_fits_every_screen(browser: Browser, tmp_path: Path) -> None:
    """Four stations with a state and counts; nothing is wider than phone, tablet, desk or wall."""
    stations = browser.run("[...document.querySelectorAll('.stage')].map((x) => x.innerText)")
    assert len(stations) == 4
    assert all("good" in text for text in stations)
    assert any("case open" in text for text in stations)
    for width, height in SIZES:
        browser.picture(tmp_path / f"page-{width}.png", width, height)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert (tmp_path / f"page-{width}.png").stat().st_size > 10_000


def test_fingers_find_what_they_touch(browser: Browser, tmp_path: Path) -> None:
    """On a phone every button and choice is at least 44 pixels high and wide."""
    browser.picture(tmp_path / "phone.png", 390, 844)
    assert browser.run("document.querySelectorAll('.bottom a').length") >= 2
    assert browser.run(SMALL) == []


def test_the_key_leaves_the_address(browser: Browser) -> None:
    """What is on the screen, in bookmarks and in the history of the browser holds no key."""
    assert "key" not in browser.run("location.href")


def test_a_link_changes_the_page_without_a_new_one(browser: Browser) -> None:
    """The tag on the station leads to its case, and the case asks in plain words."""
    browser.run("window.same = true")
    browser.click(".stage a[href^='/cases/']")
    browser.wait_for("document.querySelector('.answer button.main')")
    text = browser.run(MAIN)
    assert "End mill worn" in text
    assert "80 % until 10:00" in text
    assert browser.run("document.querySelectorAll('.candidates > li').length") == 3
    assert browser.run("window.same") is True


def test_the_button_asks_again_and_then_acts(browser: Browser, scene: Scene) -> None:
    """No changes nothing, yes writes once, and the page tells the end of the story."""
    browser.click(".answer button.main")
    browser.wait_for("document.querySelector('dialog[open]')")
    assert "80 %" in browser.run("document.querySelector('dialog').innerText")
    browser.click("dialog footer button:first-child")
    assert scene.state()["cases"][0]["stage"] == "proposed"
    browser.click(".answer button.main")
    browser.click("dialog footer button.main")
    browser.wait_for(f"{MAIN}.includes('closed: effective')", 90.0)
    text = browser.run(MAIN)
    assert "predicted" in text.lower()
    assert "read back 80" in text
    assert browser.run("document.querySelector('.answer') === null")


def test_the_board_is_read_from_afar(browser: Browser, tmp_path: Path) -> None:
    """At 1920 x 1080 the words of four stations are at least 80 pixels high, and all fit."""
    browser.picture(tmp_path / "before.png", 1920, 1080)
    browser.click(".rail a[href^='/andon/']")
    browser.wait_for("document.querySelectorAll('.tile').length === 4")
    browser.picture(tmp_path / "board.png", 1920, 1080)
    sizes = browser.run(WORDS)
    assert all(size >= 80 for size, _ in sizes)
    assert all(over <= 0 for _, over in sizes)


def test_a_page_that_hears_nothing_says_so(browser: Browser, scene: Scene) -> None:
    """After the server's end the board is grey and says that there is no connection."""
    scene.end()
    browser.wait_for("document.querySelector('[role=alert]')", 15)
    assert "no connection" in browser.run("document.querySelector('[role=alert]').innerText")
    assert browser.run("getComputedStyle(document.querySelector('.tiles')).filter") != "none"
