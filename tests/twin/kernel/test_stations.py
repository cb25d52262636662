"""What stations do between cycles: set-ups, vehicles, places, power."""

import pytest

from tests.twin.small import SHOP, Played, plant_of

TWO = {
    "p": {"route": ["do_a"], "lot_size": 2},
    "q": {"route": ["do_a"], "lot_size": 2},
}


def _prepared(until_s: float, matrix: dict[str, object], **station: object) -> Played:
    """Return a station of 10 s that makes lots of two of each of two products."""
    site = {"crews": {"setters": {"people": 1}}}
    stations = {"a": {"cycle": "10 s", "setup": "dies", **station}}
    plant = plant_of(
        ["a"],
        stations=stations,
        products=TWO,
        site=site,
        setups={"dies": {"by": "product", "first": "0 s", **matrix}},
    )
    return Played(plant, until_s)


def test_set_ups_go_by_the_matrix() -> None:
    """From p to q 5 s, from q to p 8 s, none within a lot."""
    run = _prepared(80.0, {"times": {"p": {"q": "5 s"}, "q": {"p": "8 s"}}})
    assert run.times("SET_UP_BEGAN", "a") == [20.0, 45.0, 73.0]
    assert run.times("ENDED", "a") == [10.0, 20.0, 35.0, 45.0, 63.0, 73.0]
    assert run.seconds("a", "set_up") == 5.0 + 8.0 + 5.0


@pytest.mark.parametrize(("first", "expected"), [({"first": "3 s"}, 13.0), ({}, 18.0)])
def test_a_fresh_station_is_set_up_first(first: dict[str, str], expected: float) -> None:
    """With several products it needs `first`, or else the longest set-up to its first key."""
    times = {"p": {"q": "5 s"}, "q": {"p": "8 s"}}
    plant = plant_of(
        ["a"],
        stations={"a": {"cycle": "10 s", "setup": "dies"}},
        products=TWO,
        setups={"dies": {"by": "product", "times": times, **first}},
    )
    assert Played(plant, 20.0).times("ENDED", "a") == [expected]


def test_a_family_is_one_key() -> None:
    """Products of one family need no set-up between them."""
    setups = {"dies": {"default": "5 s", "same": "0 s", "first": "0 s"}}
    products = {name: {**one, "family": "f"} for name, one in TWO.items()}
    plant = plant_of(
        ["a"],
        stations={"a": {"cycle": "10 s", "setup": "dies"}},
        products=products,
        setups=setups,
        families={"f": {}},
    )
    assert Played(plant, 100.0).out.good == 10


def test_a_set_up_waits_for_its_crew() -> None:
    """Two stations that change over at once are set up one after the other."""
    setups = {"dies": {"by": "product", "default": "6 s", "first": "0 s"}}
    station = {"does": {"do": "10 s"}, "setup": "dies", "setup_crew": "setters"}
    products = {name: {"route": ["do"]} for name in "pqr"}
    centres = {"jobs": {"stations": {"x": station, "y": station}}}
    plant = plant_of(
        centres=centres,
        products=products,
        setups=setups,
        site={"crews": {"setters": {"people": 1}}},
    )
    run = Played(plant, 40.0, at=f"{SHOP}/jobs")
    assert run.times("SET_UP_BEGAN", "y") == [10.0, 26.0]
    assert run.times("SET_UP_BEGAN", "x") == [16.0, 32.0]
    assert run.out.stations[0].waiting_s == 6.0


def test_one_product_alone_needs_no_set_up() -> None:
    """A fresh station is set up for the only product that is made."""
    setups = {"dies": {"by": "product", "default": "5 s", "first": "99 s"}}
    stations = {"a": {"cycle": "10 s", "setup": "dies"}}
    plant = plant_of(["a"], stations=stations, products={"p": {"route": ["do_a"]}}, setups=setups)
    assert Played(plant, 100.0).out.good == 10


def test_a_vehicle_takes_a_load_and_comes_back() -> None:
    """One cart takes up to two parts for 15 s: it leaves with those that wait."""
    buffers = {"a-b": {"places": 4, "by": "cart"}}
    site = {"transport": {"cart": {"carries": 2, "takes": "15 s"}}}
    plant = plant_of(
        ["a", "b"], stations={"a": "10 s", "b": "1 s"}, line={"buffers": buffers}, site=site
    )
    run = Played(plant, 75.0)
    assert run.times("BEGAN", "b") == [25.0, 40.0, 55.0, 70.0, 71.0]
    assert run.crew("cart").kind == "transport"
    assert run.crew("cart").busy == pytest.approx(65.0 / 75.0)


def test_a_vehicle_waits_for_its_batch() -> None:
    """With a batch of two it leaves at 20 s, 40 s and so on, for the buffer's travel of 12 s."""
    buffers = {"a-b": {"places": 4, "by": "cart", "batch": 2, "travel": "12 s"}}
    site = {"transport": {"cart": {"carries": 5}}}
    plant = plant_of(
        ["a", "b"], stations={"a": "10 s", "b": "1 s"}, line={"buffers": buffers}, site=site
    )
    run = Played(plant, 60.0)
    assert run.times("BEGAN", "b") == [32.0, 33.0, 52.0, 53.0]


def test_a_vehicle_carries_what_stands_there() -> None:
    """Lots of nine of two products: a load of six is of both, and no kind is waited for."""
    buffers = {"a-b": {"places": 6, "by": "cart", "batch": 6, "travel": "12 s"}}
    route = {"route": ["do_a", "do_b"], "lot_size": 9}
    plant = plant_of(
        ["a", "b"],
        stations={"a": "10 s", "b": "1 s"},
        line={"buffers": buffers},
        site={"transport": {"cart": {"carries": 6}}},
        products={"p": route, "q": route},
    )
    run = Played(plant, 240.0)
    assert run.times("BEGAN", "b")[::6] == [72.0, 132.0, 192.0]
    assert [run.product(name).good for name in "pq"] == [9, 9]


def test_places_are_like_stations_with_one_queue() -> None:
    """Two places of 20 s behind one of 10 s work by turns; times in states sum over both."""
    stations = {"a": "10 s", "b": {"cycle": "20 s", "places": 2}}
    run = Played(plant_of(["a", 1, "b"], stations=stations), 50.0)
    assert run.times("ENDED", "b") == [30.0, 40.0, 50.0]
    assert sum(run.out.stations[1].seconds.values()) == 100.0
    assert run.seconds("b", "starved") == 10.0 + 20.0


def test_places_fail_each_by_itself() -> None:
    """Each place has a clock of its own; failures are counted together."""
    fails = {"jam": {"every": "35 s constant", "repair": "5 s constant"}}
    stations = {"a": {"cycle": "10 s", "places": 2, "fails": fails}}
    run = Played(plant_of(["a"], stations=stations), 50.0)
    assert run.times("FAILED", "a") == [35.0, 35.0]
    units = [event.unit or "" for kind in ("FAILED", "GOES_ON") for event in run.told(kind, "a")]
    assert sorted(units[:2]) == sorted(units[2:]) == ["6", "7"]
    assert run.out.stations[0].failures == {"jam": 2}
    assert run.seconds("a", "down") == 10.0


def _twice_down(until_s: float, **more: object) -> Played:
    """Return a station whose mode x strikes 10 s, and y 12 s, after each repair of 6 and 5 s."""
    always = {"clock": "calendar"}
    fails = {
        "x": {"every": "10 s constant", "repair": "6 s constant", "crew": "fitters", **always},
        "y": {"every": "12 s constant", "repair": "5 s constant", "crew": "wirers", **always},
        "z": {"every": "900 s constant", "repair": "4 s constant"},
    }
    site = {"crews": {"fitters": {"people": 1}, "wirers": {"people": 1}}}
    stations = {"a": {"cycle": "100 s", "fails": fails}}
    return Played(plant_of(["a"], stations=stations, site=site), until_s, **more)  # type: ignore[arg-type]  # its keywords


def test_repairs_come_one_after_the_other() -> None:
    """What strikes a server that is down waits its turn; each clock runs from its own repair."""
    run = _twice_down(42.0)
    assert run.times("FAILED", "a") == [10.0, 12.0, 26.0, 33.0, 42.0]
    assert run.times("REPAIRED", "a") == [16.0, 21.0, 32.0, 38.0]
    assert [event.value for event in run.told("REPAIRED", "a")] == [0.0, 1.0, 0.0, 1.0]
    assert run.seconds("a", "down") == 11.0 + 6.0 + 5.0
    assert run.out.stations[0].failures == {"x": 3, "y": 2, "z": 0}
    assert run.crew("fitters").busy == pytest.approx(12.0 / 42.0)
    assert run.crew("wirers").busy == pytest.approx(10.0 / 42.0)


def test_a_failure_by_change_waits_its_turn() -> None:
    """Failed at 13 s by a change, z is repaired after x and y; x that has failed does not again."""
    changes = [("a", "fail_z", 1.0, 13.0, None), ("a", "fail_x", 1.0, 14.0, 18.0)]
    run = _twice_down(30.0, changes=changes)
    assert run.times("FAILED", "a") == [10.0, 12.0, 13.0, 28.0]
    assert run.times("REPAIRED", "a") == [18.0, 23.0, 27.0]
    assert [event.value for event in run.told("REPAIRED", "a")] == [0.0, 1.0, 2.0]


def test_a_failure_stops_a_set_up() -> None:
    """A clock of the calendar strikes 5 s into the set-up of 8 s, which goes on after 2 s."""
    fails = {"trip": {"every": "18 s constant", "repair": "2 s constant", "clock": "calendar"}}
    times = {"p": {"q": "8 s"}, "q": {"p": "8 s"}}
    run = _prepared(33.0, {"times": times}, cycle="6.5 s", fails=fails)
    assert run.times("FAILED", "a") == [18.0]
    assert run.times("SET_UP_BEGAN", "a") == [13.0, 20.0]
    assert run.times("ENDED", "a") == [6.5, 13.0, 29.5]
    kinds = ("SET_UP_BEGAN", "FAILED", "SET_UP_ENDED", "REPAIRED")
    assert {event.unit for kind in kinds for event in run.told(kind, "a")} == {"2"}


def test_energy_is_power_times_time() -> None:
    """30 s running, 30 s starved, and a minute in which it is closed and off."""
    power = {"running": "6 kW", "idle": "3 kW", "off": "1 kW"}
    stations = {"a": "10 s", "b": {"cycle": "5 s", "power": power}}
    site = {"shifts": {"day": "daily 00:00-00:01"}}
    run = Played(plant_of(["a", 1, "b"], stations=stations, site=site), 120.0)
    assert run.seconds("b", "running") == 25.0
    kwh = (6.0 * 25.0 + 3.0 * 35.0 + 1.0 * 60.0) / 3600.0
    assert run.out.stations[1].energy_kwh == pytest.approx(kwh)
    assert run.out.stations[0].energy_kwh is None
    assert run.out.energy_kwh == pytest.approx(kwh)


def test_parts_are_away_at_a_supplier_without_limit() -> None:
    """Outside processing of 35 s: each part is away as long, however many there are."""
    plant = plant_of(
        ["a", 9, "b"],
        stations={"a": "10 s", "b": "1 s"},
        products={"p": {"route": ["do_a", "plate", "do_b"]}},
        operations={"plate": {"outside": "plater", "takes": "35 s"}},
        suppliers={"plater": {}},
    )
    run = Played(plant, 70.0)
    assert run.times("BEGAN", "b") == pytest.approx([45.0, 55.0, 65.0])
