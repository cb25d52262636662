"""Which model plays which machines: a line its flow, a site its orders, a station itself."""

import logging
from collections.abc import Iterator, Sequence

import msgspec

from linewright.emulate.alone import alone, pieces_of
from linewright.emulate.following import Watched
from linewright.plant import Address, Plant
from linewright.plant.model import Line, Route, Station, Step, WorkCentre
from linewright.twin import Model, TwinFault, compile_line, compile_plant

__all__ = ["Playing", "models", "without_flow"]

_log = logging.getLogger(__name__)


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """A model, the stations that it speaks for, and what a part of it counts."""

    model: Model
    stations: tuple[Watched, ...]
    pieces: int = 1


def models(plant: Plant, stations: Sequence[Address]) -> Iterator[tuple[Address, Playing]]:
    """Yield what plays stations, each under the address that it is kept by.

    Parameters
    ----------
    plant, stations
        The plant, and who is played.

    Notes
    -----
    A site with work centres is one model where all its products are released by `arrives` or
    `demand_per_week`, and none moves in lots: of a lot a machine shows each piece. Else each line
    is one, and each station of a work centre is played without flow, as is what nothing is made
    at. What the twin refuses is logged, and played without flow too. A line whose product goes
    outside in its midst is played without that, each station doing the first operation it can.
    """
    placed = dict(plant.stations())
    waiting = [one for one in stations if one.parent is not None]
    for site in dict.fromkeys(one.site for one in waiting):
        here = [one for one in waiting if one.site == site]
        found = _of_site(plant, site, here)
        if found is None:
            continue
        yield Address(site), found
        spoken = {one.address for one in found.stations}
        waiting = [one for one in waiting if one not in spoken]
    groups = dict(plant.groups())
    for place in dict.fromkeys(one.parent for one in waiting if one.parent is not None):
        own = [one for one in waiting if one.parent == place]
        line = _of_line(plant, place, groups[place], own)
        if line is not None:
            yield place, line
            continue
        for address in own:
            try:
                model = alone(plant, address)
            except TwinFault as error:
                _log.warning("%s stands idle: %s", address, error)
                continue
            pieces = pieces_of(placed[address])
            yield address, Playing(model=model, stations=(watched(plant, address),), pieces=pieces)


def without_flow(plant: Plant, site: str) -> dict[Address, str]:
    """Return the lines and work centres of a site with machines that are played without flow.

    Parameters
    ----------
    plant, site
        The plant, and one of its sites.

    Returns
    -------
    dict
        By address: why, in the words of the twin; empty for a work centre of a site that
        nothing is released at.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> without_flow(plant.done(), "reno")
    {Address('reno/shop/lathes'): ''}
    """
    here = [address for address, _ in plant.stations_in(Address(site))]
    whole = _of_site(plant, site, here)
    spoken = set() if whole is None else {one.address for one in whole.stations}
    found: dict[Address, str] = {}
    for place, group in plant.groups():
        left = [one for one in here if one.parent == place and one not in spoken]
        if not left:
            continue
        if not isinstance(group, Line):
            found[place] = ""
            continue
        try:
            compile_line(plant, place)
        except TwinFault as fault:
            found[place] = str(fault)
    return found


def watched(plant: Plant, address: Address) -> Watched:
    """Return a station as its trace is followed."""
    place = address.parent
    assert place is not None, "a station stands in a line or a work centre"
    site = plant.sites[address.site]
    group = dict(plant.groups())[place]
    station = group.stations[address.name]
    shifts = station.shifts or group.shifts or tuple(site.shifts)
    return Watched(
        address=address,
        modes=tuple(station.fails),
        places=station.places,
        calendar=site.calendar(shifts) if shifts else None,
        unattended=station.unattended,
    )


def _of_line(
    plant: Plant, place: Address, group: Line | WorkCentre, own: Sequence[Address]
) -> Playing | None:
    """Return a line with its flow; None: its machines are played without."""
    if not isinstance(group, Line):
        _log.info("%d machines of %s are played without flow", len(own), place)
        return None
    try:
        model = compile_line(plant, place)
        if _leaves(plant, place, model.product):
            model = compile_line(msgspec.structs.replace(plant, products={}), place)
    except TwinFault as error:
        _log.info("%d machines of %s are played without flow: %s", len(own), place, error)
        return None
    found = tuple(watched(plant, one) for one in model.stations if one in own)
    return Playing(model=model, stations=found)


def _leaves(plant: Plant, place: Address, product: str) -> bool:
    """Return whether a product goes outside between two stations of a line.

    A play begins with an empty line: days would pass until the first part is back.
    """
    stations = list(plant.stations_in(place))
    for route in plant.routes_of(product).values() if product else ():
        own = [n for n, step in enumerate(route.steps) if any(_can(step, *at) for at in stations)]
        between = route.steps[own[0] : own[-1]] if own else ()
        done = (plant.operations.get(step.operation) for step in between)
        if any(one is not None and one.outside is not None for one in done):
            return True
    return False


def _of_site(plant: Plant, site: str, here: Sequence[Address]) -> Playing | None:
    """Return a site as one model, where its work centres get their work by what is released."""
    groups = dict(plant.groups())
    if all(isinstance(groups[one.parent], Line) for one in here if one.parent is not None):
        return None
    routes = dict(_routes(plant, Address(site)))
    taken = {item for name, route in routes.items() for item in _taken(plant, name, route)}
    made = {name: plant.products[name] for name in routes}
    if not routes or not all(
        one.arrives is not None or one.demand_per_week or name in taken
        for name, one in made.items()
    ):
        return None
    lines = [at for at in groups if at.site == site and isinstance(groups[at], Line)]
    lots = [name for name, one in made.items() if (one.lot_size or 1) > 1]
    if not all(_passes(plant, routes[name], lines) for name in lots):
        return None
    try:
        model = compile_plant(plant, site)
    except TwinFault as error:
        _log.info("the flow of %s is not played: %s", site, error)
        return None
    steps = [step for route in routes.values() for step in route.steps]
    placed = dict(plant.stations())
    used = [at for at in model.stations if any(_can(step, at, placed[at]) for step in steps)]
    return Playing(model=model, stations=tuple(watched(plant, one) for one in used))


def _routes(plant: Plant, place: Address) -> Iterator[tuple[str, Route]]:
    """Yield the products that have a step at a place, each with the route that is preferred."""
    stations = list(plant.stations_in(place))
    for name in plant.products:
        for route in sorted(plant.routes_of(name).values(), key=lambda one: one.preference):
            if any(_can(step, *one) for step in route.steps for one in stations):
                yield name, route
                break


def _passes(plant: Plant, route: Route, places: Sequence[Address]) -> bool:
    """Return whether a step of a route can be done at one of some places."""
    stations = [one for place in places for one in plant.stations_in(place)]
    return any(_can(step, *one) for step in route.steps for one in stations)


def _can(step: Step, address: Address, station: Station) -> bool:
    """Return whether a step can be done at a station."""
    here = not step.at or any(address == at or address.startswith(f"{at}/") for at in step.at)
    return here and not station.does.keys().isdisjoint((step.operation, *step.alternatives))


def _taken(plant: Plant, name: str, route: Route) -> Iterator[str]:
    yield from plant.products[name].bom
    for step in route.steps:
        yield from step.takes
