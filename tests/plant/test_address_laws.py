"""Laws of linewright.plant.address."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.plant.address import Address, AddressInvalid, suggest_name, valid_name
from tests.plant.record_strategies import addresses


@given(addresses())
def test_going_up_and_down_again_returns(address: Address) -> None:
    """An address is its parent's child, or its parent's tag, of the same name."""
    parent = address.parent
    if parent is None:
        assert address.site == address
    elif address.tag is not None:
        assert parent.with_tag(address.tag) == address
    else:
        assert parent.child(address.name) == address


@given(addresses(), addresses())
def test_containment_is_a_partial_order(one: Address, other: Address) -> None:
    """Every parent contains its child, and two places contain each other only if equal."""
    assert one.contains(one)
    if one.contains(other) and other.contains(one):
        assert one == other
    place: Address | None = one
    while place is not None:
        assert place.contains(one)
        place = place.parent


@given(addresses())
def test_subjects_of_places_come_back(address: Address) -> None:
    """The subject of a place names it again; a tag's names its owner."""
    assert Address.from_subject(address.subject()) == address.owner


@given(st.text(max_size=80))
def test_any_text_becomes_a_name_once(text: str) -> None:
    """A suggestion is a valid name, and suggesting again changes nothing."""
    name = suggest_name(text)
    assert valid_name(name)
    assert suggest_name(name) == name


@given(st.text(max_size=200) | st.text("ab/#-_.A ", max_size=40))
def test_any_text_is_an_address_or_gets_one(text: str) -> None:
    """Construction accepts a text as it stands, or suggests one that it accepts."""
    try:
        accepted = Address(text)
    except AddressInvalid as error:
        accepted = Address(error.suggestion)
        text = error.suggestion
    assert str(accepted) == text
    assert Address(accepted) == accepted
