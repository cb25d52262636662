"""The life of one alarm from its records."""

import pytest

from linewright.live.alarms import AlarmNow, learn
from linewright.live.alarms.life import SHELF_MAX_S
from linewright.plant.records import Alarm, AlarmEvent, AlarmPriority, AlarmState, How, revise
from tests.live.alarms.floor import after, at, raised

FIRST = raised(0)
RETURNED = after(FIRST, AlarmEvent.RETURNED, 10)
SEEN = after(FIRST, AlarmEvent.ACKNOWLEDGED, 5, by="p7")
LATCHED = after(FIRST, AlarmEvent.RETURNED, 10, state=AlarmState.LATCHED_UNACKNOWLEDGED)
RESET = after(FIRST, AlarmEvent.RESET, 20, by="p7")


def _now(*records: Alarm) -> AlarmNow:
    now = None
    for each in records:
        now = learn(now, each)
    assert now is not None
    return now


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ((FIRST,), AlarmState.UNACKNOWLEDGED),
        ((FIRST, SEEN), AlarmState.ACKNOWLEDGED),
        ((FIRST, RETURNED), AlarmState.RETURNED_UNACKNOWLEDGED),
        ((FIRST, SEEN, RETURNED), AlarmState.NORMAL),
        ((FIRST, RETURNED, SEEN), AlarmState.NORMAL),
        ((FIRST, LATCHED), AlarmState.LATCHED_UNACKNOWLEDGED),
        ((FIRST, LATCHED, SEEN), AlarmState.LATCHED_ACKNOWLEDGED),
        ((FIRST, SEEN, LATCHED, RESET), AlarmState.NORMAL),
        ((FIRST, SEEN, SEEN), AlarmState.ACKNOWLEDGED),
    ],
)
def test_the_states_of_isa_18_2(records: tuple[Alarm, ...], state: AlarmState) -> None:
    """Every way through raised, acknowledged, returned, latched and reset ends where it should."""
    assert _now(*records).state_at(at(30)) is state


def test_the_next_time_must_be_seen_anew() -> None:
    """Acknowledging an occurrence says nothing of the one that was raised since."""
    second = raised(15)
    now = _now(FIRST, RETURNED, second, SEEN)
    assert now.state_at(at(20)) is AlarmState.UNACKNOWLEDGED
    assert now.current is not None
    assert now.current.id == second.id


def test_the_shelf_ends_by_itself_and_within_bounds() -> None:
    """Until its time; asked for a year it ends after the longest time of its priority."""
    longest_s = SHELF_MAX_S[AlarmPriority.MEDIUM]
    year_ns = at(365 * 86400)
    shelved = after(
        FIRST, AlarmEvent.SHELVED, 1, by="p7", shelved_until_ns=year_ns, comment="known"
    )
    now = _now(FIRST, shelved)
    assert now.state_at(at(longest_s)) is AlarmState.SHELVED
    assert now.state_at(at(1 + longest_s)) is AlarmState.UNACKNOWLEDGED


def test_out_of_service_stands_above_all() -> None:
    """Until a person returns it to service; then what holds shows again."""
    out = after(FIRST, AlarmEvent.REMOVED_FROM_SERVICE, 1, by="p7", comment="sensor")
    back = after(FIRST, AlarmEvent.RETURNED_TO_SERVICE, 9, by="p7")
    assert _now(FIRST, out).state_at(at(5)) is AlarmState.OUT_OF_SERVICE
    assert _now(FIRST, out, back).state_at(at(10)) is AlarmState.UNACKNOWLEDGED


def test_a_raised_record_that_was_taken_back_never_was() -> None:
    """A revision that voids it leaves a normal alarm, before or after the record itself."""
    void = revise(FIRST, seen_ns=at(9), how=How.PERSON, by="p7", void=True)
    assert _now(FIRST, void).state_at(at(10)) is AlarmState.NORMAL
    assert _now(void, FIRST).state_at(at(10)) is AlarmState.NORMAL


def test_the_earlier_of_two_who_acknowledge_counts() -> None:
    """Two people at once: the first is named, whichever record came first."""
    other = after(FIRST, AlarmEvent.ACKNOWLEDGED, 6, by="p9")
    for records in ((FIRST, SEEN, other), (FIRST, other, SEEN)):
        now = _now(*records).current
        assert now is not None
        assert (now.acknowledged_by, now.acknowledged_ns) == ("p7", at(5))
