"""A map that cannot be changed."""

from linewright.plant.frozen import EMPTY, FrozenMap


def test_a_frozen_map_is_a_dict_to_those_who_read() -> None:
    """It is equal to a dict with the same entries, in any order, and iterates in its own."""
    frozen = FrozenMap({"b": 2, "a": 1})
    assert frozen == {"a": 1, "b": 2}
    assert list(frozen) == ["b", "a"]
    assert frozen.get("c") is None
    assert {**frozen, "c": 3} == {"a": 1, "b": 2, "c": 3}


def test_equal_maps_are_one_key() -> None:
    """Equal maps have equal hashes whatever the order of their entries."""
    assert len({FrozenMap({"a": 1, "b": 2}), FrozenMap({"b": 2, "a": 1}), EMPTY}) == 2
