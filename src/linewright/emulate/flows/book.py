"""The orders of a play: those that are given, and the rush orders of its scenario."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.records import How, Order, OrderKind, OrderStatus
from linewright.plant.scenario import Scenario, occurrences

__all__ = ["ORDERS_MAX", "Book", "booked", "rushed"]

ORDERS_MAX = 100_000
"""Most orders of a play; further ones are left out, the latest first."""

SOURCE = "scenario"
FIRST = 9
"""Priority of a rush order: it goes before other orders."""

NS_PER_S = 1_000_000_000

_MADE = frozenset({OrderKind.CUSTOMER, OrderKind.PRODUCTION, OrderKind.STOCK})
_OPEN = frozenset({OrderStatus.PLANNED, OrderStatus.RELEASED, OrderStatus.STARTED})


class Book(msgspec.Struct, frozen=True):
    """The orders of a play, and whether they come beside what is made anyway, or in its place."""

    orders: tuple[Order, ...] = ()
    beside: bool = True


def booked(orders: Sequence[Order], scenario: Scenario | None, plant: Plant, site: str) -> Book:
    """Return what a site makes to order.

    Parameters
    ----------
    orders
        Given ones, in any order: of each item the latest revision counts.
    scenario
        Its rush orders come beside given ones, or beside what the site makes anyway.
    plant, site
        The plant, and the site that is played.

    Returns
    -------
    Book
        Open orders of the site for products of the plant, by the time of their release.
    """
    latest: dict[tuple[str, str, int], Order] = {}
    for one in sorted(orders, key=lambda each: (each.t_ns, each.rev)):
        latest[one.kind, one.order, one.item] = one
    own = [
        one
        for one in latest.values()
        if one.address.site == site
        and one.kind in _MADE
        and one.status in _OPEN
        and one.product in plant.products
    ]
    beside = not own
    own += () if scenario is None else rushed(scenario, plant, site)
    by_time = sorted(own, key=lambda one: (one.earliest_ns or 0, one.order, one.item))
    return Book(tuple(by_time[:ORDERS_MAX]), beside)


def rushed(scenario: Scenario, plant: Plant, site: str) -> tuple[Order, ...]:
    """Return the rush orders of a scenario at a site, each released when it strikes.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.scenario import check_scenario_text
    >>> builder = PlantBuilder("acme")
    >>> shop = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> _ = builder.operation("turn")
    >>> _ = builder.product("pin", route=["turn"])
    >>> plant = builder.done()
    >>> text = '''{scenario: s, plant: acme, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h,
    ...   orders: {bolt: {rush: pin, quantity: 24, due_in: 2 h, from: 1 h}}}'''
    >>> [one] = rushed(check_scenario_text(text, plant).scenario, plant, "reno")
    >>> one.order, int(one.quantity), (one.due_ns - one.earliest_ns) // 10**9
    ('bolt-1', 24, 7200)
    """
    found: list[Order] = []
    for strike in occurrences(scenario, plant):
        theme, _, name = strike.event.partition(".")
        event = scenario.orders.get(name) if theme == "orders" else None
        if event is None or event.rush is None or strike.address.site != site:
            continue
        due_s = 0.0 if event.due_in is None else event.due_in.expected_s
        own = sum(one.order.startswith(f"{name}-") for one in found)
        found.append(
            Order(
                address=Address(site),
                t_ns=strike.at_ns,
                seen_ns=strike.at_ns,
                plant_rev=scenario.scenario,
                how=How.IMPORT,
                source=SOURCE,
                kind=OrderKind.CUSTOMER,
                status=OrderStatus.RELEASED,
                order=f"{name}-{own + 1}",
                product=event.rush,
                quantity=Decimal(event.quantity or 1),
                earliest_ns=strike.at_ns,
                due_ns=strike.at_ns + round(due_s * NS_PER_S),
                priority=FIRST,
                partner=event.customer,
            )
        )
    return tuple(found)
