"""Laws of moves: they keep the limits, and no other direction leads uphill."""

from itertools import product
from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from linewright.numeric import base_of, stream
from linewright.twin.choosing import Limit, Space, integer
from linewright.twin.choosing.moves import Lattice

WEIGHTS = st.lists(st.integers(-2, 3), min_size=3, max_size=3)
LIMITS = st.lists(st.tuples(WEIGHTS, st.integers(0, 12), st.booleans()), max_size=2)


def _space(limits: list[tuple[list[int], int, bool]], size: int = 6) -> Space:
    names = "abc"
    made = (
        Limit(dict(zip(names, map(float, weights), strict=True)), total, is_equal)
        for weights, total, is_equal in limits
        if any(weights)
    )
    return Space(tuple(integer(name, 0, size) for name in names), tuple(made))


@given(LIMITS)
def test_all_points_are_those_of_brute_force(limits: list[tuple[list[int], int, bool]]) -> None:
    """Every design that keeps the limits is listed, and no other."""
    space = _space(limits)
    lattice = Lattice(space)

    def keeps(point: tuple[int, ...]) -> bool:
        for weights, total, is_equal in limits:
            found = sum(w * k for w, k in zip(weights, point, strict=True))
            if any(weights) and (found != total if is_equal else found > total):
                return False
        return True

    assert lattice.all_points(10_000) == [p for p in product(range(7), repeat=3) if keeps(p)]


@given(LIMITS, st.integers(0, 99))
def test_moves_and_walks_keep_the_limits(
    limits: list[tuple[list[int], int, bool]], seed: int
) -> None:
    """Neighbours are other feasible designs, and see each other; a random walk stays inside."""
    lattice = Lattice(_space(limits))
    points = lattice.all_points(10_000)
    if not points:
        return
    assert lattice.is_feasible(lattice.any_point())
    start = points[seed % len(points)]
    for there in lattice.neighbours(start):
        assert there != start
        assert there in points
        assert start in lattice.neighbours(there)
    walked = lattice.scattered(start, 5, stream(base_of(seed, 0), 0, 0))
    assert set(walked) <= set(points)


@given(st.lists(st.integers(1, 30), min_size=4, max_size=4), st.integers(0, 20), st.booleans())
def test_no_local_top_is_below_the_highest(worth: list[int], total: int, is_equal: bool) -> None:  # noqa: FBT001  # drawn
    """For a sum of concave functions under one sum, a design without a better neighbour is best.

    This is the theorem on marginal allocation: exchanges of one unit find the optimum.
    """
    limit = Limit(dict.fromkeys("abcd", 1.0), total, is_equal)
    lattice = Lattice(Space(tuple(integer(name, 0, 5) for name in "abcd"), (limit,)))
    points = lattice.all_points(10_000)
    assert points

    def height(point: tuple[int, ...]) -> float:
        return sum(w * sqrt(k) for w, k in zip(worth, point, strict=True))

    highest = max(map(height, points))
    for point in points:
        if all(height(there) <= height(point) for there in lattice.neighbours(point)):
            assert height(point) >= highest - 1e-9
