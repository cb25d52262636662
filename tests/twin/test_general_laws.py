"""Laws that hold on every plant with one feature: nothing is lost, and time is only time."""

import math

import pytest

from linewright.plant import Plant
from linewright.plant.language import load_text
from linewright.twin import Model, State, advance, begin, compile_plant, fork, outcome
from linewright.twin.kernel import layout as at
from linewright.twin.outcome import Outcome
from tests.twin.compared import NS, plants

pytestmark = pytest.mark.laws

SINGLES = tuple(name for name in plants() if "+" not in name)
END_S = 4_000
SHORT_S = 1_200
EVERY_S = 40
PINS = 2
"""Components in one piece of the plant `assembly`."""


def _plant(name: str) -> tuple[Plant, str]:
    _, text, where = plants()[name]
    return load_text(text), where


def _model(name: str) -> Model:
    return compile_plant(*_plant(name))


def _run(model: Model, until_s: float = END_S, *, jit: bool = True) -> State:
    return advance(model, begin(model, at_ns=0, seed=5), round(until_s * NS), jit=jit)


def _lost(found: Outcome) -> int:
    """Return the parts that began and are nowhere: inside, good, scrap, apart, built in."""
    names = {one.name for one in found.products}
    apart = sum(one.good for one in found.products if one.name == "p" and "half" in names)
    built = 0
    if "pin" in names:
        b = found.at("reno/shop/line/b")
        built = PINS * (b.good + b.scrap + (b.cycle_began_ns is not None))
    return found.begun - found.inside - found.good - found.scrap - apart - built


@pytest.mark.parametrize("name", SINGLES)
def test_no_part_is_lost(name: str) -> None:
    """At any time what began is inside, has left, was scrapped, taken apart or built in."""
    model = _model(name)
    state = begin(model, at_ns=0, seed=5)
    found = outcome(model, state)
    for until_s in range(EVERY_S, END_S, EVERY_S):
        state = advance(model, state, until_s * NS)
        found = outcome(model, state)
        assert _lost(found) == 0
        assert min(one.count for one in found.stores) >= 0
        assert found.scrap == sum(one.scrap for one in found.products)
        assert found.begun == sum(one.released for one in found.products)
    assert found.good > 0


@pytest.mark.parametrize("name", SINGLES)
def test_seconds_in_states_sum_to_the_run(name: str) -> None:
    """Each place of a station is in one state at a time, and in none for less than no time."""
    plant, where = _plant(name)
    model = compile_plant(plant, where)
    places = {
        f"{address}/{station}": one.places
        for address, group in plant.groups()
        for station, one in group.stations.items()
    }
    for one in outcome(model, _run(model)).stations:
        total = math.fsum(one.seconds.values())
        assert total == pytest.approx(END_S * places[str(one.address)], rel=1e-9)
        assert min(one.seconds.values()) >= 0.0
        assert 0.0 <= one.waiting_s <= total
        assert 0.0 <= one.crew_s <= total


@pytest.mark.parametrize("name", SINGLES)
def test_two_steps_are_one(name: str) -> None:
    """Stopping the clock anywhere changes nothing, bit for bit."""
    model = _model(name)
    state = begin(model, at_ns=0, seed=5)
    for until_s in (0.0, 333.333, 1_000.0, 1_000.0, 2_718.281828, END_S):
        state = advance(model, state, round(until_s * NS))
    assert state == _run(model)


@pytest.mark.parametrize("name", SINGLES)
def test_plain_is_compiled(name: str) -> None:
    """The plain kernel gives the same state as the compiled one, bit for bit."""
    model = _model(name)
    assert _run(model, SHORT_S, jit=False) == _run(model, SHORT_S)


@pytest.mark.parametrize("name", SINGLES)
def test_equal_seeds_give_equal_states(name: str) -> None:
    """Twice the same is the same; forks of one state differ only in what chance brings later."""
    model = _model(name)
    state = _run(model, SHORT_S)
    assert state == _run(model, SHORT_S)
    assert fork(model, state, state.replication) == state
    again, same, other = (advance(model, fork(model, state, n), END_S * NS) for n in (1, 1, 2))
    assert again == same
    assert outcome(model, again) != outcome(model, other)
    assert _lost(outcome(model, other)) == 0


@pytest.mark.parametrize(
    ("name", "much"),
    [
        ("arrivals", ("16 s exponential", "3 s exponential")),
        ("dispatch", ("36 s exponential", "5 s exponential")),
        ("alternatives", ("16 s exponential", "3 s exponential")),
        ("outside", ("takes: 60 s", "takes: 6000 s")),
    ],
)
def test_memory_grows_in_the_middle(name: str, much: tuple[str, str]) -> None:
    """More parts than there is memory for at first change nothing but its size."""
    _, text, where = plants()[name]
    assert much[0] in text
    model = compile_plant(load_text(text.replace(*much)), where)
    state = begin(model, at_ns=0, seed=5)
    little = state.head(at.CAPACITY)
    for until_s in range(EVERY_S, END_S, EVERY_S):
        state = advance(model, state, until_s * NS)
        assert _lost(outcome(model, state)) == 0
    state = advance(model, state, END_S * NS)
    assert state.head(at.CAPACITY) > 2 * little
    assert state == _run(model)
    assert state == _run(model, jit=False)
