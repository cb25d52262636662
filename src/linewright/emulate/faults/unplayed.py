"""What a scenario says and no machine plays: told by name, so that nobody waits for it.

>>> sorted(_NEVER)
['energy', 'orders', 'services', 'supply']
"""

from collections.abc import Iterator, Mapping

from linewright.emulate.machines import kind_of, machines
from linewright.plant import Address, Plant
from linewright.plant.model import Line, Station, Tag
from linewright.plant.scenario import Event, Scenario, targets

__all__ = ["unplayed"]

_NEVER: Mapping[str, str] = {
    "orders": "machines show no dates of orders",
    "supply": "a play has no deliveries",
    "energy": "a play has no other loads than its machines",
    "services": "a play leaves the services of Linewright alone",
}
"""Lists of events that no machine can play, and why."""

_REASONS = "nobody gives reasons while a play is shown"

_OF_NUMBERS = frozenset({"value: noisy", "value: drifts", "value: jumps"})


def unplayed(scenario: Scenario, plant: Plant, site: str) -> tuple[str, ...]:
    """Return what of a scenario the emulated plant does not play, each with the reason.

    Parameters
    ----------
    scenario, plant
        The scenario, checked against the plant.
    site
        The site that is played; what strikes at others is passed over.

    Returns
    -------
    tuple[str, ...]
        A sentence each, without a full stop, that names its events as `list.name`; empty where
        all of it is played.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.scenario import check_scenario_text
    >>> builder = PlantBuilder("acme")
    >>> _ = builder.site("reno", timezone="UTC", currency="USD")
    >>> plant = builder.done()
    >>> text = '''{scenario: s, plant: acme, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h,
    ...   energy: {compressor: {peak: 40 kW, from: 2 h}}}'''
    >>> unplayed(check_scenario_text(text, plant).scenario, plant, "reno")
    ('energy.compressor (peak) is not played: a play has no other loads than its machines',)
    """
    found: list[str] = []
    events = dict(scenario.events())
    for each, why in _NEVER.items():
        own = [
            f"{name} ({one.happens})"
            for name, one in events.items()
            if _list_of(name) == each and one.happens != "rush"
        ]
        if own:
            found.append(f"{', '.join(own)} {'is' if len(own) == 1 else 'are'} not played: {why}")
    found += _of_people(events)
    stations = dict(plant.stations_in(Address(site)))
    groups = dict(plant.groups())
    shown = {point.address for one in machines(plant) for point in one.points}
    for name, event in events.items():
        if _list_of(name) in _NEVER or _list_of(name) == "people":
            continue
        places = [place for place in targets(event, plant) if place.owner in stations]
        for place in places:
            group = groups[place.owner.parent or place]
            reason = _why_not(place, event, stations[place.owner], shown, is_line=_is_line(group))
            if reason:
                found.append(f"{name} ({event.happens}) is not played at {place}: {reason}")
    shows = [(name, event) for name, event in scenario.machines.items() if event.shows]
    for name, machine in shows:
        for place in targets(machine, plant):
            found += _not_shown(f"machines.{name}", machine.shows, stations.get(place))
    return tuple(dict.fromkeys(found))


def _of_people(events: Mapping[str, Event]) -> Iterator[str]:
    """Yield what of people is in a past alone; all else stands in `people.jsonl`."""
    for name, event in events.items():
        if _list_of(name) == "people" and event.happens.startswith("reasons"):
            yield f"{name} ({event.happens}) is played in a past alone: {_REASONS}"


def _list_of(name: str) -> str:
    return name.partition(".")[0]


def _is_line(group: object) -> bool:
    return isinstance(group, Line)


def _why_not(
    place: Address, event: Event, station: Station, shown: set[Address], *, is_line: bool
) -> str:
    """Return why an event does not strike at a place; empty: it does."""
    if place.tag is None:
        is_seen = station.connected or is_line  # the others of its line feel it
        return "" if is_seen else "the station is not connected"
    tag = station.tags[place.tag]
    if place not in shown:
        return "the tag is derived by those who read, or its station is not connected"
    is_number = event.happens in _OF_NUMBERS or event.happens.startswith("counter")
    return "the tag is a text" if is_number and kind_of(tag) == "text" else ""


def _not_shown(name: str, shows: Mapping[str, object], station: Station | None) -> Iterator[str]:
    """Yield the tags that a cause should move, and that no cause moves."""
    tags = {} if station is None else station.tags
    for called in shows:
        if called in tags and not _is_moved(tags[called]):
            yield f"{name} does not show on {called}: only measured values and power are moved"


def _is_moved(tag: Tag) -> bool:
    is_level = tag.role is None and kind_of(tag) not in {"bool", "text"}
    return tag.formula is None and (is_level or tag.role == "power")
