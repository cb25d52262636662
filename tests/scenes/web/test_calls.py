"""Calls for help, stops that are joined, and who may set a value: done in a real browser."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from linewright.testing.browser import Browser
from tests.scenes.web.acts import audited, press, put
from tests.scenes.web.site import LAST_DAY, LINE, NEEDED, Site, by_text, shown, word

pytestmark = NEEDED

DAY = f"?window={LAST_DAY}"
ZONE = ZoneInfo("America/Hermosillo")
MARKED = "[...document.querySelectorAll('.call-row')].find((one) => one.textContent.includes(%r))"


def test_a_call_is_raised_answered_and_done_on_its_page(page: Browser, site: Site) -> None:
    """Where, what for: called. Seen, here and done are one tap each; then it is history."""
    shown(page, f"/calls/{LINE}", by_text("main button.main", word("calls.raise")))
    press(page, "main button.main", word("calls.raise"))
    press(page, "dialog .picks button", "Inspection")
    page.run("document.querySelector('dialog input').focus()")
    page.write("gauge reads nothing")
    press(page, "dialog .picks button", word("call.quality"))
    row = MARKED % "gauge reads nothing"
    page.wait_for(row)
    for step in ("acknowledge", "arrive", "resolve"):
        button = f"({row})?.querySelector('.call-acts button.main')"
        page.wait_for(f"({button})?.textContent === {word(f'station.call.{step}')!r}")
        page.click_on(button)
    page.wait_for(f"!({row})")
    assert audited(site, "call.resolved")["by"] == "local"
    press(page, "[role=tab]", word("calls.past"))
    page.wait_for(by_text("main tbody tr", "gauge reads nothing"))
    past = site.get("/api/calls/journal", address=LINE, window="shift")
    mine = next(one for one in past["rows"] if one.get("text") == "gauge reads nothing")
    assert (mine["state"], mine["answered_by"], mine["ended_by"]) == ("resolved", "local", "local")
    assert mine["raised_ms"] < mine["answered_ms"] <= mine["arrived_ms"] <= mine["ended_ms"]


def test_calls_of_a_day_tell_how_soon_people_came(page: Browser, site: Site) -> None:
    """The figures on the page are those of the rows, worked out here from the answer."""
    found = site.get("/api/calls/journal", address=LINE, window=LAST_DAY)
    rows = found["rows"]
    assert len(rows) == found["raised"] > 1
    shown(page, f"/calls/{LINE}?tab=past&window={LAST_DAY}", f"{_rows()}.length === {len(rows)}")
    waits = sorted(one["answered_ms"] - one["raised_ms"] for one in rows if "answered_ms" in one)
    middle = (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2000
    assert found["answer_s_p50"] == pytest.approx(middle)
    figures = page.run("[...document.querySelectorAll('.call-figures b')].map((o) => o.innerText)")
    whole = round(middle)
    said = f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"
    assert figures[:2] == [str(len(rows)), said]


def _rows() -> str:
    return "document.querySelectorAll('main tbody tr')"


def test_a_value_is_offered_to_the_roles_of_the_plant_file_alone(page: Browser, site: Site) -> None:
    """A supervisor may set the speed of the mill; the bath of the washer is quality's."""
    offer = by_text(".station-command button", word("station.set"))
    shown(page, f"/station/{LINE}/mill", offer)
    said = word("station.roles_may", roles=word("role_of.quality"))
    shown(page, f"/station/{LINE}/wash", by_text(".station-command", said))
    assert page.run(f"{offer} === undefined")
    refused = site.get("/api/commands", address=f"{LINE}/wash", parameter="bath_setpoint")
    assert "quality" in refused["refused"]


def test_two_parts_of_a_stop_are_joined_by_screen(page: Browser, site: Site) -> None:
    """Cut, then joined with one reason: as long as before, and the audit has both."""
    whole = max(_stops(site).values(), key=lambda each: each["s"])
    _open(page, whole["from_ms"])
    press(page, "dialog footer.acts button", word("stops.split"))
    page.wait_for("document.querySelectorAll('dialog select').length === 2")
    for at in (0, 1):
        put(page, f"document.querySelectorAll('dialog select')[{at}]", at)
    press(page, "dialog footer button.main", word("stops.split.do"))
    site.until(lambda: _touching(site, whole))
    _open(page, whole["from_ms"])
    press(page, "dialog footer.acts button", word("stops.merge"))
    page.wait_for("document.querySelector('dialog .near li:has(:disabled) + li input')")
    page.click_on("document.querySelector('dialog .near li:has(:disabled) + li input')")
    put(page, "document.querySelector('dialog select')", 0)
    press(page, "dialog footer button.main", word("stops.merge.do", n=2))
    joined = site.until(lambda: _like(site, whole))
    assert joined["s"] == pytest.approx(whole["s"], abs=0.01)
    assert audited(site, "stop.merged")["by"] == "local"


def _stops(site: Site) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = site.get("/api/stops", address=LINE, window=LAST_DAY)[
        "stops"
    ]
    return found


def _open(page: Browser, from_ms: int) -> None:
    """Open the stop that began then, from the list of the day."""
    began = dt.datetime.fromtimestamp(from_ms / 1000, ZONE).strftime("%H:%M:%S")
    row = by_text(".list tbody tr", began)
    shown(page, f"/stops/{LINE}{DAY}", row)
    page.click_on(row)


def _touching(site: Site, whole: dict[str, Any]) -> bool:
    parts = [one for one in _stops(site).values() if one["address"] == whole["address"]]
    within = [one for one in parts if whole["from_ms"] <= one["from_ms"] < whole["until_ms"]]
    return len(within) == 2


def _like(site: Site, whole: dict[str, Any]) -> dict[str, Any] | None:
    same = ("address", "from_ms", "until_ms")
    return next(
        (one for one in _stops(site).values() if all(one[key] == whole[key] for key in same)), None
    )
