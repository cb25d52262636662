"""Standard times: which one holds for an operation, a product, a station and a day."""

import datetime as dt

from linewright.plant.address import Address
from linewright.plant.model.behaviour import Duration
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.equipment import Cycle
from linewright.plant.model.products import StandardTime


def station_cycle(plant: Plant, address: Address, operation: str) -> Cycle | None:
    """Return what a station does for an operation, or None when it cannot do it."""
    for found, station in plant.stations_in(address):
        if found == address:
            return station.does.get(operation)
    return None


def standard_time(
    plant: Plant, operation: str, product: str, address: Address, day: dt.date
) -> Duration | None:
    """Return the time of one cycle that holds as the standard.

    The most telling entry of `standard_times` that is valid on the day wins:
    for product and place, then for the place, then for the product, then for
    the operation alone; a nearer place (station, work centre or line, area,
    site) before a wider one. Without any, the station's own cycle time.

    Returns
    -------
    Duration or None
        Time of a cycle, for all its pieces; None when the station cannot do
        the operation.

    Notes
    -----
    Cost: linear in the number of standard times.
    """
    cycle = station_cycle(plant, address, operation)
    if cycle is None:
        return None
    fitting = [
        standard
        for standard in plant.standard_times
        if standard.operation == operation
        and standard.product in (None, product)
        and (standard.at is None or address == standard.at or address.startswith(f"{standard.at}/"))
        and (standard.since is None or standard.since <= day)
        and (standard.until is None or day <= standard.until)
    ]
    return max(fitting, key=_telling).time if fitting else cycle.time


def _telling(standard: StandardTime) -> tuple[int, int]:
    depth = 0 if standard.at is None else 1 + standard.at.count("/")
    return (2 * (standard.at is not None) + (standard.product is not None), depth)
