"""A stretch of a run, made small."""

from collections import Counter

import pytest

from linewright.plant import load
from linewright.plant.records import StationState, Trace, TraceKind
from linewright.twin import Ring, advance, begin, compile_plant, outcome
from linewright.twin.outcome import Outcome
from linewright.twin.reporting import film
from linewright.twin.reporting.film import (
    ARRIVED,
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
from tests.twin.small import SHOP, plant_of


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


SITE = "nogales"
MONDAY_NS = 1_794_207_600 * NS


def at_places(made: Film) -> Counter[int]:
    """Return how many parts are at each place after all events, by following each part."""
    where = {unit: place for unit, place, _ in made.there}
    for n in range(0, len(made.events), STRIDE):
        _, code, place, unit, value = made.events[n : n + STRIDE]
        if code in {ENTERED, ARRIVED, BEGAN}:
            where[unit] = place
        elif code == SHIPPED or (code == SCRAPPED and value > 0) or (code == LEFT and value < 0):
            where.pop(unit, None)
        elif code == LEFT:
            where[unit] = value
    return Counter(where.values())


Stretch = tuple[Film, Outcome]


@pytest.fixture(scope="module")
def stretches() -> tuple[Stretch, Stretch]:
    """Return two stretches of a site, from its empty beginning and from its middle, played."""
    plant = load("plants/corridor")
    model = compile_plant(plant, SITE)
    state = begin(model, at_ns=MONDAY_NS, seed=1)
    made = []
    for hours in (20, 26):
        until = MONDAY_NS + minutes(60 * hours)
        told = film(model, state, until, plant=plant, jit=False)
        state = advance(model, state, until, jit=False)
        made.append((told, outcome(model, state)))
    return made[0], made[1]


@pytest.mark.parametrize("which", [0, 1])
def test_no_part_of_a_site_vanishes(stretches: tuple[Stretch, Stretch], which: int) -> None:
    """Queues of work centres, vehicles, stores: every part is where the kernel has it."""
    made, found = stretches[which]
    places = at_places(made)
    assert sum(places.values()) == found.inside > 200
    counts = {one.name: one.count for one in found.stores}
    first = len(made.stations)
    for j, one in enumerate(made.buffers):
        if one.kind != "way":
            name = f"{one.address}+" if one.kind == "arrived" else one.address
            assert places[first + j] == counts[name], one
    assert {"queue", "way", "arrived"} <= {one.kind for one in made.buffers}


def test_a_load_stands_where_its_furnace_is(stretches: tuple[Stretch, Stretch]) -> None:
    """All parts of a load are on the furnace that took it, though the trace names one of them."""
    made, found = stretches[0]
    places = at_places(made)
    for k, each in enumerate(made.stations):
        if each.parent == f"{SITE}/heat/carburizing":
            assert found.at(each).cycle_began_ns is not None
            assert places[k] > 40


def test_a_lot_is_one_part_with_its_pieces() -> None:
    """A lot of 50 loses bad pieces and goes on; good and bad ones sum to those of the outcome."""
    centres = {"jobs": {"stations": {"x": {"does": {"do": "1 s", "end": "1 s"}}}}}
    route = [{"operation": "do", "scrap": "20 %"}, "end"]
    plant = plant_of(centres=centres, products={"p": {"route": route, "lot_size": 50}})
    model = compile_plant(plant, SHOP)
    start = begin(model, at_ns=0, seed=1)
    made = film(model, start, 1_000 * NS, jit=False)
    end = outcome(model, advance(model, start, 1_000 * NS, jit=False))
    lots = dict(made.lots)
    good = bad = 0
    for n in range(0, len(made.events), STRIDE):
        _, code, _, unit, value = made.events[n : n + STRIDE]
        good += lots[unit] if code == SHIPPED else 0
        if code == SCRAPPED:
            lots[unit] += value
            bad -= value
    assert set(made.lots.values()) == {50}
    assert (good, bad) == (end.good, end.scrap)
    assert end.scrap > 20


def test_one_place_that_starves_does_not_stop_the_others() -> None:
    """Of two places one has a part: the station runs; each part ends after its whole cycle."""
    stations = {"a": "60 s", "b": {"cycle": "100 s", "places": 2}}
    plant = plant_of(["a", "b"], stations=stations)
    model = compile_plant(plant, f"{SHOP}/line")
    made = film(model, begin(model, at_ns=0, seed=1), 170 * NS, jit=False)
    states, _ = at_end(made)
    assert STATE_CODES[states[1]] == "running"
    t_ms, told = 0, []
    for n in range(0, len(made.events), STRIDE):
        passed, code, place, _, value = made.events[n : n + STRIDE]
        t_ms += passed
        if (code, place) == (STATE, 1) and t_ms > 60_000:
            told.append(STATE_CODES[value])
    assert told == []
