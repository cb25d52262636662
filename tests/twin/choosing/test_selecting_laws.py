"""Statistics of selecting: it is right as often as it says, whatever the means are."""

from math import comb

import pytest

from linewright.twin.choosing import Aim, Budget, select
from tests.twin.choosing.problems import kim_nelson, normal

pytestmark = pytest.mark.laws

DELTA = 0.3
AIM = Aim(delta=DELTA, confidence=0.9)
PLENTY = Budget(observations=1_000_000)
RUNS = 400
SHAPES = {
    "slippage of 2": [DELTA, 0.0],
    "slippage of 5": [DELTA, *[0.0] * 4],
    "slippage of 15": [DELTA, *[0.0] * 14],
    "stairs of 10": [-0.5 * DELTA * k for k in range(10)],
    "half a delta below": [0.0, *[-0.5 * DELTA] * 4],
    "just more than delta below": [0.0, *[-1.05 * DELTA] * 5],
}


def _least(runs: int, share: float) -> int:
    """Return the number of successes that fewer than 1 of 10,000 such series go below."""
    below = 0.0
    for k in range(runs + 1):
        below += comb(runs, k) * share**k * (1.0 - share) ** (runs - k)
        if below > 1e-4:
            return k
    return runs


@pytest.mark.parametrize("common", [0.0, 0.6])
@pytest.mark.parametrize("name", SHAPES)
def test_as_often_right_as_it_says(name: str, common: float) -> None:
    """Of 400 selections at 90 % the number within delta of the best is what 90 % allow or more."""
    means = SHAPES[name]
    good = 0
    for seed in range(RUNS):
        found = select(range(len(means)), normal(means, seed, common=common), AIM, budget=PLENTY)
        good += max(means) - means[found.best] <= min(found.within, DELTA) + 1e-12
    assert good >= _least(RUNS, 0.9)


def test_what_a_short_budget_says_is_true_as_often() -> None:
    """Stopped early, the difference told bounds the true one as often as asked."""
    means = SHAPES["stairs of 10"]
    good = 0
    for seed in range(RUNS):
        short = Budget(observations=450)
        found = select(
            range(10), normal(means, seed), Aim(delta=0.02, confidence=0.9), budget=short
        )
        assert not found.is_complete
        good += max(means) - means[found.best] <= found.within
    assert good >= _least(RUNS, 0.9)


def test_intervals_of_the_means_hold() -> None:
    """All intervals of a selection hold together as often as asked, sequential as it is."""
    means = SHAPES["slippage of 5"]
    good = 0
    for seed in range(RUNS):
        found = select(range(5), normal(means, seed), AIM, budget=PLENTY)
        good += all(one.low <= means[one.index] <= one.high for one in found.compared)
    assert good >= _least(RUNS, 0.9)


@pytest.mark.parametrize(("name", "times"), [("stairs of 10", 2.0), ("slippage of 5", 2.5)])
def test_cost_beside_kim_and_nelson(name: str, times: float) -> None:
    """Holding for any means costs at most so many times the observations of KN of 2001."""
    means = SHAPES[name]
    ours = theirs = 0
    for seed in range(40):
        found = select(range(len(means)), normal(means, seed), AIM, budget=PLENTY)
        best, made = kim_nelson(normal(means, seed), len(means), DELTA, 0.1)
        assert 0 <= best < len(means)
        ours, theirs = ours + found.observations, theirs + made
    assert ours <= times * theirs
