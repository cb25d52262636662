"""A kernel for one kind of line and nothing else: what the general one is measured against.

Serial stations with exponential cycles, one failure mode by work, equal buffers, blocking after
service, material without end. It uses the twin's random numbers, tournament and compiler, draws
from the same streams and tells the same of the run: parts, time in states, failures, levels and
times of passage. What it leaves out is every feature that this line does not use.
"""

from collections.abc import Callable
from functools import lru_cache

from linewright.numeric import Floats, Ints, base_of, draw, engine, stream, views
from linewright.numeric.draws import EXPONENTIAL
from linewright.numeric.tournament import (
    FAR,
    clear_keys,
    first,
    first_key,
    set_key,
    size_for,
)

NS = 10**9
BYTES = 8

# Head.
T = 0
SHIPPED = 1
EVENTS = 2
STATIONS = 3
PLACES = 4
NEXT = 5
"""Where the tournament stands."""
LEAVES = 6
RINGS = 7
"""Where the buffers stand: for each a ring of the times at which its parts came into being."""
CREATED = 8
BASE = 9
HEAD = 16

# A station; they are numbered from the last one.
PHASE = 0
SINCE = 1
SETTLED = 2
REMAIN = 3
WORKED = 4
STRIKE = 5
CYCLES = 6
FAILURES = 7
LIVES = 8
GOOD = 9
LOAD = 10
"""When the part on it came into being."""
FAILS = 11
"""Whether a failure comes next, not the end of the cycle."""
TIMES = 12
COUNT = 16
"""Of the buffer in front of it: parts, the first one's place in the ring, since when."""
FRONT = 17
LEVEL_SINCE = 18
CYCLE_KEY = 19
LIFE_KEY = 20
REPAIR_KEY = 21
WIDTH = 22

RUNNING = 0
STARVED = 1
BLOCKED = 2
DOWN = 3

# Numbers: of all, then of each station.
FLOW = 0
FLOW2 = 1
CYCLE_S = 2
LIFE_S = 3
REPAIR_S = 4
AREA = 8
"""Parts times ns of each buffer."""

CYCLE, LIFE, REPAIR = 0, 2, 3
"""Purposes of the streams, as in the twin."""


def to_ns(seconds: float) -> int:
    """Return nanoseconds."""
    return int(seconds * 1e9 + 0.5)


def station(i: int) -> int:
    """Return where a station stands."""
    return HEAD + i * WIDTH


def set_phase(s: Ints, t: int, i: int, phase: int) -> None:
    """Let a station do something else from now on."""
    b = station(i)
    s[b + TIMES + s[b + PHASE]] += t - s[b + SINCE]
    s[b + PHASE] = phase
    s[b + SINCE] = t


def plan(s: Ints, t: int, i: int) -> None:
    """Work out what comes next at a running station: a failure or the end of its cycle."""
    b = station(i)
    when = t + s[b + REMAIN]
    strike = t + s[b + STRIKE] - s[b + WORKED]
    s[b + FAILS] = 0
    if strike < when:
        when = strike
        s[b + FAILS] = 1
    set_key(s, s[NEXT], s[LEAVES], i, when)


def start(s: Ints, f: Floats, t: int, i: int, born: int) -> None:
    """Begin a cycle."""
    b = station(i)
    s[b + LOAD] = born
    seconds = draw(EXPONENTIAL, f[CYCLE_S], 0.0, 0.0, (s[b + CYCLE_KEY], s[b + CYCLES]))
    s[b + CYCLES] += 1
    s[b + REMAIN] = max(1, to_ns(seconds))
    s[b + SETTLED] = t
    set_phase(s, t, i, RUNNING)
    plan(s, t, i)


def level(s: Ints, f: Floats, t: int, i: int, more: int) -> None:
    """Change how many parts are in the buffer in front of a station."""
    b = station(i)
    f[AREA + i] += float(s[b + COUNT]) * float(t - s[b + LEVEL_SINCE])
    s[b + LEVEL_SINCE] = t
    s[b + COUNT] += more


def push(s: Ints, f: Floats, t: int, i: int, born: int) -> None:
    """Put a part into the buffer in front of a station."""
    b = station(i)
    k = s[b + FRONT] + s[b + COUNT]
    if k >= s[PLACES]:
        k -= s[PLACES]
    s[s[RINGS] + i * s[PLACES] + k] = born
    level(s, f, t, i, 1)


def take(s: Ints, f: Floats, t: int, i: int) -> None:
    """Take the next part; room that comes of it goes up the line."""
    while True:
        b = station(i)
        if i == s[STATIONS] - 1:
            s[CREATED] += 1
            start(s, f, t, i, t)
            return
        if s[b + COUNT] == 0:
            set_phase(s, t, i, STARVED)
            set_key(s, s[NEXT], s[LEAVES], i, FAR)
            return
        born = s[s[RINGS] + i * s[PLACES] + s[b + FRONT]]
        s[b + FRONT] += 1
        if s[b + FRONT] == s[PLACES]:
            s[b + FRONT] = 0
        level(s, f, t, i, -1)
        start(s, f, t, i, born)
        i += 1
        if s[station(i) + PHASE] != BLOCKED:
            return
        push(s, f, t, i - 1, s[station(i) + LOAD])


def end_cycle(s: Ints, f: Floats, t: int, i: int) -> None:
    """End a cycle: the part leaves, waits in the buffer, or on the station for room."""
    b = station(i)
    s[b + WORKED] += t - s[b + SETTLED]
    s[b + GOOD] += 1
    if i == 0:
        s[SHIPPED] += 1
        flow = float(t - s[b + LOAD]) / 1e9
        f[FLOW] += flow
        f[FLOW2] += flow * flow
    elif s[station(i - 1) + COUNT] < s[PLACES]:
        push(s, f, t, i - 1, s[b + LOAD])
        if s[station(i - 1) + PHASE] == STARVED:
            take(s, f, t, i - 1)
    else:
        set_phase(s, t, i, BLOCKED)
        set_key(s, s[NEXT], s[LEAVES], i, FAR)
        return
    take(s, f, t, i)


def fail(s: Ints, f: Floats, t: int, i: int) -> None:
    """Let a failure strike in a cycle."""
    b = station(i)
    done = t - s[b + SETTLED]
    s[b + REMAIN] -= done
    s[b + WORKED] += done
    seconds = draw(EXPONENTIAL, f[REPAIR_S], 0.0, 0.0, (s[b + REPAIR_KEY], s[b + FAILURES]))
    s[b + FAILURES] += 1
    set_phase(s, t, i, DOWN)
    set_key(s, s[NEXT], s[LEAVES], i, t + to_ns(seconds))


def arm(s: Ints, f: Floats, i: int) -> None:
    """Draw at which work a station fails next."""
    b = station(i)
    seconds = draw(EXPONENTIAL, f[LIFE_S], 0.0, 0.0, (s[b + LIFE_KEY], s[b + LIVES]))
    s[b + LIVES] += 1
    s[b + STRIKE] = s[b + WORKED] + to_ns(seconds)


def advance_line(s: Ints, f: Floats, turns: Ints, _ring: Ints) -> int:
    """Play the line until an instant; the arguments are those of the general kernel."""
    until, most = turns[0], turns[1]
    events = 0
    next_at = s[NEXT]
    while events < most:
        i = first(s, next_at)
        t = first_key(s, next_at)
        if t > until:
            break
        events += 1
        b = station(i)
        if s[b + PHASE] == DOWN:
            arm(s, f, i)
            s[b + SETTLED] = t
            set_phase(s, t, i, RUNNING)
            plan(s, t, i)
        elif s[b + FAILS]:
            fail(s, f, t, i)
        else:
            end_cycle(s, f, t, i)
    s[T] = until
    s[EVENTS] += events
    return 0


@lru_cache(maxsize=1)
def compiled_line() -> Callable[..., int]:
    """Return the loop as machine code, made as that of the general kernel."""
    return engine.bare(advance_line)


class BareLine:
    """The line in memory, empty and fresh; `advance` plays it on.

    Parameters
    ----------
    stations, places
        How many stations, and places of each buffer.
    means_s
        Of a cycle, of the work between failures, of a repair.
    seed
        Of the streams: those of the twin.
    """

    def __init__(
        self, stations: int, places: int, means_s: tuple[float, float, float], seed: int
    ) -> None:
        leaves = size_for(stations)
        tournament = HEAD + stations * WIDTH
        rings = tournament + 4 * leaves
        self._ints = rings + stations * places
        self.memory = bytearray(BYTES * (self._ints + AREA + stations))
        s, f = views(self.memory, self._ints)
        s[STATIONS], s[PLACES], s[NEXT], s[LEAVES] = stations, places, tournament, leaves
        s[RINGS] = rings
        f[CYCLE_S], f[LIFE_S], f[REPAIR_S] = means_s
        clear_keys(s, tournament, leaves)
        base = base_of(seed, 0)
        for i in range(stations):
            b = station(i)
            forward = stations - 1 - i
            for field, purpose in ((CYCLE_KEY, CYCLE), (LIFE_KEY, LIFE), (REPAIR_KEY, REPAIR)):
                key = stream(base, forward, purpose)
                s[b + field] = key - (1 << 64) if key >= 1 << 63 else key
            s[b + PHASE] = STARVED
            arm(s, f, i)
        take(s, f, 0, stations - 1)

    def advance(self, until_ns: int) -> None:
        """Let time pass, compiled."""
        kernel = compiled_line()
        s, f = engine.arrays(self.memory, self._ints)
        none = engine.arrays(bytearray(BYTES), 1)[0]
        turns = engine.arrays(bytearray(2 * BYTES), 2)[0]
        turns[0], turns[1] = until_ns, 1 << 60
        kernel(s, f, turns, none)

    def head(self, field: int) -> int:
        """Return a number of the head."""
        return int(views(self.memory, self._ints)[0][field])

    def spent_s(self, forward: int, phase: int) -> float:
        """Return the seconds of a station in a phase, up to its last change."""
        s, _ = views(self.memory, self._ints)
        b = station(s[STATIONS] - 1 - forward)
        return (s[b + TIMES + phase] + (s[T] - s[b + SINCE]) * (s[b + PHASE] == phase)) / NS

    @property
    def lead_s(self) -> float:
        """Mean time of a part from its beginning to its end."""
        s, f = views(self.memory, self._ints)
        return f[FLOW] / s[SHIPPED] if s[SHIPPED] else 0.0
