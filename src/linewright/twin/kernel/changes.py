"""Changes while a model runs: they take hold, end, and what held before holds again."""

from linewright.numeric import Floats, Ints
from linewright.numeric.tournament import FAR
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    forget,
    note,
    plan,
    renewal_s,
    server,
    set_rates,
    settle,
    stop_until,
    to_ns,
)
from linewright.twin.kernel.people import pool, sum_up
from linewright.twin.kernel.queues.parts import admit, look, queue, rouse
from linewright.twin.kernel.stations import fail


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
        if here < there or (here == there and s[c + at.CHANGED_AS] < s[d + at.CHANGED_AS]):
            best = k
    c = s[at.S_CHANGE] + best * at.SC_WIDTH
    if s[c + at.STATUS] == at.ACTIVE:
        end_change(s, f, ring, t, best)
    else:
        begin_change(s, f, ring, t, best)
    soonest = FAR
    for k in range(at.CHANGES_MAX):
        soonest = min(soonest, change_ns(s, k))
    s[at.NEXT_CHANGE] = soonest


def owner(s: Ints, parameter: int, target: int) -> int:
    """Return the first server that a change is about."""
    if parameter <= at.P_SCRAPS:
        return s[s[at.M_STATION] + target * at.MT_WIDTH + at.MT_FIRST]
    if parameter == at.P_FAIL:
        return s[s[at.M_MODE] + target * at.MM_WIDTH + at.MM_SERVER]
    return s[s[at.M_WEAR] + target * at.MR_WIDTH + at.MR_SERVER]


def place(s: Ints, parameter: int, target: int) -> int:
    """Return the number in a trace of what a change is about."""
    if parameter in (at.P_PLACES, at.P_RULE):
        return s[s[at.M_QUEUE] + target * at.MQ_WIDTH + at.MQ_ELEMENT]
    if parameter > at.P_RENEW:
        return s[at.ELEMENTS]
    i = owner(s, parameter, target)
    m = s[at.M_SERVER] + i * at.MS_WIDTH
    return s[s[at.M_STATION] + s[m + at.MS_STATION] * at.MT_WIDTH + at.MT_ELEMENT]


def begin_change(s: Ints, f: Floats, ring: Ints, t: int, k: int) -> None:
    """Let a change take hold."""
    c = s[at.S_CHANGE] + k * at.SC_WIDTH
    value = f[s[at.FS_CHANGE] + k]
    parameter, target = s[c + at.PARAMETER], s[c + at.TARGET]
    until = s[c + at.UNTIL]
    s[c + at.STATUS] = at.FREE_ENTRY
    note(ring, t, (at.K_CHANGED, place(s, parameter, target), -1), to_ns(value))
    if parameter == at.P_FAIL:
        if value > 0.0:
            s[server(owner(s, parameter, target)) + at.FORCED] = until
            fail(s, f, ring, t, target)
    elif parameter == at.P_RENEW:
        if value > 0.0:
            ask_renewal(s, f, t, target)
    elif parameter == at.P_USED:
        set_used(s, f, t, target, value)
    else:
        if until > 0:
            s[c + at.STATUS] = at.ACTIVE
        else:
            forget(s, parameter, target)
            set_own(s, f, parameter, target, value)
        set_value(s, f, ring, t, (parameter, target, value))


def end_change(s: Ints, f: Floats, ring: Ints, t: int, k: int) -> None:
    """Let a change end: the latest other one in force holds again, else the plant's value."""
    c = s[at.S_CHANGE] + k * at.SC_WIDTH
    parameter, target = s[c + at.PARAMETER], s[c + at.TARGET]
    s[c + at.STATUS] = at.FREE_ENTRY
    value = get_own(s, f, parameter, target)
    latest = 0
    order = 0
    for other in range(at.CHANGES_MAX):
        d = s[at.S_CHANGE] + other * at.SC_WIDTH
        same = s[d + at.PARAMETER] == parameter and s[d + at.TARGET] == target
        if same and s[d + at.STATUS] == at.ACTIVE:
            since = s[d + at.AT]
            if since > latest or (since == latest and s[d + at.CHANGED_AS] > order):
                latest, order = since, s[d + at.CHANGED_AS]
                value = f[s[at.FS_CHANGE] + other]
    note(ring, t, (at.K_CHANGED, place(s, parameter, target), -1), to_ns(value))
    set_value(s, f, ring, t, (parameter, target, value))


def get_own(s: Ints, f: Floats, parameter: int, target: int) -> float:
    """Return a parameter without the changes that will end."""
    if parameter <= at.P_SCRAPS:
        return f[target * at.FST_WIDTH + at.OWN + parameter]
    if parameter == at.P_FASTER:
        return f[s[at.FS_WEAR] + target * at.FSW_WIDTH + at.FASTER_OWN]
    if parameter == at.P_PLACES:
        return float(s[queue(s, target) + at.PLACES_OWN])
    if parameter == at.P_PEOPLE:
        return float(s[pool(s, target) + at.PRESENT_OWN]) / at.MILLI
    if parameter == at.P_WIP:
        return float(s[s[at.S_LOOP] + target * at.SLP_WIDTH + at.LOOP_OWN])
    return 0.0


def set_own(s: Ints, f: Floats, parameter: int, target: int, value: float) -> None:
    """Keep what a parameter is without the changes that will end."""
    if parameter <= at.P_SCRAPS:
        f[target * at.FST_WIDTH + at.OWN + parameter] = value
    elif parameter == at.P_FASTER:
        f[s[at.FS_WEAR] + target * at.FSW_WIDTH + at.FASTER_OWN] = value
    elif parameter == at.P_PLACES:
        s[queue(s, target) + at.PLACES_OWN] = int(value)
    elif parameter == at.P_PEOPLE:
        s[pool(s, target) + at.PRESENT_OWN] = int(value * at.MILLI)
    elif parameter == at.P_WIP:
        s[s[at.S_LOOP] + target * at.SLP_WIDTH + at.LOOP_OWN] = int(value)


def set_value(s: Ints, f: Floats, ring: Ints, t: int, what: tuple[int, int, float]) -> None:
    """Set a parameter; `what`: parameter, target, value."""
    parameter, target, value = what
    if parameter <= at.P_SCRAPS:
        set_station(s, f, t, target, (parameter, value))
    elif parameter == at.P_FASTER:
        i = owner(s, parameter, target)
        settle_running(s, f, t, i)
        f[s[at.FS_WEAR] + target * at.FSW_WIDTH + at.FASTER] = value
        set_rates(s, f, i)
        replan(s, f, t, i)
    elif parameter == at.P_PLACES:
        s[queue(s, target) + at.PLACES] = int(value)
        admit(s, f, ring, t, target)
    elif parameter == at.P_PEOPLE:
        sum_up(s, f, t, target)
        s[pool(s, target) + at.PRESENT] = int(value * at.MILLI)
        s[at.FREED] = 1
    elif parameter == at.P_WIP:
        b = s[at.S_LOOP] + target * at.SLP_WIDTH
        s[b + at.LOOP_LIMIT] = int(value)
        rouse(s, s[b + at.LOOP_QUEUE])
    elif parameter == at.P_RULE:
        s[queue(s, target) + at.RULE] = int(value)


def settle_running(s: Ints, f: Floats, t: int, i: int) -> None:
    """Bring a server up to now if it is running."""
    if s[server(i) + at.PHASE] == at.RUNNING and s[server(i) + at.LOAD] >= 0:
        settle(s, f, t, i)


def replan(s: Ints, f: Floats, t: int, i: int) -> None:
    """Work out anew what happens next at a server that is running."""
    if s[server(i) + at.PHASE] == at.RUNNING and s[server(i) + at.LOAD] >= 0:
        plan(s, f, t, i)


def set_station(s: Ints, f: Floats, t: int, station: int, what: tuple[int, float]) -> None:
    """Set a parameter of a station; cycles under way are as much faster or slower."""
    parameter, value = what
    m = s[at.M_STATION] + station * at.MT_WIDTH
    first = s[m + at.MT_FIRST]
    p = station * at.FST_WIDTH
    for back in range(s[m + at.MT_COUNT]):
        settle_running(s, f, t, first - back)
    former = f[p + at.FACTOR] / f[p + at.SPEED]
    f[p + parameter] = value
    f[p + at.PACE] = f[p + at.FACTOR] * (100.0 / f[p + at.SPEED])
    ratio = f[p + at.FACTOR] / f[p + at.SPEED] / former
    for back in range(s[m + at.MT_COUNT]):
        i = first - back
        b = server(i)
        set_rates(s, f, i)
        if s[b + at.REMAIN] > 0 and ratio != 1.0:
            s[b + at.REMAIN] = max(1, to_ns(s[b + at.REMAIN] * ratio / 1e9))
        replan(s, f, t, i)


def set_used(s: Ints, f: Floats, t: int, w: int, value: float) -> None:
    """Set the life used of a wear."""
    i = s[s[at.M_WEAR] + w * at.MR_WIDTH + at.MR_SERVER]
    settle_running(s, f, t, i)
    f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED] = value
    replan(s, f, t, i)


def ask_renewal(s: Ints, f: Floats, t: int, w: int) -> None:
    """Renew a wear as soon as its server does not work."""
    i = s[s[at.M_WEAR] + w * at.MR_WIDTH + at.MR_SERVER]
    b = server(i)
    s[b + at.RENEW] |= 1 << (w - s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_WEAR])
    if s[b + at.PHASE] == at.DOWN:
        if s[b + at.ENDS] < FAR:
            stop_until(s, t, i, max(s[b + at.ENDS], t + to_ns(renewal_s(s, f, i))))
    else:
        look(s, i)
