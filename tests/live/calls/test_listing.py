"""Open calls with their clocks, and calls that could be made."""

from linewright.live.calls import CallNow, learn, open_calls, suggested
from linewright.live.calls.listing import SUGGEST_S
from linewright.plant.records import Call, CallEvent, CallKind, Role, StationNow, StationState
from tests.live.calls.floor import after, at, raised
from tests.live.floor import LINE, MILL, bracket


def _known(*records: Call) -> list[CallNow]:
    found: dict[str, CallNow] = {}
    for each in records:
        key = each.call or each.id
        found[key] = learn(found.get(key), each)
    return list(found.values())


def test_who_waits_comes_first() -> None:
    """Calls without an answer first, the oldest in front; those that ended are not listed."""
    first, second, third, fourth = (raised(n) for n in range(4))
    later = [after(first, CallEvent.ACKNOWLEDGED, 10), after(fourth, CallEvent.RESOLVED, 11)]
    rows = open_calls(_known(first, second, third, fourth, *later), now_ns=at(20))
    assert [each.call for each in rows] == [second.id, third.id, first.id]
    assert rows[2].acknowledged_by == "p9"


def test_the_clock_says_who_is_asked_next() -> None:
    """Until the level passes, then of the next; of a call that was answered there is none."""
    first = raised()
    [row] = open_calls(_known(first), now_ns=at(60))
    assert (row.to, row.age_s, row.next_ns) == (Role.ENGINEER, 60.0, at(300))
    escalated = Call(
        address=MILL,
        t_ns=at(300),
        seen_ns=at(300),
        plant_rev="r1",
        how=first.how,
        source="live",
        kind=first.kind,
        event=CallEvent.ESCALATED,
        call=first.id,
        level=1,
        to=Role.SUPERVISOR,
    )
    [row] = open_calls(_known(first, escalated), now_ns=at(400))
    assert (row.to, row.level, row.next_ns) == (Role.SUPERVISOR, 1, at(900))
    [row] = open_calls(
        _known(first, escalated, after(first, CallEvent.ARRIVED, 400)), now_ns=at(410)
    )
    assert (row.status, row.next_ns) == ("arrived", None)


def _station(state: StationState, reason: str | None = None) -> StationNow:
    return StationNow(address=MILL, state=state, since_ns=at(0), seen_ns=at(0), reason=reason)


def test_a_stop_without_a_call_is_suggested() -> None:
    """After two minutes down, not before, not while somebody is called to it or to its line."""
    down = _station(StationState.DOWN)
    plant = bracket()
    assert suggested(plant, [down], [], now_ns=at(SUGGEST_S - 1)) == ()
    [found] = suggested(plant, [down], [], now_ns=at(SUGGEST_S))
    assert (found.address, found.kind, found.since_ns) == (MILL, CallKind.MAINTENANCE, at(0))
    assert suggested(plant, [_station(StationState.IDLE)], [], now_ns=at(999)) == ()
    called = _known(raised())
    assert suggested(plant, [down], called, now_ns=at(999)) == ()
    assert not MILL.contains(LINE)


def test_the_reason_says_whose_help() -> None:
    """By its bucket in the reason tree of the station, or that of the reason above it."""
    plant = bracket()
    tree = plant.reasons[dict(plant.stations())[MILL].reasons or ""]
    kinds = {
        node.bucket: suggested(plant, [_station(StationState.DOWN, name)], [], now_ns=at(999))[
            0
        ].kind
        for name, node in tree.items()
        if node.bucket is not None
    }
    assert kinds["unplanned/material"] is CallKind.MATERIAL
    assert kinds["unplanned/breakdown"] is CallKind.MAINTENANCE
