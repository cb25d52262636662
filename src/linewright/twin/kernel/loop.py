"""The event loop of a line: stations by a heap, changes, working time; plain functions.

At one instant working time comes first, then changes, then stations in the order of the flow.
"""

from linewright.numeric import Floats, Ints
from linewright.numeric.tournament import FAR, first
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    due,
    note,
    plan,
    renewal_s,
    set_phase,
    set_rates,
    settle,
    station,
    to_ns,
)
from linewright.twin.kernel.stations import (
    end_cycle,
    end_renewal,
    end_repair,
    fail,
    forget,
    is_free,
    move,
)


def advance_line(s: Ints, f: Floats, edges: Ints, ring: Ints, until: int) -> None:
    """Play a line until an instant, what happens at it included.

    Parameters
    ----------
    s, f
        The working block; altered.
    edges
        How many instants follow, then those at which working time begins or ends.
    ring
        The trace; altered. Capacity 0: none is kept.
    until
        Plant time, not before the state's own.
    """
    head = s[at.STATE]
    if s[head + at.FRESH]:
        s[head + at.FRESH] = 0
        wake(s, f, ring, s[head + at.T])
    k = 1
    while k <= edges[0] and edges[k] <= s[head + at.T]:
        k += 1
    while True:
        i = first(s, s[at.S_NEXT], s[at.PLACES])
        t = s[s[at.S_NEXT] + i]
        edge = edges[k] if k <= edges[0] else FAR
        change = s[head + at.NEXT_CHANGE]
        if min(t, edge, change) > until:
            break
        if edge <= t and edge <= change:
            turn(s, f, ring, edge)
            k += 1
        elif change <= t:
            apply_change(s, f, ring, max(change, s[head + at.T]))
        else:
            happen(s, f, ring, t, i)
    s[head + at.T] = until


def happen(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Let happen what is due at a station."""
    b = station(s, i)
    phase = s[b + at.PHASE]
    if phase == at.DOWN:
        end_repair(s, f, ring, t, i)
    elif phase == at.SET_UP:
        end_renewal(s, f, ring, t, i)
    elif s[b + at.WHY] > 0:
        fail(s, f, ring, t, s[b + at.WHY] - 1)
    else:
        end_cycle(s, f, ring, t, i)
        move(s, f, ring, t, i)


def turn(s: Ints, f: Floats, ring: Ints, t: int) -> None:
    """Begin or end working time."""
    n = s[at.STATIONS]
    now = 1 - s[s[at.STATE] + at.OPEN]
    s[s[at.STATE] + at.OPEN] = now
    note(ring, t, at.K_CALENDAR, 2 * n - 1, now * at.NS)
    if now:
        wake(s, f, ring, t)
        return
    for i in range(n):
        if s[station(s, i) + at.PHASE] == at.STARVED:
            set_phase(s, ring, t, i, at.IDLE)


def wake(s: Ints, f: Floats, ring: Ints, t: int) -> None:
    """Let every free station do what it can, the last one first."""
    n = s[at.STATIONS]
    for back in range(n):
        if is_free(s, n - 1 - back):
            move(s, f, ring, t, n - 1 - back)


def change_ns(s: Ints, k: int) -> int:
    """Return when an entry of the table of changes is due."""
    c = s[at.S_CHANGE] + k * at.SC_WIDTH
    if s[c + at.STATUS] == at.PENDING:
        return s[c + at.AT]
    if s[c + at.STATUS] == at.ACTIVE:
        return s[c + at.UNTIL]
    return FAR


def apply_change(s: Ints, f: Floats, ring: Ints, t: int) -> None:
    """Let the change that is due take hold, or end; then find when the next one is due."""
    best = 0
    for k in range(1, at.CHANGES_MAX):
        here, there = change_ns(s, k), change_ns(s, best)
        c, d = s[at.S_CHANGE] + k * at.SC_WIDTH, s[at.S_CHANGE] + best * at.SC_WIDTH
        if here < there or (here == there and s[c + at.ORDER] < s[d + at.ORDER]):
            best = k
    c = s[at.S_CHANGE] + best * at.SC_WIDTH
    if s[c + at.STATUS] == at.ACTIVE:
        end_change(s, f, ring, t, best)
    else:
        begin_change(s, f, ring, t, best)
    soonest = FAR
    for k in range(at.CHANGES_MAX):
        soonest = min(soonest, change_ns(s, k))
    s[s[at.STATE] + at.NEXT_CHANGE] = soonest


def owner(s: Ints, parameter: int, target: int) -> int:
    """Return the station that a change is about."""
    if parameter <= at.P_SCRAPS:
        return target
    if parameter == at.P_FAIL:
        return s[s[at.M_MODE] + target * at.MM_WIDTH + at.MM_STATION]
    return s[s[at.M_WEAR] + target * at.MW_WIDTH + at.MW_STATION]


def begin_change(s: Ints, f: Floats, ring: Ints, t: int, k: int) -> None:
    """Let a change take hold."""
    c = s[at.S_CHANGE] + k * at.SC_WIDTH
    value = f[s[at.FS_CHANGE] + k]
    parameter, target = s[c + at.PARAMETER], s[c + at.TARGET]
    i = owner(s, parameter, target)
    until = s[c + at.UNTIL]
    s[c + at.STATUS] = at.FREE
    note(ring, t, at.K_CHANGED, i, to_ns(value))
    if parameter == at.P_FAIL:
        if value > 0.0:
            s[station(s, i) + at.FORCED] = until
            fail(s, f, ring, t, target)
    elif parameter == at.P_RENEW:
        if value > 0.0:
            ask_renewal(s, f, ring, t, target)
    elif parameter == at.P_USED:
        set_used(s, f, t, target, value)
    else:
        if until > 0:
            s[c + at.STATUS] = at.ACTIVE
        else:
            forget(s, parameter, target)
            f[own(s, parameter, target)] = value
        set_value(s, f, t, k, value)


def end_change(s: Ints, f: Floats, ring: Ints, t: int, k: int) -> None:
    """Let a change end: the latest other one in force holds again, else the plant's value."""
    c = s[at.S_CHANGE] + k * at.SC_WIDTH
    parameter, target = s[c + at.PARAMETER], s[c + at.TARGET]
    s[c + at.STATUS] = at.FREE
    value = f[own(s, parameter, target)]
    latest = 0
    order = 0
    for other in range(at.CHANGES_MAX):
        d = s[at.S_CHANGE] + other * at.SC_WIDTH
        same = s[d + at.PARAMETER] == parameter and s[d + at.TARGET] == target
        if same and s[d + at.STATUS] == at.ACTIVE:
            since = s[d + at.AT]
            if since > latest or (since == latest and s[d + at.ORDER] > order):
                latest, order = since, s[d + at.ORDER]
                value = f[s[at.FS_CHANGE] + other]
    note(ring, t, at.K_CHANGED, owner(s, parameter, target), to_ns(value))
    set_value(s, f, t, k, value)


def own(s: Ints, parameter: int, target: int) -> int:
    """Return where a parameter stands without the changes that will end."""
    if parameter == at.P_FASTER:
        return s[at.FS_WEAR] + target * at.FSW_WIDTH + at.FASTER_OWN
    return s[at.FS_STATION] + target * at.FSS_WIDTH + at.OWN + parameter


def set_value(s: Ints, f: Floats, t: int, k: int, value: float) -> None:
    """Set a parameter of a station or wear; a cycle under way is as much faster or slower."""
    c = s[at.S_CHANGE] + k * at.SC_WIDTH
    parameter, target = s[c + at.PARAMETER], s[c + at.TARGET]
    i = owner(s, parameter, target)
    b = station(s, i)
    runs = s[b + at.PHASE] == at.RUNNING
    if runs:
        settle(s, f, t, i)
    p = s[at.FS_STATION] + i * at.FSS_WIDTH
    former = f[p + at.FACTOR] / f[p + at.SPEED]
    if parameter == at.P_FASTER:
        f[s[at.FS_WEAR] + target * at.FSW_WIDTH + at.FASTER] = value
    else:
        f[p + parameter] = value
    set_rates(s, f, i)
    if s[b + at.REMAIN] > 0:
        ratio = f[p + at.FACTOR] / f[p + at.SPEED] / former
        if ratio != 1.0:
            s[b + at.REMAIN] = max(1, to_ns(s[b + at.REMAIN] * ratio / 1e9))
    if runs:
        plan(s, f, t, i)


def set_used(s: Ints, f: Floats, t: int, w: int, value: float) -> None:
    """Set the life used of a wear."""
    i = s[s[at.M_WEAR] + w * at.MW_WIDTH + at.MW_STATION]
    runs = s[station(s, i) + at.PHASE] == at.RUNNING
    if runs:
        settle(s, f, t, i)
    f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED] = value
    if runs:
        plan(s, f, t, i)


def ask_renewal(s: Ints, f: Floats, ring: Ints, t: int, w: int) -> None:
    """Renew a wear as soon as its station does not work."""
    i = s[s[at.M_WEAR] + w * at.MW_WIDTH + at.MW_STATION]
    b = station(s, i)
    s[b + at.RENEW] |= 1 << (w - s[at.M_STATION + i * at.MS_WIDTH + at.MS_WEAR])
    if s[b + at.PHASE] == at.DOWN:
        due(s, i, max(s[s[at.S_NEXT] + i], t + to_ns(renewal_s(s, f, i))), 0)
    elif is_free(s, i):
        move(s, f, ring, t, i)
