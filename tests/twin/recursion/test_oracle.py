"""Every departure by recursion, against the event kernel."""

import pytest

from linewright.plant.records import TraceKind
from linewright.twin import Model, Ring, TwinFault, advance, begin
from linewright.twin.recursion import departures
from tests.twin.lines import bracket, line_of

LINES = [
    line_of("4 s", "5 s", "3 s", places=1),
    line_of(*["1 s exponential"] * 10, places=10, fails=("100 s", "10 s")),
    line_of("9 s gamma cv 0.5", "9 s lognormal cv 1", "8 s to 10 s", places=1),
    line_of(*["9 s weibull cv 0.4"] * 4, places=2, fails=("30 s weibull cv 0.5", "9 s")),
]


@pytest.mark.parametrize("model", LINES)
def test_every_part_leaves_every_station_at_the_same_time(model: Model) -> None:
    """With the same random numbers, 2,000 departures of each station agree to the nanosecond."""
    parts = 2_000
    expected = departures(model, parts=parts, seed=3, replication=1)
    ring = Ring(model, events=400_000)
    state = begin(model, at_ns=0, seed=3, replication=1)
    advance(model, state, expected[-1][-1], trace=ring)
    found: dict[str, list[int]] = {}
    for event in ring.read():
        if event.kind in (TraceKind.ENTERED, TraceKind.SHIPPED):
            found.setdefault(event.element, []).append(event.t_ns)
    leaves = [*model.buffers, model.stations[-1]]
    assert tuple(tuple(found[each][:parts]) for each in leaves) == expected


def test_without_places_between() -> None:
    """With no buffer at all, the parts that leave the line agree."""
    model = line_of(*["9 s exponential"] * 4, places=0, fails=("50 s", "9 s"))
    expected = departures(model, parts=1_000, seed=3)
    ring = Ring(model, events=100_000)
    advance(model, begin(model, at_ns=0, seed=3), expected[-1][-1], trace=ring)
    out = [event.t_ns for event in ring.read() if event.kind == TraceKind.SHIPPED]
    assert tuple(out) == expected[-1]


def test_where_it_does_not_hold() -> None:
    """A line with wear and shifts is refused."""
    with pytest.raises(TwinFault, match="does not hold"):
        departures(bracket(), parts=1, seed=1)
