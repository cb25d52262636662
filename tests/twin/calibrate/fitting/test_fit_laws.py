"""Intervals hold what they say, over many samples."""

import random

import pytest

from linewright.twin.calibrate.fitting.fit import fit_spells, share_interval
from linewright.twin.calibrate.seeing.observe import Spell

pytestmark = pytest.mark.laws


def _sample(seed: int, n: int) -> list[Spell]:
    chance = random.Random(seed)  # noqa: S311  # a test's sample
    found = []
    for _ in range(n):
        x, end = chance.gammavariate(2.0, 50.0), chance.uniform(20.0, 300.0)
        found.append(Spell(entry_s=0.0, until_s=min(x, end), ended=x <= end, t_ns=0))
    return found


@pytest.mark.parametrize("n", [20, 80])
def test_profile_intervals_cover(n: int) -> None:
    """Of 300 intervals of 90 % for the mean of a censored gamma law, 85 to 95 % hold it."""
    hits = 0
    for seed in range(300):
        fit = fit_spells(_sample(seed, n), family="gamma")
        assert fit is not None
        hits += fit.mean.low <= 100.0 <= fit.mean.high
    assert 0.85 <= hits / 300 <= 0.95


def test_shares_cover() -> None:
    """Of 1000 intervals of 90 % for a share of 2 %, 85 to 95 % hold it."""
    chance = random.Random(1)  # noqa: S311  # a test's sample
    hits = 0
    for _ in range(1000):
        count = sum(chance.random() < 0.02 for _ in range(800))
        found = share_interval(count, 800, 0.9)
        hits += found.low <= 0.02 <= found.high
    assert 0.85 <= hits / 1000 <= 0.95
