"""Tests of linewright.plant.expressions.debounce."""

import math

import pytest

from linewright.plant.expressions.debounce import Debounce, Debounced
from linewright.plant.expressions.evaluation import Value


def _states(debounce: Debounce, *samples: tuple[int, Value | None]) -> list[Debounced]:
    states = [Debounced()]
    for t_ns, value in samples:
        states.append(debounce.step(states[-1], t_ns, value))
    return states[1:]


def _run(debounce: Debounce, *samples: tuple[int, Value | None]) -> list[Value | None]:
    return [state.value for state in _states(debounce, *samples)]


def test_a_value_counts_after_its_delay_and_not_before() -> None:
    """True holds 10 ns before it counts, false 5 ns; the instant itself counts."""
    debounce = Debounce(on_delay_ns=10, off_delay_ns=5)
    samples = [(0, False), (5, False), (6, True), (15, True), (16, True), (20, False), (25, False)]
    assert _run(debounce, *samples) == [None, False, False, False, True, True, False]


def test_a_flicker_shorter_than_the_delay_is_not_seen() -> None:
    """A value that comes back in time starts its delay anew."""
    debounce = Debounce(on_delay_ns=10)
    samples = [(0, False), (1, True), (9, False), (10, True), (19, True), (20, True)]
    states = _states(debounce, *samples)
    assert [state.value for state in states] == [False, False, False, False, False, True]
    assert [state.due_ns for state in states] == [None, 11, None, 20, 20, None]


def test_a_value_counts_although_no_sample_came_in_between() -> None:
    """The last value holds until the next: true from 0 to 20 counted from 10 on."""
    debounce = Debounce(on_delay_ns=10, off_delay_ns=30)
    state = _states(debounce, (0, True), (20, False))[-1]
    assert (state.value, state.due_ns) == (True, 50)
    at_once = _states(debounce, (0, True), (10, False))[-1]
    assert (at_once.value, at_once.due_ns) == (True, 40)


def test_unknown_shows_at_once_or_after_its_own_delay() -> None:
    """By default a loss is shown at once; with a delay a short gap is passed over."""
    samples = [(0, True), (10, None), (12, True), (30, None), (40, None)]
    assert _run(Debounce(on_delay_ns=5), *samples) == [None, None, None, None, None]
    assert _run(Debounce(on_delay_ns=5), *samples[:1], (9, True), (10, None)) == [None, True, None]
    patient = Debounce(unknown_delay_ns=8)
    assert _run(patient, *samples) == [True, True, True, True, None]


def test_nan_is_unknown() -> None:
    """A value that is no value of the language is unknown."""
    assert _run(Debounce(), (0, 1.5), (1, math.nan)) == [1.5, None]


def test_true_is_no_one() -> None:
    """A change from 1 to true is a change."""
    one, state, after = _states(Debounce(on_delay_ns=3), (0, 1), (1, True), (4, True))
    assert one.value == state.value == 1
    assert not isinstance(state.value, bool)
    assert state.due_ns == 4
    assert after.value is True


def test_a_late_sample_counts_at_the_time_of_the_last() -> None:
    """Time never runs backwards in the state."""
    state = _states(Debounce(on_delay_ns=3), (10, True), (4, True))[-1]
    assert (state.t_ns, state.value, state.due_ns) == (10, None, 13)


def test_a_negative_delay_is_our_mistake() -> None:
    """A delay is a length of time."""
    with pytest.raises(AssertionError, match="length of time"):
        Debounce(on_delay_ns=-1)
