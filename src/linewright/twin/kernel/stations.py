"""What servers do between cycles: send parts off, take parts, set up, stand still, fail.

Conventions stand in docs/twin.md. In short: a finished part waits on its server for room, a
failed one is not lost, and nothing begins while the place is closed. Plain functions, arguments
as in `clocks`.
"""

from linewright.numeric import Floats, Ints
from linewright.numeric.tournament import FAR
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    arm,
    bring_on,
    element,
    find_strike,
    fixed,
    is_open,
    note,
    plan,
    renew,
    renewal_s,
    repair_s,
    server,
    set_phase,
    settle,
    stand_closed,
    stop_until,
    tell,
    to_ns,
    unit,
)
from linewright.twin.kernel.cycles import end_cycle, run
from linewright.twin.kernel.people import asks, give_back, give_back_quietly, obtain, withdraw
from linewright.twin.kernel.queues.parts import (
    admit,
    enter,
    has_room,
    let_go,
    look,
    next_waiter,
    part,
    queue,
    stand_idle,
    wait_for_room,
    wake,
    work_of,
)
from linewright.twin.kernel.queues.releases import finish, first_step, next_product, next_queue
from linewright.twin.kernel.queues.taking import (
    after_in,
    fits_behind,
    key_of_setup,
    setup_now,
    take,
)
from linewright.twin.kernel.upkeep import begin_upkeep, end_upkeep


def act(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:  # noqa: C901  # one rule a line
    """Let a server do what it can: send off what it holds, go on, or begin anew."""
    b = server(i)
    if s[b + at.HELD] >= 0 and s[b + at.WAITS_AT] < 0:
        send(s, f, ring, t, i)
        if s[b + at.IN_TODO]:
            return
    if s[b + at.HELD] < 0 and s[b + at.LOAD] < 0:
        unload(s, f, ring, t, i)
    phase = s[b + at.PHASE]
    if phase in (at.DOWN, at.SET_UP, at.UPKEPT, at.WAITING):
        return
    works = s[b + at.LOAD] >= 0
    if works and phase == at.RUNNING:
        return
    if s[b + at.RENEW]:
        begin_renewal(s, f, ring, t, i)
    elif works:
        go_on(s, f, ring, t, i)
    elif (
        s[fixed(s, i) + at.MS_FLAGS] & at.UPKEPT_FLAG
        and s[b + at.HELD] < 0
        and begin_upkeep(s, f, ring, t, i)
    ):
        return
    elif not is_open(s, i):
        stand_closed(s, ring, t, i)
        plan(s, f, t, i)
    elif s[b + at.HELD] >= 0:
        set_phase(s, ring, t, i, at.BLOCKED)
        plan(s, f, t, i)
    elif take(s, f, ring, t, i):
        s[b + at.STOPPED] = 0
        go_on(s, f, ring, t, i)
    else:
        find_nothing(s, f, ring, t, i)


def find_nothing(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Stand where there is nothing to take: starved, or blocked before service."""
    m = fixed(s, i)
    q = s[m + at.MS_QUEUE]
    phase = at.STARVED
    number = waiting_step(s, q) if s[m + at.MS_FLAGS] & at.BEFORE else -1
    if number >= 0:
        after = s[s[at.M_STEP] + number * at.MP_WIDTH + at.MP_AFTER]
        to = s[s[at.M_STEP] + after * at.MP_WIDTH + at.MP_QUEUE] if after >= 0 else -1
        if to >= 0 and not fits_behind(s, i, to):
            if s[server(i) + at.WAITS_AT] < 0:
                wait_for_room(s, i, to)
            phase = at.BLOCKED
    set_phase(s, ring, t, i, phase)
    stand_idle(s, i)
    k = s[queue(s, q) + at.WAITER]
    if s[queue(s, q) + at.PLACES] == 0 and k >= 0 and s[server(k) + at.HELD] < 0:
        look(s, next_waiter(s, q))
    plan(s, f, t, i)


def waiting_step(s: Ints, q: int) -> int:
    """Return the step of what waits first in a queue, or would be there at once; -1: nothing."""
    p = after_in(s, q, -1)
    if p >= 0:
        return s[part(s, p) + at.STEP]
    k = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SOURCE]
    product = next_product(s, k) if k >= 0 else -1
    return first_step(s, k, product) if product >= 0 else -1


def send(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Send finished parts off a server, as far as there is room for them."""
    b = server(i)
    while s[b + at.HELD] >= 0:
        p = s[b + at.HELD]
        step = s[part(s, p) + at.STEP]
        if step < 0:
            let_go(s, i)
            finish(s, f, ring, t, (p, -1 - step, element(s, i)))
            continue
        q = next_queue(s, p)
        mine = q == s[b + at.RESERVES]
        if s[part(s, p) + at.RETURNS] or (
            has_room(s, q) and (mine or s[queue(s, q) + at.WAITER] < 0)
        ):
            let_go(s, i)
            enter(s, f, ring, t, (p, q))
            continue
        wait_for_room(s, i, q)
        store = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS] & at.STORE
        if store or (s[queue(s, q) + at.COUNT] == 0 and s[queue(s, q) + at.IDLER] >= 0):
            wake(s, q, p)
            look(s, i)
        return


def unload(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Let go what a server kept until its last part had gone: vehicles, reserved places."""
    b = server(i)
    if s[fixed(s, i) + at.MS_FLAGS] & at.MOVER:
        give_back(s, f, t, i, 0)
    if s[b + at.RESERVES] >= 0:
        to = s[b + at.RESERVES]
        s[b + at.RESERVES] = -1
        admit(s, f, ring, t, to)


def go_on(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Go on with a load: set up for it, wait for people, or work on it."""
    b, m = server(i), fixed(s, i)
    flags = s[m + at.MS_FLAGS]
    if not is_open(s, i) and not (flags & at.UNATTENDED and s[b + at.REMAIN] > 0):
        stand_closed(s, ring, t, i)
        plan(s, f, t, i)
        return
    if flags & at.PREPARED and s[b + at.REMAIN] == 0 and set_up_ns(s, i) > 0:
        begin_set_up(s, f, ring, t, i)
        return
    if flags & at.PREPARED and s[b + at.REMAIN] == 0:
        s[b + at.SET_FOR] = load_product(s, i)
    work = work_of(s, i, s[b + at.LOAD])
    if flags & at.NEEDY:
        if s[b + at.REMAIN] == 0:
            s[b + at.ATTEND] = s[s[at.M_WORK] + work * at.MW_WIDTH + at.MW_ATTEND]
        if asks(s, t, i, (at.R_RUN, work)):
            set_phase(s, ring, t, i, at.WAITING)
            plan(s, f, t, i)
            return
    run(s, f, ring, t, i)


def load_product(s: Ints, i: int) -> int:
    """Return the product of the load of a server."""
    step = s[part(s, s[server(i) + at.LOAD]) + at.STEP]
    return s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_PRODUCT]


def set_up_ns(s: Ints, i: int) -> int:
    """Return how long a server must be set up for its load."""
    b = server(i)
    if s[b + at.OFF_LEFT] > 0:
        return s[b + at.OFF_LEFT]
    station = s[at.M_STATION] + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH
    key = key_of_setup(s, i, s[b + at.LOAD])
    if key < 0 or s[b + at.SET_FOR] == load_product(s, i):
        return 0
    row = setup_now(s, i)
    keys = s[station + at.MT_SETUP_KEYS]
    if row < 0:
        row = keys
    return s[s[at.M_SETUP] + s[station + at.MT_SETUP] + row * keys + key]


def begin_set_up(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Begin to set a server up for its load, once somebody is there to do it."""
    b = server(i)
    takes = set_up_ns(s, i)
    if asks(s, t, i, (at.R_SET_UP, 0)):
        set_phase(s, ring, t, i, at.WAITING)
        plan(s, f, t, i)
        return
    s[b + at.OFF_LEFT] = 0
    set_phase(s, ring, t, i, at.SET_UP)
    note(ring, t, (at.K_SET_UP_BEGAN, element(s, i), unit(s, i)), takes)
    stop_until(s, t, i, t + takes)


def begin_renewal(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Begin to renew what is to be renewed on a free server."""
    takes = to_ns(renewal_s(s, f, i))
    set_phase(s, ring, t, i, at.SET_UP)
    note(ring, t, (at.K_SET_UP_BEGAN, element(s, i), unit(s, i)), takes)
    stop_until(s, t, i, t + takes)


def end_set_up(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End a set-up or a renewal; the server is free, or goes on with its load."""
    b = server(i)
    renew(s, f, ring, t, i)
    give_back(s, f, t, i, 0)
    note(ring, t, (at.K_SET_UP_ENDED, element(s, i), unit(s, i)), 0)
    set_phase(s, ring, t, i, at.IDLE)
    if s[b + at.LOAD] >= 0:
        s[b + at.SET_FOR] = load_product(s, i)
    look(s, i)


def fail(s: Ints, f: Floats, ring: Ints, t: int, j: int) -> None:
    """Let a failure mode strike; where the server is down already, it waits for its repair."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    i = s[mode + at.MM_SERVER]
    b = server(i)
    if s[b + at.PHASE] == at.RUNNING and s[b + at.LOAD] >= 0:
        settle(s, f, t, i)
        if s[b + at.REMAIN] == 0:
            end_cycle(s, f, ring, t, i)
            look(s, i)
    state = s[at.S_MODE] + j * at.SM_WIDTH
    forced = s[b + at.FORCED]
    s[b + at.FORCED] = 0
    if s[state + at.BROUGHT_ON] <= t:
        s[state + at.BROUGHT_ON] = 0
    if s[state + at.STRUCK]:
        find_strike(s, f, i)
        last_longer(s, t, i, j, forced)
        return
    phase = s[b + at.PHASE]
    under_way = phase == at.SET_UP or (phase == at.UPKEPT and s[b + at.REQUEST] == 0)
    if under_way:
        note(ring, t, (at.K_SET_UP_ENDED, element(s, i), unit(s, i)), 0)
    first = s[fixed(s, i) + at.MS_MODE]
    note(ring, t, (at.K_FAILED, element(s, i), unit(s, i)), (j - first) * at.NS)
    s[state + at.FAILURES] += 1
    s[state + at.FAILED_UNTIL] = forced
    s[state + at.WHEN] = FAR
    s[state + at.STRUCK] = 1 + last_struck(s, i)
    bring_on(s, f, t, j)
    find_strike(s, f, i)
    if phase == at.DOWN:
        stop_until(s, t, i, s[b + at.ENDS])
        return
    if phase == at.SET_UP and s[b + at.LOAD] >= 0:
        s[b + at.OFF_LEFT] = max(1, s[b + at.ENDS] - t)
    s[b + at.UPKEEP] = -1
    withdraw(s, i)
    give_back(s, f, t, i, 0)
    set_phase(s, ring, t, i, at.DOWN)
    repair(s, f, t, i, j)


def last_longer(s: Ints, t: int, i: int, j: int, until: int) -> None:
    """Let a failure that has not been repaired yet last until an instant at least."""
    state = s[at.S_MODE] + j * at.SM_WIDTH + at.FAILED_UNTIL
    s[state] = max(s[state], until)
    b = server(i)
    end = s[b + at.ENDS]
    if s[b + at.CAUSE] == j and end < FAR:
        end = max(end, until)
    stop_until(s, t, i, end)


def last_struck(s: Ints, i: int) -> int:
    """Return the last turn among the modes of a server that are not repaired yet; 0: none."""
    m = fixed(s, i)
    last = 0
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        last = max(last, s[s[at.S_MODE] + j * at.SM_WIDTH + at.STRUCK])
    return last


def next_struck(s: Ints, i: int) -> int:
    """Return the mode of a server that has waited longest for its repair; -1: none does."""
    m = fixed(s, i)
    found = -1
    turn = 0
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        struck = s[s[at.S_MODE] + j * at.SM_WIDTH + at.STRUCK]
        if struck and (found < 0 or struck < turn):
            found = j
            turn = struck
    return found


def repair(s: Ints, f: Floats, t: int, i: int, j: int) -> None:
    """Begin the repair of a mode at a server that is down, or have it wait for its crew."""
    b = server(i)
    s[b + at.CAUSE] = j
    s[b + at.MENDED_SINCE] = t
    end = t
    if s[b + at.RENEW]:
        end = t + to_ns(renewal_s(s, f, i))
    until = s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILED_UNTIL]
    if until > 0:
        end = max(end, until)
    elif asks(s, t, i, (at.R_REPAIR, 0)):
        end = FAR
    else:
        end = max(end, t + to_ns(repair_s(s, f, j)))
    stop_until(s, t, i, end)


def mend(s: Ints, f: Floats, t: int, i: int) -> int:
    """Set back the clock of the mode that a server is down by, and return the mode or -1."""
    b = server(i)
    j = s[b + at.CAUSE]
    s[b + at.CAUSE] = -1
    if j >= 0:
        s[s[at.S_MODE] + j * at.SM_WIDTH + at.STRUCK] = 0
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        if s[mode + at.MM_CLOCK] == at.BY_WEAR:
            s[b + at.RENEW] |= s[mode + at.MM_CAUSES]
        else:
            arm(s, f, t, j)
    return j


def end_repair(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End a repair: a wear that broke it is new. The next one begins, or the cycle goes on."""
    b = server(i)
    j = mend(s, f, t, i)
    first = s[fixed(s, i) + at.MS_MODE]
    value = (j - first) * at.NS if j >= 0 else -at.NS
    note(ring, t, (at.K_REPAIRED, element(s, i), unit(s, i)), value)
    renew(s, f, ring, t, i)
    give_back(s, f, t, i, 0)
    j = next_struck(s, i)
    if j >= 0:
        repair(s, f, t, i, j)
        return
    set_phase(s, ring, t, i, at.IDLE)
    s[b + at.STOPPED] = 1
    look(s, i)


def served(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """Let a server that has got what it waited for begin."""
    b = server(i)
    what = s[b + at.REQUEST]
    withdraw(s, i)
    if what == at.R_REPAIR:
        s[b + at.WAITED] += t - s[b + at.ASKED]
        s[b + at.MENDED_SINCE] = t
        until = s[s[at.S_MODE] + s[b + at.CAUSE] * at.SM_WIDTH + at.FAILED_UNTIL]
        stop_until(s, t, i, max(until, t + to_ns(repair_s(s, f, s[b + at.CAUSE]))))
    elif what == at.R_RUN:
        run(s, f, ring, t, i)
    elif what == at.R_SET_UP:
        takes = set_up_ns(s, i)
        s[b + at.OFF_LEFT] = 0
        set_phase(s, ring, t, i, at.SET_UP)
        note(ring, t, (at.K_SET_UP_BEGAN, element(s, i), unit(s, i)), takes)
        stop_until(s, t, i, t + takes)
    else:
        begin_upkeep(s, f, ring, t, i)


def serve(s: Ints, f: Floats, ring: Ints, t: int) -> None:
    """Give people and things that are free to those who wait.

    By priority, then by the time of asking, then downstream first. It comes once all that
    happens at an instant has happened, so that who asks at the same instant is served alike.
    """
    while s[at.FREED]:
        s[at.FREED] = 0
        best = -1
        i = s[at.REQUEST_HEAD]
        while i >= 0:
            if best < 0 or goes_first(s, i, best):
                if obtain(s, f, t, i, wanted(s, i)):
                    give_back_quietly(s, f, t, i)
                    best = i
                elif not s[server(i) + at.TOLD] and s[server(i) + at.PHASE] != at.DOWN:
                    kept = s[server(i) + at.REQUEST] == at.R_UPKEEP
                    tell(s, ring, t, i, at.FOR_KEEPERS if kept else at.FOR_PEOPLE)
            i = s[server(i) + at.NEXT_REQUEST]
        if best >= 0:
            obtain(s, f, t, best, wanted(s, best))
            served(s, f, ring, t, best)
            s[at.FREED] = 1


def goes_first(s: Ints, i: int, other: int) -> bool:
    """Return whether a server is served before another one."""
    stations = s[at.M_STATION]
    one = s[stations + s[fixed(s, i) + at.MS_STATION] * at.MT_WIDTH + at.MT_PRIORITY]
    two = s[stations + s[fixed(s, other) + at.MS_STATION] * at.MT_WIDTH + at.MT_PRIORITY]
    if one != two:
        return one < two
    here, there = s[server(i) + at.ASKED], s[server(other) + at.ASKED]
    return here < there or (here == there and i < other)


def wanted(s: Ints, i: int) -> tuple[int, int]:
    """Return what a server waits for, and the work it is for."""
    what = s[server(i) + at.REQUEST]
    return what, work_of(s, i, s[server(i) + at.LOAD]) if what == at.R_RUN else -1


def end_stop(s: Ints, f: Floats, ring: Ints, t: int, i: int) -> None:
    """End maintenance; more of it may follow."""
    end_upkeep(s, f, ring, t, i)
    give_back(s, f, t, i, 0)
    set_phase(s, ring, t, i, at.IDLE)
    s[server(i) + at.STOPPED] = 1
    look(s, i)
