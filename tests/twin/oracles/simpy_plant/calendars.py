"""Working time: what opens and closes, and how many people are there."""

from collections.abc import Callable, Generator

import simpy

from linewright.plant.calendar import Interval, WorkCalendar, compile_calendar
from linewright.plant.model import Site
from tests.twin.oracles.simpy_plant.floor import CALENDARS, Floor

Working = list[tuple[int, int, str]]
"""Intervals of work: start, end and shift, in ns since the beginning."""


def working(site: Site, shifts: tuple[str, ...], at_ns: int, until_ns: int) -> Working:
    """Return the intervals of work of these shifts of a site, those that touch joined."""
    calendar: WorkCalendar = site.calendar(shifts)
    found: Working = []
    intervals: tuple[Interval, ...] = compile_calendar(calendar, at_ns, at_ns + until_ns)
    for one in intervals:
        if one.kind != "work":
            continue
        start, end = one.start_ns - at_ns, one.end_ns - at_ns
        if found and found[-1][1] == start and found[-1][2] == one.shift:
            start = found.pop()[0]
        found.append((start, end, one.shift))
    return found


def follow(
    floor: Floor, intervals: Working, changed: Callable[[str | None], None]
) -> Generator[simpy.Event, None, None]:
    """Tell the shift at each edge, None while closed; begin with what holds at the beginning."""
    edges: dict[int, str | None] = {0: None}
    for start, end, shift in intervals:
        edges[start] = shift
        edges.setdefault(end, None)
    for edge in sorted(edges):
        if edge > floor.now:
            yield floor.after(edge - floor.now, CALENDARS)
        changed(edges[edge])
        floor.settle()
