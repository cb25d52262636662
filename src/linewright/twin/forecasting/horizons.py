"""When a forecast looks: a quarter of an hour, each hour, and the end of the shift."""

from linewright.plant import Address, Plant
from linewright.plant.calendar import compile_calendar
from linewright.plant.model import Line
from linewright.twin.forecasting.results import ForecastInvalid, Horizon

__all__ = ["end_of_shift", "horizons"]

NS = 10**9
NS_PER_MIN = 60 * NS
NS_PER_H = 3600 * NS
SOON_MIN = 15
HOURS_MAX = 72.0
"""Longest forecast: beyond three days what is now says little of what will be."""
DAY_NS = 24 * NS_PER_H


def horizons(
    as_of_ns: int, hours: float, shift_end_ns: int | None = None, *, address: str = "forecast"
) -> tuple[Horizon, ...]:
    """Return the moments that a forecast looks at, in order of time, none twice.

    Parameters
    ----------
    as_of_ns
        Beginning, plant time.
    hours
        Length, above 0, at most 72.
    shift_end_ns
        End of the shift; left out where it is not within the forecast.
    address
        Named in errors.

    Raises
    ------
    ForecastInvalid
        The length is none.

    Examples
    --------
    >>> [one.name for one in horizons(0, 2.0, 5400 * 10**9)]
    ['15 min', '1 h', 'end of shift', '2 h']
    >>> [one.name for one in horizons(0, 0.1)]
    ['0.1 h']
    """
    if not 0.0 < hours <= HOURS_MAX:
        do = f"give more than 0, at most {HOURS_MAX:g}"
        raise ForecastInvalid(address, f"a forecast cannot be {hours:g} hours long", do)
    last_ns = as_of_ns + round(hours * NS_PER_H)
    found = [Horizon(f"{SOON_MIN} min", as_of_ns + SOON_MIN * NS_PER_MIN)]
    found += [Horizon(f"{k} h", as_of_ns + k * NS_PER_H) for k in range(1, int(hours) + 1)]
    found.append(Horizon(f"{hours:g} h", last_ns))
    if shift_end_ns is not None:
        found.append(Horizon("end of shift", shift_end_ns))
    known: dict[int, Horizon] = {}
    for one in found:
        if as_of_ns < one.at_ns <= last_ns:
            known.setdefault(one.at_ns, one)
    return tuple(sorted(known.values(), key=lambda one: one.at_ns))


def end_of_shift(plant: Plant, address: Address, t_ns: int) -> int | None:
    """Return when the shift of a line ends that is on, or else the next one; None: no shifts.

    Parameters
    ----------
    plant
        A checked plant.
    address
        A line or work centre of it.
    t_ns
        Plant time.

    Notes
    -----
    Looks two days ahead. Cost: that of the calendar of three days.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shifts = {"day": "daily 06:00-14:00"}
    >>> site = plant.site("reno", timezone="UTC", currency="USD", shifts=shifts)
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> end_of_shift(plant.done(), Address("reno/shop/pump"), 7 * 3600 * 10**9) // (3600 * 10**9)
    14
    """
    site = plant.sites.get(address.site)
    group = dict(plant.groups()).get(address)
    if site is None or not site.shifts or group is None:
        return None
    shifts = group.shifts if isinstance(group, Line) else ()
    calendar = site.calendar(shifts)
    ends: dict[tuple[str, str], int] = {}
    for each in compile_calendar(calendar, max(0, t_ns - DAY_NS), t_ns + 2 * DAY_NS):
        if each.kind == "work":
            ends[each.production_day, each.shift] = each.end_ns
    return min((end for end in ends.values() if end > t_ns), default=None)
