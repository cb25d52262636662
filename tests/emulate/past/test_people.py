"""What people of a past have entered."""

import pytest

from linewright.emulate.flows.book import booked
from linewright.emulate.flows.flow import Done
from linewright.emulate.paper import Habits
from linewright.emulate.past.people import REASONS_SHARE, People
from linewright.emulate.play import Setup
from linewright.plant import Address
from linewright.plant.records import (
    Call,
    CallEvent,
    How,
    Order,
    OrderStatus,
    Presence,
    Reason,
    SignOn,
    State,
    StationState,
)
from linewright.plant.scenario import check_scenario_text
from tests.emulate.past.conftest import FROM_NS, START_NS
from tests.emulate.past.heard import REV, Gone, gone

MILL = Address("nogales/machining/bracket/mill")
SAW = Address("nogales/machining/bracket/saw")
DAY_NS = 24 * 3600 * 10**9


@pytest.fixture(scope="module")
def past(morning: Setup, tmp_path_factory: pytest.TempPathFactory) -> Gone:
    """The two hours, gone through once."""
    return gone(morning, tmp_path_factory.mktemp("people"), FROM_NS)


def people(setup: Setup, until_ns: int = FROM_NS) -> People:
    """Return the people of the bracket line."""
    span_ns = (START_NS, until_ns)
    return People(setup.plant, REV, setup.site, span_ns=span_ns, seed=setup.seed)


def state(address: Address, word: StationState, t_ns: int) -> State:
    """Return a state that a station enters."""
    return State(
        address=address,
        t_ns=t_ns,
        seen_ns=t_ns,
        plant_rev=REV,
        how=How.MACHINE,
        source="live",
        state=word,
    )


def test_a_reason_explains_the_stop_that_came(past: Gone) -> None:
    """It covers the stop from its begin to its end, names its record, and is entered later."""
    reasons = [one for one in past.entered if isinstance(one, Reason)]
    assert reasons
    stops = {one.id: one for one in past.records if isinstance(one, State)}
    for one in reasons:
        assert one.until_ns is not None
        assert stops[one.states[0]].state is StationState.DOWN
        assert stops[one.states[0]].t_ns == one.t_ns
        assert one.t_ns < one.until_ns < one.seen_ns


def test_an_event_called_like_a_reason_is_what_people_say(past: Gone) -> None:
    """Else the reason is that of the failure mode; both as paths in the tree of the station."""
    codes = {one.address: one.code for one in past.entered if isinstance(one, Reason)}
    wanted = {SAW: "no_material", MILL: "tooling/tool_break"}
    assert codes.items() <= wanted.items()
    assert codes


def test_most_stops_are_explained_and_some_are_not(morning: Setup) -> None:
    """Of many stops about as many as `REASONS_SHARE` says have a reason; micro-stops have none."""
    asked, minute_ns = people(morning), 60 * 10**9
    count, found = 300, 0
    for n in range(count):
        t_ns = START_NS + n * 20 * 10**9
        end_ns = t_ns + 3 * minute_ns
        asked.see({MILL: {"spindle_trip": t_ns}})
        stop = (state(MILL, StationState.DOWN, t_ns), state(MILL, StationState.RUNNING, end_ns))
        found += sum(isinstance(one, Reason) for one in asked.take(stop, {}, 2 * FROM_NS))
    assert count * (REASONS_SHARE - 0.1) < found < count * (REASONS_SHARE + 0.1)
    short = (
        state(SAW, StationState.DOWN, START_NS),
        state(SAW, StationState.RUNNING, START_NS + minute_ns),
    )
    assert not asked.take(short, {SAW: {"failure": START_NS}}, 2 * FROM_NS)


def test_help_is_called_comes_and_is_done(past: Gone) -> None:
    """All steps of a call name the one that raised it, in their order."""
    calls = [one for one in past.entered if isinstance(one, Call) and one.address == MILL]
    steps = [CallEvent.RAISED, CallEvent.ACKNOWLEDGED, CallEvent.ARRIVED, CallEvent.RESOLVED]
    assert [one.event for one in calls] == steps
    assert {one.call for one in calls[1:]} == {calls[0].id}
    assert [one.t_ns for one in calls] == sorted(one.t_ns for one in calls)


def test_who_signs_on_signs_off_when_the_shift_ends(morning: Setup) -> None:
    """Each connected station has one person a shift, and never two at a time."""
    found = people(morning, START_NS + DAY_NS).signed_on()
    assert all(isinstance(one, SignOn) for one in found)
    for address in {one.address for one in found}:
        own = [one for one in found if one.address == address and isinstance(one, SignOn)]
        assert [one.presence for one in own] == [Presence.ON, Presence.OFF] * 2
        assert own[0].person == own[1].person != own[2].person
        assert own[0].until_ns == own[1].t_ns


def test_an_order_comes_and_is_told_again_when_it_is_made(morning: Setup) -> None:
    """The second record is finished, with what was delivered."""
    text = """{scenario: s, plant: borderline, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h,
      orders: {rush: {rush: bracket-a, quantity: 24, due_in: 2 h, from: 1 h}}}"""
    scenario = check_scenario_text(text, morning.plant).scenario
    (order,) = booked((), scenario, morning.plant, "nogales").orders
    done = [(MILL, Done(order.order, 23, order.t_ns + 5))]
    came, made = people(morning).ordered([order], [order], done)
    assert isinstance(came, Order)
    assert isinstance(made, Order)
    assert (came.status, made.status) == (OrderStatus.RELEASED, OrderStatus.FINISHED)
    assert int(came.quantity) == 24
    assert made.delivered is not None
    assert int(made.delivered) == 23
    assert came.plant_rev == REV


def habits(setup: Setup, people: str) -> Habits:
    """Return what a scenario says of people on that day."""
    text = f"""{{scenario: s, plant: borderline, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h,
      people: {{{people}}}}}"""
    scenario = check_scenario_text(text, setup.plant).scenario
    assert scenario is not None
    return Habits(scenario, setup.plant)


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("p: {reasons: missing}", []),
        ("p: {reasons: wrong}", ["breakdown/mechanical"]),
        ("p: {reasons: late, delay: 90 min}", ["breakdown/spindle"]),
        ("p: {counts: missing}", ["breakdown/spindle"]),
    ],
)
def test_reasons_are_what_the_scenario_says_of_people(
    fault: str, codes: list[str], morning: Setup
) -> None:
    """Never given, the first of the tree, an hour and a half late; other faults change nothing."""
    span_ns, found = (START_NS, FROM_NS), habits(morning, fault)
    asked = People(
        morning.plant, REV, morning.site, span_ns=span_ns, seed=morning.seed, habits=found
    )
    end_ns = START_NS + 30 * 60 * 10**9
    asked.see({MILL: {"spindle_trip": START_NS}})
    stop = (state(MILL, StationState.DOWN, START_NS), state(MILL, StationState.RUNNING, end_ns))
    told = [one for one in asked.take(stop, {}, 2 * FROM_NS) if isinstance(one, Reason)]
    assert [one.code for one in told] == codes
    is_late = "late" in fault
    assert all((one.seen_ns > end_ns + 5400 * 10**9) is is_late for one in told)


def test_who_forgets_to_sign_on_does_not_sign_off(morning: Setup) -> None:
    """Where all sign-ons of the eight hours are missing, nobody comes and nobody goes."""
    span_ns, found = (START_NS, START_NS + DAY_NS), habits(morning, "p: {sign_ons: missing}")
    asked = People(
        morning.plant, REV, morning.site, span_ns=span_ns, seed=morning.seed, habits=found
    )
    begun = [one for one in asked.signed_on() if one.t_ns < START_NS + DAY_NS // 3]
    assert begun == []
