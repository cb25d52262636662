"""Buckets of rows that are all good are those of the general way, only sooner."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.history.buckets import Grid, Known, bucketed
from linewright.history.keeping.rows import Series

LONG_AGO = (-(10**12), -(10**12))
"""A gap before everything: it changes nothing, and takes the general way."""

NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1e300, -1e300, 5e-324]))


@given(
    st.lists(st.tuples(st.integers(0, 99), NUMBERS), max_size=40),
    st.integers(1, 30),
    st.integers(0, 120),
    st.one_of(st.none(), NUMBERS),
)
def test_both_ways_say_the_same(
    rows: list[tuple[int, float]], every_ns: int, until_ns: int, held: float | None
) -> None:
    """Counts, extremes, means, time-weighted means and what is covered, bucket by bucket."""
    cells = Grid(0, every_ns, -(-100 // every_ns))
    rows.sort(key=lambda row: row[0])
    series = Series(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.float64),
        np.zeros(len(rows), np.uint16),
    )
    known = Known(until_ns=until_ns, value=held, value_ns=-5)
    soon = bucketed("a#b", series, cells, known)
    general = bucketed("a#b", series, cells, msgspec.structs.replace(known, gaps=[LONG_AGO]))
    for name in soon.__struct_fields__:
        ours, theirs = getattr(soon, name), getattr(general, name)
        if name in {"time_mean", "covered"}:
            least = max((abs(value) for _, value in [*rows, (0, held or 0.0)]), default=0.0)
            assert ours == pytest.approx(
                theirs, rel=1e-9, abs=max(least * 1e-9, 1e-320), nan_ok=True
            ), name
        else:
            assert ours == pytest.approx(theirs, rel=0, abs=0, nan_ok=True) or ours == theirs, name
