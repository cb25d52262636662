"""The report as a page."""

import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from linewright.testing.browser import Browser, browser_path
from linewright.twin.reporting import Asked, Study, report
from linewright.twin.reporting.page import local_time, style_of
from linewright.twin.reporting.study import Figure, StoreFigures, Value
from tests.twin.reporting.studies import NASTY, study
from tests.twin.reporting.test_html import tags


def test_no_name_can_become_markup() -> None:
    """With a hostile name in every place, the page has the same elements as with a kind one."""
    kind, hostile = tags(report(study())), tags(report(study(NASTY)))
    assert [name for name, _ in hostile] == [name for name, _ in kind]
    assert "script" not in {name for name, _ in hostile}
    assert "\u202e" not in report(study(NASTY))


def test_it_needs_nothing_else() -> None:
    """No address of anything outside stands in the page, and its policy forbids all of it."""
    page = report(study())
    assert re.findall(r"(?:https?:)?//[a-z]", page) == []
    assert {(a["href"] or "")[:1] for t, a in tags(page) if t == "a"} == {"#"}
    assert not any("style" in a for _, a in tags(page))


def test_it_tells_what_was_asked_and_how_to_repeat_it() -> None:
    """Seed, time, replications, revision and command are there."""
    page = report(study())
    for text in ("1234", "linewright simulate mill", "10 replications of 8 h", "warm-up 0.5 h"):
        assert text in page


def test_the_sentence_has_its_interval() -> None:
    """The first thing read is the throughput with its interval, and what limits it."""
    said = "an hour of working time (95\u202f%: 60.40 to 62.10). mill limits it."
    assert f"mill makes 61.20 good parts {said}" in report(study())


def test_sections_without_content_are_left_out() -> None:
    """A study with nothing but its question is still a page, in either language."""
    bare = Study(asked=Asked(plant="p", address="a/b/c", hours=1.0))
    page = report(bare, language="es")
    assert re.findall(r'<section id="([a-z]+)"', page) == ["asked"]
    assert 'lang="es"' in page


def test_headings_are_in_order_and_ids_unique() -> None:
    """One h1, no level skipped, no id twice: a screen reader can walk through it."""
    found = tags(report(study()))
    levels = [int(name[1]) for name, _ in found if re.fullmatch("h[1-6]", name)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [a["id"] for _, a in found if "id" in a]
    assert len(ids) == len(set(ids))


def test_every_class_in_the_page_is_in_the_style() -> None:
    """No class is without a rule; only the frame of a grid needs none."""
    used = {one for _, a in tags(report(study())) for one in (a.get("class") or "").split()}
    style = style_of("report.css")
    assert {one for one in used if f".{one}" not in style} <= {"grid"}


def test_one_replication_says_so() -> None:
    """Without an interval the page says why."""
    assert "have no interval" in report(study(replications=1))


def test_instants_are_those_of_the_site() -> None:
    """Six in Nogales is six on the page."""
    assert local_time(1_795_438_800 * 10**9, "America/Hermosillo") == "2026-11-23 06:00:00"


def test_where_nothing_leaves_it_says_where_parts_are() -> None:
    """A throughput of 0 is said first, with the fullest queues by their places."""
    none = Figure(name="throughput", unit="1/h", value=Value(0.0, 0.0, 0.0))
    stores = (
        StoreFigures(name="a/b/c/rack", after=None, level=Value(3.0)),
        StoreFigures(name="a/b/c/v-x", after=0, places=8, level=Value(8.0)),
        StoreFigures(name="a/b/c/x-y", after=0, places=12, level=Value(11.9)),
        StoreFigures(name="a/b/c/y-z", after=1, places=12, level=Value(0.0)),
    )
    page = report(msgspec.structs.replace(study(), figures=(none,), stores=stores))
    assert "Nothing good leaves mill." in page
    assert "Fullest: x-y 11.9 of 12; v-x 8 of 8; rack 3, no limit." in page


def test_a_certain_zero_of_what_may_happen_has_no_card() -> None:
    """Rework that never was is left out; scrap that never was is told."""
    zero = Value(0.0, 0.0, 0.0)
    figures = tuple(Figure(name=name, unit="pieces", value=zero) for name in ("rework", "scrap"))
    page = report(msgspec.structs.replace(study(), figures=figures))
    assert ("<h3>Reworked</h3>" in page, "<h3>Scrap</h3>" in page) == (False, True)


def test_counts_say_of_how_many_hours_they_are() -> None:
    """8 h with a warm-up of half an hour count 7.5 h; figures that are no counts say nothing."""
    good = Figure(name="good_parts", unit="pieces", value=Value(460.0, 455.0, 465.0))
    page = report(msgspec.structs.replace(study(), figures=(good,)))
    assert "Counts are of the 7.5 h after the warm-up." in page
    assert "Counts are of" not in report(study())


@pytest.mark.skipif(browser_path() is None, reason="no Chromium on this machine")
def test_it_fits_every_screen(tmp_path: Path) -> None:
    """Nothing stands out of a telephone, a desk or a wall; letters grow with the wall."""
    page, size = tmp_path / "report.html", {}
    page.write_text(report(study()), "utf-8")
    text = "getComputedStyle(document.querySelector('.chart text')).fontSize"
    with Browser.start() as browser:
        browser.open(page.as_uri())
        for width in (360, 1440, 2560):
            browser.picture(tmp_path / "p.png", width, 900)
            assert browser.run("document.documentElement.scrollWidth") == width
            size[width] = float(browser.run(text).removesuffix("px"))
    assert size[360] >= 12.0
    assert size[2560] >= 1.4 * size[1440]
