"""How parts come into being, are sent on and leave; plain functions, arguments as in `clocks`."""

from linewright.numeric import Floats, Ints, draw, stream
from linewright.numeric.tournament import FAR, set_key
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import note, to_ns
from linewright.twin.kernel.queues.parts import (
    count_in,
    count_out,
    end_part,
    enter,
    loop_of,
    new_part,
    part,
    queue,
)


def source(s: Ints, k: int) -> int:
    """Return where a source of the state stands among the integers."""
    return s[at.S_SOURCE] + k * at.SL_WIDTH


def product_of(s: Ints, p: int) -> int:
    """Return the product that a part is on its way to be."""
    return s[s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH + at.MP_PRODUCT]


def fits_loop(s: Ints, product: int, which: int) -> bool:
    """Return whether a loop of a product lets one more part in."""
    k = loop_of(s, product, which)
    if k < 0:
        return True
    b = s[at.S_LOOP] + k * at.SLP_WIDTH
    return s[b + at.IN_LOOP] < s[b + at.LOOP_LIMIT]


def may_come(s: Ints, product: int) -> bool:
    """Return whether new material for a product may come in: neither line nor store is full."""
    return fits_loop(s, product, at.IN_LINE) and fits_loop(s, product, at.IN_STORE)


def next_product(s: Ints, k: int) -> int:
    """Return which product a source that never runs dry gives next; -1: none may enter now.

    A lot is brought to its end, whatever its store holds by then. Then comes the product that
    is furthest behind its weight.
    """
    b, m = source(s, k), s[at.M_SOURCE] + k * at.ML_WIDTH
    now = s[b + at.NOW_MAKING]
    if s[b + at.OF_LOT] > 0:
        return now if fits_loop(s, now, at.IN_LINE) else -1
    best = -1
    least = 0.0
    for n in range(s[m + at.ML_PRODUCT], s[m + at.ML_PRODUCT_END], 4):
        each = s[s[at.M_LIST] + n]
        if may_come(s, each):
            made = s[s[at.S_PRODUCT] + each * at.SO_WIDTH + at.PR_RELEASED]
            ratio = float(made) / float(s[s[at.M_LIST] + n + 1])
            if best < 0 or ratio < least:
                best = each
                least = ratio
    return best


def first_step(s: Ints, k: int, product: int) -> int:
    """Return the step at which a product of a source begins."""
    m = s[at.M_SOURCE] + k * at.ML_WIDTH
    for n in range(s[m + at.ML_PRODUCT], s[m + at.ML_PRODUCT_END], 4):
        if s[s[at.M_LIST] + n] == product:
            return s[s[at.M_LIST] + n + 3]
    return -1


def release(s: Ints, ring: Ints, t: int, k: int, product: int) -> int:
    """Return a new part of a product from a source that never runs dry."""
    b, m = source(s, k), s[at.M_SOURCE] + k * at.ML_WIDTH
    if s[b + at.OF_LOT] <= 0:
        s[b + at.NOW_MAKING] = product
        for n in range(s[m + at.ML_PRODUCT], s[m + at.ML_PRODUCT_END], 4):
            if s[s[at.M_LIST] + n] == product:
                s[b + at.OF_LOT] = s[s[at.M_LIST] + n + 2]
    p = new_part(s, t, product, first_step(s, k, product))
    s[b + at.OF_LOT] -= s[part(s, p) + at.SIZE]
    s[b + at.MADE] += 1
    count_in(s, p, product, at.IN_STORE)
    if ring[0] > 0:
        note(ring, t, (at.K_CREATED, place_of(s, k), s[part(s, p) + at.UNIT]), 0)
    return p


def place_of(s: Ints, k: int) -> int:
    """Return the number in a trace of the place at which a source's parts come into being."""
    return s[s[at.M_SOURCE] + k * at.ML_WIDTH + at.ML_ELEMENT]


def arrival(s: Ints, f: Floats, ring: Ints, t: int, k: int) -> None:
    """Let the next part of a source arrive, and set when the one after it does."""
    b, m = source(s, k), s[at.M_SOURCE] + k * at.ML_WIDTH
    if s[m + at.ML_KIND] == at.ORDERED:
        from_order(s, f, ring, t, k)
        return
    n = s[at.M_LIST] + s[m + at.ML_PRODUCT]
    product = s[n]
    pieces = s[n + 2]
    while pieces > 0:
        p = new_part(s, t, product, s[s[at.M_PRODUCT] + product * at.MO_WIDTH + at.MO_STEP])
        pieces -= s[part(s, p) + at.SIZE]
        note(ring, t, (at.K_CREATED, place_of(s, k), s[part(s, p) + at.UNIT]), 0)
        enter(s, f, ring, t, (p, next_queue(s, p)))
    s[b + at.MADE] += 1
    set_key(s, s[at.S_NEXT], s[at.LEAVES], s[at.SOURCES_AT] + k, t + gap_ns(s, f, k))


def gap_ns(s: Ints, f: Floats, k: int) -> int:
    """Return the time until the next arrival of a source."""
    m, x = s[at.M_SOURCE] + k * at.ML_WIDTH, s[at.FM_SOURCE] + k * at.FML_WIDTH
    key = (stream(s[at.BASE], k, at.RELEASE), s[source(s, k) + at.MADE])
    return max(1, to_ns(draw(s[m + at.ML_FAMILY], f[x], f[x + 1], f[x + 2], key)))


def from_order(s: Ints, f: Floats, ring: Ints, t: int, k: int) -> None:
    """Release one part of the order that is due for release."""
    b, m = source(s, k), s[at.M_SOURCE] + k * at.ML_WIDTH
    n = s[b + at.CURSOR]
    order = s[at.M_ORDER] + n * at.MX_WIDTH
    product = s[order + at.MX_PRODUCT]
    p = new_part(s, t, product, s[s[at.M_PRODUCT] + product * at.MO_WIDTH + at.MO_STEP])
    c = part(s, p)
    size = min(s[order + at.MX_SIZE], s[order + at.MX_PIECES] - s[b + at.PIECE])
    fewer = s[c + at.SIZE] - size
    s[s[at.S_PRODUCT] + product * at.SO_WIDTH + at.PR_RELEASED] -= fewer
    s[c + at.SIZE] = size
    s[c + at.ORDER] = n
    s[c + at.DUE_AT] = s[order + at.MX_DUE]
    s[c + at.PRIORITY] = s[order + at.MX_PRIORITY]
    s[b + at.MADE] += 1
    s[b + at.PIECE] += size
    note(ring, t, (at.K_CREATED, place_of(s, k), s[c + at.UNIT]), 0)
    enter(s, f, ring, t, (p, next_queue(s, p)))
    if s[b + at.PIECE] >= s[order + at.MX_PIECES]:
        s[b + at.CURSOR] = n + 1
        s[b + at.PIECE] = 0
    when = FAR
    if s[b + at.CURSOR] < s[m + at.ML_ORDER_END]:
        when = max(t, s[s[at.M_ORDER] + s[b + at.CURSOR] * at.MX_WIDTH + at.MX_T])
    set_key(s, s[at.S_NEXT], s[at.LEAVES], s[at.SOURCES_AT] + k, when)


def next_queue(s: Ints, p: int) -> int:
    """Return the queue a part goes to: of several, where fewest parts are for each server.

    A part that has chosen stays with it: its step becomes the one it has chosen.
    """
    c = part(s, p)
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    found = s[step + at.MP_QUEUE]
    if found >= 0:
        return found
    least = 0.0
    best = -1
    for n in range(s[step + at.MP_DEST], s[step + at.MP_DEST_END], 2):
        q = s[s[at.M_LIST] + n]
        b = queue(s, q)
        servers = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SERVERS]
        load = float(s[b + at.COUNT] + s[b + at.IN_WORK]) / float(servers)
        if best < 0 or load < least:
            best = n
            least = load
    s[c + at.STEP] = s[s[at.M_LIST] + best + 1]
    return s[s[at.M_LIST] + best]


def scrap(s: Ints, ring: Ints, t: int, what: tuple[int, int], product: int) -> None:
    """End a part that is bad; `what`: the part, and the number of the place in a trace."""
    p, place = what
    c = part(s, p)
    s[s[at.S_PRODUCT] + product * at.SO_WIDTH + at.PR_SCRAPPED] += s[c + at.SIZE]
    note(ring, t, (at.K_SCRAPPED, place, s[c + at.UNIT]), s[c + at.SIZE] * at.NS)
    settle_order(s, t, p, 0)
    count_out(s, p, product, at.IN_LINE)
    count_out(s, p, product, at.IN_STORE)
    end_part(s, p)


def settle_order(s: Ints, t: int, p: int, good: int) -> None:
    """Book the pieces of a part that ends on its order."""
    c = part(s, p)
    if s[c + at.ORDER] >= 0:
        x = s[at.S_ORDER] + s[c + at.ORDER] * at.SX_WIDTH
        s[x + at.X_LEFT] -= s[c + at.SIZE]
        s[x + at.X_GOOD] += good
        if s[x + at.X_LEFT] <= 0:
            s[x + at.X_DONE_AT] = t


def book(s: Ints, f: Floats, t: int, p: int, product: int) -> None:
    """Book a finished part of a product: good pieces, how long it took, whether it is late."""
    c, b = part(s, p), s[at.S_PRODUCT] + product * at.SO_WIDTH
    size = s[c + at.SIZE]
    s[b + at.PR_SHIPPED] += size
    s[b + at.PR_PARTS] += 1
    if s[c + at.MARK]:
        s[b + at.PR_ESCAPED] += size
        s[at.ESCAPED] += size
    if s[c + at.DUE_AT] < t:
        s[b + at.PR_LATE] += size
    x = s[at.FS_PRODUCT] + product * at.FSO_WIDTH
    flow = float(t - s[c + at.BORN]) / 1e9
    f[x + at.FSO_FLOW] += flow
    f[x + at.FSO_FLOW2] += flow * flow
    settle_order(s, t, p, size)
    count_out(s, p, product, at.IN_LINE)


def finish(s: Ints, f: Floats, ring: Ints, t: int, what: tuple[int, int, int]) -> None:
    """Book a finished part and let it leave.

    Parameters
    ----------
    what
        The part, its product, and the number of the place in a trace.
    """
    p, product, place = what
    book(s, f, t, p, product)
    s[at.SHIPPED] += s[part(s, p) + at.SIZE]
    note(ring, t, (at.K_SHIPPED, place, s[part(s, p) + at.UNIT]), 0)
    end_part(s, p)
