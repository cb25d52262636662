"""What a free server takes to work on; plain functions, arguments as in `clocks`."""

from linewright.numeric import Floats, Ints
from linewright.numeric.tournament import FAR
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import fixed, server
from linewright.twin.kernel.queues.parts import (
    admit,
    can_go,
    count_in,
    count_out,
    end_part,
    let_go,
    look,
    next_waiter,
    part,
    queue,
    remove,
    stop_waiting,
    work_of,
)
from linewright.twin.kernel.queues.releases import (
    first_step,
    fits_loop,
    next_product,
    product_of,
    release,
)


def take(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> bool:
    """Take what there is to work on; return whether there was anything."""
    b, m = server(i), fixed(s, i)
    q = s[m + at.MS_QUEUE]
    flags = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS]
    p = -1
    if s[m + at.MS_FLAGS] & at.CAREFUL or flags & at.SEARCHED:
        p = gather(s, f, ring, t, i)
    else:
        p = s[queue(s, q) + at.FRONT]
        if p >= 0:
            remove(s, f, ring, t, (q, -1, p))
        else:
            p = handed(s, ring, t, q)
        if p >= 0:
            s[part(s, p) + at.NEXT] = -1
            s[b + at.LOADED] = 1
    if p < 0:
        return False
    s[b + at.LOAD] = p
    count_overdue(s, t, i)
    if flags & at.CHOSEN:
        s[queue(s, q) + at.IN_WORK] += s[b + at.LOADED]
    return True


def count_overdue(s: Ints, t: int, i: int) -> None:
    """Count the pieces of a load that have waited longer than their step allows."""
    p = s[server(i) + at.LOAD]
    limit = s[s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH + at.MP_QUEUE_LIMIT]
    while limit > 0 and p >= 0:
        c = part(s, p)
        if t - s[c + at.ENDED_AT] > limit:
            s[server(i) + at.OVERDUE] += s[c + at.SIZE]
        p = s[c + at.NEXT]


def handed(s: Ints, ring: Ints, t: int, q: int) -> int:
    """Return a part that never stood in a queue: from one who waits to give it, or new; or -1."""
    if s[queue(s, q) + at.WAITER] >= 0:
        i = next_waiter(s, q)
        look(s, i)
        return let_go(s, i) if s[server(i) + at.HELD] >= 0 else -1
    k = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SOURCE]
    if k < 0:
        return -1
    product = next_product(s, k)
    if product < 0:
        return -1
    p = release(s, ring, t, k, product)
    count_in(s, p, product, at.IN_LINE)
    return p


def gather(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> int:
    """Take a load, chosen by the rule of the queue; return its first part, or -1."""
    b, m = server(i), fixed(s, i)
    station = s[at.M_STATION] + s[m + at.MS_STATION] * at.MT_WIDTH
    least = s[station + at.MT_LEAST]
    for _ in range(least):
        supply(s, ring, t, i, least)
    first = pick(s, f, t, i)
    if first < 0:
        return -1
    most = largest(s, i, first)
    s[b + at.LOADED] = 0
    pieces = 0
    last = -1
    p = first
    while p >= 0 and (last < 0 or pieces + s[part(s, p) + at.SIZE] <= most):
        consume(s, f, ring, t, p)
        fetch(s, f, ring, t, (i, p))
        s[part(s, p) + at.NEXT] = -1
        if last >= 0:
            s[part(s, last) + at.NEXT] = p
        last = p
        s[b + at.LOADED] += 1
        pieces += s[part(s, p) + at.SIZE]
        p = -1
        if pieces < most:
            supply(s, ring, t, i, 1)
            p = next_alike(s, t, i, first)
    reserve(s, i, first)
    return first


def largest(s: Ints, i: int, first: int) -> int:
    """Return how many pieces a load may have, with what there is room for behind."""
    m = fixed(s, i)
    most = s[s[at.M_STATION] + s[m + at.MS_STATION] * at.MT_WIDTH + at.MT_BATCH]
    if s[m + at.MS_FLAGS] & at.BEFORE:
        to = behind(s, first)
        if to >= 0:
            b = queue(s, to)
            room = s[b + at.PLACES] - s[b + at.COUNT] - s[b + at.RESERVED]
            most = min(most, max(1, room))
    return most


def supply(s: Ints, ring: Ints, t: int, i: int, least: int) -> None:
    """Put a part into a queue whose material is always there, if it can be begun now.

    Parameters
    ----------
    least
        How many should stand there; 1: one part, into an empty queue.
    """
    q = s[fixed(s, i) + at.MS_QUEUE]
    b = queue(s, q)
    k = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SOURCE]
    if k < 0 or s[b + at.COUNT] >= least:
        return
    product = next_product(s, k)
    if product < 0 or not can_begin(s, t, i, first_step(s, k, product)):
        return
    p = release(s, ring, t, k, product)
    c = part(s, p)
    s[c + at.NEXT] = -1
    s[c + at.ENTERED_AT] = t
    if s[b + at.FRONT] < 0:
        s[b + at.FRONT] = p
    else:
        s[part(s, s[b + at.BACK]) + at.NEXT] = p
    s[b + at.BACK] = p
    if s[b + at.COUNT] == 0:
        s[b + at.LEVEL_SINCE] = t
    s[b + at.COUNT] += 1
    s[b + at.ENTERED] += 1


def fetch(s: Ints, f: Floats, ring: Ints, t: int, what: tuple[int, int]) -> None:
    """Take a part out of where it stands: the queue, or a server before it that is blocked.

    Parameters
    ----------
    what
        Who takes it, and the part.
    """
    i, p = what
    q = s[fixed(s, i) + at.MS_QUEUE]
    before = -1
    k = s[queue(s, q) + at.FRONT]
    while k >= 0 and k != p:
        before = k
        k = s[part(s, k) + at.NEXT]
    if k < 0:
        giver = s[queue(s, q) + at.WAITER]
        while s[server(giver) + at.HELD] != p:
            giver = s[server(giver) + at.NEXT_WAITER]
        stop_waiting(s, giver)
        let_go(s, giver)
        look(s, giver)
        return
    entry = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS] & at.ENTRY
    if entry and not s[part(s, p) + at.COUNTED] & at.IN_LINE:
        step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
        count_in(s, p, s[step + at.MP_PRODUCT], at.IN_LINE)
    remove(s, f, ring, t, (q, before, p))


def after_in(s: Ints, q: int, p: int) -> int:
    """Return the part that a server can have after another one: in the queue, then before it.

    Parts of servers that wait to hand them over count where the queue has no places.
    """
    b = queue(s, q)
    if p < 0 and s[b + at.FRONT] >= 0:
        return s[b + at.FRONT]
    if s[b + at.PLACES] > 0:
        return -1 if p < 0 else s[part(s, p) + at.NEXT]
    i = s[b + at.WAITER]
    passed = p < 0 or p == s[b + at.BACK]
    known = passed
    k = i
    while k >= 0 and not known:
        known = s[server(k) + at.HELD] == p
        k = s[server(k) + at.NEXT_WAITER]
    if not known:
        return s[part(s, p) + at.NEXT]
    while i >= 0:
        k = s[server(i) + at.HELD]
        if k >= 0 and passed:
            return k
        passed = passed or k == p
        i = s[server(i) + at.NEXT_WAITER]
    return -1


def pick(s: Ints, f: Floats, t: int, i: int) -> int:
    """Return the part that comes first by priority, then by the rule of the queue; or -1."""
    q = s[fixed(s, i) + at.MS_QUEUE]
    best = -1
    rank = 0
    score = 0.0
    rich = poor = poorer = -1  # steps of which enough wait, or too few: not counted again
    p = after_in(s, q, -1)
    while p >= 0:
        c = part(s, p)
        known = s[c + at.STEP] == poor or s[c + at.STEP] == poorer
        takes = not known and can_take(s, t, i, p)
        if takes and s[c + at.STEP] != rich:
            takes = enough(s, t, i, p)
            if takes:
                rich = s[c + at.STEP]
            else:
                poorer = poor
                poor = s[c + at.STEP]
        if takes:
            here = urgency(s, f, t, i, p)
            first = s[c + at.PRIORITY] < rank
            if best < 0 or first or (s[c + at.PRIORITY] == rank and here < score):
                best = p
                rank = s[c + at.PRIORITY]
                score = here
        p = after_in(s, q, p)
    return best


def fits_behind(s: Ints, i: int, q: int) -> bool:
    """Return whether there is room behind for as many pieces as a load must have."""
    least = s[s[at.M_STATION] + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH + at.MT_LEAST]
    b = queue(s, q)
    if least > 1 and s[b + at.PLACES] > 0:
        return s[b + at.PLACES] - s[b + at.COUNT] - s[b + at.RESERVED] >= least
    return can_go(s, q)


def enough(s: Ints, t: int, i: int, p: int) -> bool:
    """Return whether a load with a part would have as many pieces as it needs."""
    m = fixed(s, i)
    least = s[s[at.M_STATION] + s[m + at.MS_STATION] * at.MT_WIDTH + at.MT_LEAST]
    if least <= 1:
        return True
    if s[m + at.MS_FLAGS] & at.BEFORE:
        to = behind(s, p)
        if to >= 0 and not fits_behind(s, i, to):
            return False
    return alike(s, t, i, p, least) >= least


def can_take(s: Ints, t: int, i: int, p: int) -> bool:
    """Return whether a server may take a part that stands in front of it."""
    c = part(s, p)
    if s[c + at.READY_AT] > t or work_of(s, i, p) < 0:
        return False
    m = fixed(s, i)
    entry = s[s[at.M_QUEUE] + s[m + at.MS_QUEUE] * at.MQ_WIDTH + at.MQ_FLAGS] & at.ENTRY
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    outside = entry and not s[c + at.COUNTED] & at.IN_LINE
    if outside and not fits_loop(s, s[step + at.MP_PRODUCT], at.IN_LINE):
        return False
    return can_begin(s, t, i, s[c + at.STEP])


def can_begin(s: Ints, t: int, i: int, number: int) -> bool:
    """Return whether there is all that a step takes, and room behind where it must be kept."""
    step = s[at.M_STEP] + number * at.MP_WIDTH
    if s[fixed(s, i) + at.MS_FLAGS] & at.BEFORE:
        after = s[step + at.MP_AFTER]
        to = s[s[at.M_STEP] + after * at.MP_WIDTH + at.MP_QUEUE] if after >= 0 else -1
        if to >= 0 and not can_go(s, to):
            return False
    for n in range(s[step + at.MP_TAKE], s[step + at.MP_TAKE_END], 2):
        store = s[s[at.M_LIST] + n]
        if ready(s, t, store) < s[s[at.M_LIST] + n + 1]:
            return False
    return True


def behind(s: Ints, p: int) -> int:
    """Return the queue that a part goes to after its step; -1: none, or not one alone."""
    step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
    after = s[step + at.MP_AFTER]
    return s[s[at.M_STEP] + after * at.MP_WIDTH + at.MP_QUEUE] if after >= 0 else -1


def ready(s: Ints, t: int, q: int) -> int:
    """Return how many pieces of a store can be taken now."""
    count = 0
    p = s[queue(s, q) + at.FRONT]
    while p >= 0:
        c = part(s, p)
        if s[c + at.READY_AT] <= t:
            count += s[c + at.SIZE]
        p = s[c + at.NEXT]
    i = s[queue(s, q) + at.WAITER]
    while i >= 0:
        if s[server(i) + at.HELD] >= 0:
            count += s[part(s, s[server(i) + at.HELD]) + at.SIZE]
        i = s[server(i) + at.NEXT_WAITER]
    return count


def urgency(s: Ints, f: Floats, t: int, i: int, p: int) -> float:  # noqa: PLR0911  # one a rule
    """Return what the rule of the queue orders parts by; the least goes first."""
    c = part(s, p)
    rule = s[queue(s, s[fixed(s, i) + at.MS_QUEUE]) + at.RULE]
    if rule == at.FIFO:
        return 0.0
    step = s[c + at.STEP]
    x = s[at.FM_STEP] + step * at.FMP_WIDTH
    size = float(s[c + at.SIZE])
    if rule == at.SPT:
        return f[x + at.FMP_MEAN_S] * size
    if rule == at.BY_SET_UP:
        return 0.0 if key_of_setup(s, i, p) == setup_now(s, i) else 1.0
    if s[c + at.DUE_AT] >= FAR:
        return 1e30
    left = float(s[c + at.DUE_AT] - t) / 1e9
    rest = f[x + at.FMP_REST_S] * size
    if rule == at.EDD:
        return left
    if rule == at.SLACK:
        return left - rest
    return left / max(rest, 1e-9)


def key_of_setup(s: Ints, i: int, p: int) -> int:
    """Return the key of a part in the matrix of a server; -1: it has none."""
    step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
    return key_of_product(s, i, s[step + at.MP_PRODUCT])


def key_of_product(s: Ints, i: int, product: int) -> int:
    """Return the key of a product in the matrix of a server; -1: it has none."""
    station = s[at.M_STATION] + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH
    if s[station + at.MT_SETUP] < 0 or product < 0:
        return -1
    return s[s[at.M_SETUP_KEY] + s[station + at.MT_SETUP_KEY] + product]


def setup_now(s: Ints, i: int) -> int:
    """Return the key a server is set up for; -1: none."""
    return key_of_product(s, i, s[server(i) + at.SET_FOR])


def is_alike(s: Ints, t: int, i: int, pair: tuple[int, int]) -> bool:
    """Return whether a part can share a load with another: same step, or moved to one queue."""
    p, first = pair
    same = s[part(s, p) + at.STEP] == s[part(s, first) + at.STEP]
    if s[fixed(s, i) + at.MS_FLAGS] & at.MOVER and not same:
        to = behind(s, first)
        same = to >= 0 and behind(s, p) == to
    return same and can_take(s, t, i, p)


def alike(s: Ints, t: int, i: int, first: int, most: int) -> int:
    """Return how many pieces that wait could make one load with a part, as far as asked for."""
    count = 0
    q = s[fixed(s, i) + at.MS_QUEUE]
    p = after_in(s, q, -1)
    while p >= 0 and count < most:
        if is_alike(s, t, i, (p, first)):
            count += s[part(s, p) + at.SIZE]
        p = after_in(s, q, p)
    return count


def next_alike(s: Ints, t: int, i: int, first: int) -> int:
    """Return the part that waits longest and can share the load with the first; or -1."""
    q = s[fixed(s, i) + at.MS_QUEUE]
    p = after_in(s, q, -1)
    while p >= 0:
        if is_alike(s, t, i, (p, first)):
            return p
        p = after_in(s, q, p)
    return -1


def consume(s: Ints, f: Floats, ring: Ints, t: int, p: int) -> None:
    """Take the components of a part out of their stores."""
    step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
    for n in range(s[step + at.MP_TAKE], s[step + at.MP_TAKE_END], 2):
        q, left = s[s[at.M_LIST] + n], s[s[at.M_LIST] + n + 1]
        before = -1
        k = s[queue(s, q) + at.FRONT]
        while k >= 0 and left > 0:
            c = part(s, k)
            after = s[c + at.NEXT]
            if s[c + at.READY_AT] > t:
                before = k
            elif s[c + at.SIZE] > left:
                s[c + at.SIZE] -= left
                left = 0
            else:
                left -= s[c + at.SIZE]
                remove(s, f, ring, t, (q, before, k))
                count_out(s, k, product_of(s, k), at.IN_STORE)
                end_part(s, k)
            k = after
        while left > 0:
            i = next_waiter(s, q)
            k = let_go(s, i)
            left -= s[part(s, k) + at.SIZE]
            count_out(s, k, product_of(s, k), at.IN_STORE)
            end_part(s, k)
            look(s, i)
        admit(s, f, ring, t, q)


def reserve(s: Ints, i: int, first: int) -> None:
    """Reserve the places behind a server that is blocked before service."""
    m = fixed(s, i)
    if s[m + at.MS_FLAGS] & at.BEFORE:
        to = behind(s, first)
        if to >= 0 and s[queue(s, to) + at.PLACES] == 0:
            to = -1
        s[server(i) + at.RESERVES] = to
        if to >= 0:
            s[queue(s, to) + at.RESERVED] += s[server(i) + at.LOADED]
