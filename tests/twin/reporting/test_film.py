"""A stretch of a run, made small."""

from collections import Counter

from linewright.plant.records import StationState, Trace, TraceKind
from linewright.twin import Ring, advance, begin, outcome
from linewright.twin.reporting import film
from linewright.twin.reporting.film import (
    BEGAN,
    ENDED,
    ENTERED,
    LEFT,
    SCRAPPED,
    SHIPPED,
    STATE,
    STATE_CODES,
    STRIDE,
    Film,
)
from tests.twin.lines import NS, SIX_NS, line_of, minutes
from tests.twin.reporting.studies import bracket, shift


def codes(made: Film) -> Counter[int]:
    """Return how often each thing happens."""
    return Counter(made.events[1::STRIDE])


def at_end(made: Film) -> tuple[list[int], list[int]]:
    """Return states of the stations and parts in the buffers after all events."""
    count = len(made.stations)
    states, levels = list(made.start), [0] * len(made.buffers)
    for _, place, _ in made.there:
        if place >= count:
            levels[place - count] += 1
    for n in range(0, len(made.events), STRIDE):
        _, code, place, _, value = made.events[n : n + STRIDE]
        if code in {STATE, BEGAN}:
            states[place] = value if code == STATE else 0
        elif code in {ENTERED, LEFT}:
            levels[place - count] += 1 if code == ENTERED else -1
    return states, levels


def test_it_ends_as_the_run_does() -> None:
    """Played to its end, states and levels are those of the outcome, through breaks too."""
    _, model = bracket()
    made = shift(hours=8.0)
    ended = advance(model, begin(model, at_ns=SIX_NS, seed=3), made.until_ns, jit=False)
    found = outcome(model, ended)
    names = {StationState.IDLE: "closed"}
    states, levels = at_end(made)
    assert [STATE_CODES[k] for k in states] == [
        names.get(one.state, one.state.value) for one in found.stations
    ]
    assert levels == list(found.buffers.values())
    assert codes(made)[SHIPPED] == found.good
    assert codes(made)[SCRAPPED] == found.scrap


def test_the_break_closes_the_stations() -> None:
    """In the break at 10:00 a station without a part is closed; after it, it is not."""
    made = shift(hours=4.2)
    states, _ = at_end(made)
    assert [STATE_CODES[k] for k in states].count("closed") >= 3


def test_it_can_begin_in_the_middle() -> None:
    """Parts that are there already are told, and no buffer ever goes below nothing."""
    _, model = bracket()
    middle = advance(model, begin(model, at_ns=SIX_NS, seed=3), SIX_NS + minutes(90), jit=False)
    made = film(model, middle, SIX_NS + minutes(150), jit=False)
    found = outcome(model, middle)
    assert len(made.there) == found.inside > 5
    units = {unit for unit, _, _ in made.there}
    begun = [
        made.events[n + 3]
        for n in range(0, len(made.events), STRIDE)
        if made.events[n + 1] == BEGAN
    ]
    assert units & set(begun)
    end = outcome(model, advance(model, middle, made.until_ns, jit=False))
    assert at_end(made)[1] == list(end.buffers.values())


def test_a_part_keeps_its_number() -> None:
    """Every part begins once at each of the four stations it passes, in their order."""
    made = shift(hours=1.0)
    places: dict[int, list[int]] = {}
    for n in range(0, len(made.events), STRIDE):
        _, code, place, unit, _ = made.events[n : n + STRIDE]
        if code == BEGAN:
            places.setdefault(unit, []).append(place)
    assert len(places) > 40
    assert all(path == list(range(len(path))) for path in places.values())


def test_it_is_cut_where_the_limit_is_and_says_so() -> None:
    """A film with too many events holds the first ones, and knows how many there were."""
    whole, cut = shift(hours=2.0), shift(hours=2.0, events=500)
    assert cut.recorded <= 500 < cut.happened == whole.happened
    assert cut.recorded > 450
    assert cut.events == whole.events[: len(cut.events)]
    assert cut.until_ns < cut.asked_ns == whole.until_ns


def test_hand_over_without_a_buffer() -> None:
    """Without places between, a part goes from station to station under its number."""
    model = line_of("5 s exponential", "5 s exponential", places=0)
    made = film(model, begin(model, at_ns=0, seed=1), 300 * NS, jit=False)
    assert codes(made)[ENTERED] == 0
    shipped = [
        made.events[n + 3]
        for n in range(0, len(made.events), STRIDE)
        if made.events[n + 1] == SHIPPED
    ]
    assert shipped == sorted(shipped)
    assert codes(made)[ENDED] > 50


def test_it_needs_no_plant() -> None:
    """Without a plant there are names instead of labels, and UTC."""
    made = film(line_of("9 s"), begin(line_of("9 s"), at_ns=0, seed=1), 90 * NS, jit=False)
    assert made.timezone == "UTC"
    assert not made.labels
    assert shift().timezone == "America/Hermosillo"


def test_events_are_those_of_the_trace() -> None:
    """As many cycles begin in the film as in the trace of the same run."""
    _, model = bracket()
    ring = Ring(model)
    advance(model, begin(model, at_ns=SIX_NS, seed=3), SIX_NS + minutes(60), trace=ring, jit=False)
    trace: list[Trace] = ring.read()
    assert codes(shift())[BEGAN] == sum(each.kind == TraceKind.BEGAN for each in trace)
