"""From a plant to the numbers of one of its lines."""

import hashlib
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from linewright.numeric import draws, tournament
from linewright.plant import Address, Plant
from linewright.plant.model import (
    Cycle,
    Distribution,
    Duration,
    FailureMode,
    Line,
    Route,
    Site,
    Station,
    Step,
    Wear,
)
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.model import Model

UNBOUNDED = 1 << 40
"""Places of a buffer without a limit."""
WEARS_MAX = 60
"""Wears of one station: bits of one integer."""
SHAPES = (0.05, 200.0)
"""Weibull shapes looked among: coefficients of variation from some 1 % to 20."""

Numbers = tuple[int, float, float, float]
"""A distribution for `linewright.numeric.draw`: family and three parameters."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What one station does to each part."""

    address: Address
    station: Station
    time: Numbers
    scrap_share: float
    places: int
    wears: Mapping[str, Wear]


def compile_line(
    plant: Plant, address: Address | str, *, product: str | None = None, plant_rev: str = ""
) -> Model:
    """Return the model of a serial line.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The line.
    product
        What it makes; left out: the first product of the plant whose route passes every
        station. When there is none, each station does the first operation it can.
    plant_rev
        Revision of the plant, kept with the model.

    Raises
    ------
    LineInvalid
        When there is no such line, the product does not pass it, or it has what the kernel
        does not simulate: several places or pieces, batches, transport, side feeds, other
        releases than push, shifts of a single station.

    Notes
    -----
    Simulated: cycle times, scrap of stations and of the route, failure modes with their own
    clocks, wears, buffers, working time. Not simulated, and without effect: operators, crews
    (repairs begin at once), set-ups between products, rework, modes brought on by other modes.
    Times are those of the stations; dated standard times are not read. The first station
    always has material and the last one always has room. Cost: linear in the size of the line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> [str(each) for each in compile_line(plant.done(), "reno/shop/pump").buffers]
    ['reno/shop/pump/turn-test']
    """
    place = Address(address)
    line = _line(plant, place)
    steps = _steps(plant, place, line, product)
    site = plant.sites[place.site]
    work = [_work(place, line, k, steps, site) for k in range(len(line.flow))]
    modes = [(i, name) for i, one in enumerate(work) for name in one.station.fails]
    wears = [(i, name) for i, one in enumerate(work) for name in one.wears]
    buffers = tuple(
        Address(f"{place}/{up}-{down}") for up, down in zip(line.flow, line.flow[1:], strict=False)
    )
    stations = tuple(one.address for one in work)
    return Model(
        address=place,
        product=steps[0],
        plant_rev=plant_rev,
        stations=stations,
        buffers=buffers,
        modes=tuple(modes),
        wears=tuple(wears),
        calendar=site.calendar(line.shifts) if site.shifts else None,
        ints=array("q", _ints(work, modes, wears)).tobytes(),
        floats=array("d", _floats(work, modes, wears)).tobytes(),
        shape=_shape(stations, modes, wears),
    )


def _line(plant: Plant, place: Address) -> Line:
    group = dict(plant.groups()).get(place)
    if not isinstance(group, Line):
        raise LineInvalid(place, "there is no such line", "give the address of a line with a flow")
    if group.release != "push":
        raise LineInvalid(place, f"release {group.release} is not simulated", "use push")
    between = {f"{up}-{down}" for up, down in zip(group.flow, group.flow[1:], strict=False)}
    for name, buffer in group.buffers.items():
        where = f"{place}/{name}"
        if name not in between:
            raise LineInvalid(where, "side feeds are not simulated", "leave it out")
        if buffer.travel is not None or buffer.batch is not None:
            raise LineInvalid(where, "travel and batches are not simulated", "leave them out")
    return group


Plan = tuple[str, Mapping[str, list[Step]]]
"""A product, and its steps by station."""


def _steps(plant: Plant, place: Address, line: Line, product: str | None) -> Plan:
    wanted = list(plant.products) if product is None else [product]
    for name in wanted:
        if name not in plant.products:
            break
        for route in sorted(plant.routes_of(name).values(), key=lambda one: one.preference):
            found = _placed(place, line, route)
            if all(found.values()):
                return name, found
    if product is not None:
        what = f"product {product} has no route that passes every station"
        raise LineInvalid(place, what, "name another product, or none")
    return "", {name: [] for name in line.flow}


def _placed(place: Address, line: Line, route: Route) -> dict[str, list[Step]]:
    """Return the steps that each station does: each at the first that can, along the flow."""
    found: dict[str, list[Step]] = {name: [] for name in line.flow}
    first = 0
    for step in route.steps:
        for k in range(first, len(line.flow)):
            name = line.flow[k]
            where = f"{place}/{name}"
            allowed = not step.at or any(where == a or where.startswith(f"{a}/") for a in step.at)
            if allowed and _done(line.stations[name], step) is not None:
                found[name].append(step)
                first = k
                break
    return found


def _done(station: Station, step: Step) -> Cycle | None:
    for operation in (step.operation, *step.alternatives):
        if operation in station.does:
            return station.does[operation]
    return None


def _work(place: Address, line: Line, k: int, steps: Plan, site: Site) -> Work:
    name = line.flow[k]
    station, where = line.stations[name], Address(f"{place}/{name}")
    _check_station(where, station)
    done = [(step, _done(station, step)) for step in steps[1][name]]
    cycles = [cycle for _, cycle in done if cycle is not None] or list(station.does.values())[:1]
    good = math.prod(1.0 - step.scrap_share for step, _ in done)
    good *= math.prod(1.0 - cycle.scrap_share for cycle in cycles)
    times = [time for one in cycles for time in (one.time, one.per_piece) if time is not None]
    places = 0
    if k + 1 < len(line.flow):
        buffer = line.buffers.get(f"{name}-{line.flow[k + 1]}")
        places = 0 if buffer is None else buffer.places or 0
        if buffer is not None and buffer.unbounded:
            places = UNBOUNDED
    cycle_s = sum(time.expected_s for time in times)
    return Work(
        address=where,
        station=station,
        time=_sum(where, times),
        scrap_share=1.0 - good,
        places=places,
        wears={name: _known(wear, site, cycle_s) for name, wear in station.wears.items()},
    )


def _known(wear: Wear, site: Site, cycle_s: float) -> Wear:
    """Return a wear with its life in seconds of work, and with what its tool says."""
    tool = site.tools.get(wear.tool or "")
    life_s, parts, change = wear.life_s, wear.life_parts, wear.change
    if tool is not None:
        change = change or tool.change
        if life_s is None and parts is None:
            life_s, parts = tool.life_s, tool.life_parts
    if life_s is None and parts is not None:
        life_s = parts * cycle_s
    return msgspec.structs.replace(wear, life_s=life_s, change=change)


def _check_station(where: Address, station: Station) -> None:
    pieces = max((one.pieces_per_cycle for one in station.does.values()), default=0)
    for wrong, what in (
        (not station.does, "it does nothing"),
        (station.places != 1, f"{station.places} places are not simulated"),
        (station.batch is not None, "batches are not simulated"),
        (pieces != 1, f"{pieces} pieces a cycle are not simulated"),
        (bool(station.shifts), "shifts of a single station are not simulated"),
        (len(station.wears) > WEARS_MAX, f"more than {WEARS_MAX} wears"),
    ):
        if wrong:
            raise LineInvalid(where, what, "change it, or leave the line out")


def _sum(where: Address, times: Sequence[Duration]) -> Numbers:
    if len(times) == 1:
        return numbers_of(times[0], "constant")
    each = [numbers_of(time, "constant") for time in times]
    if any(one[0] != draws.CONSTANT for one in each):
        what = "several operations of random length at one station are not simulated"
        raise LineInvalid(where, what, "give one operation, or constant times")
    return draws.CONSTANT, sum(one[1] for one in each), 0.0, 0.0


def numbers_of(distribution: Distribution | None, family: str) -> Numbers:
    """Return a distribution as the kernel draws it; None: at once.

    Parameters
    ----------
    distribution
        In seconds.
    family
        Which it is when it does not say.

    Examples
    --------
    >>> numbers_of(Duration(mean_s=48.0), "constant")
    (0, 48.0, 0.0, 0.0)
    """
    if distribution is None:
        return draws.CONSTANT, 0.0, 0.0, 0.0
    mean, cv = distribution.expected_s, distribution.cv or 0.0
    low, high = distribution.low_s or 0.0, distribution.high_s or 0.0
    kind = distribution.family or family
    if kind == "triangular":
        return draws.TRIANGULAR, low, distribution.mode_s or 0.0, high
    if kind == "uniform":
        return draws.UNIFORM, low, high, 0.0
    if kind == "exponential":
        return draws.EXPONENTIAL, mean, 0.0, 0.0
    if kind == "constant" or cv == 0.0:
        return draws.CONSTANT, mean, 0.0, 0.0
    return _spread(kind, mean, cv)


def _spread(kind: str, mean: float, cv: float) -> Numbers:
    if kind == "lognormal":
        variance = math.log(1.0 + cv * cv)
        return draws.LOGNORMAL, math.log(mean) - variance / 2.0, math.sqrt(variance), 0.0
    if kind == "normal":
        below = 0.5 * math.erfc(1.0 / (cv * math.sqrt(2.0)))
        return draws.NORMAL, mean, mean * cv, below
    if kind == "gamma":
        return draws.GAMMA, 1.0 / (cv * cv), mean * cv * cv, 0.0
    assert kind == "weibull", f"no such family: {kind}"
    shape = weibull_shape(cv)
    return draws.WEIBULL, shape, mean / math.gamma(1.0 + 1.0 / shape), 0.0


def weibull_shape(cv: float) -> float:
    """Return the shape of the Weibull distribution with a coefficient of variation.

    Examples
    --------
    >>> round(weibull_shape(1.0), 9)
    1.0
    """
    low, high = SHAPES
    for _ in range(100):  # halves far beyond the last digit
        k = 0.5 * (low + high)
        ratio = math.lgamma(1.0 + 2.0 / k) - 2.0 * math.lgamma(1.0 + 1.0 / k)
        low, high = (k, high) if math.expm1(ratio) > cv * cv else (low, k)
    return 0.5 * (low + high)


Named = Sequence[tuple[int, str]]


def _ranges(named: Named, stations: int) -> list[tuple[int, int]]:
    """Return first and end of the entries of each station."""
    counts = [sum(1 for i, _ in named if i == k) for k in range(stations)]
    return [(sum(counts[:k]), sum(counts[: k + 1])) for k in range(stations)]


def _ints(work: Sequence[Work], modes: Named, wears: Named) -> Iterable[int]:
    n, m, w = len(work), len(modes), len(wears)
    m_mode = at.M_STATION + n * at.MS_WIDTH
    m_wear = m_mode + m * at.MM_WIDTH
    state = m_wear + w * at.MW_WIDTH
    s_station = state + at.HEAD
    s_mode = s_station + n * at.SS_WIDTH
    s_wear = s_mode + m * at.SM_WIDTH
    s_buffer = s_wear + w * at.SW_WIDTH
    s_change = s_buffer + n - 1
    s_next = s_change + at.CHANGES_MAX * at.SC_WIDTH
    fm_mode = n * at.FMS_WIDTH
    fm_wear = fm_mode + m * at.FMM_WIDTH
    fs_station = fm_wear + w * at.FMW_WIDTH
    fs_mode = fs_station + n * at.FSS_WIDTH
    fs_wear = fs_mode + m * at.FSM_WIDTH
    fs_change = fs_wear + w * at.FSW_WIDTH
    yield from (n, m, w, m_mode, m_wear, state, s_station, s_mode, s_wear, s_buffer, s_change)
    yield from (s_next, fm_mode, fm_wear, fs_station, fs_mode, fs_wear, fs_change)
    yield tournament.size_for(n)
    for one, own_modes, own_wears in zip(work, _ranges(modes, n), _ranges(wears, n), strict=True):
        yield from (one.places, one.time[0], *own_modes, *own_wears)
    for i, name in modes:
        mode = work[i].station.fails[name]
        causes = _causes(work[i].station, mode)
        life, repair = numbers_of(mode.every, "exponential"), numbers_of(mode.repair, "exponential")
        yield from (i, _clock(mode, causes), causes, life[0], repair[0])
    for i, name in wears:
        change = work[i].wears[name].change
        yield from (i, numbers_of(change, "constant")[0])


def _causes(station: Station, mode: FailureMode) -> int:
    names = {cause.mode for cause in mode.causes}
    return sum(1 << bit for bit, name in enumerate(station.wears) if name in names)


def _clock(mode: FailureMode, causes: int) -> int:
    if mode.every is not None:
        return at.CALENDAR_CLOCK if mode.clock == "calendar" else at.OPERATION
    return at.BY_WEAR if causes else at.BY_CHANGE


def _floats(work: Sequence[Work], modes: Named, wears: Named) -> Iterable[float]:
    for one in work:
        yield from (*one.time[1:], one.scrap_share)
    for i, name in modes:
        mode = work[i].station.fails[name]
        yield from numbers_of(mode.every, "exponential")[1:]
        yield from numbers_of(mode.repair, "exponential")[1:]
    for i, name in wears:
        wear = work[i].wears[name]
        yield from (wear.life_s or 0.0, wear.speed_exponent, wear.slows_share)
        yield from (wear.scraps_share, wear.fails_factor, *numbers_of(wear.change, "constant")[1:])


def _shape(stations: Sequence[Address], modes: Named, wears: Named) -> int:
    text = repr((tuple(map(str, stations)), tuple(modes), tuple(wears)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])
