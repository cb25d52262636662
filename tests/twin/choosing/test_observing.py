"""The book of observations: each made once, counted, bounded."""

from collections.abc import Sequence

import pytest

from linewright.twin.choosing import Budget, ObservationInvalid, Progress, one_by_one
from linewright.twin.choosing.observing import BATCH, Book, BudgetInvalid, Spent


def _tens(jobs: Sequence[tuple[int, int]]) -> list[float]:
    return [10.0 * design + replication for design, replication in jobs]


def test_nothing_is_observed_twice() -> None:
    """More replications ask only for those that are missing."""
    asked: list[tuple[int, int]] = []

    def observe(jobs: Sequence[tuple[int, int]]) -> list[float]:
        asked.extend(jobs)
        return _tens(jobs)

    book = Book(observe, Budget())
    assert book.values([1, 2], 2).tolist() == [[10.0, 11.0], [20.0, 21.0]]
    assert book.values([2, 1, 2], 3, first=1)[0].tolist() == [21.0, 22.0, 23.0]
    assert len(asked) == len(set(asked)) == book.made == 8
    assert book.counted(1, 0) == 4
    assert list(book.known) == [1, 2]


def test_less_can_be_better() -> None:
    """With a sign every observation is turned round."""
    assert Book(_tens, Budget(), -1.0).values([1], 1).tolist() == [[-10.0]]


def test_a_budget_of_observations() -> None:
    """What does not fit is not begun, and what is kept back stays back."""
    book = Book(_tens, Budget(observations=10))
    book.enter("compare", share=0.8, kept=3)
    assert book.values([1], 5).shape == (1, 5)
    with pytest.raises(Spent, match="observations"):
        book.values([2], 1)
    assert book.made == 5


def test_a_budget_of_time() -> None:
    """The clock is read before each batch; what was made until then stays."""
    ticks = iter(range(100))
    book = Book(_tens, Budget(wall_s=2.0, clock=lambda: float(next(ticks))))
    with pytest.raises(Spent, match="time"):
        book.values([1], 3 * BATCH)
    assert book.made == BATCH


def test_progress_is_told() -> None:
    """After each batch: how many observations, and of how many designs."""
    told: list[Progress] = []
    Book(_tens, Budget(tell=told.append)).values([1, 2], BATCH)
    assert [(one.observations, one.designs) for one in told] == [(BATCH, 1), (2 * BATCH, 2)]


@pytest.mark.parametrize("found", [[1.0], [1.0, float("nan")], [1.0, float("inf")]])
def test_observations_that_are_none(found: list[float]) -> None:
    """Too few observations, or one that is no number, are told and not believed."""
    with pytest.raises(ObservationInvalid):
        Book[int](lambda _: found, Budget()).values([1], 2)


def test_budgets_that_cannot_be() -> None:
    """A budget of nothing is refused, and so are seconds without a clock."""
    with pytest.raises(BudgetInvalid):
        Budget(observations=0)
    with pytest.raises(BudgetInvalid):
        Budget(wall_s=1.0)


def test_one_by_one_keeps_the_order() -> None:
    """Whatever map makes the calls, observations come in the order asked."""

    def look(design: int, replication: int) -> float:
        return design - replication

    observe = one_by_one(look, mapped=map)
    assert observe([(5, 1), (3, 0), (5, 2)]) == [4.0, 3.0, 3.0]
