"""Stations played without flow: machines of work centres that nothing is released to.

Such a station is a line of its own in the kernel, with work in front of it whenever its shifts
are on, and room behind it: it cycles, fails, wears, is maintained and waits for its people as
its plant file says, and scenario and commands reach it as they reach every station. What other
stations do never reaches it: it is not starved, not blocked, has the crews for itself, and makes
one operation only.
"""

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Line, Station, WorkCentre
from linewright.twin import Model, compile_line

__all__ = ["alone", "pieces_of"]


def alone(plant: Plant, address: Address) -> Model:
    """Return the line that a station is by itself.

    Parameters
    ----------
    plant, address
        The plant, and the station.

    Returns
    -------
    Model
        Of the station alone, at its own address; what its cycle holds is one part, `pieces_of`
        says how many.

    Raises
    ------
    TwinFault
        The kernel cannot run it even so.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> alone(plant.done(), Address("reno/shop/lathes/one")).stations
    (Address('reno/shop/lathes/one'),)
    """
    place = address.parent
    assert place is not None, "a station stands in a line or a work centre"
    site = plant.sites[address.site]
    area_name = place.split("/")[1]
    area = site.areas[area_name]
    group: Line | WorkCentre = (
        area.lines[place.name] if place.name in area.lines else area.work_centres[place.name]
    )
    station = group.stations[address.name]
    line = Line(
        flow=(address.name,),
        stations={address.name: _single(station)},
        shifts=station.shifts or group.shifts,
    )
    area = msgspec.structs.replace(area, lines={place.name: line}, work_centres={})
    site = msgspec.structs.replace(site, areas={area_name: area})
    small = msgspec.structs.replace(plant, sites={address.site: site}, products={})
    return compile_line(small, place)


def _single(station: Station) -> Station:
    """Return a station as the kernel takes one: its first operation, of one piece."""
    does = {}
    for name, cycle in list(station.does.items())[:1]:
        time = cycle.time
        if cycle.per_piece is not None:
            time = msgspec.structs.replace(time, mean_s=cycle.expected_s, family="constant")
        does[name] = msgspec.structs.replace(cycle, time=time, per_piece=None, pieces=1, blocked=0)
    return msgspec.structs.replace(station, does=does, batch=None, batch_least=1, shifts=())


def pieces_of(station: Station) -> int:
    """Return how many pieces a cycle of a station gives: a whole load of a batch, else its own.

    Examples
    --------
    >>> from linewright.plant.model import Cycle, Duration
    >>> pieces_of(Station(does={"wash": Cycle(time=Duration(mean_s=720.0), pieces=24)}))
    24
    """
    cycle = next(iter(station.does.values()), None)
    return max(1, station.batch or 1, 1 if cycle is None else cycle.pieces_per_cycle)
