"""Climbing over the mean of common replications."""

from collections.abc import Sequence

import pytest

from linewright.twin.choosing import Budget, Limit, Space, choice, integer
from linewright.twin.choosing.moves import Lattice, Point
from linewright.twin.choosing.observing import Book
from linewright.twin.choosing.searching import Climber, Full, Search

TEN = Space(tuple(integer(name, 0, 40) for name in "abc"), (Limit({"a": 1, "b": 1, "c": 1}, 60),))


def _hill(jobs: Sequence[tuple[Point, int]]) -> list[float]:
    """A hill with its top at 25, 5, 30: exactly where a + b + c = 60."""
    return [-float(sum((k - t) ** 2 for k, t in zip(p, (25, 5, 30), strict=True))) for p, _ in jobs]


def _slope(jobs: Sequence[tuple[Point, int]]) -> list[float]:
    return [-float((point[0] - 25) ** 2) for point, _ in jobs]


def _ruled(jobs: Sequence[tuple[Point, int]]) -> list[float]:
    return [5.0 * (rule == 1) - abs(number - 4) for (rule, number), _ in jobs]


def _climber(space: Space, designs: int = 1000, seed: int = 1) -> Climber:
    book = Book(_hill, Budget())
    return Climber(Lattice(space), book, Search(delta=0.1, designs=designs, seed=seed))


@pytest.mark.parametrize("seed", range(5))
def test_a_hill_is_climbed(seed: int) -> None:
    """A smooth hill is climbed to its top, along the sum that bounds it, in few designs."""
    climber = _climber(TEN, seed=seed)
    assert climber.climbed(None) == (25, 5, 30)
    assert len(climber.book.known) < 400


def test_a_design_to_begin_with_is_looked_at() -> None:
    """The design given is among those begun with, however bad it is."""
    climber = _climber(TEN)
    assert (40, 20, 0) in climber.begun((40, 20, 0))


def test_steps_double_along_a_good_way() -> None:
    """One step leads far where the way goes on, and none leads on from the top."""
    book: Book[Point] = Book(_slope, Budget())
    climber = Climber(
        Lattice(Space((integer("a", 0, 40),))), book, Search(delta=0.1, designs=99, seed=1)
    )
    assert climber.step((0,), 3, 1) == (31,)  # 1 + 2 + 4 + 8 + 16
    assert climber.step((25,), 3, 1) is None


def test_designs_are_bounded() -> None:
    """No more designs are looked at than allowed; the best place until then is kept."""
    climber = _climber(TEN, designs=60)
    with pytest.raises(Full):
        climber.climbed(None)
    assert len(climber.book.known) <= 60
    assert climber.top is not None


def test_choices_are_climbed() -> None:
    """A choice is changed like a number."""
    space = Space((choice("rule", "x", "y", "z"), integer("a", 0, 9)))
    book: Book[Point] = Book(_ruled, Budget())
    climber = Climber(Lattice(space), book, Search(delta=0.1, designs=99, seed=1))
    assert climber.climb((0, 0), 3, (2, 1)) == (1, 4)
