"""Laws that hold on every path of every small line, with no statistics in them."""

from collections import deque
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind
from linewright.twin import Model, Ring, State, advance, begin, fork, outcome
from tests.twin.oracles.chance import line_by_chance
from tests.twin.oracles.markov import Line, Station
from tests.twin.oracles.measuring import NS, compiled
from tests.twin.oracles.plants import plant_of

pytestmark = pytest.mark.laws

NUMBERS = st.integers(0, 500)
SEEDS = st.integers(0, 9_999)
HORIZON_S = 3_000
EVENTS_MAX = 200_000
TIMES_S = (30, 100, 300, 1_000, HORIZON_S)


def _model(number: int) -> Model:
    return compiled(plant_of(line_by_chance(number)))


def _after(model: Model, seed: int, seconds: int = HORIZON_S) -> State:
    return advance(model, begin(model, at_ns=0, seed=seed), seconds * NS)


def _told(model: Model, seed: int) -> list[Trace]:
    ring = Ring(model, events=EVENTS_MAX)
    advance(model, begin(model, at_ns=0, seed=seed), HORIZON_S * NS, trace=ring)
    events = ring.read()
    assert ring.dropped == 0
    return events


def _good(line: Line, seed: int) -> list[int]:
    """Return good parts that have left at some instants."""
    model = compiled(plant_of(line))
    state, found = begin(model, at_ns=0, seed=seed), []
    for seconds in TIMES_S:
        state = advance(model, state, seconds * NS)
        found.append(outcome(model, state).good)
    return found


@given(NUMBERS, SEEDS)
def test_states_sum_to_the_horizon(number: int, seed: int) -> None:
    """At every station the seconds in all states are those of the run, for each of its places."""
    line = line_by_chance(number)
    model = compiled(plant_of(line))
    for one, made in zip(outcome(model, _after(model, seed)).stations, line.stations, strict=True):
        whole_ns = round(sum(one.seconds.values()) * NS)
        assert whole_ns in {HORIZON_S * NS, made.servers * HORIZON_S * NS}


@given(NUMBERS, SEEDS)
def test_parts_are_conserved(number: int, seed: int) -> None:
    """Parts begun are good, scrapped or inside; a station ends no more than came to it."""
    model = _model(number)
    found = outcome(model, _after(model, seed))
    assert found.begun == found.good + found.scrap + found.inside
    assert found.stations[-1].good >= found.good
    assert found.scrap == sum(one.scrap for one in found.stations)
    for before, one in zip(found.stations, found.stations[1:], strict=False):
        assert before.good >= one.good + one.scrap


@given(NUMBERS, SEEDS)
def test_same_seed_same_bits(number: int, seed: int) -> None:
    """A plant compiled and played twice is the same bytes; another seed or run is not."""
    one, other = _model(number), _model(number)
    assert _after(one, seed).to_bytes() == _after(other, seed).to_bytes()
    assert _after(one, seed + 1) != _after(one, seed)
    begun = begin(one, at_ns=0, seed=seed, replication=1)
    assert advance(one, begun, HORIZON_S * NS).block != _after(one, seed).block


@given(NUMBERS, SEEDS, st.integers(1, HORIZON_S - 1))
def test_fork_then_advance_is_advance(number: int, seed: int, seconds: int) -> None:
    """A fork of the same run at any instant, kept as bytes, ends as the run itself does."""
    model = _model(number)
    half_way = State.from_bytes(_after(model, seed, seconds).to_bytes())
    whole = _after(model, seed)
    assert advance(model, fork(model, half_way, 0), HORIZON_S * NS) == whole
    assert advance(model, half_way, HORIZON_S * NS) == whole


@given(NUMBERS, SEEDS, st.integers(0, 2), st.integers(1, 3))
def test_a_larger_buffer_never_loses_a_part(number: int, seed: int, k: int, more: int) -> None:
    """Monotone in each buffer, path by path: with the same chance no instant has fewer good parts.

    For blocking after service, one server, clocks of operation, nothing scrapped: the departure
    recursion is a maximum of sums that only lose terms (Shanthikumar and Yao, 1989).
    """
    line = line_by_chance(number)
    plain = tuple(
        Station(rate=one.rate, fails=one.fails, repairs=one.repairs) for one in line.stations
    )
    k %= len(line.places)
    small = Line(stations=plain, places=line.places)
    places = (*line.places[:k], line.places[k] + more, *line.places[k + 1 :])
    pairs = zip(_good(small, seed), _good(replace(small, places=places), seed), strict=True)
    assert all(few <= many for few, many in pairs)


@given(NUMBERS, SEEDS)
def test_littles_law_in_each_buffer(number: int, seed: int) -> None:
    """The area under the level is the sum of the times that the parts were in the buffer."""
    model = _model(number)
    events = _told(model, seed)
    for buffer in model.buffers:
        area, waits, left = _areas(events, buffer)
        assert area == waits
        assert left == outcome(model, _after(model, seed)).buffers[buffer]


def _areas(events: list[Trace], buffer: Address) -> tuple[int, int, int]:
    """Return the area under the told level, the time of all parts in it, and the last level.

    First in, first out; parts still inside count up to the horizon. In ns.
    """
    area = waits = level = since = 0
    inside: deque[int] = deque()
    for event in events:
        if event.element != buffer:
            continue
        area += level * (event.t_ns - since)
        since = event.t_ns
        if event.kind == TraceKind.ENTERED:
            inside.append(event.t_ns)
        elif event.kind == TraceKind.LEFT:
            waits += event.t_ns - inside.popleft()
        level = round(event.value)
        assert level == len(inside)
    end = HORIZON_S * NS
    area += level * (end - since)
    return area, waits + sum(end - entered for entered in inside), level


@given(NUMBERS, SEEDS)
def test_the_trace_tells_every_part(number: int, seed: int) -> None:
    """Parts told as made, less those told as shipped or scrapped, are the parts inside."""
    model = _model(number)
    kinds = [event.kind for event in _told(model, seed)]
    found = outcome(model, _after(model, seed))
    gone = kinds.count(TraceKind.SHIPPED) + kinds.count(TraceKind.SCRAPPED)
    assert kinds.count(TraceKind.CREATED) - gone == found.inside
    assert kinds.count(TraceKind.CREATED) == found.begun
    assert kinds.count(TraceKind.SHIPPED) == found.good
