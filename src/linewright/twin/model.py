"""A line, compiled: its names, its calendar and its numbers."""

from functools import lru_cache

import msgspec

from linewright.numeric.tournament import size_for
from linewright.plant import Address
from linewright.plant.calendar import WorkCalendar, compile_calendar, open_at
from linewright.twin.kernel import layout as at

WINDOW_NS = 28 * 86_400 * at.NS
"""Working time is compiled for so long at once: some two milliseconds, kept for the next ask."""
MARGIN_NS = 86_400 * at.NS


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the kernel knows it; made by `compile_line`.

    Parameters
    ----------
    address
        The line.
    product
        What it makes; empty where no product of the plant passes all of its stations.
    plant_rev
        Revision of the plant file it was made from.
    stations, buffers
        Addresses in the order of the flow; buffer `k` stands behind station `k`.
    modes, wears
        Station number and name, in the order of the kernel.
    calendar
        Working time; None: always open.
    ints, floats
        The numbers, see `linewright.twin.kernel.layout`.
    shape
        Fingerprint of the addresses and names; a state belongs to models of one shape.
    """

    address: Address
    product: str
    plant_rev: str
    stations: tuple[Address, ...]
    buffers: tuple[Address, ...]
    modes: tuple[tuple[int, str], ...]
    wears: tuple[tuple[int, str], ...]
    calendar: WorkCalendar | None
    ints: bytes
    floats: bytes
    shape: int

    @property
    def state_ints(self) -> int:
        """How many integers a state of this line has."""
        n = len(self.stations)
        per_element = at.SM_WIDTH * len(self.modes) + at.SW_WIDTH * len(self.wears)
        own = at.SS_WIDTH * n + (n - 1) + 2 * size_for(n)
        return at.HEAD + own + per_element + at.CHANGES_MAX * at.SC_WIDTH

    @property
    def state_floats(self) -> int:
        """How many floating-point numbers a state of this line has."""
        per_element = at.FSM_WIDTH * len(self.modes) + at.FSW_WIDTH * len(self.wears)
        return at.FSS_WIDTH * len(self.stations) + per_element + at.CHANGES_MAX

    def elements(self) -> tuple[Address, ...]:
        """Return the places that a trace speaks of by number: stations, buffers, the line."""
        return (*self.stations, *self.buffers, self.address)


def is_open(calendar: WorkCalendar | None, t_ns: int) -> bool:
    """Return whether a line works at an instant: within a shift, outside its breaks."""
    if calendar is None:
        return True
    interval = open_at(calendar, t_ns)
    return interval is not None and interval.kind == "work"


@lru_cache(maxsize=64)
def edges(calendar: WorkCalendar, window: int) -> tuple[int, ...]:
    """Return the instants of one window at which working time begins or ends, in order.

    Notes
    -----
    Window `k` lasts from `k * WINDOW_NS` to the next. Shifts that follow each other without a
    gap are one working time.
    """
    start_ns, end_ns = window * WINDOW_NS, (window + 1) * WINDOW_NS
    found: list[int] = []
    low_ns = max(0, start_ns - MARGIN_NS)
    for interval in compile_calendar(calendar, low_ns, end_ns + MARGIN_NS):
        if interval.kind != "work":
            continue
        if found and found[-1] == interval.start_ns:
            found.pop()
        else:
            found.append(interval.start_ns)
        found.append(interval.end_ns)
    return tuple(each for each in found if start_ns <= each < end_ns)
