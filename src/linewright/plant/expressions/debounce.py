"""Debouncing: a value counts only after it has held for a time.

A pure step function: the state goes in and comes out, time is in the samples. Between
samples the last value holds, so the outcome does not depend on how often it is sampled.

>>> alarm = Debounce(on_delay_ns=10, off_delay_ns=5)
>>> state = alarm.step(Debounced(), 0, True)
>>> state.value is None, state.due_ns  # nothing has held long enough yet
(True, 10)
>>> state = alarm.step(state, 12, True)
>>> state.value
True
>>> state = alarm.step(state, 20, False)
>>> state.value, state.due_ns
(True, 25)
"""

import msgspec

from linewright.plant.expressions.evaluation import Value, known

__all__ = ["Debounce", "Debounced"]


class Debounced(msgspec.Struct, frozen=True, kw_only=True):
    """Where a debounced signal stands at ``t_ns``.

    ``value`` is the debounced value, None while unknown. ``seen`` is the value that came
    last. ``due_ns`` is when it will count, None when it counts already. A new one knows
    nothing.
    """

    value: Value | None = None
    t_ns: int | None = None
    seen: Value | None = None
    due_ns: int | None = None


class Debounce(msgspec.Struct, frozen=True, kw_only=True):
    """How long a value must hold before it counts, in nanoseconds, 0 or more.

    Parameters
    ----------
    on_delay_ns
        For true.
    off_delay_ns
        For false and every other value.
    unknown_delay_ns
        For an unknown value. At 0 a loss is shown at once, and the value after it must
        hold its delay again; above 0 a shorter gap is passed over.

    Examples
    --------
    >>> Debounce().step(Debounced(), 7, "running").value
    'running'
    """

    on_delay_ns: int = 0
    off_delay_ns: int = 0
    unknown_delay_ns: int = 0

    def __post_init__(self) -> None:
        delays = (self.on_delay_ns, self.off_delay_ns, self.unknown_delay_ns)
        assert min(delays) >= 0, "a delay is a length of time"

    def step(self, state: Debounced, t_ns: int, value: Value | None) -> Debounced:
        """Return the state after a sample.

        Parameters
        ----------
        state
            The state before; ``Debounced()`` at the start.
        t_ns
            Time of the sample; one that comes late counts at the time of the last.
        value
            What was seen, None for unknown; a value that no expression gives, such as nan,
            is unknown too.

        Notes
        -----
        Call it again with the same value at ``due_ns`` to learn of the change in time.
        Constant cost.

        Examples
        --------
        >>> Debounce(off_delay_ns=3).step(Debounced(value=True, seen=True, t_ns=0), 4, False).due_ns
        7
        """
        value = known(value)
        at_ns = t_ns if state.t_ns is None else max(t_ns, state.t_ns)
        counts, due_ns = state.value, state.due_ns
        if due_ns is not None and due_ns <= at_ns:
            counts, due_ns = state.seen, None
        if not _same(value, state.seen):
            due_ns = None if _same(value, counts) else at_ns + self._delay_ns(value)
        if due_ns is not None and due_ns <= at_ns:
            counts, due_ns = value, None
        return Debounced(value=counts, t_ns=at_ns, seen=value, due_ns=due_ns)

    def _delay_ns(self, value: Value | None) -> int:
        if value is None:
            return self.unknown_delay_ns
        return self.on_delay_ns if value is True else self.off_delay_ns


def _same(one: Value | None, two: Value | None) -> bool:
    """Whether two values are one; true is no 1."""
    return one == two and isinstance(one, bool) == isinstance(two, bool)
