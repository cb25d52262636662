"""Which part each event is about."""

import msgspec

from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind
from linewright.twin import Model, Ring, advance, begin, outcome
from linewright.twin.logs.trail import Step, between, followed, present
from tests.twin.lines import NS, SIX_NS, bracket, line_of, minutes


def steps(model: Model, until_ns: int, at_ns: int = 0) -> list[Step]:
    """Return the followed trace of a run."""
    ring = Ring(model)
    advance(model, begin(model, at_ns=at_ns, seed=3), until_ns, trace=ring, jit=False)
    return list(followed(model.stations, unnamed(ring)))


def unnamed(ring: Ring) -> list[Trace]:
    """Return what a ring holds as a kernel would tell it that does not name its parts."""
    return [msgspec.structs.replace(one, unit=None) for one in ring.read()]


def test_a_part_goes_through_the_line_once() -> None:
    """Every part that ships has begun and ended once at each station, in the order of the flow."""
    model = line_of("9 s exponential", "7 s exponential", "8 s")
    found = steps(model, minutes(60))
    shipped = {each.unit for each in found if each.kind == TraceKind.SHIPPED}
    assert len(shipped) > 150
    for kind in (TraceKind.BEGAN, TraceKind.ENDED):
        for unit in shipped:
            path = [each.element for each in found if each.unit == unit and each.kind == kind]
            assert path == list(model.stations)


def test_parts_are_conserved() -> None:
    """What was created is shipped, scrapped or still somewhere; nobody is twice."""
    model, ring = bracket(), Ring(bracket())
    begun = begin(model, at_ns=SIX_NS, seed=3)
    advance(model, begun, SIX_NS + minutes(240), trace=ring, jit=False)
    found = list(followed(model.stations, ring.read()))
    created = [each.unit for each in found if each.kind == TraceKind.CREATED]
    gone = [e.unit for e in found if e.kind in {TraceKind.SHIPPED, TraceKind.SCRAPPED}]
    assert len(set(created)) == len(created)
    assert len(set(gone)) == len(gone)
    assert set(gone) <= set(created)
    assert any(each.kind == TraceKind.SCRAPPED for each in found)


def test_without_buffers_parts_are_handed_over() -> None:
    """A line without places keeps the order of its parts, too."""
    found = steps(line_of("5 s exponential", "4 s exponential", places=0), 500 * NS)
    shipped = [int(each.unit[5:]) for each in found if each.kind == TraceKind.SHIPPED]
    assert shipped == list(range(1, len(shipped) + 1))


def test_who_is_there_already_is_numbered_first() -> None:
    """A trace from the middle gives the parts inside the lowest numbers, buffers first."""
    model = bracket()
    middle = advance(model, begin(model, at_ns=SIX_NS, seed=3), SIX_NS + minutes(60), jit=False)
    there = outcome(model, middle)
    ring = Ring(model)
    advance(model, middle, SIX_NS + minutes(90), trace=ring, jit=False)
    inside = list(present(there))
    found = list(followed(model.stations, unnamed(ring), there))
    assert len(inside) == there.inside
    created = [int(e.unit[5:]) for e in found if e.kind == TraceKind.CREATED]
    assert created[0] == there.inside + 1
    first = next(e for e in found if e.kind == TraceKind.LEFT and e.value > 5)
    assert first.unit in {unit for unit, place, _ in inside if place == first.element}


def test_names_of_the_kernel_are_kept() -> None:
    """Where an event names its unit, it is not followed by order."""
    mill = Address("a/b/c/mill")
    event = Trace(t_ns=1, kind=TraceKind.BEGAN, element=mill, unit="SN-7", value=1.0)
    assert [each.unit for each in followed((mill,), [event])] == ["SN-7"]


def test_a_buffer_knows_its_stations() -> None:
    """The name of a buffer says between which stations it stands."""
    assert [each.name for each in between(Address("a/b/c/saw-mill"))] == ["saw", "mill"]
