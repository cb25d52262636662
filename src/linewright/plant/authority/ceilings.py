"""From the plant file to the ceiling of one command: the most that any grant can allow."""

from collections.abc import Iterable
from typing import TypeVar

from linewright.plant.address import Address
from linewright.plant.model import governance
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.equipment import Station
from linewright.plant.model.markers import Bounds
from linewright.plant.model.signals import Command
from linewright.plant.money import Money
from linewright.plant.records import ActionKind, Role, SiteKind
from linewright.plant.records.grants import Ceiling, Limit, Mode, Signal

NS_PER_S = 1_000_000_000

_Number = TypeVar("_Number", int, float)

_OPTIONAL = (Signal.GUARD_OPEN, Signal.MAINTENANCE, Signal.SET_UP)
"""Signals that a machine may not have; the others are always asked for."""

_KINDS = {
    "real": (SiteKind.REAL,),
    "simulated": (SiteKind.SIMULATED,),
    "both": (SiteKind.REAL, SiteKind.SIMULATED),
}


def ceiling_of(plant: Plant, address: Address, command: str, plant_rev: str) -> Ceiling | None:
    """Return the ceiling of one command of one station, or None when nothing may be granted.

    Where several ceilings of the plant file hold for the command, each of them
    limits: the narrowest range, the lowest mode, the smallest count and rate,
    the roles that all of them name.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The station.
    command
        Name of the command there.
    plant_rev
        Revision of the plant that is in force.

    Returns
    -------
    Ceiling or None
        None when there is no such command, no ceiling for it, no common value,
        role or kind of site, or money limits in different currencies.

    Notes
    -----
    Cost: linear in the numbers of ceilings and of products' control plans.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> bare = load_text("{linewright: 1, enterprise: acme, sites: {}}")
    >>> ceiling_of(bare, Address("reno/shop/pump/saw"), "speed", "r1") is None
    True
    """
    station = next((found for place, found in plant.stations_in(address) if place == address), None)
    wanted = station.commands.get(command) if station is not None else None
    if station is None or wanted is None:
        return None
    ceilings = [one for one in plant.authority.values() if _holds(one, address, command)]
    limit = _limit(command, wanted, ceilings)
    roles = _roles(ceilings)
    kinds = [kind for kind in SiteKind if all(kind in _KINDS[one.sites] for one in ceilings)]
    money = _money(one.money for one in ceilings)
    if not ceilings or limit is None or roles is None or not kinds or money == "mixed":
        return None
    assert not isinstance(money, str), "currencies agree here"
    longest_s = _least(one.longest_s for one in ceilings)
    return Ceiling(
        address=address,
        limit=limit,
        action=ActionKind(wanted.sets),
        mode=min((Mode(one.mode) for one in ceilings), key=lambda mode: mode.rank),
        plant_rev=plant_rev,
        site_kinds=tuple(kinds),
        roles=roles,
        permits=_permits(station, wanted),
        absent=_absent(station),
        step=wanted.step,
        rate_per_h=_least([wanted.max_rate_per_h, *(one.rate_per_h for one in ceilings)]),
        count=_least(one.count for one in ceilings),
        money=money,
        longest_ns=None if longest_s is None else round(longest_s * NS_PER_S),
        confirm_by=Role.QUALITY if _in_control_plan(plant, address, command) else None,
        validated=_window(command, wanted.validated),
    )


def _holds(ceiling: governance.Ceiling, address: Address, command: str) -> bool:
    return command in ceiling.actions and any(Address(at).contains(address) for at in ceiling.at)


def _limit(name: str, command: Command, ceilings: list[governance.Ceiling]) -> Limit | None:
    """Return the values that command and ceilings all allow; None when there is none."""
    if command.choices:
        return Limit(parameter=name, choices=tuple(command.choices))
    bounds = [found for found in (command.range, *(one.range for one in ceilings)) if found]
    if not bounds:
        return None
    low, high = max(found.low for found in bounds), min(found.high for found in bounds)
    return Limit(parameter=name, low=low, high=high) if low <= high else None


def _window(name: str, bounds: Bounds | None) -> Limit | None:
    return None if bounds is None else Limit(parameter=name, low=bounds.low, high=bounds.high)


def _roles(ceilings: list[governance.Ceiling]) -> tuple[Role, ...] | None:
    """Return the roles that all ceilings with roles name; empty: anybody; None: nobody."""
    named = [set(one.roles) for one in ceilings if one.roles]
    if not named:
        return ()
    common = set.intersection(*named)
    return tuple(role for role in Role if role.value in common) or None


def _least(values: Iterable[_Number | None]) -> _Number | None:
    given = [value for value in values if value is not None]
    return min(given, default=None)


def _money(limits: Iterable[Money | None]) -> Money | str | None:
    """Return the smallest limit, or `mixed` when they are in different currencies."""
    given = [limit for limit in limits if limit is not None]
    if len({limit.currency for limit in given}) > 1:
        return "mixed"
    return min(given, key=lambda limit: limit.amount, default=None)


def _permits(station: Station, command: Command) -> tuple[str, ...]:
    """Return the permit that the command names, unless it is one that is always asked for."""
    if command.permit is None or command.permit in set(Signal):
        return ()
    tag = station.tags.get(command.permit)
    role = (tag.role or "").removeprefix("permit.") if tag is not None else ""
    return () if role in set(Signal) else (command.permit,)


def _absent(station: Station) -> tuple[Signal, ...]:
    present = {(tag.role or "").removeprefix("permit.") for tag in station.tags.values()}
    return tuple(signal for signal in _OPTIONAL if signal.value not in present)


def _in_control_plan(plant: Plant, address: Address, command: str) -> bool:
    """Whether a control plan keeps the command for quality alone."""
    fixed = address.with_tag(command)
    return any(
        fixed == at or Address(at) == address
        for product in plant.products.values()
        for control in product.control_plan
        for at in control.fixed
    )
