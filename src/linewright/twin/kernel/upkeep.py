"""Maintenance by rule: by age, by condition, and where a stop gives the opportunity."""

from linewright.numeric import Floats, Ints, draw, stream
from linewright.numeric.tournament import FAR
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    arm,
    due,
    element,
    fixed,
    is_open,
    note,
    renew,
    server,
    set_phase,
    to_ns,
)
from linewright.twin.kernel.people import asks, grab, needs_of

CLOSE = 1e-9
"""Share of the way to maintenance that sums of many cycles may lack by rounding."""


def begin_upkeep(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> bool:
    """Begin the maintenance that is due at a server, if any; return whether there is.

    A server that is closed, or has just stood for another reason, uses the opportunity for what
    will be due soon, if somebody is there to do it at once.
    """
    b = server(i)
    k = s[b + at.UPKEEP]
    if k < 0:
        k = which(s, f, t, i)
        if k < 0:
            return False
        s[b + at.UPKEEP] = k
        if reached(s, f, t, i, k) < 1.0 - CLOSE:
            first, end = needs_of(s, i, at.R_UPKEEP, 0)
            if not grab(s, f, t, i, (first, end, 0)):
                s[b + at.UPKEEP] = -1
                return False
        elif asks(s, t, i, (at.R_UPKEEP, 0)):
            set_phase(s, ring, t, i, at.UPKEPT)
            due(s, i, FAR, 0)
            return True
    set_phase(s, ring, t, i, at.UPKEPT)
    rule = s[at.M_UPKEEP] + k * at.MU_WIDTH
    x = s[at.FM_UPKEEP] + k * at.FMU_WIDTH + at.FMU_TAKES
    n = s[s[at.S_UPKEEP] + k * at.SU_WIDTH + at.DONE]
    key = (stream(s[at.BASE], k, at.UPKEEPING), n)
    takes = to_ns(draw(s[rule + at.MU_TAKES], f[x], f[x + 1], f[x + 2], key))
    note(ring, t, (at.K_SET_UP_BEGAN, element(s, i), -1), takes)
    due(s, i, t + takes, 0)
    return True


def which(s: Ints, f: Floats, t: int, i: int) -> int:
    """Return the first rule that asks for maintenance now, or that a stop brings forward; or -1."""
    b, m = server(i), fixed(s, i)
    closed = not is_open(s, i)
    for k in range(s[m + at.MS_UPKEEP], s[m + at.MS_UPKEEP_END]):
        x = s[at.FM_UPKEEP] + k * at.FMU_WIDTH
        asks = 1.0
        if (s[b + at.STOPPED] or closed) and f[x + at.FMU_OPPORTUNITY] > 0.0:
            asks = f[x + at.FMU_OPPORTUNITY]
        if reached(s, f, t, i, k) >= asks - CLOSE:
            return k
    return -1


def reached(s: Ints, f: Floats, t: int, i: int, k: int) -> float:
    """Return how far a rule is on its way to its next time: 1, it is due."""
    rule = s[at.M_UPKEEP] + k * at.MU_WIDTH
    x = s[at.FM_UPKEEP] + k * at.FMU_WIDTH
    since = s[s[at.S_UPKEEP] + k * at.SU_WIDTH + at.DONE_AT]
    far = 0.0
    if f[x + at.FMU_EVERY_NS] > 0.0:
        now = t if s[rule + at.MU_CLOCK] == at.CALENDAR_CLOCK else s[server(i) + at.WORKED]
        far = float(now - since) / f[x + at.FMU_EVERY_NS]
    if f[x + at.FMU_AT] > 0.0:
        m = fixed(s, i)
        first = s[m + at.MS_WEAR]
        for w in range(first, s[m + at.MS_WEAR_END]):
            if (s[rule + at.MU_WEARS] >> (w - first)) & 1:
                used = f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
                far = max(far, used / f[x + at.FMU_AT])
    return far


def end_upkeep(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Make new what a rule makes new, and count from here to the next time."""
    b, m = server(i), fixed(s, i)
    k = s[b + at.UPKEEP]
    s[b + at.UPKEEP] = -1
    rule = s[at.M_UPKEEP] + k * at.MU_WIDTH
    state = s[at.S_UPKEEP] + k * at.SU_WIDTH
    s[state + at.DONE] += 1
    calendar = s[rule + at.MU_CLOCK] == at.CALENDAR_CLOCK
    s[state + at.DONE_AT] = t if calendar else s[b + at.WORKED]
    note(ring, t, (at.K_SET_UP_ENDED, element(s, i), -1), 0)
    first = s[m + at.MS_MODE]
    for j in range(first, s[m + at.MS_MODE_END]):
        if (s[rule + at.MU_MODES] >> (j - first)) & 1:
            arm(s, f, t, j)
    s[b + at.RENEW] |= s[rule + at.MU_WEARS]
    renew(s, f, ring, t, i)
