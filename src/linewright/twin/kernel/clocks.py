"""What time does to a station: cycle times, failure clocks and wear; plain functions.

Arguments that return everywhere: `s` integers and `f` numbers of the working block (`layout`),
`ring` the trace, `t` plant time in ns, `i` a station, `j` a failure mode, `w` a wear.
"""

import math

from linewright.numeric import Floats, Ints, draw, stream, uniform
from linewright.numeric.tournament import FAR, set_key
from linewright.twin.kernel import layout as at


def to_ns(seconds: float) -> int:
    """Return nanoseconds, at most the longest duration."""
    return int(min(seconds, at.LONGEST_S) * 1e9 + 0.5)


def note(ring: Ints, t: int, kind: int, element: int, nano: int) -> None:
    """Write one event into the ring, over the oldest when it is full; `nano`: value in 1e-9."""
    room = ring[0]
    if room > 0:
        b = at.RING_HEAD + (ring[1] % room) * at.RING_WIDTH
        ring[b] = t
        ring[b + 1] = kind
        ring[b + 2] = element
        ring[b + 3] = nano
        ring[1] += 1


def station(s: Ints, i: int) -> int:
    """Return where a station of the state stands among the integers."""
    return s[at.S_STATION] + i * at.SS_WIDTH


def set_phase(s: Ints, ring: Ints, t: int, i: int, phase: int) -> None:
    """Let a station do something else from now on."""
    b = station(s, i)
    former = s[b + at.PHASE]
    if former == phase:
        return
    s[b + at.TIMES + former] += t - s[b + at.SINCE]
    s[b + at.PHASE] = phase
    s[b + at.SINCE] = t
    if phase == at.BLOCKED:
        note(ring, t, at.K_BLOCKED, i, 0)
    elif phase == at.STARVED:
        note(ring, t, at.K_STARVED, i, 0)


def due(s: Ints, i: int, t: int, why: int) -> None:
    """Set when something happens next at a station, and what."""
    s[station(s, i) + at.WHY] = why
    set_key(s, s[at.S_NEXT], s[at.PLACES], i, t)


def cycle_s(s: Ints, f: Floats, i: int, n: int) -> float:
    """Return the planned seconds of cycle `n` of a station, as worn and as fast as it is now."""
    m = at.M_STATION + i * at.MS_WIDTH
    p = i * at.FMS_WIDTH
    key = stream(s[s[at.STATE] + at.BASE], i, at.CYCLE)
    x = draw(s[m + at.MS_FAMILY], f[p], f[p + 1], f[p + 2], (key, n))
    slower = 1.0
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        slows = f[s[at.FM_WEAR] + w * at.FMW_WIDTH + at.FMW_SLOWS]
        slower += slows * f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
    p = s[at.FS_STATION] + i * at.FSS_WIDTH
    return x * slower * (f[p + at.FACTOR] * (100.0 / f[p + at.SPEED]))


def scrap_share(s: Ints, f: Floats, i: int) -> float:
    """Return how likely a part that a station ends now is bad."""
    m = at.M_STATION + i * at.MS_WIDTH
    share = f[s[at.FS_STATION] + i * at.FSS_WIDTH + at.SCRAPS]
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        scraps = f[s[at.FM_WEAR] + w * at.FMW_WIDTH + at.FMW_SCRAPS]
        share += scraps * f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
    return share


def is_bad(s: Ints, f: Floats, i: int, n: int) -> bool:
    """Return whether the part of cycle `n` is bad."""
    share = scrap_share(s, f, i)
    if share <= 0.0:
        return False
    return uniform(stream(s[s[at.STATE] + at.BASE], i, at.SCRAPPING), n) < share


def set_rates(s: Ints, f: Floats, i: int) -> None:
    """Work out how fast the wears of a station go: F. W. Taylor's law of tool life and speed."""
    m = at.M_STATION + i * at.MS_WIDTH
    speed = f[s[at.FS_STATION] + i * at.FSS_WIDTH + at.SPEED] / 100.0
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        p = s[at.FM_WEAR] + w * at.FMW_WIDTH
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        f[q + at.RATE] = 0.0
        if f[p + at.FMW_LIFE_S] > 0.0:
            pace = math.pow(speed, f[p + at.FMW_EXPONENT])
            f[q + at.RATE] = f[q + at.FASTER] * pace / f[p + at.FMW_LIFE_S]


def pace(s: Ints, f: Floats, i: int, j: int) -> tuple[float, float]:
    """Return how fast the clock of a mode runs now, and by how much faster in each second."""
    m = at.M_STATION + i * at.MS_WIDTH
    causes = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_CAUSES]
    now = 1.0
    more = 0.0
    first = s[m + at.MS_WEAR]
    for w in range(first, s[m + at.MS_WEAR_END]):
        if (causes >> (w - first)) & 1:
            factor = f[s[at.FM_WEAR] + w * at.FMW_WIDTH + at.FMW_FAILS] - 1.0
            q = s[at.FS_WEAR] + w * at.FSW_WIDTH
            now += factor * f[q + at.USED]
            more += factor * f[q + at.RATE]
    return now, more


def settle(s: Ints, f: Floats, t: int, i: int) -> None:
    """Bring a running station's work, clocks and wears up to now."""
    b = station(s, i)
    dt_ns = t - s[b + at.SETTLED]
    if dt_ns <= 0:
        return
    s[b + at.SETTLED] = t
    s[b + at.REMAIN] -= dt_ns
    s[b + at.WORKED] += dt_ns
    dt = dt_ns / 1e9
    m = at.M_STATION + i * at.MS_WIDTH
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        if s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_CLOCK] == at.OPERATION:
            spent = dt
            if s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_CAUSES]:
                now, more = pace(s, f, i, j)
                spent = dt * (now + 0.5 * more * dt)
            q = s[at.FS_MODE] + j * at.FSM_WIDTH
            f[q + at.LEFT] -= spent
            f[q + at.AGE] += spent
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        f[q + at.USED] += f[q + at.RATE] * dt


def strikes_s(s: Ints, f: Floats, i: int, j: int) -> float:
    """Return after how many seconds of work a mode strikes, if nothing changes."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    left = f[s[at.FS_MODE] + j * at.FSM_WIDTH + at.LEFT]
    if s[mode + at.MM_CLOCK] == at.OPERATION:
        left = max(left, 0.0)
        if s[mode + at.MM_CAUSES] == 0:
            return left
        now, more = pace(s, f, i, j)
        return 2.0 * left / (now + math.sqrt(now * now + 2.0 * more * left))
    soonest = at.LONGEST_S
    if s[mode + at.MM_CLOCK] == at.BY_WEAR:
        m = at.M_STATION + i * at.MS_WIDTH
        first = s[m + at.MS_WEAR]
        for w in range(first, s[m + at.MS_WEAR_END]):
            q = s[at.FS_WEAR] + w * at.FSW_WIDTH
            if (s[mode + at.MM_CAUSES] >> (w - first)) & 1 and f[q + at.RATE] > 0.0:
                soonest = min(soonest, max(left - f[q + at.USED], 0.0) / f[q + at.RATE])
    return soonest


def plan(s: Ints, f: Floats, t: int, i: int) -> None:
    """Work out what happens next at a station that is neither down nor being set up."""
    b = station(s, i)
    m = at.M_STATION + i * at.MS_WIDTH
    runs = s[b + at.PHASE] == at.RUNNING
    when = t + s[b + at.REMAIN] if runs else FAR
    why = 0
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        clock = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_CLOCK]
        then = FAR
        if clock == at.CALENDAR_CLOCK:
            then = max(t, s[s[at.S_MODE] + j * at.SM_WIDTH + at.DUE])
        elif runs and clock != at.BY_CHANGE:
            then = t + to_ns(strikes_s(s, f, i, j))
        if then < when:
            when = then
            why = j + 1
    due(s, i, when, why)


def arm(s: Ints, f: Floats, t: int, j: int) -> None:
    """Draw when a mode strikes next, counted from now; its station has just been repaired."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    state = s[at.S_MODE] + j * at.SM_WIDTH
    q = s[at.FS_MODE] + j * at.FSM_WIDTH
    clock = s[mode + at.MM_CLOCK]
    n = s[state + at.DRAWS]
    s[state + at.DRAWS] = n + 1
    f[q + at.AGE] = 0.0
    if clock == at.BY_WEAR:
        f[q + at.LEFT] = limit(s, j, n, 0.0)
        return
    if clock == at.BY_CHANGE:
        return
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_LIFE
    key = stream(s[s[at.STATE] + at.BASE], j, at.LIFE)
    f[q + at.LEFT] = draw(s[mode + at.MM_LIFE], f[p], f[p + 1], f[p + 2], (key, n))
    if clock == at.CALENDAR_CLOCK:
        s[state + at.DUE] = t + to_ns(f[q + at.LEFT])


def limit(s: Ints, j: int, n: int, used: float) -> float:
    """Return a random limit of life used, above what is used: Weibull, given that it held."""
    u = uniform(stream(s[s[at.STATE] + at.BASE], j, at.LIMIT), n)
    survived = math.pow(used / at.LIMIT_SCALE, at.LIMIT_SHAPE)
    drawn = at.LIMIT_SCALE * math.pow(survived - math.log(1.0 - u), 1.0 / at.LIMIT_SHAPE)
    return max(used, drawn)


def repair_s(s: Ints, f: Floats, j: int) -> float:
    """Return the seconds of the repair of the failure that a mode has just had."""
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_REPAIR
    n = s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILURES]
    key = stream(s[s[at.STATE] + at.BASE], j, at.REPAIR)
    family = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_REPAIR]
    return draw(family, f[p], f[p + 1], f[p + 2], (key, n))


def renewal_s(s: Ints, f: Floats, i: int) -> float:
    """Return the seconds that the pending renewals of a station take, one after the other."""
    m = at.M_STATION + i * at.MS_WIDTH
    first = s[m + at.MS_WEAR]
    pending = s[station(s, i) + at.RENEW]
    total = 0.0
    for w in range(first, s[m + at.MS_WEAR_END]):
        if (pending >> (w - first)) & 1:
            p = s[at.FM_WEAR] + w * at.FMW_WIDTH + at.FMW_CHANGE
            key = stream(s[s[at.STATE] + at.BASE], w, at.CHANGING)
            n = s[s[at.S_WEAR] + w * at.SW_WIDTH + at.RENEWALS]
            family = s[s[at.M_WEAR] + w * at.MW_WIDTH + at.MW_CHANGE]
            total += draw(family, f[p], f[p + 1], f[p + 2], (key, n))
    return total
