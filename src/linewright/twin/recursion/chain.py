"""The recursion as plain functions over blocks of numbers, run as they are or compiled.

Parts are taken in chunks. In each chunk every station first draws its times, then adds its
repairs, and then the parts flow. A ring of places + 1 departures a station is all that is
remembered of the parts before, so the memory does not depend on how many there are.

Arguments that return everywhere: `s` and `f` the line (positions below), `times` the chunk,
station by station, `ring` the departures, `i` a station, `b` where it stands in `s`, `m` where a
mode does. Indices go through `word`: compiled, they are unsigned, which saves the question whether
an index counts from the end.
"""

from linewright.numeric import Floats, Ints, draw, stream, uniform
from linewright.numeric.counters import SUB_STREAM, word
from linewright.numeric.draws import CONSTANT, EXPONENTIAL, quantile

CHUNK = 128
"""Parts whose times are drawn at once: 1 KB a station, which stays near the processor."""
LONGEST_S = 3.0e9
"""Longest duration, as in the kernel."""
NEVER = 1 << 62
"""A strike that does not come."""

# Head of the line.
STATIONS = 0
BASE = 1
"""What the random streams start from."""
PARTS = 2
"""How many parts pass the line."""
MARK = 3
"""Number of the part behind which the count begins, from 1; 0: none."""
MARKED = 4
"""When that part left."""
HEAD = 5

# A station, among the integers.
FAMILY = 0
ELEMENT = 1
PURPOSE = 2
MODE = 3
"""Where its modes stand."""
MODE_END = 4
SIZE = 5
"""Departures in its ring: places in front of it + 1."""
READ = 6
"""Where its ring begins; for an unbounded buffer in front, a ring that always holds 0."""
WRITE = 7
SLOT = 8
LEFT = 9
"""When the last part left it; from here on, what is told of a run."""
WORKED = 10
DOWN = 11
BLOCKED = 12
FAILED = 13
TOLD_END = 14
DRAWN = 14
SOONEST = 15
"""How much it will have worked when the next failure strikes."""
STATION_WIDTH = 16
NUMBERS = 3
"""Parameters of a duration; those of stations stand first among the numbers, then those of modes,
life and repair."""

# A failure mode, among the integers.
LIFE = 0
LIFE_ELEMENT = 1
LIFE_PURPOSE = 2
REPAIR = 3
REPAIR_ELEMENT = 4
REPAIR_PURPOSE = 5
AT = 6
"""Where its numbers stand."""
STRIKES = 7
"""How much the station will have worked when it strikes next."""
FAILURES = 8
MODE_WIDTH = 9


def run_chain(s: Ints, f: Floats, times: Ints, ring: Ints) -> None:
    """Let parts pass an empty line; all but `f` are altered."""
    n = s[STATIONS]
    parts, mark = s[PARTS], s[MARK]
    arm(s, f)
    done = 0
    while done < parts:
        count = min(CHUNK, parts - done)
        if done < mark:
            count = min(count, mark - done)
        for i in range(n):
            work(s, f, times, i, count)
            fail(s, f, times, i, count)
        flow(s, times, ring, count)
        done += count
        if done == mark:
            s[MARKED] = s[HEAD + (n - 1) * STATION_WIDTH + LEFT]


def to_ns(seconds: float) -> int:
    """Return nanoseconds, at most the longest duration."""
    return int(min(seconds, LONGEST_S) * 1e9 + 0.5)


def arm(s: Ints, f: Floats) -> None:
    """Draw the first failure of every mode."""
    for i in range(s[STATIONS]):
        b = HEAD + i * STATION_WIDTH
        s[b + SOONEST] = NEVER
        for m in range(s[b + MODE], s[b + MODE_END], MODE_WIDTH):
            s[m + STRIKES] = life_ns(s, f, m)
            s[b + SOONEST] = min(s[b + SOONEST], s[m + STRIKES])


def life_ns(s: Ints, f: Floats, m: int) -> int:
    """Return the work from the last failure of a mode to the next; at least 1 ns."""
    p = s[m + AT]
    key = stream(s[BASE], s[m + LIFE_ELEMENT], s[m + LIFE_PURPOSE])
    x = draw(s[m + LIFE], f[p], f[p + 1], f[p + 2], (key, s[m + FAILURES]))
    return max(1, to_ns(x))


def work(s: Ints, f: Floats, times: Ints, i: int, count: int) -> None:
    """Draw the cycles of a station for a chunk; the frequent families have loops of their own."""
    b = HEAD + i * STATION_WIDTH
    p, row = i * NUMBERS, i * CHUNK
    x, y, z = f[p], f[p + 1], f[p + 2]
    family = s[b + FAMILY]
    key = stream(s[BASE], s[b + ELEMENT], s[b + PURPOSE])
    first = s[b + DRAWN]
    s[b + DRAWN] = first + count
    if family == EXPONENTIAL:
        for j in range(count):
            u = uniform(key, (first + j) * SUB_STREAM)
            times[word(row + j)] = max(1, to_ns(quantile(EXPONENTIAL, x, y, z, u)))
    elif family == CONSTANT:
        for j in range(count):
            times[word(row + j)] = max(1, to_ns(x))
    else:
        for j in range(count):
            times[word(row + j)] = max(1, to_ns(draw(family, x, y, z, (key, first + j))))


def fail(s: Ints, f: Floats, times: Ints, i: int, count: int) -> None:
    """Add repairs to the times of a station; a strike at the end of a cycle is in the next."""
    b = HEAD + i * STATION_WIDTH
    row = i * CHUNK
    worked, soonest = s[b + WORKED], s[b + SOONEST]
    for j in range(count):
        worked += times[word(row + j)]
        if soonest < worked:
            times[word(row + j)] += repairs(s, f, b, worked)
            soonest = s[b + SOONEST]
    s[b + WORKED] = worked


def repairs(s: Ints, f: Floats, b: int, worked: int) -> int:
    """Return the time of all repairs that fall due before a station has worked so long."""
    down = 0
    s[b + SOONEST] = NEVER
    for m in range(s[b + MODE], s[b + MODE_END], MODE_WIDTH):
        while s[m + STRIKES] < worked:
            p = s[m + AT] + NUMBERS
            key = stream(s[BASE], s[m + REPAIR_ELEMENT], s[m + REPAIR_PURPOSE])
            x = draw(s[m + REPAIR], f[p], f[p + 1], f[p + 2], (key, s[m + FAILURES]))
            down += to_ns(x)
            s[m + FAILURES] += 1
            s[b + FAILED] += 1
            s[m + STRIKES] += life_ns(s, f, m)
        s[b + SOONEST] = min(s[b + SOONEST], s[m + STRIKES])
    s[b + DOWN] += down
    return down


def flow(s: Ints, times: Ints, ring: Ints, count: int) -> None:
    """Let the parts of a chunk pass all stations."""
    end = HEAD + s[STATIONS] * STATION_WIDTH
    for j in range(count):
        left = 0
        cell = j
        for b in range(HEAD, end, STATION_WIDTH):
            done = max(left, s[word(b + LEFT)]) + times[word(cell)]
            cell += CHUNK
            left = done
            if b + STATION_WIDTH < end:
                c = b + STATION_WIDTH
                left = max(done, ring[word(s[word(c + READ)] + s[word(c + SLOT)])])
                s[word(b + BLOCKED)] += left - done
            slot = s[word(b + SLOT)]
            ring[word(s[word(b + WRITE)] + slot)] = left
            slot += 1
            s[word(b + SLOT)] = 0 if slot == s[word(b + SIZE)] else slot
            s[word(b + LEFT)] = left
