"""Elements and properties of our own."""

from linewright.plant.cmsd.elements import NOTES_MAX, Notes, own, owned, prop, tag


def test_a_property_of_our_own_comes_back() -> None:
    """What stands in it reads back equal; nothing to say makes no property."""
    told = {"clock": "calendar", "places": [1, 2]}
    node = tag("Resource", own("fails", told), own("batch", None), prop("Capacity", 3))
    assert owned(node, Notes()) == {"fails": told}


def test_a_property_that_is_no_json_is_left_out() -> None:
    """Somebody else's value under our name is told, not taken."""
    notes = Notes()
    assert owned(tag("Resource", prop("linewright:batch", "six")), notes) == {}
    assert notes.told() == ("a property of our own that is no JSON is left out: linewright:batch",)


def test_notes_are_bounded_and_told_once() -> None:
    """A thing is told once with its places, and no file makes notes without end."""
    notes = Notes()
    for k in range(2 * NOTES_MAX):
        notes.add(f"thing {k % (NOTES_MAX + 9)}", f"place {k}")
    assert len(notes.told()) == NOTES_MAX
    notes = Notes()
    for k in range(5):
        notes.add("left out", f"p{k}")
    assert notes.told() == ("left out: p0, p1, p2 and 2 more",)
