"""A draft as numbers."""

import pytest

from linewright.twin import TwinFault, compile_plant
from linewright.twin.kernel import layout as at
from tests.twin.small import LINE, Keys, Played, plant_of


def test_counts_stand_in_the_head() -> None:
    """One server for each place; a mode and a wear for each server."""
    fails = {"jam": {"every": "9 h", "repair": "9 s"}}
    stations = {
        "a": {"cycle": "1 s", "places": 3, "fails": fails, "wears": {"w": {"life": "9 h"}}},
        "b": "1 s",
    }
    model = compile_plant(plant_of(["a", 1, "b"], stations=stations), LINE)
    found = [model.count(k) for k in (at.STATIONS, at.SERVERS, at.MODES, at.WEARS, at.QUEUES)]
    assert found == [2, 4, 3, 3, 2]
    assert model.modes == ((0, "jam"),) * 3


def test_servers_further_downstream_come_first() -> None:
    """At one instant the last station of a flow is server 0."""
    model = compile_plant(plant_of(["a", 1, "b"], stations={"a": "1 s", "b": "1 s"}), LINE)
    s, _ = model.views()
    assert [s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_STATION] for i in (0, 1)] == [1, 0]


def test_the_life_of_a_tool_in_parts_is_told_in_work() -> None:
    """30 parts of 10 s are 300 s of work; the tool says how long a change takes."""
    site = {"tools": {"drill": {"life_parts": 30, "change": "8 s"}}}
    stations = {"a": {"cycle": "10 s", "wears": {"edge": {"tool": "drill"}}}}
    run = Played(plant_of(["a"], stations=stations, site=site), 400.0)
    assert run.times("SET_UP_BEGAN", "a") == [300.0]
    assert run.times("SET_UP_ENDED", "a") == [308.0]


def test_too_many_needs_are_refused() -> None:
    """A cycle that needs more kinds of things at once than a station can hold is refused."""
    tools = [f"t{k}" for k in range(7)]
    cycle = {"time": "1 s", "tools": tools}
    site: Keys = {"tools": {name: {} for name in tools}}
    plant = plant_of(["a"], stations={"a": {"cycle": cycle}}, site=site)
    with pytest.raises(TwinFault, match="a cycle needs 7 kinds of people and things at once"):
        compile_plant(plant, LINE)


def _chain(until_s: float, **cause: str) -> Played:
    """Return a station with a jam each 20 s, repaired in 3 s, that may lead to a crash of 4 s."""
    jam = {"every": "20 s constant", "repair": "3 s constant", "clock": "calendar"}
    crash = {"repair": "4 s constant", "causes": [{"mode": "jam", **cause}]}
    stations = {"a": {"cycle": "900 s", "fails": {"jam": jam, "crash": crash}}}
    return Played(plant_of(["a"], stations=stations), until_s)


@pytest.mark.parametrize(
    ("cause", "failed", "repaired"),
    [
        ({"delay": "5 s"}, [20.0, 25.0, 43.0, 48.0], [23.0, 29.0, 46.0]),
        ({"delay": "1 s"}, [20.0, 21.0, 43.0, 44.0], [23.0, 27.0, 46.0, 50.0]),
        ({}, [20.0, 20.0, 43.0, 43.0], [23.0, 27.0, 46.0, 50.0]),
        ({"probability": "0 %"}, [20.0, 43.0], [23.0, 46.0]),
    ],
)
def test_a_mode_is_brought_on_by_another(
    cause: dict[str, str], failed: list[float], repaired: list[float]
) -> None:
    """So long after its cause has struck, whether that is repaired by then or not."""
    run = _chain(51.0, **cause)
    assert run.times("FAILED", "a") == failed
    assert run.times("REPAIRED", "a") == repaired
    assert run.model.notes == ()


def test_a_cause_leads_to_a_mode_now_and_then() -> None:
    """Some 870 jams, each leading to a crash in four of ten."""
    failures = _chain(20_000.0, probability="40 %").out.stations[0].failures
    assert failures["jam"] > 850
    assert failures["crash"] / failures["jam"] == pytest.approx(0.4, abs=0.07)
