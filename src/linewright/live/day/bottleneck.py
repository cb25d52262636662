"""Which station limits a line: now by its active period, over a window by how little it waits.

Active period (Roser, Nakano and Tanaka, Winter Simulation Conference 2001): the station that is
active the longest without being blocked or starved limits the line at that instant. Standing
still counts as active, for the others wait for it; waiting and silence do not.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from linewright.live.day.course import Course, Piece
from linewright.live.day.plan import DayPlan
from linewright.live.day.timeline import timeline
from linewright.live.day.windows import intervals_of
from linewright.plant.kpi import TimeCategory
from linewright.plant.model import FrozenMap
from linewright.plant.records import StationState

__all__ = ["Limiting", "limiting_now", "limiting_over"]

KNOWN_LEAST = 0.5
"""Share of its working time that a station must be known for, to be compared at all."""
_ACTIVE = frozenset(
    {
        StationState.RUNNING,
        StationState.DOWN,
        StationState.SET_UP,
        StationState.PLANNED_STOP,
    }
)
_WAITING = (TimeCategory.BLOCKED, TimeCategory.STARVED)


class Limiting(msgspec.Struct, frozen=True, kw_only=True):
    """The station that limits a line, and the number that says so.

    Parameters
    ----------
    address
        The station.
    by
        ``active``: active the longest now; ``waiting``: it waited least in the window.
    active_ns, since_ns
        Working time of its active period, and when that began.
    waiting_share
        Share of its known working time in which it was blocked or starved.
    stations
        The same number of each station compared: ns active, or the share.
    """

    address: str
    by: Literal["active", "waiting"]
    active_ns: int = 0
    since_ns: int = 0
    waiting_share: float | None = None
    stations: Mapping[str, float] = FrozenMap()


def limiting_now(
    plan: DayPlan, line: str, courses: Mapping[str, Course], as_of_ns: int
) -> Limiting | None:
    """Return the station of a flow line that limits it at an instant.

    Parameters
    ----------
    plan
        The site.
    line
        Address of the line; in a work centre no station limits another.
    courses
        Of its stations, by address.
    as_of_ns
        The instant.

    Returns
    -------
    Limiting or None
        Of equals the first in the flow; None where no station is active.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> limiting_now(plan_of(plant.done(), "r1", "reno"), "reno/shop/pump", {}, 5) is None
    True
    """
    found: dict[str, tuple[int, int]] = {}
    for address in plan.lines[line].flow:
        course = courses.get(address)
        since_ns = None if course is None else _active_since_ns(course, as_of_ns)
        if since_ns is not None:
            calendar = plan.stations[address].calendar
            work = intervals_of(calendar, since_ns, as_of_ns)
            worked_ns = sum(one.end_ns - one.start_ns for one in work if one.kind == "work")
            found[address] = worked_ns, since_ns
    best = max(found, key=lambda each: found[each][0], default=None)
    if best is None or not found[best][0]:
        return None
    return Limiting(
        address=best,
        by="active",
        active_ns=found[best][0],
        since_ns=found[best][1],
        stations=FrozenMap({address: float(ns) for address, (ns, _) in found.items()}),
    )


def limiting_over(
    plan: DayPlan, line: str, courses: Mapping[str, Course], window: tuple[int, int]
) -> Limiting | None:
    """Return the station of a flow line that waited least in a window.

    Parameters
    ----------
    plan
        The site.
    line
        Address of the line.
    courses
        Of its stations, by address.
    window
        Start and end.

    Returns
    -------
    Limiting or None
        Of equals the first in the flow; None where fewer than half of the working time of every
        station is known.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> limiting_over(plan_of(plant.done(), "r1", "reno"), "reno/shop/pump", {}, (0, 5)) is None
    True
    """
    shares: dict[str, float] = {}
    for address in plan.lines[line].flow:
        if address not in courses:
            continue
        worked_ns = unknown_ns = waiting_ns = 0
        for each in timeline(courses[address], *window):
            if each.is_work:
                worked_ns += each.length_ns
                unknown_ns += each.length_ns * (each.category is TimeCategory.UNKNOWN)
                waiting_ns += each.length_ns * (each.category in _WAITING)
        known_ns = worked_ns - unknown_ns
        if known_ns > 0 and known_ns >= KNOWN_LEAST * worked_ns:
            shares[address] = waiting_ns / known_ns
    best = min(shares, key=lambda each: shares[each], default=None)
    if best is None:
        return None
    return Limiting(
        address=best, by="waiting", waiting_share=shares[best], stations=FrozenMap(shares)
    )


def _active_since_ns(course: Course, as_of_ns: int) -> int | None:
    """Return since when a station is active without a pause; None: it is not."""
    since_ns = None
    if not course.pieces or as_of_ns > course.until_ns:
        return None
    for piece in reversed(tuple(course.over(course.pieces[0].start_ns, as_of_ns))):
        if not _is_active(piece):
            break
        since_ns = piece.start_ns
    return since_ns


def _is_active(piece: Piece) -> bool:
    return piece.state in _ACTIVE or piece.did is TimeCategory.MICRO_STOP
