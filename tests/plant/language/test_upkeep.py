"""Maintenance and loads in a plant file: how they are read, merged, written and checked."""

import pytest

from linewright.plant import to_text
from linewright.plant.language.load import check_text, load_text
from linewright.plant.model.behaviour import Duration, Maintenance
from linewright.plant.model.equipment import Station

PLANT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    crews: {repair: 2}
    areas:
      shop:
        work_centres:
          mills:
            stations:
              one: {use: mill, STATION}
types:
  mill:
    does: {mill: 40 s}
    fails: {spindle: {every: 300 h, repair: 2 h}}
    wears: {cutter: {life: 8 h}}
    maintenance: {every: 200 h, takes: 30 min, crew: repair}
operations: {mill: {batch: 3}}
"""


def _station(keys: str) -> Station:
    plant = load_text(PLANT.replace("STATION", keys))
    return plant.sites["reno"].areas["shop"].work_centres["mills"].stations["one"]


def _problems(keys: str) -> list[tuple[str, str]]:
    found = check_text(PLANT.replace("STATION", keys)).problems
    return [(problem.code, problem.hint) for problem in found]


def test_a_maintenance_is_read_with_its_units() -> None:
    """Times become seconds, shares become parts of one; what is left out has its default."""
    keys = "{change: {renews: cutter, every: 5 h, clock: calendar, at: 90 %, opportunity: 0.7, "
    station = _station(f"maintenance: {keys} takes: 10 min cv 0.5, label: Change}}}}")
    assert list(station.maintenance) == ["service", "change"]
    assert station.maintenance["service"] == Maintenance(
        every_s=720_000.0, takes=Duration(mean_s=1800.0), crew="repair"
    )
    change = station.maintenance["change"]
    assert change.renews == ("cutter",)
    assert (change.every_s, change.clock) == (18_000.0, "calendar")
    assert (change.at_share, change.opportunity_share) == (0.9, 0.7)
    assert change.takes == Duration(mean_s=600.0, family="gamma", cv=0.5)
    assert dict(change.label) == {"": "Change"}


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("maintenance: ~", []),
        ("maintenance: {service: ~}", []),
        ("maintenance: {every: 9 h, takes: 1 h}", ["service"]),
        ("maintenance: {service: {at: 90 %}}", ["service"]),
        ("maintenance: {greasing: {every: 9 h, takes: 1 h}}", ["service", "greasing"]),
        ("maintenance: {service: ~, greasing: {every: 9 h, takes: 1 h}}", ["greasing"]),
    ],
)
def test_a_station_adds_to_what_its_type_says(keys: str, names: list[str]) -> None:
    """A lone one is named `service`; merged by name, and equal when written and read again."""
    assert list(_station(keys).maintenance) == names
    plant = load_text(PLANT.replace("STATION", keys))
    assert check_text(to_text(plant)).problems == ()
    assert load_text(to_text(plant)) == plant


def test_a_lone_maintenance_is_written_short() -> None:
    """The type keeps the short form in which people write one maintenance."""
    text = to_text(load_text(PLANT.replace("STATION", "places: 2")))
    assert "maintenance: {every: 200 h, takes: 30 min, crew: repair}" in text


def test_what_is_due_at_a_share_of_life_renews_a_wear() -> None:
    """Left out, `renews` means every wear; only modes will not do, and the hint names the wears."""
    at = "maintenance: {change: {RENEWS at: 90 %, takes: 1 h}}"
    assert _problems(at.replace("RENEWS", "")) == []
    assert _problems(at.replace("RENEWS", "renews: [spindle, cutter],")) == []
    wrong = _problems(at.replace("RENEWS", "renews: spindle,"))
    assert wrong == [("maintenance-without-wear", "add `cutter` to `renews:`")]
    assert _problems("wears: ~, " + at.replace("RENEWS", "")) == [
        ("maintenance-without-wear", "add `wears:`, or write `every: 200 h`")
    ]


def test_what_a_maintenance_renews_is_of_its_station() -> None:
    """A name of nothing is told once, with the nearest name; so are crew and reason."""
    wrong = "maintenance: {change: {renews: cuter, at: 90 %, takes: 1 h}}"
    assert _problems(wrong) == [("reference-dangling", "did you mean `cutter`?")]
    assert _problems("maintenance: {service: {crew: repairs}}") == [
        ("reference-dangling", "did you mean `repair`?")
    ]
    reason = _problems("maintenance: {service: {reason: jam}}")
    assert reason == [("reference-dangling", "there is none yet")]


@pytest.mark.parametrize(
    ("share", "code"), [("0 %", "out-of-range"), ("101 %", "out-of-range"), ("100 %", "")]
)
def test_a_share_of_life_is_more_than_nothing_and_at_most_all(share: str, code: str) -> None:
    """`at: 100 %` is the end of life; beyond it, and at its very beginning, nothing is due."""
    found = [each for each, _ in _problems(f"maintenance: {{service: {{at: {share}}}}}")]
    assert found == ([code] if code else [])


@pytest.mark.parametrize(
    ("keys", "most"),
    [
        ("batch_least: 3", 3),
        ("batch: 5, batch_least: 5", 5),
        ("does: {mill: {time: 9 s, pieces: 6, blocked: 2}}, batch_least: 4", 4),
        ("does: {mill: {time: 9 s, pieces: 6}}, batch: 2, batch_least: 6", 6),
    ],
)
def test_a_load_waits_for_as_many_as_it_holds(keys: str, most: int) -> None:
    """The batch of the station or else of the operation, or the pieces of the cycle, if more."""
    assert _station(keys).batch_least == most
    wrong = keys.replace(f"batch_least: {most}", f"batch_least: {most + 1}")
    (problem,) = _problems(wrong)
    assert problem[0] == "batch-least-beyond"
    assert f"`batch_least: {most}` or less" in problem[1]


def test_how_a_station_blocks_and_who_is_served_first() -> None:
    """Left out: after service, first, single pieces, and no slots; given: as written."""
    plain = _station("places: 1")
    assert (plain.blocking, plain.priority, plain.batch_least) == ("after_service", 1, 1)
    assert plain.does["mill"].succeeds_share is None
    given = _station(
        "blocking: before_service, priority: 7, does: {mill: {time: 1 s, succeeds: 90 %}}"
    )
    assert (given.blocking, given.priority) == ("before_service", 7)
    assert given.does["mill"].succeeds_share == 0.9
