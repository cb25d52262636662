"""What people do on the pages, done in a real browser, and what the site then holds for true."""

from typing import Any

import pytest

from linewright.testing.browser import Browser
from tests.scenes.web.acts import audited, press, put
from tests.scenes.web.site import (
    LAST_DAY,
    LINE,
    NEEDED,
    STATION,
    WAIT_S,
    Site,
    by_text,
    shown,
    word,
)
from tools.visits import PHONE

pytestmark = NEEDED


BARS = "[...document.querySelectorAll('.bars')].map((one) => one.innerText).join(' ')"
DAY = f"?window={LAST_DAY}"
TEXT = "document.querySelector('main').innerText"


def stops(site: Site) -> dict[str, dict[str, Any]]:
    """Stops of the last whole day."""
    found: dict[str, dict[str, Any]] = site.get("/api/stops", address=LINE, window=LAST_DAY)[
        "stops"
    ]
    return found


def test_a_case_is_confirmed(page: Browser, site: Site) -> None:
    """The page asks once more; yes grants what was proposed, and the case goes on."""
    shown(page, f"/cases/{site.case}", "document.querySelector('.answer button.main')")
    page.click(".answer button.main")
    page.wait_for("document.querySelector('dialog[open]')")
    press(page, "dialog footer button.main")
    site.until(lambda: site.get(f"/api/cases/{site.case}")["stage"] != "proposed", 60.0)


def test_a_reason_in_two_taps(page: Browser, site: Site) -> None:
    """On a phone: the list of reasons, the reason; then it is on Losses and in the audit."""
    page.screen(*PHONE)
    tree = next(iter(site.get("/api/plant")["reasons"].values()))
    leaf = next(one for one in tree if not one.get("reasons") and not one.get("comment"))
    waiting = site.get("/api/stops", address=LINE, window=LAST_DAY)["waiting"]
    shown(page, f"/losses/{LINE}{DAY}", f"{BARS}.length > 20")
    before = page.run(BARS)
    shown(page, f"/stops/{LINE}{DAY}", "document.querySelector('.queue .quick button')")
    press(page, ".queue li:first-child .quick button.plain")
    press(page, "dialog .picks button", leaf["label"]["en"])
    page.wait_for("document.querySelector('.toast')")
    given = site.until(lambda: [n for n in waiting if stops(site)[n].get("reason") == leaf["code"]])
    assert len(given) == 1
    shown(page, f"/losses/{LINE}{DAY}", f"{BARS} !== {before!r} && {BARS}.length > 20")
    row = audited(site, "stop.explained")
    assert row["by"] == "local"
    assert leaf["code"] in row["text"]


def test_a_stop_is_split_and_made_whole_again(page: Browser, site: Site) -> None:
    """Cut in the middle with two reasons there are two stops; undo brings the one back."""
    before = stops(site)
    name, long = max(before.items(), key=lambda each: each[1]["s"])
    place = "[...document.querySelectorAll('.list tbody tr')].find((one) => one.offsetParent)"
    shown(page, f"/stops/{LINE}{DAY}", place)
    press(page, ".list thead button", word("stops.length"))
    page.click_on(place)
    press(page, "dialog footer.acts button", word("stops.split"))
    page.wait_for("document.querySelectorAll('dialog select').length === 2")
    for at in (0, 1):
        put(page, f"document.querySelectorAll('dialog select')[{at}]", at)
    press(page, "dialog footer button.main", word("stops.split.do"))
    parts = site.until(lambda: _parts(site, name, before))
    assert sum(each["s"] for each in parts) == pytest.approx(long["s"], abs=0.01)
    assert audited(site, "stop.split")["outcome"] == "done"
    press(page, ".toast button")
    site.until(lambda: stops(site).keys() == before.keys())
    assert audited(site, "stop.undone")["by"] == "local"


def _parts(site: Site, name: str, before: dict[str, Any]) -> list[dict[str, Any]]:
    """The stops that lie where one was, once there are more."""
    old = before[name]
    found = [
        each
        for each in stops(site).values()
        if each["address"] == old["address"]
        and old["from_ms"] <= each["from_ms"] < old["until_ms"]
        and each["s"] < old["s"]
    ]
    return found if len(found) > 1 else []


def test_an_alarm_is_shelved_with_a_reason(page: Browser, site: Site) -> None:
    """Without a reason it cannot be; with one it stands among the shelved, until it is put back."""
    before = _waiting(site)
    shown(page, f"/alarms/{LINE}", "document.querySelector('.alarm-acts .menu button')")
    page.click(".alarm-acts .menu button")
    press(page, ".alarm-acts .menu button", word("alarms.shelve"))
    page.wait_for("document.querySelector('dialog input')")
    assert page.run("document.querySelector('dialog footer button.main').disabled") is True
    page.run("document.querySelector('dialog input').focus()")
    page.write("sensor is being changed")
    press(page, "dialog footer button.main")
    page.wait_for("document.querySelector('.toast')")
    shown(page, f"/alarms/{LINE}?tab=shelved", f"{TEXT}.includes('sensor is being changed')")
    row = audited(site, "alarm.shelved")
    assert "sensor is being changed" in row["text"]
    press(page, "main button", word("alarms.unshelve"))
    site.until(lambda: len(_waiting(site)) == len(before))


def test_an_alarm_is_acknowledged(page: Browser, site: Site) -> None:
    """The button takes it from the waiting ones, and the audit says who."""
    before = _waiting(site)
    shown(page, f"/alarms/{LINE}", "document.querySelector('.alarm-acts button.main')")
    press(page, ".alarm-acts button.main", word("alarms.acknowledge"))
    site.until(lambda: len(_waiting(site)) == len(before) - 1)
    assert audited(site, "alarm.acknowledged")["by"] == "local"


def _waiting(site: Site) -> list[str]:
    rows = site.get("/api/alarms", address=LINE).get("alarms", {})
    states = {"unacknowledged", "returned_unacknowledged", "latched_unacknowledged"}
    return [name for name, each in rows.items() if each["state"] in states]


def test_a_call_is_raised_and_resolved(page: Browser, site: Site) -> None:
    """One tap calls maintenance; seen, here and done each take one more."""
    shown(page, f"/station/{STATION}", "document.querySelector('.station-kinds button')")
    known = set(site.get("/api/calls", address=STATION).get("calls", {}))
    kind = "material"
    press(page, ".station-kinds button", word(f"call.{kind}"))
    site.until(lambda: set(site.get("/api/calls", address=STATION).get("calls", {})) - known)
    row = by_text(".station-list li:has(.tag)", word(f"call.{kind}"))
    for step in ("acknowledge", "arrive", "resolve"):
        said = word(f"station.call.{step}")
        buttons = f"[...(({row})?.querySelectorAll('button') ?? [])]"
        button = f"{buttons}.find((one) => one.textContent === {said!r})"
        page.wait_for(button)
        page.click_on(button)
    site.until(lambda: set(site.get("/api/calls", address=STATION).get("calls", {})) <= known)
    assert audited(site, "call.resolved")["by"] == "local"


def test_a_command_is_sent_and_read_back(page: Browser, site: Site) -> None:
    """A value inside its range is checked, written once, and the machine's answer is shown."""
    shown(page, f"/station/{STATION}", by_text("main button", word("station.set")))
    press(page, "main button", word("station.set"))
    page.wait_for("document.querySelector('dialog input')")
    wanted = 90 if _speed(site) != 90 else 95
    page.run("document.querySelector('dialog input').focus()")
    page.write(str(wanted))
    press(page, "dialog footer button.main", word("station.check"))
    press(page, "dialog footer button.main")
    page.wait_for(f"document.body.innerText.includes({word('outcome_of.confirmed')!r})", 60.0)
    site.until(lambda: _speed(site) == wanted)  # history has it somewhat later than the page


def _speed(site: Site) -> float:
    found = site.get("/api/commands", address=STATION, parameter="speed")
    return float(found["present"]["value"])


def test_a_report_is_signed(page: Browser, site: Site) -> None:
    """A shift that is over is signed once; the page then says who stands for it."""
    path = f"/report/{LINE}?window={LAST_DAY}/day"
    shown(page, path, by_text("main button.main", word("report.sign")))
    press(page, "main button.main", word("report.sign"))
    press(page, "dialog footer button", word("report.sign.yes"))
    page.wait_for(f"{TEXT}.includes('sha') || document.querySelector('.toast')", WAIT_S)
    report = site.get("/api/report", address=LINE, window=f"{LAST_DAY}/day")
    assert report["signed_by"] == "local"
    assert len(report["signed_sha256"]) == 64


def test_signing_out_ends_the_session(site: Site) -> None:
    """After it the page asks who is there, and the session's cookie opens nothing."""
    running = site.scene.running()
    with Browser.start() as other:
        other.screen(1366, 900)
        other.open(f"{running['url']}/#key={running['key']}")
        other.wait_for(site.visit("line").shows, 60.0)
        press(other, "header .menu > button")
        press(other, "header .menu button", word("sign_out"))
        other.wait_for("document.querySelector('input[type=password]')")
        other.run("fetch('/api/plant').then((answer) => { window.status1 = answer.status; })")
        other.wait_for("window.status1")
        assert other.run("window.status1") == 401
