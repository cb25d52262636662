"""Failure clocks and wear, by hand."""

import math

import pytest

from tests.twin.small import Played, plant_of

WORN = {"life": "100 s", "slows": "50 %"}


def _one(**keys: object) -> Played:
    """Return a station alone, played for 150 s."""
    return Played(plant_of(["a"], stations={"a": {"cycle": "10 s", **keys}}), 150.0)


def _mode(every: str, repair: str = "5 s constant", **keys: object) -> dict[str, object]:
    return {"every": f"{every} constant", "repair": repair, **keys}


def _fed(**mode: str) -> Played:
    """Return a station that works 10 of each 30 s and fails."""
    fails = {"jam": _mode("24 s", **mode)}
    stations = {"a": "30 s", "b": {"cycle": "10 s", "fails": fails}}
    return Played(plant_of(["a", 5, "b"], stations=stations), 165.0)


def test_an_operation_clock_runs_while_a_cycle_runs() -> None:
    """It strikes after 24 s of work each; the cycle goes on after the repair where it stopped."""
    run = _fed()
    assert run.times("FAILED", "b") == [94.0, 158.0]
    assert run.times("ENDED", "b") == [40.0, 70.0, 105.0, 130.0, 165.0]


def test_a_calendar_clock_runs_always() -> None:
    """It strikes an idle station too, 24 s after the last repair."""
    run = _fed(clock="calendar")
    assert run.times("FAILED", "b") == [24.0, 53.0, 82.0, 111.0, 140.0]
    assert run.times("ENDED", "b") == [40.0, 70.0, 100.0, 130.0, 160.0]


def test_only_the_clock_of_what_struck_is_drawn_anew() -> None:
    """Modes of 24 and 30 s of work strike by turns: the other clock goes on."""
    fails = {"x": _mode("24 s"), "y": _mode("30 s")}
    run = Played(plant_of(["a"], stations={"a": {"cycle": "900 s", "fails": fails}}), 80.0)
    assert run.times("FAILED", "a") == [24.0, 35.0, 58.0, 75.0]
    assert [event.value for event in run.told("FAILED", "a")] == [0.0, 1.0, 0.0, 1.0]


def test_wear_slows() -> None:
    """Each cycle is longer by half the life used at its beginning."""
    run = _one(wears={"edge": WORN})
    assert run.times("ENDED", "a")[:3] == [10.0, 20.5, 31.525]


def test_wear_goes_with_a_power_of_speed() -> None:
    """At half speed and exponent 3 an eighth of the life is used in a second of work."""
    wears = {"edge": {"life": "100 s", "speed_exponent": 3}}
    plant = plant_of(["a"], stations={"a": {"cycle": "10 s", "wears": wears}})
    run = Played(plant, 80.0, changes=[("a", "speed", 50.0, 0.0, None)])
    assert run.out.stations[0].used["edge"] == pytest.approx(0.1)


def test_wear_makes_a_mode_strike_sooner() -> None:
    """A clock of 100 s that runs up to thrice as fast strikes after 50 (sqrt 5 - 1) s of work."""
    wears = {"edge": {"life": "100 s", "fails_factor": 3}}
    run = _one(wears=wears, fails={"jam": _mode("100 s", causes=["edge"])})
    assert run.times("FAILED", "a")[0] == pytest.approx(50.0 * (math.sqrt(5.0) - 1.0))


def test_a_mode_by_wear_alone_strikes_near_the_end_of_life_and_renews() -> None:
    """It strikes between half and one and a half lives of 40 s, and then the wear is new."""
    fails = {"break": {"repair": "5 s constant", "causes": ["edge"]}}
    run = _one(wears={"edge": {"life": "40 s"}}, fails=fails)
    assert run.out.stations[0].failures["break"] in {2, 3, 4}
    for event in run.told("RENEWED", "a"):
        assert 0.5 < event.value < 1.5
    assert len(run.told("RENEWED", "a")) == len(run.told("REPAIRED", "a"))


def test_a_cycle_takes_a_nanosecond_at_least() -> None:
    """A cycle of a tenth of a nanosecond takes a whole one: time does not stand still."""
    plant = plant_of(["a"], stations={"a": "100 ns"})
    run = Played(plant, 20e-9, changes=[("a", "cycle_factor", 0.001, 0.0, None)])
    assert run.out.good == 20
