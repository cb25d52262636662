"""Standard times: which one holds for an operation, a product, a station and a day."""

import datetime as dt

import msgspec

from linewright.plant.address import Address
from linewright.plant.model.behaviour import Duration
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.equipment import Cycle, Station
from linewright.plant.model.products import StandardTime


class StandardTimes:
    """The standard times of a plant, arranged for looking up.

    The most telling entry of `standard_times` that is valid on the day wins:
    for product and place, then for the place, then for the product, then for
    the operation alone; a nearer place (station, work centre or line, area,
    site) before a wider one. Without any, the station's own cycle time.
    """

    def __init__(self, plant: Plant) -> None:
        self._stations: dict[Address, Station] = dict(plant.stations())
        self._by_operation: dict[str, list[StandardTime]] = {}
        for standard in sorted(plant.standard_times, key=_telling, reverse=True):
            self._by_operation.setdefault(standard.operation, []).append(standard)

    def cycle(self, operation: str, product: str, address: Address, day: dt.date) -> Cycle | None:
        """Return what a station does for an operation, with the time that holds as the standard.

        Returns
        -------
        Cycle or None
            The station's cycle with the standard time in its place; None when
            the station cannot do the operation.

        Notes
        -----
        Cost: linear in the number of standard times of the operation.
        """
        station = self._stations.get(address)
        cycle = station.does.get(operation) if station is not None else None
        if cycle is None:
            return None
        for standard in self._by_operation.get(operation, ()):
            if _holds(standard, product, address, day):
                time = standard.time
                if standard.per == "piece":
                    time = _times(time, cycle.pieces_per_cycle)
                return msgspec.structs.replace(cycle, time=time, per_piece=None)
        return cycle


def _telling(standard: StandardTime) -> tuple[int, int]:
    depth = 0 if standard.at is None else 1 + standard.at.count("/")
    return (2 * (standard.at is not None) + (standard.product is not None), depth)


def _holds(standard: StandardTime, product: str, address: Address, day: dt.date) -> bool:
    at = standard.at
    return (
        standard.product in (None, product)
        and (at is None or address == at or address.startswith(f"{at}/"))
        and (standard.since is None or standard.since <= day)
        and (standard.until is None or day <= standard.until)
    )


def _times(time: Duration, pieces: int) -> Duration:
    """Return a duration for several pieces one after the other; its shape stays."""
    scaled = {
        name: value * pieces
        for name in ("mean_s", "low_s", "mode_s", "high_s")
        if (value := getattr(time, name)) is not None
    }
    return msgspec.structs.replace(time, **scaled)
