"""Maintenance by rule, by hand."""

from tests.twin.small import Played, plant_of

PLANNED = "planned_stop"


def _kept(until_s: float, **keys: object) -> Played:
    """Return a station of 10 s with maintenance."""
    return Played(plant_of(["a"], stations={"a": {"cycle": "10 s", **keys}}), until_s)


def _rule(**keys: object) -> dict[str, object]:
    return {"takes": "4 s", **keys}


def test_maintenance_by_work_done() -> None:
    """Due after 25 s of work, done between cycles: at 30 s, and 30 s of work later."""
    run = _kept(100.0, maintenance={"oil": _rule(every="25 s")})
    assert run.times("SET_UP_BEGAN", "a") == [30.0, 64.0, 98.0]
    assert run.seconds("a", PLANNED) == 4.0 + 4.0 + 2.0
    assert run.out.stations[0].maintained == {"oil": 2}


def test_maintenance_by_the_calendar() -> None:
    """Due 25 s after the last one ended, whether it works or not."""
    run = _kept(100.0, maintenance={"oil": _rule(every="25 s", clock="calendar")})
    assert run.times("SET_UP_BEGAN", "a") == [30.0, 64.0, 98.0]
    idle = plant_of(
        ["a"],
        stations={
            "a": {"cycle": "10 s", "maintenance": {"oil": _rule(every="25 s", clock="calendar")}}
        },
        products={"p": {"route": ["do_a"], "arrives": "900 s"}},
    )
    assert Played(idle, 60.0).times("SET_UP_BEGAN", "a") == [25.0, 54.0]


def test_maintenance_by_condition() -> None:
    """Due at half of a life of 40 s: after two cycles, and then it is new."""
    run = _kept(50.0, wears={"edge": {"life": "40 s"}}, maintenance={"edge": _rule(at="50 %")})
    assert run.times("SET_UP_BEGAN", "a") == [20.0, 44.0]
    assert [event.value for event in run.told("RENEWED", "a")] == [0.5, 0.5]
    assert run.out.stations[0].used["edge"] == 0.05


def test_a_stop_is_used_for_what_is_nearly_due() -> None:
    """A failure after 25 s of 40 s brings the maintenance forward, to the end of the cycle."""
    fails = {"jam": {"every": "25 s constant", "repair": "3 s constant"}}
    rule = _rule(every="40 s", renews=["other"], opportunity="60 %")
    fails["other"] = {"every": "9000 s constant", "repair": "1 s constant"}
    run = _kept(50.0, fails=fails, maintenance={"oil": rule})
    assert run.times("FAILED", "a") == [25.0]
    assert run.times("SET_UP_BEGAN", "a") == [33.0]


def test_closed_time_is_used_for_what_is_nearly_due() -> None:
    """In closed time what has reached 70 % is done; the shift then begins with work."""
    shifts = {"early": "daily 00:00-00:01", "late": "daily 00:02-00:10"}
    stations = {
        "a": {
            "cycle": "28 s",
            "shifts": ["early", "late"],
            "unattended": True,
            "maintenance": {"oil": _rule(every="100 s", opportunity="70 %")},
        }
    }
    run = Played(plant_of(["a"], stations=stations, site={"shifts": shifts}), 130.0)
    assert run.times("SET_UP_BEGAN", "a") == [84.0]
    assert run.times("ENDED", "a") == [28.0, 56.0, 84.0]


def test_it_makes_modes_as_new() -> None:
    """A mode of 35 s of work that is renewed each 30 s never strikes."""
    fails = {"jam": {"every": "35 s constant", "repair": "9 s constant"}}
    assert _kept(400.0, fails=fails).out.stations[0].failures == {"jam": 9}
    kept = _kept(400.0, fails=fails, maintenance={"oil": _rule(every="30 s")})
    assert kept.out.stations[0].failures == {"jam": 0}


def test_it_renews_what_it_names_only() -> None:
    """A mode that the rule does not name goes on."""
    fails = {name: {"every": "35 s constant", "repair": "9 s constant"} for name in ("jam", "trip")}
    rule = _rule(every="30 s", renews=["jam"])
    found = _kept(100.0, fails=fails, maintenance={"oil": rule}).out.stations[0].failures
    assert found == {"jam": 0, "trip": 2}


def test_maintenance_waits_for_its_crew() -> None:
    """A crew that comes at 60 s does what was due at 30 s; until then the station stands."""
    site = {
        "shifts": {"late": "daily 00:01-00:10", "all": "daily 00:00-23:59"},
        "crews": {"fitters": {"people": 1, "shifts": ["late"]}},
    }
    rule = _rule(every="25 s", crew="fitters")
    stations = {"a": {"cycle": "10 s", "maintenance": {"oil": rule}, "shifts": ["all"]}}
    run = Played(plant_of(["a"], stations=stations, site=site), 75.0)
    assert run.times("SET_UP_BEGAN", "a") == [60.0]
    assert [(event.t_ns / 1e9, event.value) for event in run.told("STANDS", "a")] == [(30.0, 2.0)]
    assert run.times("ENDED", "a") == [10.0, 20.0, 30.0, 74.0]
    assert run.seconds("a", PLANNED) == 34.0


def test_a_tool_is_changed_at_the_end_of_its_life() -> None:
    """A wear that breaks nothing and has no rule is changed in its own time, as a planned stop."""
    run = _kept(60.0, wears={"edge": {"life": "20 s", "change": "3 s"}})
    assert run.times("SET_UP_BEGAN", "a") == [20.0, 43.0]
    assert run.seconds("a", PLANNED) == 6.0
    assert run.out.stations[0].maintained == {"edge": 2}
