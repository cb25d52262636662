"""Laws of linewright.plant.expressions.debounce."""

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.expressions.debounce import Debounce, Debounced
from linewright.plant.expressions.evaluation import Value

DELAYS = st.integers(0, 6)
DEBOUNCES = st.builds(Debounce, on_delay_ns=DELAYS, off_delay_ns=DELAYS, unknown_delay_ns=DELAYS)
RUNS = st.lists(
    st.tuples(st.sampled_from([True, False, None, "x"]), st.integers(1, 9)), min_size=1, max_size=8
)


def _delay_ns(debounce: Debounce, value: Value | None) -> int:
    if value is None:
        return debounce.unknown_delay_ns
    return debounce.on_delay_ns if value is True else debounce.off_delay_ns


def _tick_by_tick(debounce: Debounce, signal: list[Value | None]) -> list[Value | None]:
    """Give the debounced signal by looking back at every tick: the oracle.

    A tick's value holds until the next tick, so what has held at tick 7 for 3 ns is what
    ticks 4, 5 and 6 show; what needs no time to hold is what tick 7 shows.
    """
    values: list[Value | None] = []
    for t_ns, value in enumerate(signal):
        counts = values[-1] if values else None
        before = signal[t_ns - 1] if t_ns else None
        delay_ns = _delay_ns(debounce, before)
        if 0 < delay_ns <= t_ns and set(signal[t_ns - delay_ns : t_ns]) == {before}:
            counts = before
        values.append(value if _delay_ns(debounce, value) == 0 else counts)
    return values


@settings(deadline=None, max_examples=200)
@given(DEBOUNCES, RUNS, st.sets(st.integers(0, 80)))
def test_the_outcome_is_that_of_looking_back(
    debounce: Debounce, runs: list[tuple[Value | None, int]], extra: set[int]
) -> None:
    """Sampled at its changes and anywhere between, the signal is that of the oracle."""
    signal = [value for value, length in runs for _ in range(length)]
    expected = _tick_by_tick(debounce, signal)
    state = Debounced()
    for t_ns, value in enumerate(signal):
        changes = t_ns == 0 or value != signal[t_ns - 1]
        if changes or t_ns in extra:
            state = debounce.step(state, t_ns, value)
            assert state.value == expected[t_ns]


@settings(deadline=None, max_examples=100)
@given(DEBOUNCES, RUNS)
def test_the_due_time_is_when_it_counts(
    debounce: Debounce, runs: list[tuple[Value | None, int]]
) -> None:
    """Called again at the due time with the same value, it counts, and one tick before not."""
    state, t_ns = Debounced(), 0
    for value, length in runs:
        state = debounce.step(state, t_ns, value)
        t_ns += length
    if state.due_ns is not None and state.t_ns is not None:
        early = debounce.step(state, state.due_ns - 1, state.seen)
        assert early.value == state.value
        due = debounce.step(state, state.due_ns, state.seen)
        assert (due.value, due.due_ns) == (state.seen, None)
