"""A place, compiled: its names, its calendars and its numbers."""

import struct
from array import array
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from linewright.numeric import Floats, Ints, views
from linewright.plant import Address
from linewright.plant.calendar import WorkCalendar, compile_calendar, open_at
from linewright.twin.kernel import layout as at

WINDOW_NS = 28 * 86_400 * at.NS
"""Working time is compiled for so long at once: some two milliseconds, kept for the next ask."""
MARGIN_NS = 86_400 * at.NS
BYTES = 8
UNBOUNDED = 1 << 40
"""Places of a queue without a limit."""


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """People or things that are counted: a crew, vehicles, fixtures, tools.

    Parameters
    ----------
    name, kind
        As in the plant file; kind: crew, transport, fixture, tool.
    count
        How many while they are there.
    calendar
        When they are there; None: always.
    by_shift
        How many, in shifts where it differs.
    """

    name: str
    kind: str
    count: int
    calendar: WorkCalendar | None = None
    by_shift: Mapping[str, int] = {}

    def present(self, shift: str | None) -> int:
        """Return thousandths that are there in a shift; None: outside all of them."""
        if self.calendar is None:
            return self.count * at.MILLI
        return 0 if shift is None else self.by_shift.get(shift, self.count) * at.MILLI


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """Electrical power of one place of a station, by what it does, in kW."""

    running_kw: float = 0.0
    idle_kw: float = 0.0
    set_up_kw: float = 0.0
    down_kw: float = 0.0
    off_kw: float = 0.0
    known: bool = False


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """A queue in front of stations.

    Parameters
    ----------
    name
        Of a buffer, its address.
    places
        None: unbounded.
    element
        Its number in a trace, or -1.
    rule
        Which part is next, as the kernel numbers it.
    """

    name: str
    places: int | None
    element: int
    rule: int = 0


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A place as the kernel knows it; made by `compile_plant`.

    Parameters
    ----------
    address
        The place.
    product
        What it makes, where that is one thing; else empty.
    plant_rev
        Revision of the plant file it was made from.
    stations, buffers
        Addresses in the order of the flow; buffer `k` of a line stands behind its station `k`.
    modes, wears, upkeeps
        Station number and name, in the order of the kernel; once for each place of a station.
    products
        What is made, by name.
    stores
        Queues, in the order of the kernel.
    crews
        People and things that are counted.
    loops, orders
        Limits of parts inside, and what is to be made, by name.
    limits
        Of each loop: parts inside, and the queue at its entry; -1: any with material.
    calendars
        Working times that stations follow; none: always open.
    powers
        Of each station.
    notes
        What of the plant file has no effect here, in words.
    head, ints, floats
        The numbers, see `linewright.twin.kernel.layout`.
    shape
        Fingerprint of the addresses and names; a state belongs to models of one shape.
    clockwork
        Fingerprint of the working times of stations and crews.
    listened
        What the trace tells beside stations and buffers: queues by a name of their own, where
        somebody asked for them.
    """

    address: Address
    product: str
    plant_rev: str
    stations: tuple[Address, ...]
    buffers: tuple[Address, ...]
    modes: tuple[tuple[int, str], ...]
    wears: tuple[tuple[int, str], ...]
    upkeeps: tuple[tuple[int, str], ...]
    products: tuple[str, ...]
    stores: tuple[Store, ...]
    crews: tuple[Crew, ...]
    loops: tuple[str, ...]
    limits: tuple[tuple[int, int], ...]
    orders: tuple[str, ...]
    calendars: tuple[WorkCalendar, ...]
    powers: tuple[Power, ...]
    notes: tuple[str, ...]
    head: bytes
    ints: bytes
    floats: bytes
    shape: int
    clockwork: int = 0
    listened: tuple[Address, ...] = ()

    def __repr__(self) -> str:
        """Return which place it is of, not its numbers."""
        return f"Model({str(self.address)!r}, stations={len(self.stations)}, shape={self.shape:x})"

    def count(self, place: int) -> int:
        """Return a number of the head, by its place in the layout."""
        found: int = struct.unpack_from("=q", self.head, place * BYTES)[0]
        return found

    def views(self) -> tuple[Ints, Floats]:
        """Return the model's numbers at their places in the layout, without any state."""
        blank = bytes(self.state_ints * BYTES)
        memory = bytearray(b"".join((self.head, blank, self.ints)))
        s, _ = views(memory, len(memory) // BYTES)
        _, f = views(bytearray(bytes(self.state_floats * BYTES) + self.floats), 0)
        return s, f

    @property
    def state_ints(self) -> int:
        """How many integers a state has, its parts left out."""
        return self.count(at.M_SERVER) - at.STATE

    @property
    def state_floats(self) -> int:
        """How many floating-point numbers a state has."""
        return self.count(at.FM_STEP)

    def elements(self) -> tuple[Address, ...]:
        """Return the places that a trace speaks of by number: stations, buffers, the place.

        Behind them stand the queues that somebody listens to.
        """
        return (*self.stations, *self.buffers, self.address, *self.listened)


def is_open(calendar: WorkCalendar, t_ns: int) -> bool:
    """Return whether it is working time at an instant: within a shift, outside its breaks."""
    interval = open_at(calendar, t_ns)
    return interval is not None and interval.kind == "work"


def shift_at(calendar: WorkCalendar | None, t_ns: int) -> str | None:
    """Return the shift that is on at an instant, breaks included."""
    interval = None if calendar is None else open_at(calendar, t_ns)
    return None if interval is None else interval.shift


Turn = tuple[int, int, int, int]
"""Time, what, number, value."""


def turns_of(model: Model, window: int) -> bytes:
    """Return when working times and crews come and go in one window, as the kernel reads it.

    Notes
    -----
    Window `k` lasts from `k * WINDOW_NS` to the next.
    """
    return _turns(_Clockwork(model), window)


class _Clockwork:
    """The working times of a model, told apart by its fingerprint: nothing is hashed again."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return self.model.clockwork

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Clockwork) and other.model.clockwork == self.model.clockwork


@lru_cache(maxsize=64)
def _turns(clockwork: _Clockwork, window: int) -> bytes:
    found: list[Turn] = []
    for k, calendar in enumerate(clockwork.model.calendars):
        found += [(t, at.OF_CALENDAR, k, value) for t, value in _edges(calendar, window)]
    for k, crew in enumerate(clockwork.model.crews):
        if crew.calendar is not None:
            found += [(t, at.OF_POOL, k, value) for t, value in _comings(crew, window)]
    found.sort()
    flat = [len(found), *(x for turn in found for x in turn)]
    return array("q", flat).tobytes()


def _edges(calendar: WorkCalendar, window: int) -> list[tuple[int, int]]:
    """Return the instants of one window at which working time begins (1) or ends (0).

    Shifts that follow each other without a gap are one working time.
    """
    start_ns, end_ns = window * WINDOW_NS, (window + 1) * WINDOW_NS
    found: list[tuple[int, int]] = []
    low_ns = max(0, start_ns - MARGIN_NS)
    for interval in compile_calendar(calendar, low_ns, end_ns + MARGIN_NS):
        if interval.kind != "work":
            continue
        if found and found[-1][0] == interval.start_ns:
            found.pop()
        else:
            found.append((interval.start_ns, 1))
        found.append((interval.end_ns, 0))
    return [each for each in found if start_ns <= each[0] < end_ns]


def _comings(crew: Crew, window: int) -> list[tuple[int, int]]:
    """Return the instants of one window at which another number of people is there."""
    assert crew.calendar is not None, "who is always there neither comes nor goes"
    start_ns, end_ns = window * WINDOW_NS, (window + 1) * WINDOW_NS
    found: list[tuple[int, int]] = []
    low_ns = max(0, start_ns - MARGIN_NS)
    for interval in compile_calendar(crew.calendar, low_ns, end_ns + MARGIN_NS):
        if found and found[-1][0] == interval.start_ns:
            found.pop()
        found.append((interval.start_ns, crew.present(interval.shift)))
        found.append((interval.end_ns, 0))
    return [each for each in found if start_ns <= each[0] < end_ns]


NO_TURNS = array("q", [0]).tobytes()
