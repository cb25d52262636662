"""Buckets by hand: means, time weights, gaps, and the rows of a plot."""

import math

import pytest

from linewright.history.buckets import BUCKETS_MAX, Buckets, Grid, Known, bucketed, few, grid
from linewright.history.keeping.arrays import np
from linewright.history.keeping.rows import Series
from linewright.plant.records import Quality

BAD = int(Quality.BAD | Quality.NOT_FINITE)


def series(*rows: tuple[int, float] | tuple[int, float, int]) -> Series:
    """Rows as (time, value) or (time, value, quality)."""
    return Series(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.float64),
        np.array([row[2] if len(row) == 3 else 0 for row in rows], np.uint16),
    )


def one(rows: Series, known: Known, until_ns: int = 10) -> Buckets:
    """A single bucket from 0 on."""
    return bucketed("a#b", rows, Grid(0, until_ns, 1), known)


def test_a_bad_row_ends_what_was_held_and_enters_no_mean() -> None:
    """1.0 holds from 0 to 4; then nothing is known until 8; 5.0 holds from 8 to 10."""
    rows = series((0, 1.0), (4, 100.0, BAD), (8, 5.0))
    found = one(rows, Known(until_ns=10))
    assert (found.rows, found.count, found.bad) == ([3], [2], [1])
    assert (found.min, found.max, found.mean) == ([1.0], [5.0], [3.0])
    assert found.time_mean == pytest.approx([(4 * 1.0 + 2 * 5.0) / 6])
    assert found.covered == [0.6]


def test_a_value_from_before_the_window_is_held_into_it() -> None:
    """A tag that sends on change has a mean in a bucket without rows."""
    found = one(series(), Known(until_ns=10, value=7.0, value_ns=-5))
    assert (found.rows, found.time_mean, found.covered) == ([0], [7.0], [1.0])
    assert math.isnan(found.mean[0])


def test_nothing_is_held_over_a_gap_or_beyond_the_newest_time() -> None:
    """A gap from 4 on ends it, and so does the end of all data at 6."""
    held = Known(until_ns=10, value=7.0, value_ns=-5, gaps=[(4, 8)])
    found = one(series(), held)
    assert (found.covered, found.gap) == ([0.4], [True])
    assert one(series(), Known(until_ns=6, value=7.0, value_ns=-5)).covered == [0.6]
    after = one(series((5, 3.0)), held)
    assert after.covered == [0.9]


def test_a_bucket_without_anything_says_so() -> None:
    """No row, no number, nothing covered."""
    found = one(series(), Known(until_ns=10))
    assert (found.rows, found.covered, found.gap) == ([0], [0.0], [False])
    assert all(math.isnan(number) for number in (*found.mean, *found.time_mean, *found.last))


def test_texts_and_infinite_numbers_are_rows_without_a_number() -> None:
    """They are counted and enter no mean."""
    found = one(series((0, math.nan), (1, math.inf), (2, 2.0)), Known(until_ns=10))
    assert (found.rows, found.count, found.mean) == ([3], [1], [2.0])


@pytest.mark.parametrize("every_ns", [0, -1])
def test_a_width_must_be_positive(every_ns: int) -> None:
    """The words say what to name."""
    with pytest.raises(ValueError, match="width above 0"):
        grid(0, 10, every_ns)


def test_too_many_buckets_are_refused() -> None:
    """So is a last bucket that would end beyond what a time can say."""
    with pytest.raises(ValueError, match="wider"):
        grid(0, BUCKETS_MAX + 1, 1)
    with pytest.raises(ValueError, match="2262"):
        grid(2**63 - 10, 2**63 - 1, 2**62)


def test_a_plot_keeps_the_peak_of_every_bucket() -> None:
    """One sharp peak among 10,000 rows is in the few that are shown."""
    values = np.zeros(10_000)
    values[[1234, 7777]] = [9.0, -9.0]
    rows = Series(np.arange(10_000), values, np.zeros(10_000, np.uint16))
    places = few(rows, 0, 10_000, 100)
    assert {0, 1234, 7777, 9999} <= set(places.tolist())
    assert len(places) <= 100


def test_a_bad_peak_is_no_peak() -> None:
    """Rows with bad quality are shown only as the first or the last of their bucket."""
    quality = np.zeros(100, np.uint16)
    quality[60] = BAD
    values = np.zeros(100)
    values[60] = 9.0
    rows = Series(np.arange(100), values, quality)
    assert 60 not in few(rows, 0, 100, 8).tolist()


def test_the_few_are_the_ends_and_the_extremes_of_each_bucket() -> None:
    """Against a count bucket by bucket: with bad rows, holes, equal values and a bucket of bad."""
    chance = np.random.default_rng(3)
    times = np.unique(
        np.concatenate([chance.integers(0, 400, 300), chance.integers(600, 1000, 300)])
    )
    values = chance.integers(0, 5, len(times)).astype(float)
    bad = (chance.random(len(times)) < 0.2) | ((times >= 700) & (times < 800))
    quality = np.where(bad, np.uint16(Quality.BAD), np.uint16(0))
    wanted: set[int] = set()
    for bucket in range(10):
        at = np.flatnonzero(times // 100 == bucket).tolist()
        good = [place for place in at if not bad[place]]
        wanted |= {*at[:1], *at[-1:]}
        for best in (min, max):
            wanted |= {best(good, key=lambda place: values[place])} if good else set()
    found = few(Series(times, values, quality), 0, 1000, 40)
    assert found.tolist() == sorted(wanted)
