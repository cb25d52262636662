"""The simpy model of plants against closed forms, feature by feature."""

import math
from collections.abc import Mapping
from decimal import Decimal

import msgspec
import pytest

from linewright.plant import PlantBuilder
from linewright.plant.records import Order
from linewright.plant.records.examples import example
from tests.twin.oracles.simpy_plant import Result, simulate


def _line(
    flow: list[str | int], stations: Mapping[str, Mapping[str, object]], **more: object
) -> PlantBuilder:
    """Return a plant with one line."""
    line_keys = {key: more.pop(key) for key in ("release", "wip", "buffers") if key in more}
    top = {key: more.pop(key) for key in ("setups", "skills") if key in more}
    plant = PlantBuilder("acme", **top)
    shop = plant.site("reno", timezone="UTC", currency="USD", **more).area("shop")
    line = shop.line("line", flow=flow, **line_keys)
    for name, keys in stations.items():
        line.station(name, **keys)
    return plant


def _run(plant: PlantBuilder, horizon_s: float = 200_000.0, seed: int = 1) -> Result:
    return simulate(
        plant.done(), "reno/shop/line", horizon_s=horizon_s, warm_up_s=horizon_s / 20, seed=seed
    )


def _rate(result: Result) -> float:
    """Return good parts a second."""
    return sum(result.per_hour.values()) / 3600.0


EXP = "1 s exponential"


@pytest.mark.parametrize(
    ("servers", "between", "waiting"), [(1, "2 s exponential", 0.5), (2, "1 s exponential", 1 / 3)]
)
def test_one_queue_with_servers(servers: int, between: str, waiting: float) -> None:
    """M/M/1 and M/M/2 at 50 %: the mean number that waits is Erlang's."""
    plant = _line(["a"], {"a": {"does": {"do": EXP}, "places": servers}})
    plant.product("p", route=["do"], arrives=between)
    result = _run(plant, 30_000.0)
    assert result.levels["reno/shop/line/a"] == pytest.approx(waiting, rel=0.12)
    assert result.shares["reno/shop/line/a"]["running"] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("flow", "rate"),
    [(["a", 0, "b"], 2 / 3), (["a", 2, "b"], 4 / 5), (["a", 0, "b", 0, "c"], 22 / 39)],
)
def test_blocking_after_service(flow: list[str | int], rate: float) -> None:
    """Equal exponential stations in line, after Hillier and Boling."""
    stations = {name: {"does": {f"do_{name}": EXP}} for name in flow if isinstance(name, str)}
    assert _rate(_run(_line(flow, stations), 10_000.0)) == pytest.approx(rate, rel=0.03)


def test_blocking_before_service() -> None:
    """With one place it is a line with blocking after service and none: two thirds.

    The part stays in the queue in front, and the station is empty while it is blocked.
    """
    stations: dict[str, dict[str, object]] = {
        "a": {"does": {"do_a": EXP}, "blocking": "before_service"},
        "b": {"does": {"do_b": EXP}},
    }
    result = _run(_line(["a", 1, "b"], stations), 10_000.0)
    assert _rate(result) == pytest.approx(2 / 3, rel=0.03)
    assert result.shares["reno/shop/line/a"]["blocked"] == pytest.approx(1 / 3, abs=0.02)


def test_a_repairer_for_ten_machines() -> None:
    """Machine interference: ten machines and one repairer are up 78.54 % of the time."""
    fails = {"every": "100 s", "repair": "10 s", "crew": "fixers"}
    plant = _line(
        ["a"], {"a": {"does": {"do": "100 s"}, "places": 10, "fails": fails}}, crews={"fixers": 1}
    )
    result = _run(plant, 40_000.0)
    assert result.shares["reno/shop/line/a"]["running"] == pytest.approx(0.785418, abs=0.02)
    assert result.busy["fixers"] == pytest.approx(0.785418, abs=0.02)


def test_a_slotted_line() -> None:
    """Two Bernoulli machines with a buffer of three, one of them on the second machine."""
    stations = {
        "a": {"does": {"do_a": {"time": "1 s", "succeeds": "90 %"}}},
        "b": {"does": {"do_b": {"time": "1 s", "succeeds": "90 %"}}},
    }
    result = _run(_line(["a", 2, "b"], stations), 8_000.0)
    assert _rate(result) == pytest.approx(0.870968, rel=0.015)


def test_rework_and_scrap() -> None:
    """One pass more for each bad piece, at most once: the cycles a good piece takes are exact."""
    plant = _line(["a"], {"a": {"does": {"do": "1 s"}}})
    step = {"operation": "do", "rework_to": "do", "rework": "20 %", "scrap": "10 %"}
    plant.product("p", route=[step])
    result = _run(plant, 20_000.0)
    good = 0.7 * (1 + 0.2)
    assert _rate(result) == pytest.approx(good / 1.2, rel=0.02)
    assert result.reworked / 19_000 == pytest.approx(0.2 / 1.2, rel=0.05)


def test_inspection() -> None:
    """Of 10 % bad pieces 80 % are found, of good ones 5 % are taken for bad; the rest escapes."""
    plant = _line(["a", 1, "b"], {"a": {"does": {"make": "1 s"}}, "b": {"does": {"look": "1 s"}}})
    made = {"operation": "make", "defects": "10 %"}
    plant.product(
        "p", route=[made, {"operation": "look", "detects": "80 %", "false_alarms": "5 %"}]
    )
    result = _run(plant, 20_000.0)
    assert result.scrap["p"] / 19_000 == pytest.approx(0.1 * 0.8 + 0.9 * 0.05, rel=0.1)
    assert result.escaped / 19_000 == pytest.approx(0.02, rel=0.15)


def test_batches() -> None:
    """An oven of four with constant arrivals every second waits for three and takes 2 s."""
    plant = _line(["a"], {"a": {"does": {"bake": "2 s"}, "batch": 4, "batch_least": 3}})
    plant.product("p", route=["bake"], arrives="1 s")
    result = _run(plant, 1_000.0)
    assert _rate(result) == pytest.approx(1.0, rel=0.01)
    assert result.shares["reno/shop/line/a"]["running"] == pytest.approx(2 / 3, abs=0.01)
    assert result.levels["reno/shop/line/a"] == pytest.approx(1.0, abs=0.01)


def test_conwip_is_a_closed_network() -> None:
    """Five parts at four equal exponential stations: 5 / (5 + 3)."""
    stations = {name: {"does": {f"do_{name}": EXP}} for name in "abcd"}
    flow: list[str | int] = ["a", "rack", "b", "rack", "c", "rack", "d"]
    plant = _line(flow, stations, release="conwip", wip=5)
    assert _rate(_run(plant, 8_000.0)) == pytest.approx(0.625, rel=0.03)


def test_set_ups_by_turns() -> None:
    """Lots of 5 pieces of 1 s with 2 s and 3 s between: ten pieces take 15 s."""
    table = {"by": "product", "times": {"p": {"q": "2 s"}, "q": {"p": "3 s"}}}
    plant = _line(["a"], {"a": {"does": {"do": "1 s"}, "setup": "s"}}, setups={"s": table})
    plant.product("p", route=["do"], lot_size=5)
    plant.product("q", route=["do"], lot_size=5)
    result = _run(plant, 3_000.0)
    assert _rate(result) == pytest.approx(10 / 15, rel=0.01)
    assert result.shares["reno/shop/line/a"]["set_up"] == pytest.approx(1 / 3, abs=0.01)


def test_working_time_pauses_a_cycle() -> None:
    """Eight hours a day of cycles of 3 h: two thirds idle, and no part is lost overnight."""
    stations = {"a": {"does": {"do": "3 h"}}}
    plant = _line(["a"], stations, shifts={"day": "daily 06:00-14:00"})
    result = simulate(plant.done(), "reno/shop/line", horizon_s=30 * 86_400, seed=1)
    assert result.good == {"": 80}
    assert result.shares["reno/shop/line/a"]["idle"] == pytest.approx(2 / 3, abs=1e-9)


def test_people_are_shared() -> None:
    """One person for two machines: each runs half the time; downstream goes first."""
    work = {"operators": {"turning": 1}}
    plant = _line(
        ["a", "rack", "b"],
        {"a": {"does": {"do_a": "1 s"}, **work}, "b": {"does": {"do_b": "1 s"}, **work}},
        skills={"turning": {}},
        crews={"turners": {"people": 1, "skills": ["turning"]}},
    )
    result = _run(plant, 1_000.0)
    assert result.shares["reno/shop/line/a"]["running"] == pytest.approx(0.5, abs=0.01)
    assert result.shares["reno/shop/line/a"]["waiting"] == pytest.approx(0.5, abs=0.01)
    assert result.shares["reno/shop/line/b"]["starved"] == pytest.approx(0.5, abs=0.01)
    assert result.busy["turners"] == pytest.approx(1.0)


def test_an_operator_attends_a_part_of_the_cycle() -> None:
    """One person loads two machines for 1 s of 3 s: both run all the time."""
    plant = _line(
        ["a"],
        {"a": {"does": {"do": {"time": "3 s", "operator": "1 s"}}, "places": 2}},
        crews={"loaders": 1},
    )
    result = _run(plant, 1_000.0)
    assert result.busy["loaders"] == pytest.approx(2 / 3, abs=0.01)
    assert _rate(result) == pytest.approx(2 / 3, rel=0.01)


def test_assembly_waits_for_components() -> None:
    """Two pieces of a side feed of 2 s each for one frame: a frame every 4 s."""
    plant = _line(
        ["join"],
        {"join": {"does": {"join": "1 s"}}, "side": {"does": {"press": "2 s"}}},
        buffers={"side-join": 4},
    )
    plant.product("pin", route=["press"])
    plant.product("frame", route=["join"], bom={"pin": 2})
    result = _run(plant, 1_000.0)
    assert result.good["frame"] / 950 == pytest.approx(0.25, rel=0.02)
    assert result.shares["reno/shop/line/join"]["starved"] == pytest.approx(0.75, abs=0.01)


def test_taking_apart() -> None:
    """One piece becomes two of one product and one of another, which goes on."""
    plant = _line(
        ["cut", "rack", "end"], {"cut": {"does": {"cut": "4 s"}}, "end": {"does": {"end": "1 s"}}}
    )
    plant.product("whole", route=[{"operation": "cut", "gives": {"half": 2, "rest": 1}}])
    plant.product("half", route=["end"])
    plant.product("rest", route=["end"])
    result = _run(plant, 4_000.0)
    assert result.good == {"half": pytest.approx(1_900, abs=2), "rest": pytest.approx(950, abs=2)}


def test_a_conveyor_and_its_places() -> None:
    """Little's law on a conveyor of 10 s: with 5 places, one part every 2 s."""
    plant = _line(
        ["a", "b"],
        {"a": {"does": {"do_a": "1 s"}}, "b": {"does": {"do_b": "1 s"}}},
        buffers={"a-b": {"places": 5, "travel": "10 s"}},
    )
    result = _run(plant, 1_000.0)
    assert _rate(result) == pytest.approx(0.5, rel=0.01)
    assert result.levels["reno/shop/line/a-b"] == pytest.approx(5.0, abs=0.01)


def test_vehicles_bring_loads() -> None:
    """One cart with three pieces takes 6 s: a piece every 2 s."""
    plant = _line(
        ["a", "b"],
        {"a": {"does": {"do_a": "1 s"}}, "b": {"does": {"do_b": "1 s"}}},
        buffers={"a-b": {"places": 6, "by": "cart", "batch": 3, "travel": "6 s"}},
        transport={"cart": {"carries": 4}},
    )
    assert _rate(_run(plant, 2_000.0)) == pytest.approx(0.5, rel=0.01)


def test_wear_breaks_at_a_random_limit() -> None:
    """A tool that lasts 100 s of work breaks each 1.05 gamma(1 + 1/12) lives; repair takes 10 s."""
    station = {
        "does": {"do": "5 s"},
        "wears": {"tool": {"life": "100 s"}},
        "fails": {"broken": {"causes": ["tool"], "repair": "10 s constant"}},
    }
    result = _run(_line(["a"], {"a": station}), 40_000.0)
    between = 100 * 1.05 * math.gamma(1 + 1 / 12)
    assert result.shares["reno/shop/line/a"]["down"] == pytest.approx(10 / (between + 10), rel=0.02)


def test_maintenance_by_age() -> None:
    """After 100 s of work a service of 5 s: 1 part in 21 of the time."""
    station = {
        "does": {"do": "1 s"},
        "maintenance": {"service": {"every": "100 s", "takes": "5 s"}},
    }
    result = _run(_line(["a"], {"a": station}), 10_000.0)
    shares = result.shares["reno/shop/line/a"]
    assert shares["maintenance"] == pytest.approx(5 / 105, abs=0.001)


def test_outside_and_waits_take_time_but_no_room() -> None:
    """A supplier for 100 s and a cooling of 50 s: the lead time is their sum and the cycles."""
    plant = _line(
        ["a", "rack", "b"], {"a": {"does": {"do_a": "1 s"}}, "b": {"does": {"do_b": "1 s"}}}
    )
    plant.add("supplier", "coater")
    plant.operation("coat", outside="coater", takes="100 s")
    plant.product("p", route=[{"operation": "do_a"}, "coat", {"operation": "do_b"}], arrives="2 s")
    plant.product("q", route=[{"operation": "do_a", "wait": "50 s"}, "do_b"], arrives="500 s")
    result = _run(plant, 10_000.0)
    assert result.lead_s["p"] == pytest.approx(102.0, abs=0.5)
    assert result.lead_s["q"] == pytest.approx(52.0, abs=1.5)


def test_unattended_cycles_go_on_after_the_shift() -> None:
    """A cycle of 3 h that begins at noon of an eight-hour day is done overnight: 3 a day."""
    plant = _line(
        ["a"],
        {"a": {"does": {"do": "3 h"}, "unattended": True}},
        shifts={"day": "daily 06:00-14:00"},
    )
    result = simulate(plant.done(), "reno/shop/line", horizon_s=30 * 86_400, seed=1)
    assert result.good == {"": 90}
    assert result.shares["reno/shop/line/a"]["running"] == pytest.approx(9 / 24)


def test_energy_goes_by_state() -> None:
    """One hour at 5 kW of work and 1 kW of waiting, half of the time each: 3 kWh."""
    power = {"running": "5 kW", "idle": "1 kW"}
    plant = _line(["a"], {"a": {"does": {"do": "1 s"}, "power": power}})
    plant.product("p", route=["do"], arrives="2 s")
    result = simulate(plant.done(), "reno/shop/line", horizon_s=3_600, seed=1)
    assert result.energy_kwh == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize(("rule", "lead_s"), [("fifo", 15.5), ("spt", 5.5)])
def test_orders_and_dispatch(rule: str, lead_s: float) -> None:
    """One long and one short piece at once: the mean lead time of the short one by the rule."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    does = {"long": "10 s", "short": "0.5 s", "hold": "5 s"}
    shop.work_centre("mills", dispatch=rule).station("a", does=does)
    for name in does:
        plant.product(name, route=[name])
    made = [
        msgspec.structs.replace(
            example(Order),
            product=name,
            quantity=Decimal(1),
            earliest_ns=at,
            due_ns=None,
            priority=0,
        )
        for name, at in (("hold", 0), ("long", 1), ("short", 2))
    ]
    result = simulate(plant.done(), "reno/shop/mills", horizon_s=100, seed=1, orders=made)
    assert result.good == {"hold": 1, "long": 1, "short": 1}
    assert result.lead_s["short"] == pytest.approx(lead_s)
