"""What people may do to an alarm, and what is refused."""

import msgspec
import pytest

from linewright.live.alarms import AlarmAct, AlarmNow, AlarmRefused, act, learn
from linewright.plant.records import AlarmEvent, AlarmPriority, AlarmState
from tests.live.alarms.floor import after, at, raised

H_S = 3600


def _wanted(event: AlarmEvent, seconds: float = 5, **fields: object) -> AlarmAct:
    made = AlarmAct(event=event, by="p7", now_ns=at(seconds))
    return msgspec.structs.replace(made, **fields)


def _code(now: AlarmNow | None, wanted: AlarmAct) -> str:
    with pytest.raises(AlarmRefused) as found:
        act(now, wanted)
    assert found.value.what
    return found.value.code


def test_an_act_becomes_a_record_with_the_state_that_follows() -> None:
    """Acknowledged, shelved, out of service and back: each says what holds after it."""
    now = learn(None, raised(0))
    shelve = _wanted(AlarmEvent.SHELVED, 6, until_ns=at(H_S), comment="sensor is changed")
    states = []
    for wanted in (
        _wanted(AlarmEvent.ACKNOWLEDGED),
        shelve,
        _wanted(AlarmEvent.UNSHELVED, 7),
        _wanted(AlarmEvent.REMOVED_FROM_SERVICE, 8, comment="overhaul"),
        _wanted(AlarmEvent.RETURNED_TO_SERVICE, 9),
    ):
        record = act(now, wanted)
        assert (record.by, record.how.value) == ("p7", "person")
        states.append(record.state.value)
        now = learn(now, record)
    assert states == ["acknowledged", "shelved", "acknowledged", "out_of_service", "acknowledged"]


def test_acknowledging_twice_is_harmless() -> None:
    """The second record is published and changes nothing."""
    now = learn(None, raised(0))
    once = learn(now, act(now, _wanted(AlarmEvent.ACKNOWLEDGED)))
    assert learn(once, act(once, _wanted(AlarmEvent.ACKNOWLEDGED, 9))) == once


def test_an_acknowledgement_names_what_was_seen() -> None:
    """Of the occurrence that the person saw, not of the one raised since."""
    first, second = raised(0), raised(20)
    now = learn(learn(learn(None, first), after(first, AlarmEvent.RETURNED, 10)), second)
    record = act(now, _wanted(AlarmEvent.ACKNOWLEDGED, 21, occurrence=first.id))
    assert record.occurrence == first.id
    assert learn(now, record).state_at(at(30)) is AlarmState.UNACKNOWLEDGED


def test_shelving_needs_a_reason_an_end_and_measure() -> None:
    """Without any of them it is refused, and what is critical may rest for an hour only."""
    now = learn(None, raised(0))
    shelve = _wanted(AlarmEvent.SHELVED, until_ns=at(12 * H_S + 5), comment="known")
    assert act(now, shelve).shelved_until_ns == at(12 * H_S + 5)
    changed = msgspec.structs.replace
    assert _code(now, changed(shelve, comment=" ")) == "no_reason"
    assert _code(now, changed(shelve, until_ns=None)) == "no_end"
    assert _code(now, changed(shelve, until_ns=at(5))) == "no_end"
    assert _code(now, changed(shelve, until_ns=at(12 * H_S + 6))) == "too_long"
    critical = learn(None, raised(0, priority=AlarmPriority.CRITICAL))
    assert _code(critical, changed(shelve, until_ns=at(2 * H_S))) == "too_long"


def test_what_cannot_be_done_is_refused() -> None:
    """No such alarm, no such occurrence, nothing latched, or nothing that people do."""
    now = learn(None, raised(0))
    assert _code(None, _wanted(AlarmEvent.ACKNOWLEDGED)) == "unknown"
    assert _code(now, _wanted(AlarmEvent.ACKNOWLEDGED, occurrence="a" * 26)) == "unknown"
    assert _code(now, _wanted(AlarmEvent.RESET)) == "not_latched"
    assert _code(now, _wanted(AlarmEvent.RAISED)) == "no_act"
    assert _code(now, _wanted(AlarmEvent.REMOVED_FROM_SERVICE)) == "no_reason"
