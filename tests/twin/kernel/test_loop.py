"""The order of what happens, working time and people's shifts, by hand."""

import pytest

from linewright.twin import advance
from linewright.twin.faults import RunStopped
from tests.twin.small import NS, Played, plant_of

SHIFTS = {"early": "daily 00:00-00:01", "late": "daily 00:02-00:10"}
"""Open from 0 to 60 s, and from 120 s on."""


def _two(until_s: float, *, places: int = 9, **first: object) -> Played:
    stations = {"a": {"cycle": "25 s", **first}, "b": "15 s"}
    return Played(plant_of(["a", places, "b"], stations=stations, site={"shifts": SHIFTS}), until_s)


def test_a_cycle_stops_at_the_end_of_working_time() -> None:
    """Ten of 25 s are done when it closes; the other 15 s follow when it opens."""
    run = _two(170.0)
    assert run.times("ENDED", "a") == [25.0, 50.0, 135.0, 160.0]
    assert run.seconds("a", "idle") == 60.0
    assert run.times("CALENDAR", "line") == [60.0, 120.0]
    assert [event.value for event in run.told("CALENDAR", "line")] == [0.0, 1.0]


def test_the_trace_tells_when_a_station_stands_and_goes_on() -> None:
    """The third part, on the station as it closes, stands for 60 s; 15 s are left of its cycle."""
    run = _two(170.0)
    stands, goes_on = run.told("STANDS", "a"), run.told("GOES_ON", "a")
    assert [(one.t_ns // NS, one.unit, one.value) for one in stands] == [(60, "2", 0.0)]
    assert [(one.t_ns // NS, one.unit, one.value) for one in goes_on] == [(120, "2", 15.0)]
    assert run.times("STANDS", "b") == [60.0]
    assert run.times("GOES_ON", "b") == [120.0]


def test_a_cycle_that_ends_as_it_closes_has_ended() -> None:
    """The third cycle of 20 s ends at the instant at which working time does."""
    plant = plant_of(["a"], stations={"a": "20 s"}, site={"shifts": SHIFTS})
    run = Played(plant, 150.0)
    assert run.times("ENDED", "a") == [20.0, 40.0, 60.0, 140.0]


def test_a_cycle_that_ends_as_a_failure_strikes_is_not_made_again() -> None:
    """A failure by a change at the instant of its end costs the repair, not a second cycle."""
    fails = {"jam": {"every": "9000 s", "repair": "100 s"}}
    plant = plant_of(["a"], stations={"a": {"cycle": "10 s", "fails": fails}})
    run = Played(plant, 39.0, changes=[("a", "fail_jam", 1.0, 10.0, 25.0)])
    assert len(run.times("BEGAN", "a")) == 3
    assert run.out.stations[0].good == 2


def test_unattended_it_goes_on() -> None:
    """A cycle that has begun is ended in closed time; none begins, and its part leaves."""
    run = _two(150.0, unattended=True)
    assert run.times("ENDED", "a") == [25.0, 50.0, 75.0, 145.0]
    assert run.times("ENTERED", "a-b") == [25.0, 50.0, 75.0, 145.0]
    assert run.times("BEGAN", "b") == [25.0, 50.0, 125.0, 145.0]
    assert run.seconds("a", "idle") == 45.0


def test_stations_have_shifts_of_their_own() -> None:
    """A station of the early shift alone stands in the late one; the others go on."""
    run = _two(170.0, shifts=["early"])
    assert run.times("ENDED", "a") == [25.0, 50.0]
    assert run.times("ENDED", "b") == [40.0, 125.0]
    assert len(run.model.calendars) == 2


def test_a_set_up_stops_too() -> None:
    """Of a set-up of 20 s, 5 s are left when it opens again."""
    setups = {"dies": {"by": "product", "default": "20 s", "first": "0 s"}}
    plant = plant_of(
        ["a"],
        stations={"a": {"cycle": "45 s", "setup": "dies"}},
        products={name: {"route": ["do_a"]} for name in ("p", "q")},
        setups=setups,
        site={"shifts": SHIFTS},
    )
    run = Played(plant, 175.0)
    assert run.times("SET_UP_BEGAN", "a") == [45.0, 120.0, 170.0]
    assert run.times("ENDED", "a") == [45.0, 170.0]
    assert run.seconds("a", "set_up") == 15.0 + 5.0 + 5.0


def test_a_repair_goes_on_in_closed_time() -> None:
    """It strikes at 50 s and lasts 40 s: when the plant opens, the station is ready."""
    fails = {"jam": {"every": "50 s constant", "repair": "40 s constant"}}
    run = _two(150.0, fails=fails, cycle="55 s")
    assert run.times("REPAIRED", "a") == [90.0]
    assert run.times("ENDED", "a") == [125.0]


def test_a_closed_station_lets_go_of_what_it_holds() -> None:
    """A finished part leaves a closed station as soon as there is room; meanwhile it is idle."""
    stations = {
        "a": {"cycle": "10 s", "shifts": ["early"]},
        "b": {"cycle": "70 s", "shifts": ["all"]},
    }
    site = {"shifts": {**SHIFTS, "all": "daily 00:00-23:59"}}
    run = Played(plant_of(["a", 1, "b"], stations=stations, site=site), 100.0)
    assert run.times("ENTERED", "a-b") == [10.0, 20.0, 80.0]
    assert run.seconds("a", "blocked") == 60.0 - 30.0
    assert run.seconds("a", "idle") == 40.0


def test_crews_come_by_shift() -> None:
    """Two people early and one late: two stations side by side, then by turns."""
    crews = {
        "hands": {
            "people": 2,
            "skills": ["run"],
            "shifts": ["early", "late"],
            "by_shift": {"late": 1},
        }
    }
    one = {"cycle": "10 s", "operators": {"run": 1}, "shifts": ["all"]}
    site = {"shifts": {**SHIFTS, "all": "daily 00:00-23:59"}, "crews": crews}
    plant = plant_of(["a", 99, "b"], stations={"a": one, "b": one}, site=site, skills={"run": {}})
    run = Played(plant, 200.0)
    assert run.crew("hands").present == pytest.approx((2 * 60.0 + 80.0) / 200.0)
    late = [t for t in run.times("ENDED", "a") + run.times("ENDED", "b") if t > 120.0]
    assert sorted(late) == [130.0, 140.0, 150.0, 160.0, 170.0, 180.0, 190.0, 200.0]


def test_downstream_goes_first_at_one_instant() -> None:
    """A part that ends behind makes room for one that ends before it at the same instant."""
    run = Played(plant_of(["a", 1, "b"], stations={"a": "10 s", "b": "10 s"}), 100.0)
    assert run.seconds("a", "blocked") == 0.0
    assert max(event.value for event in run.told("ENTERED", "a-b")) == 1.0


def test_a_change_comes_before_the_machines() -> None:
    """At the instant at which a cycle ends its part is already judged by the change."""
    plant = plant_of(["a"], stations={"a": "10 s"})
    run = Played(plant, 30.0, changes=[("a", "scrap_share", 1.0, 20.0, None)])
    assert run.times("SCRAPPED", "a") == [20.0, 30.0]


def test_events_are_bounded() -> None:
    """A run that uses up its events stops, and says how far it came."""
    run = Played(plant_of(["a"], stations={"a": "10 s"}), 0.0)
    with pytest.raises(RunStopped, match=r"20 events have brought it to 200\.000 s"):
        advance(run.model, run.state, 900 * NS, jit=False, events_max=20)


def test_parts_inside_are_bounded() -> None:
    """One part comes each second and one leaves in 9000 s: the run stops, and says where."""
    products = {"p": {"route": ["do_a"], "arrives": "1 s"}}
    run = Played(plant_of(["a"], stations={"a": "9000 s"}, products=products), 0.0)
    where = "more than 500 parts are inside, most of them in reno/shop/line/-a"
    with pytest.raises(RunStopped, match=where):
        advance(run.model, run.state, 9000 * NS, jit=False, parts_max=500)
    assert advance(run.model, run.state, 400 * NS, jit=False, parts_max=500).t_ns == 400 * NS
