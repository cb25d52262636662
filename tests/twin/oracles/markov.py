"""Serial lines with exponential times as Markov chains: throughput, levels and time shares.

Conventions (docs/twin.md): parts on stations do not count as buffered; without places a part is
handed over directly; after service a finished part waits on its server; before service a cycle
begins only when the buffer behind has a place, which it keeps; a failed server keeps its part;
repairs wait for a person by priority of the station, then first come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.twin.oracles.chain import stationary

QUEUE, BUSY, DOWN_BUSY, DOWN_IDLE, DOWN_DONE, DONE = range(6)
"""Numbers of a station: parts in the queue before it, then servers by what they do.

DONE: a finished part on it has no room behind; the three DOWN kinds say what the failure found.
"""
WIDTH = 6
KINDS = (DOWN_BUSY, DOWN_IDLE, DOWN_DONE)

State = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]
"""The numbers of all stations, and who waits for a repair: station and kind, first to last."""


@dataclass(frozen=True, kw_only=True)
class Station:
    """One station.

    Parameters
    ----------
    rate
        Cycles in a unit of time of one server that works.
    servers
        Like servers with one queue.
    fails, repairs
        Rates of one failure mode; 0: it never fails.
    calendar
        Whether the failure clock always runs, else only in a cycle. With several servers only
        at the last station, where no part waits on a server.
    priority
        In the queue for repairs; 1 is first.
    before
        Blocking before service, else after.
    scrap, again
        Shares of parts that are bad, and that are done once more at the same station.
    """

    rate: float
    servers: int = 1
    fails: float = 0.0
    repairs: float = 0.0
    calendar: bool = False
    priority: int = 1
    before: bool = False
    scrap: float = 0.0
    again: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of stations.

    Parameters
    ----------
    stations, places
        In the order of the flow; places between each two.
    people
        In the one crew that repairs; None: no one waits.
    wip
        Most parts in the line; None: no limit.
    arrives
        Rate at which parts come; None: there is always one.
    queue
        Room before the first station when parts come; one that finds none is lost.
    keeps
        Whether a finished part stays on a server that fails, until it is repaired; else it
        leaves as soon as there is room.
    """

    stations: tuple[Station, ...]
    places: tuple[int, ...] = ()
    people: int | None = None
    wip: int | None = None
    arrives: float | None = None
    queue: int = 0
    keeps: bool = False

    def __post_init__(self) -> None:
        assert len(self.places) == len(self.stations) - 1, "places stand between stations"
        for i, one in enumerate(self.stations):
            last = i == len(self.stations) - 1
            assert one.servers == 1 or not one.calendar or last, "see `calendar`"
            assert not one.before or last or self.places[i] > 0, "a place is kept: there is one"


@dataclass(frozen=True)
class Steady:
    """The long run of a line.

    Parameters
    ----------
    states
        How many the chain has.
    throughput
        Good parts that leave in a unit of time.
    scrap
        Bad parts in a unit of time, by station.
    levels
        Mean parts in the queue before each station; the first is 0 where material is always there.
    shares
        Time shares of a server of each station: running, starved, blocked, down.
    inside
        Mean parts in the line, those waiting before its first station included.
    lost
        Share of the parts that come and find no room.
    """

    states: int
    throughput: float
    scrap: tuple[float, ...]
    levels: tuple[float, ...]
    shares: tuple[dict[str, float], ...]
    inside: float
    lost: float


@dataclass
class Floor:
    """A state that is being changed."""

    line: Line
    numbers: list[int]
    waiting: list[tuple[int, int]] = field(default_factory=list)

    def count(self, i: int, what: int) -> int:
        """Return one number of a station."""
        return self.numbers[i * WIDTH + what]

    def add(self, i: int, what: int, more: int) -> None:
        """Alter one number of a station."""
        self.numbers[i * WIDTH + what] += more

    def idle(self, i: int) -> int:
        """Return servers that have no part and are not down."""
        taken = sum(self.numbers[i * WIDTH + BUSY : (i + 1) * WIDTH])
        return self.line.stations[i].servers - taken

    def inside(self) -> int:
        """Return parts in the line."""
        return sum(self.numbers) - sum(self.numbers[DOWN_IDLE::WIDTH])

    def may_begin(self, i: int) -> bool:
        """Return whether blocking before service lets a cycle begin."""
        if not self.line.stations[i].before or i + 1 == len(self.line.stations):
            return True
        kept = self.count(i, BUSY) + self.count(i, DOWN_BUSY)
        return self.count(i + 1, QUEUE) + kept < self.line.places[i]

    def has_part(self, i: int) -> bool:
        """Return whether there is a part to begin with."""
        if i > 0 or self.line.arrives is not None:
            return self.count(i, QUEUE) > 0
        return self.line.wip is None or self.inside() < self.line.wip

    def begin(self, i: int) -> bool:
        """Begin a cycle at a station if one can begin; return whether it did."""
        if not (self.idle(i) and self.has_part(i) and self.may_begin(i)):
            return False
        if i > 0 or self.line.arrives is not None:
            self.add(i, QUEUE, -1)
        self.add(i, BUSY, 1)
        return True

    def hand_on(self, i: int) -> bool:
        """Let a finished part go on if there is room; return whether it did."""
        if i + 1 == len(self.line.stations):
            return False
        queued, places = self.count(i + 1, QUEUE), self.line.places[i]
        straight = queued == places and self.idle(i + 1) and self.may_begin(i + 1)
        if queued >= places and not straight:
            return False
        if self.count(i, DONE):
            self.add(i, DONE, -1)
        elif self.count(i, DOWN_DONE) and not self.line.keeps:
            self.add(i, DOWN_DONE, -1)
            self.add(i, DOWN_IDLE, 1)
            self.waiting = [
                (i, DOWN_IDLE) if who == (i, DOWN_DONE) else who for who in self.waiting
            ]
        else:
            return False
        self.add(i + 1, QUEUE, 1)
        return True

    def settle(self) -> "Floor":
        """Let everything happen that takes no time, downstream first, and return itself."""
        moved = True
        while moved:
            moved = False
            for i in reversed(range(len(self.line.stations))):
                while self.begin(i) or self.hand_on(i):
                    moved = True
        return self

    def fail(self, i: int, kind: int) -> None:
        """Let a server of a station be down from now on."""
        self.add(i, kind, 1)
        people, places = self.line.people, range(len(self.line.stations))
        down = sum(self.count(k, what) for k in places for what in KINDS)
        if people is not None and down - len(self.waiting) > people:
            self.waiting.append((i, kind))
            self.waiting.sort(key=lambda who: self.line.stations[who[0]].priority)

    def mend(self, i: int, kind: int) -> None:
        """Let a server of a station be up again, and its repairer go to the next one."""
        self.add(i, kind, -1)
        if kind == DOWN_BUSY:
            self.add(i, BUSY, 1)
        elif kind == DOWN_DONE:
            self.add(i, DONE, 1)
        if self.waiting:
            self.waiting.pop(0)

    def state(self) -> State:
        """Return what it has become."""
        return tuple(self.numbers), tuple(self.waiting)


def steady(line: Line) -> Steady:
    """Return the long run of a line, exactly.

    Parameters
    ----------
    line
        A line whose chain has at most some 20,000 states, to be solved in seconds.

    Raises
    ------
    ValueError
        When the chain is too large or comes to a stand.
    """
    empty = Floor(line, [0] * (WIDTH * len(line.stations))).settle().state()
    shares = stationary(empty, lambda state: _moves(line, state))
    floors = [(share, Floor(line, list(state[0]))) for state, share in shares.items()]
    n = range(len(line.stations))

    def mean(i: int, *what: int) -> float:
        return sum(share * floor.count(i, each) for share, floor in floors for each in what)

    ended = [mean(i, BUSY) * one.rate for i, one in enumerate(line.stations)]
    good = [1.0 - one.scrap - one.again for one in line.stations]
    return Steady(
        states=len(floors),
        throughput=ended[-1] * good[-1],
        scrap=tuple(e * one.scrap for e, one in zip(ended, line.stations, strict=True)),
        levels=tuple(mean(i, QUEUE) for i in n),
        shares=tuple(_shares(line, floors, i) for i in n),
        inside=sum(share * floor.inside() for share, floor in floors),
        lost=sum(share for share, floor in floors if not _admits(floor)),
    )


def _shares(line: Line, floors: list[tuple[float, Floor]], i: int) -> dict[str, float]:
    found = {"running": 0.0, "starved": 0.0, "blocked": 0.0, "down": 0.0}
    for share, floor in floors:
        part = share / line.stations[i].servers
        waits = floor.has_part(i) and not floor.may_begin(i)
        found["running"] += part * floor.count(i, BUSY)
        found["blocked"] += part * floor.count(i, DONE)
        found["blocked" if waits else "starved"] += part * floor.idle(i)
        found["down"] += part * sum(floor.count(i, kind) for kind in KINDS)
    return found


def _admits(floor: Floor) -> bool:
    if floor.line.arrives is None:
        return True
    return floor.count(0, QUEUE) < floor.line.queue or (floor.idle(0) > 0 and floor.may_begin(0))


def _moves(line: Line, state: State) -> Iterator[tuple[float, State]]:
    now = _fresh(line, state)
    if line.arrives is not None and _admits(now):
        new = _fresh(line, state)
        new.add(0, QUEUE, 1)
        yield line.arrives, new.settle().state()
    for i in range(len(line.stations)):
        yield from _ends(line, state, i)
        yield from _strikes(line, state, i)
        for kind in KINDS:
            under_repair = now.count(i, kind) - state[1].count((i, kind))
            if under_repair:
                new = _fresh(line, state)
                new.mend(i, kind)
                yield under_repair * line.stations[i].repairs, new.settle().state()


def _fresh(line: Line, state: State) -> Floor:
    return Floor(line, list(state[0]), list(state[1]))


def _ends(line: Line, state: State, i: int) -> Iterator[tuple[float, State]]:
    """Yield what may follow the end of a cycle; a part that is done again changes nothing."""
    one, new = line.stations[i], _fresh(line, state)
    rate = new.count(i, BUSY) * one.rate
    if not rate:
        return
    new.add(i, BUSY, -1)
    if i + 1 < len(line.stations):
        new.add(*((i + 1, QUEUE, 1) if one.before else (i, DONE, 1)))
    yield rate * (1.0 - one.scrap - one.again), new.settle().state()
    if one.scrap:
        new = _fresh(line, state)
        new.add(i, BUSY, -1)
        yield rate * one.scrap, new.settle().state()


def _strikes(line: Line, state: State, i: int) -> Iterator[tuple[float, State]]:
    """Yield what may follow a failure."""
    one, now = line.stations[i], _fresh(line, state)
    found = [(BUSY, now.count(i, BUSY), DOWN_BUSY)]
    if one.calendar:
        found += [(-1, now.idle(i), DOWN_IDLE), (DONE, now.count(i, DONE), DOWN_DONE)]
    for former, servers, kind in found:
        if servers and one.fails:
            new = _fresh(line, state)
            if former >= 0:
                new.add(i, former, -1)
            new.fail(i, kind)
            yield servers * one.fails, new.settle().state()
