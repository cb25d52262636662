"""Tests of linewright.live.day.records."""

from linewright.live.day import Book
from linewright.live.day.records import given_reasons
from linewright.plant.records import Alarm, How, revise
from linewright.plant.records.examples import example
from tests.live.day.shop import MILL, MIN, SIX, H, book_of, parts, reason, state


def test_the_highest_revision_holds_in_any_order() -> None:
    """A revision takes the place of the record; an older one that comes later changes nothing."""
    one = state(0, "running")
    two = revise(one, seen_ns=one.seen_ns + 1, how=How.PERSON, by="p7", reason="jam")
    for order in ((one, two), (two, one), (two, one, two)):
        assert book_of(order).station(MILL).states == (two,)


def test_what_was_taken_back_is_not_there() -> None:
    """A void revision takes a record out of the book."""
    one = parts(3)
    void = revise(one, seen_ns=one.seen_ns + 1, how=How.PERSON, by="p7", void=True)
    assert book_of([void, one]).station(MILL).parts == ()


def test_the_version_tells_changes_only() -> None:
    """A repeat, an older revision or a class that is not kept leave the version as it is."""
    book = book_of([state(0, "running")])
    before = book.version(MILL)
    assert not book.take(state(0, "running"))
    assert not book.take(example(Alarm))
    assert (book.version(MILL), book.station(MILL) is book.station(MILL)) == (before, True)
    assert book.take(state(5, "down"))
    assert book.version(MILL) > before


def test_the_horizon_keeps_what_held_at_it() -> None:
    """Old records go, but the last state before the horizon and reasons that may reach over it."""
    book = book_of(
        [
            *(state(each, word) for each, word in ((0, "running"), (10, "down"), (90, "idle"))),
            parts(5),
            parts(70),
            reason(10, None, "tool"),
        ]
    )
    book.forget(SIX + H)
    kept = book.station(MILL)
    assert [each.state.value for each in kept.states] == ["down", "idle"]
    assert [each.t_ns for each in kept.parts] == [SIX + 5 * MIN, SIX + 70 * MIN]
    assert len(kept.reasons) == 1
    book.forget(SIX)
    assert book.since_ns == SIX + H


def test_two_contents_under_one_revision_do_not_depend_on_the_order() -> None:
    """Where two sources give one id and revision different words, one of them always holds."""
    one, two = (reason(0, 5, "tool", comment=word) for word in ("a", "b"))
    assert one.id == two.id
    found = {book_of(order).station(MILL).reasons for order in ((one, two), (two, one))}
    assert len(found) == 1


def test_a_reason_taken_back_replaces_nothing() -> None:
    """What a reason replaced holds again once that one is taken back."""
    one = reason(0, 5, "tool", seen=1)
    two = reason(0, 5, "no_material", seen=2, replaces=(one.id,))
    back = revise(two, seen_ns=two.seen_ns + 1, how=How.PERSON, by="p7", void=True)
    assert given_reasons([one, two]) == (two,)
    assert given_reasons([one, back]) == (one,)


def test_a_book_without_records_is_empty() -> None:
    """A place that was never heard of has an empty book of version 0."""
    assert Book().station(MILL).version == 0
