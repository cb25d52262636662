"""Records by id: the highest revision, in the order of event time, bounded."""

import random

import msgspec

from linewright.plant import Address
from linewright.plant.records import Call, CallEvent, CallKind, How, revise
from linewright.server.book.held.shelf import Shelf

SAW = Address("reno/shop/a/saw")


def call(t_ns: int) -> Call:
    """Return a call that was raised at a time."""
    return Call(
        address=SAW, t_ns=t_ns, seen_ns=t_ns, plant_rev="r1", how=How.PERSON, source="server",
        by="p1", kind=CallKind.MAINTENANCE, event=CallEvent.RAISED,
    )  # fmt: skip


def test_whatever_the_order_of_arrival_the_highest_revisions_stand_in_the_order_of_time() -> None:
    """Any order of records and revisions, with repeats, gives the same shelf."""
    rng = random.Random(3)  # noqa: S311  # an order, no secret
    first = [call(t_ns) for t_ns in range(20)]
    second = [revise(each, seen_ns=99, how=How.PERSON, text="b") for each in first[:10]]
    moved = msgspec.structs.replace(second[0], rev=2, t_ns=500)
    everything = [*first, *second, moved, *first[:5]]
    for _ in range(5):
        rng.shuffle(everything)
        shelf: Shelf[Call] = Shelf()
        for each in everything:
            shelf.put(each)
        assert [each.t_ns for each in shelf] == [*range(1, 20), 500]
        assert [each.rev for each in shelf][-1] == 2


def test_what_was_taken_back_is_not_given_but_stays_known() -> None:
    """A void revision hides its record, and an older revision does not bring it back."""
    shelf: Shelf[Call] = Shelf()
    one = call(5)
    gone = revise(one, seen_ns=6, how=How.PERSON, void=True)
    assert shelf.put(gone)
    assert not shelf.put(one)
    assert (list(shelf), shelf.get(one.id), len(shelf)) == ([], None, 1)


def test_a_window_includes_its_start_and_not_its_end() -> None:
    """`between` reads a half open window; `forget` leaves it whole."""
    shelf: Shelf[Call] = Shelf()
    for t_ns in (1, 5, 9):
        shelf.put(call(t_ns))
    assert [each.t_ns for each in shelf.between(1, 9)] == [1, 5]
    shelf.forget(5)
    assert [each.t_ns for each in shelf] == [5, 9]


def test_the_oldest_go_first_where_there_is_no_more_room() -> None:
    """At most so many records are held."""
    shelf: Shelf[Call] = Shelf(records_max=3)
    for t_ns in (4, 1, 3, 2):
        shelf.put(call(t_ns))
    assert [each.t_ns for each in shelf] == [2, 3, 4]
