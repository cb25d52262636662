"""A run that starts in the middle: from what is known of a line, or from another run."""

from collections.abc import Mapping

from linewright.numeric import Floats, Ints, base_of, draw, draws, stream, uniform
from linewright.plant import Address, suggest_name
from linewright.plant.records import LineState, StationNow, StationState
from linewright.twin.faults import StateInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import (
    cycle_s,
    due,
    limit,
    plan,
    renewal_s,
    set_rates,
    settle,
    station,
    to_ns,
)
from linewright.twin.model import Model
from linewright.twin.state import State, begin, open_up, pack

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
    >>> from linewright.twin import compile_line, outcome
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line(
    ...     "pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> now = LineState(address=model.address, as_of_ns=7, plant_rev="r1",
    ...     buffers=(BufferNow(address=model.buffers[0], count=3),))
    >>> outcome(model, from_line(model, now, seed=1)).inside
    3
    """
    if line.address != model.address:
        what = f"it is not the state of {model.address}"
        raise StateInvalid(line.address, what, "take the model of the same line")
    work = open_up(model, begin(model, at_ns=line.as_of_ns, seed=seed, replication=replication))
    s, f = work.s, work.f
    known = {each.address: each for each in line.stations}
    counts = {each.address: each.count for each in line.buffers}
    for k, address in enumerate(model.buffers):
        places = s[at.M_STATION + k * at.MS_WIDTH + at.MS_PLACES]
        s[s[at.S_BUFFER] + k] = min(counts.get(address, 0), places)
    for w, (i, name) in enumerate(model.wears):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        place = (model.stations[i], name)
        f[q + at.USED] = (used or {}).get(place, _used(known.get(place[0]), name))
        f[q + at.FASTER] = f[q + at.FASTER_OWN] = (faster or {}).get(place, 1.0)
    for i, address in enumerate(model.stations):
        set_rates(s, f, i)
        _draw_limits(s, f, i)
        if address in known:
            _set(model, s, f, i, known[address])
    return pack(model, work.memory)


def _used(now: StationNow | None, name: str) -> float:
    for wear in now.wear if now else ():
        if wear.part in {name, suggest_name(name)}:
            return wear.used_ratio
    return 0.0


def _draw_limits(s: Ints, f: Floats, i: int) -> None:
    """Draw at which life used things break at a station, given that they have not yet."""
    m = at.M_STATION + i * at.MS_WIDTH
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
    """Put a station into the state it is known to be in."""
    b, t = station(s, i), s[s[at.STATE] + at.T]
    since = min(now.since_ns, t)
    if now.state in {StationState.RUNNING, StationState.DOWN}:
        runs = now.state == StationState.RUNNING
        if runs or now.cycle_began_ns is not None:
            began = None if now.cycle_began_ns is None else min(now.cycle_began_ns, t)
            _set_cycle(s, f, i, began)
        _set_phase(s, i, at.RUNNING if runs else at.DOWN, since)
        if runs:
            plan(s, f, t, i)
            return
        j = _mode(model, i, now.reason)
        s[b + at.CAUSE] = j
        due(s, i, t if j < 0 else t + max(0, _left_ns(s, f, j, t - since)), 0)
    elif now.state == StationState.BLOCKED:
        s[b + at.HELD] = 1
        _set_phase(s, i, at.BLOCKED, since)
    elif now.state in PREPARED:
        m = at.M_STATION + i * at.MS_WIDTH
        s[b + at.RENEW] = (1 << (s[m + at.MS_WEAR_END] - s[m + at.MS_WEAR])) - 1
        if s[b + at.RENEW]:
            _set_phase(s, i, at.SET_UP, since)
            due(s, i, max(t, since + to_ns(renewal_s(s, f, i))), 0)


def _set_phase(s: Ints, i: int, phase: int, since: int) -> None:
    """Put a station into a phase since an earlier instant; the time before is not counted."""
    b = station(s, i)
    s[b + at.PHASE], s[b + at.SINCE] = phase, since
    s[b + at.TIMES + phase] = since - s[s[at.STATE] + at.T]


def _mode(model: Model, i: int, reason: str | None) -> int:
    own = [j for j, (k, _) in enumerate(model.modes) if k == i]
    named = [j for j in own if model.modes[j][1] == reason]
    return [*named, *own, -1][0]


def _set_cycle(s: Ints, f: Floats, i: int, began: int | None) -> None:
    """Put a cycle under way, that began then, or at any moment of it."""
    b, t = station(s, i), s[s[at.STATE] + at.T]
    if began is None:
        s[b + at.CYCLES] = 1
        key = stream(s[s[at.STATE] + at.BASE], i, at.ELAPSED)
        planned = max(1, to_ns(cycle_s(s, f, i, 0)))
        elapsed_ns = int(planned * uniform(key, 0))
    else:
        elapsed_ns = t - began
        planned = _longer_cycle(s, f, i, elapsed_ns)
    s[b + at.REMAIN] = max(1, planned - elapsed_ns)
    s[b + at.WORKED] = elapsed_ns
    s[b + at.BEGUN] = t - elapsed_ns


def _longer_cycle(s: Ints, f: Floats, i: int, elapsed_ns: int) -> int:
    """Draw a cycle that lasts longer than it already has; else as long."""
    b = station(s, i)
    for _ in range(TRIES_MAX):
        planned = to_ns(cycle_s(s, f, i, s[b + at.CYCLES]))
        s[b + at.CYCLES] += 1
        if planned > elapsed_ns:
            return planned
    return elapsed_ns


def _left_ns(s: Ints, f: Floats, j: int, elapsed_ns: int) -> int:
    """Draw how much longer a repair of a mode takes."""
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_REPAIR
    family = s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_REPAIR]
    key = stream(s[s[at.STATE] + at.BASE], j, at.ELAPSED)
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
    >>> from linewright.twin import begin, compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s exponential"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> state = begin(model, at_ns=0, seed=1)
    >>> fork(model, state, 0) == state, fork(model, state, 1) == state
    (True, False)
    """
    if state.replication == replication:
        return state
    work = open_up(model, state)
    s, f = work.s, work.f
    head = s[at.STATE]
    s[head + at.REPLICATION] = replication
    s[head + at.BASE] = base_of(s[head + at.SEED], replication)
    for i in range(s[at.STATIONS]):
        _redraw(s, f, i)
    return pack(model, work.memory)


def _redraw(s: Ints, f: Floats, i: int) -> None:
    """Draw anew what cannot be seen at a station."""
    b, t = station(s, i), s[s[at.STATE] + at.T]
    m = at.M_STATION + i * at.MS_WIDTH
    phase = s[b + at.PHASE]
    if phase == at.RUNNING:
        settle(s, f, t, i)
    if s[b + at.REMAIN] > 0 and s[m + at.MS_FAMILY] != draws.CONSTANT:
        s[b + at.REMAIN] = max(1, _longer_cycle(s, f, i, s[b + at.WORKED]) - s[b + at.WORKED])
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        _redraw_clock(s, f, t, j)
    _draw_limits(s, f, i)
    j = s[b + at.CAUSE]
    if phase == at.DOWN and j >= 0:
        if s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_REPAIR] != draws.CONSTANT:
            due(s, i, t + _left_ns(s, f, j, t - s[b + at.SINCE]), 0)
    elif phase not in {at.DOWN, at.SET_UP} and not s[s[at.STATE] + at.FRESH]:
        plan(s, f, t, i)


def _redraw_clock(s: Ints, f: Floats, t: int, j: int) -> None:
    """Draw anew when a clock strikes, given its age."""
    mode = s[at.M_MODE] + j * at.MM_WIDTH
    state, q = s[at.S_MODE] + j * at.SM_WIDTH, s[at.FS_MODE] + j * at.FSM_WIDTH
    clock = s[mode + at.MM_CLOCK]
    if clock not in {at.OPERATION, at.CALENDAR_CLOCK}:
        return
    since = s[state + at.DUE] - to_ns(f[q + at.LEFT])
    age = f[q + at.AGE] if clock == at.OPERATION else (t - since) / at.NS
    p = s[at.FM_MODE] + j * at.FMM_WIDTH + at.FMM_LIFE
    key = stream(s[s[at.STATE] + at.BASE], j, at.LIFE)
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
    if clock == at.OPERATION:
        f[q + at.LEFT] = life - age
    else:
        f[q + at.LEFT] = life
        s[state + at.DUE] = since + to_ns(life)
