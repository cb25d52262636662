"""Values, times and qualities in words."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from linewright.cli.looking.words import advice, age, local, number, offset, quality
from linewright.plant.records import Quality
from tests.server.test_supervise import ROOT


@pytest.mark.parametrize("bit", list(Quality))
def test_every_quality_has_words(bit: Quality) -> None:
    """No bit is told as a number; a bad value is never told as good."""
    said = quality(int(Quality.BAD | bit))
    assert said.startswith("bad")
    assert not any(character.isdigit() for character in said)


def test_where_a_value_comes_from_is_no_doubt() -> None:
    """A simulated or first value is good; a stale one is uncertain and says why."""
    assert quality(int(Quality.SIMULATED | Quality.INITIAL)) == "good"
    assert quality(int(Quality.UNCERTAIN | Quality.STALE)) == "uncertain: stale"


def test_numbers() -> None:
    """An exact integer stays exact, what is no number is told so, a text stands for itself."""
    assert number(9007199254740993.0, integer=9007199254740993) == "9007199254740993"
    assert number(float("inf")) == number(None) == "no value"
    assert number(0.30000000000000004) == "0.3"
    assert number(float("nan"), text="") == ""


def test_local_times_through_the_change_of_the_hour() -> None:
    """The hour that comes twice is told with its distance from UTC."""
    zone = ZoneInfo("America/Denver")
    before, after = (1_793_520_000 + n * 3600 for n in (0, 1))
    assert local(before * 10**9 + 7, zone, digits=9).endswith(".000000007")
    assert offset(zone, 1_790_000_000 * 10**9) == "America/Denver (UTC-06:00)"
    assert offset(zone, 1_797_000_000 * 10**9) == "America/Denver (UTC-07:00)"
    assert local(before * 10**9, zone) != local(after * 10**9, zone)
    assert local(0, dt.UTC, with_date=False, digits=0) == "00:00:00"


def test_ages_grow() -> None:
    """A negative age, of a clock that was set back, is no time at all."""
    assert [age(seconds) for seconds in (-5, 9.94, 59, 3600, 90_000, 1e6)] == [
        "0.0 s", "9.9 s", "59 s", "60 min", "25.0 h", "11.6 d",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "step"),
    [
        ("[Errno 111] Connect call failed ('10.1.4.11', 4840)", "is the port right?"),
        ("no answer for 1.1 s", "cable, firewall, address"),
        ("TimeoutError", "cable, firewall, address"),
        ("[Errno 113] No route to host", "cable, firewall, address"),
        ("BadCertificateUntrusted", "`linewright trust`"),
        ("BadTooManySessions", "close other clients"),
        ("BadUserAccessDenied", "`user:`"),
        ("[Errno -2] Name or service not known", "is the name in its address right?"),
        ("Connection reset by peer", "it broke off"),
        ("the secret SAW_PASSWORD is missing", "start it again with the setting"),
        ("something new", "tried again by itself"),
    ],
)
def test_advice_from_a_reason(why: str, step: str) -> None:
    """Every reason for which a machine is away has something that a person can do."""
    assert step in advice("lost", why)
    assert advice("connected", why) == ""


def test_the_table_of_bits_is_the_one_of_the_records() -> None:
    """docs/history.md lists every bit of `Quality`, with its number."""
    rows = re.findall(r"\| (\d+) \| `([A-Z_]+)` \|", (ROOT / "docs/history.md").read_text("utf-8"))
    assert rows == [(str(int(bit)), bit.name) for bit in Quality]
