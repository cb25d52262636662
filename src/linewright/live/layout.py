"""What live watches in a plant: which tags tell a state, count parts or count wear, and where.

Compiled once per revision of the plant file; a fold carries it along but never stores it.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.calendar import WorkCalendar, production_day
from linewright.plant.expressions import Expression, parse
from linewright.plant.model import FrozenMap, Station, Tag
from linewright.plant.records import StationState

__all__ = [
    "Amount",
    "CountTag",
    "DerivedState",
    "DerivedValue",
    "InputTag",
    "Layout",
    "Meaning",
    "Pace",
    "StateTag",
    "StationPlan",
    "WearTag",
    "day_start_ns",
    "input_of",
    "layout_of",
    "values_of",
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


KEPT_MAX = 64
"""Samples of a station's states, and of its counters, that are held at least, and twice as many at
most: a late one among them finds its place. At a piece in 48 s these are 51 minutes."""
KEPT_TOTAL = 12_000
"""Samples that a site holds in all: some 700 kB of a snapshot, of which the bus bears 2 MB."""
KEPT_LEAST = 4


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a station can make parts by the plant file; `piece_s` is None where it says none."""

    piece_s: float | None = None
    pieces: int = 1


class StateTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that tells the state of a station; without a map the machine uses our own names."""

    station: int
    states: Mapping[str, StationState]


class InputTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag from which the state of a station is derived, and how its values are read."""

    station: int
    name: str
    kind: Literal["bool", "number", "text"]
    states: Mapping[str, StationState]


class DerivedValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a tag is derived from: other derived tags first, then its own expression."""

    expression: Expression
    steps: tuple[tuple[str, Expression], ...] = ()
    inputs: tuple[str, ...] = ()
    """Tags that machines send, which are read."""


class DerivedState(DerivedValue, frozen=True, kw_only=True):
    """What the state of a station is derived from, and how long it has to hold."""

    states: Mapping[str, StationState] = FrozenMap()
    debounce_ns: int = 0


class CountTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that counts parts.

    `amount` is what its movement adds. A counter of all parts is `derived`: it stands for the
    one of good and scrap that the station does not count itself, less the other one (`less`),
    which then `owes`: its parts show, or have shown, on the counter of all parts too. `pieces` is
    how many one count stands for: those of a cycle.
    """

    station: int
    name: str
    amount: Amount
    pace: Pace
    modulus: int | None = None
    derived: bool = False
    less: Amount | None = None
    owes: bool = False
    pieces: int = 1


class WearTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag on which a machine counts the life used, in %, of these wears."""

    station: int
    parts: tuple[str, ...]


class StationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the fold knows of a station beforehand: names of its counters by what they count."""

    address: Address
    connected: bool
    tells_state: bool
    derived: DerivedState | None = None
    counts: Mapping[str, CountTag] = FrozenMap()
    good: str | None = None
    scrap: str | None = None
    total: str | None = None


Meaning = StateTag | CountTag | WearTag
"""What a tag means by itself."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that live looks up while it folds the samples of one site."""

    plant_rev: str
    site: str
    calendar: WorkCalendar
    stations: tuple[StationPlan, ...]
    numbers: Mapping[str, int]
    """Number of a station by its address."""
    tags: Mapping[str, Meaning]
    """Meaning of a tag by its address; tags that mean nothing here are left out."""
    inputs: Mapping[str, InputTag] = FrozenMap()
    """Tags from which a state is derived, by their address; they may mean something else, too."""
    kept: int = KEPT_MAX
    """How many samples of a station's states, and of its counters, are held at least."""


def layout_of(plant: Plant, plant_rev: str, site: str) -> Layout:
    """Compile what live watches at a site; linear in the tags of the site."""
    assert site in plant.sites, f"the plant has no site {site!r}"
    placed = list(plant.stations_in(Address(site)))
    tags: dict[str, Meaning] = {}
    inputs: dict[str, InputTag] = {}
    plans = []
    for number, (address, station) in enumerate(placed):
        counts: dict[str, CountTag] = {}
        for name, meaning in _meanings(number, station, _pieces(plant, station)):
            tags.setdefault(address.with_tag(name), meaning)
            if isinstance(meaning, CountTag):
                counts[name] = meaning
        derived = _derived(station)
        if derived is not None:
            for name in derived.inputs:
                inputs[address.with_tag(name)] = input_of(number, name, station.tags[name])
        plan = _station_plan(address, station, counts)
        plans.append(msgspec.structs.replace(plan, derived=derived))
    return Layout(
        plant_rev=plant_rev,
        site=site,
        calendar=plant.sites[site].calendar(),
        stations=tuple(plans),
        numbers=FrozenMap({address: number for number, (address, _) in enumerate(placed)}),
        tags=FrozenMap(tags),
        inputs=FrozenMap(inputs),
        kept=max(KEPT_LEAST, min(KEPT_MAX, KEPT_TOTAL // (4 * max(1, len(placed))))),
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


def _meanings(number: int, station: Station, pieces: int) -> Iterator[tuple[str, Meaning]]:
    """Each tag of a station that means something, by its name; the first of a role holds."""
    plan = _counters(station, pieces)
    state = _state_tag(station)
    if state is not None and station.tags[state].formula is None:
        yield state, StateTag(station=number, states=_named(station.tags[state]))
    derives = "parts.total" in plan and not {"parts.good", "parts.scrap"} <= plan.keys()
    for role, amount in _AMOUNTS.items():
        if role in plan:
            count = _count(number, station, plan[role], amount)
            owes = derives and amount != "rework"
            yield plan[role], msgspec.structs.replace(count, owes=owes)
    if derives:
        yield plan["parts.total"], _total(number, station, plan, pieces)
    wears: dict[str, list[str]] = {}
    for part, wear in station.wears.items():
        if wear.counter is not None:
            wears.setdefault(wear.counter, []).append(part)
    for name, parts in wears.items():
        yield name, WearTag(station=number, parts=tuple(parts))


def _state_tag(station: Station) -> str | None:
    return next((name for name, tag in station.tags.items() if tag.role == "state"), None)


def _named(tag: Tag) -> Mapping[str, StationState]:
    return FrozenMap({raw: StationState(state) for raw, state in tag.map.items()})


def _derived(station: Station) -> DerivedState | None:
    """Return how the state of a station is derived; None: a machine tells it, or nobody."""
    name = _state_tag(station)
    tag = None if name is None else station.tags[name]
    if tag is None or tag.formula is None:
        return None
    value = values_of(station, tag.formula)
    return DerivedState(
        expression=value.expression,
        steps=value.steps,
        inputs=value.inputs,
        states=_named(tag),
        debounce_ns=round((tag.debounce_s or 0.0) * NS_PER_S),
    )


def values_of(station: Station, formula: str) -> DerivedValue:
    """Compile what a tag of a station is derived from."""
    steps: dict[str, Expression] = {}

    def need(expression: Expression) -> None:  # the plant file has no circles
        for each in expression.names:
            inner = station.tags[each].formula if each in station.tags else None
            if inner is not None and each not in steps:
                parsed = parse(inner)
                need(parsed)
                steps[each] = parsed

    expression = parse(formula)
    need(expression)
    names = {name for each in (*steps.values(), expression) for name in each.names}
    read = (n for n in sorted(names) if n in station.tags and station.tags[n].formula is None)
    return DerivedValue(expression=expression, steps=tuple(steps.items()), inputs=tuple(read))


def input_of(number: int, name: str, tag: Tag) -> InputTag:
    """Compile how an expression reads a tag."""
    kind: Literal["bool", "number", "text"] = "number"
    if tag.type == "text" or tag.map:
        kind = "text"
    elif tag.type == "bool" or (tag.type is None and (tag.role or "").startswith("permit.")):
        kind = "bool"
    return InputTag(station=number, name=name, kind=kind, states=_named(tag))


def _pieces(plant: Plant, station: Station) -> int:
    """Return the pieces that a completed cycle makes; 0: that is not known.

    Known is it where all operations of the station give as many, and none takes a load of as many
    as there are.
    """
    found = set()
    for name, cycle in station.does.items():
        operation = plant.operations.get(name)
        load = station.batch or (operation.batch if operation is not None else None) or 1
        found.add(0 if load > 1 and cycle.pieces == 1 else cycle.pieces_per_cycle)
    return found.pop() if len(found) == 1 else 0


def _counters(station: Station, pieces: int) -> dict[str, str]:
    """Names of the counters of a station by their role; the first of a role holds.

    A counter of cycles stands for one of all parts, where there is none.
    """
    found: dict[str, str] = {}
    for name, tag in station.tags.items():
        if tag.role is not None and (tag.role.startswith("parts.") or tag.role == "cycle"):
            found.setdefault(tag.role, name)
    cycles = found.pop("cycle", None)
    if cycles is not None and pieces and not {"parts.total", "parts.good"} & found.keys():
        found["parts.total"] = cycles
    return found


def _count(number: int, station: Station, name: str, amount: Amount) -> CountTag:
    return CountTag(
        station=number,
        name=name,
        amount=amount,
        pace=_pace(station),
        modulus=_modulus(station.tags[name]),
    )


def _total(number: int, station: Station, plan: Mapping[str, str], pieces: int) -> CountTag:
    """Counter of all parts: it gives the good ones, or the bad ones where good ones are counted."""
    amount: Amount = "scrap" if "parts.good" in plan else "good"
    counted: Amount = "good" if amount == "scrap" else "scrap"
    less = counted if f"parts.{counted}" in plan else None
    count = _count(number, station, plan["parts.total"], amount)
    count = msgspec.structs.replace(count, derived=True, less=less)
    if station.tags[plan["parts.total"]].role != "cycle":
        return count
    piece_s = None if count.pace.piece_s is None else count.pace.piece_s * pieces
    pace = Pace(piece_s=piece_s, pieces=station.places)
    return msgspec.structs.replace(count, pieces=pieces, pace=pace)


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


def _station_plan(
    address: Address, station: Station, counts: Mapping[str, CountTag]
) -> StationPlan:
    named = {each.amount: name for name, each in counts.items() if not each.derived}
    total = next((name for name, each in counts.items() if each.derived), None)
    return StationPlan(
        address=address,
        connected=station.connected,
        tells_state=_state_tag(station) is not None,
        counts=FrozenMap(counts),
        good=named.get("good"),
        scrap=named.get("scrap"),
        total=total,
    )
