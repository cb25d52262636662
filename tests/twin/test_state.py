"""States as values and as bytes."""

import pytest

from linewright.twin import State, TwinFault, advance, begin, outcome
from tests.twin.lines import NS, SIX_NS, bracket, line_of


def test_equal_names_make_equal_states() -> None:
    """Seed, replication and time make a state; each of them makes another one."""
    model = bracket()
    state = begin(model, at_ns=SIX_NS, seed=1)
    assert state == begin(model, at_ns=SIX_NS, seed=1)
    others = [(SIX_NS + 1, 1, 0), (SIX_NS, 2, 0), (SIX_NS, 1, 1)]
    for at_ns, seed, replication in others:
        assert begin(model, at_ns=at_ns, seed=seed, replication=replication) != state


def test_bytes_and_back() -> None:
    """What `to_bytes` keeps, `from_bytes` returns."""
    model = bracket()
    state = advance(model, begin(model, at_ns=SIX_NS, seed=1), SIX_NS + 999 * NS, jit=False)
    assert State.from_bytes(state.to_bytes()) == state
    assert (state.t_ns, state.replication) == (SIX_NS + 999 * NS, 0)


@pytest.mark.parametrize("cut", [0, 5, 20, -3])
def test_damaged_bytes_are_refused(cut: int) -> None:
    """Cut bytes are told, not played."""
    kept = begin(line_of("9 s"), at_ns=0, seed=1).to_bytes()
    with pytest.raises(TwinFault):
        State.from_bytes(kept[:cut])


def test_a_state_of_another_line_is_refused() -> None:
    """Also when it is of the same size."""
    state = begin(line_of("9 s", "9 s"), at_ns=0, seed=1)
    for other in (line_of("9 s"), line_of("9 s", "9 s", fails=("9 h", "9 s"))):
        with pytest.raises(TwinFault, match="other stations, modes, wears or products"):
            outcome(other, state)


def test_wears_alone_are_those_of_the_outcome() -> None:
    """At any time of a run, in a cycle or between two, they are the very same numbers."""
    model = bracket()
    state = begin(model, at_ns=SIX_NS, seed=3)
    used = state.used(model)
    for n in range(1, 40):
        state = advance(model, state, SIX_NS + n * 37 * NS, jit=False)
        whole = {one.address: dict(one.used) for one in outcome(model, state).stations}
        used = state.used(model)
        assert used == {address: wears for address, wears in whole.items() if wears}
    assert next(iter(used.values()))["end_mill"] > 0.0
