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
