"""The job shop in Hermosillo: no errors, as dirty as it should be, made again byte for byte."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from linewright.plant import Plant, check
from linewright.plant.model.markers import label_in
from linewright.plant.records import Order, decode
from linewright.plant.scenario import Scenario, changes, check_scenario, occurrences
from tools import make_taller

FOLDER = Path(__file__).parents[2] / "plants" / "taller"
NOW_NS = round(make_taller.NOW.timestamp()) * 10**9
DAY_NS = 86_400 * 10**9


@pytest.fixture(scope="module")
def plant() -> Plant:
    """Return the plant."""
    found = check(FOLDER).plant
    assert found is not None
    return found


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    """Return the open orders, read as strictly as from a foreign system."""
    lines = (FOLDER / "records" / "orders.jsonl").read_bytes().splitlines()
    return [decode(line, Order, strict=True) for line in lines]


@pytest.fixture(scope="module")
def dirty(plant: Plant) -> Scenario:
    """Return the ordinary bad week."""
    checked = check_scenario(FOLDER / "scenarios" / "dirty.yaml", plant)
    assert checked.problems == ()
    assert checked.scenario is not None
    return checked.scenario


def paperless(plant: Plant) -> set[str]:
    """Return the stations that have a connection."""
    return {address for address, station in plant.stations() if station.connected}


def test_the_shop_has_no_problem() -> None:
    """The folder is read as one plant without an error and without a warning."""
    assert check(FOLDER).problems == ()


def test_items_and_orders_are_what_the_tool_makes(tmp_path: Path) -> None:
    """Made again from the seed, both files are equal byte for byte."""
    make_taller.main(tmp_path)
    for name in ("items.yaml", "records/orders.jsonl"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_forty_stations_of_which_six_have_no_wire(plant: Plant) -> None:
    """Forty stations in thirteen work centres, over four ways of connection, six over none."""
    protocols = Counter(
        station.connect.protocol if station.connect else "none" for _, station in plant.stations()
    )
    groups = Counter(address.rpartition("/")[0] for address, _ in plant.stations())
    assert sum(protocols.values()) == 40
    assert len(groups) == 13
    assert protocols == {"gateway": 16, "haas": 8, "opcua": 6, "s7": 4, "none": 6}


def test_shared_gateways_have_a_budget_and_every_state_a_source(plant: Plant) -> None:
    """What several stations share is asked within a bound; a connected machine has a state."""
    site = plant.sites["hermosillo"]
    assert all(gateway.budget is not None for gateway in site.gateways.values())
    for address, station in plant.stations():
        roles = {tag.role for tag in station.tags.values()}
        if station.connected and "pedal" not in station.use:
            assert "state" in roles, address
        if not station.connected:
            assert not station.tags, address


def test_holidays_are_those_of_the_law_and_of_the_shop(plant: Plant) -> None:
    """Statutory days follow from the rule of the law; the others say that they are custom."""

    def monday(year: int, month: int, which: int) -> dt.date:
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(-first.weekday()) % 7 + 7 * (which - 1))

    fixed = ((1, 1), (5, 1), (9, 16), (12, 25))
    moved = ((2, 1), (3, 3), (11, 3))
    law = {dt.date(year, *day) for year in (2026, 2027) for day in fixed}
    law |= {monday(year, *day) for year in (2026, 2027) for day in moved}
    given = plant.sites["hermosillo"].holidays
    custom = {one.date for one in given if "costumbre" in label_in(one.label, "es")}
    assert {one.date for one in given} - custom == law
    assert len(custom) >= 8
    assert not custom & law


def test_people_can_do_what_routes_and_stations_ask_for(plant: Plant) -> None:
    """Every skill that an operation or a station needs is held by some crew."""
    crews = plant.sites["hermosillo"].crews.values()
    held = {skill for crew in crews for skill in crew.skills}
    needed = {one.skill for one in plant.operations.values() if one.skill is not None}
    needed |= {skill for _, station in plant.stations() for skill in station.operators}
    assert needed <= held
    assert held <= set(plant.skills)


def test_the_floor_reads_spanish(plant: Plant) -> None:
    """Stations, reasons, operations and families have a Spanish label beside the English one."""
    labelled = [station.label for _, station in plant.stations()]
    labelled += [one.label for one in plant.operations.values()]
    labelled += [one.label for one in plant.families.values()]
    tops = [reason.label for tree in plant.reasons.values() for reason in tree.values()]
    assert plant.languages == ("es", "en")
    assert all(label_in(label, "es-MX") != label_in(label, "en") for label in labelled)
    assert all(label_in(label, "es") for label in tops)


def test_twelve_hundred_items_with_alternatives_and_no_circle(plant: Plant) -> None:
    """1,000 products and 200 materials; assemblies end at parts, some routes wait for approval."""
    assert (len(plant.products), len(plant.materials)) == (1000, 200)
    units = {material.unit for material in plant.materials.values()}
    currencies = {made.price.currency for made in plant.products.values() if made.price}
    assert units == {"", "m", "kg"}
    assert currencies == {"MXN", "USD"}

    def depth(name: str, above: tuple[str, ...] = ()) -> int:
        assert name not in above
        inside = [item for item in plant.products[name].bom if item in plant.products]
        return 1 + max((depth(item, (*above, name)) for item in inside), default=0)

    assert max(depth(name) for name in plant.products) >= 3
    routes = [(name, route) for name in plant.products for route in plant.routes_of(name).values()]
    assert len(routes) > 1300
    assert sum(route.approved is False for _, route in routes) > 200
    assert any(isinstance(route.approved, tuple) for _, route in routes)
    assert any(step.alternatives for _, route in routes for step in route.steps)


def test_three_hundred_open_orders_as_a_shop_keeps_them(plant: Plant, orders: list[Order]) -> None:
    """All for items that exist; some late, without a date or in the wrong year, most urgent."""
    assert len(orders) == 300
    assert len({order.id for order in orders}) == 300
    assert all(order.product in plant.products for order in orders)
    assert all(order.quantity > 0 for order in orders)
    assert all(order.t_ns < NOW_NS and order.seen_ns > order.t_ns for order in orders)
    due = [order.due_ns for order in orders if order.due_ns is not None]
    assert 5 <= 300 - len(due) <= 30
    assert 30 <= sum(at_ns < NOW_NS for at_ns in due) <= 120
    assert 1 <= sum(at_ns > NOW_NS + 300 * DAY_NS for at_ns in due) <= 6
    assert sum(order.priority == 9 for order in orders) > 60
    old = [o for o in orders if o.product_rev != plant.products[o.product].revision]
    assert 5 <= len(old) <= 40
    numbers = {order.order for order in orders}
    assert all(order.parent in numbers for order in orders if order.parent is not None)
    begun = [order for order in orders if order.delivered is not None]
    assert all(Decimal(0) <= (order.delivered or 0) < order.quantity for order in begun)


def test_the_bad_week_is_as_bad_as_told(plant: Plant, dirty: Scenario) -> None:
    """35 % of stops without reason, counts an hour late, scrap after two days, wrong clocks."""
    people = dirty.people
    assert people["no_reason"].share == 0.35
    late, scrap = people["late_counts"].delay, people["late_scrap"].delay
    assert late is not None
    assert late.mean_s == 3600
    assert scrap is not None
    assert scrap.mean_s == 2 * 86_400
    assert set(people["paper_jobs"].at) == {a for a, _ in plant.stations()} - paperless(plant)
    clocks = [one for one in dirty.signals.values() if one.happens.startswith("clock")]
    assert len(clocks) == 4
    assert {one.happens for one in dirty.signals.values()} >= {
        "counter: resets",
        "counter: rolls_over",
        "samples: late",
        "samples: doubled",
    }


def test_the_bad_week_strikes_inside_the_week(plant: Plant, dirty: Scenario) -> None:
    """Every event of the week strikes at least once, none outside it, the same ones each time."""
    found = occurrences(dirty, plant)
    start_ns, end_ns = dirty.start_ns(plant), dirty.end_ns(plant)
    assert start_ns == NOW_NS
    assert {one.event for one in found} == {name for name, _ in dirty.events()}
    assert all(start_ns <= one.at_ns < end_ns for one in found)
    assert found == occurrences(dirty, plant)
    dips = [one for one in changes(dirty, plant) if one.parameter == "fail_power_dip"]
    assert len({one.at_ns for one in dips}) == 1
    assert len(dips) == len({one.address for one in dips}) > 10
