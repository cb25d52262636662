"""Tests of linewright.live.day.plan and of the standard times beside it."""

import datetime as dt

from linewright.live.day import plan_of
from linewright.plant import PlantBuilder, load
from linewright.plant.kpi import TimeCategory
from tests.live.day.shop import DAY, LINE, MILL, SAW, plan

SHOP = "reno/shop/pump"


def test_codes_are_known_by_path_and_by_name() -> None:
    """A code is a path of the tree or a name that is unique in it; what is below inherits."""
    station = plan().stations[MILL]
    jam = station.meaning("jam")
    assert jam is not None
    assert (jam.code, jam.category, jam.is_leaf) == ("breakdown/jam", "breakdown", True)
    assert jam == station.meaning("breakdown/jam")
    inner = station.meaning("planned")
    assert inner is not None
    assert (inner.category, inner.is_leaf) == (None, False)
    assert station.category("never heard of") is TimeCategory.OTHER


def test_a_name_that_stands_twice_is_no_code() -> None:
    """Of two nodes with one name only their paths are codes."""
    tree = {
        side: {"bucket": "unplanned", "reasons": {"stuck": {"label": "Stuck"}}}
        for side in ("left", "right")
    }
    plant = PlantBuilder("acme", reasons={"r": tree})
    line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("pump", flow=["t"])
    line.station("t", does={"turn": "48 s"}, reasons="r")
    station = plan_of(plant.done(), "r1", "reno").stations["reno/shop/pump/t"]
    assert station.meaning("stuck") is None
    assert station.category("left/stuck") is TimeCategory.OTHER


def test_the_slowest_station_limits_a_flow() -> None:
    """The bottleneck by standard work, the output of the line, and its target."""
    line = plan().lines[LINE]
    assert plan().limit(LINE, DAY) == (MILL, 60 * 10**9)
    assert (line.outputs, line.stations, line.target_oee) == ((MILL,), (SAW, MILL), 0.8)


def test_standard_times_per_piece() -> None:
    """Cavities, places and batches share a cycle; of several operations the routed one holds."""
    plant = PlantBuilder("acme")
    line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("pump", flow=["t"])
    does = {"turn": {"time": "48 s", "pieces": 4}, "face": "10 s"}
    line.station("t", does=does, places=2)
    plant.product("p1", route=["turn"])
    plant.product("p2", route=["turn", "face"])
    standards = plan_of(plant.done(), "r1", "reno").standards
    asked = [("p1", ""), ("", "face"), ("p2", ""), ("", ""), ("p1", "mill")]
    found = [standards.ns(f"{SHOP}/t", product, op, DAY) for product, op in asked]
    assert found == [6 * 10**9, 5 * 10**9, None, None, None]


def test_a_standard_time_holds_on_its_days() -> None:
    """A dated standard time holds from its first day on; before, the station's own."""
    plant = PlantBuilder(
        "acme", standard_times=[{"operation": "turn", "time": "40 s", "since": "2026-03-04"}]
    )
    line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("pump", flow=["t"])
    line.station("t", does={"turn": "48 s"})
    standards = plan_of(plant.done(), "r1", "reno").standards
    days = (DAY, DAY + dt.timedelta(days=1))
    assert standards.is_dated
    assert [standards.ns(f"{SHOP}/t", "", "", day) for day in days] == [48 * 10**9, 40 * 10**9]


def test_the_mix_of_a_line_weighs_its_products() -> None:
    """Work of a station is the mean over what the line makes, by usual demand."""
    plant = PlantBuilder("acme")
    line = (
        plant.site("reno", timezone="UTC", currency="USD")
        .area("shop")
        .line("pump", flow=["t", 3, "f"])
    )
    line.station("t", does={"turn": "40 s"})
    line.station("f", does={"face": "60 s"})
    plant.product("p1", route=["turn"], demand_per_week=75)
    plant.product("p2", route=["turn", "face"], demand_per_week=25)
    found = plan_of(plant.done(), "r1", "reno")
    assert found.standards.work_ns(f"{SHOP}/f", DAY) == 15 * 10**9
    assert found.limit(SHOP, DAY) == (f"{SHOP}/t", 40 * 10**9)


def test_the_plants_of_this_repository_have_a_plan(checkout: object) -> None:
    """Bracket by its page: the mill limits at 60 in an hour; corridor and taller compile too."""
    root = checkout / "plants"  # type: ignore[operator]  # a path
    bracket = plan_of(load(root / "bracket"), "r1", "nogales")
    assert bracket.limit("nogales/machining/bracket", DAY) == (
        "nogales/machining/bracket/mill",
        60 * 10**9,
    )
    assert bracket.stations["nogales/machining/bracket/saw"].micro_stop_ns == 120 * 10**9
    for name in ("corridor", "taller"):
        plant = load(root / name)
        for site in plant.sites:
            found = plan_of(plant, "r1", site)
            limits = [found.limit(line, DAY)[0] for line in found.lines]
            assert any(limits) or not any(each.is_flow for each in found.lines.values())
