"""A bounded stretch of a run, event by event, made small enough to stand in a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Line
from linewright.plant.records import StationState, Trace, TraceKind
from linewright.twin.logs.playing import events_of
from linewright.twin.logs.trail import Step, between, followed, present
from linewright.twin.model import Model
from linewright.twin.outcome import Outcome, outcome
from linewright.twin.state import State

__all__ = ["EVENTS_MAX", "STATE_CODES", "Film", "FilmBuffer", "film", "labels_of", "places_of"]

EVENTS_MAX = 60_000
"""Events of one page: some 1.2 MB, which a telephone opens in a second."""

NS_PER_MS = 10**6

STRIDE = 5
"""Numbers of one event in a film."""

STATE_CODES = (
    "running",
    "set_up",
    "blocked",
    "starved",
    "waiting",
    "down",
    "planned_stop",
    "closed",
)
"""States by the number that the page knows them by."""

# Codes of what happens, as the script of the page reads them.
STATE, BEGAN, ENDED, ENTERED, LEFT, SHIPPED, SCRAPPED, REWORKED = range(8)
STARVED, CLOSED = STATE_CODES.index("starved"), STATE_CODES.index("closed")

CODE_OF: Mapping[StationState, int] = {
    StationState.RUNNING: STATE_CODES.index("running"),
    StationState.SET_UP: STATE_CODES.index("set_up"),
    StationState.BLOCKED: STATE_CODES.index("blocked"),
    StationState.STARVED: STARVED,
    StationState.DOWN: STATE_CODES.index("down"),
    StationState.PLANNED_STOP: STATE_CODES.index("planned_stop"),
    StationState.IDLE: CLOSED,
    StationState.OFF: CLOSED,
    StationState.UNKNOWN: CLOSED,
}
"""What the kernel calls idle is a station that is closed."""

AFTER: Mapping[TraceKind, str] = {
    TraceKind.BLOCKED: "blocked",
    TraceKind.STARVED: "starved",
    TraceKind.FAILED: "down",
    TraceKind.SET_UP_BEGAN: "set_up",
    TraceKind.GOES_ON: "running",
}
"""State of a station after an event; what REPAIRED leads to depends on what was under way."""

STOOD = ("closed", "waiting", "planned_stop")
"""State of a station that stands, by why it does."""

HAPPENS: Mapping[TraceKind, int] = {
    TraceKind.ENDED: ENDED,
    TraceKind.ENTERED: ENTERED,
    TraceKind.LEFT: LEFT,
    TraceKind.SHIPPED: SHIPPED,
    TraceKind.SCRAPPED: SCRAPPED,
    TraceKind.REWORKED: REWORKED,
}


class FilmBuffer(msgspec.Struct, frozen=True, kw_only=True):
    """A buffer of a film.

    Parameters
    ----------
    address
        Its address.
    after
        Number of the station before it.
    to
        Station behind it.
    places
        None: not known or without a limit.
    """

    address: Address
    after: int
    to: Address
    places: int | None = None


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a run.

    Parameters
    ----------
    address, timezone
        The line, and its site's zone.
    labels
        What people call the line and its stations, by address and language.
    names
        The same in one language.
    since_ns, until_ns
        From when to when; where events were cut, until the last one kept.
    asked_ns
        Until when was asked.
    stations, buffers
        In the order of the flow.
    start
        State of each station at the beginning, a number of `STATE_CODES`.
    there
        Parts at the beginning: unit, number of the station or buffer (those behind the
        stations), and whether its cycle there is done.
    events
        Five numbers each: milliseconds since the one before, code, element, unit, value.
    recorded, happened
        Events of the trace that are in the film, and that there were.
    """

    address: Address
    timezone: str = "UTC"
    labels: Mapping[Address, Mapping[str, str]] = {}
    names: Mapping[Address, str] = {}
    since_ns: int
    until_ns: int
    asked_ns: int
    stations: tuple[Address, ...]
    buffers: tuple[FilmBuffer, ...]
    start: tuple[int, ...]
    there: tuple[tuple[int, int, int], ...]
    events: tuple[int, ...]
    recorded: int
    happened: int


def film(
    model: Model,
    state: State,
    until_ns: int,
    *,
    plant: Plant | None = None,
    events: int = EVENTS_MAX,
    jit: bool = True,
) -> Film:
    """Return a film of what happens from a state on.

    Parameters
    ----------
    model, state
        The line; the state stays as it is.
    until_ns
        Plant time at which it ends.
    plant
        Gives labels, places and the time zone; left out: names and UTC.
    events
        Most events kept; the first ones are.
    jit
        Whether the compiled kernel runs.

    Notes
    -----
    The run is played twice where working time turns: what a station does when its shift ends is
    looked up in the outcome, not guessed. Cost: linear in the events.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> film(model, begin(model, at_ns=0, seed=1), 100 * 10**9, jit=False).happened
    10
    """
    first = outcome(model, state)
    found, happened, end_ns = _recorded(model, state, until_ns, events, jit=jit)
    steps = followed(model.stations, found, first)
    return Film(
        address=model.address,
        timezone=plant.sites[model.address.site].timezone if plant is not None else "UTC",
        labels=labels_of(plant, model) if plant is not None else {},
        since_ns=state.t_ns,
        until_ns=end_ns,
        asked_ns=until_ns,
        stations=model.stations,
        buffers=_buffers(model, plant),
        start=tuple(CODE_OF[one.state] for one in first.stations),
        there=_there(model, first),
        events=tuple(_coded(model, steps, state.t_ns)),
        recorded=len(found),
        happened=happened,
    )


def _recorded(
    model: Model, state: State, until_ns: int, events: int, *, jit: bool
) -> tuple[Sequence[Trace], int, int]:
    """Return the first events of a run, how many there were in all, and until when they reach."""
    kept: list[Trace] = []
    happened, end_ns = 0, until_ns
    for event in events_of(model, state, until_ns, jit=jit):
        happened += 1
        if happened <= events:
            kept.append(event)
        elif happened == events + 1:
            end_ns = event.t_ns - 1
    return [event for event in kept if event.t_ns <= end_ns], happened, max(state.t_ns, end_ns)


def labels_of(plant: Plant, model: Model) -> dict[Address, Mapping[str, str]]:
    """Return what people call the line and its stations, where the plant says it.

    Parameters
    ----------
    plant, model
        The plant, and a model made from it.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> line = shop.line("pump", flow=["turn"], label="Pumps")
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> plant = plant.done()
    >>> labels_of(plant, compile_line(plant, "reno/shop/pump"))[Address("reno/shop/pump")]
    {'': 'Pumps'}
    """
    wanted = frozenset(model.stations)
    groups = {each.parent for each in wanted} | {model.address}
    known: dict[Address, Mapping[str, str]] = {
        address: group.label for address, group in plant.groups() if address in groups
    }
    if model.address in plant.sites:
        known[model.address] = plant.sites[model.address].label
    known |= {address: one.label for address, one in plant.stations() if address in wanted}
    return {address: label for address, label in known.items() if label}


def places_of(plant: Plant | None, buffer: Address) -> int | None:
    """Return the places of a buffer; None where it has no limit or is not known.

    Parameters
    ----------
    plant
        The plant; None: nothing is known.
    buffer
        Address of the buffer.
    """
    groups = dict(plant.groups()) if plant is not None else {}
    group = groups.get(buffer.parent) if buffer.parent is not None else None
    if not isinstance(group, Line):
        return None
    one = group.buffers.get(buffer.name)
    return 0 if one is None else one.places


def _buffers(model: Model, plant: Plant | None) -> tuple[FilmBuffer, ...]:
    number = {address: k for k, address in enumerate(model.stations)}
    return tuple(
        FilmBuffer(
            address=each,
            after=number.get(between(each)[0], k),
            to=between(each)[1],
            places=places_of(plant, each),
        )
        for k, each in enumerate(model.buffers)
    )


def _number_of(unit: str) -> int:
    """Return the number of a part: ours is in its name."""
    return int(unit.rpartition("-")[2])


def _there(model: Model, first: Outcome) -> tuple[tuple[int, int, int], ...]:
    """Return the parts at the beginning: unit, number of the buffer or station, which of both."""
    number = {address: k for k, address in enumerate((*model.stations, *model.buffers))}
    return tuple(
        (_number_of(unit), number[place], int(is_done)) for unit, place, is_done in present(first)
    )


class _Play:
    """States of the stations while the steps of a film are read."""

    def __init__(self, stations: int, units: int) -> None:
        self.under_way = [0] * stations
        self.failed = [0] * stations
        self.known: dict[str, int] = {}
        self.units = units

    def unit(self, name: str) -> int:
        if name not in self.known:
            ours = name.startswith("part-") and name[5:].isdigit()
            self.known[name] = _number_of(name) if ours else self.units + len(self.known) + 1
        return self.known[name]


def _coded(model: Model, steps: Iterable[Step], t_ns: int) -> Iterator[int]:
    """Yield five numbers for each thing that happens: milliseconds, code, element, unit, value."""
    number = {address: k for k, address in enumerate((*model.stations, *model.buffers))}
    play = _Play(len(model.stations), 0)
    shown_ms = 0
    for step in steps:
        at_ms = (step.t_ns - t_ns) // NS_PER_MS
        for code, element, unit, value in _happens(step, number, play):
            yield from (at_ms - shown_ms, code, element, unit, value)
            shown_ms = at_ms


def _happens(
    step: Step, number: Mapping[Address, int], play: _Play
) -> Iterator[tuple[int, int, int, int]]:
    kind = step.kind
    if step.element not in number:
        return
    k = number[step.element]
    unit = play.unit(step.unit) if step.unit else 0
    if kind == TraceKind.BEGAN:
        play.under_way[k] += 1
        yield BEGAN, k, unit, round(step.value * 1000.0)
    elif kind in HAPPENS:
        if kind == TraceKind.ENDED:
            play.under_way[k] = max(0, play.under_way[k] - 1)
        yield HAPPENS[kind], k, unit, int(step.value)
    elif kind == TraceKind.STANDS:
        yield STATE, k, 0, STATE_CODES.index(STOOD[int(step.value)])
    elif kind in AFTER:
        play.failed[k] += int(kind == TraceKind.FAILED)
        yield STATE, k, 0, STATE_CODES.index(AFTER[kind])
    elif kind in {TraceKind.REPAIRED, TraceKind.SET_UP_ENDED}:
        play.failed[k] = max(0, play.failed[k] - int(kind == TraceKind.REPAIRED))
        if not play.failed[k]:
            yield STATE, k, 0, 0 if play.under_way[k] else STARVED
