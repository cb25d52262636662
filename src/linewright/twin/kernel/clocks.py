"""What work does to a server: failure clocks and wear; plain functions.

Arguments that return everywhere: `s` integers and `f` numbers of the working block (`layout`),
`ring` the trace, `t` plant time in ns, `i` a server, `j` a failure mode, `w` a wear, `q` a
queue, `p` a part. An operation clock that no wear drives stands at the work ever done at which
it strikes, so that time spent costs one addition however many clocks there are.
"""

import math

from linewright.numeric import Floats, Ints, draw, stream, uniform
from linewright.numeric.tournament import FAR, set_key
from linewright.twin.kernel import layout as at


def to_ns(seconds: float) -> int:
    """Return nanoseconds, at most the longest duration."""
    return int(min(seconds, at.LONGEST_S) * 1e9 + 0.5)


def note(ring: Ints, t: int, what: tuple[int, int, int], nano: int) -> None:
    """Write one event into the ring, over the oldest when it is full.

    Parameters
    ----------
    what
        Kind, element, unit; a unit below 0: none.
    nano
        Value in 1e-9.
    """
    room = ring[0]
    if room > 0 and what[1] >= 0:
        b = at.RING_HEAD + (ring[1] % room) * at.RING_WIDTH
        ring[b] = t
        ring[b + 1] = what[0]
        ring[b + 2] = what[1]
        ring[b + 3] = nano
        ring[b + 4] = what[2]
        ring[1] += 1


def server(i: int) -> int:
    """Return where a server of the state stands among the integers."""
    return at.SERVER + i * at.WIDTH


def fixed(s: Ints, i: int) -> int:
    """Return where a server of the model stands among the integers."""
    return s[at.M_SERVER] + i * at.MS_WIDTH


def element(s: Ints, i: int) -> int:
    """Return the number of a server's station in a trace."""
    return s[s[at.M_STATION] + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH + at.MT_ELEMENT]


def unit(s: Ints, i: int) -> int:
    """Return the number of the part that a server has in work; -1: none."""
    p = s[server(i) + at.LOAD]
    return s[s[at.S_PART] + p * at.PART_WIDTH + at.UNIT] if p >= 0 else -1


def carried(s: Ints, i: int) -> int:
    """Return the number of the part that a server has in work, or holds finished; -1: none."""
    p = s[server(i) + at.HELD]
    if s[server(i) + at.LOAD] >= 0 or p < 0:
        return unit(s, i)
    return s[s[at.S_PART] + p * at.PART_WIDTH + at.UNIT]


def tell(s: Ints, ring: Ints, t: int, i: int, why: int) -> None:
    """Tell the trace why a server stands, once."""
    b = server(i)
    if s[b + at.TOLD] != 1 + why:
        s[b + at.TOLD] = 1 + why
        note(ring, t, (at.K_STANDS, element(s, i), carried(s, i)), why * at.NS)


def stand_closed(s: Ints, ring: Ints, t: int, i: int) -> None:
    """Let a server stand because it is not working time."""
    set_phase(s, ring, t, i, at.IDLE)
    tell(s, ring, t, i, at.FOR_TIME)


def is_open(s: Ints, i: int) -> bool:
    """Return whether it is working time at a server."""
    k = s[fixed(s, i) + at.MS_CALENDAR]
    return k < 0 or s[s[at.S_CALENDAR] + k] == 1


def set_phase(s: Ints, ring: Ints, t: int, i: int, phase: int) -> None:
    """Let a server do something else from now on."""
    b = server(i)
    former = s[b + at.PHASE]
    if former == phase:
        return
    s[b + at.TIMES + former] += t - s[b + at.SINCE]
    s[b + at.PHASE] = phase
    s[b + at.SINCE] = t
    s[b + at.TOLD] = 0
    if ring[0] > 0:
        if phase == at.BLOCKED:
            note(ring, t, (at.K_BLOCKED, element(s, i), carried(s, i)), 0)
        elif phase == at.STARVED:
            note(ring, t, (at.K_STARVED, element(s, i), -1), 0)


def due(s: Ints, i: int, t: int, why: int) -> None:
    """Set when something happens next at a server, and what."""
    s[server(i) + at.WHY] = why
    set_key(s, s[at.S_NEXT], s[at.LEAVES], i, t)


def stop_until(s: Ints, t: int, i: int, end: int) -> None:
    """Set until when a server is repaired or set up; a clock of the calendar may strike before."""
    b = server(i)
    s[b + at.ENDS] = end
    if s[b + at.DUE] < end:
        due(s, i, max(t, s[b + at.DUE]), s[b + at.DUE_BY] + 1)
    else:
        due(s, i, end, 0)


def set_rates(s: Ints, f: Floats, i: int) -> None:
    """Work out how fast the wears of a server go: F. W. Taylor's law of tool life and speed."""
    m = fixed(s, i)
    speed = f[s[m + at.MS_STATION] * at.FST_WIDTH + at.SPEED] / 100.0
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        p = s[at.FM_WEAR] + w * at.FMR_WIDTH
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        f[q + at.RATE] = 0.0
        if f[p + at.FMR_LIFE_S] > 0.0:
            pace = math.pow(speed, f[p + at.FMR_EXPONENT])
            f[q + at.RATE] = f[q + at.FASTER] * pace / f[p + at.FMR_LIFE_S]


def pace(s: Ints, f: Floats, i: int, j: int) -> tuple[float, float]:
    """Return how fast the clock of a mode runs now, and by how much faster in each second."""
    m = fixed(s, i)
    causes = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_CAUSES]
    now = 1.0
    more = 0.0
    first = s[m + at.MS_WEAR]
    for w in range(first, s[m + at.MS_WEAR_END]):
        if (causes >> (w - first)) & 1:
            factor = f[s[at.FM_WEAR] + w * at.FMR_WIDTH + at.FMR_FAILS] - 1.0
            q = s[at.FS_WEAR] + w * at.FSW_WIDTH
            now += factor * f[q + at.USED]
            more += factor * f[q + at.RATE]
    return now, more


def settle(s: Ints, f: Floats, t: int, i: int) -> None:
    """Bring a running server's work, clocks and wears up to now."""
    b = server(i)
    dt_ns = t - s[b + at.SETTLED]
    if dt_ns <= 0:
        return
    s[b + at.SETTLED] = t
    s[b + at.REMAIN] -= dt_ns
    s[b + at.WORKED] += dt_ns
    if s[b + at.ATTEND] > 0:
        s[b + at.ATTEND] -= dt_ns
    if s[fixed(s, i) + at.MS_FLAGS] & at.WORN:
        age(s, f, i, dt_ns / 1e9)


def age(s: Ints, f: Floats, i: int, dt: float) -> None:
    """Let the clocks that wear drives, and then the wears, feel some seconds of work."""
    m = fixed(s, i)
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        if s[mode + at.MM_CLOCK] == at.OPERATION and s[mode + at.MM_CAUSES]:
            now, more = pace(s, f, i, j)
            spent = dt * (now + 0.5 * more * dt)
            q = s[at.FS_MODE] + j * at.FSM_WIDTH
            f[q + at.LEFT] -= spent
            f[q + at.AGE] += spent
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        f[q + at.USED] += f[q + at.RATE] * dt


def strikes_s(s: Ints, f: Floats, i: int, j: int) -> float:
    """Return after how many seconds of work a mode that wear drives strikes."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    left = f[s[at.FS_MODE] + j * at.FSM_WIDTH + at.LEFT]
    if s[mode + at.MM_CLOCK] == at.OPERATION:
        left = max(left, 0.0)
        now, more = pace(s, f, i, j)
        return 2.0 * left / (now + math.sqrt(now * now + 2.0 * more * left))
    soonest = at.LONGEST_S
    m = fixed(s, i)
    first = s[m + at.MS_WEAR]
    for w in range(first, s[m + at.MS_WEAR_END]):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        if (s[mode + at.MM_CAUSES] >> (w - first)) & 1 and f[q + at.RATE] > 0.0:
            soonest = min(soonest, max(left - f[q + at.USED], 0.0) / f[q + at.RATE])
    return soonest


def find_strike(s: Ints, f: Floats, i: int) -> None:
    """Find which failure strikes next by work, and which by the calendar."""
    b, m = server(i), fixed(s, i)
    s[b + at.STRIKE] = s[b + at.DUE] = FAR
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        clock = s[mode + at.MM_CLOCK]
        when = s[s[at.S_MODE] + j * at.SM_WIDTH + at.WHEN]
        brought = s[s[at.S_MODE] + j * at.SM_WIDTH + at.BROUGHT_ON]
        if 0 < brought < s[b + at.DUE]:
            s[b + at.DUE] = brought
            s[b + at.DUE_BY] = j
        if clock == at.CALENDAR_CLOCK:
            if when < s[b + at.DUE]:
                s[b + at.DUE] = when
                s[b + at.DUE_BY] = j
        elif clock != at.BY_CHANGE:
            if clock == at.BY_WEAR or s[mode + at.MM_CAUSES]:
                when = s[b + at.WORKED] + to_ns(strikes_s(s, f, i, j))
            if when < s[b + at.STRIKE]:
                s[b + at.STRIKE] = when
                s[b + at.STRIKER] = j


def plan(s: Ints, f: Floats, t: int, i: int) -> None:
    """Work out what happens next at a server that is neither down nor being set up."""
    b = server(i)
    flags = s[fixed(s, i) + at.MS_FLAGS]
    if flags & at.WORN:
        find_strike(s, f, i)
    when = FAR
    why = 0
    if s[b + at.PHASE] == at.RUNNING:
        when = t + s[b + at.REMAIN]
        left = max(0, s[b + at.STRIKE] - s[b + at.WORKED])
        if left < s[b + at.REMAIN]:
            when = t + left
            why = s[b + at.STRIKER] + 1
        if s[b + at.ATTEND] > 0 and t + s[b + at.ATTEND] < when:
            when = t + s[b + at.ATTEND]
            why = at.BY_ATTENDANT
    elif flags & at.UPKEPT_FLAG:
        when = upkeep_ns(s, f, t, i)
        why = at.BY_UPKEEP
    if s[b + at.DUE] < when:
        when = max(t, s[b + at.DUE])
        why = s[b + at.DUE_BY] + 1
    due(s, i, when, why)


def upkeep_ns(s: Ints, f: Floats, t: int, i: int) -> int:
    """Return when a server that does not work is next due for maintenance by the calendar."""
    m = fixed(s, i)
    soonest = FAR
    for k in range(s[m + at.MS_UPKEEP], s[m + at.MS_UPKEEP_END]):
        rule = s[at.M_UPKEEP] + k * at.MU_WIDTH
        every = f[s[at.FM_UPKEEP] + k * at.FMU_WIDTH + at.FMU_EVERY_NS]
        if s[rule + at.MU_CLOCK] == at.CALENDAR_CLOCK and every > 0.0:
            then = s[s[at.S_UPKEEP] + k * at.SU_WIDTH + at.DONE_AT] + int(every)
            if then > t:
                soonest = min(soonest, then)
    return soonest


def arm(s: Ints, f: Floats, t: int, j: int) -> None:
    """Draw when a mode strikes next, counted from now; its server has just been repaired."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    state = s[at.S_MODE] + j * at.SM_WIDTH
    q = s[at.FS_MODE] + j * at.FSM_WIDTH
    i = s[mode + at.MM_SERVER]
    clock = s[mode + at.MM_CLOCK]
    n = s[state + at.DRAWS]
    s[state + at.DRAWS] = n + 1
    s[state + at.ARMED] = s[server(i) + at.WORKED]
    f[q + at.AGE] = 0.0
    if clock == at.BY_WEAR:
        f[q + at.LEFT] = limit(s, j, n, 0.0)
    elif clock != at.BY_CHANGE:
        p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_LIFE
        key = stream(s[at.BASE], j, at.LIFE)
        f[q + at.LEFT] = draw(s[mode + at.MM_LIFE], f[p], f[p + 1], f[p + 2], (key, n))
        since = t if clock == at.CALENDAR_CLOCK else s[state + at.ARMED]
        s[state + at.WHEN] = since + to_ns(f[q + at.LEFT])
    find_strike(s, f, i)


def bring_on(s: Ints, f: Floats, t: int, j: int) -> None:
    """Let a mode that has just struck lead to others: each with its probability, after a delay."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    n = s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILURES] - 1
    for k in range(s[mode + at.MM_EFFECT], s[mode + at.MM_EFFECT_END], 3):
        edge = s[at.M_LIST] + k
        number = ((k - s[mode + at.MM_EFFECT]) << 40) + n
        key = stream(s[at.BASE], s[edge], at.LEADING)
        if uniform(key, number) >= float(s[edge + 1]) / 1e9:
            continue
        d, x = s[at.M_TIME] + s[edge + 2] * at.MD_WIDTH, s[at.FM_TIME] + s[edge + 2] * at.FMD_WIDTH
        key = stream(s[at.BASE], s[edge], at.DELAYING)
        when = max(1, t + to_ns(draw(s[d], f[x], f[x + 1], f[x + 2], (key, number))))
        other = s[at.S_MODE] + s[edge] * at.SM_WIDTH + at.BROUGHT_ON
        if s[other] == 0 or when < s[other]:
            s[other] = when


def limit(s: Ints, j: int, n: int, used: float) -> float:
    """Return a random limit of life used, above what is used: Weibull, given that it held."""
    u = uniform(stream(s[at.BASE], j, at.LIMIT), n)
    survived = math.pow(used / at.LIMIT_SCALE, at.LIMIT_SHAPE)
    drawn = at.LIMIT_SCALE * math.pow(survived - math.log(1.0 - u), 1.0 / at.LIMIT_SHAPE)
    return max(used, drawn)


def repair_s(s: Ints, f: Floats, j: int) -> float:
    """Return the seconds of the repair of the failure that a mode has just had."""
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_REPAIR
    n = s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILURES] - 1
    key = stream(s[at.BASE], j, at.REPAIR)
    family = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_REPAIR]
    return draw(family, f[p], f[p + 1], f[p + 2], (key, n))


def renewal_s(s: Ints, f: Floats, i: int) -> float:
    """Return the seconds that the pending renewals of a server take, one after the other."""
    m = fixed(s, i)
    first = s[m + at.MS_WEAR]
    pending = s[server(i) + at.RENEW]
    total = 0.0
    for w in range(first, s[m + at.MS_WEAR_END]):
        if (pending >> (w - first)) & 1:
            p = s[at.FM_WEAR] + w * at.FMR_WIDTH + at.FMR_CHANGE
            key = stream(s[at.BASE], w, at.CHANGING)
            n = s[s[at.S_WEAR] + w * at.SW_WIDTH + at.RENEWALS]
            family = s[s[at.M_WEAR] + w * at.MR_WIDTH + at.MR_CHANGE]
            total += draw(family, f[p], f[p + 1], f[p + 2], (key, n))
    return total


def renew(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Make new what is to be renewed at a server, and draw new limits of what it breaks."""
    b, m = server(i), fixed(s, i)
    first = s[m + at.MS_WEAR]
    pending = s[b + at.RENEW]
    if pending == 0:
        return
    s[b + at.RENEW] = 0
    for w in range(first, s[m + at.MS_WEAR_END]):
        if (pending >> (w - first)) & 1:
            q = s[at.FS_WEAR] + w * at.FSW_WIDTH
            note(ring, t, (at.K_RENEWED, element(s, i), -1), to_ns(f[q + at.USED]))
            f[q + at.USED] = 0.0
            f[q + at.FASTER] = 1.0
            f[q + at.FASTER_OWN] = 1.0
            s[s[at.S_WEAR] + w * at.SW_WIDTH + at.RENEWALS] += 1
            forget(s, at.P_FASTER, w)
    set_rates(s, f, i)
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        if s[mode + at.MM_CLOCK] == at.BY_WEAR and s[mode + at.MM_CAUSES] & pending:
            arm(s, f, t, j)


def forget(s: Ints, parameter: int, target: int) -> None:
    """Drop the changes in force of one parameter: a later one stays for good."""
    for k in range(at.CHANGES_MAX):
        c = s[at.S_CHANGE] + k * at.SC_WIDTH
        same = s[c + at.PARAMETER] == parameter and s[c + at.TARGET] == target
        if same and s[c + at.STATUS] == at.ACTIVE:
            s[c + at.STATUS] = at.FREE_ENTRY
