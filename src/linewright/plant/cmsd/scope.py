"""What of a plant goes into a file: the places at an address, and what is made there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from linewright.plant.address import Address
from linewright.plant.cmsd.elements import CmsdInvalid, Notes
from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.model import Cycle, Element, Line, Plant, Route, Station, Step, WorkCentre

__all__ = ["Scope", "Way", "kept"]

Way = tuple[str, Address, Cycle]
"""One way of doing a step: the operation, where, and the cycle."""


class Scope:
    """A place of a plant with all that belongs to it.

    Parameters
    ----------
    plant, where
        A checked plant and the address of a line, a work centre, an area or a site in it.
    notes
        Gets what is not carried over.

    Raises
    ------
    CmsdInvalid
        When there is no such place.
    """

    def __init__(self, plant: Plant, where: Address, notes: Notes) -> None:
        self.plant, self.where, self.notes = plant, where, notes
        self.groups: dict[Address, Line | WorkCentre] = {
            address: group for address, group in plant.groups() if _below(address, where)
        }
        self.stations: dict[Address, Station] = {
            Address(f"{address}/{name}"): station
            for address, group in self.groups.items()
            for name, station in group.stations.items()
        }
        if not self.stations:
            what = "there is no line, work centre, area or site with stations of that address"
            raise CmsdInvalid(str(where), what, "give one of the plant")
        self.site_name = where.site
        self.site = plant.sites[self.site_name]
        self.suppliers: set[str] = set()
        self.products = self._products()
        self.skills: dict[str, None] = {}

    def inside(self, addresses: Iterable[str]) -> list[str]:
        """Return those addresses that hold a place of ours, or lie in one."""
        return [
            str(each)
            for each in addresses
            if any(_below(one, each) or one.startswith(f"{each}/") for one in self.stations)
        ]

    def ways(self, step: Step) -> list[Way]:
        """Return where a step can be done here, and how; each station does the first it can."""
        found = []
        for address, station in self.stations.items():
            if step.at and not any(_below(address, place) for place in step.at):
                continue
            names = (step.operation, *step.alternatives)
            name = next((one for one in names if one in station.does), None)
            if name is not None:
                found.append((name, address, station.does[name]))
        return found

    def steps(self, route: Route) -> Iterator[tuple[Step, list[Way]]]:
        """Yield the steps of a route that can be done here or outside, with their ways."""
        for step in route.steps:
            operation = self.plant.operations.get(step.operation)
            is_outside = operation is not None and operation.outside is not None
            ways = [] if is_outside else self.ways(step)
            if step.when is None and (ways or is_outside):
                yield step, ways

    def _products(self) -> dict[str, Mapping[str, Route]]:
        """Return the products with a step here, and their routes."""
        found: dict[str, Mapping[str, Route]] = {}
        for name in self.plant.products:
            routes = self.plant.routes_of(name)
            here = {
                key: route
                for key, route in routes.items()
                if any(ways for _, ways in self.steps(route))
            }
            if here:
                found[name] = here
            if here and len(here) < len(routes):
                self.notes.add("left out: a route without a step here", name)
        for routes in found.values():
            for route in routes.values():
                self._note_steps(route)
        return found

    def _note_steps(self, route: Route) -> None:
        """Note the steps that are left out, and remember who does those outside."""
        kept_steps = [step for step, _ in self.steps(route)]
        for step, ways in self.steps(route):
            if not ways:
                self.suppliers.add(self.plant.operations[step.operation].outside or "")
        for step in route.steps:
            if step.when is not None:
                self.notes.add("left out: a step for some options only", step.operation)
            elif step not in kept_steps:
                self.notes.add("left out: a step that is done elsewhere", step.operation)


def _below(address: str, place: str) -> bool:
    return address == place or address.startswith(f"{place}/")


def kept(
    element: Element, keys: Iterable[str], scope: Scope, where: str, native: Iterable[str] = ()
) -> dict[str, Any]:
    """Return what an element says by some keys, in the words of the plant file.

    Parameters
    ----------
    element
        Of a plant.
    keys
        Those that stand in properties of our own.
    scope
        Its notes get every other key that the element says.
    where
        Of the element, for the notes.
    native
        Keys that CMSD has elements for.
    """
    plain = element_shape(type(element)).write(element)
    if not isinstance(plain, dict):
        return {}
    wanted, known = set(keys), set(native)
    for key in plain:
        if key not in wanted and key not in known:
            scope.notes.add(f"left out: `{key}` of {type(element).__name__}", where)
    return {key: value for key, value in plain.items() if key in wanted}
