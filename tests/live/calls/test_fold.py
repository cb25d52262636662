"""Escalation by time."""

import pytest

from linewright.live.calls import CallFold, begin, decode_fold, encode_fold, step
from linewright.live.calls.fold import KEPT_MAX
from linewright.plant.records import Call, CallEvent, CallKind, Role
from tests.live.calls.floor import after, at, raised
from tests.live.floor import SITE


def _play(*given: Call | float) -> tuple[CallFold, list[Call]]:
    """The fold after these records and times, in seconds after six, and what came out."""
    fold, records = begin(SITE, "r1"), list[Call]()
    for each in given:
        fold, made = step(fold, each if isinstance(each, Call) else at(each))
        records += made
    return fold, records


def test_nobody_answers_and_the_next_is_asked() -> None:
    """After 5 minutes the supervisor, after 15 the manager, at exactly these times; then nobody."""
    first = raised()
    fold, records = _play(first, 299.9, 300, 301, 1000, 5000)
    assert [(each.t_ns, each.level, each.to) for each in records] == [
        (at(300), 1, Role.SUPERVISOR),
        (at(900), 2, Role.MANAGER),
    ]
    assert {(each.event, each.call) for each in records} == {(CallEvent.ESCALATED, first.id)}
    assert fold.calls[first.id].level == 2


@pytest.mark.parametrize("event", [CallEvent.ACKNOWLEDGED, CallEvent.ARRIVED, CallEvent.RESOLVED])
def test_whoever_answers_ends_it(event: CallEvent) -> None:
    """Acknowledged, arrived or resolved in time: nobody else is asked, nor after a while."""
    first = raised()
    assert _play(first, 100, after(first, event, 200), 400, 5000)[1] == []


def test_nobody_looked_for_a_while() -> None:
    """After a restart late in the day every level that was passed is told, with its own time."""
    assert [each.level for each in _play(raised(), 5000)[1]] == [1, 2]


def test_a_call_for_safety_waits_a_minute() -> None:
    """Its first level is the supervisor, its next the manager after a minute."""
    [told] = _play(raised(kind=CallKind.SAFETY), 60)[1]
    assert (told.level, told.to) == (1, Role.MANAGER)


def test_going_on_from_a_snapshot_escalates_once() -> None:
    """What was escalated before is not escalated again; derived anew it has the same id."""
    fold, records = _play(raised(), 300)
    again = decode_fold(encode_fold(fold), SITE, "r1")
    assert again == fold
    assert step(again, at(400))[1] == ()
    assert _play(raised(), 400)[1] == records


def test_a_call_of_another_site_is_not_ours() -> None:
    """Its records change nothing."""
    fold, _ = step(begin("reno", "r1"), raised())
    assert fold.calls == {}


def test_a_damaged_snapshot_is_refused() -> None:
    """Of another site, or none: a typed error."""
    data = encode_fold(begin("reno", "r1"))
    with pytest.raises(ValueError, match="reno"):
        decode_fold(data, SITE, "r1")


def test_only_calls_that_ended_are_forgotten() -> None:
    """Beyond the bound those that ended first go; an open call never does."""
    fold = begin(SITE, "r1")
    for n in range(KEPT_MAX + 5):
        first = raised(n)
        fold, _ = step(fold, first)
        if n > 0:
            fold, _ = step(fold, after(first, CallEvent.RESOLVED, n + 1))
    assert len(fold.calls) == KEPT_MAX
    assert raised(0).id in fold.calls
    assert raised(1).id not in fold.calls
