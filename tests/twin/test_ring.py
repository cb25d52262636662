"""The trace of a run."""

from collections.abc import Iterable

import pytest

from linewright.plant.language import load_text
from linewright.plant.records import StationState, Trace, TraceKind
from linewright.twin import Ring, advance, begin, compile_plant, outcome
from linewright.twin.outcome import StationOutcome
from tests.twin.compared import plants
from tests.twin.lines import NS, SIX_NS, bracket, line_of, minutes

STATES = {
    TraceKind.BEGAN: "running",
    TraceKind.GOES_ON: "running",
    TraceKind.BLOCKED: "blocked",
    TraceKind.STARVED: "starved",
    TraceKind.SET_UP_BEGAN: "set_up",
}
"""State of a station from an event on."""
STOOD = ("closed", "waiting", "set_up")
"""State of a station that stands, by why; who waits for maintenance counts as under it."""
MOST_S = 2000


def _told(events: Iterable[Trace], end_ns: int) -> dict[str, float]:
    """Return the seconds in each state that the trace of a station of one place tells."""
    spent, since, state = dict.fromkeys(("", *STATES.values(), *STOOD, "down"), 0.0), 0, ""
    failed: set[float] = set()
    for one in events:
        spent[state] += (one.t_ns - since) / NS
        since = one.t_ns
        if one.kind == TraceKind.FAILED:
            failed.add(one.value)
        elif one.kind == TraceKind.REPAIRED:
            failed.remove(one.value)
        if one.kind == TraceKind.STANDS:
            state = STOOD[int(one.value)]
        elif failed:
            state = "down"
        elif one.kind in {TraceKind.ENDED, TraceKind.REPAIRED, TraceKind.SET_UP_ENDED}:
            state = ""  # something follows at the same instant
        else:
            state = STATES.get(one.kind, state)
    spent[state] += (end_ns - since) / NS
    return spent


def _spent(one: StationOutcome) -> dict[str, float]:
    """Return the seconds in each state that the outcome of a station tells."""
    seconds = {str(state): spent for state, spent in one.seconds.items()}
    seconds["set_up"] += seconds.pop(str(StationState.PLANNED_STOP))
    idle = seconds.pop("idle")
    return seconds | {"closed": idle - one.waiting_s, "waiting": one.waiting_s, "": 0.0}


@pytest.mark.parametrize(
    "name",
    [
        "failures+calendar",
        "calendar+setups",
        "shifts+people",
        "shifts+setups",
        "people+setups",
        "maintenance+shifts",
        "shifts+slotted",
        "shifts+fixtures",
        "shifts+batch",
        "zero+before",
    ],
)
def test_it_tells_how_every_station_spends_its_time(name: str) -> None:
    """Seconds in each state, summed up from the trace alone, are those of the outcome."""
    _, text, where = plants()[name]
    model = compile_plant(load_text(text), where)
    ring = Ring(model, events=100_000)
    state = begin(model, at_ns=0, seed=1)
    state = advance(model, state, MOST_S * NS, trace=ring)
    events = ring.read()
    for one in outcome(model, state).stations:
        own = [event for event in events if event.element == one.address]
        told = _told(own, MOST_S * NS)
        assert told == pytest.approx(_spent(one) | dict.fromkeys(told.keys() - _spent(one), 0.0))


def test_it_tells_what_the_outcome_counts() -> None:
    """Parts created, shipped and scrapped in the trace are those of the outcome."""
    model = bracket()
    ring = Ring(model, events=100_000)
    state = advance(model, begin(model, at_ns=SIX_NS, seed=3), SIX_NS + minutes(480), trace=ring)
    kinds = [event.kind for event in ring.read()]
    found = outcome(model, state)
    assert kinds.count(TraceKind.CREATED) == found.begun
    assert kinds.count(TraceKind.SHIPPED) == found.good
    assert kinds.count(TraceKind.SCRAPPED) == found.scrap
    assert ring.dropped == 0


def test_it_is_bounded_and_counts_what_it_dropped() -> None:
    """The latest events are kept; reading twice gives nothing twice."""
    model = line_of("9 s")
    ring, whole = Ring(model, events=10), Ring(model)
    state = begin(model, at_ns=0, seed=1)
    state = advance(model, state, 900 * NS, trace=ring, jit=False)
    advance(model, begin(model, at_ns=0, seed=1), 900 * NS, trace=whole, jit=False)
    everything = whole.read()
    assert ring.read() == everything[-10:]
    assert ring.dropped == len(everything) - 10
    assert ring.read() == []


def test_buffers_tell_how_many_are_there() -> None:
    """A unit that enters or leaves gives the count afterwards; they never jump."""
    model = line_of("5 s exponential", "5 s exponential", places=3)
    ring = Ring(model)
    advance(model, begin(model, at_ns=0, seed=1), 900 * NS, trace=ring, jit=False)
    count = 0.0
    for event in ring.read():
        if event.element == model.buffers[0]:
            count += 1.0 if event.kind == TraceKind.ENTERED else -1.0
            assert event.value == count
            assert 0.0 <= count <= 3.0
