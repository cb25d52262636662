"""When and where events strike: times drawn from the scenario's seed, and changes of the twin.

Each event has, at each place, a stream of random numbers of its own, named after both, so that
adding an event moves none of the others. Every duration takes one uniform number.
"""

import math
import random
from collections.abc import Iterator

import msgspec

from linewright.plant.address import Address, suggest_name
from linewright.plant.model.behaviour import Distribution
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.equipment import Station
from linewright.plant.model.signals import Role
from linewright.plant.records import Change
from linewright.plant.scenario.events import (
    NS_PER_S,
    EnergyPeak,
    Event,
    LinkFault,
    MachineFault,
    Scenario,
    SignalFault,
)

__all__ = ["DRAWN", "OCCURRENCES_MAX", "Occurrence", "changes", "draw_s", "occurrences", "targets"]

OCCURRENCES_MAX = 100_000
"""Most occurrences of one event at one place; `checks` refuses events that expect more."""

DRAWN = (None, "constant", "exponential", "uniform", "triangular")
"""Families that scenarios draw from; the others have no simple inverse."""

COUNTERS: frozenset[Role] = frozenset(
    {"parts.total", "parts.good", "parts.scrap", "parts.rework", "cycle", "energy"}
)
"""Roles of tags that count."""

OWN_CLOCK = frozenset({"opcua", "mqtt", "sparkplug", "mtconnect", "http", "replay"})
"""Protocols whose samples bring a time of the source; of the others the time of reading counts."""


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One strike of an event at one place.

    Parameters
    ----------
    event
        `list.name` in the scenario.
    happens
        What happens, for example `wears` or `counter: resets`.
    address
        The station, tag, or wider place.
    at_ns
        When it begins, ns since 1970 UTC.
    until_ns
        When it ends; None: at once, or not before the scenario's end.
    """

    event: str
    happens: str
    address: Address
    at_ns: int
    until_ns: int | None = None


def targets(event: Event, plant: Plant) -> tuple[Address, ...]:
    """Return the places at which an event strikes, each on its own.

    Parameters
    ----------
    event
        An event of a scenario that was checked against the plant.
    plant
        The plant.

    Returns
    -------
    tuple of Address
        Of machines, the stations that have the failure mode or wear; of counters, the tags
        that count; of clocks, links and servers, the connected stations; of values, the
        tags; else the places as they are given, or the sites.

    Examples
    --------
    >>> from linewright.plant.language.builder import PlantBuilder
    >>> from linewright.plant.scenario.events import MachineFault
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> targets(MachineFault(slows_share=0.1, at=("reno",)), plant.done())
    (Address('reno/shop/lathes/one'),)
    """
    places = tuple(Address(place) for place in event.at or tuple(plant.sites))
    if isinstance(event, SignalFault) and event.value is not None:
        return tuple(place for place in places if place.tag is not None)
    if isinstance(event, SignalFault) and event.counter is not None:
        return _once(tag for place in places for tag in _counters(place, plant))
    if isinstance(event, SignalFault) and event.samples is not None:
        tags = [place for place in places if place.tag is not None]
        wider = (place for place in places if place.tag is None)
        return _once([*tags, *_stations(event, wider, plant)])
    if isinstance(event, MachineFault | LinkFault | SignalFault):
        return _once(_stations(event, places, plant))
    return places


def _once(found: "Iterator[Address] | list[Address]") -> tuple[Address, ...]:
    return tuple(dict.fromkeys(found))


def _stations(
    event: Event, places: "Iterator[Address] | tuple[Address, ...]", plant: Plant
) -> Iterator[Address]:
    for place in places:
        for address, station in plant.stations_in(place):
            if _concerns(event, station):
                yield address


def _concerns(event: Event, station: Station) -> bool:
    if isinstance(event, MachineFault):
        has_mode = event.fails is None or event.fails in station.fails
        return has_mode and (event.wears is None or event.wears in station.wears)
    connect = station.connect
    if connect is None:
        return False
    if isinstance(event, LinkFault):
        behind = connect.protocol == "gateway" and connect.endpoint == event.gateway
        return event.gateway is None or behind
    is_clock = isinstance(event, SignalFault) and event.samples is None
    return not is_clock or connect.protocol in OWN_CLOCK


def _counters(place: Address, plant: Plant) -> Iterator[Address]:
    for address, station in plant.stations_in(place):
        for name, tag in station.tags.items():
            if station.connected and tag.role in COUNTERS and place.tag in (None, name):
                yield address.with_tag(name)


def draw_s(distribution: Distribution, uniform: float) -> float:
    """Return a duration in seconds from one uniform number in [0, 1).

    Parameters
    ----------
    distribution
        Of a family of `DRAWN`; a duration or a lifetime.
    uniform
        The number.

    Returns
    -------
    float
        Rises with the number.

    Notes
    -----
    By the inverse of the distribution's function, so that equal numbers give equal durations.

    Examples
    --------
    >>> from linewright.plant.model.behaviour import Duration
    >>> draw_s(Duration(family="uniform", low_s=10.0, high_s=20.0), 0.5)
    15.0
    """
    low_s, high_s = distribution.low_s or 0.0, distribution.high_s or 0.0
    if distribution.family == "exponential":
        return -distribution.expected_s * math.log(1.0 - uniform)
    if distribution.family == "uniform":
        return low_s + uniform * (high_s - low_s)
    if distribution.family == "triangular":
        mode_s, width_s = distribution.mode_s or 0.0, high_s - low_s
        if uniform * width_s < mode_s - low_s:
            return low_s + math.sqrt(uniform * width_s * (mode_s - low_s))
        return high_s - math.sqrt((1.0 - uniform) * width_s * (high_s - mode_s))
    assert distribution.family in DRAWN, "checks let no other family through"
    return distribution.expected_s


def occurrences(scenario: Scenario, plant: Plant) -> tuple[Occurrence, ...]:
    """Return every strike of every event, drawn from the scenario's seed.

    Parameters
    ----------
    scenario
        A scenario that was checked against the plant.
    plant
        The plant.

    Returns
    -------
    tuple of Occurrence
        By time, then event, then address. Equal scenarios give equal occurrences on every
        machine; another seed gives other ones of the random events only.

    Notes
    -----
    Which single samples, entries or orders are hit where an event has a `share` is drawn by
    who plays it. Cost: linear in the number of occurrences, and sorting them.

    Examples
    --------
    >>> from linewright.plant.language.builder import PlantBuilder
    >>> from linewright.plant.scenario import check_scenario_text
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> text = '''{scenario: s, plant: acme, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h,
    ...   energy: {compressor: {peak: 40 kW, every: 2 h constant, for: 1 h}}}'''
    >>> checked = check_scenario_text(text, plant.done())
    >>> start_ns = checked.scenario.start_ns(plant.done())
    >>> [(one.at_ns - start_ns) // (3600 * 10**9)
    ...  for one in occurrences(checked.scenario, plant.done())]
    [2, 5]
    """
    found = [
        strike
        for name, event in scenario.events()
        for place in targets(event, plant)
        for strike in _strikes(scenario, plant, (name, event), place)
    ]
    return tuple(sorted(found, key=lambda one: (one.at_ns, one.event, one.address)))


def _strikes(
    scenario: Scenario, plant: Plant, named: tuple[str, Event], place: Address
) -> Iterator[Occurrence]:
    name, event = named
    happens = event.happens
    at_once = event.lasts is None and (happens in event.AT_ONCE or event.every is not None)
    end_ns = scenario.end_ns(plant)
    # A seeded stream for each event and place; only `random()` is used, which never changes.
    stream = random.Random(f"{scenario.seed}/{name}/{place}")  # noqa: S311  # chance, not secrecy
    at_ns = scenario.begins_ns(event, plant)
    for _ in range(OCCURRENCES_MAX):
        if event.every is not None:
            at_ns += _ns(draw_s(event.every, stream.random()))
        if at_ns >= end_ns:
            return
        until_ns = None
        if event.lasts is not None:
            until_ns = at_ns + _ns(draw_s(event.lasts, stream.random()))
        elif isinstance(event, MachineFault) and event.repair is not None:
            until_ns = at_ns + _ns(draw_s(event.repair, stream.random()))
        yield Occurrence(event=name, happens=happens, address=place, at_ns=at_ns, until_ns=until_ns)
        if event.every is None:
            return
        assert at_once or until_ns is not None, "checks let no endless event repeat"
        at_ns = at_ns if until_ns is None else until_ns


def _ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)


def changes(scenario: Scenario, plant: Plant) -> tuple[Change, ...]:
    """Return the occurrences that alter the twin, as changes.

    Parameters
    ----------
    scenario
        A scenario that was checked against the plant.
    plant
        The plant.

    Returns
    -------
    tuple of Change
        In the order of `occurrences`. Parameters: `fail_<mode>` (true; ends with the repair),
        `used_<wear>` (share of life) and `faster_<wear>` (factor), `cycle_factor`,
        `scrap_share` of stations, `other_kw` of places. Names of modes and wears are written
        as names in addresses are.

    Examples
    --------
    >>> from linewright.plant.language.builder import PlantBuilder
    >>> from linewright.plant.scenario import check_scenario_text
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> text = '''{scenario: s, plant: acme, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h,
    ...   energy: {compressor: {peak: 40 kW, from: 2 h}}}'''
    >>> checked = check_scenario_text(text, plant.done())
    >>> [(one.parameter, one.value) for one in changes(checked.scenario, plant.done())]
    [('other_kw', 40.0)]
    """
    events = dict(scenario.events())
    return tuple(
        Change(
            address=strike.address,
            parameter=parameter,
            value=value,
            at_ns=strike.at_ns,
            until_ns=strike.until_ns,
        )
        for strike in occurrences(scenario, plant)
        for parameter, value in _parameters(events[strike.event])
    )


def _parameters(event: Event) -> Iterator[tuple[str, float | bool]]:
    if isinstance(event, EnergyPeak) and event.peak_kw is not None:
        yield "other_kw", event.peak_kw
    if not isinstance(event, MachineFault):
        return
    if event.fails is not None:
        yield f"fail_{suggest_name(event.fails)}", True
    if event.wears is not None and event.used_share is not None:
        yield f"used_{suggest_name(event.wears)}", event.used_share
    if event.wears is not None and event.faster is not None:
        yield f"faster_{suggest_name(event.wears)}", event.faster
    if event.slows_share is not None:
        yield "cycle_factor", 1.0 + event.slows_share
    if event.scraps_share is not None:
        yield "scrap_share", event.scraps_share
