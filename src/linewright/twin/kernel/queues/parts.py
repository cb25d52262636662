"""Parts and the queues they wait in; plain functions, arguments as in `clocks`.

A queue is a list through its parts, so it costs the same whatever its places. Whoever finds
nothing to take stands in its list of idlers; whose part finds no room in its list of waiters.
"""

from linewright.numeric import Floats, Ints, draw, stream
from linewright.numeric.tournament import FAR, key_of, set_key
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import note, server, to_ns


def queue(s: Ints, q: int) -> int:
    """Return where a queue of the state stands among the integers."""
    return s[at.S_QUEUE] + q * at.SQ_WIDTH


def part(s: Ints, p: int) -> int:
    """Return where a part stands among the integers."""
    return s[at.S_PART] + p * at.PART_WIDTH


def look(s: Ints, i: int) -> None:
    """Have a server look what it can do, once all that happens now has happened."""
    b = server(i)
    if s[b + at.IN_TODO]:
        return
    s[b + at.IN_TODO] = 1
    s[b + at.NEXT_TODO] = -1
    if s[at.TODO_HEAD] < 0:
        s[at.TODO_HEAD] = i
    else:
        s[server(s[at.TODO_TAIL]) + at.NEXT_TODO] = i
    s[at.TODO_TAIL] = i


def new_part(s: Ints, t: int, product: int, step: int) -> int:
    """Return a part of a product at its first step; there is memory for it."""
    p = s[at.FREE]
    b = part(s, p)
    s[at.FREE] = s[b + at.NEXT]
    s[at.FREE_COUNT] -= 1
    o = s[at.M_PRODUCT] + product * at.MO_WIDTH
    s[b + at.STEP] = step
    s[b + at.BORN] = s[b + at.ENDED_AT] = t
    s[b + at.DUE_AT] = t + s[o + at.MO_LEAD] if s[o + at.MO_LEAD] > 0 else FAR
    s[b + at.PRIORITY] = s[o + at.MO_PRIORITY]
    s[b + at.TRIPS] = 0
    s[b + at.MARK] = 0
    s[b + at.SIZE] = s[o + at.MO_SIZE]
    s[b + at.READY_AT] = 0
    s[b + at.UNIT] = s[at.CREATED]
    s[b + at.ORDER] = s[b + at.SENT_BY] = -1
    s[b + at.RETURNS] = s[b + at.COUNTED] = 0
    s[at.CREATED] += 1
    s[s[at.S_PRODUCT] + product * at.SO_WIDTH + at.PR_RELEASED] += s[b + at.SIZE]
    return p


def end_part(s: Ints, p: int) -> None:
    """Give the memory of a part back."""
    s[part(s, p) + at.NEXT] = s[at.FREE]
    s[at.FREE] = p
    s[at.FREE_COUNT] += 1


def loop_of(s: Ints, product: int, which: int) -> int:
    """Return a loop of a product: of the line it begins in, or of its store; -1: none."""
    return s[s[at.M_PRODUCT] + product * at.MO_WIDTH + at.MO_LOOP + which - at.IN_LINE]


def count_in(s: Ints, p: int, product: int, which: int) -> None:
    """Count a part into a loop of its product, where that has one."""
    k = loop_of(s, product, which)
    if k >= 0:
        s[part(s, p) + at.COUNTED] |= which
        s[s[at.S_LOOP] + k * at.SLP_WIDTH + at.IN_LOOP] += 1


def count_out(s: Ints, p: int, product: int, which: int) -> None:
    """Count a part out of a loop of its product, if it is in it: its entry looks again."""
    c = part(s, p)
    if s[c + at.COUNTED] & which:
        s[c + at.COUNTED] -= which
        b = s[at.S_LOOP] + loop_of(s, product, which) * at.SLP_WIDTH
        s[b + at.IN_LOOP] -= 1
        if s[b + at.LOOP_QUEUE] >= 0:
            rouse(s, s[b + at.LOOP_QUEUE])
            return
        for k in range(s[at.SOURCES]):
            rouse(s, s[s[at.M_SOURCE] + k * at.ML_WIDTH + at.ML_QUEUE])


def level(s: Ints, f: Floats, t: int, q: int, more: int) -> None:
    """Change how many parts are in a queue, and sum up how many there were."""
    b = queue(s, q)
    f[s[at.FS_QUEUE] + q] += float(s[b + at.COUNT]) * float(t - s[b + at.LEVEL_SINCE])
    s[b + at.LEVEL_SINCE] = t
    s[b + at.COUNT] += more


def has_room(s: Ints, q: int) -> bool:
    """Return whether a part may enter a queue, places that are reserved left alone."""
    b = queue(s, q)
    return s[b + at.COUNT] + s[b + at.RESERVED] < s[b + at.PLACES]


def can_go(s: Ints, q: int) -> bool:
    """Return whether a part would find room: a place, or where there is none an idle server."""
    b = queue(s, q)
    return has_room(s, q) or (s[b + at.PLACES] == 0 and s[b + at.COUNT] == 0 and is_idle(s, q))


def is_idle(s: Ints, q: int) -> bool:
    """Return whether any server stands idle at a queue."""
    i = s[queue(s, q) + at.IDLER]
    while i >= 0:
        if s[server(i) + at.PHASE] == at.STARVED:
            return True
        i = s[server(i) + at.NEXT_IDLE]
    return False


def enter(s: Ints, f: Floats, ring: Ints, t: int, to: tuple[int, int]) -> None:
    """Put a part behind all others into a queue that has room; `to`: part, queue."""
    p, q = to
    b, c, m = queue(s, q), part(s, p), s[at.M_QUEUE] + q * at.MQ_WIDTH
    s[c + at.NEXT] = -1
    if s[b + at.FRONT] < 0:
        s[b + at.FRONT] = p
    else:
        s[part(s, s[b + at.BACK]) + at.NEXT] = p
    s[b + at.BACK] = p
    s[c + at.ENTERED_AT] = t
    s[b + at.ENTERED] += 1
    level(s, f, t, q, 1)
    if ring[0] > 0:
        what = (at.K_ENTERED, s[m + at.MQ_ELEMENT], s[c + at.UNIT])
        note(ring, t, what, s[b + at.COUNT] * at.NS)
    if s[m + at.MQ_FLAGS] & at.DELAYED:
        delay(s, f, t, q, p)
    heard = s[b + at.IDLER] >= 0 or s[m + at.MQ_FLAGS] & at.STORE
    if heard and s[c + at.READY_AT] <= t:
        wake(s, q, p)


def delay(s: Ints, f: Floats, t: int, q: int, p: int) -> None:
    """Let a part be on its way in a queue for as long as it travels and waits."""
    c, m = part(s, p), s[at.M_QUEUE] + q * at.MQ_WIDTH
    x = s[at.FM_QUEUE] + q * at.FMQ_WIDTH
    n = s[queue(s, q) + at.ENTERED]
    key = (stream(s[at.BASE], q, at.TRAVEL), n)
    ready = t + to_ns(draw(s[m + at.MQ_DELAY], f[x], f[x + 1], f[x + 2], key))
    s[c + at.READY_AT] = max(ready, s[c + at.READY_AT])
    leaf = s[m + at.MQ_LEAF]
    if t < s[c + at.READY_AT] < key_of(s, s[at.S_NEXT], s[at.LEAVES], leaf):
        set_key(s, s[at.S_NEXT], s[at.LEAVES], leaf, s[c + at.READY_AT])


def arrive(s: Ints, t: int, q: int) -> None:
    """Let the parts of a queue whose way ends now be seen, and find the next one."""
    soonest = FAR
    p = s[queue(s, q) + at.FRONT]
    while p >= 0:
        c = part(s, p)
        if s[c + at.READY_AT] == t:
            wake(s, q, p)
        elif s[c + at.READY_AT] > t:
            soonest = min(soonest, s[c + at.READY_AT])
        p = s[c + at.NEXT]
    leaf = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_LEAF]
    set_key(s, s[at.S_NEXT], s[at.LEAVES], leaf, soonest)


def wake(s: Ints, q: int, p: int) -> None:
    """Have one who has nothing to do look at a part that can be taken: the first who can."""
    b, m = queue(s, q), s[at.M_QUEUE] + q * at.MQ_WIDTH
    if s[m + at.MQ_FLAGS] & at.STORE:
        for k in range(s[m + at.MQ_USERS], s[m + at.MQ_USERS_END]):
            look(s, s[s[at.M_LIST] + k])
    before = -1
    i = s[b + at.IDLER]
    while i >= 0:
        v = server(i)
        after = s[v + at.NEXT_IDLE]
        stale = s[v + at.PHASE] != at.STARVED
        takes = not stale and work_of(s, i, p) >= 0
        if stale or takes:
            s[v + at.IN_IDLE] = 0
            if before < 0:
                s[b + at.IDLER] = after
            else:
                s[server(before) + at.NEXT_IDLE] = after
            if after < 0:
                s[b + at.IDLER_TAIL] = before
            if takes:
                look(s, i)
                return
        else:
            before = i
        i = after


def stand_idle(s: Ints, i: int) -> None:
    """Put a server that finds nothing to take among the idlers of its queue."""
    v = server(i)
    if s[v + at.IN_IDLE]:
        return
    b = queue(s, s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_QUEUE])
    s[v + at.IN_IDLE] = 1
    s[v + at.NEXT_IDLE] = -1
    if s[b + at.IDLER] < 0:
        s[b + at.IDLER] = i
    else:
        s[server(s[b + at.IDLER_TAIL]) + at.NEXT_IDLE] = i
    s[b + at.IDLER_TAIL] = i


def rouse(s: Ints, q: int) -> None:
    """Have every server that stands idle at a queue look again."""
    b = queue(s, q)
    i = s[b + at.IDLER]
    while i >= 0:
        v = server(i)
        s[v + at.IN_IDLE] = 0
        look(s, i)
        i = s[v + at.NEXT_IDLE]
    s[b + at.IDLER] = s[b + at.IDLER_TAIL] = -1


def work_of(s: Ints, i: int, p: int) -> int:
    """Return what a server's station does with a part at its step; -1: nothing."""
    step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
    station = s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_STATION]
    for k in range(s[step + at.MP_WORK], s[step + at.MP_WORK_END]):
        if s[s[at.M_WORK] + k * at.MW_WIDTH + at.MW_STATION] == station:
            return k
    return -1


def wait_for_room(s: Ints, i: int, q: int) -> None:
    """Put a server among those whose finished part waits for room in a queue."""
    v, b = server(i), queue(s, q)
    if s[v + at.WAITS_AT] >= 0:
        stop_waiting(s, i)
    s[v + at.WAITS_AT] = q
    s[v + at.NEXT_WAITER] = -1
    if s[b + at.WAITER] < 0:
        s[b + at.WAITER] = i
    else:
        s[server(s[b + at.WAITER_TAIL]) + at.NEXT_WAITER] = i
    s[b + at.WAITER_TAIL] = i


def stop_waiting(s: Ints, i: int) -> None:
    """Take a server out of the list of those who wait for room."""
    v = server(i)
    b = queue(s, s[v + at.WAITS_AT])
    before = -1
    k = s[b + at.WAITER]
    while k != i:
        before = k
        k = s[server(k) + at.NEXT_WAITER]
    if before < 0:
        s[b + at.WAITER] = s[v + at.NEXT_WAITER]
    else:
        s[server(before) + at.NEXT_WAITER] = s[v + at.NEXT_WAITER]
    if s[v + at.NEXT_WAITER] < 0:
        s[b + at.WAITER_TAIL] = before
    s[v + at.WAITS_AT] = -1


def next_waiter(s: Ints, q: int) -> int:
    """Take the first server whose part waits for room in a queue out of their list."""
    b = queue(s, q)
    i = s[b + at.WAITER]
    v = server(i)
    s[v + at.WAITS_AT] = -1
    s[b + at.WAITER] = s[v + at.NEXT_WAITER]
    if s[b + at.WAITER] < 0:
        s[b + at.WAITER_TAIL] = -1
    return i


def let_go(s: Ints, i: int) -> int:
    """Take the first finished part off a server; it may leave the line in whose loop it is."""
    v = server(i)
    p = s[v + at.HELD]
    s[v + at.HELD] = s[part(s, p) + at.NEXT]
    if s[v + at.HELD] < 0:
        s[v + at.HELD_TAIL] = -1
    q = s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_QUEUE]
    if s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS] & at.CHOSEN:
        s[queue(s, q) + at.IN_WORK] -= 1
    step = s[part(s, p) + at.STEP]
    if s[part(s, p) + at.COUNTED] & at.IN_LINE and step >= 0:
        b = s[at.M_STEP] + step * at.MP_WIDTH
        if s[b + at.MP_LEFT]:
            count_out(s, p, s[b + at.MP_PRODUCT], at.IN_LINE)
    return p


def admit(s: Ints, f: Floats, ring: Ints, t: int, q: int) -> None:
    """Let parts that wait for room into a queue, as far as there is.

    One who waits for room before it begins brings no part yet: it looks again.
    """
    while s[queue(s, q) + at.WAITER] >= 0 and has_room(s, q):
        i = next_waiter(s, q)
        if s[server(i) + at.HELD] >= 0:
            enter(s, f, ring, t, (let_go(s, i), q))
        look(s, i)


def remove(s: Ints, f: Floats, ring: Ints, t: int, at_place: tuple[int, int, int]) -> None:
    """Take a part out of a queue; `at_place`: queue, the part before it or -1, the part."""
    q, before, p = at_place
    b = queue(s, q)
    after = s[part(s, p) + at.NEXT]
    if before < 0:
        s[b + at.FRONT] = after
    else:
        s[part(s, before) + at.NEXT] = after
    if after < 0:
        s[b + at.BACK] = before
    level(s, f, t, q, -1)
    if ring[0] > 0:
        e = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_ELEMENT]
        note(ring, t, (at.K_LEFT, e, s[part(s, p) + at.UNIT]), s[b + at.COUNT] * at.NS)
    if s[b + at.WAITER] >= 0:
        admit(s, f, ring, t, q)
