"""What came of a run, counted since its state began."""

import math
from collections.abc import Iterator

import msgspec

from linewright.numeric import Floats, Ints
from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.plant.records import StationState
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import fixed, server, settle
from linewright.twin.model import Model
from linewright.twin.state import State, open_up

STATES = (
    StationState.RUNNING,
    StationState.STARVED,
    StationState.BLOCKED,
    StationState.DOWN,
    StationState.SET_UP,
    StationState.IDLE,
    StationState.IDLE,
    StationState.PLANNED_STOP,
)
"""States of a station by the kernel's numbers. Idle: closed, or waiting for people or things."""

SECONDS_PER_H = 3600.0


class StationOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one station; where it has several places, of all of them together.

    Parameters
    ----------
    address, state, since_ns
        The station, what its first place does now, and since when.
    good, scrap, rework
        Parts it ended.
    seconds
        In each state; they sum to the time of the run times the places.
    waiting_s
        Of the idle seconds, those of waiting for people, vehicles, fixtures or tools.
    crew_s
        Of the seconds down, those of waiting for a crew.
    overdue
        Pieces it took after a longer wait than the `queue_limit` of their step.
    failures
        By mode.
    maintained
        Times, by rule of maintenance.
    used
        Share of life used now, by wear; of the first place.
    speed_percent
        Its speed now.
    last_cycle_s
        Working time of its last whole cycle, stops taken out; None before the first.
    cycle_began_ns
        When the cycle under way began; None: there is none.
    energy_kwh
        Electrical energy; None where the plant file gives no power.
    """

    address: Address
    state: StationState
    since_ns: int
    good: int
    scrap: int
    rework: int
    seconds: FrozenMap[StationState, float]
    waiting_s: float
    crew_s: float
    overdue: int
    failures: FrozenMap[str, int]
    maintained: FrozenMap[str, int]
    used: FrozenMap[str, float]
    speed_percent: float
    last_cycle_s: float | None
    cycle_began_ns: int | None
    energy_kwh: float | None


class StoreOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one queue: a buffer, a rack, a store.

    Parameters
    ----------
    name
        Of a buffer, its address.
    count, entered
        Parts in it now, and that ever came in.
    mean
        Mean number of parts in it.
    """

    name: str
    count: int
    entered: int
    mean: float


class ProductOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one product.

    Parameters
    ----------
    name
        The product; empty: a line without a product of its own.
    released, good, scrap
        Pieces that came in, were finished, were scrapped.
    escaped
        Of the finished ones, those that are bad without anyone knowing.
    late
        Of the finished ones, those after their due date.
    lead_s, lead_sd_s
        Mean and deviation of the time from release to the end of a part; nan without any.
    """

    name: str
    released: int
    good: int
    scrap: int
    escaped: int
    late: int
    lead_s: float
    lead_sd_s: float


class CrewOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a crew, vehicles, a fixture or a tool.

    Parameters
    ----------
    name, kind
        As in the plant file; kind: crew, transport, fixture, tool.
    present, busy
        Mean numbers that were there, and in use.
    """

    name: str
    kind: str
    present: float
    busy: float


class OrderOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order: good pieces, pieces still to come, and when it was done, or None."""

    name: str
    good: int
    left: int
    done_ns: int | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run.

    Parameters
    ----------
    since_ns, t_ns
        From when to when it is counted.
    good
        Good pieces that left.
    scrap
        Pieces scrapped, at whatever station.
    escaped
        Of the good ones, those that are bad without anyone knowing.
    begun
        Parts that came in.
    inside
        Parts that are inside now.
    is_open
        Whether it is working time.
    stations, buffers
        In the order of the flow; a buffer tells the parts in it.
    stores, products, crews, orders
        What came of them.
    events
        How many events it took.
    """

    since_ns: int
    t_ns: int
    good: int
    scrap: int
    escaped: int
    begun: int
    inside: int
    is_open: bool
    stations: tuple[StationOutcome, ...]
    buffers: FrozenMap[Address, int]
    stores: tuple[StoreOutcome, ...]
    products: tuple[ProductOutcome, ...]
    crews: tuple[CrewOutcome, ...]
    orders: tuple[OrderOutcome, ...]
    events: int

    @property
    def energy_kwh(self) -> float:
        """Electrical energy of the stations whose power the plant file gives."""
        return math.fsum(one.energy_kwh for one in self.stations if one.energy_kwh is not None)

    def at(self, address: Address | str) -> StationOutcome:
        """Return what came of one station; `KeyError` when there is none such."""
        for one in self.stations:
            if one.address == address:
                return one
        raise KeyError(address)


def outcome(model: Model, state: State) -> Outcome:
    """Return what came of a run, from `begin` or `from_line` to the state's time.

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
    Cost: linear in the size of the place, some 30 us a station.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> outcome(model, begin(model, at_ns=0, seed=1)).stations[0].state.value
    'idle'
    """
    work = open_up(model, state)
    s, f = work.s, work.f
    for i in range(s[at.SERVERS]):
        b = server(i)
        if s[b + at.PHASE] == at.RUNNING and s[b + at.LOAD] >= 0:
            settle(s, f, s[at.T], i)  # of this copy only
    stations = tuple(_station(model, s, f, k) for k in range(len(model.stations)))
    stores = tuple(_store(model, s, f, q) for q in range(s[at.QUEUES]))
    counts = [0] * len(model.buffers)
    for q, store in enumerate(model.stores):
        if store.element >= len(model.stations):
            counts[store.element - len(model.stations)] += stores[q].count
    return Outcome(
        since_ns=s[at.BEGAN_AT],
        t_ns=s[at.T],
        good=s[at.SHIPPED],
        scrap=sum(one.scrap for one in stations),
        escaped=s[at.ESCAPED],
        begun=s[at.CREATED],
        inside=s[at.CAPACITY] - s[at.FREE_COUNT],
        is_open=not model.calendars or bool(s[s[at.S_CALENDAR]]),
        stations=stations,
        buffers=FrozenMap(dict(zip(model.buffers, counts, strict=True))),
        stores=stores,
        products=tuple(_product(model, s, f, k) for k in range(s[at.PRODUCTS])),
        crews=tuple(_crew(model, s, f, k) for k in range(s[at.POOLS])),
        orders=tuple(_order(model, s, k) for k in range(s[at.ORDERS])),
        events=s[at.EVENTS],
    )


def _servers(s: Ints, station: int) -> Iterator[int]:
    """Yield the servers of a station, its first place first."""
    m = s[at.M_STATION] + station * at.MT_WIDTH
    for back in range(s[m + at.MT_COUNT]):
        yield s[m + at.MT_FIRST] - back


def _seconds(s: Ints, i: int) -> list[float]:
    """Return the seconds of a server in each phase, the present one counted up to now."""
    b = server(i)
    spent = [s[b + at.TIMES + k] for k in range(at.PHASES)]
    spent[s[b + at.PHASE]] += s[at.T] - s[b + at.SINCE]
    return [each / at.NS for each in spent]


def _station(model: Model, s: Ints, f: Floats, k: int) -> StationOutcome:
    places = [*_servers(s, k)]
    spent = [sum(each) for each in zip(*(_seconds(s, i) for i in places), strict=True)]
    seconds = dict.fromkeys(dict.fromkeys(STATES), 0.0)
    for state, each in zip(STATES, spent, strict=True):
        seconds[state] += each
    b = server(places[0])
    working = s[b + at.LOAD] >= 0 and s[b + at.REMAIN] > 0
    return StationOutcome(
        address=model.stations[k],
        state=STATES[s[b + at.PHASE]],
        since_ns=s[b + at.SINCE],
        good=sum(s[server(i) + at.GOOD] for i in places),
        scrap=sum(s[server(i) + at.SCRAP] for i in places),
        rework=sum(s[server(i) + at.REWORK] for i in places),
        seconds=FrozenMap(seconds),
        waiting_s=spent[at.WAITING],
        crew_s=sum(_waited(s, i) for i in places) / at.NS,
        overdue=sum(s[server(i) + at.OVERDUE] for i in places),
        failures=_named(model.modes, k, s, (at.S_MODE, at.SM_WIDTH, at.FAILURES)),
        maintained=_named(model.upkeeps, k, s, (at.S_UPKEEP, at.SU_WIDTH, at.DONE)),
        used=_used(model, s, f, places[0]),
        speed_percent=f[k * at.FST_WIDTH + at.SPEED],
        last_cycle_s=s[b + at.LAST] / at.NS if s[b + at.LAST] else None,
        cycle_began_ns=s[b + at.BEGUN] if working else None,
        energy_kwh=_energy_kwh(model, k, spent),
    )


def _waited(s: Ints, i: int) -> int:
    """Return how long a server has waited for crews, the wait under way included."""
    b = server(i)
    waits = s[b + at.REQUEST] == at.R_REPAIR
    return s[b + at.WAITED] + (s[at.T] - s[b + at.ASKED] if waits else 0)


def _named(
    named: tuple[tuple[int, str], ...], station: int, s: Ints, where: tuple[int, int, int]
) -> FrozenMap[str, int]:
    """Return a count of each mode or rule of a station, over its places."""
    section, width, field = where
    found: dict[str, int] = {}
    for number, (k, name) in enumerate(named):
        if k == station:
            found[name] = found.get(name, 0) + s[s[section] + number * width + field]
    return FrozenMap(found)


def _used(model: Model, s: Ints, f: Floats, i: int) -> FrozenMap[str, float]:
    m = fixed(s, i)
    return FrozenMap(
        {
            model.wears[w][1]: f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
            for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END])
        }
    )


def _energy_kwh(model: Model, k: int, spent: list[float]) -> float | None:
    """Return the energy of a station: power of what it does, times how long it does it."""
    power = model.powers[k]
    if not power.known:
        return None
    closed = power.off_kw
    kw = {
        at.RUNNING: power.running_kw,
        at.STARVED: power.idle_kw,
        at.BLOCKED: power.idle_kw,
        at.DOWN: power.down_kw,
        at.SET_UP: power.set_up_kw,
        at.IDLE: closed,
        at.WAITING: power.idle_kw,
        at.UPKEPT: power.down_kw,
    }
    return sum(kw[phase] * each for phase, each in enumerate(spent)) / SECONDS_PER_H


def _store(model: Model, s: Ints, f: Floats, q: int) -> StoreOutcome:
    b = s[at.S_QUEUE] + q * at.SQ_WIDTH
    area = f[s[at.FS_QUEUE] + q]
    area += float(s[b + at.COUNT]) * float(s[at.T] - s[b + at.LEVEL_SINCE])
    run = s[at.T] - s[at.BEGAN_AT]
    return StoreOutcome(
        name=model.stores[q].name,
        count=s[b + at.COUNT],
        entered=s[b + at.ENTERED],
        mean=area / run if run > 0 else float(s[b + at.COUNT]),
    )


def _product(model: Model, s: Ints, f: Floats, k: int) -> ProductOutcome:
    b, x = s[at.S_PRODUCT] + k * at.SO_WIDTH, s[at.FS_PRODUCT] + k * at.FSO_WIDTH
    parts = s[b + at.PR_PARTS]
    mean = f[x + at.FSO_FLOW] / parts if parts else math.nan
    square = f[x + at.FSO_FLOW2] / parts if parts else math.nan
    return ProductOutcome(
        name=model.products[k],
        released=s[b + at.PR_RELEASED],
        good=s[b + at.PR_SHIPPED],
        scrap=s[b + at.PR_SCRAPPED],
        escaped=s[b + at.PR_ESCAPED],
        late=s[b + at.PR_LATE],
        lead_s=mean,
        lead_sd_s=math.sqrt(max(0.0, square - mean * mean)) if parts else math.nan,
    )


def _crew(model: Model, s: Ints, f: Floats, k: int) -> CrewOutcome:
    b, x = s[at.S_POOL] + k * at.SP_WIDTH, s[at.FS_POOL] + k * at.FSP_WIDTH
    dt = float(s[at.T] - s[b + at.USED_SINCE])
    used = f[x + at.FSP_AREA] + float(s[b + at.USED_NOW]) * dt
    present = f[x + at.FSP_PRESENT] + float(s[b + at.PRESENT]) * dt
    run = max(1, s[at.T] - s[at.BEGAN_AT])
    return CrewOutcome(
        name=model.crews[k].name,
        kind=model.crews[k].kind,
        present=present / run / at.MILLI,
        busy=used / run / at.MILLI,
    )


def _order(model: Model, s: Ints, k: int) -> OrderOutcome:
    b = s[at.S_ORDER] + k * at.SX_WIDTH
    return OrderOutcome(
        name=model.orders[k],
        good=s[b + at.X_GOOD],
        left=max(0, s[b + at.X_LEFT]),
        done_ns=s[b + at.X_DONE_AT] or None,
    )


def symptom_level(used: float, speed_percent: float) -> float:
    """Return how far a wear shows on a signal, as a share of its full effect.

    Parameters
    ----------
    used
        Share of life used, 0 and more.
    speed_percent
        Speed of the station, %.

    Notes
    -----
    Full effect is at the end of life and full speed; both count in proportion.

    Examples
    --------
    >>> round(symptom_level(0.7, 80.0), 9)
    0.56
    """
    return used * speed_percent / 100.0
