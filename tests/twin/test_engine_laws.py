"""Laws of advancing: in steps, forked, compiled or plain, it is one and the same run."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.plant import Address
from linewright.plant.records import Change
from linewright.twin import Model, Ring, State, advance, begin, fork, outcome, with_changes
from tests.twin.lines import MILL, NS, SIX_NS, bracket, line_of, minutes

FAMILIES = ["", " exponential", " lognormal cv 0.5", " gamma cv 0.7", " weibull cv 0.4"]
LINE = line_of(*(f"{9 + k} s{f}" for k, f in enumerate(FAMILIES)), places=1, fails=("90 s", "9 s"))
BRACKET = bracket()
SECONDS = st.integers(1, 20_000)


def _started(model: Model, seed: int) -> State:
    """Return a state with changes to come, where the line has wear."""
    state = begin(model, at_ns=SIX_NS, seed=seed)
    if not model.wears:
        return state
    asked = [
        ("used_end_mill", 0.7, 20, None),
        ("faster_end_mill", 4.0, 20, None),
        ("speed", 80.0, 30, 150),
        ("renew_end_mill", True, 200, None),
        ("fail_coolant_low", True, 60, 70),
        ("scrap_share", 0.2, 70, 90),
        ("cycle_factor", 1.5, 75, 85),
    ]
    return with_changes(
        model,
        state,
        [
            Change(
                address=Address(MILL),
                parameter=name,
                value=value,
                at_ns=SIX_NS + minutes(at),
                until_ns=None if until is None else SIX_NS + minutes(until),
            )
            for name, value, at, until in asked
        ],
    )


@given(st.sampled_from([LINE, BRACKET]), st.integers(0, 999), SECONDS)
def test_compiled_and_plain_are_equal_bit_for_bit(model: Model, seed: int, seconds: int) -> None:
    """State and trace are the same bytes, in every family and with every kind of change."""
    state, rings = _started(model, seed), (Ring(model, events=500), Ring(model, events=500))
    until = SIX_NS + seconds * NS
    fast = advance(model, state, until, trace=rings[0])
    assert fast == advance(model, state, until, trace=rings[1], jit=False)
    assert rings[0].memory == rings[1].memory


@given(st.sampled_from([LINE, BRACKET]), st.integers(0, 999), st.lists(SECONDS, max_size=4))
def test_steps_do_not_matter(model: Model, seed: int, seconds: list[int]) -> None:
    """Advancing in any steps is advancing at once, bit for bit."""
    state = _started(model, seed)
    at_once = advance(model, state, SIX_NS + 20_000 * NS)
    for second in sorted(seconds):
        state = advance(model, state, SIX_NS + second * NS)
    assert advance(model, state, SIX_NS + 20_000 * NS) == at_once


@given(st.sampled_from([LINE, BRACKET]), st.integers(0, 999), SECONDS)
def test_a_fork_of_the_same_replication_is_a_copy(model: Model, seed: int, seconds: int) -> None:
    """It has the same future; another replication has the same present and another future."""
    state = advance(model, _started(model, seed), SIX_NS + seconds * NS)
    later = SIX_NS + 40_000 * NS
    kept = State.from_bytes(state.to_bytes())
    assert advance(model, fork(model, kept, 0), later) == advance(model, state, later)
    other = fork(model, state, 1)
    assert outcome(model, other).buffers == outcome(model, state).buffers
    assert outcome(model, other).good == outcome(model, state).good
    if seconds < 15_000:
        assert advance(model, other, later) != advance(model, state, later)


@given(st.sampled_from([LINE, BRACKET]), st.integers(0, 999), SECONDS)
def test_parts_and_time_are_conserved(model: Model, seed: int, seconds: int) -> None:
    """What entered is out, scrapped or inside; each station's states sum to the whole time."""
    state = advance(model, _started(model, seed), SIX_NS + seconds * NS)
    found = outcome(model, state)
    assert found.begun == found.good + found.scrap + found.inside
    for one in found.stations:
        assert round(sum(one.seconds.values()) * NS) == seconds * NS
    for k, address in enumerate(model.buffers):
        made, taken = found.stations[k].good, found.stations[k + 1]
        under_way = int(taken.cycle_began_ns is not None)
        waits = int(found.stations[k].state == "blocked")
        assert made - waits - found.buffers[address] == taken.good + taken.scrap + under_way
