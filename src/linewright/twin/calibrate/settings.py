"""What a calibration would change in the plant file, and the plant with it changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Distribution, Duration, FailureMode, FrozenMap, Station

__all__ = ["Setting", "changed", "distribution", "rounded"]

K = TypeVar("K")
V = TypeVar("V")

DIGITS = 5
"""Significant digits of what is written into a plant file."""
GROUPS = ("lines", "work_centres")


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a station, as the plant file would say it.

    Parameters
    ----------
    address
        The station.
    key
        Path below it: `does.OPERATION.time`, `.scrap` or `.rework`; `fails.MODE.every` or
        `.repair`.
    value
        A distribution or a share.

    Examples
    --------
    >>> turn = Address("reno/shop/pump/turn")
    >>> Setting(address=turn, key="does.turn.time", value=Duration(mean_s=48.0)).text
    '48 s'
    """

    address: Address
    key: str
    value: Distribution | float

    @property
    def text(self) -> str:
        """The value as it is written in a plant file."""
        if not isinstance(self.value, Distribution):
            return f"{rounded(100.0 * self.value):g} %"
        words = [f"{self.value.expected_s:.{DIGITS}g} s", self.value.family or ""]
        words += [f"cv {self.value.cv:.{DIGITS}g}"] if self.value.cv is not None else []
        return " ".join(word for word in words if word)


def rounded(value: float) -> float:
    """Return a number with the digits that a plant file is given.

    Examples
    --------
    >>> rounded(48.1234567)
    48.123
    """
    return float(f"{value:.{DIGITS}g}")


def distribution(
    kind: type[Distribution],
    family: str,
    mean: float,
    cv: float,
    known: Distribution | None = None,
) -> Distribution:
    """Return a distribution as the language has it.

    Parameters
    ----------
    kind
        `Duration` or `Lifetime`: what is left out differs.
    family, mean, cv
        Seconds; the spread counts only for families that have one of their own.
    known
        What the plant file says now: a family that it names stays named.

    Examples
    --------
    >>> from linewright.plant.model import Lifetime
    >>> distribution(Lifetime, "exponential", 3600.0, 1.0).family is None
    True
    """
    if family in ("constant", "exponential"):
        alone = "constant" if kind is Duration else "exponential"
        named = family != alone or (known is not None and known.family == family)
        return kind(mean_s=rounded(mean), family=family if named else None)  # type: ignore[arg-type]  # one of two literals
    return kind(mean_s=rounded(mean), family=family, cv=rounded(cv))  # type: ignore[arg-type]  # a family of the language


def changed(plant: Plant, settings: Iterable[Setting]) -> Plant:
    """Return the plant with settings in force.

    Parameters
    ----------
    plant
        Stays as it is.
    settings
        Of stations that it has.

    Raises
    ------
    KeyError
        When a setting speaks of a station, operation or mode that is not there.
    """
    by_station: dict[Address, list[Setting]] = {}
    for one in settings:
        by_station.setdefault(one.address, []).append(one)
    for address, own in by_station.items():
        plant = _in_plant(plant, address, own)
    return plant


def _in_plant(plant: Plant, address: Address, settings: Sequence[Setting]) -> Plant:
    site_name, area_name, group_name, name = address.split("/")
    site = plant.sites[site_name]
    area = site.areas[area_name]
    level = next(each for each in GROUPS if group_name in getattr(area, each))
    groups = getattr(area, level)
    group = groups[group_name]
    station = _station(group.stations[name], settings)
    group = msgspec.structs.replace(group, stations=_with(group.stations, name, station))
    area = msgspec.structs.replace(area, **{level: _with(groups, group_name, group)})
    site = msgspec.structs.replace(site, areas=_with(site.areas, area_name, area))
    return msgspec.structs.replace(plant, sites=_with(plant.sites, site_name, site))


def _with(entries: Mapping[K, V], key: K, value: V) -> FrozenMap[K, V]:
    return FrozenMap({**entries, key: value})


SHARES = {"scrap": "scrap_share", "rework": "rework_share"}


def _station(station: Station, settings: Sequence[Setting]) -> Station:
    for one in settings:
        kind, name, key = one.key.split(".")
        new: dict[str, Any] = {SHARES.get(key, key): one.value}
        if kind == "does":
            cycle = msgspec.structs.replace(station.does[name], **new)
            station = msgspec.structs.replace(station, does=_with(station.does, name, cycle))
        else:
            mode = station.fails.get(name) or FailureMode()
            mode = msgspec.structs.replace(mode, **new)
            station = msgspec.structs.replace(station, fails=_with(station.fails, name, mode))
    return station
