"""The trace of a run."""

from linewright.plant.records import TraceKind
from linewright.twin import Ring, advance, begin, outcome
from tests.twin.lines import NS, SIX_NS, bracket, line_of, minutes


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
