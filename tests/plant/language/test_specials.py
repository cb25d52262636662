"""Forms of their own: labels, clocks, holidays, hours, amounts."""

import datetime as dt

import pytest

from linewright.plant import to_text
from linewright.plant.language.load import check_text, load_text
from linewright.plant.model.markers import label_in

HEAD = """
linewright: 1
enterprise: acme
sites: {reno: {timezone: America/Los_Angeles, currency: USD, KEYS}}
"""


def codes(keys: str) -> list[str]:
    """Return the codes of a site written with these keys."""
    return [problem.code for problem in check_text(HEAD.replace("KEYS", keys)).problems]


def test_a_label_is_one_text_or_one_per_language() -> None:
    """A label in the asked language, else of its family, else any."""
    site = load_text(HEAD.replace("KEYS", "label: {en: Reno, es: Planta Reno}")).sites["reno"]
    assert label_in(site.label, "es-MX") == "Planta Reno"
    assert label_in(site.label, "fr") == "Reno"
    assert codes("label: {english: Reno}") == ["value-invalid"]
    assert codes("label: [Reno]") == ["wrong-kind"]


@pytest.mark.parametrize(("text", "seconds"), [("06:00", 21_600), ('"6:30"', 23_400)])
def test_a_day_starts_at_a_time_of_day(text: str, seconds: int) -> None:
    """A time of day is seconds after midnight, whatever YAML would make of it."""
    site = load_text(HEAD.replace("KEYS", f"day_starts: {text}")).sites["reno"]
    assert site.day_starts_s == seconds


@pytest.mark.parametrize("text", ["24:00", "6", "06:60", "noon"])
def test_what_is_no_time_of_day(text: str) -> None:
    """A time that no clock shows is refused."""
    assert codes(f'day_starts: "{text}"') == ["value-invalid"]


def test_holidays_are_dates_with_labels() -> None:
    """Holidays come in the order of their dates, with the shifts that still run."""
    keys = """shifts: {guard: daily 00:00-24:00}, holidays: {2026-12-25: Christmas,
      2026-01-01: {label: New Year, open: guard}}"""
    site = load_text(HEAD.replace("KEYS", keys)).sites["reno"]
    assert [day.date for day in site.holidays] == [dt.date(2026, 1, 1), dt.date(2026, 12, 25)]
    assert site.holidays[0].open == ("guard",)
    assert codes("holidays: {2026-02-30: x}") == ["date-invalid"]
    assert codes("holidays: {2026-02-03: {open: gard}}") == ["reference-dangling"]


def test_a_list_out_of_the_world_has_a_nearest_entry() -> None:
    """A misspelled time zone, currency or country names the right one."""
    text = HEAD.replace("Los_Angeles", "Los_Angles").replace("currency: USD", "currency: usd")
    hints = [problem.hint for problem in check_text(text.replace(", KEYS", "")).problems]
    assert hints == ["did you mean `America/Los_Angeles`?", "did you mean `USD`?"]


def test_text_is_what_stands_there() -> None:
    """`no`, `01` and `1e3` stay the text that a text key asks for."""
    keys = "location: {country: NO, region: no, address: 01}"
    location = load_text(HEAD.replace("KEYS", keys)).sites["reno"].location
    assert location is not None
    assert (location.country, location.region, location.address) == ("NO", "no", "01")


def test_a_type_can_use_the_names_of_its_station() -> None:
    """`{station}` and `{tag}` in a source stand for the names where the type is used."""
    keys = """areas: {shop: {work_centres: {mills: {stations: {
      m1: {use: cnc, does: {mill: 9 s}}, m2: {use: cnc, does: {mill: 9 s}}}}}}}"""
    text = HEAD.replace("KEYS", keys) + (
        "types: {cnc: {connect: {opcua: 'opc.tcp://h'},"
        " tags: {temp: {node: 'ns=2;s={site}.{station}.{tag}'}}}}\n"
    )
    sources = [station.tags["temp"].source for _, station in load_text(text).stations()]
    assert sources == ["ns=2;s=reno.m1.temp", "ns=2;s=reno.m2.temp"]
    assert load_text(to_text(load_text(text))) == load_text(text)


def test_a_tolerance_stands_beside_other_keys() -> None:
    """The short form of limits goes together with what the characteristic says more."""
    text = HEAD.replace("KEYS", "areas: {}") + (
        "products: {p: {characteristics: "
        "{bore: {tolerance: 12 mm +/- 0.1 mm, importance: critical}}, route: [x]}}\n"
        "operations: {x: {outside: s}}\nsuppliers: {s: {}}\n"
    )
    bore = load_text(text).products["p"].characteristics["bore"]
    assert (bore.lower, bore.upper, bore.importance) == (11.9, 12.1, "critical")
