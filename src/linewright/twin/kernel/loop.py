"""The event loop: servers by a tournament, changes, working time; plain functions.

At one instant working time comes first, then changes, then servers, downstream first, then what
is on its way, then arrivals. After each event every server that it concerns looks what it can
do, in the order in which they were concerned.
"""

from linewright.numeric import Floats, Ints
from linewright.numeric.tournament import FAR, first, first_key
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.changes import apply_change
from linewright.twin.kernel.clocks import (
    due,
    element,
    note,
    plan,
    server,
    settle,
    stand_closed,
    unit,
)
from linewright.twin.kernel.cycles import end_cycle
from linewright.twin.kernel.people import give_back, pool, sum_up, withdraw
from linewright.twin.kernel.queues.parts import arrive, look
from linewright.twin.kernel.queues.releases import arrival
from linewright.twin.kernel.quick import begin_shortly, end_shortly
from linewright.twin.kernel.stations import act, end_repair, end_set_up, end_stop, fail, serve


def advance_model(s: Ints, f: Floats, turns: Ints, ring: Ints) -> int:  # noqa: C901, PLR0912  # one loop
    """Play a model until an instant, what happens at it included; return why it stopped.

    Parameters
    ----------
    s, f
        The working block; altered.
    turns
        Until when, not before the state's own time; events at most; how many turns follow, then
        each: time, what, number, value. A calendar opens (1) or closes (0), a pool has so many
        thousandths of people.
    ring
        The trace; altered. Capacity 0: none is kept.
    """
    until, most, count = turns[0], turns[1], turns[2]
    if s[at.FRESH]:
        s[at.FRESH] = 0
        for i in range(s[at.SERVERS]):
            look(s, i)
        drain(s, f, ring, s[at.T])
    k = 0
    while k < count and turns[at.TURNS + k * at.TURN_WIDTH] <= s[at.T]:
        k += 1
    next_at = s[at.S_NEXT]
    servers = s[at.SERVERS]
    margin = s[at.MARGIN]
    events = 0
    why = at.REACHED
    edge = turns[at.TURNS + k * at.TURN_WIDTH] if k < count else FAR
    while True:
        e = first(s, next_at)
        t = first_key(s, next_at)
        change = s[at.NEXT_CHANGE]
        if min(t, edge, change) > until:
            s[at.T] = until
            break
        if s[at.FREE_COUNT] < margin:
            why = at.FULL
            break
        if events >= most:
            why = at.WEARY
            break
        events += 1
        if edge <= t and edge <= change:
            t = edge
            while edge == t:  # all of an instant, so that one who stops here goes on behind them
                turn(s, f, ring, turns, k)
                k += 1
                edge = turns[at.TURNS + k * at.TURN_WIDTH] if k < count else FAR
        elif change <= t:
            t = max(change, s[at.T])
            apply_change(s, f, ring, t)
        elif e < servers:
            happen(s, f, ring, t, e)
        elif e < s[at.SOURCES_AT]:
            arrive(s, t, s[s[at.M_DELAYED] + e - s[at.DELAYS_AT]])
        else:
            arrival(s, f, ring, t, e - s[at.SOURCES_AT])
        drain(s, f, ring, t)
        s[at.T] = t
    s[at.EVENTS] += events
    return why


def drain(s: Ints, f: Floats, ring: Ints, t: int) -> None:
    """Let every server that something concerns look what it can do, then serve who waits."""
    while s[at.TODO_HEAD] >= 0 or s[at.FREED]:
        i = s[at.TODO_HEAD]
        if i >= 0:
            s[at.TODO_HEAD] = s[server(i) + at.NEXT_TODO]
            s[server(i) + at.IN_TODO] = 0
            if not is_free(s, i) or not begin_shortly(s, f, ring, t, i):
                act(s, f, ring, t, i)
        else:
            serve(s, f, ring, t)


def is_free(s: Ints, i: int) -> bool:
    """Return whether a server stands still without a part, for want of one or of room."""
    b = server(i)
    idle = s[b + at.PHASE] == at.STARVED or s[b + at.PHASE] == at.BLOCKED
    return idle and s[b + at.HELD] < 0 and s[b + at.LOAD] < 0


def happen(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Let happen what is due at a server."""
    b = server(i)
    phase = s[b + at.PHASE]
    if phase == at.RUNNING and s[b + at.WHY] == 0:
        if not end_shortly(s, f, ring, t, i):
            end_cycle(s, f, ring, t, i)
            act(s, f, ring, t, i)
        elif not s[b + at.IN_TODO] and not begin_shortly(s, f, ring, t, i):
            act(s, f, ring, t, i)
    elif s[b + at.WHY] > 0:
        fail(s, f, ring, t, s[b + at.WHY] - 1)
    elif phase == at.DOWN:
        end_repair(s, f, ring, t, i)
    elif phase == at.SET_UP:
        end_set_up(s, f, ring, t, i)
    elif phase == at.UPKEPT:
        end_stop(s, f, ring, t, i)
    elif s[b + at.WHY] == at.BY_ATTENDANT:
        settle(s, f, t, i)
        s[b + at.ATTEND] = 0
        give_back(s, f, t, i, at.HOLDS - 1)
        plan(s, f, t, i)
    else:
        due(s, i, FAR, 0)
        act(s, f, ring, t, i)


def turn(s: Ints, f: Floats, ring: Ints, turns: Ints, k: int) -> None:
    """Begin or end working time, or let people come and go."""
    b = at.TURNS + k * at.TURN_WIDTH
    t, what, number, value = turns[b], turns[b + 1], turns[b + 2], turns[b + 3]
    if what == at.OF_POOL:
        sum_up(s, f, t, number)
        p = pool(s, number)
        changed = s[p + at.PRESENT] != s[p + at.PRESENT_OWN]
        s[p + at.PRESENT_OWN] = value
        if not changed:
            s[p + at.PRESENT] = value
        s[at.FREED] = 1
        return
    s[s[at.S_CALENDAR] + number] = value
    if number == 0:
        note(ring, t, (at.K_CALENDAR, s[at.ELEMENTS], -1), value * at.NS)
    for i in range(s[at.SERVERS]):
        if s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_CALENDAR] == number:
            if value:
                look(s, i)
            else:
                close(s, f, ring, t, i)


def close(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Stop what a server does at the end of working time."""
    b = server(i)
    phase = s[b + at.PHASE]
    if phase == at.RUNNING and s[b + at.LOAD] >= 0:
        if s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_FLAGS] & at.UNATTENDED:
            return
        settle(s, f, t, i)
        if s[b + at.REMAIN] == 0:  # it ends now, and is due to
            return
        give_back(s, f, t, i, 0)
    elif phase == at.SET_UP and s[b + at.LOAD] >= 0:
        s[b + at.OFF_LEFT] = max(1, s[b + at.ENDS] - t)
        note(ring, t, (at.K_SET_UP_ENDED, element(s, i), unit(s, i)), 0)
        give_back(s, f, t, i, 0)
    elif phase == at.WAITING:
        withdraw(s, i)
    elif phase not in (at.STARVED, at.BLOCKED):
        return
    stand_closed(s, ring, t, i)
    plan(s, f, t, i)
