"""A bounded stretch of a run, event by event, made small enough to stand in a page."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.numeric import Ints
from linewright.plant import Address, Plant
from linewright.plant.model import Line
from linewright.plant.records import StationState, Trace, TraceKind
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import fixed, server
from linewright.twin.kernel.queues.parts import part, queue
from linewright.twin.logs.playing import events_of
from linewright.twin.logs.trail import between
from linewright.twin.model import Model
from linewright.twin.outcome import outcome
from linewright.twin.state import State, open_up

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
STATE, BEGAN, ENDED, ENTERED, LEFT, SHIPPED, SCRAPPED, REWORKED, ARRIVED = range(9)
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

STANDING = {TraceKind.STARVED, TraceKind.BLOCKED, TraceKind.STANDS}
"""Events of one place of a station that say nothing of its others."""

TAKES = {TraceKind.BEGAN, TraceKind.SET_UP_BEGAN, TraceKind.STANDS}
"""Events of a station that has taken a load."""

STOOD = ("closed", "waiting", "planned_stop")
"""State of a station that stands, by why it does."""

HAPPENS: Mapping[TraceKind, int] = {
    TraceKind.ENDED: ENDED,
    TraceKind.SHIPPED: SHIPPED,
    TraceKind.SCRAPPED: SCRAPPED,
    TraceKind.REWORKED: REWORKED,
}


class FilmBuffer(msgspec.Struct, frozen=True, kw_only=True):
    """A place at which parts wait, as a card of the page.

    Parameters
    ----------
    address
        A buffer's address; else the name of a queue, a rack or a store.
    kind
        `buffer` between two stations; `way`: under way from it, on a vehicle; `arrived`: behind
        that way; `queue` in front of a line or a work centre; `store` of a component; `outside`.
    after
        Number of the station before a buffer; of what waits in front, of the first station that
        takes from it; -1: none.
    to
        Number of the station behind it; -1: none, or several.
    places
        None: not known or without a limit.
    """

    address: str
    kind: str = "buffer"
    after: int
    to: int
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
        In the order of the flow; behind the buffers all else at which parts wait.
    lots
        Pieces of each unit that is a lot, when it comes in.
    start
        State of each station at the beginning, a number of `STATE_CODES`.
    there
        Parts at the beginning: unit, number of the station or buffer (those behind the
        stations), and whether its cycle there is done.
    events
        Five numbers each: milliseconds since the one before, code, element, unit, value. The
        value of a part that leaves a buffer is the number of where it goes, -1: it is used up.
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
    lots: Mapping[int, int] = {}
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
    Every queue tells the trace who enters and leaves it, so a part is always somewhere: on a
    station, in a buffer, in the queue of a work centre, on a vehicle, in a store. Where it goes
    is known from what happens to it next. Cost: linear in the events.

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
    model = _listening(model)
    found, happened, end_ns = _recorded(model, state, until_ns, events, jit=jit)
    told = _Told(model, state, found)
    return Film(
        address=model.address,
        timezone=plant.sites[model.address.site].timezone if plant is not None else "UTC",
        labels=labels_of(plant, model) if plant is not None else {},
        since_ns=state.t_ns,
        until_ns=end_ns,
        asked_ns=until_ns,
        stations=model.stations,
        buffers=tuple(told.buffers),
        start=tuple(CODE_OF[one.state] for one in first.stations),
        there=tuple(told.there()),
        lots=told.lots,
        events=tuple(told.coded(state.t_ns)),
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


def _listening(model: Model) -> Model:
    """Return a model of which every queue is heard in a trace, those without an element too."""
    ints = array("q", model.ints)
    rows = model.count(at.M_QUEUE) - model.count(at.M_SERVER)
    names: list[Address] = []
    known = len(model.elements())
    for q, store in enumerate(model.stores):
        if store.element < 0:
            ints[rows + q * at.MQ_WIDTH + at.MQ_ELEMENT] = known + len(names)
            names.append(Address(f"{model.address.site}/queues/queues/q_{q}-q_{q}"))
    return msgspec.structs.replace(model, ints=ints.tobytes(), listened=tuple(names))


Happening = tuple[int, int, int, int]
"""Code, element, unit, value."""


class _Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue of the kernel: what takes from it.

    Parameters
    ----------
    takers, users
        Numbers of the stations that take parts from it, and components; -1: what moves parts.
    """

    number: int
    name: str
    places: int | None
    takers: tuple[int, ...]
    users: tuple[int, ...]


def _queues(model: Model, s: Ints) -> list[_Queue]:
    """Return the queues of a model, with who takes from each."""
    stations = []
    takers: list[set[int]] = [set() for _ in model.stores]
    for i in range(s[at.SERVERS]):
        row = s[at.M_STATION] + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH
        stations.append(s[row + at.MT_ELEMENT])
        takers[s[fixed(s, i) + at.MS_QUEUE]].add(stations[i])
    found = []
    for q, store in enumerate(model.stores):
        b = s[at.M_QUEUE] + q * at.MQ_WIDTH
        listed = range(s[b + at.MQ_USERS], s[b + at.MQ_USERS_END])
        users = {stations[s[s[at.M_LIST] + n]] for n in listed}
        found.append(
            _Queue(
                number=q,
                name=store.name,
                places=store.places,
                takers=tuple(sorted(takers[q])),
                users=tuple(sorted(users)),
            )
        )
    return found


def _numbers(model: Model) -> dict[Address, int]:
    """Return stations by their number, and queues by theirs behind all stations."""
    found = {address: k for k, address in enumerate(model.stations)}
    elements = model.elements()
    heard = iter(model.listened)
    for q, store in enumerate(model.stores):
        name = elements[store.element] if store.element >= 0 else next(heard)
        found[name] = len(model.stations) + q
    return found


NOWHERE = -1
"""Where a part goes that is used up; who takes from a queue where that is no station."""


class _Told:
    """The events of a trace, with where each part goes and what waits where."""

    def __init__(self, model: Model, state: State, trace: Sequence[Trace]) -> None:
        self.model, self.trace = model, trace
        self.s = open_up(model, state).s
        self.first = len(model.stations)
        self.queues = _queues(model, self.s)
        self.number = _numbers(model)
        self.lots: dict[int, int] = {}
        self.stays: set[int] = set()
        self.later = self._ahead()
        self.buffers: list[FilmBuffer] = []
        self.card: dict[int, int] = {}
        self.way: dict[int, int] = {}
        self._lay_out()
        self.under_way: list[set[int]] = [set() for _ in model.stations]
        self.failed: Counter[int] = Counter()

    def _ahead(self) -> list[int]:
        """Return the next event of each event's part, -1: none; and keep the sizes of lots."""
        later = [NOWHERE] * len(self.trace)
        known: dict[str, int] = {}
        size: dict[str, int] = {}
        for n in range(len(self.trace) - 1, -1, -1):
            event = self.trace[n]
            if event.unit is None or event.element not in self.number:
                continue
            later[n] = after = known.get(event.unit, NOWHERE)
            if event.kind == TraceKind.ENDED:
                size[event.unit] = self._size(n, after, later)
            known[event.unit] = n
        self.lots = {int(unit): pieces for unit, pieces in size.items() if pieces > 1}
        return later

    def _size(self, n: int, after: int, later: Sequence[int]) -> int:
        """Return the pieces of a lot before its cycle ended, and note whether it goes on."""
        good = round(self.trace[n].value)
        if after < 0 or self.trace[after].kind != TraceKind.SCRAPPED:
            return good
        bad = round(self.trace[after].value)
        if later[after] < 0 and good in {0, bad}:
            return bad
        self.stays.add(after)
        return good + bad

    def _waited(self) -> set[int]:
        """Return the queues in which any part ever waited."""
        found = {one.number for one in self.queues if self._parts(one.number)}
        for n, event in enumerate(self.trace):
            if event.kind == TraceKind.ENTERED and event.element in self.number:
                after = self.later[n]
                if after < 0 or self.trace[after].t_ns > event.t_ns:
                    found.add(self.number[event.element] - self.first)
        return found

    def _parts(self, q: int) -> list[int]:
        return self._units(self.s[queue(self.s, q) + at.FRONT])

    def _units(self, p: int) -> list[int]:
        """Return the units of a chain of parts of the state."""
        found = []
        while p >= 0:
            found.append(self.s[part(self.s, p) + at.UNIT])
            p = self.s[part(self.s, p) + at.NEXT]
        return found

    def _lay_out(self) -> None:
        """Make the cards: buffers as in the model, then all else in which parts waited."""
        number = {address: k for k, address in enumerate(self.model.stations)}
        named = {one.name: one for one in self.queues}
        for k, each in enumerate(self.model.buffers):
            before, behind = between(each)
            row = named.get(str(each))
            self.buffers.append(
                FilmBuffer(
                    address=str(each),
                    after=number.get(before, k),
                    to=number.get(behind, NOWHERE),
                    places=None if row is None else row.places,
                )
            )
            if row is not None:
                self.card[row.number] = k
                if NOWHERE in row.takers:
                    self.way[row.number] = len(self.model.buffers) + len(self.way)
        base = list(self.buffers)
        for k in [k for q, k in self.card.items() if q in self.way]:
            way = msgspec.structs.replace(base[k], kind="way", to=NOWHERE, places=None)
            self.buffers.append(way)
        for q in sorted(self._waited() - set(self.card)):
            self.card[q] = len(self.buffers)
            self.buffers.append(self._other(self.queues[q], base))

    def _other(self, one: _Queue, base: Sequence[FilmBuffer]) -> FilmBuffer:
        """Return the card of a queue that is no buffer of a line."""
        takers = [k for k in one.users or one.takers if k >= 0]
        to = takers[0] if len(takers) == 1 and not one.users else NOWHERE
        for before in base:
            if one.name == f"{before.address}+":
                return msgspec.structs.replace(before, kind="arrived", places=one.places)
        kind = "store" if one.users else "queue" if takers else "outside"
        after = takers[0] if takers else NOWHERE
        return FilmBuffer(address=one.name, kind=kind, after=after, to=to, places=one.places)

    def there(self) -> Iterator[tuple[int, int, int]]:
        """Yield the parts at the beginning: unit, place, whether the cycle there is done."""
        for q, card in self.card.items():
            for unit in self._parts(q):
                yield unit, self.first + card, 0
        for i in range(self.s[at.SERVERS]):
            b = server(i)
            row = self.s[at.M_STATION] + self.s[fixed(self.s, i) + at.MS_STATION] * at.MT_WIDTH
            k = self.s[row + at.MT_ELEMENT]
            if k < 0:
                q = self.s[fixed(self.s, i) + at.MS_QUEUE]
                if q not in self.card:
                    continue
                k = self.first + self.way.get(q, self.card[q])
            for field, is_done in ((at.LOAD, 0), (at.HELD, 1)):
                for unit in self._units(self.s[b + field]):
                    yield unit, k, is_done

    def coded(self, t_ns: int) -> Iterator[int]:
        """Yield five numbers for each thing that happens, the milliseconds first."""
        shown_ms = 0
        for n, event in enumerate(self.trace):
            if event.element not in self.number:
                continue
            at_ms = (event.t_ns - t_ns) // NS_PER_MS
            k = self.number[event.element]
            found = self._moved(n, k - self.first) if k >= self.first else self._happens(n, k)
            for what in found:
                yield from (at_ms - shown_ms, *what)
                shown_ms = at_ms

    def _place_after(self, n: int) -> int:
        """Return where the part of an event is at its next one, -1: there is none."""
        after = self.later[n]
        return NOWHERE if after < 0 else self.number[self.trace[after].element]

    def _moved(self, n: int, q: int) -> Iterator[Happening]:
        """Yield what a queue tells: who enters it, and who leaves it for where."""
        event, card = self.trace[n], self.card.get(q)
        unit = int(event.unit or 0)
        if event.kind == TraceKind.ENTERED:
            if card is not None:
                yield ENTERED, self.first + card, unit, 0
            return
        if event.kind != TraceKind.LEFT:
            return
        to = self._place_after(n)
        one = self.queues[q]
        if to < 0 and not one.users:
            to = self._taker(n, one)
        if to >= self.first:
            if q not in self.way:
                return  # It stays on this card until it enters the next queue.
            to = self.first + self.way[q]
        if card is not None:
            yield LEFT, self.first + card, unit, to
        elif to >= 0:
            yield ARRIVED, to, unit, 0

    def _taker(self, n: int, one: _Queue) -> int:
        """Return who took a part that is not heard of again: whoever begins at that instant."""
        t_ns = self.trace[n].t_ns
        for event in self.trace[n + 1 :]:
            if event.t_ns > t_ns:
                break
            k = self.number.get(event.element, NOWHERE)
            if k in one.takers and event.kind in TAKES:
                return k
        found = max(one.takers, default=NOWHERE)
        return self.first if found < 0 else found

    def _happens(self, n: int, k: int) -> Iterator[Happening]:
        """Yield what happens at a station."""
        event = self.trace[n]
        kind, unit = event.kind, int(event.unit or 0)
        if kind == TraceKind.BEGAN:
            self.under_way[k].add(unit)
            yield BEGAN, k, unit, round(event.value * 1000.0)
        elif kind == TraceKind.CREATED:
            after = self.later[n]
            if after >= 0 and self.trace[after].t_ns > event.t_ns and self._place_after(n) == k:
                yield ARRIVED, k, unit, 0
        elif kind == TraceKind.SCRAPPED:
            yield SCRAPPED, k, unit, round(event.value) * (-1 if n in self.stays else 1)
        elif kind in HAPPENS:
            self.under_way[k].discard(unit)
            yield HAPPENS[kind], k, unit, int(event.value)
        else:
            yield from self._state(event, k, unit)

    def _state(self, event: Trace, k: int, unit: int) -> Iterator[Happening]:
        """Yield the state of a station, where it is no matter of one place among several."""
        kind = event.kind
        if kind in STANDING and self.under_way[k] - {unit} and unit not in self.under_way[k]:
            return
        if kind == TraceKind.STANDS:
            yield STATE, k, 0, STATE_CODES.index(STOOD[int(event.value)])
        elif kind in AFTER:
            self.failed[k] += int(kind == TraceKind.FAILED)
            yield STATE, k, 0, STATE_CODES.index(AFTER[kind])
        elif kind in {TraceKind.REPAIRED, TraceKind.SET_UP_ENDED}:
            self.failed[k] = max(0, self.failed[k] - int(kind == TraceKind.REPAIRED))
            if not self.failed[k]:
                yield STATE, k, 0, 0 if self.under_way[k] else STARVED
