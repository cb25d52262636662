"""Logs for tests."""

from linewright.twin import Ring, advance, begin
from linewright.twin.logs import EventRow, rows_of
from tests.twin.lines import SIX_NS, bracket, minutes


def log(hours: float = 2.0) -> list[EventRow]:
    """Return the event log of some hours of the bracket line."""
    model = bracket()
    ring = Ring(model)
    start = begin(model, at_ns=SIX_NS, seed=3)
    advance(model, start, SIX_NS + minutes(60 * hours), trace=ring, jit=False)
    return list(rows_of(model.stations, ring.read()))
