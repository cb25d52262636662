"""What could be done about a diagnosed cause: nothing, a call, or a command until the next gap.

A gap is the next break or the end of the shift: the machine stands then anyway. A person's remedy
waits for it; a command bridges the time until then and renews nothing, so that the person comes
then too.
"""

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from linewright.correct.watch.stations import LANGUAGE, NS_PER_S, StationView
from linewright.plant import Address, Plant, suggest_name
from linewright.plant.calendar import compile_calendar
from linewright.plant.model import Station, label_in
from linewright.plant.records import CallKind, Candidate, Change, Role

__all__ = [
    "CALLED",
    "GAP_DAYS_MAX",
    "NOTHING",
    "Gap",
    "candidates",
    "clock_of",
    "command_named",
    "gap_after",
    "station_at",
]

NOTHING = "nothing"
"""Name of the first candidate."""

GAP_DAYS_MAX = 8
"""How far ahead a gap is looked for: beyond a week with a holiday the line does not work."""

CALLED: Mapping[str, tuple[CallKind, Role | None]] = {
    "operator": (CallKind.MAINTENANCE, Role.OPERATOR),
    "maintenance": (CallKind.MAINTENANCE, None),
    "quality": (CallKind.QUALITY, Role.QUALITY),
    "logistics": (CallKind.LOGISTICS, None),
    "supervisor": (CallKind.SUPERVISOR, Role.SUPERVISOR),
}
"""Kind and role of a call for each word that a remedy may use."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Time in which the machine stands by plan."""

    start_ns: int
    end_ns: int


def station_at(plant: Plant, address: Address) -> Station:
    """The station at an address of the plant in force."""
    return dict(plant.stations_in(address))[address]


def gap_after(plant: Plant, address: Address, now_ns: int) -> Gap | None:
    """Next break or end of shift of a station after now; None: it does not work within days.

    Raises
    ------
    CalendarInvalid
        The calendar of the site contradicts itself.
    """
    group = dict(plant.groups())[address.parent or address]
    shifts = station_at(plant, address).shifts or group.shifts
    calendar = plant.sites[address.site].calendar(shifts)
    until_ns = now_ns + GAP_DAYS_MAX * 86_400 * NS_PER_S
    works = [each for each in compile_calendar(calendar, now_ns, until_ns) if each.kind == "work"]
    if len(works) < 2:  # noqa: PLR2004  # a gap lies between two times of work
        return None
    return Gap(start_ns=works[0].end_ns, end_ns=works[1].start_ns)


def clock_of(plant: Plant, address: Address, t_ns: int) -> str:
    """Hour and minute at a place, in its own time zone.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> clock_of(plant.done(), Address("reno"), 0)
    '16:00'
    """
    zone = ZoneInfo(plant.sites[address.site].timezone)
    return dt.datetime.fromtimestamp(t_ns // NS_PER_S, zone).strftime("%H:%M")


def _lower(label: str) -> str:
    """A label inside a sentence: small at the beginning, but for abbreviations."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def command_named(station: Station, parameter: str) -> str | None:
    """Name of the station's command for a parameter: that name itself, or what sets it."""
    if parameter in station.commands:
        return parameter
    return next((name for name, each in station.commands.items() if each.sets == parameter), None)


def candidates(
    plant: Plant, view: StationView, cause: str, gap: Gap, now_ns: int
) -> tuple[Candidate, ...]:
    """What could be done about a cause, the least intrusive first.

    Parameters
    ----------
    plant, view
        The plant in force and the station in it.
    cause
        Name of a wear or failure mode of the station; anything else has no remedy.
    gap
        When a person can come without stopping the line.
    now_ns
        Plant time now, before the gap.

    Returns
    -------
    tuple[Candidate, ...]
        `nothing`, then the calls, then the commands, each in the order of the plant file.
    """
    station = station_at(plant, view.address)
    wear = station.wears.get(cause)
    source = wear if wear is not None else station.fails.get(cause)
    found = [Candidate(name=NOTHING, text="Do nothing and go on.")]
    if source is None:
        return tuple(found)
    place, clock = view.address, clock_of(plant, view.address, gap.start_ns)
    renews: tuple[Change, ...] = ()
    if wear is not None:
        renews = (
            Change(
                address=place,
                parameter=f"renew_{suggest_name(cause)}",
                value=True,
                at_ns=gap.start_ns,
            ),
        )
    calls = {name: each for name, each in source.remedies.items() if each.call is not None}
    for name, remedy in calls.items():
        label = label_in(remedy.label, LANGUAGE, name)
        found.append(
            Candidate(
                name=name,
                text=f"{label} at {clock}, in the next gap; go on as it is until then.",
                changes=renews,
                call=remedy.call,
                call_at_ns=gap.start_ns,
            )
        )
    person = next(iter(calls.items()), None)
    for name, remedy in source.remedies.items():
        if remedy.command is None or remedy.value is None:
            continue
        held = Change(
            address=place,
            parameter=station.commands[remedy.command].sets,
            value=remedy.value,
            at_ns=now_ns,
            until_ns=gap.start_ns,
        )
        label = label_in(remedy.label, LANGUAGE, name)
        then = f"; {_lower(label_in(person[1].label, LANGUAGE, person[0]))} then" if person else ""
        found.append(
            Candidate(
                name=name,
                text=f"{label} until {clock}, the next gap{then}.",
                changes=(held, *(renews if person else ())),
                call=person[1].call if person else None,
                call_at_ns=gap.start_ns if person else None,
            )
        )
    return tuple(found)
