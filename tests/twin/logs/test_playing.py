"""All events of a run."""

from linewright.twin import Ring, advance, begin
from linewright.twin.logs import events_of
from tests.twin.lines import NS, SIX_NS, bracket, line_of, minutes


def test_nothing_is_lost_and_nothing_twice() -> None:
    """A run read in stretches has the events of the same run read at once."""
    model = bracket()
    start, ring = begin(model, at_ns=SIX_NS, seed=3), Ring(model)
    advance(model, start, SIX_NS + minutes(90), trace=ring, jit=False)
    assert list(events_of(model, start, SIX_NS + minutes(90), jit=False)) == ring.read()


def test_more_events_than_are_held_at_once() -> None:
    """A run with more events than the ring holds is told whole: parts come and go one by one."""
    model = line_of("1 s", "1 s")
    start = begin(model, at_ns=0, seed=1)
    found = list(events_of(model, start, 40_000 * NS))
    assert len(found) > 2 * 65_536
    shipped = [each.t_ns for each in found if each.kind.name == "SHIPPED"]
    assert shipped == [second * NS for second in range(2, 40_001)]


def test_no_time_is_what_happens_at_once() -> None:
    """Until the same instant only what happens at it is told."""
    model = line_of("9 s")
    found = list(events_of(model, begin(model, at_ns=5, seed=1), 5, jit=False))
    assert [each.t_ns for each in found] == [5, 5]
