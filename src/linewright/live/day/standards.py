"""Standard times per piece at a station, and the standard work of the mix of a line.

A station with parallel places, cavities or batches makes a piece in a part of its cycle: the
time of the cycle is divided by all of them, rounded down to a nanosecond.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import FrozenMap, Line, Station, Step, WorkCentre
from linewright.plant.standard import StandardTimes

__all__ = ["NS_PER_S", "Made", "Standards", "line_products"]

NS_PER_S = 1_000_000_000
KEPT_MAX = 20_000
"""Answers that are kept; beyond it they are worked out anew, so that names in records made by
others cannot fill the memory."""

_UNDATED = dt.date(2000, 1, 1)


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A product that a line works on, and how much it counts in the line's mix."""

    product: str
    weight: float
    steps: tuple[Step, ...]


def line_products(
    plant: Plant, groups: Mapping[Address, Line | WorkCentre]
) -> Mapping[Address, tuple[Made, ...]]:
    """Return what each line or work centre works on, by the first route of each product.

    The weights are the usual demand a week; where no product of a line has one, all count
    alike.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> plant.product("p1", route=["turn"])
    >>> done = plant.done()
    >>> [[each.product for each in made] for made in
    ...  line_products(done, dict(done.groups())).values()]
    [['p1']]
    """
    done = {
        address: frozenset(op for station in group.stations.values() for op in station.does)
        for address, group in groups.items()
    }
    found: dict[Address, list[Made]] = {address: [] for address in groups}
    for name, product in plant.products.items():
        routes = plant.routes_of(name)
        if not routes:
            continue
        steps = next(iter(routes.values())).steps
        for address, operations in done.items():
            here = tuple(each for each in steps if _reaches(each, address, operations))
            if here:
                weight = product.demand_per_week or 0.0
                found[address].append(Made(product=name, weight=weight, steps=here))
    return FrozenMap({address: tuple(_weighed(made)) for address, made in found.items()})


def _reaches(step: Step, line: Address, operations: frozenset[str]) -> bool:
    """Whether a step can be done somewhere in a line."""
    at = not step.at or any(_within(line, place) or _within(place, line) for place in step.at)
    return at and any(op in operations for op in (step.operation, *step.alternatives))


def _within(address: str, place: str) -> bool:
    return address == place or address.startswith(f"{place}/")


def _weighed(made: Iterable[Made]) -> Iterator[Made]:
    kept = list(made)
    known = any(each.weight > 0 for each in kept)
    for each in kept:
        yield each if known else msgspec.structs.replace(each, weight=1.0)


class Standards:
    """Standard times of a plant, per piece; answers are kept.

    Parameters
    ----------
    plant
        The plant as applied.
    made
        What each line works on, from `line_products`.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"}, places=2)
    >>> standards = Standards(plant.done(), {})
    >>> standards.ns("reno/shop/pump/turn", "", "", dt.date(2026, 1, 5))
    24000000000
    """

    def __init__(self, plant: Plant, made: Mapping[Address, tuple[Made, ...]]) -> None:
        self._times = StandardTimes(plant)
        self._stations: dict[str, Station] = dict(plant.stations())
        self._routed = {each.product: each.steps for products in made.values() for each in products}
        self._made = made
        self.is_dated = any(each.since or each.until for each in plant.standard_times)
        """Whether a standard time depends on the day."""
        self._kept: dict[tuple[str, str, str, dt.date], int | None] = {}
        self._work: dict[tuple[str, dt.date], int | None] = {}

    def ns(self, address: str, product: str, operation: str, day: dt.date) -> int | None:
        """Return the standard time per piece in ns; None where it is not known.

        Parameters
        ----------
        address
            The station.
        product, operation
            What was made; empty where that is not known. Without an operation, the one of the
            product's route that the station does; without either, the one that it does. Where
            several come into question and their times differ, it is not known.
        day
            Day on which it shall hold.
        """
        key = (address, product, operation, day if self.is_dated else _UNDATED)
        if key not in self._kept:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            self._kept[key] = self._found(*key)
        return self._kept[key]

    def work_ns(self, address: str, day: dt.date) -> int | None:
        """Return the standard work of a station for one piece of its line's mix, in ns.

        A product that does not come to the station weighs with nothing. Where no product of the
        line is known, the station's own standard time; None where that is not known either.
        """
        key = (address, day if self.is_dated else _UNDATED)
        if key not in self._work:
            if len(self._work) >= KEPT_MAX:
                self._work.clear()
            self._work[key] = self._mixed(*key)
        return self._work[key]

    def _found(self, address: str, product: str, operation: str, day: dt.date) -> int | None:
        station = self._stations.get(address)
        if station is None:
            return None
        operations = (operation,) if operation else self._operations(station, product)
        found = {self._piece_ns(address, station, op, product, day) for op in operations}
        return found.pop() if len(found) == 1 else None

    def _operations(self, station: Station, product: str) -> tuple[str, ...]:
        """Operations that come into question where none is told."""
        routed = {
            op
            for step in self._routed.get(product, ())
            for op in (step.operation, *step.alternatives)
        }
        return tuple(op for op in station.does if op in routed) or tuple(station.does)

    def _piece_ns(
        self, address: str, station: Station, operation: str, product: str, day: dt.date
    ) -> int | None:
        cycle = self._times.cycle(operation, product, Address(address), day)
        if cycle is None:
            return None
        pieces = cycle.pieces_per_cycle * station.places * (station.batch or 1)
        ns = round(cycle.expected_s * NS_PER_S)
        return ns // pieces if 0 < pieces <= ns else None

    def _mixed(self, address: str, day: dt.date) -> int | None:
        station = self._stations.get(address)
        if station is None:
            return None
        made = self._made.get(Address(address.rpartition("/")[0]), ())
        whole = sum(each.weight for each in made)
        work_ns = 0.0
        for each in made:
            for step in each.steps:
                op = _done_here(step, address, station)
                found = op and self._piece_ns(address, station, op, each.product, day)
                work_ns += each.weight * (found or 0)
        return round(work_ns / whole) if work_ns > 0 else self.ns(address, "", "", day)


def _done_here(step: Step, address: str, station: Station) -> str | None:
    """Return the operation by which a station does a step; None: it does not."""
    if step.at and not any(_within(address, place) for place in step.at):
        return None
    return next((op for op in (step.operation, *step.alternatives) if op in station.does), None)
