"""Cycles: how long they take, and what becomes of their parts; plain functions."""

import math

from linewright.numeric import Floats, Ints, draw, stream, uniform
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    element,
    fixed,
    is_open,
    note,
    plan,
    server,
    set_phase,
    settle,
    stand_closed,
    to_ns,
    unit,
)
from linewright.twin.kernel.people import give_back
from linewright.twin.kernel.quality import GONE, GOOD, judge
from linewright.twin.kernel.queues.parts import can_go, end_part, new_part, part, queue, work_of
from linewright.twin.kernel.queues.releases import book
from linewright.twin.kernel.queues.taking import behind

RETRY = 32
"""Word of a draw's part of a stream that counts slots; those before it make the time."""


def run(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Work on the load: begin its cycle, or go on with it."""
    b = server(i)
    s[b + at.SETTLED] = t
    if s[b + at.REMAIN] == 0:
        p = s[b + at.LOAD]
        planned = max(1, to_ns(cycle_s(s, f, i, work_of(s, i, p))))
        s[b + at.CYCLES] += 1
        s[b + at.PIECES] += s[b + at.LOADED]
        s[b + at.REMAIN] = planned
        s[b + at.BEGUN_WORKED] = s[b + at.WORKED]
        s[b + at.BEGUN] = t
        set_phase(s, ring, t, i, at.RUNNING)
        if ring[0] > 0:
            note(ring, t, (at.K_BEGAN, element(s, i), s[part(s, p) + at.UNIT]), planned)
    else:
        set_phase(s, ring, t, i, at.RUNNING)
        note(ring, t, (at.K_GOES_ON, element(s, i), unit(s, i)), s[b + at.REMAIN])
    plan(s, f, t, i)


def cycle_s(s: Ints, f: Floats, i: int, work: int) -> float:
    """Return the planned seconds of the next cycle of a server, as worn and as fast as it is."""
    b, m = server(i), fixed(s, i)
    k = s[at.M_WORK] + work * at.MW_WIDTH
    key = s[b + at.KEY]
    n = s[b + at.CYCLES]
    d = s[k + at.MW_TIME]
    z = s[at.FM_TIME] + d * at.FMD_WIDTH
    if s[k + at.MW_PIECES] > 0:
        x = long_cycle_s(s, f, i, work)
    else:
        x = draw(s[s[at.M_TIME] + d * at.MD_WIDTH], f[z], f[z + 1], f[z + 2], (key, n))
    if s[m + at.MS_FLAGS] & at.SLOTTED:
        x *= slots(f[s[at.FM_WORK] + work * at.FMW_WIDTH + at.FMW_SUCCEEDS], key, n)
    slower = 1.0
    for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END]):
        slows = f[s[at.FM_WEAR] + w * at.FMR_WIDTH + at.FMR_SLOWS]
        slower += slows * f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
    return x * slower * f[s[m + at.MS_STATION] * at.FST_WIDTH + at.PACE]


def slots(succeeds: float, key: int, n: int) -> float:
    """Return how many slots pass until a try succeeds: geometric, from 1."""
    if succeeds >= 1.0:
        return 1.0
    u = uniform(key, n * 64 + RETRY)
    return 1.0 + math.floor(math.log(u) / math.log(1.0 - succeeds))


def long_cycle_s(s: Ints, f: Floats, i: int, work: int) -> float:
    """Return the seconds of a cycle of several times, or of as many cycles as a lot takes."""
    b = server(i)
    k = s[at.M_WORK] + work * at.MW_WIDTH
    pieces = 0
    cycles = 0
    p = s[b + at.LOAD]
    while p >= 0:
        pieces += s[part(s, p) + at.SIZE]
        p = s[part(s, p) + at.NEXT]
    if s[b + at.LOADED] > 1:
        cycles = 1
    else:
        cycles = (pieces + s[k + at.MW_PIECES] - 1) // s[k + at.MW_PIECES]
    total = 0.0
    first = s[k + at.MW_TIME]
    for d in range(first, s[k + at.MW_TIME_END]):
        z = s[at.FM_TIME] + d * at.FMD_WIDTH
        c = s[at.M_TIME] + d * at.MD_WIDTH
        times = pieces if s[c + at.MD_PER_PIECE] else cycles
        if s[c] == 0:
            total += times * f[z]
            continue
        for one in range(times):
            number = ((d - first) << 44) + (one << 30) + s[b + at.CYCLES]
            total += draw(s[c], f[z], f[z + 1], f[z + 2], (s[b + at.KEY], number))
    return total


def end_cycle(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End the cycle under way; good parts then wait on the server."""
    b, m = server(i), fixed(s, i)
    settle(s, f, t, i)
    flags = s[m + at.MS_FLAGS]
    if flags & at.SLOTTED and must_try_again(s, i):
        s[b + at.REMAIN] = max(1, to_ns(cycle_s(s, f, i, work_of(s, i, s[b + at.LOAD]))))
        s[b + at.CYCLES] += 1
        if not is_open(s, i) and not flags & at.UNATTENDED:
            give_back(s, f, t, i, 0)
            stand_closed(s, ring, t, i)
        plan(s, f, t, i)
        return
    s[b + at.LAST] = s[b + at.WORKED] - s[b + at.BEGUN_WORKED]
    s[b + at.REMAIN] = 0
    if flags & at.NEEDY and not flags & at.MOVER:
        give_back(s, f, t, i, 0)
    if s[b + at.RESERVES] >= 0:
        s[queue(s, s[b + at.RESERVES]) + at.RESERVED] -= s[b + at.LOADED]
    q = s[m + at.MS_QUEUE]
    if s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS] & at.CHOSEN:
        s[queue(s, q) + at.IN_WORK] -= s[b + at.LOADED]
    p = s[b + at.LOAD]
    s[b + at.LOAD] = -1
    nth = s[b + at.PIECES] - s[b + at.LOADED]
    s[b + at.LOADED] = 0
    while p >= 0:
        after = s[part(s, p) + at.NEXT]
        end_piece(s, f, ring, t, (i, p, nth))
        p = after
        nth += 1


def must_try_again(s: Ints, i: int) -> bool:
    """Return whether there is no room for what a slotted server has done in this slot."""
    to = behind(s, s[server(i) + at.LOAD])
    if to < 0:
        return False
    return not can_go(s, to)


def end_piece(s: Ints, f: Floats, ring: Ints, t: int, what: tuple[int, int, int]) -> None:
    """End the cycle of one part; `what`: the server, the part, its number at the server."""
    i, p, nth = what
    b, c, m = server(i), part(s, p), fixed(s, i)
    work = work_of(s, i, p)
    judged = s[s[at.M_WORK] + work * at.MW_WIDTH + at.MW_JUDGED]
    share = f[s[m + at.MS_STATION] * at.FST_WIDTH + at.SCRAPS]
    verdict = GOOD
    if judged or share >= 0.0 or s[m + at.MS_FLAGS] & at.WORN:
        verdict = judge(s, f, ring, t, (i, p, work, nth))
    else:
        s[b + at.GOOD] += s[c + at.SIZE]
        if ring[0] > 0:
            note(ring, t, (at.K_ENDED, element(s, i), s[c + at.UNIT]), s[c + at.SIZE] * at.NS)
    if verdict == GONE:
        return
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    moved = s[m + at.MS_FLAGS] & (at.MOVER + at.GATE) == at.MOVER
    if (s[step + at.MP_TIMED] and not moved) or verdict != GOOD:
        s[c + at.ENDED_AT] = t
    if verdict == GOOD:
        if s[step + at.MP_GIVE_END] > s[step + at.MP_GIVE]:
            take_apart(s, f, t, i, p)
            return
        s[c + at.RETURNS] = 0
        after = s[step + at.MP_AFTER]
        if after >= 0 and s[step + at.MP_WAIT] >= 0:
            let_wait(s, f, t, p, nth)
        if after >= 0 and is_store(s, after):
            book(s, f, t, p, s[step + at.MP_PRODUCT])
        if s[c + at.SENT_BY] == s[c + at.STEP]:
            s[c + at.TRIPS] = 0
            s[c + at.SENT_BY] = -1
        s[c + at.STEP] = after if after >= 0 else -1 - s[step + at.MP_PRODUCT]
    hold(s, i, p)


def is_store(s: Ints, step: int) -> bool:
    """Return whether a step is the store in which finished parts wait to be taken."""
    b = s[at.M_STEP] + step * at.MP_WIDTH
    nothing_done = s[b + at.MP_WORK] == s[b + at.MP_WORK_END]
    return nothing_done and s[b + at.MP_QUEUE] >= 0


def let_wait(s: Ints, f: Floats, t: int, p: int, nth: int) -> None:
    """Let a part that goes on not be available before it has cooled, cured, dried."""
    step = s[part(s, p) + at.STEP]
    m, x = s[at.M_STEP] + step * at.MP_WIDTH, s[at.FM_STEP] + step * at.FMP_WIDTH
    key = (stream(s[at.BASE], s[m + at.MP_ELEMENT], at.WAIT), nth)
    wait = to_ns(draw(s[m + at.MP_WAIT], f[x], f[x + 1], f[x + 2], key))
    s[part(s, p) + at.READY_AT] = t + wait


def take_apart(s: Ints, f: Floats, t: int, i: int, p: int) -> None:
    """Turn a part into the pieces it is taken apart to; they leave as parts of their own."""
    c = part(s, p)
    step = s[at.M_STEP] + s[c + at.STEP] * at.MP_WIDTH
    for n in range(s[step + at.MP_GIVE], s[step + at.MP_GIVE_END], 2):
        given = s[s[at.M_LIST] + n]
        begins = s[s[at.M_PRODUCT] + given * at.MO_WIDTH + at.MO_STEP]
        for _ in range(s[s[at.M_LIST] + n + 1] * s[c + at.SIZE]):
            hold(s, i, new_part(s, t, given, begins))
    book(s, f, t, p, s[step + at.MP_PRODUCT])
    end_part(s, p)


def hold(s: Ints, i: int, p: int) -> None:
    """Let a finished part wait on its server until it can go."""
    b = server(i)
    s[part(s, p) + at.NEXT] = -1
    if s[b + at.HELD] < 0:
        s[b + at.HELD] = p
    else:
        s[part(s, s[b + at.HELD_TAIL]) + at.NEXT] = p
    s[b + at.HELD_TAIL] = p
    q = s[fixed(s, i) + at.MS_QUEUE]
    if s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS] & at.CHOSEN:
        s[queue(s, q) + at.IN_WORK] += 1
