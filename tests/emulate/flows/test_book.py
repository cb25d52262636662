"""The orders of a play."""

from linewright.emulate.flows.book import Book, booked, rushed
from linewright.plant import Plant
from linewright.plant.records import How, OrderStatus, revise
from linewright.plant.scenario import Scenario, check_scenario_text
from tests.emulate.flows.shops import MONDAY_NS, order, shop
from tests.emulate.flows.test_flow import CENTRE
from tests.emulate.playing import S

RUSH = """
scenario: rush
plant: acme
seed: 1
starts: 2026-11-23 13:00
lasts: 8 h
orders: {down: {rush: bolt, quantity: 16, due_in: 2 h, from: 90 min, customer: C-012}}
"""


def scenario(plant: Plant) -> Scenario:
    """Return the scenario with a rush order."""
    found = check_scenario_text(RUSH, plant).scenario
    assert found is not None
    return found


def test_a_rush_order_is_released_when_it_strikes() -> None:
    """16 bolts, 90 min after the start, wanted 2 h later, before all others."""
    plant = shop(CENTRE)
    (one,) = rushed(scenario(plant), plant, "reno")
    assert one.earliest_ns == MONDAY_NS + 5400 * S
    assert one.due_ns == MONDAY_NS + 12_600 * S
    assert (one.order, one.product, one.priority) == ("down-1", "bolt", 9)


def test_rush_orders_come_beside_given_ones_or_beside_what_is_made_anyway() -> None:
    """Without orders of its own a site goes on making what it has material for."""
    plant = shop(CENTRE)
    both = booked([order("o1", "pin", 20)], scenario(plant), plant, "reno")
    assert ([one.order for one in both.orders], both.beside) == (["o1", "down-1"], False)
    alone = booked((), scenario(plant), plant, "reno")
    assert ([one.order for one in alone.orders], alone.beside) == (["down-1"], True)


def test_only_open_orders_of_the_site_for_its_products_count() -> None:
    """Of an item the latest revision counts; done ones, other products and sites are left out."""
    plant = shop(CENTRE)
    first = order("o1", "pin", 20)
    finished = revise(
        order("o2", "pin", 5),
        seen_ns=MONDAY_NS + 1,
        how=How.IMPORT,
        status=OrderStatus.FINISHED,
    )
    given = [first, order("o2", "pin", 5), finished, order("o3", "anvil", 1)]
    assert booked(given, None, plant, "reno") == Book((first,), beside=False)
    assert booked(given, None, plant, "elsewhere") == Book()
