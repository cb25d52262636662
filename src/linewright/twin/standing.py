"""Whether a place can work at all, and whether a run of it has come to a standstill for ever."""

import math
from collections.abc import Iterator

import msgspec

from linewright.numeric import Floats, Ints, draws
from linewright.numeric.tournament import FAR, key_of
from linewright.plant.calendar import compile_calendar
from linewright.twin.faults import LineInvalid, RunStopped
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import fixed, server
from linewright.twin.kernel.loop import drain
from linewright.twin.kernel.queues.parts import look, part, work_of
from linewright.twin.model import Model
from linewright.twin.starting import NO_RING
from linewright.twin.state import State, open_up

__all__ = ["DeadEnd", "Overload", "check_work", "dead_end", "overloads", "stop_at_dead_end"]

WEEKS_NS = 28 * 86_400 * at.NS
"""How much working time is looked at for what a place can do."""
ROUNDS = 20_000
"""Rounds in which visits to steps are found; rework of 99 in 100 needs some 3,000."""
SETTLED = 1e-9
"""Visits that change by less than this share are found."""
SURE = 1.001
"""Load from which it is told: a load of just 1 is not told by the last digit."""
UNDER_WAY = (at.RUNNING, at.SET_UP, at.UPKEPT, at.DOWN)
"""What ends by itself, and something else may begin then."""
TOLD = 6
"""Places that are named at most."""


class DeadEnd(msgspec.Struct, frozen=True, kw_only=True):
    """Stations that can never go on.

    Parameters
    ----------
    places
        Those that wait for each other, or hold what waits; addresses and names of queues.
    what
        What each waits for, in words.
    since_ns
        Plant time since which it is so.
    """

    places: tuple[str, ...]
    what: str
    since_ns: int


class Overload(msgspec.Struct, frozen=True, kw_only=True):
    """A station, or several at one queue, to which more comes than they can do.

    Parameters
    ----------
    places
        The stations.
    load
        Work that comes over work that they can do; above 1 the queue grows without end.
    """

    places: tuple[str, ...]
    load: float

    def __str__(self) -> str:
        """Return it as a sentence."""
        named = ", ".join(self.places[:TOLD])
        what = f"{self.load:.3g} times as much work comes as can be done"
        return f"{named}: {what}; the queue in front grows without end"


def dead_end(model: Model, state: State) -> DeadEnd | None:
    """Return what of a run can never go on, or None.

    Parameters
    ----------
    model, state
        The place.

    Raises
    ------
    StateInvalid
        When the state is of another place.

    Notes
    -----
    Two ways to stand for ever. *Circle*: the greatest set of servers that wait for room in
    queues which only servers of the same set could empty; a server outside that has no work on
    any part of such a queue does not count. *Nothing due*: parts are inside, nothing is under
    way, and nothing would begin were it working time everywhere and everybody there. A change
    that is still to come makes either uncertain, so none is told. Cost: servers times queues at
    worst.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> dead_end(model, begin(model, at_ns=0, seed=1)) is None
    True
    """
    work = open_up(model, state)
    s = work.s
    if s[at.NEXT_CHANGE] < FAR or s[at.FRESH]:
        return None
    locked = _locked(s)
    if locked:
        return _circle(model, s, locked)
    inside = s[at.CAPACITY] - s[at.FREE_COUNT]
    if inside == 0 or _goes_on(s) or _could_go_on(model, state):
        return None
    return _nothing_due(model, s, inside)


def stop_at_dead_end(model: Model, state: State) -> None:
    """Raise `RunStopped` when something of a run can never go on.

    Parameters
    ----------
    model, state
        The place.

    Raises
    ------
    RunStopped
        With the places and since when; see `dead_end`.
    """
    found = dead_end(model, state)
    if found is None:
        return
    hours = (found.since_ns - state.head(at.BEGAN_AT)) / at.NS / 3600.0
    what = f"since {hours:.4g} h of the run nothing can go on here: {found.what}"
    do = "give one of these queues more places, let fewer parts in, or bring what is waited for"
    raise RunStopped(found.places[0] if found.places else str(model.address), what, do)


def _takers(s: Ints) -> dict[int, list[int]]:
    """Return the servers that take from each queue, as parts or as components."""
    found: dict[int, list[int]] = {q: [] for q in range(s[at.QUEUES])}
    for i in range(s[at.SERVERS]):
        found[s[fixed(s, i) + at.MS_QUEUE]].append(i)
    for q in found:
        m = s[at.M_QUEUE] + q * at.MQ_WIDTH
        listed = range(s[m + at.MQ_USERS], s[m + at.MQ_USERS_END])
        found[q] += [s[s[at.M_LIST] + k] for k in listed]
    return found


def _locked(s: Ints) -> set[int]:
    """Return the greatest set of servers that wait for each other's room."""
    takers = _takers(s)
    waiting = {i for i in range(s[at.SERVERS]) if _waits(s, i)}
    while True:  # each round takes one out at least
        free = {
            i
            for i in waiting
            if any(
                j not in waiting and _could_take(s, j, s[server(i) + at.WAITS_AT])
                for j in takers[s[server(i) + at.WAITS_AT]]
            )
            or not takers[s[server(i) + at.WAITS_AT]]
        }
        if not free:
            return waiting
        waiting -= free


def _waits(s: Ints, i: int) -> bool:
    """Return whether a server waits for room: with a finished part, or before it begins.

    One that waits before it begins counts only where nothing else can come to it: its own
    queue is full.
    """
    b = server(i)
    if s[b + at.WAITS_AT] < 0:
        return False
    if s[b + at.HELD] >= 0:
        return True
    q = s[at.S_QUEUE] + s[fixed(s, i) + at.MS_QUEUE] * at.SQ_WIDTH
    return s[b + at.PHASE] == at.BLOCKED and s[q + at.COUNT] >= s[q + at.PLACES] > 0


def _could_take(s: Ints, j: int, q: int) -> bool:
    """Return whether a server has work on any part that stands, or waits, at a queue."""
    m = s[at.M_QUEUE] + q * at.MQ_WIDTH
    if s[m + at.MQ_FLAGS] & at.STORE:
        return True
    return any(work_of(s, j, p) >= 0 for p in _parts_at(s, q))


def _parts_at(s: Ints, q: int) -> Iterator[int]:
    """Yield the parts in a queue, then those that servers hold in front of it."""
    b = s[at.S_QUEUE] + q * at.SQ_WIDTH
    p = s[b + at.FRONT]
    while p >= 0:
        yield p
        p = s[part(s, p) + at.NEXT]
    i = s[b + at.WAITER]
    while i >= 0:
        if s[server(i) + at.HELD] >= 0:
            yield s[server(i) + at.HELD]
        i = s[server(i) + at.NEXT_WAITER]


def _place_of(model: Model, s: Ints, i: int) -> str:
    """Return the address of a server's station; of what moves parts, its queue."""
    station = s[fixed(s, i) + at.MS_STATION]
    element = s[s[at.M_STATION] + station * at.MT_WIDTH + at.MT_ELEMENT]
    if element >= 0:
        return str(model.stations[element])
    return model.stores[s[fixed(s, i) + at.MS_QUEUE]].name


def _circle(model: Model, s: Ints, locked: set[int]) -> DeadEnd:
    # servers are numbered from the last one of the flow, so the first of the flow is told first
    order = sorted(locked, reverse=True)
    places = [_place_of(model, s, i) for i in order]
    told = [
        f"{place} waits for room in {model.stores[s[server(i) + at.WAITS_AT]].name}"
        for place, i in zip(places, order, strict=True)
    ]
    since = max(s[server(i) + at.SINCE] for i in order)
    more = f" and {len(told) - TOLD} more" if len(told) > TOLD else ""
    return DeadEnd(
        places=tuple(dict.fromkeys(places)), what="; ".join(told[:TOLD]) + more, since_ns=since
    )


def _goes_on(s: Ints) -> bool:
    """Return whether anything is under way or on its way; a failure that may strike is not."""
    tree, leaves = s[at.S_NEXT], s[at.LEAVES]
    if any(key_of(s, tree, leaves, e) < FAR for e in range(s[at.DELAYS_AT], leaves)):
        return True
    return any(
        s[server(i) + at.PHASE] in UNDER_WAY and key_of(s, tree, leaves, i) < FAR
        for i in range(s[at.SERVERS])
    )


def _could_go_on(model: Model, state: State) -> bool:
    """Return whether anything would, were it working time everywhere and everybody there."""
    work = open_up(model, state)
    s, f = work.s, work.f
    if s[at.FREE_COUNT] < s[at.MARGIN]:
        return True
    for k in range(s[at.CALENDARS]):
        s[s[at.S_CALENDAR] + k] = 1
    for k, crew in enumerate(model.crews):
        b = s[at.S_POOL] + k * at.SP_WIDTH
        most = max((crew.count, *crew.by_shift.values())) * at.MILLI
        s[b + at.PRESENT] = max(s[b + at.PRESENT], most)
    s[at.FREED] = 1
    for i in range(s[at.SERVERS]):
        look(s, i)
    drain(s, f, NO_RING, s[at.T])
    return _goes_on(s)


def _nothing_due(model: Model, s: Ints, inside: int) -> DeadEnd:
    told: list[str] = []
    places: list[str] = []
    for q, store in enumerate(model.stores):
        count = s[s[at.S_QUEUE] + q * at.SQ_WIDTH + at.COUNT]
        if count:
            told.append(f"{count} in {store.name}")
            places.append(store.name)
    since = s[at.BEGAN_AT]
    for i in reversed(range(s[at.SERVERS])):
        b = server(i)
        since = max(since, s[b + at.SINCE])
        if s[b + at.LOAD] >= 0 or s[b + at.HELD] >= 0:
            why = "waits for people or things" if s[b + at.REQUEST] else "holds a part"
            told.append(f"{_place_of(model, s, i)} {why}")
            places.append(_place_of(model, s, i))
    what = f"{inside} parts are inside and nothing is to happen any more: {', '.join(told[:TOLD])}"
    return DeadEnd(places=tuple(dict.fromkeys(places)), what=what, since_ns=since)


def check_work(model: Model) -> None:
    """Raise `LineInvalid` when a place could never work, or would not let time pass.

    Parameters
    ----------
    model
        The place.

    Raises
    ------
    LineInvalid
        When a cycle, a set-up, a repair or maintenance needs more people or things than there
        ever are, or when material without end is made in no time.

    Notes
    -----
    Cost: linear in what is done at the stations.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> check_work(compile_plant(plant.done(), "reno/shop/pump"))
    """
    s, f = model.views()
    for where, what, first, end in _wanted(model, s):
        for n in range(first, end):
            lack = _lack(model, s, n)
            if lack:
                do = "have more of them, or ask for fewer"
                raise LineInvalid(where, f"{what} can never begin: {lack}", do)
    for k in range(s[at.SOURCES]):
        m = s[at.M_SOURCE] + k * at.ML_WIDTH
        if s[m + at.ML_KIND] != at.ENDLESS:
            continue
        for n in range(s[m + at.ML_PRODUCT], s[m + at.ML_PRODUCT_END], 4):
            step = s[s[at.M_LIST] + n + 3]
            if f[s[at.FM_STEP] + step * at.FMP_WIDTH + at.FMP_REST_S] <= 0.0:
                where = model.stores[s[m + at.ML_QUEUE]].name
                what = "its parts are made in no time, and material is always there"
                raise LineInvalid(where, what, "give a station of the way a cycle time")


Wanted = tuple[str, str, int, int]
"""Where, what for, first and end of the needs."""


def _wanted(model: Model, s: Ints) -> Iterator[Wanted]:
    """Yield everything that people or things are needed for."""
    for w in range((s[at.M_TIME] - s[at.M_WORK]) // at.MW_WIDTH):
        k = s[at.M_WORK] + w * at.MW_WIDTH
        where = _station_name(model, s, s[k + at.MW_STATION])
        yield where, "a cycle", s[k + at.MW_NEED], s[k + at.MW_NEED_END]
        yield where, "a cycle", s[k + at.MW_ATTEND_NEED], s[k + at.MW_ATTEND_NEED_END]
    for j, (i, name) in enumerate(model.modes):
        k = s[at.M_MODE] + j * at.MM_WIDTH
        what = f"the repair of {name}"
        yield str(model.stations[i]), what, s[k + at.MM_NEED], s[k + at.MM_NEED_END]
    for j, (i, name) in enumerate(model.upkeeps):
        k = s[at.M_UPKEEP] + j * at.MU_WIDTH
        yield str(model.stations[i]), name, s[k + at.MU_NEED], s[k + at.MU_NEED_END]
    for i in range(s[at.STATIONS]):
        k = s[at.M_STATION] + i * at.MT_WIDTH
        where = _station_name(model, s, i)
        yield where, "a set-up", s[k + at.MT_SETUP_NEED], s[k + at.MT_SETUP_NEED_END]


def _station_name(model: Model, s: Ints, station: int) -> str:
    first = s[s[at.M_STATION] + station * at.MT_WIDTH + at.MT_FIRST]
    return _place_of(model, s, first)


def _lack(model: Model, s: Ints, n: int) -> str:
    """Return what is missing for a need, in words; empty: nothing."""
    need = s[at.M_NEED] + n * at.MN_WIDTH
    listed = range(s[need + at.MN_POOL], s[need + at.MN_POOL_END])
    crews = [model.crews[s[s[at.M_LIST] + k]] for k in listed]
    if any(max(one.count, *one.by_shift.values(), 0) * at.MILLI >= s[need] for one in crews):
        return ""
    wanted = f"{s[need + at.MN_AMOUNT] / at.MILLI:g}"
    known = ", ".join(f"{one.kind} {one.name} has {one.count} at most" for one in crews[:TOLD])
    return f"it needs {wanted}, and {known or 'there is nobody'}"


def overloads(model: Model, at_ns: int) -> tuple[Overload, ...]:
    """Return where more work comes by itself than can be done.

    Parameters
    ----------
    model
        The place.
    at_ns
        Plant time from which working time is looked at, for 28 days.

    Notes
    -----
    For each queue: arrivals a second, times visits for each (rework and scrap followed along
    the route), times the mean time of a visit (the largest loads; repairs by the clocks of
    operation added), over servers times their share of working time. Set-ups, waiting for
    people and blocking are left out, so it is the least load; a mean that is told is above 1
    for sure. Where parts choose among queues, they are taken to spread by what each can do.
    Cost: steps times some rounds.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> _ = plant.product("pump", route=["turn"], arrives="40 s")
    >>> [round(one.load, 9) for one in overloads(compile_plant(plant.done(), "reno/shop/pump"), 0)]
    [1.2]
    """
    s, f = model.views()
    arriving = _arriving(s, f)
    if not arriving:
        return ()
    visits = _visits(s, f, arriving)
    loads: dict[int, float] = {}
    places: dict[int, dict[str, None]] = {}
    for k, rate in visits.items():
        b = s[at.M_STEP] + k * at.MP_WIDTH
        works = range(s[b + at.MP_WORK], s[b + at.MP_WORK_END])
        times = [_part_s(model, (s, f), w, s[b + at.MP_PRODUCT], at_ns) for w in works]
        if s[b + at.MP_QUEUE] >= 0 and times:
            q = s[b + at.MP_QUEUE]
            loads[q] = loads.get(q, 0.0) + rate * min(times)
            named = places.setdefault(q, {})
            for w in works:
                station = s[s[at.M_WORK] + w * at.MW_WIDTH + at.MW_STATION]
                named[_station_name(model, s, station)] = None
    found = []
    for q, load in loads.items():
        servers = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SERVERS]
        if servers and load / servers > SURE:
            found.append(Overload(places=tuple(places[q]), load=load / servers))
    return tuple(sorted(found, key=lambda one: -one.load))


def _arriving(s: Ints, f: Floats) -> dict[int, float]:
    """Return parts a second that arrive at each first step."""
    found: dict[int, float] = {}
    for k in range(s[at.SOURCES]):
        m, x = s[at.M_SOURCE] + k * at.ML_WIDTH, s[at.FM_SOURCE] + k * at.FML_WIDTH
        if s[m + at.ML_KIND] != at.ARRIVALS:
            continue
        n = s[at.M_LIST] + s[m + at.ML_PRODUCT]
        product = s[at.M_PRODUCT] + s[n] * at.MO_WIDTH
        parts = -(-s[n + 2] // s[product + at.MO_SIZE])
        step = s[product + at.MO_STEP]
        gap = _mean_s(s[m + at.ML_FAMILY], (f[x], f[x + 1], f[x + 2]))
        if step >= 0 and gap > 0.0:
            found[step] = found.get(step, 0.0) + parts / gap
    return found


def _visits(s: Ints, f: Floats, arriving: dict[int, float]) -> dict[int, float]:
    """Return visits a second to each step, rework and scrap followed."""
    now = dict(arriving)
    for _ in range(ROUNDS):
        then = dict(arriving)
        for k, rate in now.items():
            for step, share in _onward(s, f, k):
                then[step] = then.get(step, 0.0) + rate * share
        moved = max(abs(then[k] - now.get(k, 0.0)) / then[k] for k in then if then[k] > 0.0)
        now = then
        if moved < SETTLED:
            break
    return now


def _onward(s: Ints, f: Floats, k: int) -> Iterator[tuple[int, float]]:
    """Yield the steps that follow a step, each with its share of the parts."""
    b = s[at.M_STEP] + k * at.MP_WIDTH
    choices = range(s[b + at.MP_DEST], s[b + at.MP_DEST_END], 2)
    if s[b + at.MP_QUEUE] < 0 and choices:
        steps = [s[s[at.M_LIST] + n + 1] for n in choices]
        paces = [_pace(s, f, each) for each in steps]
        for each, pace in zip(steps, paces, strict=True):
            yield each, pace / sum(paces)
        return
    if s[b + at.MP_WORK] == s[b + at.MP_WORK_END]:
        return
    x = s[at.FM_WORK] + s[b + at.MP_WORK] * at.FMW_WIDTH
    again = f[x + at.FMW_REWORK] if s[b + at.MP_REWORK] >= 0 else 0.0
    trips = sum(again**n for n in range(s[b + at.MP_LIMIT] + 1))
    back = (trips - 1.0) / trips if again else 0.0
    good = max(0.0, 1.0 - f[x + at.FMW_SCRAP] - f[x + at.FMW_REWORK])
    if back > 0.0:
        yield s[b + at.MP_REWORK], back
    if s[b + at.MP_AFTER] >= 0 and good > 0.0:
        yield s[b + at.MP_AFTER], good


def _pace(s: Ints, f: Floats, k: int) -> float:
    """Return what the servers of a step can do in a second, roughly."""
    b = s[at.M_STEP] + k * at.MP_WIDTH
    q = s[b + at.MP_QUEUE]
    servers = s[s[at.M_QUEUE] + q * at.MQ_WIDTH + at.MQ_SERVERS] if q >= 0 else 1
    mean_s = f[s[at.FM_STEP] + k * at.FMP_WIDTH + at.FMP_MEAN_S]
    return max(1, servers) / max(mean_s, 1e-9)


def _part_s(model: Model, numbers: tuple[Ints, Floats], w: int, product: int, at_ns: int) -> float:
    """Return the mean time that a station needs for a part, by the clock, in s."""
    s, f = numbers
    k = s[at.M_WORK] + w * at.MW_WIDTH
    b = s[at.M_STATION] + s[k + at.MW_STATION] * at.MT_WIDTH
    m = fixed(s, s[b + at.MT_FIRST])
    if s[m + at.MS_FLAGS] & at.MOVER:
        return 0.0
    whole, each = 0.0, 0.0
    for d in range(s[k + at.MW_TIME], s[k + at.MW_TIME_END]):
        z = s[at.FM_TIME] + d * at.FMD_WIDTH
        c = s[at.M_TIME] + d * at.MD_WIDTH
        mean = _mean_s(s[c + at.MD_FAMILY], (f[z], f[z + 1], f[z + 2]))
        if s[c + at.MD_PER_PIECE]:
            each += mean
        else:
            whole += mean
    size = s[s[at.M_PRODUCT] + product * at.MO_WIDTH + at.MO_SIZE]
    loads = s[b + at.MT_BATCH] // size
    cycles = 1.0 / loads if loads > 1 else float(-(-size // max(1, s[k + at.MW_PIECES])))
    busy = (whole * cycles + each * size) / f[s[at.FM_WORK] + w * at.FMW_WIDTH + at.FMW_SUCCEEDS]
    return busy * _stretch(s, f, m) / _open_share(model, s, m, at_ns)


def _stretch(s: Ints, f: Floats, m: int) -> float:
    """Return by how much repairs stretch the work of a server; `m`: where it stands."""
    found = 1.0
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        k, x = s[at.M_MODE] + j * at.MM_WIDTH, s[at.FM_MODE] + j * at.FMM_WIDTH
        if s[k + at.MM_CLOCK] != at.OPERATION or s[k + at.MM_CAUSES]:
            continue
        life = _mean_s(s[k + at.MM_LIFE], (f[x], f[x + 1], f[x + 2]))
        repair = _mean_s(s[k + at.MM_REPAIR], (f[x + 3], f[x + 4], f[x + 5]))
        found += repair / life if life > 0.0 else 0.0
    return found


def _open_share(model: Model, s: Ints, m: int, at_ns: int) -> float:
    """Return the share of time in which a server may work; at least a little."""
    calendar = s[m + at.MS_CALENDAR]
    if calendar < 0 or s[m + at.MS_FLAGS] & at.UNATTENDED:
        return 1.0
    end_ns = at_ns + WEEKS_NS
    worked = sum(
        min(one.end_ns, end_ns) - max(one.start_ns, at_ns)
        for one in compile_calendar(model.calendars[calendar], at_ns, end_ns)
        if one.kind == "work"
    )
    return max(worked / WEEKS_NS, 1e-6)


def _mean_s(family: int, p: tuple[float, float, float]) -> float:
    """Return the mean of a distribution as the kernel draws it."""
    if family == draws.LOGNORMAL:
        return math.exp(p[0] + p[1] * p[1] / 2.0)
    if family == draws.GAMMA:
        return p[0] * p[1]
    if family == draws.WEIBULL:
        return p[1] * math.gamma(1.0 + 1.0 / p[0])
    if family == draws.TRIANGULAR:
        return (p[0] + p[1] + p[2]) / 3.0
    if family == draws.UNIFORM:
        return (p[0] + p[1]) / 2.0
    return p[0]
