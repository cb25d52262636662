"""Moves between designs that keep the limits."""

import pytest

from linewright.numeric import base_of, stream
from linewright.twin.choosing import Limit, Space, SpaceInvalid, choice, integer
from linewright.twin.choosing.moves import Lattice, moved

KEY = stream(base_of(1, 0), 0, 0)
FOUR = tuple(integer(name, 0, 9) for name in "abcd")
LINE = Space(
    (
        *(integer(name, 1, 20) for name in ("s1", "s2", "s3")),
        integer("b2", 1, 19),
        integer("b3", 1, 19),
    ),
    (Limit({"s1": 1, "s2": 1, "s3": 1}, 20), Limit({"b2": 1, "b3": 1}, 20, is_equal=True)),
)


def test_the_number_of_designs() -> None:
    """The three-station line of the literature has 21 660 designs."""
    found = Lattice(LINE).all_points(30_000)
    assert found is not None
    assert len(found) == len(set(found)) == 21_660


def test_moves_of_a_fixed_sum() -> None:
    """Where a sum is fixed one less here is one more there; under a roof single steps count too."""
    lattice = Lattice(LINE)
    assert len(lattice.circuits) == 3 + 3 + 1
    top = LINE.point({"s1": 6, "s2": 7, "s3": 7, "b2": 12, "b3": 8})
    near = [LINE.design(point) for point in lattice.neighbours(top)]
    assert len(near) == 6 + 3 + 2  # transfers, one rate less, one place moved
    assert all(one["b2"] + one["b3"] == 20 for one in near)  # type: ignore[operator]  # numbers


def test_moves_of_two_sums_that_hang_together() -> None:
    """Sums a + b + c = 9 and b + 2 c = 6 leave one direction: 1, -2, 1."""
    limits = (
        Limit({"a": 1, "b": 1, "c": 1}, 9, is_equal=True),
        Limit({"b": 1, "c": 2}, 6, is_equal=True),
    )
    lattice = Lattice(Space(FOUR[:3], limits))
    assert lattice.circuits == (((0, 1), (1, -2), (2, 1)),)
    assert lattice.all_points(99) == [(3, 6, 0), (4, 4, 1), (5, 2, 2), (6, 0, 3)]


def test_choices_are_neighbours_of_each_other() -> None:
    """Another rule is one move away, and no number moves with it."""
    lattice = Lattice(Space((integer("a", 0, 1), choice("rule", "x", "y", "z"))))
    assert set(lattice.neighbours((0, 1))) == {(1, 1), (0, 0), (0, 2)}
    assert lattice.neighbours((0, 1), scale=2) == []


def test_random_designs_reach_everything() -> None:
    """400 random designs of 55 with a + b <= 9 miss none or one, and all are feasible."""
    lattice = Lattice(Space(FOUR[:2], (Limit({"a": 1, "b": 1}, 9),)))
    found = lattice.scattered(lattice.any_point(), 400, KEY)
    assert all(lattice.is_feasible(one) for one in found)
    assert len(set(found)) >= 54


def test_nothing_fits() -> None:
    """Limits that no design keeps are told, and so are limits beyond what can be looked through."""
    none = Lattice(Space(FOUR, (Limit({"a": 2, "b": 2}, 5, is_equal=True),)))
    assert none.all_points(60) == []
    with pytest.raises(SpaceInvalid, match="no design keeps to them"):
        none.any_point()
    many = tuple(integer(f"v{k}", 0, 9) for k in range(60))
    chained = tuple(Limit({f"v{k}": 1, f"v{k + 1}": 1}, 9) for k in range(59))
    with pytest.raises(SpaceInvalid, match="hang together"):
        Lattice(Space(many, chained))


def test_a_long_list_is_given_up() -> None:
    """Listing stops where there are more designs than asked for."""
    assert Lattice(Space(FOUR)).all_points(9_999) is None
    assert moved((1, 2, 3), ((0, 1), (2, -1)), 2) == (3, 2, 1)
