"""What a person names: the end of an address is enough, and times are those of the site."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from linewright.cli.ending import Failed
from linewright.cli.looking.wanted import (
    address_of,
    instant,
    span,
    station_of,
    tags_under,
    window,
)
from linewright.plant import Address, Plant, load
from tests.server.test_supervise import BRACKET

ZONE = ZoneInfo("America/Hermosillo")
S_NS = 1_000_000_000
NOW_NS = 1_795_449_420 * S_NS
"""2026-11-23 08:57 there."""


@pytest.fixture(scope="module")
def plant() -> Plant:
    """The bracket plant."""
    return load(BRACKET)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("nogales", "nogales"),
        ("bracket", "nogales/machining/bracket"),
        ("mill", "nogales/machining/bracket/mill"),
        ("bracket/mill", "nogales/machining/bracket/mill"),
        (" mill/ ", "nogales/machining/bracket/mill"),
        ("mill#active_power", "nogales/machining/bracket/mill#active_power"),
        ("blade_temp", "nogales/machining/bracket/saw#blade_temp"),
    ],
)
def test_the_end_of_an_address_is_enough(text: str, whole: str, plant: Plant) -> None:
    """Whatever ends only one address names it."""
    assert address_of(plant, "nogales", text) == whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mil", "did you mean `mill`?"),
        ("mill#active_pwer", "did you mean `mill#active_power`?"),
        ("good", "4 things end with `good`"),
        ("", "there is no address"),
        ("x" * 5000, "there is no address"),
    ],
)
def test_what_names_nothing(text: str, said: str, plant: Plant) -> None:
    """A slip is answered with the nearest spelling, several with their names."""
    with pytest.raises(Failed) as failed:
        address_of(plant, "nogales", text)
    assert said in failed.value.format_message()


def test_tags_of_every_level(plant: Plant) -> None:
    """A site has all its tags, a station its own, a tag itself, with their units."""
    whole = tags_under(plant, Address("nogales"))
    mill = tags_under(plant, Address("nogales/machining/bracket/mill"))
    one = tags_under(plant, mill[0].address)
    assert len(whole) > len(mill) > len(one) == 1
    power = next(each for each in mill if each.address.tag == "active_power")
    assert power.unit == "kW"


def test_a_command_of_a_station(plant: Plant) -> None:
    """ADDRESS#COMMAND gives both; what is none is told with the nearest."""
    assert station_of(plant, "nogales", "mill#speed") == (
        Address("nogales/machining/bracket/mill"),
        "speed",
    )
    for text, said in [("mill#sped", "mill#speed"), ("mill", "names no command")]:
        with pytest.raises(Failed) as failed:
            station_of(plant, "nogales", text)
        assert said in failed.value.format_message()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90 s", 90), ("15min", 900), ("1.5 h", 5400), ("7 d", 604_800)]
)
def test_spans(text: str, seconds: int) -> None:
    """A span is a number with a unit."""
    assert span(text) == seconds * S_NS


@pytest.mark.parametrize("text", ["", "h", "1", "-1 h", "0 s", "1 hour", "nan s", "1e9 d"])
def test_what_is_no_span(text: str) -> None:
    """Everything else is refused, with how to write it."""
    with pytest.raises(Failed, match="is no span of time"):
        span(text)


def test_a_span_that_no_clock_has() -> None:
    """Its bound is told."""
    with pytest.raises(Failed) as caught:
        span("99999 d")
    assert "at most 73000 d" in caught.value.format_message()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-23 08:57", 0),
        ("08:57", 0),
        ("8:57", 0),
        ("2026-11-23T15:57Z", 0),
        ("08:57:30", 30),
        ("2026-11-23", -(8 * 3600 + 57 * 60)),
    ],
)
def test_times_are_those_of_the_site(text: str, seconds: int) -> None:
    """A local time is one of the site; a time without a date is of today there."""
    assert instant(text, ZONE, NOW_NS) == NOW_NS + seconds * S_NS


def test_a_time_is_exact() -> None:
    """No digit of a time is lost on the way, however late it is."""
    at = "2199-12-31T23:59:59.123457Z"
    assert instant(at, ZONE, NOW_NS) == 7_258_118_399_123_457_000


@pytest.mark.parametrize("text", ["", "soon", "25:00", "2026-13-01", "1969-01-01", "3000-01-01"])
def test_what_is_no_time(text: str) -> None:
    """What no clock shows is refused, with how to write one."""
    with pytest.raises(Failed) as failed:
        instant(text, ZONE, NOW_NS)
    assert "2026-11-23 08:57" in failed.value.format_message()


def test_windows() -> None:
    """Without words it is the last hour; what contradicts itself is refused."""
    hour_ns = 3600 * S_NS
    assert window((None, None, None), dt.UTC, NOW_NS, hour_ns) == (NOW_NS - hour_ns, NOW_NS)
    assert window((None, None, "90 s"), dt.UTC, NOW_NS, hour_ns) == (NOW_NS - 90 * S_NS, NOW_NS)
    assert window(("08:00", "08:57", None), ZONE, NOW_NS, 1)[0] == NOW_NS - 57 * 60 * S_NS
    for given in [("08:00", None, "1 h"), ("09:00", "08:00", None), ("09:00", None, None)]:
        with pytest.raises(Failed):
            window(given, ZONE, NOW_NS, hour_ns)
