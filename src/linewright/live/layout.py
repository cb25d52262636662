"""What live watches in a plant: which tags tell a state, count parts or count wear, and where.

Compiled once per revision of the plant file; a fold carries it along but never stores it.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.calendar import WorkCalendar, production_day
from linewright.plant.model import FrozenMap, Station, Tag
from linewright.plant.records import StationState

__all__ = [
    "Amount",
    "CountTag",
    "Layout",
    "Pace",
    "StateTag",
    "StationPlan",
    "WearTag",
    "day_start_ns",
    "layout_of",
]

Amount = Literal["good", "scrap", "rework"]
"""What a counter counts, or stands for."""

NS_PER_S = 1_000_000_000
_H_NS = 3600 * NS_PER_S
_LONGEST_DAY_NS = 27 * _H_NS
"""No production day lasts longer: 24 h, and the most that any clock was ever put back."""

_AMOUNTS: Mapping[str, Amount] = FrozenMap(
    {"parts.good": "good", "parts.scrap": "scrap", "parts.rework": "rework"}
)
_MODULUS_OF_TYPE = FrozenMap({"uint16": 2**16, "uint32": 2**32})
"""Where a counter of this type starts again at 0, unless the plant file says otherwise."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a station can make parts by the plant file; `piece_s` is None where it says none."""

    piece_s: float | None = None
    pieces: int = 1


class StateTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that tells the state of a station; without a map the machine uses our own names."""

    station: int
    states: Mapping[str, StationState]


class CountTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that counts parts.

    `amount` is what its movement adds. A counter of all parts is `derived`: it stands for the
    one of good and scrap that the station does not count itself, less the other one (`less`),
    which then `owes`: its parts show, or have shown, on the counter of all parts too.
    """

    station: int
    name: str
    amount: Amount
    pace: Pace
    modulus: int | None = None
    derived: bool = False
    less: Amount | None = None
    owes: bool = False


class WearTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag on which a machine counts the life used, in %, of these wears."""

    station: int
    parts: tuple[str, ...]


class StationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the fold knows of a station beforehand: names of its counters by what they count."""

    address: Address
    connected: bool
    tells_state: bool
    good: str | None = None
    scrap: str | None = None
    total: str | None = None


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that live looks up while it folds the samples of one site."""

    plant_rev: str
    site: str
    calendar: WorkCalendar
    stations: tuple[StationPlan, ...]
    numbers: Mapping[str, int]
    """Number of a station by its address."""
    tags: Mapping[str, StateTag | CountTag | WearTag]
    """Meaning of a tag by its address; tags that mean nothing here are left out."""


def layout_of(plant: Plant, plant_rev: str, site: str) -> Layout:
    """Compile what live watches at a site; linear in the tags of the site."""
    assert site in plant.sites, f"the plant has no site {site!r}"
    placed = list(plant.stations_in(Address(site)))
    tags: dict[str, StateTag | CountTag | WearTag] = {}
    for number, (address, station) in enumerate(placed):
        for name, meaning in _meanings(number, station):
            tags.setdefault(address.with_tag(name), meaning)
    return Layout(
        plant_rev=plant_rev,
        site=site,
        calendar=plant.sites[site].calendar(),
        stations=tuple(_station_plan(address, station) for address, station in placed),
        numbers=FrozenMap({address: number for number, (address, _) in enumerate(placed)}),
        tags=FrozenMap(tags),
    )


def day_start_ns(calendar: WorkCalendar, t_ns: int) -> int:
    """When the production day of an instant began, on the clock of the site; whole seconds."""
    day = production_day(calendar, t_ns)
    late_s = t_ns // NS_PER_S
    early_s = max(0, t_ns - _LONGEST_DAY_NS) // NS_PER_S
    if production_day(calendar, early_s * NS_PER_S) == day:
        return early_s * NS_PER_S
    while late_s - early_s > 1:
        middle_s = (early_s + late_s) // 2
        if production_day(calendar, middle_s * NS_PER_S) == day:
            late_s = middle_s
        else:
            early_s = middle_s
    return late_s * NS_PER_S


def _meanings(number: int, station: Station) -> Iterator[tuple[str, StateTag | CountTag | WearTag]]:
    """Each tag of a station that means something, by its name; the first of a role holds."""
    plan = _counters(station)
    states = [name for name, tag in station.tags.items() if tag.role == "state"]
    for name in states[:1]:
        named = {raw: StationState(state) for raw, state in station.tags[name].map.items()}
        yield name, StateTag(station=number, states=FrozenMap(named))
    derives = "parts.total" in plan and not {"parts.good", "parts.scrap"} <= plan.keys()
    for role, amount in _AMOUNTS.items():
        if role in plan:
            count = _count(number, station, plan[role], amount)
            owes = derives and amount != "rework"
            yield plan[role], msgspec.structs.replace(count, owes=owes)
    if derives:
        yield plan["parts.total"], _total(number, station, plan)
    wears: dict[str, list[str]] = {}
    for part, wear in station.wears.items():
        if wear.counter is not None:
            wears.setdefault(wear.counter, []).append(part)
    for name, parts in wears.items():
        yield name, WearTag(station=number, parts=tuple(parts))


def _counters(station: Station) -> dict[str, str]:
    """Names of the counters of a station by their role; the first of a role holds."""
    found: dict[str, str] = {}
    for name, tag in station.tags.items():
        if tag.role is not None and tag.role.startswith("parts."):
            found.setdefault(tag.role, name)
    return found


def _count(number: int, station: Station, name: str, amount: Amount) -> CountTag:
    return CountTag(
        station=number,
        name=name,
        amount=amount,
        pace=_pace(station),
        modulus=_modulus(station.tags[name]),
    )


def _total(number: int, station: Station, plan: Mapping[str, str]) -> CountTag:
    """Counter of all parts: it gives the good ones, or the bad ones where good ones are counted."""
    amount: Amount = "scrap" if "parts.good" in plan else "good"
    counted: Amount = "good" if amount == "scrap" else "scrap"
    less = counted if f"parts.{counted}" in plan else None
    count = _count(number, station, plan["parts.total"], amount)
    return msgspec.structs.replace(count, derived=True, less=less)


def _modulus(tag: Tag) -> int | None:
    return tag.rolls_over if tag.rolls_over is not None else _MODULUS_OF_TYPE.get(tag.type or "")


def _pace(station: Station) -> Pace:
    """Shortest planned time of a piece over what the station does, and most pieces at once."""
    batch = station.batch or 1
    cycles = [
        (each.expected_s, max(1, each.pieces_per_cycle, batch)) for each in station.does.values()
    ]
    times = [time_s / pieces / station.places for time_s, pieces in cycles if time_s > 0.0]
    pieces = max((pieces for _, pieces in cycles), default=1)
    return Pace(piece_s=min(times, default=None), pieces=pieces * station.places)


def _station_plan(address: Address, station: Station) -> StationPlan:
    counters = _counters(station)
    return StationPlan(
        address=address,
        connected=station.connected,
        tells_state=any(tag.role == "state" for tag in station.tags.values()),
        good=counters.get("parts.good"),
        scrap=counters.get("parts.scrap"),
        total=counters.get("parts.total"),
    )
