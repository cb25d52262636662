"""Charts as SVG."""

import re

import pytest

from linewright.twin.reporting.charts import band_chart, bar, patterns, split_bar, whisker
from linewright.twin.reporting.study import STATES, Series, Value


def test_shares_sum_to_no_more_than_the_bar() -> None:
    """Shares that sum to more than 1 by rounding never leave the bar."""
    drawn = split_bar([("running", 0.7), ("down", 0.4)], title="x")
    found = [float(w) for w in re.findall(r'width="([\d.]+)%"', drawn)][1:]
    assert sum(found) == pytest.approx(100.0)


def test_every_state_but_the_plain_ones_has_a_pattern() -> None:
    """States differ by pattern; only running, down and closed are plain."""
    plain = {"running", "down", "closed"}
    named = set(re.findall(r'id="p-([a-z_]+)"', patterns()))
    assert named == set(STATES) - plain


def test_a_band_is_drawn_where_it_is_known() -> None:
    """Without low and high there is a line only."""
    bare = Series(name="x", unit="1/h", hours=(0.0, 1.0), mean=(2.0, 3.0))
    band = Series(
        name="x", unit="1/h", hours=(0.0, 1.0), mean=(2.0, 3.0), low=(1.0, 2.0), high=(3.0, 4.0)
    )
    assert "<polygon" not in band_chart(bare, title="t", axis="h")
    assert "<polygon" in band_chart(band, title="t", axis="h")


def test_long_series_are_thinned_and_the_cut_is_marked() -> None:
    """A million points do not make a page of many megabytes; the warm-up is shaded."""
    hours = tuple(k / 100 for k in range(5000))
    long = Series(name="x", unit="1/h", hours=hours, mean=hours)
    drawn = band_chart(long, title="t", axis="h", cut=(10.0, "warm-up"))
    assert len(drawn) < 20_000
    assert 'class="cut"' in drawn
    assert ">warm-up</text>" in drawn


def test_an_empty_series_is_an_empty_chart() -> None:
    """Nothing to show is no error."""
    assert "<svg" in band_chart(Series(name="x", unit="", hours=(), mean=()), title="t", axis="h")


def test_bars_and_dots() -> None:
    """A bar ends at its mean; a dot is open where chance may explain it."""
    assert 'width="25.00%"' in bar(Value(3.0), 12.0, title="t")
    assert 'class="dot"' in whisker(Value(0.1, -1.0, 1.2), -2.0, 2.0, title="t", is_real=False)
