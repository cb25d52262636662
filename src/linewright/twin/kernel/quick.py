"""The short way from cycle to cycle, for what happens nine times in ten; plain functions.

A server without anything special ends the cycle of one part, the part leaves or goes on to a
queue with room, and the next part is there. Each half stands for itself: what is out of the
ordinary goes the long way from there on. The effects, and their order, are those of the long
way; a test compares both, to the last bit.
"""

from linewright.numeric import Floats, Ints, draw
from linewright.numeric.tournament import set_key
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import element, fixed, is_open, server, set_phase, to_ns
from linewright.twin.kernel.queues.parts import admit, count_in, level, part, queue, wake
from linewright.twin.kernel.queues.releases import finish, first_step, next_product, release


def end_shortly(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> bool:
    """End the cycle of a server and let its part go; return whether that was all there was to it.

    False: nothing has been done.
    """
    b, m = server(i), fixed(s, i)
    if not s[m + at.MS_QUICK] or ring[0] > 0 or s[b + at.RENEW] or s[b + at.HELD] >= 0:
        return False
    p = s[b + at.LOAD]
    c = part(s, p)
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    to = s[step + at.MP_SHORT]
    if to == at.LONG or f[s[m + at.MS_STATION] * at.FST_WIDTH + at.SCRAPS] >= 0.0:
        return False
    d = queue(s, to)
    if to >= 0 and (
        s[d + at.WAITER] >= 0 or s[d + at.COUNT] + s[d + at.RESERVED] >= s[d + at.PLACES]
    ):
        return False
    settled = s[b + at.WORKED] + t - s[b + at.SETTLED]
    s[b + at.SETTLED] = t
    s[b + at.WORKED] = settled
    s[b + at.LAST] = settled - s[b + at.BEGUN_WORKED]
    s[b + at.REMAIN] = 0
    s[b + at.LOAD] = -1
    s[b + at.LOADED] = 0
    s[b + at.GOOD] += s[c + at.SIZE]
    s[c + at.RETURNS] = 0
    if to == at.LEAVES_NOW:
        product = s[step + at.MP_PRODUCT]
        s[c + at.STEP] = -1 - product
        finish(s, f, ring, t, (p, product, element(s, i)))
        return True
    s[c + at.STEP] = s[step + at.MP_AFTER]
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
    return True


def begin_shortly(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> bool:
    """Begin a cycle of a server that has no part, on the next one; return whether it has.

    False: nothing has been done.
    """
    b, m = server(i), fixed(s, i)
    if not s[m + at.MS_QUICK] or ring[0] > 0 or s[b + at.RENEW] or not is_open(s, i):
        return False
    own = s[m + at.MS_QUEUE]
    p = take_shortly(s, f, ring, t, own)
    if p < 0:
        return False
    d = plain_time(s, s[part(s, p) + at.STEP])
    z = s[at.FM_TIME] + d * at.FMD_WIDTH
    key = (s[b + at.KEY], s[b + at.CYCLES])
    x = draw(s[s[at.M_TIME] + d * at.MD_WIDTH], f[z], f[z + 1], f[z + 2], key)
    planned = max(1, to_ns(x * f[s[m + at.MS_STATION] * at.FST_WIDTH + at.PACE]))
    worked = s[b + at.WORKED]
    s[b + at.LOAD] = p
    s[b + at.LOADED] = 1
    s[b + at.CYCLES] += 1
    s[b + at.PIECES] += 1
    s[b + at.STOPPED] = 0
    s[b + at.SETTLED] = t
    s[b + at.REMAIN] = planned
    s[b + at.BEGUN_WORKED] = worked
    s[b + at.BEGUN] = t
    if s[b + at.PHASE] != at.RUNNING:
        set_phase(s, ring, t, i, at.RUNNING)
    when = t + planned
    why = 0
    left = max(0, s[b + at.STRIKE] - worked)
    if left < planned:
        when = t + left
        why = s[b + at.STRIKER] + 1
    if s[b + at.DUE] < when:
        when = max(t, s[b + at.DUE])
        why = s[b + at.DUE_BY] + 1
    s[b + at.WHY] = why
    set_key(s, s[at.S_NEXT], s[at.LEAVES], i, when)
    if s[queue(s, own) + at.WAITER] >= 0:
        admit(s, f, ring, t, own)
    return True


def take_shortly(s: Ints, f: Floats, ring: Ints, t: int, q: int) -> int:
    """Take the first part of a queue, or a new one where material is always there; -1: neither."""
    b = queue(s, q)
    p = s[b + at.FRONT]
    if p < 0:
        p = new_shortly(s, ring, t, q)
    elif plain_time(s, s[part(s, p) + at.STEP]) < 0:
        p = -1
    else:
        after = s[part(s, p) + at.NEXT]
        s[b + at.FRONT] = after
        if after < 0:
            s[b + at.BACK] = -1
        level(s, f, t, q, -1)
    if p >= 0:
        s[part(s, p) + at.NEXT] = -1
    return p


def new_shortly(s: Ints, ring: Ints, t: int, q: int) -> int:
    """Return a new part from the material in front of an empty queue; -1: there is none so."""
    k = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SOURCE]
    if k < 0 or s[queue(s, q) + at.WAITER] >= 0:
        return -1
    product = next_product(s, k)
    if product < 0:
        return -1
    if plain_time(s, first_step(s, k, product)) < 0:
        return -1
    p = release(s, ring, t, k, product)
    count_in(s, p, product, at.IN_LINE)
    return p


def plain_time(s: Ints, step: int) -> int:
    """Return the time of the only work of a step, where that is all there is to it; else -1."""
    return s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_PLAIN]
