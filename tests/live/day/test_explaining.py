"""Tests of linewright.live.day.explaining."""

import pytest

from linewright.live.day import (
    Course,
    ReasonRefused,
    Said,
    course_of,
    explain,
    merge,
    split,
    stops,
    undo,
)
from linewright.plant.records import How, Record, decode, encode
from linewright.plant.records import Reason as Given
from tests.live.day.shop import MILL, MIN, SIX, book_of, course, entry, minutes, plan, state

STOPPED = (state(0, "running"), state(5, "down"), state(25, "running"))
OPEN = (state(0, "running"), state(5, "down"))


def told(found: Course) -> list[tuple[float, float, str]]:
    """Stops as minutes and code."""
    return [(minutes(s.start_ns), minutes(s.end_ns), s.code) for s in stops(found)]


def with_(records: tuple[Record, ...], made: tuple[Record, ...]) -> tuple[Record, ...]:
    """All records, the new ones as they come off the wire."""
    return (*records, *(decode(encode(each), Given) for each in made))


def test_a_reason_is_given_and_changed() -> None:
    """The first is a reason; another one replaces it and names it."""
    first = explain(course(*STOPPED), stops(course(*STOPPED))[0].id, Said("jam"), entry())
    now = course(*with_(STOPPED, first))
    assert told(now) == [(5, 25, "breakdown/jam")]
    assert (first[0].how, first[0].by, first[0].until_ns) == (How.PERSON, "p7", None)
    second = explain(now, stops(now)[0].id, Said("tool", "worn"), entry(9))
    assert second[0].replaces == (first[0].id,)
    after = course(*with_(with_(STOPPED, first), second))
    assert told(after) == [(5, 25, "tool")]
    assert (stops(after)[0].comment, stops(after)[0].is_edited) == ("worn", True)


def test_back_to_the_first_reason_is_a_revision_of_it() -> None:
    """The same words of the same stretch have the same id: the next revision says them again."""
    records: tuple[Record, ...] = STOPPED
    for k, code in enumerate(("jam", "tool", "jam")):
        now = course(*records)
        records = with_(records, explain(now, stops(now)[0].id, Said(code), entry(k)))
    assert told(course(*records)) == [(5, 25, "breakdown/jam")]
    assert [each.rev for each in records[3:]] == [0, 0, 1]


def test_a_stop_that_goes_on_is_explained_until_it_ends() -> None:
    """Without an end the reason reaches to where the station runs again, however late."""
    now = course(*OPEN, heard_min=10)
    made = explain(now, stops(now)[0].id, Said("jam"), entry())
    later = (*with_(OPEN, made), state(90, "running"), state(95, "down"), state(99, "running"))
    assert told(course(*later)) == [(5, 90, "breakdown/jam"), (95, 99, "")]


def test_split_and_merge() -> None:
    """Two parts with two reasons, and one again; both name what they replace."""
    now = course(*STOPPED)
    said = (Said("jam"), Said("no_material"))
    made = split(now, stops(now)[0].id, SIX + 12 * MIN, said, entry())
    records = with_(STOPPED, made)
    cut = course(*records)
    assert told(cut) == [(5, 12, "breakdown/jam"), (12, 25, "no_material")]
    assert stops(cut)[1].part_of == stops(cut)[0].id
    one = merge(cut, [each.id for each in stops(cut)], Said("tool"), entry(5))
    assert set(one[0].replaces) == {each.id for each in made}
    assert told(course(*with_(records, one))) == [(5, 25, "tool")]


def test_a_merge_over_blocked_time_is_one_event() -> None:
    """Down, blocked, down again without a part between: one event where a person says so."""
    records = (*OPEN, state(9, "blocked"), state(12, "down"), state(20, "running"))
    now = course(*records)
    made = merge(now, [stops(now)[0].id, stops(now)[2].id], Said("jam"), entry())
    assert told(course(*with_(records, made))) == [(5, 20, "breakdown/jam")]


def test_undo_takes_back_a_whole_act() -> None:
    """Both halves of a split go, and the reason before it holds again."""
    first = explain(course(*STOPPED), stops(course(*STOPPED))[0].id, Said("jam"), entry())
    records = with_(STOPPED, first)
    before = course(*records)
    said = (Said("tool"), Said("no_material"))
    records = with_(records, split(before, stops(before)[0].id, SIX + 9 * MIN, said, entry(3)))
    now = course(*records)
    back = undo(now, stops(now)[1].id, entry(5, by="p9"))
    assert [(each.void, each.by) for each in back] == [(True, "p9"), (True, "p9")]
    assert stops(course(*with_(records, back))) == stops(before)


def test_what_is_left_of_a_longer_reason_is_said_again() -> None:
    """Changing one of two events under one reason leaves the other as it is."""
    records = (state(900, "down"), state(1440 + 30, "running"))
    now = course(*records)
    made = explain(now, stops(now)[-1].id, Said("jam"), entry())
    assert len(stops(now)) == 2
    both = merge(now, [each.id for each in stops(now)], Said("jam"), entry())
    over = course(*with_(records, both))
    change = explain(over, stops(over)[0].id, Said("tool"), entry(4))
    after = course(*with_(with_(records, both), change))
    assert [code for *_, code in told(after)] == ["tool", "breakdown/jam"]
    assert made[0].t_ns == SIX + 1440 * MIN


@pytest.mark.parametrize(
    ("code", "what"),
    [("x", "`x` is no reason"), ("planned", "`planned` is no reason")],
)
def test_a_code_without_a_meaning_is_refused(code: str, what: str) -> None:
    """Only what is in the tree and is booked somewhere can be a reason; the codes are named."""
    now = course(*STOPPED)
    with pytest.raises(ReasonRefused, match=what) as caught:
        explain(now, stops(now)[0].id, Said(code), entry())
    assert "breakdown/jam" in caught.value.do


def test_nonsense_is_refused() -> None:
    """A cut outside, a merge over production or of one, an undo of nothing, an unknown stop."""
    now = course(*STOPPED, state(30, "down"), state(40, "running"))
    one, two = (each.id for each in stops(now))
    said = Said("jam")
    for at in (5, 25):
        with pytest.raises(ReasonRefused, match="not inside"):
            split(now, one, SIX + at * MIN, (said, said), entry())
    with pytest.raises(ReasonRefused, match="ran from"):
        merge(now, [one, two], said, entry())
    with pytest.raises(ReasonRefused, match="one stop"):
        merge(now, [one, one], said, entry())
    with pytest.raises(ReasonRefused, match="no person"):
        undo(now, one, entry())
    with pytest.raises(ReasonRefused, match="no stop"):
        explain(now, "x", said, entry())


def test_a_clock_set_back_does_not_hide_what_is_said_now() -> None:
    """What is said last holds, also where the clock of the server was put back."""
    now = course(*STOPPED)
    records = with_(STOPPED, explain(now, stops(now)[0].id, Said("jam"), entry(100)))
    again = course(*records)
    made = explain(again, stops(again)[0].id, Said("tool"), entry(-100))
    assert told(course(*with_(records, made))) == [(5, 25, "tool")]


def test_records_may_come_in_any_order() -> None:
    """A split that arrives before the reason it replaces gives the same course."""
    now = course(*STOPPED)
    records = with_(STOPPED, explain(now, stops(now)[0].id, Said("jam"), entry()))
    before = course(*records)
    said = (Said("tool"), Said("no_material"))
    made = split(before, stops(before)[0].id, SIX + 9 * MIN, said, entry(3))
    book = book_of([*made, *reversed(records)])
    assert told(course_of(plan().stations[MILL], book.station(MILL))) == [
        (5, 9, "tool"),
        (9, 25, "no_material"),
    ]
