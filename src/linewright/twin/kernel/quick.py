"""The short way from cycle to cycle, for what happens nine times in ten; plain functions.

A server without anything special ends the cycle of one part, the part goes on to a queue with
room, and the next part is there. The effects, and their order, are those of the long way; a test
compares both. Where anything is out of the ordinary it leaves all as it is, and says so.
"""

from linewright.numeric import Floats, Ints, draw
from linewright.numeric.tournament import set_key
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import fixed, server, to_ns
from linewright.twin.kernel.queues.parts import admit, level, part, queue, wake


def next_cycle(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> bool:
    """End the cycle of a server and begin the next; return whether that was all there was to it.

    False: nothing has been done.
    """
    b, m = server(i), fixed(s, i)
    if not s[m + at.MS_QUICK] or ring[0] > 0 or s[b + at.RENEW] or s[b + at.HELD] >= 0:
        return False
    p = s[b + at.LOAD]
    c = part(s, p)
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    to = s[step + at.MP_SHORT]
    own = s[m + at.MS_QUEUE]
    d = queue(s, to)
    here = queue(s, own)
    following = s[here + at.FRONT]
    if to < 0 or following < 0:
        return False
    if s[d + at.WAITER] >= 0 or s[d + at.COUNT] + s[d + at.RESERVED] >= s[d + at.PLACES]:
        return False
    station = s[m + at.MS_STATION] * at.FST_WIDTH
    calendar = s[m + at.MS_CALENDAR]
    closed = calendar >= 0 and s[s[at.S_CALENDAR] + calendar] != 1
    nstep = s[at.M_STEP] + s[part(s, following) + at.STEP] * at.MP_WIDTH
    if closed or f[station + at.SCRAPS] >= 0.0 or s[nstep + at.MP_PLAIN] < 0:
        return False
    settled = s[b + at.WORKED] + t - s[b + at.SETTLED]
    s[b + at.LAST] = settled - s[b + at.BEGUN_WORKED]
    s[b + at.GOOD] += s[c + at.SIZE]
    s[c + at.STEP] = s[step + at.MP_AFTER]
    s[c + at.RETURNS] = 0
    s[c + at.NEXT] = -1
    if s[d + at.FRONT] < 0:
        s[d + at.FRONT] = p
    else:
        s[part(s, s[d + at.BACK]) + at.NEXT] = p
    s[d + at.BACK] = p
    s[c + at.ENTERED_AT] = t
    s[d + at.ENTERED] += 1
    level(s, f, t, to, 1)
    if s[d + at.IDLER] >= 0:
        wake(s, to, p)
    begin(s, f, t, i, (following, settled))
    if s[here + at.WAITER] >= 0:
        admit(s, f, ring, t, own)
    return True


def begin(s: Ints, f: Floats, t: int, i: int, what: tuple[int, int]) -> None:
    """Begin a cycle on the first part of the queue; `what`: the part, work ever done."""
    p, worked = what
    b, m = server(i), fixed(s, i)
    own = s[m + at.MS_QUEUE]
    here = queue(s, own)
    n = part(s, p)
    after = s[n + at.NEXT]
    s[here + at.FRONT] = after
    if after < 0:
        s[here + at.BACK] = -1
    s[n + at.NEXT] = -1
    level(s, f, t, own, -1)
    d = s[s[at.M_STEP] + s[n + at.STEP] * at.MP_WIDTH + at.MP_PLAIN]
    z = s[at.FM_TIME] + d * at.FMD_WIDTH
    key = (s[b + at.KEY], s[b + at.CYCLES])
    x = draw(s[s[at.M_TIME] + d * at.MD_WIDTH], f[z], f[z + 1], f[z + 2], key)
    planned = max(1, to_ns(x * f[s[m + at.MS_STATION] * at.FST_WIDTH + at.PACE]))
    s[b + at.LOAD] = p
    s[b + at.CYCLES] += 1
    s[b + at.PIECES] += 1
    s[b + at.STOPPED] = 0
    s[b + at.SETTLED] = t
    s[b + at.REMAIN] = planned
    s[b + at.WORKED] = worked
    s[b + at.BEGUN_WORKED] = worked
    s[b + at.BEGUN] = t
    when = t + planned
    why = 0
    strike = t + max(0, s[b + at.STRIKE] - worked)
    if strike < when:
        when = strike
        why = s[b + at.STRIKER] + 1
    if s[b + at.DUE] < when:
        when = max(t, s[b + at.DUE])
        why = s[b + at.DUE_BY] + 1
    s[b + at.WHY] = why
    set_key(s, s[at.S_NEXT], s[at.LEAVES], i, when)
