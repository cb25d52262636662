"""What is made at a place: products, the routes that they take, and who does their steps."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Line, Route, Station, Step

__all__ = [
    "EACH",
    "PRODUCTS_MAX",
    "doers",
    "fewer",
    "is_risky",
    "routes",
    "sent_back",
    "staying",
    "whole",
]

PRODUCTS_MAX = 60
"""Products of a place that wait for their turn, lot after lot; of more some stand for all."""

EACH = 3
"""How many of each route and family stand for the others."""


def routes(plant: Plant, place: Address) -> Iterator[tuple[str, Route]]:
    """Yield the products that have a step at a place, each with the route that it takes there."""
    stations = list(plant.stations_in(place))
    able = {operation for _, station in stations for operation in station.does}
    for name in plant.products:
        for route in sorted(plant.routes_of(name).values(), key=lambda one: one.preference):
            own = [one for one in route.steps if able & {one.operation, *one.alternatives}]
            if any(not step.at or any(can(step, *one) for one in stations) for step in own):
                yield name, route
                break


def can(step: Step, address: Address, station: Station) -> bool:
    """Return whether a step can be done at a station."""
    here = not step.at or any(address == at or address.startswith(f"{at}/") for at in step.at)
    return here and not station.does.keys().isdisjoint((step.operation, *step.alternatives))


def doers(plant: Plant, place: Address) -> tuple[frozenset[Address], ...]:
    """Return for each step that is done at a place who can do it there; equal ones once.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> builder = PlantBuilder("acme")
    >>> shop = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> _ = builder.operation("turn")
    >>> _ = builder.product("pin", route=["turn"])
    >>> doers(builder.done(), Address("reno"))
    (frozenset({Address('reno/shop/lathes/one')}),)
    """
    stations = list(plant.stations_in(place))
    found = dict[frozenset[Address], None]()
    for _, route in routes(plant, place):
        for step in route.steps:
            able = frozenset(address for address, one in stations if can(step, address, one))
            if able and step.when is None:
                found[able] = None
    return tuple(found)


def whole(plant: Plant, place: Address) -> frozenset[str]:
    """Return the products of which every step is done at a place, or outside."""
    stations = list(plant.stations_in(place))
    return frozenset(
        name
        for name, route in routes(plant, place)
        if all(
            any(can(step, *at) for at in stations) or _is_outside(plant, step.operation)
            for step in route.steps
        )
    )


def _is_outside(plant: Plant, operation: str) -> bool:
    one = plant.operations.get(operation)
    return one is not None and one.outside is not None


def sent_back(plant: Plant, place: Address) -> frozenset[Address]:
    """Return the stations at which a whole part may be found bad after its cycle."""
    stations = list(plant.stations_in(place))
    return frozenset(
        address
        for _, route in routes(plant, place)
        for step in route.steps
        if step.rework_share or step.detects_share or step.false_alarms_share
        for address, one in stations
        if can(step, address, one)
    )


def fewer(plant: Plant, place: Address, wanted: Collection[str] = ()) -> Plant:
    """Return a plant with so few products at a place that the turn of each comes round soon.

    Parameters
    ----------
    plant, place
        The plant, and where its products are made.
    wanted
        Products that are ordered.

    Returns
    -------
    Plant
        The plant itself, where at most `PRODUCTS_MAX` are made there. Else `EACH` of each route
        and family, those that are wanted or released by `arrives` or `demand_per_week`, and what
        goes into any of them.
    """
    made = dict(routes(plant, place))
    if len(made) <= PRODUCTS_MAX:
        return plant
    counts: dict[tuple[object, ...], int] = {}
    kept: list[str] = []
    for name, route in made.items():
        product = plant.products[name]
        key = (product.family, *((step.operation, step.at) for step in route.steps))
        counts[key] = counts.get(key, 0) + 1
        is_asked = name in wanted or product.arrives is not None or product.demand_per_week
        if is_asked or counts[key] <= EACH:
            kept.append(name)
    waiting = list(kept)
    while waiting:
        name = waiting.pop()
        below = [one for one in taken(plant, name) if one in made and one not in kept]
        kept += below
        waiting += below
    chosen = {name: one for name, one in plant.products.items() if name in set(kept)}
    return msgspec.structs.replace(plant, products=chosen)


def taken(plant: Plant, name: str) -> Iterator[str]:
    """Yield what goes into a product, by its bill of material and the steps of its routes."""
    yield from plant.products[name].bom
    for route in plant.routes_of(name).values():
        for step in route.steps:
            yield from step.takes


def is_risky(plant: Plant, place: Address) -> bool:
    """Return whether work at a place may stand for ever: by loads that never fill, or by stores."""
    made = dict(routes(plant, place))
    if any(not made.keys().isdisjoint(taken(plant, name)) for name in made):
        return True
    groups = [group for at, group in plant.groups() if at == place or place.contains(at)]
    loads = any(
        (buffer.batch or 1) > 1
        for group in groups
        if isinstance(group, Line)
        for buffer in group.buffers.values()
    )
    least = any(one.batch_least > 1 for group in groups for one in group.stations.values())
    return len(made) > 1 and (loads or least)


def staying(plant: Plant, place: Address) -> Plant:
    """Return a plant without the products that go outside between two stations of a line.

    A line begins empty: days would pass until the first part is back.
    """
    stations = list(plant.stations_in(place))
    chosen = {
        name: one for name, one in plant.products.items() if not _leaves(plant, name, stations)
    }
    if len(chosen) == len(plant.products):
        return plant
    return msgspec.structs.replace(plant, products=chosen)


def _leaves(plant: Plant, product: str, stations: Sequence[tuple[Address, Station]]) -> bool:
    for route in plant.routes_of(product).values():
        own = [n for n, step in enumerate(route.steps) if any(can(step, *at) for at in stations)]
        between = route.steps[own[0] : own[-1]] if own else ()
        if any(_is_outside(plant, step.operation) for step in between):
            return True
    return False
