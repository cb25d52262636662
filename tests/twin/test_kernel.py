"""The event kernel against published and exact answers."""

import statistics

import pytest

from linewright.plant import Address
from linewright.plant.records import Change, StationState, TraceKind
from linewright.twin import Model, Ring, advance, begin, outcome, with_changes
from tests.twin.lines import BRACKET, MILL, NS, SIX_NS, bracket, line_of, minutes

RUNS = 20
T_99 = 2.861
"""Student's t for 19 degrees of freedom, 99 %."""
WARM_UP_S = 1_000
LONG_S = 21_000

ANCHORS = [
    (line_of(*["1 s exponential"] * 2, places=5), 0.875),  # (C + 2) / (C + 3)
    (line_of(*["1 s exponential"] * 3, places=1), 0.67047),  # Hillier and Boling 1967; CTMC
    (line_of(*["1 s exponential"] * 4, places=2), 0.70071),
    (line_of(*["1 s exponential"] * 2, places=0), 2 / 3),
    (line_of(*["1 s exponential"] * 2, places=10, fails=("100 s", "10 s")), 0.799026),  # CTMC
    (line_of(*["1 s exponential"] * 3, places=10, fails=("100 s", "10 s")), 0.747669),
    (line_of(*["1 s exponential"] * 4, places=4, fails=("100 s", "10 s")), 0.629361),
]


@pytest.mark.parametrize(("model", "exact"), ANCHORS)
def test_throughput_is_the_exact_one(model: Model, exact: float) -> None:
    """The exact throughput of a Markovian line lies in the 99 % interval of twenty runs."""
    found = []
    for run in range(RUNS):
        warm = advance(model, begin(model, at_ns=0, seed=2, replication=run), WARM_UP_S * NS)
        end = advance(model, warm, LONG_S * NS)
        made = outcome(model, end).good - outcome(model, warm).good
        found.append(made / (LONG_S - WARM_UP_S))
    half = T_99 * statistics.stdev(found) / RUNS**0.5
    assert abs(statistics.fmean(found) - exact) < half
    assert half < 0.02 * exact


def test_a_constant_line_goes_at_its_bottleneck() -> None:
    """48, 60, 30 and 40 s: the first part after 178 s, then one each 60 s, by hand."""
    model = line_of("48 s", "60 s", "30 s", "40 s", places=8)
    ring = Ring(model)
    advance(model, begin(model, at_ns=0, seed=1), 3600 * NS, trace=ring, jit=False)
    shipped = [event.t_ns / NS for event in ring.read() if event.kind == TraceKind.SHIPPED]
    assert shipped == [178.0 + 60.0 * k for k in range(58)]


def test_blocking_and_starving_by_hand() -> None:
    """A slow second station without a buffer blocks the first; a slow first one starves it."""
    model = line_of("10 s", "30 s", places=0)
    done = outcome(model, advance(model, begin(model, at_ns=0, seed=1), 100 * NS, jit=False))
    assert done.stations[0].seconds[StationState.BLOCKED] == 60.0
    assert done.stations[1].seconds[StationState.STARVED] == 10.0
    model = line_of("30 s", "10 s", places=0)
    done = outcome(model, advance(model, begin(model, at_ns=0, seed=1), 100 * NS, jit=False))
    assert done.stations[0].seconds[StationState.BLOCKED] == 0.0
    assert done.stations[1].seconds[StationState.STARVED] == 70.0


def test_no_cycle_begins_while_closed() -> None:
    """In the break no cycle begins; those under way stop, and take the break longer by it."""
    model = bracket()
    ring = Ring(model)
    advance(model, begin(model, at_ns=SIX_NS, seed=1), SIX_NS + minutes(300), trace=ring, jit=False)
    events = ring.read()
    calendar = [(e.t_ns, e.value) for e in events if e.kind == TraceKind.CALENDAR]
    assert calendar == [(SIX_NS + minutes(240), 0.0), (SIX_NS + minutes(270), 1.0)]
    rest = (SIX_NS + minutes(240), SIX_NS + minutes(270))
    told = [e for e in events if e.kind in (TraceKind.BEGAN, TraceKind.ENDED)]
    assert not [e for e in told if rest[0] < e.t_ns < rest[1]]
    saw = [e for e in told if e.element == f"{BRACKET}/saw"]
    last = max(k for k, e in enumerate(saw) if e.t_ns <= rest[0])
    assert saw[last].kind == TraceKind.BEGAN
    assert saw[last + 1].t_ns - saw[last].t_ns == round(saw[last].value * NS) + minutes(30)


def _wear_per_s(model: Model, *changes: tuple[str, float, float, float | None]) -> float:
    """Return life used of the end mill in a second of work, from eight to nine."""
    planned = [
        Change(
            address=Address(MILL),
            parameter=name,
            value=value,
            at_ns=SIX_NS + minutes(at),
            until_ns=None if until is None else SIX_NS + minutes(until),
        )
        for name, value, at, until in changes
    ]
    state = with_changes(model, begin(model, at_ns=SIX_NS, seed=1), planned)
    seen = []
    for hour in (2, 3):
        state = advance(model, state, SIX_NS + minutes(60 * hour), jit=False)
        seen.append(outcome(model, state).at(MILL))
    worked_s = [one.seconds[StationState.RUNNING] for one in seen]
    return (seen[1].used["end_mill"] - seen[0].used["end_mill"]) / (worked_s[1] - worked_s[0])


def test_wear_goes_with_work_and_speed() -> None:
    """Life used per second of work is 1 over life, times 0.8 to the fifth at 80 %."""
    model = bracket()
    assert _wear_per_s(model) * 8 * 3600 == pytest.approx(1.0)
    assert _wear_per_s(model, ("speed", 80.0, 120, None)) * 8 * 3600 == pytest.approx(0.8**5)
    assert _wear_per_s(model, ("faster_end_mill", 2.0, 0, 240)) * 8 * 3600 == pytest.approx(2.0)


def test_a_renewal_in_a_break_takes_no_time() -> None:
    """At 10:00 the tool is changed in six minutes; at 10:30 the mill goes on as the others do."""
    model = bracket()
    ring = Ring(model)
    renew = Change(
        address=Address(MILL), parameter="renew_end_mill", value=True, at_ns=SIX_NS + minutes(240)
    )
    state = with_changes(model, begin(model, at_ns=SIX_NS, seed=1), [renew])
    state = advance(model, state, SIX_NS + minutes(270.5), trace=ring, jit=False)
    told = [e for e in ring.read() if e.element == MILL and e.t_ns >= SIX_NS + minutes(240)]
    assert [e.kind for e in told if e.kind not in (TraceKind.CHANGED, TraceKind.ENDED)] == [
        TraceKind.STANDS,
        TraceKind.SET_UP_BEGAN,
        TraceKind.RENEWED,
        TraceKind.SET_UP_ENDED,
        TraceKind.STANDS,
        TraceKind.GOES_ON,
    ]
    assert [e.t_ns for e in told if e.kind == TraceKind.SET_UP_ENDED] == [SIX_NS + minutes(246)]
    found = outcome(model, state).at(MILL)
    assert found.used["end_mill"] < 0.01
    assert (found.state, found.since_ns) == (StationState.RUNNING, SIX_NS + minutes(270))


def test_a_failure_by_change_lasts_as_long_as_it_says() -> None:
    """From 08:00 to 08:25 the mill is down, and the cycle under way goes on afterwards."""
    model = bracket()
    ring = Ring(model)
    trip = Change(
        address=Address(MILL),
        parameter="fail_spindle_trip",
        value=True,
        at_ns=SIX_NS + minutes(120),
        until_ns=SIX_NS + minutes(145),
    )
    state = with_changes(model, begin(model, at_ns=SIX_NS, seed=3), [trip])
    advance(model, state, SIX_NS + minutes(150), trace=ring, jit=False)
    told = [e for e in ring.read() if e.element == MILL]
    down = {e.kind: e for e in told if e.kind in (TraceKind.FAILED, TraceKind.REPAIRED)}
    assert down[TraceKind.FAILED].t_ns == SIX_NS + minutes(120)
    assert down[TraceKind.REPAIRED].t_ns == SIX_NS + minutes(145)
    after = [e.kind for e in told if e.t_ns > SIX_NS + minutes(145)]
    assert after[0] == TraceKind.ENDED


def test_changes_end_in_any_order() -> None:
    """When a change ends, the latest other one in force holds again, else the plant's value."""
    model = line_of("10 s", places=1)
    place = model.stations[0]
    state = begin(model, at_ns=0, seed=1)
    plan = [(80.0, 10, 50), (60.0, 20, 30), (90.0, 40, 60)]
    changes = [
        Change(address=place, parameter="speed", value=v, at_ns=a * NS, until_ns=u * NS)
        for v, a, u in plan
    ]
    state = with_changes(model, state, changes)
    found = []
    for second in (5, 15, 25, 35, 45, 55, 65):
        state = advance(model, state, second * NS, jit=False)
        found.append(outcome(model, state).stations[0].speed_percent)
    assert found == [100.0, 80.0, 60.0, 80.0, 90.0, 90.0, 100.0]


def test_a_cycle_under_way_follows_the_speed() -> None:
    """A cycle of 10 s that is slowed to half speed after 4 s ends after 16 s."""
    model = line_of("10 s", places=1)
    slow = Change(address=model.stations[0], parameter="speed", value=50.0, at_ns=4 * NS)
    state = with_changes(model, begin(model, at_ns=0, seed=1), [slow])
    done = outcome(model, advance(model, state, 16 * NS, jit=False))
    assert (done.good, done.stations[0].last_cycle_s) == (1, 16.0)


def _good_parts(model: Model, *changes: Change) -> list[int]:
    """Return good parts at the end of the line from 09:05 to 11:30, the end mill chipped."""
    mill, found = Address(MILL), []
    nine = SIX_NS + minutes(180)
    fault = [
        Change(address=mill, parameter="used_end_mill", value=0.7, at_ns=nine),
        Change(address=mill, parameter="faster_end_mill", value=4.0, at_ns=nine),
    ]
    for run in range(200):
        state = advance(model, begin(model, at_ns=SIX_NS, seed=7, replication=run), nine - 1)
        state = advance(model, with_changes(model, state, fault), nine + minutes(5))
        before = outcome(model, state).good
        end = advance(model, with_changes(model, state, changes), nine + minutes(150))
        found.append(outcome(model, end).good - before)
    return found


def test_slowing_a_chipped_tool_until_the_break_pays() -> None:
    """Over 200 runs it gives at least five good parts more than nothing, 99 % of certainty."""
    model, mill = bracket(), Address(MILL)
    assert model.address == BRACKET
    five, ten = SIX_NS + minutes(185), SIX_NS + minutes(240)
    slow = Change(address=mill, parameter="speed", value=80.0, at_ns=five, until_ns=ten)
    renew = Change(address=mill, parameter="renew_end_mill", value=True, at_ns=ten)
    pairs = zip(_good_parts(model, slow, renew), _good_parts(model), strict=True)
    gains = [with_it - without for with_it, without in pairs]
    assert statistics.fmean(gains) - 2.6 * statistics.stdev(gains) / len(gains) ** 0.5 > 5.0
