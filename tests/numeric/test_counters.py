"""Random numbers by counter."""

import math
import statistics
from itertools import pairwise

from linewright.numeric.counters import GOLDEN, MASK, base_of, mix, stream, uniform


def test_the_words_are_those_of_splitmix64() -> None:
    """With seed 1234567 the first words are those that the algorithm's authors publish."""
    words = [mix((1234567 + k * GOLDEN) & MASK) for k in (1, 2, 3)]
    assert words == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_a_number_depends_only_on_its_name() -> None:
    """Asking in another order, or for others first, gives the same numbers."""
    key = stream(base_of(5, 2), 7, 1)
    forward = [uniform(key, n) for n in range(100)]
    assert [uniform(key, n) for n in reversed(range(100))] == forward[::-1]


def test_streams_differ() -> None:
    """Seed, replication, element and purpose each make another stream."""
    names = [(1, 0, 0, 0), (2, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1), (1, 0, 0, 2)]
    found = {uniform(stream(base_of(*name[:2]), *name[2:]), 0) for name in names}
    assert len(found) == len(names)


def test_numbers_are_uniform_and_uncorrelated() -> None:
    """Mean, variance and lag-one covariance of 20,000 are within four standard errors."""
    key, n = stream(base_of(1, 0), 0, 0), 20_000
    found = [uniform(key, k) - 0.5 for k in range(n)]
    assert abs(statistics.fmean(found)) < 4 * math.sqrt(1 / 12 / n)
    assert abs(statistics.fmean(x * x for x in found) - 1 / 12) < 4 * math.sqrt(1 / 180 / n)
    pairs = pairwise(found)
    assert abs(statistics.fmean(x * y for x, y in pairs)) < 4 / 12 / math.sqrt(n)


def test_neighbouring_streams_are_uncorrelated() -> None:
    """The first numbers of 20,000 neighbouring replications are as good as those of one."""
    found = [uniform(stream(base_of(1, r), 3, 0), 0) - 0.5 for r in range(20_000)]
    assert abs(statistics.fmean(found)) < 4 * math.sqrt(1 / 12 / 20_000)
    pairs = pairwise(found)
    assert abs(statistics.fmean(x * y for x, y in pairs)) < 4 / 12 / math.sqrt(20_000)
