"""People and things that are counted, by hand."""

from typing import Any

import pytest

from tests.twin.small import SHOP, Keys, Played, plant_of

HANDS = {"crews": {"hands": {"people": 1, "skills": ["run"]}}}
SKILLS: Keys = {"skills": {"run": {}}}


def _two(one: dict[str, object], until_s: float = 60.0, **more: object) -> Played:
    """Return two stations beside each other with endless work and one person."""
    stations = {"x": {"does": {"do": one}}, "y": {"does": {"do": one}}}
    keys: dict[str, Any] = {"site": HANDS, **SKILLS, "products": {"p": {"route": ["do"]}}, **more}
    plant = plant_of(centres={"jobs": {"stations": stations}}, **keys)
    return Played(plant, until_s, at=f"{SHOP}/jobs")


def _manned(need: float, people: int) -> Played:
    one = {"cycle": "10 s", "operators": {"run": need}}
    site = {"crews": {"hands": {"people": people, "skills": ["run"]}}}
    plant = plant_of(["a", 9, "b"], stations={"a": one, "b": one}, site=site, **SKILLS)
    return Played(plant, 100.0)


def test_one_person_serves_who_asked_first() -> None:
    """Two stations that ask at one instant take turns: downstream first, then who has waited."""
    run = _manned(1, 1)
    assert run.times("ENDED", "a") == [10.0, 30.0, 50.0, 70.0, 90.0]
    assert run.times("ENDED", "b") == [20.0, 40.0, 60.0, 80.0, 100.0]
    assert run.crew("hands").busy == 1.0
    assert run.out.stations[0].waiting_s == 50.0


def test_the_trace_tells_who_waits_for_people() -> None:
    """At 10 s both ask and b is served: a stands with its part, and begins when b has ended."""
    run = _manned(1, 1)
    stands = run.told("STANDS", "a")
    assert [one.t_ns / 1e9 for one in stands] == [10.0, 30.0, 50.0, 70.0, 90.0]
    assert {one.value for one in stands} == {1.0}
    assert [one.unit for one in stands] == ["1", "2", "3", "4", "5"]
    assert run.times("STANDS", "b") == []
    assert run.times("GOES_ON", "a") == []


def test_half_a_person_each_is_enough_for_two() -> None:
    """Needs of one half run side by side; a need of one does not."""
    assert _manned(0.5, 1).out.good == 9
    assert _manned(0.5, 1).crew("hands").busy == pytest.approx(0.95)
    assert _manned(1, 2).out.good == 9


def test_all_at_once_or_nothing() -> None:
    """Of two people, one alone is of no use to who needs both: nobody holds one and waits."""
    stations = {
        "a": {"cycle": "10 s", "operators": {"run": 1}},
        "b": {"cycle": "10 s", "operators": {"run": 2}},
    }
    site = {"crews": {"hands": {"people": 2, "skills": ["run"]}}}
    run = Played(plant_of(["a", 1, "b"], stations=stations, site=site, **SKILLS), 45.0)
    assert run.times("BEGAN", "a") == [0.0, 20.0, 40.0]
    assert run.times("BEGAN", "b") == [10.0, 30.0]


def test_who_attends_goes_after_a_while() -> None:
    """One person loads two machines for 4 s of each cycle of 10 s."""
    run = _two({"time": "10 s", "operator": "4 s"}, 30.0)
    assert run.times("BEGAN", "y") == [0.0, 10.0, 20.0, 30.0]
    assert run.times("BEGAN", "x") == [4.0, 14.0, 24.0]
    assert run.crew("hands").busy == pytest.approx(24.0 / 30.0)


def test_a_fixture_is_taken_for_the_cycle() -> None:
    """Of two machines with one pallet, one works at a time."""
    run = _two({"time": "10 s", "fixture": ["pallet"]}, site={"fixtures": {"pallet": {"count": 1}}})
    assert sorted(run.times("BEGAN", "x") + run.times("BEGAN", "y"))[:4] == [0.0, 10.0, 20.0, 30.0]
    assert (run.crew("pallet").kind, run.crew("pallet").busy) == ("fixture", 1.0)


def test_a_failure_gives_the_person_back() -> None:
    """While a machine is down its operator runs the other one, and it waits for them after."""
    fails = {"jam": {"every": "5 s constant", "repair": "3 s constant", "clock": "calendar"}}
    one = {"does": {"do": "10 s"}, "operators": {"run": 1}}
    stations = {"x": one, "y": {**one, "fails": fails}}
    centres = {"jobs": {"stations": stations}}
    plant = plant_of(centres=centres, site=HANDS, **SKILLS, products={"p": {"route": ["do"]}})
    run = Played(plant, 14.5, at=f"{SHOP}/jobs")
    assert run.times("FAILED", "y") == [5.0, 13.0]
    assert run.times("BEGAN", "x") == [5.0]
    assert run.seconds("y", "down") == 3.0 + 1.5
    assert run.out.stations[1].waiting_s == 5.0


def test_a_repair_waits_for_its_crew_by_priority() -> None:
    """Of those that are down while the crew is elsewhere, the one of priority 1 comes first."""
    site = {"crews": {"fixers": {"people": 1}}}
    stations = {
        name: {
            "does": {"do": "900 s"},
            "priority": priority,
            "fails": {
                "trip": {
                    "every": f"{when} s constant",
                    "repair": "20 s constant",
                    "clock": "calendar",
                    "crew": "fixers",
                }
            },
        }
        for name, priority, when in (("x", 2, 12), ("y", 1, 15), ("z", 3, 10))
    }
    plant = plant_of(centres={"jobs": {"stations": stations}}, site=site)
    run = Played(plant, 70.0, at=f"{SHOP}/jobs")
    repaired = {name: run.times("REPAIRED", name)[0] for name in ("z", "y", "x")}
    assert repaired == {"z": 30.0, "y": 50.0, "x": 70.0}
    crew_s = [one.crew_s for one in run.out.stations]
    assert crew_s == [38.0, 15.0 + 5.0, 30.0]


def test_who_is_at_work_finishes() -> None:
    """A crew that goes home at 25 s ends its cycle; the next one waits until it is back."""
    shifts = {"early": "daily 00:00-00:01", "late": "daily 00:02-00:10"}
    crews = {"hands": {"people": 1, "skills": ["run"], "shifts": ["early", "late"]}}
    stations = {"a": {"cycle": "25 s", "operators": {"run": 1}, "shifts": ["all"]}}
    site = {"shifts": {**shifts, "all": "daily 00:00-23:59"}, "crews": crews}
    run = Played(plant_of(["a"], stations=stations, site=site, **SKILLS), 170.0)
    assert run.times("ENDED", "a") == [25.0, 50.0, 75.0, 145.0, 170.0]
    assert run.crew("hands").present == pytest.approx((60.0 + 50.0) / 170.0)


def test_a_skill_nobody_has_limits_nothing() -> None:
    """It is told among the notes of the model."""
    stations = {"a": {"cycle": "10 s", "operators": {"run": 1}}}
    run = Played(plant_of(["a"], stations=stations, **SKILLS), 100.0)
    assert run.out.good == 10
    assert run.model.notes == (
        "reno/shop/line/a: no crew of the site offers skill run; it never waits for them",
    )
