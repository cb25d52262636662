"""What the loop must know of a station: its signals, its standard, its graph of causes.

>>> Shows(signal="cycle", by=0.25).by
0.25
"""

import datetime as dt
from collections.abc import Iterator, Mapping

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import FailureMode, Site, Station, Wear, label_in
from linewright.plant.records import StationState, Value
from linewright.plant.standard import StandardTimes

__all__ = ["CYCLE", "NS_PER_S", "CauseView", "Shows", "StationView", "station_view", "views_of"]

NS_PER_S = 1_000_000_000

CYCLE = "cycle"
"""Name of the signal that is the cycle time as a share of its standard."""

LANGUAGE = "en"
"""Language of the sentences in cases."""

_UNSEEN = frozenset({"scrap", "micro_stops"})
"""Symptoms that show on no signal of a single cycle, so that a diagnosis cannot use them yet."""

_LEVELS = frozenset({"rises", "falls", "jumps", "drifts"})
"""Kinds of symptoms that are a change of level."""


class Shows(msgspec.Struct, frozen=True, kw_only=True):
    """How far a cause moves one signal at full effect; None: which way is known, how far is not."""

    signal: str
    by: float | None


class CauseView(msgspec.Struct, frozen=True, kw_only=True):
    """A wear or failure mode as a possible cause of a deviation."""

    name: str
    label: str
    is_wear: bool
    rate_per_h: float
    shows: tuple[Shows, ...]
    life_s: float = 0.0
    speed_exponent: float = 1.0
    counter: str | None = None

    def by(self, signal: str) -> float | None:
        """How far it moves a signal at full effect: 0 where it does not."""
        return next((each.by for each in self.shows if each.signal == signal), 0.0)


class StationView(msgspec.Struct, frozen=True, kw_only=True):
    """A station whose cycle time is watched. Tags are whole addresses."""

    address: Address
    label: str
    standard_s: float
    cycle_tag: str
    speed_tag: str | None
    state_tag: str | None
    states: Mapping[str, str]
    causes: tuple[CauseView, ...]
    units: Mapping[str, str]
    """Unit of each tag on which a cause shows."""

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that is read."""
        named = (self.cycle_tag, self.speed_tag, self.state_tag)
        counters = (cause.counter for cause in self.causes)
        return frozenset(each for each in (*named, *counters, *self.units) if each is not None)

    def cause(self, name: str) -> CauseView | None:
        """The cause of that name."""
        return next((each for each in self.causes if each.name == name), None)


def views_of(plant: Plant, site: str, day: dt.date) -> Mapping[Address, StationView]:
    """Views of all stations of a site whose cycle time can be watched.

    Parameters
    ----------
    plant
        The plant in force.
    site
        Name of the site.
    day
        Day for which the standard times hold.

    Returns
    -------
    Mapping[Address, StationView]
        Stations with a tag of role ``cycle_time`` and one standard time.

    Notes
    -----
    Linear in the stations.

    Examples
    --------
    >>> from linewright.plant import Plant
    >>> views_of(Plant(linewright=1, enterprise="acme", sites={}), "reno", dt.date(2026, 1, 5))
    {}
    """
    standards = StandardTimes(plant)
    found: dict[Address, StationView] = {}
    for address, _ in plant.stations():
        if address.site == site:
            view = station_view(plant, standards, address, day)
            if view is not None:
                found[address] = view
    return found


def station_view(
    plant: Plant, standards: StandardTimes, address: Address, day: dt.date
) -> StationView | None:
    """View of one station, or None where its cycle time cannot be watched.

    A station that does several operations of different times is not watched: the cycle alone
    does not say which of them it was.
    """
    station = dict(plant.stations_in(address))[address]
    roles = {tag.role: name for name, tag in station.tags.items() if tag.role is not None}
    standard_s = _standard_s(standards, address, station, day)
    if standard_s is None or "cycle_time" not in roles:
        return None
    site = plant.sites[address.site]
    causes = tuple(_causes(site, address, station, standard_s))
    shown = {each.signal for cause in causes for each in cause.shows} - {CYCLE}
    state = roles.get("state")
    return StationView(
        address=address,
        label=label_in(station.label, LANGUAGE, address.name),
        standard_s=standard_s,
        cycle_tag=address.with_tag(roles["cycle_time"]),
        speed_tag=address.with_tag(roles["speed"]) if "speed" in roles else None,
        state_tag=address.with_tag(state) if state is not None else None,
        states=dict(station.tags[state].map) if state is not None else {},
        causes=causes,
        units={tag: _unit(station, tag) for tag in sorted(shown)},
    )


def state_in(view: StationView, value: Value) -> str:
    """State that a value of the state tag means; ``unknown`` where the plant does not say."""
    key = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return view.states.get(key, key if key in set(StationState) else StationState.UNKNOWN.value)


def _standard_s(
    standards: StandardTimes, address: Address, station: Station, day: dt.date
) -> float | None:
    cycles = [standards.cycle(operation, "", address, day) for operation in station.does]
    times = {cycle.expected_s for cycle in cycles if cycle is not None}
    return times.pop() if len(times) == 1 else None


def _unit(station: Station, tag: str) -> str:
    return station.tags[Address(tag).tag or ""].unit or "1"


def _causes(
    site: Site, address: Address, station: Station, standard_s: float
) -> Iterator[CauseView]:
    for name, wear in station.wears.items():
        life_s = _life_s(site, wear, standard_s)
        if life_s is None:
            continue
        shown = {CYCLE: wear.slows_share} if wear.slows_share else {}
        yield CauseView(
            name=name,
            label=label_in(wear.label, LANGUAGE, name),
            is_wear=True,
            rate_per_h=3600.0 / life_s,
            shows=tuple(_shows(address, station, {**_symptoms(wear), **shown})),
            life_s=life_s,
            speed_exponent=wear.speed_exponent,
            counter=address.with_tag(wear.counter) if wear.counter else None,
        )
    for name, mode in station.fails.items():
        rate = 3600.0 / mode.every.expected_s if mode.every is not None else 0.0
        for cause in mode.causes:
            wear_life = station.wears.get(cause.mode)
            life_s = _life_s(site, wear_life, standard_s) if wear_life is not None else None
            if life_s is not None and not rate:
                rate = cause.probability_share * 3600.0 / life_s
        shown_by = tuple(_shows(address, station, _symptoms(mode)))
        if rate and shown_by:
            label = label_in(mode.label, LANGUAGE, name)
            yield CauseView(name=name, label=label, is_wear=False, rate_per_h=rate, shows=shown_by)


def _life_s(site: Site, wear: Wear, standard_s: float) -> float | None:
    """Life in operating seconds: the wear's own, or that of its tool."""
    if wear.life_s is not None:
        return wear.life_s
    if wear.life_parts is not None:
        return wear.life_parts * standard_s
    tool = site.tools.get(wear.tool or "")
    if tool is None:
        return None
    return tool.life_s or (tool.life_parts * standard_s if tool.life_parts else None)


def _symptoms(cause: Wear | FailureMode) -> dict[str, float | None]:
    """Signed size at full effect of each symptom that is a change of level."""
    found: dict[str, float | None] = {}
    for signal, symptom in cause.symptoms.items():
        if symptom.kind in _LEVELS:
            by = symptom.by
            found[signal] = -abs(by) if by is not None and symptom.kind == "falls" else by
    return found


def _shows(
    address: Address, station: Station, sizes: Mapping[str, float | None]
) -> Iterator[Shows]:
    power = next((name for name, tag in station.tags.items() if tag.role == "power"), None)
    for signal, by in sizes.items():
        name = power if signal == "power" else signal
        if signal == CYCLE:
            yield Shows(signal=CYCLE, by=by)
        elif name is not None and name in station.tags and signal not in _UNSEEN:
            yield Shows(signal=address.with_tag(name), by=by)
