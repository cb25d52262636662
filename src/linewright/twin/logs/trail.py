"""Which part each event of a trace is about: told by the kernel, else followed in order.

Parts never overtake each other between two stations of a serial line, so who is first in a
buffer is first out of it; a trace without units is followed by that. Parts that were there before
the trace began are numbered from its beginning, too.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from linewright.plant import Address
from linewright.plant.records import StationState, Trace, TraceKind
from linewright.twin.outcome import Outcome

__all__ = ["Step", "between", "followed", "present"]

ABOUT_UNITS = frozenset(
    {
        TraceKind.BEGAN,
        TraceKind.ENDED,
        TraceKind.ENTERED,
        TraceKind.LEFT,
        TraceKind.CREATED,
        TraceKind.SCRAPPED,
        TraceKind.REWORKED,
        TraceKind.SHIPPED,
    }
)
"""Kinds of events that happen to a part."""

WAITING_MAX = 1_000_000
"""Parts kept at one place; beyond it the trace is not one of a line that ships anything."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its part.

    Parameters
    ----------
    t_ns, kind, element, value
        As of the trace.
    unit
        The part: its own name, or `part-1`, `part-2`, ... in the order of appearance; empty for
        what happens to no part.
    """

    t_ns: int
    kind: TraceKind
    element: Address
    unit: str
    value: float


class _Places:
    """Who is where, while a trace is read."""

    def __init__(self, stations: Sequence[Address]) -> None:
        self.before = dict(zip(stations[1:], stations, strict=False))
        self.last = stations[-1] if stations else None
        self.taken: dict[Address, deque[str]] = {}
        self.on: dict[Address, deque[str]] = {}
        self.done: dict[Address, deque[str]] = {}
        self.inside: dict[Address, deque[str]] = {}
        self.bad: dict[Address, deque[str]] = {}
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"part-{self.count}"

    def put(self, where: dict[Address, deque[str]], place: Address, unit: str) -> str:
        where.setdefault(place, deque(maxlen=WAITING_MAX)).append(unit)
        return unit

    def take(self, where: dict[Address, deque[str]], place: Address) -> str:
        units = where.get(place)
        return units.popleft() if units else self.new()


def followed(
    stations: Sequence[Address], events: Iterable[Trace], there: Outcome | None = None
) -> Iterator[Step]:
    """Yield the events of a trace with the part that each is about.

    Parameters
    ----------
    stations
        Of the line, in the order of the flow.
    events
        A trace, oldest first.
    there
        What was in the line when the trace began; those parts are numbered first, as
        `present` does. Left out: they are numbered when they are first met.

    Notes
    -----
    Exact for serial lines. Where the kernel names the units, its names are kept. Cost: linear
    in the events; memory in the parts inside.

    Examples
    --------
    >>> mill = Address("a/b/c/mill")
    >>> kinds = (TraceKind.CREATED, TraceKind.BEGAN, TraceKind.ENDED, TraceKind.SHIPPED)
    >>> trace = [Trace(t_ns=k, kind=kind, element=mill, value=1.0) for k, kind in enumerate(kinds)]
    >>> [step.unit for step in followed((mill,), trace)]
    ['part-1', 'part-1', 'part-1', 'part-1']
    """
    places = _Places(stations)
    for unit, place, is_done in present(there) if there is not None else ():
        where = places.inside if "-" in place.name else places.done if is_done else places.on
        places.put(where, place, unit)
        places.count += 1
    for event in events:
        unit = event.unit or ""
        if not unit and event.kind in ABOUT_UNITS:
            unit = _unit(places, event)
        yield Step(
            t_ns=event.t_ns, kind=event.kind, element=event.element, unit=unit, value=event.value
        )


def present(there: Outcome) -> Iterator[tuple[str, Address, bool]]:
    """Yield the parts in a line: name, station or buffer, and whether its cycle there is done.

    Parameters
    ----------
    there
        The line at one instant; buffers first, then stations.
    """
    count = 0
    for buffer, parts in there.buffers.items():
        for _ in range(parts):
            count += 1
            yield f"part-{count}", buffer, False
    for station in there.stations:
        is_done = station.state == StationState.BLOCKED
        if is_done or station.cycle_began_ns is not None:
            count += 1
            yield f"part-{count}", station.address, is_done


def between(buffer: Address) -> tuple[Address, Address]:
    """Return the stations before and behind a buffer, by its name.

    Examples
    --------
    >>> between(Address("a/b/c/saw-mill"))
    (Address('a/b/c/saw'), Address('a/b/c/mill'))
    """
    up, _, down = buffer.name.partition("-")
    line = buffer.parent
    return Address(f"{line}/{up}"), Address(f"{line}/{down or up}")


def _unit(places: _Places, event: Trace) -> str:
    kind, place = event.kind, event.element
    if kind == TraceKind.SHIPPED:
        return places.take(places.done, place)
    if kind in {TraceKind.SCRAPPED, TraceKind.REWORKED}:
        return places.take(places.bad, place)
    if kind == TraceKind.LEFT:
        unit = places.take(places.inside, place)
        return places.put(places.taken, between(place)[1], unit)
    if kind == TraceKind.ENTERED:
        return places.put(places.inside, place, places.take(places.done, between(place)[0]))
    return _at_station(places, event)


def _at_station(places: _Places, event: Trace) -> str:
    place = event.element
    if event.kind == TraceKind.CREATED:
        return places.put(places.taken, place, places.new())
    if event.kind == TraceKind.BEGAN:
        return places.put(places.on, place, _begun(places, place))
    unit = places.take(places.on, place)
    return places.put(places.done if event.value else places.bad, place, unit)


def _begun(places: _Places, place: Address) -> str:
    """Return the part with which a cycle begins: taken from a buffer, else handed over."""
    if places.taken.get(place):
        return places.take(places.taken, place)
    before = places.before.get(place)
    return places.take(places.done, before) if before is not None else places.new()
