"""What the plant file says that the book of a site needs: hours, thresholds, reasons, rates.

Compiled once per revision. It alone decides the threshold of micro-stops, what a reason code
means for the ledger, which standard time holds, and which station should limit a line.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from linewright.live.day.standards import NS_PER_S, Standards, line_products
from linewright.plant import Address, Plant
from linewright.plant.calendar import WorkCalendar
from linewright.plant.kpi import TimeCategory
from linewright.plant.model import FrozenMap, Line, Station, WorkCentre

__all__ = ["DayPlan", "LinePlan", "ReasonMeaning", "StationPlan", "plan_of"]

_NO_REASONS: Mapping[str, "ReasonMeaning"] = FrozenMap()


class ReasonMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a reason code means.

    Parameters
    ----------
    code
        Path in the reason tree, such as ``breakdown/mechanical``.
    category
        Where its time is booked; None: an inner node that says nothing, no stop can have it.
    label
        What people read, by language.
    comment
        Whether a comment is asked for.
    is_leaf
        Whether it is what an operator picks.
    """

    code: str
    category: TimeCategory | None
    label: Mapping[str, str] = FrozenMap()
    comment: bool = False
    is_leaf: bool = True


class StationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the book needs of one station.

    Parameters
    ----------
    address
        The station.
    calendar
        When it works; None: the site has no shifts, it works always.
    micro_stop_ns
        Stops shorter than this are micro-stops; 0: there are none.
    reasons
        Meaning of each code: by path, and by name where the name is unique in the tree.
    rate_per_h, currency
        Cost of a station hour; None: the plant file says none.
    state_tag
        Address of the tag that tells its state; empty: none does.
    sources
        Names under which the source of its state may be known.
    other_sources
        Names of its further connections, which do not tell its state.
    """

    address: Address
    calendar: WorkCalendar | None = None
    micro_stop_ns: int = 0
    reasons: Mapping[str, ReasonMeaning] = _NO_REASONS
    rate_per_h: Decimal | None = None
    currency: str = ""
    state_tag: str = ""
    sources: frozenset[str] = frozenset()
    other_sources: frozenset[str] = frozenset()

    def meaning(self, code: str) -> ReasonMeaning | None:
        """Return what a code means here; None: it is not in the station's tree."""
        return self.reasons.get(code)

    def category(self, code: str) -> TimeCategory:
        """Return where the time of a code is booked; a code nobody knows is `OTHER`."""
        found = self.reasons.get(code)
        return TimeCategory.OTHER if found is None or found.category is None else found.category


class LinePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the book needs of a line or work centre.

    Parameters
    ----------
    address
        The line or work centre.
    is_flow
        Whether parts pass its stations one after the other.
    stations
        Its stations: those of the flow in order, then the others.
    outputs
        The stations whose good parts are its output: the last of a flow, all of a work centre.
    target_oee
        Target of OEE, 0 to 1, where the plant file has one.
    """

    address: Address
    is_flow: bool
    stations: tuple[Address, ...]
    outputs: tuple[Address, ...]
    target_oee: float | None = None
    flow: tuple[Address, ...] = ()


class DayPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the book of a site needs of the plant.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> plan = plan_of(plant.done(), "r1", "reno")
    >>> plan.limit("reno/shop/pump", dt.date(2026, 1, 5))
    (Address('reno/shop/pump/turn'), 48000000000)
    """

    plant_rev: str
    site: str
    calendar: WorkCalendar
    stations: Mapping[str, StationPlan]
    lines: Mapping[str, LinePlan]
    standards: Standards

    def line_of(self, station: str) -> LinePlan:
        """Return the line or work centre that a station stands in."""
        return self.lines[station.rpartition("/")[0]]

    def stations_in(self, address: str) -> Iterator[StationPlan]:
        """Yield the stations at or below an address, in the order of the plant file."""
        for name, station in self.stations.items():
            if name == address or name.startswith(f"{address}/"):
                yield station

    def limit(self, line: str, day: dt.date) -> tuple[Address | None, int | None]:
        """Return the station that limits a line by standard work, and its ns per piece.

        Parameters
        ----------
        line
            A line; of a work centre no station limits the others.
        day
            Day on which the standard times shall hold.

        Returns
        -------
        tuple
            Of equals the first in the flow. ``(None, None)`` where no station of the flow has a
            standard time.
        """
        plan = self.lines[line]
        if not plan.is_flow:
            return None, None
        best: tuple[Address | None, int | None] = (None, None)
        for address in plan.flow:
            work_ns = self.standards.work_ns(address, day)
            if work_ns is not None and work_ns > (best[1] or 0):
                best = address, work_ns
        return best


def plan_of(plant: Plant, plant_rev: str, site: str) -> DayPlan:
    """Compile what the book of a site needs.

    Parameters
    ----------
    plant
        The plant as applied.
    plant_rev
        Its revision.
    site
        Name of one of its sites.

    Returns
    -------
    DayPlan
        With every station, line and work centre of the site.

    Notes
    -----
    Linear in the stations and in the routes of the products.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> line = site.area("shop").line("pump", flow=["turn"])
    >>> _ = line.station("turn", does={"turn": "48 s"}, micro_stop="2 min")
    >>> plan_of(plant.done(), "r1", "reno").stations["reno/shop/pump/turn"].micro_stop_ns
    120000000000
    """
    assert site in plant.sites, f"the plant has no site {site!r}"
    trees = {name: FrozenMap(_tree(tree)) for name, tree in plant.reasons.items()}
    stations: dict[str, StationPlan] = {}
    lines: dict[str, LinePlan] = {}
    groups: dict[Address, Line | WorkCentre] = {
        address: group for address, group in plant.groups() if address.site == site
    }
    for address, group in groups.items():
        lines[address] = _line(address, group)
        for name, station in group.stations.items():
            calendar = _calendar(plant, site, group, station)
            reasons = trees.get(station.reasons or "", _NO_REASONS)
            place = address.child(name)
            stations[place] = _station(place, station, calendar, reasons or _BUCKETS)
    return DayPlan(
        plant_rev=plant_rev,
        site=site,
        calendar=plant.sites[site].calendar(),
        stations=FrozenMap(stations),
        lines=FrozenMap(lines),
        standards=Standards(plant, line_products(plant, groups)),
    )


def _calendar(
    plant: Plant, site: str, group: Line | WorkCentre, station: Station
) -> WorkCalendar | None:
    if not plant.sites[site].shifts:
        return None
    return plant.sites[site].calendar(station.shifts or group.shifts)


def _line(address: Address, group: Line | WorkCentre) -> LinePlan:
    names = tuple(group.stations)
    flow = tuple(dict.fromkeys(group.flow)) if isinstance(group, Line) else ()
    order = tuple(dict.fromkeys((*flow, *names)))
    outputs = flow[-1:] if isinstance(group, Line) else names
    return LinePlan(
        address=address,
        is_flow=isinstance(group, Line),
        stations=tuple(address.child(name) for name in order),
        flow=tuple(address.child(name) for name in flow),
        outputs=tuple(address.child(name) for name in outputs),
        target_oee=group.target_oee_share,
    )


def _station(
    address: Address,
    station: Station,
    calendar: WorkCalendar | None,
    reasons: Mapping[str, ReasonMeaning],
) -> StationPlan:
    state = next(((n, tag) for n, tag in station.tags.items() if tag.role == "state"), None)
    parts = address.split("/")
    own = {parts[-1], "_".join(parts[-2:]), "_".join(parts[1:])}
    further = {name: {f"{each}_{name}" for each in own} for name in station.connections}
    through = state[1].through if state is not None else None
    told = further.pop(through, set()) if through is not None else own
    return StationPlan(
        address=address,
        calendar=calendar,
        micro_stop_ns=round((station.micro_stop_s or 0.0) * NS_PER_S),
        reasons=reasons,
        rate_per_h=None if station.rate_per_h is None else station.rate_per_h.amount,
        currency="" if station.rate_per_h is None else station.rate_per_h.currency,
        state_tag="" if state is None else str(address.with_tag(state[0])),
        sources=frozenset(told),
        other_sources=frozenset().union(*further.values(), *([own] if through else [])),
    )


def _tree(tree: Mapping[str, object]) -> dict[str, ReasonMeaning]:
    """Return the meanings of a tree by path, and by name where the name is unique."""
    found = dict(_nodes(tree, "", None))
    names: dict[str, list[ReasonMeaning]] = {}
    for path, meaning in found.items():
        names.setdefault(path.rpartition("/")[2], []).append(meaning)
    short = {name: each[0] for name, each in names.items() if len(each) == 1}
    return short | found


def _nodes(
    tree: Mapping[str, object], above: str, category: TimeCategory | None
) -> Iterator[tuple[str, ReasonMeaning]]:
    for name, node in tree.items():
        bucket = getattr(node, "bucket", None)
        below: Mapping[str, object] = getattr(node, "reasons", {})
        own = TimeCategory.of_bucket(bucket) if bucket is not None else category
        path = f"{above}{name}"
        yield (
            path,
            ReasonMeaning(
                code=path,
                category=own,
                label=getattr(node, "label", FrozenMap()),
                comment=getattr(node, "comment", False),
                is_leaf=not below,
            ),
        )
        yield from _nodes(below, f"{path}/", own)


_NAMED = (
    *(TimeCategory.MAINTENANCE, TimeCategory.CLEANING, TimeCategory.MEETING, TimeCategory.TRIAL),
    *(TimeCategory.BREAKDOWN, TimeCategory.TOOLING, TimeCategory.MATERIAL, TimeCategory.QUALITY),
    *(TimeCategory.PROGRAM, TimeCategory.UTILITIES, TimeCategory.OTHER),
    *(TimeCategory.NO_ORDER, TimeCategory.NO_OPERATOR),
)
_BUCKETS = FrozenMap({each.value: ReasonMeaning(code=each.value, category=each) for each in _NAMED})
"""Codes of a station without a reason tree: the time categories that can be a reason."""
