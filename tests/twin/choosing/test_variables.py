"""Variables, their values, and limits in whole numbers."""

import pytest

from linewright.twin.choosing import Limit, Space, SpaceInvalid, choice, integer, real
from linewright.twin.choosing.variables import Variable

THREE = (integer("a", 1, 9, step=2), real("x", 0.5, 1.0, step=0.1), choice("rule", "fifo", "edd"))


def test_values_are_exact() -> None:
    """Steps of a tenth give 0.8, not its neighbour in binary; whole numbers stay whole."""
    space = Space(THREE)
    assert space.design((2, 3, 1)) == {"a": 5, "x": 0.8, "rule": "edd"}
    assert [one.count for one in space.variables] == [5, 6, 2]


def test_a_design_and_its_numbers() -> None:
    """A design is found again by its values; a continuous value by the nearest on the grid."""
    space = Space(THREE)
    assert space.point({"a": 5, "x": 0.8, "rule": "edd"}) == (2, 3, 1)
    assert space.point({"a": 5, "x": 0.83, "rule": "edd"}) == (2, 3, 1)


@pytest.mark.parametrize(
    ("variable", "value"),
    [(THREE[0], 4), (THREE[0], 11), (THREE[1], 1.2), (THREE[2], "lifo"), (THREE[0], "many")],
)
def test_a_value_that_is_none(variable: Variable, value: float | str) -> None:
    """A value between steps, out of bounds or unknown is refused, with what there is."""
    with pytest.raises(SpaceInvalid) as caught:
        variable.index(value)
    assert caught.value.where == variable.name


def test_limits_in_steps() -> None:
    """0.5 a + 2 x <= 6 becomes whole weights of steps, its total rounded down."""
    space = Space(THREE, (Limit({"a": 0.5, "x": 2.0}, 6.0),))
    (row,) = space.rows()
    assert dict(row.weights) == {0: 5, 1: 1}  # five fifths for each step of a, one for each of x
    assert row.total == 22


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: integer("a", 3, 2),
        lambda: integer("a", 0, 10**7),
        lambda: real("x", 0.0, 1.0, step=0.0),
        lambda: real("x", 0.0, float("nan")),
        lambda: choice("rule"),
        lambda: choice("rule", "a", "a"),
        lambda: Space((THREE[0], THREE[0])),
        lambda: Space(THREE, (Limit({"rule": 1.0}, 1.0),)),
        lambda: Space(THREE, (Limit({"b": 1.0}, 1.0),)),
        lambda: Space((THREE[1],), (Limit({"x": 1.0}, 0.55, is_equal=True),)).rows(),
        lambda: Space(THREE).point({"a": 1}),
    ],
)
def test_spaces_that_cannot_be(wrong: object) -> None:
    """Empty ranges, too many values, doubled or unknown names and unreachable sums are told."""
    assert callable(wrong)
    with pytest.raises(SpaceInvalid):
        wrong()
