"""A run that starts in the middle: from what is known of a line, or from another run."""

from collections.abc import Mapping

from linewright.numeric import Floats, Ints, base_of, draw, draws, stream, uniform
from linewright.numeric.tournament import FAR, set_key
from linewright.plant import Address, suggest_name
from linewright.plant.records import LineState, StationNow, StationState
from linewright.twin.faults import StateInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    find_strike,
    fixed,
    limit,
    plan,
    renewal_s,
    server,
    set_rates,
    settle,
    stop_until,
    to_ns,
)
from linewright.twin.kernel.cycles import cycle_s, hold
from linewright.twin.kernel.people import obtain
from linewright.twin.kernel.queues.parts import count_in, enter, new_part, part, work_of
from linewright.twin.kernel.queues.releases import gap_ns
from linewright.twin.model import BYTES, Model
from linewright.twin.state import (
    State,
    begin,
    grown,
    open_up,
    pack,
    set_keys,
    unpack,
    views_of,
)

TRIES_MAX = 64
"""Draws of a duration that has lasted for a while already; if all are shorter, it ends now."""

PerWear = Mapping[tuple[Address, str], float]
"""A number for each of some wears: address of the station and name of the wear."""

PREPARED = frozenset({StationState.SET_UP, StationState.PLANNED_STOP})


def from_line(
    model: Model,
    line: LineState,
    *,
    seed: int,
    replication: int = 0,
    used: PerWear | None = None,
    faster: PerWear | None = None,
) -> State:
    """Return a run that starts from what is known of a line.

    What is not known is drawn, given what is: how long a cycle or a repair under way still
    takes, when clocks strike, at which life a tool breaks.

    Parameters
    ----------
    model
        The line.
    line
        Its state; the run starts at its `as_of_ns`. A station that runs has a cycle under way,
        one that is blocked holds a finished part, one that is down is repaired as the mode
        named by its reason, else as its first mode; one in set-up or planned stop with wears
        is renewing them. All others are free.
    seed, replication
        Name the random streams.
    used, faster
        Life used and times as fast, where they are supposed to differ from `line`.

    Raises
    ------
    StateInvalid
        When it is the state of another line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.records import BufferNow
    >>> from linewright.twin import compile_plant, outcome
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line(
    ...     "pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> now = LineState(address=model.address, as_of_ns=7, plant_rev="r1",
    ...     buffers=(BufferNow(address=model.buffers[0], count=3),))
    >>> outcome(model, from_line(model, now, seed=1)).inside
    3
    """
    if line.address != model.address:
        what = f"it is not the state of {model.address}"
        raise StateInvalid(line.address, what, "take the model of the same line")
    state = begin(model, at_ns=line.as_of_ns, seed=seed, replication=replication)
    counts = {each.address: each.count for each in line.buffers}
    more = sum(counts.values()) + len(model.stations)
    memory = grown(model, unpack(model, state), more)
    s, f = views_of(model, memory)
    known = {each.address: each for each in line.stations}
    for k, address in enumerate(model.buffers):
        _fill(model, s, f, k, counts.get(address, 0))
    for w, (i, name) in enumerate(model.wears):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        place = (model.stations[i], name)
        f[q + at.USED] = (used or {}).get(place, _used(known.get(place[0]), name))
        f[q + at.FASTER] = f[q + at.FASTER_OWN] = (faster or {}).get(place, 1.0)
    for i in range(s[at.SERVERS]):
        set_rates(s, f, i)
        _draw_limits(s, f, i)
        find_strike(s, f, i)
    for k, address in enumerate(model.stations):
        if address in known:
            i = s[s[at.M_STATION] + k * at.MT_WIDTH + at.MT_FIRST]
            _set(model, s, f, i, known[address])
    return pack(model, memory)


NO_RING = memoryview(bytearray(BYTES)).cast("q")


def _fill(model: Model, s: Ints, f: Floats, buffer: int, count: int) -> None:
    """Put parts into a buffer, as far as it has places: those nearest to the next station first."""
    element = len(model.stations) + buffer
    queues = [q for q, store in enumerate(model.stores) if store.element == element]
    inner = {f"{model.buffers[buffer]}+"}
    queues = [q for q, store in enumerate(model.stores) if store.name in inner] + queues
    for q in queues:
        places = s[s[at.S_QUEUE] + q * at.SQ_WIDTH + at.PLACES]
        step = _step_in(s, q)
        for _ in range(min(count, places) if step >= 0 else 0):
            product = s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_PRODUCT]
            p = new_part(s, s[at.T], product, step)
            if not s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_FLAGS] & at.ENTRY:
                _count(s, p, step)
            enter(s, f, NO_RING, s[at.T], (p, q))
            count -= 1


def _steps(s: Ints) -> range:
    return range((s[at.M_WORK] - s[at.M_STEP]) // at.MP_WIDTH)


def _step_in(s: Ints, q: int) -> int:
    """Return the first step at which parts stand in a queue; -1: none."""
    for k in _steps(s):
        if s[s[at.M_STEP] + k * at.MP_WIDTH + at.MP_QUEUE] == q:
            return k
    return -1


def _step_at(model: Model, s: Ints, i: int, product: str | None) -> int:
    """Return the step that a server does, of a product where that is known; -1: none."""
    station = s[fixed(s, i) + at.MS_STATION]
    found = -1
    for k in _steps(s):
        b = s[at.M_STEP] + k * at.MP_WIDTH
        works = range(s[b + at.MP_WORK], s[b + at.MP_WORK_END])
        if any(s[s[at.M_WORK] + w * at.MW_WIDTH + at.MW_STATION] == station for w in works):
            if model.products[s[b + at.MP_PRODUCT]] == product:
                return k
            found = k if found < 0 else found
    return found


def _load(model: Model, s: Ints, i: int, product: str | None) -> int:
    """Put a part on a server, to be worked on; return it, or -1 where it does nothing here."""
    step = _step_at(model, s, i, product)
    if step < 0:
        return -1
    made = s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_PRODUCT]
    p = new_part(s, s[at.T], made, step)
    s[part(s, p) + at.NEXT] = -1
    _count(s, p, step)
    return p


def _count(s: Ints, p: int, step: int) -> None:
    """Count a part that is already inside into the loop of its product."""
    b = s[at.M_STEP] + step * at.MP_WIDTH
    if not s[b + at.MP_LEFT]:
        count_in(s, p, s[b + at.MP_PRODUCT], at.IN_LINE)


def _used(now: StationNow | None, name: str) -> float:
    for wear in now.wear if now else ():
        if wear.part in {name, suggest_name(name)}:
            return wear.used_ratio
    return 0.0


def _draw_limits(s: Ints, f: Floats, i: int) -> None:
    """Draw at which life used things break at a server, given that they have not yet."""
    m = fixed(s, i)
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        mode = s[at.M_MODE] + j * at.MM_WIDTH
        if s[mode + at.MM_CLOCK] != at.BY_WEAR:
            continue
        first = s[m + at.MS_WEAR]
        causes = s[mode + at.MM_CAUSES]
        lives = [
            f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
            for w in range(first, s[m + at.MS_WEAR_END])
            if (causes >> (w - first)) & 1
        ]
        n = s[s[at.S_MODE] + j * at.SM_WIDTH + at.DRAWS]
        s[s[at.S_MODE] + j * at.SM_WIDTH + at.DRAWS] = n + 1
        f[s[at.FS_MODE] + j * at.FSM_WIDTH + at.LEFT] = limit(s, j, n, max(lives))


def _set(model: Model, s: Ints, f: Floats, i: int, now: StationNow) -> None:
    """Put a server into the state its station is known to be in."""
    b, t = server(i), s[at.T]
    since = min(now.since_ns, t)
    if now.state in {StationState.RUNNING, StationState.DOWN}:
        _set_working(model, s, f, i, now)
    elif now.state == StationState.BLOCKED:
        p = _load(model, s, i, now.product)
        if p >= 0:
            step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
            after = s[step + at.MP_AFTER]
            s[part(s, p) + at.STEP] = after if after >= 0 else -1 - s[step + at.MP_PRODUCT]
            hold(s, i, p)
        _set_phase(s, i, at.BLOCKED, since)
    elif now.state in PREPARED:
        m = fixed(s, i)
        s[b + at.RENEW] = (1 << (s[m + at.MS_WEAR_END] - s[m + at.MS_WEAR])) - 1
        if s[b + at.RENEW]:
            _set_phase(s, i, at.SET_UP, since)
            stop_until(s, t, i, max(t, since + to_ns(renewal_s(s, f, i))))


def _set_working(model: Model, s: Ints, f: Floats, i: int, now: StationNow) -> None:
    """Put a cycle under way on a server that runs, or that failed in one."""
    b, t = server(i), s[at.T]
    since = min(now.since_ns, t)
    runs = now.state == StationState.RUNNING
    if runs or now.cycle_began_ns is not None:
        p = _load(model, s, i, now.product)
        if p >= 0:
            s[b + at.LOAD], s[b + at.LOADED] = p, 1
            step = s[at.M_STEP] + s[part(s, p) + at.STEP] * at.MP_WIDTH
            s[b + at.SET_FOR] = s[step + at.MP_PRODUCT]
            _set_cycle(s, f, i, None if now.cycle_began_ns is None else min(now.cycle_began_ns, t))
    if runs:
        if s[b + at.LOAD] >= 0:
            obtain(s, f, t, i, (at.R_RUN, work_of(s, i, s[b + at.LOAD])))
            _set_phase(s, i, at.RUNNING, since)
            plan(s, f, t, i)
        return
    _set_phase(s, i, at.DOWN, since)
    j = _mode(model, s, i, now.reason)
    s[b + at.CAUSE] = j
    if j >= 0:
        s[s[at.S_MODE] + j * at.SM_WIDTH + at.STRUCK] = 1
        s[s[at.S_MODE] + j * at.SM_WIDTH + at.WHEN] = FAR
        find_strike(s, f, i)
        obtain(s, f, t, i, (at.R_REPAIR, 0))
    s[b + at.MENDED_SINCE] = since
    stop_until(s, t, i, t if j < 0 else t + max(0, _left_ns(s, f, j, t - since)))


def _set_phase(s: Ints, i: int, phase: int, since: int) -> None:
    """Put a server into a phase since an earlier instant; the time before is not counted."""
    b = server(i)
    s[b + at.PHASE], s[b + at.SINCE] = phase, since
    s[b + at.TIMES + phase] = since - s[at.T]


def _mode(model: Model, s: Ints, i: int, reason: str | None) -> int:
    m = fixed(s, i)
    own = [*range(s[m + at.MS_MODE], s[m + at.MS_MODE_END])]
    named = [j for j in own if model.modes[j][1] == reason]
    found: int = [*named, *own, -1][0]
    return found


def _set_cycle(s: Ints, f: Floats, i: int, began: int | None) -> None:
    """Put a cycle under way, that began then, or at any moment of it."""
    b, t = server(i), s[at.T]
    work = work_of(s, i, s[b + at.LOAD])
    if began is None:
        key = stream(s[at.BASE], s[fixed(s, i) + at.MS_ELEMENT], at.ELAPSED)
        planned = max(1, to_ns(cycle_s(s, f, i, work)))
        s[b + at.CYCLES] = 1
        elapsed_ns = int(planned * uniform(key, 0))
    else:
        elapsed_ns = t - began
        planned = _longer_cycle(s, f, i, elapsed_ns)
    s[b + at.PIECES] = 1
    s[b + at.REMAIN] = max(1, planned - elapsed_ns)
    s[b + at.BEGUN_WORKED] = s[b + at.WORKED] - elapsed_ns
    s[b + at.BEGUN] = t - elapsed_ns


def _longer_cycle(s: Ints, f: Floats, i: int, elapsed_ns: int) -> int:
    """Draw a cycle that lasts longer than it already has; else as long."""
    b = server(i)
    work = work_of(s, i, s[b + at.LOAD])
    for _ in range(TRIES_MAX):
        planned = to_ns(cycle_s(s, f, i, work))
        s[b + at.CYCLES] += 1
        if planned > elapsed_ns:
            return planned
    return elapsed_ns


def _left_ns(s: Ints, f: Floats, j: int, elapsed_ns: int) -> int:
    """Draw how much longer a repair of a mode takes."""
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_REPAIR
    family = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_REPAIR]
    key = stream(s[at.BASE], j, at.ELAPSED)
    for n in range(TRIES_MAX):
        left = to_ns(draw(family, f[p], f[p + 1], f[p + 2], (key, n))) - elapsed_ns
        if left > 0:
            return left
    return 0


def fork(model: Model, state: State, replication: int) -> State:
    """Return a state with the same present and another future.

    With the replication that the state has already, the same state is returned; else all that
    cannot be seen is drawn anew from the other streams, given what has passed: what cycles and
    repairs under way still take, when clocks strike, at which life a tool breaks.

    Parameters
    ----------
    model, state
        The line.
    replication
        Names the other streams.

    Raises
    ------
    StateInvalid
        When the state is of another line.

    Notes
    -----
    Cost: linear in the size of the line, some 20 us a station.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s exponential"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> state = begin(model, at_ns=0, seed=1)
    >>> fork(model, state, 0) == state, fork(model, state, 1) == state
    (True, False)
    """
    if state.replication == replication:
        return state
    work = open_up(model, state)
    s, f = work.s, work.f
    s[at.REPLICATION] = replication
    s[at.BASE] = base_of(s[at.SEED], replication)
    for i in range(s[at.SERVERS]):
        set_keys(s, i)
        _redraw(s, f, i)
    for k in range(s[at.SOURCES]):
        m = s[at.M_SOURCE] + k * at.ML_WIDTH
        if s[m + at.ML_KIND] == at.ARRIVALS and s[m + at.ML_FAMILY] == draws.EXPONENTIAL:
            leaf = s[at.SOURCES_AT] + k
            set_key(s, s[at.S_NEXT], s[at.LEAVES], leaf, s[at.T] + gap_ns(s, f, k))
    return pack(model, work.memory)


def _redraw(s: Ints, f: Floats, i: int) -> None:
    """Draw anew what cannot be seen at a server."""
    b, t, m = server(i), s[at.T], fixed(s, i)
    phase = s[b + at.PHASE]
    works = s[b + at.LOAD] >= 0 and s[b + at.REMAIN] > 0
    if phase == at.RUNNING and works:
        settle(s, f, t, i)
    if works and _is_random(s, work_of(s, i, s[b + at.LOAD])):
        done = s[b + at.WORKED] - s[b + at.BEGUN_WORKED]
        s[b + at.REMAIN] = max(1, _longer_cycle(s, f, i, done) - done)
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        _redraw_clock(s, f, t, j)
    _draw_limits(s, f, i)
    find_strike(s, f, i)
    j = s[b + at.CAUSE]
    if phase == at.DOWN and j >= 0 and s[b + at.REQUEST] == 0:
        end = s[b + at.ENDS]
        forced = s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILED_UNTIL] > 0
        if not forced and s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_REPAIR] != draws.CONSTANT:
            end = t + _left_ns(s, f, j, t - s[b + at.MENDED_SINCE])
        stop_until(s, t, i, end)
    elif phase in {at.DOWN, at.SET_UP}:
        stop_until(s, t, i, s[b + at.ENDS])
    elif phase != at.UPKEPT and not s[at.FRESH]:
        plan(s, f, t, i)


def _is_random(s: Ints, work: int) -> bool:
    """Return whether any time of a work is random."""
    k = s[at.M_WORK] + work * at.MW_WIDTH
    times = range(s[k + at.MW_TIME], s[k + at.MW_TIME_END])
    return any(s[s[at.M_TIME] + d * at.MD_WIDTH] != draws.CONSTANT for d in times)


def _redraw_clock(s: Ints, f: Floats, t: int, j: int) -> None:
    """Draw anew when a clock strikes, given its age."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    state, q = s[at.S_MODE] + j * at.SM_WIDTH, s[at.FS_MODE] + j * at.FSM_WIDTH
    clock = s[mode + at.MM_CLOCK]
    if clock not in {at.OPERATION, at.CALENDAR_CLOCK} or s[state + at.STRUCK]:
        return
    driven = clock == at.OPERATION and s[mode + at.MM_CAUSES]
    worked = s[server(s[mode + at.MM_SERVER]) + at.WORKED]
    since = s[state + at.WHEN] - to_ns(f[q + at.LEFT])
    if clock == at.OPERATION:
        since = s[state + at.ARMED]
    now = worked if clock == at.OPERATION else t
    age = f[q + at.AGE] if driven else (now - since) / at.NS
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_LIFE
    key = stream(s[at.BASE], j, at.LIFE)
    for _ in range(TRIES_MAX):
        n = s[state + at.DRAWS]
        s[state + at.DRAWS] = n + 1
        life = draw(s[mode + at.MM_LIFE], f[p], f[p + 1], f[p + 2], (key, n))
        if s[mode + at.MM_LIFE] == draws.EXPONENTIAL:
            life += age
        if life > age:
            break
    else:
        life = age
    f[q + at.LEFT] = life - age if driven else life
    s[state + at.WHEN] = since + to_ns(life)
