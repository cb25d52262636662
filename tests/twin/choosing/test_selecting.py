"""Selecting the best of some designs: what is chosen, what it says, what it costs."""

import math

import pytest

from linewright.twin.choosing import Aim, AimInvalid, Budget, select
from linewright.twin.choosing.selecting import SCREENED_BY, said
from tests.twin.choosing.problems import normal

PLENTY = Budget(observations=1_000_000)
STAIRS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def test_the_best_of_a_few() -> None:
    """Among steps of 0.2 the top is found within 0.1, and said so."""
    found = select(range(6), normal(STAIRS, 1), Aim(delta=0.1), budget=PLENTY)
    assert found.best == 5
    assert found.is_complete
    assert 0.0 <= found.within <= 0.1
    assert found.guarantee == said(6, found.within, Aim(delta=0.1))
    assert found.observations == sum(one.observations for one in found.compared)


@pytest.mark.parametrize(
    ("within", "delta", "text"),
    [
        (0.1, 0.191375, "better by more than 0.192/h"),
        (0.1, 0.3, "better by more than 0.3/h"),
        (0.51234, 0.2, "better by more than 0.513/h; 0.2/h was asked, the budget ended"),
    ],
)
def test_a_bound_in_words_is_never_below_itself(within: float, delta: float, text: str) -> None:
    """Bounds have three digits, are rounded up, and have the unit of the figure."""
    assert said(3, within, Aim(delta=delta, unit="/h")).endswith(text)


def test_less_is_better_where_asked() -> None:
    """Turned round the same observations choose the same design, with their own means."""
    up = select(range(6), normal(STAIRS, 1), Aim(delta=0.1), budget=PLENTY)
    observe = normal(STAIRS, 1)
    down = select(
        range(6),
        lambda jobs: [-value for value in observe(jobs)],
        Aim(delta=0.1, maximise=False),
        budget=PLENTY,
    )
    assert (down.best, down.observations) == (up.best, up.observations)
    assert [one.mean for one in down.compared] == pytest.approx([-one.mean for one in up.compared])
    assert down.compared[0].low < down.compared[0].mean < down.compared[0].high


def test_shared_chance_saves_observations() -> None:
    """When nine tenths of the noise are common, less than a third of the observations do."""
    aim = Aim(delta=0.2)
    apart = select(range(6), normal(STAIRS, 1), aim, budget=PLENTY)
    common = select(range(6), normal(STAIRS, 1, common=0.9), aim, budget=PLENTY)
    assert common.best == apart.best == 5
    assert 3 * common.observations < apart.observations


def test_many_are_screened() -> None:
    """Of 100 designs those far below get ten replications and no more."""
    means = [-0.2 * k for k in range(100)]
    found = select(range(100), normal(means, 3), Aim(delta=0.2), budget=PLENTY)
    screened = [one for one in found.compared if one.left == "screened"]
    assert found.best in {0, 1}
    assert len(screened) > 50
    assert {one.observations for one in screened} == {SCREENED_BY}


def test_a_budget_that_ends_tells_what_still_holds() -> None:
    """With too few observations the difference that is certain is larger than asked, and true."""
    found = select([0, 1], normal([0.0, 0.01], 1), Aim(delta=0.01), budget=Budget(observations=400))
    assert not found.is_complete
    assert found.stopped == "observations"
    assert 0.01 < found.within < 1.0
    assert "0.01 was asked, the budget ended" in found.guarantee


def test_a_budget_that_allows_nothing() -> None:
    """Before the first look nothing is claimed."""
    found = select([0, 1], normal([0.0, 9.0], 1), Aim(delta=1.0), budget=Budget(observations=10))
    assert found.within == math.inf
    assert found.guarantee.startswith("none")
    assert found.compared[0].observations == 0


def test_designs_without_noise() -> None:
    """Figures without any spread are compared as they are; a single design is the best."""
    found = select([3, 1, 2], lambda jobs: [float(d) for d, _ in jobs], Aim(delta=0.5))
    assert (found.best, found.compared[0].high) == (0, 3.0)
    assert select([7], normal([0.0] * 8, 1), Aim(delta=0.1)).is_complete


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Aim(delta=0.0),
        lambda: Aim(delta=float("nan")),
        lambda: Aim(delta=float("inf")),
        lambda: Aim(delta=1.0, confidence=1.0),
        lambda: Aim(delta=1.0, confidence=0.2),
        lambda: select([], normal([], 1), Aim(delta=1.0)),
        lambda: select([1, 1], normal([0.0, 0.0], 1), Aim(delta=1.0)),
    ],
)
def test_aims_that_cannot_be(wrong: object) -> None:
    """Differences of nothing, certainty, and designs that are none or double are refused."""
    assert callable(wrong)
    with pytest.raises(AimInvalid):
        wrong()
