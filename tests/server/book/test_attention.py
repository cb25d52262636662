"""Alarms and calls as pages show them, from their records."""

import msgspec
import pytest

from linewright.plant import Plant
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    AlarmPriority,
    AlarmState,
    Call,
    CallEvent,
    CallKind,
    How,
    Role,
)
from linewright.server.book.attention import (
    active_at,
    alarm_report_view,
    alarms_view,
    call_journal_view,
    calls_view,
    journal_view,
    waiting_at,
)
from linewright.server.book.keeping import Kept
from linewright.server.desk import Refusal
from linewright.server.known import Known
from tests.server.book.played import BEGIN_NS, H_NS, LINE, S_NS, bracket, moment_of

BLADE = LINE.child("saw").with_tag("blade_temp")


def alarm(event: AlarmEvent, at_s: int, of: Alarm | None = None, **more: object) -> Alarm:
    """Return a record of the saw's blade being hot, so many seconds after 06:00."""
    fields: dict[str, object] = {
        "address": BLADE, "t_ns": BEGIN_NS + at_s * S_NS, "seen_ns": BEGIN_NS + at_s * S_NS,
        "plant_rev": "r1", "how": How.MACHINE, "source": "live", "alarm": "high", "event": event,
        "state": AlarmState.UNACKNOWLEDGED, "priority": AlarmPriority.MEDIUM,
        "kind": AlarmKind.HIGH, "occurrence": None if of is None else of.id, "limit": 80.0,
        "value": 81.0, "unit": "degC",
    }  # fmt: skip
    return Alarm(**{**fields, **more})  # type: ignore[arg-type]  # fields of a record by name


def call(event: CallEvent, at_s: int, of: Call | None = None, **more: object) -> Call:
    """Return a record of a call for maintenance at the mill."""
    fields: dict[str, object] = {
        "address": LINE.child("mill"), "t_ns": BEGIN_NS + at_s * S_NS, "seen_ns": BEGIN_NS,
        "plant_rev": "r1", "how": How.PERSON, "source": "server", "by": "p7", "event": event,
        "kind": CallKind.MAINTENANCE, "call": None if of is None else of.id,
    }  # fmt: skip
    return Call(**{**fields, **more})  # type: ignore[arg-type]  # fields of a record by name


def kept(*records: Alarm | Call) -> tuple[Kept, Plant]:
    """Return a book with these records alone."""
    plant = bracket()
    held = Kept(plant, "r1", LINE.site, Known())
    for record in records:
        held.hear(record, 0)
    return held, plant


def test_an_alarm_is_shown_with_its_label_until_it_returned_and_somebody_saw_it() -> None:
    """Raised, acknowledged, returned: shown, shown, gone."""
    raised = alarm(AlarmEvent.RAISED, 60)
    seen = alarm(AlarmEvent.ACKNOWLEDGED, 90, raised, by="p7", how=How.PERSON)
    gone = alarm(AlarmEvent.RETURNED, 120, raised)
    held, plant = kept(raised)
    now = moment_of(plant, BEGIN_NS + 100 * S_NS)
    view = alarms_view(held, now, LINE)
    assert (view.unacknowledged, list(view.alarms)) == (1, [raised.id])
    shown = view.alarms[raised.id]
    assert (shown.state, shown.limit, shown.label["en"]) == (
        "unacknowledged", 80.0, "Blade temperature"
    )  # fmt: skip
    held.hear(seen, 0)
    view = alarms_view(held, now, LINE)
    assert (view.unacknowledged, view.alarms[raised.id].acknowledged_by) == (0, "p7")
    held.hear(gone, 0)
    assert not alarms_view(held, moment_of(plant, BEGIN_NS + 130 * S_NS), LINE).alarms


def test_alarms_of_other_places_are_not_shown() -> None:
    """The mill's page does not show the saw's alarm; the area's and the site's do."""
    held, plant = kept(alarm(AlarmEvent.RAISED, 60))
    now = moment_of(plant, BEGIN_NS + 100 * S_NS)
    counts = [
        len(alarms_view(held, now, place).alarms)
        for place in (LINE.child("mill"), LINE.child("saw"), "nogales/machining", "nogales")
    ]
    assert counts == [0, 1, 1, 1]
    assert waiting_at(held, now, LINE.child("saw")) == active_at(held, now, LINE) == 1
    with pytest.raises(Refusal) as refusal:
        alarms_view(held, now, "nogales/machining/nothing")
    assert refusal.value.status == 404


def test_a_shelved_alarm_is_listed_and_asks_for_no_attention() -> None:
    """Shelved alarms say by whom and until when; they are not counted as waiting."""
    raised = alarm(AlarmEvent.RAISED, 60)
    until_ns = BEGIN_NS + H_NS
    shelf = alarm(
        AlarmEvent.SHELVED, 70, raised, by="p7", how=How.PERSON, shelved_until_ns=until_ns,
        comment="new blade comes", state=AlarmState.SHELVED,
    )  # fmt: skip
    held, plant = kept(raised, shelf)
    now = moment_of(plant, BEGIN_NS + 100 * S_NS)
    view = alarms_view(held, now, LINE)
    shown = view.alarms[raised.id]
    assert (shown.state, shown.shelved_by, shown.comment, view.unacknowledged) == (
        "shelved", "p7", "new blade comes", 0
    )  # fmt: skip
    later = alarms_view(held, moment_of(plant, until_ns + S_NS), LINE)
    assert (later.alarms[raised.id].state, later.unacknowledged) == ("unacknowledged", 1)


def test_the_journal_has_the_latest_events_first_and_says_where_it_is_cut() -> None:
    """Events of a window, newest first, at most as many as are asked for."""
    raised = alarm(AlarmEvent.RAISED, 60)
    held, plant = kept(raised, alarm(AlarmEvent.RETURNED, 120, raised))
    now = moment_of(plant, BEGIN_NS + 200 * S_NS)
    view = journal_view(held, now, LINE, "shift", 10)
    assert ([each.event for each in view.rows], view.more) == (["returned", "raised"], False)
    view = journal_view(held, now, LINE, "shift", 1)
    assert ([each.event for each in view.rows], view.more) == (["returned"], True)


def test_the_report_counts_what_was_raised_by_priority_and_how_soon_it_was_seen() -> None:
    """Three alarms in the first hour, one seen after 30 s, all of one tag: figures by hand."""
    first = alarm(AlarmEvent.RAISED, 600)
    others = [alarm(AlarmEvent.RAISED, at_s) for at_s in (1200, 1800)]
    seen = alarm(AlarmEvent.ACKNOWLEDGED, 630, first, by="p7", how=How.PERSON)
    held, plant = kept(first, *others, seen)
    view = alarm_report_view(held, moment_of(plant, BEGIN_NS + H_NS), LINE, "shift")
    assert (view.raised, view.per_10min, view.peak_10min) == (3, 0.5, 1)
    assert (view.acknowledge_s_p50, view.priorities) == (30.0, {"medium": 3})
    assert view.top == ((str(BLADE), "high", 3),)
    share = view.figures["medium_share"]
    assert (share.value, share.target, share.met) == (1.0, 0.15, False)


def test_an_open_call_shows_its_clock_and_who_is_asked_until_it_is_resolved() -> None:
    """Raised, escalated, acknowledged, resolved."""
    raised = call(CallEvent.RAISED, 0, text="spindle")
    held, plant = kept(raised)
    now = moment_of(plant, BEGIN_NS + 60 * S_NS)
    [(name, shown)] = calls_view(held, now, LINE).calls.items()
    assert (name, shown.state, shown.text, shown.level) == (raised.id, "raised", "spindle", 0)
    assert (shown.escalates_ms or 0) > now.t_ns // 10**6
    held.hear(call(CallEvent.ESCALATED, 400, raised, level=1, to=Role.SUPERVISOR, by=None), 0)
    assert calls_view(held, now, LINE).calls[name].state == "escalated"
    held.hear(call(CallEvent.ACKNOWLEDGED, 500, raised, by="p9"), 0)
    shown = calls_view(held, now, LINE).calls[name]
    assert (shown.state, shown.acknowledged_by, shown.escalates_ms) == ("acknowledged", "p9", None)
    held.hear(call(CallEvent.RESOLVED, 900, raised), 0)
    assert not calls_view(held, now, LINE).calls


def test_calls_of_a_window_tell_how_soon_people_came() -> None:
    """Three calls by hand: resolved, escalated, cancelled; one before the window is none."""
    first = call(CallEvent.RAISED, 0, text="spindle")
    steps = [
        call(CallEvent.ACKNOWLEDGED, 120, first, by="m1"),
        call(CallEvent.ARRIVED, 300, first, by="m2"),
        call(CallEvent.RESOLVED, 900, first, by="m2"),
    ]  # fmt: skip
    second = call(CallEvent.RAISED, 1000)
    steps += [call(CallEvent.ESCALATED, 1300, second, level=1, to=Role.SUPERVISOR, by=None)]
    third = call(CallEvent.RAISED, 2000)
    steps += [call(CallEvent.CANCELLED, 2060, third, by="p7")]
    held, plant = kept(first, second, third, call(CallEvent.RAISED, -90_000), *steps)
    now = moment_of(plant, BEGIN_NS + H_NS)
    view = call_journal_view(held, now, LINE, "shift", 2)
    assert (view.raised, view.escalated, view.more) == (3, 1, True)
    assert [each.state for each in view.rows] == ["cancelled", "escalated"]
    assert (view.answer_s_p50, view.arrive_s_p50, view.resolve_s_p50) == (120.0, 300.0, 900.0)
    [*_, row] = call_journal_view(held, now, LINE, "shift", 10).rows
    assert (row.text, row.answered_by, row.arrived_by, row.ended_by) == (
        "spindle",
        "m1",
        "m2",
        "m2",
    )
    assert (row.answered_ms or 0) - row.raised_ms == 120_000
    assert call_journal_view(held, now, LINE.child("saw"), "shift", 10).rows == ()


def test_views_are_json_without_a_null_in_an_object() -> None:
    """What is not known is left out, as merge patches need it."""
    held, plant = kept(alarm(AlarmEvent.RAISED, 60), call(CallEvent.RAISED, 0))
    now = moment_of(plant, BEGIN_NS + 100 * S_NS)
    for view in (alarms_view(held, now, LINE), calls_view(held, now, LINE)):
        assert b":null" not in msgspec.json.encode(view)
