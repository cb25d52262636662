"""What came of a run, counted since its state began."""

from collections.abc import Mapping

import msgspec

from linewright.numeric import Floats, Ints
from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.plant.records import StationState
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import settle, station
from linewright.twin.model import Model
from linewright.twin.state import State, open_up

STATES = (
    StationState.RUNNING,
    StationState.STARVED,
    StationState.BLOCKED,
    StationState.DOWN,
    StationState.SET_UP,
    StationState.IDLE,
)
"""States of a station by the kernel's numbers. Set up: a wear is renewed. Idle: closed."""


class StationOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one station.

    Parameters
    ----------
    address, state, since_ns
        The station, what it does now, and since when.
    good, scrap
        Parts it ended.
    seconds
        In each state; they sum to the time of the run.
    failures
        By mode.
    used
        Share of life used now, by wear.
    speed_percent
        Its speed now.
    last_cycle_s
        Working time of its last whole cycle, stops taken out; None before the first.
    cycle_began_ns
        When the cycle under way began; None: there is none.
    """

    address: Address
    state: StationState
    since_ns: int
    good: int
    scrap: int
    seconds: FrozenMap[StationState, float]
    failures: FrozenMap[str, int]
    used: FrozenMap[str, float]
    speed_percent: float
    last_cycle_s: float | None
    cycle_began_ns: int | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run of a line.

    Parameters
    ----------
    since_ns, t_ns
        From when to when it is counted.
    good
        Good parts that left the line.
    scrap
        Parts scrapped, at whatever station.
    begun
        Parts that entered the line.
    inside
        Parts that are in the line now.
    is_open
        Whether it is working time.
    stations, buffers
        In the order of the flow; a buffer tells the parts in it.
    """

    since_ns: int
    t_ns: int
    good: int
    scrap: int
    begun: int
    inside: int
    is_open: bool
    stations: tuple[StationOutcome, ...]
    buffers: FrozenMap[Address, int]

    def at(self, address: Address | str) -> StationOutcome:
        """Return what came of one station; `KeyError` when the line has none such."""
        for one in self.stations:
            if one.address == address:
                return one
        raise KeyError(address)


def outcome(model: Model, state: State) -> Outcome:
    """Return what came of a run, from `begin` or `from_line` to the state's time.

    Parameters
    ----------
    model, state
        The line.

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
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> outcome(model, begin(model, at_ns=0, seed=1)).stations[0].state.value
    'idle'
    """
    work = open_up(model, state)
    s, f = work.s, work.f
    head = s[at.STATE]
    stations = tuple(_station(model, s, f, i) for i in range(s[at.STATIONS]))
    buffers = {each: s[s[at.S_BUFFER] + k] for k, each in enumerate(model.buffers)}
    on_stations = sum(
        s[station(s, i) + at.HELD] + (s[station(s, i) + at.REMAIN] > 0)
        for i in range(s[at.STATIONS])
    )
    return Outcome(
        since_ns=s[head + at.BEGAN_AT],
        t_ns=s[head + at.T],
        good=s[head + at.SHIPPED],
        scrap=sum(one.scrap for one in stations),
        begun=s[head + at.CREATED],
        inside=sum(buffers.values()) + on_stations,
        is_open=bool(s[head + at.OPEN]),
        stations=stations,
        buffers=FrozenMap(buffers),
    )


def _station(model: Model, s: Ints, f: Floats, i: int) -> StationOutcome:
    b, t = station(s, i), s[s[at.STATE] + at.T]
    phase = s[b + at.PHASE]
    if phase == at.RUNNING:
        settle(s, f, t, i)  # of this copy only
    seconds = {state: s[b + at.TIMES + k] / at.NS for k, state in enumerate(STATES)}
    seconds[STATES[phase]] = (s[b + at.TIMES + phase] + t - s[b + at.SINCE]) / at.NS
    return StationOutcome(
        address=model.stations[i],
        state=STATES[phase],
        since_ns=s[b + at.SINCE],
        good=s[b + at.GOOD],
        scrap=s[b + at.SCRAP],
        seconds=FrozenMap(seconds),
        failures=FrozenMap(_failures(model, s, i)),
        used=FrozenMap(_used(model, s, f, i)),
        speed_percent=f[s[at.FS_STATION] + i * at.FSS_WIDTH + at.SPEED],
        last_cycle_s=s[b + at.LAST] / at.NS if s[b + at.LAST] else None,
        cycle_began_ns=s[b + at.BEGUN] if s[b + at.REMAIN] else None,
    )


def _failures(model: Model, s: Ints, i: int) -> Mapping[str, int]:
    return {
        name: s[s[at.S_MODE] + j * at.SM_WIDTH + at.FAILURES]
        for j, (station_, name) in enumerate(model.modes)
        if station_ == i
    }


def _used(model: Model, s: Ints, f: Floats, i: int) -> Mapping[str, float]:
    return {
        name: f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
        for w, (station_, name) in enumerate(model.wears)
        if station_ == i
    }


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
