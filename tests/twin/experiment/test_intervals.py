"""Intervals against printed tables and against their own definition."""

import math
import random

import pytest

from linewright.twin.experiment import RunsInvalid, estimated, half_width, paired
from linewright.twin.experiment.intervals import needed, student


@pytest.mark.parametrize(
    ("level", "degrees", "printed"),
    [(0.9, 1, 6.314), (0.95, 4, 2.776), (0.95, 9, 2.262), (0.99, 30, 2.750), (0.999, 9, 4.781)],
)
def test_quantiles_are_those_of_the_tables(level: float, degrees: int, printed: float) -> None:
    """Student's quantiles as every textbook prints them."""
    assert student(level, degrees) == pytest.approx(printed, abs=5e-4)


def test_a_textbook_interval() -> None:
    """Law's example 4.26: ten values give 1.34 +/- 0.24 at 90 %."""
    values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    mean, half = estimated(values, 0.90)
    assert (round(mean, 2), round(half, 2)) == (1.34, 0.24)


def test_one_value_says_nothing_of_its_spread() -> None:
    """A single replication has an interval without end, equal ones have none at all."""
    assert half_width([3.0], 0.95) == math.inf
    assert half_width([3.0, 3.0, 3.0], 0.95) == 0.0
    assert math.isnan(half_width([3.0, math.nan], 0.95))


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0, 95.0])
def test_a_level_is_a_share(level: float) -> None:
    """Levels that are none are refused, 95 for 0.95 above all."""
    with pytest.raises(RunsInvalid, match=r"give one such as 0\.95"):
        half_width([1.0, 2.0], level)


def test_pairs_lose_what_both_share() -> None:
    """A shared part drops out of the difference; the ratio says how much variance that was."""
    rng = random.Random(5)  # noqa: S311  # chance in a test, no secret
    common = [rng.gauss(0, 3) for _ in range(5000)]
    first = [each + rng.gauss(0, 1) for each in common]
    second = [each + rng.gauss(0.5, 1) for each in common]
    found = paired(first, second, 0.95)
    assert abs(found.mean - 0.5) < found.half_width < 0.25
    assert 9 < found.variance_ratio < 11  # (10 + 10) / (1 + 1) = 10


def test_pairs_that_never_vary() -> None:
    """The same value each time: nothing to win; a constant shift: everything won."""
    assert paired([1.0, 1.0], [1.0, 1.0], 0.95).variance_ratio == 1.0
    assert paired([1.0, 2.0], [2.0, 3.0], 0.95).variance_ratio == math.inf


@pytest.mark.parametrize("target", [2.0, 0.5, 0.1])
def test_needed_is_the_smallest_number_that_suffices(target: float) -> None:
    """With the spread of today, so many replications suffice and one fewer does not."""
    values = [1.0, 4.0, 2.0, 3.0, 3.5]
    found = needed(values, target, 0.95, 100_000)
    spread = math.sqrt(sum((each - 2.7) ** 2 for each in values) / 4)
    assert student(0.95, found - 1) * spread / math.sqrt(found) <= target
    if found > len(values):
        assert student(0.95, found - 2) * spread / math.sqrt(found - 1) > target


def test_needed_has_a_bound() -> None:
    """What cannot be reached gives the bound, not an endless search."""
    assert needed([1.0, 4.0], 1e-9, 0.95, 500) == 500
    assert needed([1.0, 4.0], 0.0, 0.95, 500) == 500
