"""The replay as a page; in a real browser where there is one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from linewright.testing.browser import Browser, browser_path
from linewright.twin import advance, begin, outcome
from linewright.twin.reporting import film, replay
from linewright.twin.reporting.player import shut
from tests.twin.lines import SIX_NS, minutes
from tests.twin.reporting.studies import NASTY, bracket, shift
from tests.twin.reporting.test_html import tags

in_browser = pytest.mark.skipif(browser_path() is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Yield a browser that shows the replay of two hours of the bracket line."""
    page = tmp_path_factory.mktemp("replay") / "replay.html"
    page.write_text(replay(shift(hours=2.0)), "utf-8")
    with Browser.start() as found:
        found.open(page.as_uri())
        yield found


def test_it_needs_nothing_else() -> None:
    """No address of anything outside, no evaluation of text, one script besides the data."""
    page = replay(shift())
    assert re.findall(r"https?:", page) == []
    assert not re.search(r"\beval\b|new Function|innerHTML|document\.write", page)
    assert [a.get("type") for t, a in tags(page) if t == "script"] == ["application/json", None]


def test_a_hostile_label_stays_text() -> None:
    """A label with markup in it is data of the page and text on it."""
    made = shift()
    named = msgspec.structs.replace(made, labels={made.stations[0]: {"en": NASTY}})
    assert [t for t, _ in tags(replay(named))] == [t for t, _ in tags(replay(made))]
    text = re.search(r'id="film">(.*?)</script>', replay(named))
    assert text is not None
    assert json.loads(text[1])["stations"][0] == NASTY


def test_it_tells_without_a_script() -> None:
    """A table holds cycles, failures and shares of time of each station."""
    page = replay(shift(hours=2.0))
    row = re.search(r'<th scope="row">Machining centre</th>(.*?)</tr>', page)
    assert row is not None
    cells = re.findall(r">([^<]*)</td>", row[1])
    assert int(cells[0]) > 90
    shares = [float(each[:-2]) for each in cells[2:]]
    assert sum(shares) == pytest.approx(100.0, abs=0.3)


def test_a_cut_is_told() -> None:
    """Where events did not fit, the page says how many did and when it ends."""
    assert "Only the first" in replay(shift(hours=2.0, events=300))
    assert "Only the first" not in replay(shift())


@in_browser
def test_it_plays_to_what_the_kernel_says(browser: Browser) -> None:
    """At any moment, forwards or back, counts in the page are those of the outcome."""
    _, model = bracket()
    for at in (119, 30, 75.5, 31):
        until = SIX_NS + minutes(at)
        found = outcome(model, advance(model, begin(model, at_ns=SIX_NS, seed=3), until, jit=False))
        browser.run(f"linewrightReplay.goTo({at * 60_000})")
        said = browser.run("linewrightReplay.look()")
        assert (said["good"], said["scrap"], said["inside"]) == (
            *(found.good, found.scrap),
            found.inside,
        )
        assert said["levels"] == list(found.buffers.values())


@in_browser
def test_keys_and_buttons_work(browser: Browser) -> None:
    """Home, steps and play do what they say, and the plant clock is that of the site."""
    press = "document.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
    press = press.replace("document.dispatch", "document.body.dispatch")
    browser.run(press % "Home")
    browser.wait_for("document.getElementById('clock').textContent === '2026-11-23 06:00:00'")
    first = browser.run("linewrightReplay.look().next")
    for _ in range(12):
        browser.click("#step")
    assert browser.run("linewrightReplay.look().next") == first + 12
    browser.run(press % "ArrowLeft")
    assert browser.run("linewrightReplay.look().next") == first + 11
    browser.click("#play")
    browser.wait_for("linewrightReplay.look().next > 40")
    browser.run(press % " ")
    stopped = browser.run("linewrightReplay.look().at")
    assert browser.run("document.getElementById('play').textContent") == "Play"
    assert browser.run("linewrightReplay.look().at") == stopped


@in_browser
def test_it_fits_a_telephone(browser: Browser, tmp_path: Path) -> None:
    """At 360 pixels nothing stands out to the side."""
    browser.picture(tmp_path / "p.png", 360, 740)
    assert browser.run("document.documentElement.scrollWidth") == 360


def test_closed_time_is_known() -> None:
    """The meal break of the line, half an hour in six, is the only time in which all is closed."""
    found = shut(shift(hours=6.0))
    assert found == [pytest.approx((4.0 / 6.0, 4.5 / 6.0), abs=1e-3)]
    assert shut(shift(hours=1.0)) == []


@in_browser
def test_it_begins_where_somebody_works_and_skips_what_is_closed(tmp_path: Path) -> None:
    """From two in the morning on, the page shows six o'clock; a break ends as soon as it begins."""
    plant, model = bracket()
    start = begin(model, at_ns=SIX_NS - minutes(240), seed=3)
    page = tmp_path / "night.html"
    made = film(model, start, SIX_NS + minutes(360), plant=plant, jit=False)
    page.write_text(replay(made), "utf-8")
    with Browser.start() as night:
        night.open(page.as_uri())
        night.wait_for("document.getElementById('clock').textContent === '2026-11-23 06:00:00'")
        night.run(f"linewrightReplay.goTo({480 * 60_000 + 1000})")
        night.run("document.getElementById('speed').selectedIndex = 0")
        night.click("#play")
        night.wait_for(f"linewrightReplay.look().at >= {510 * 60_000}")
