"""Examples of linewright.live.memory."""

from linewright.live.memory import Counted, CounterMemory


def test_a_counter_is_found_by_its_name() -> None:
    """Before its first reading a counter is not there, and no name finds none."""
    good = CounterMemory(name="good", reading=3, t_ns=7, total=3)
    memory = Counted(counters=(good,))
    assert memory.counter("good") == good
    assert memory.counter("bad") is None
    assert memory.counter(None) is None
