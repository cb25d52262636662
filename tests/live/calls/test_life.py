"""One call from its records."""

import pytest

from linewright.live.calls import CallNow, learn
from linewright.plant.records import Call, CallEvent, How, revise
from tests.live.calls.floor import after, at, raised

FIRST = raised()
EVENTS = (CallEvent.ACKNOWLEDGED, CallEvent.ARRIVED, CallEvent.RESOLVED)


def _now(*records: Call) -> CallNow:
    now = None
    for each in records:
        now = learn(now, each)
    assert now is not None
    return now


@pytest.mark.parametrize("count", range(4))
def test_a_call_goes_from_raised_to_resolved(count: int) -> None:
    """Heard, arrived, resolved: the status is the last that happened; then it is not open."""
    later = [after(FIRST, event, 60 * n) for n, event in enumerate(EVENTS[:count], 1)]
    now = _now(FIRST, *later)
    assert now.status == ("raised", "acknowledged", "arrived", "resolved")[count]
    assert (now.is_open, now.waits) == (count < 3, count == 0)
    assert now.ended_ns == (at(180) if count == 3 else None)


def test_a_cancelled_call_is_over() -> None:
    """Whoever called takes it back; nobody waits for it any more."""
    now = _now(FIRST, after(FIRST, CallEvent.CANCELLED, 5))
    assert (now.status, now.is_open, now.ended_ns) == ("cancelled", False, at(5))


def test_the_earlier_of_two_who_answer_counts() -> None:
    """Two answer at once: the first is named, whichever record came first."""
    one = after(FIRST, CallEvent.ACKNOWLEDGED, 5, by="p8")
    other = after(FIRST, CallEvent.ACKNOWLEDGED, 6)
    for records in ((FIRST, one, other), (other, one, FIRST)):
        found = _now(*records).acknowledged
        assert found is not None
        assert (found.by, found.t_ns) == ("p8", at(5))


def test_a_call_that_was_taken_back_never_was() -> None:
    """A revision that voids the raised record leaves nothing open."""
    void = revise(FIRST, seen_ns=at(9), how=How.PERSON, by="p7", void=True)
    assert not _now(FIRST, void).is_open
