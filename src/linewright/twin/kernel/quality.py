"""Good, bad, and bad without anyone knowing; plain functions, arguments as in `clocks`."""

from linewright.numeric import Floats, Ints, stream, uniform
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import element, fixed, note, server
from linewright.twin.kernel.queues.parts import part
from linewright.twin.kernel.queues.releases import scrap

GOOD = 0
AGAIN = 1
"""It goes back for rework."""
GONE = 2
"""It was scrapped, and is no more."""


def judge(s: Ints, f: Floats, ring: Ints, t: int, what: tuple[int, int, int, int]) -> int:
    """Return what becomes of a part at the end of its cycle, and book it.

    One number decides between scrap and rework, another marks the part as bad without notice,
    a third whether an inspection finds it. Of a lot, each piece is scrapped by itself; it is
    reworked, marked and inspected as a whole.

    Parameters
    ----------
    what
        The server, the part, the work, and the number of the part at the server.
    """
    i, p, work, nth = what
    b, c, m = server(i), part(s, p), fixed(s, i)
    x = s[at.FM_WORK] + work * at.FMW_WIDTH
    e = s[m + at.MS_ELEMENT]
    share = scrap_share(s, f, i, x)
    bad, u = scrapped(s, share, (e, p, nth))
    s[b + at.SCRAP] += bad
    s[b + at.GOOD] += s[c + at.SIZE] - bad
    note(ring, t, (at.K_ENDED, element(s, i), s[c + at.UNIT]), (s[c + at.SIZE] - bad) * at.NS)
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    product = s[step + at.MP_PRODUCT]
    if bad > 0:
        if bad == s[c + at.SIZE]:
            scrap(s, ring, t, (p, element(s, i)), product)
            return GONE
        lose(s, ring, t, (p, element(s, i), bad), product)
    again = bad == 0 and share <= u < share + f[x + at.FMW_REWORK]
    spoils = f[x + at.FMW_DEFECTS] if not s[c + at.MARK] else 0.0
    if spoils > 0.0 and uniform(stream(s[at.BASE], e, at.MARKING), nth) < spoils:
        s[c + at.MARK] = 1
        s[b + at.MARKED] += s[c + at.SIZE]
    finds = f[x + at.FMW_DETECTS] if s[c + at.MARK] else f[x + at.FMW_FALSE]
    if finds > 0.0 and uniform(stream(s[at.BASE], e, at.INSPECTING), nth) < finds:
        again = True
    if not again:
        return GOOD
    s[b + at.GOOD] -= s[c + at.SIZE]
    trips = s[c + at.TRIPS] if s[c + at.SENT_BY] == s[c + at.STEP] else 0
    if s[step + at.MP_REWORK] < 0 or trips >= s[step + at.MP_LIMIT]:
        s[b + at.SCRAP] += s[c + at.SIZE]
        scrap(s, ring, t, (p, element(s, i)), product)
        return GONE
    s[b + at.REWORK] += s[c + at.SIZE]
    s[c + at.TRIPS] = trips + 1
    s[c + at.SENT_BY] = s[c + at.STEP]
    s[c + at.RETURNS] = 1
    s[c + at.MARK] = 0
    s[c + at.STEP] = s[step + at.MP_REWORK]
    note(ring, t, (at.K_REWORKED, element(s, i), s[c + at.UNIT]), 0)
    return AGAIN


def scrap_share(s: Ints, f: Floats, i: int, x: int) -> float:
    """Return how likely a part that a server ends now is bad; `x`: shares of the work."""
    m = fixed(s, i)
    share = f[s[m + at.MS_STATION] * at.FST_WIDTH + at.SCRAPS]
    if share < 0.0:
        share = f[x + at.FMW_SCRAP]
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        scraps = f[s[at.FM_WEAR] + w * at.FMR_WIDTH + at.FMR_SCRAPS]
        share += scraps * f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
    return share


def scrapped(s: Ints, share: float, what: tuple[int, int, int]) -> tuple[int, float]:
    """Return how many pieces of a part are bad, and the number drawn for its first one."""
    e, p, nth = what
    size = s[part(s, p) + at.SIZE]
    key = stream(s[at.BASE], e, at.SCRAPPING)
    u = uniform(key, nth)
    bad = 0
    if share > 0.0:
        bad = 1 if u < share else 0
        for n in range(1, size):
            if uniform(key, (n << 40) + nth) < share:
                bad += 1
    return bad, u


def lose(s: Ints, ring: Ints, t: int, what: tuple[int, int, int], product: int) -> None:
    """Take the bad pieces out of a lot; `what`: the part, the place, how many."""
    p, place, bad = what
    c = part(s, p)
    s[c + at.SIZE] -= bad
    s[s[at.S_PRODUCT] + product * at.SO_WIDTH + at.PR_SCRAPPED] += bad
    note(ring, t, (at.K_SCRAPPED, place, s[c + at.UNIT]), bad * at.NS)
    if s[c + at.ORDER] >= 0:
        s[s[at.S_ORDER] + s[c + at.ORDER] * at.SX_WIDTH + at.X_LEFT] -= bad
