"""MSER-5 on series whose trend is known."""

import random

from linewright.twin.experiment import mser5
from linewright.twin.experiment.warming import mser


def test_the_cut_minimises_what_white_defines() -> None:
    """The cut is that of the formula, evaluated by hand for every possible one."""
    rng = random.Random(3)  # noqa: S311  # chance in a test, no secret
    series = [min(1.0, k / 20) * 10 + rng.gauss(0, 1) for k in range(80)]

    def score(d: int) -> float:
        left = series[d:]
        mean = sum(left) / len(left)
        return sum((y - mean) ** 2 for y in left) / len(left) ** 2

    assert mser(series) == min(range(len(series) - 4), key=score)


def test_a_ramp_is_cut_and_what_follows_is_kept() -> None:
    """A start from nothing over 50 of 300 observations is left out, and little more."""
    rng = random.Random(4)  # noqa: S311  # chance in a test, no secret
    series = [min(1.0, k / 50) * 10 + rng.gauss(0, 0.5) for k in range(300)]
    found = mser5(series)
    assert 8 <= found.batches <= 15
    assert not found.is_late
    assert len(found.means) == 60


def test_without_a_trend_little_is_cut() -> None:
    """Pure noise loses a sixth at most; a constant loses nothing."""
    cuts = []
    for seed in range(20):
        rng = random.Random(seed)  # noqa: S311  # chance in a test, no secret
        cuts.append(mser5([rng.gauss(5, 1) for _ in range(300)]).batches)
    assert sorted(cuts)[10] <= 10
    assert mser5([5.0] * 300).batches == 0
    assert mser5([0.1 + 0.2] * 300).batches == 0


def test_a_trend_without_end_is_told() -> None:
    """A series that still rises at its end is too short, and so is one of a few batches."""
    found = mser5([float(k * k) for k in range(300)])
    assert (found.is_late, found.batches) == (True, 30)
    assert mser5([1.0, 2.0] * 10).is_late
    assert mser5([]).is_late
