"""The event log of a trace."""

from collections import Counter

from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind
from linewright.twin import Ring, advance, begin, outcome
from linewright.twin.logs import Transition, activities_of, rows_of
from tests.twin.lines import SIX_NS, bracket, minutes


def test_it_counts_what_the_outcome_counts() -> None:
    """Starts and completions are the cycles of the stations; bad ones are the scrap."""
    model, ring = bracket(), Ring(bracket())
    state = advance(
        model, begin(model, at_ns=SIX_NS, seed=3), SIX_NS + minutes(240), trace=ring, jit=False
    )
    found = list(rows_of(model.stations, ring.read(), {model.stations[0]: "cut"}))
    ended = Counter(row.resource for row in found if row.transition == Transition.COMPLETE)
    told = outcome(model, state)
    assert ended == {str(one.address): one.good + one.scrap + one.rework for one in told.stations}
    assert sum(not row.good for row in found) >= told.scrap
    assert {row.activity for row in found if row.resource.endswith("/saw")} == {"cut"}


def test_a_cycle_that_stands_is_suspended() -> None:
    """By a failure, then closed time, until it goes on; what befalls an empty one is no event."""
    mill = Address("a/b/c/mill")
    kinds = (
        *(TraceKind.FAILED, TraceKind.REPAIRED, TraceKind.CREATED, TraceKind.BEGAN),
        *(TraceKind.FAILED, TraceKind.REPAIRED, TraceKind.STANDS, TraceKind.GOES_ON),
        *(TraceKind.STANDS, TraceKind.GOES_ON, TraceKind.ENDED),
    )
    trace = [Trace(t_ns=k, kind=kind, element=mill, value=1.0) for k, kind in enumerate(kinds)]
    found = [(row.t_ns, row.transition.value) for row in rows_of((mill,), trace)]
    stood = [(4, "suspend"), (7, "resume"), (8, "suspend"), (9, "resume")]
    assert found == [(3, "start"), *stood, (10, "complete")]


def test_only_the_cycle_that_stands_is_suspended() -> None:
    """Where units are named, the other place of a station works on."""
    mill = Address("a/b/c/mill")
    kinds = (TraceKind.BEGAN, TraceKind.BEGAN, TraceKind.FAILED, TraceKind.FAILED)
    trace = [
        Trace(t_ns=k, kind=kind, element=mill, unit=unit, value=1.0)
        for k, (kind, unit) in enumerate(zip(kinds, ("7", "8", "8", None), strict=True))
    ]
    found = [(row.case, row.transition.value) for row in rows_of((mill,), trace)]
    assert found == [("7", "start"), ("8", "start"), ("8", "suspend")]


def test_what_a_station_does() -> None:
    """Several operations are one activity; a station without any has its own name."""
    saw, mill = Address("a/b/c/saw"), Address("a/b/c/mill")
    assert activities_of({saw: ["cut", "mark"], mill: []}) == {saw: "cut + mark", mill: "mill"}
