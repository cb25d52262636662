"""What all views need: times in ms, doubts in words, labels, and what an address means."""

import math

from linewright.plant import Address
from linewright.plant.model import Line, Station, WorkCentre
from linewright.plant.records import Quality
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.base import Number

__all__ = [
    "NS_PER_H",
    "NS_PER_MS",
    "NS_PER_S",
    "address_of",
    "doubts",
    "finite",
    "groups_in",
    "ms",
    "seconds",
    "spread",
    "station_of",
    "stations_in",
    "stop_id",
]

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
NS_PER_H = 3600 * NS_PER_S

NO_DOUBT = Quality.SIMULATED | Quality.INITIAL | Quality.ESTIMATED | Quality.UNCERTAIN
"""Bits that say nothing against a value by themselves; what makes it uncertain says so too."""

_WORDS = tuple((int(bit), str(bit.name).lower()) for bit in Quality if bit and not bit & NO_DOUBT)


def ms(t_ns: int) -> int:
    """Return ms of ns."""
    return t_ns // NS_PER_MS


def seconds(span_ns: int) -> float:
    """Return seconds of ns."""
    return span_ns / NS_PER_S


def doubts(quality: int) -> tuple[str, ...]:
    """Return in words what speaks against a value.

    Examples
    --------
    >>> doubts(Quality.UNCERTAIN | Quality.STALE | Quality.SIMULATED), doubts(Quality.UNCERTAIN)
    (('stale',), ('uncertain',))
    """
    found = tuple(word for bit, word in _WORDS if quality & bit)
    return found or (("uncertain",) if quality & Quality.UNCERTAIN else ())


def finite(value: float | None) -> float | None:
    """Return a number that JSON can tell; None for one that is none."""
    return value if value is not None and math.isfinite(value) else None


def stop_id(station: str, name: str) -> str:
    """Return the id of an event for everybody: its station, and its id there.

    Examples
    --------
    >>> stop_id("reno/shop/a/saw", "abc"), station_of("reno.shop.a.saw~abc")
    ('reno.shop.a.saw~abc', ('reno/shop/a/saw', 'abc'))
    """
    return f"{station.replace('/', '.')}~{name}"


def station_of(stop: str) -> tuple[str, str]:
    """Return the station of an event, and its id there."""
    place, _, name = stop.partition("~")
    return place.replace(".", "/"), name


def spread(mean: float | None, low: float | None, high: float | None) -> Number:
    """Return a number with its interval of 80 %."""
    return Number(value=finite(mean), low=finite(low), high=finite(high))


def address_of(text: str, moment: Moment) -> Address:
    """Return a place of the site that this server serves.

    Raises
    ------
    Refusal
        It is no address, or the plant has nothing there.
    """
    try:
        address = Address(text)
    except ValueError as error:
        raise Refusal(422, str(error), "address", "write it as in /api/plant") from error
    if not _is_there(address, moment):
        what = f"the plant has nothing at {str(address)!r}"
        raise Refusal(404, what, "address", "/api/plant lists what there is")
    return address


def groups_in(address: Address, moment: Moment) -> list[tuple[Address, Line | WorkCentre]]:
    """Return the lines and work centres at, above or below an address, in order of the file."""
    return [
        (each, group)
        for each, group in moment.plant.groups()
        if each.site == moment.site and (address.contains(each) or each.contains(address))
    ]


def stations_in(address: Address, moment: Moment) -> list[tuple[Address, Station]]:
    """Return the stations at or below an address, in the order of the plant file."""
    return list(moment.plant.stations_in(address))


def _is_there(address: Address, moment: Moment) -> bool:
    if address.tag is not None or address.site != moment.site or address.buffer is not None:
        return False
    areas = moment.plant.sites[moment.site].areas
    if address.area is None or (address.line is None and address.area in areas):
        return True
    group = (
        dict(areas[address.area].groups()).get(address.line or "")
        if address.area in areas
        else None
    )
    return group is not None and (address.station is None or address.station in group.stations)
