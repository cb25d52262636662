"""What stations do, and how parts flow between them; plain functions.

Conventions. Blocking after service: a finished part waits on its station. The places of a
buffer are those between two stations, without the ones on them. A failed part is not lost: its
cycle goes on after the repair. An operation clock runs only while the station works. No cycle
begins while the line is closed; one that has begun ends, and repairs go on. A wear is renewed
as soon as its station does not work; when that is so anyway, no time is lost.

Arguments as in `clocks`.
"""

from linewright.numeric import Floats, Ints
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    arm,
    cycle_s,
    due,
    is_bad,
    note,
    plan,
    renewal_s,
    repair_s,
    set_phase,
    set_rates,
    settle,
    station,
    to_ns,
)


def is_free(s: Ints, i: int) -> bool:
    """Return whether a station has no cycle under way and is neither down nor being set up."""
    b = station(s, i)
    phase = s[b + at.PHASE]
    return phase not in (at.DOWN, at.SET_UP) and s[b + at.REMAIN] == 0


def try_start(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> bool:
    """Let a free station do what it can; return whether it took a part."""
    b = station(s, i)
    if s[b + at.RENEW]:
        begin_renewal(s, f, ring, t, i)
        return False
    if s[b + at.HELD]:
        set_phase(s, ring, t, i, at.BLOCKED)
    elif not s[s[at.STATE] + at.OPEN]:
        set_phase(s, ring, t, i, at.IDLE)
    elif take(s, ring, t, i):
        begin_cycle(s, f, ring, t, i)
        return True
    else:
        set_phase(s, ring, t, i, at.STARVED)
    plan(s, f, t, i)
    return False


def take(s: Ints, ring: Ints, t: int, i: int) -> bool:
    """Take a part from what is before a station; return whether there was one."""
    if i == 0:
        s[s[at.STATE] + at.CREATED] += 1
        note(ring, t, at.K_CREATED, 0, 0)
        return True
    buffer = s[at.S_BUFFER] + i - 1
    if s[buffer] > 0:
        s[buffer] -= 1
        note(ring, t, at.K_LEFT, s[at.STATIONS] + i - 1, s[buffer] * at.NS)
        return True
    before = station(s, i - 1)
    no_places = s[at.M_STATION + (i - 1) * at.MS_WIDTH + at.MS_PLACES] == 0
    if no_places and s[before + at.HELD]:
        s[before + at.HELD] = 0
        return True
    return False


def begin_cycle(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Begin a cycle on the part that a station has taken."""
    b = station(s, i)
    n = s[b + at.CYCLES]
    planned = max(1, to_ns(cycle_s(s, f, i, n)))
    s[b + at.CYCLES] = n + 1
    s[b + at.REMAIN] = planned
    s[b + at.WORKED] = 0
    s[b + at.BEGUN] = t
    s[b + at.SETTLED] = t
    set_phase(s, ring, t, i, at.RUNNING)
    note(ring, t, at.K_BEGAN, i, planned)
    plan(s, f, t, i)


def end_cycle(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End the cycle under way; a good part then waits on the station."""
    b = station(s, i)
    settle(s, f, t, i)
    s[b + at.REMAIN] = 0
    s[b + at.LAST] = s[b + at.WORKED]
    if is_bad(s, f, i, s[b + at.CYCLES] - 1):
        s[b + at.SCRAP] += 1
        note(ring, t, at.K_ENDED, i, 0)
        note(ring, t, at.K_SCRAPPED, i, 0)
    else:
        s[b + at.GOOD] += 1
        s[b + at.HELD] = 1
        note(ring, t, at.K_ENDED, i, at.NS)


def push(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Let the finished part on a station go on, if there is room, and wake the next station."""
    b = station(s, i)
    n = s[at.STATIONS]
    if i == n - 1:
        s[b + at.HELD] = 0
        s[s[at.STATE] + at.SHIPPED] += 1
        note(ring, t, at.K_SHIPPED, i, 0)
        return
    places = s[at.M_STATION + i * at.MS_WIDTH + at.MS_PLACES]
    buffer = s[at.S_BUFFER] + i
    if s[buffer] < places:
        s[buffer] += 1
        s[b + at.HELD] = 0
        note(ring, t, at.K_ENTERED, n + i, s[buffer] * at.NS)
    if is_free(s, i + 1):
        try_start(s, f, ring, t, i + 1)


def move(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Let parts flow around a station on which something has changed, then before it."""
    while i >= 0:
        if s[station(s, i) + at.HELD]:
            push(s, f, ring, t, i)
        if not (is_free(s, i) and try_start(s, f, ring, t, i)):
            return
        i -= 1


def fail(s: Ints, f: Floats, ring: Ints, t: int, j: int) -> None:
    """Let a failure mode strike; its repair lasts as drawn, unless a change says otherwise."""
    i = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_STATION]
    b = station(s, i)
    if s[b + at.PHASE] == at.RUNNING:
        settle(s, f, t, i)
    first = s[at.M_STATION + i * at.MS_WIDTH + at.MS_MODE]
    note(ring, t, at.K_FAILED, i, (j - first) * at.NS)
    end = s[b + at.FORCED]
    s[b + at.FORCED] = 0
    if end == 0:
        end = t + to_ns(repair_s(s, f, j))
    s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILURES] += 1
    if s[b + at.PHASE] == at.DOWN:
        end = max(end, s[s[at.S_NEXT] + i])
        mend(s, f, t, i)
    elif s[b + at.PHASE] == at.SET_UP:
        note(ring, t, at.K_SET_UP_ENDED, i, 0)
    if s[b + at.RENEW]:
        end = max(end, t + to_ns(renewal_s(s, f, i)))
    s[b + at.CAUSE] = j
    set_phase(s, ring, t, i, at.DOWN)
    due(s, i, end, 0)


def mend(s: Ints, f: Floats, t: int, i: int) -> int:
    """Set back the clock of the mode that a station is down by, and return the mode or -1."""
    b = station(s, i)
    j = s[b + at.CAUSE]
    s[b + at.CAUSE] = -1
    if j >= 0:
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        if s[mode + at.MM_CLOCK] == at.BY_WEAR:
            s[b + at.RENEW] |= s[mode + at.MM_CAUSES]
        else:
            arm(s, f, t, j)
    return j


def end_repair(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End a repair: a wear that broke it is new, and the cycle under way goes on."""
    b = station(s, i)
    j = mend(s, f, t, i)
    first = s[at.M_STATION + i * at.MS_WIDTH + at.MS_MODE]
    note(ring, t, at.K_REPAIRED, i, (j - first) * at.NS if j >= 0 else -at.NS)
    renew_pending(s, f, ring, t, i)
    if s[b + at.REMAIN] > 0:
        s[b + at.SETTLED] = t
        set_phase(s, ring, t, i, at.RUNNING)
        plan(s, f, t, i)
        return
    set_phase(s, ring, t, i, at.IDLE)
    move(s, f, ring, t, i)


def begin_renewal(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Begin to renew what is to be renewed on a free station."""
    takes = to_ns(renewal_s(s, f, i))
    set_phase(s, ring, t, i, at.SET_UP)
    note(ring, t, at.K_SET_UP_BEGAN, i, takes)
    due(s, i, t + takes, 0)


def end_renewal(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End a renewal; the station is free again."""
    renew_pending(s, f, ring, t, i)
    note(ring, t, at.K_SET_UP_ENDED, i, 0)
    set_phase(s, ring, t, i, at.IDLE)
    move(s, f, ring, t, i)


def renew_pending(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Make new what is to be renewed, and draw new limits of what it breaks."""
    b = station(s, i)
    m = at.M_STATION + i * at.MS_WIDTH
    first = s[m + at.MS_WEAR]
    pending = s[b + at.RENEW]
    if pending == 0:
        return
    s[b + at.RENEW] = 0
    for w in range(first, s[m + at.MS_WEAR_END]):
        if (pending >> (w - first)) & 1:
            q = s[at.FS_WEAR] + w * at.FSW_WIDTH
            note(ring, t, at.K_RENEWED, i, to_ns(f[q + at.USED]))
            f[q + at.USED] = 0.0
            f[q + at.FASTER] = 1.0
            f[q + at.FASTER_OWN] = 1.0
            s[s[at.S_WEAR] + w * at.SW_WIDTH + at.RENEWALS] += 1
            forget(s, at.P_FASTER, w)
    set_rates(s, f, i)
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        if s[mode + at.MM_CLOCK] == at.BY_WEAR and s[mode + at.MM_CAUSES] & pending:
            arm(s, f, t, j)


def forget(s: Ints, parameter: int, target: int) -> None:
    """Drop the changes in force of one parameter: a later one stays for good."""
    for k in range(at.CHANGES_MAX):
        c = s[at.S_CHANGE] + k * at.SC_WIDTH
        same = s[c + at.PARAMETER] == parameter and s[c + at.TARGET] == target
        if same and s[c + at.STATUS] == at.ACTIVE:
            s[c + at.STATUS] = at.FREE
