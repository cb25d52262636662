"""Moments: clusters of times, and what a window knows of before it."""

import math

from linewright.history.keeping.arrays import ROWS, np, pa
from linewright.history.keeping.packing import HOUR_NS
from linewright.history.moments import at_times, clusters, few_table, known_of
from linewright.plant.records import Quality


def one_row(value: float, quality: int = 0) -> pa.Table:
    """A table of a single row at 5."""
    row = {"tag": 1, "t_ns": 5, "seen_ns": 6, "value": value, "quality": quality}
    return pa.Table.from_pylist([row | {"source": 0, "n": 0}], schema=ROWS)


def test_times_far_apart_are_looked_up_apart() -> None:
    """A year between two events does not read the year."""
    times = np.array([0, 5, HOUR_NS + 5, 9 * HOUR_NS])
    assert [each.tolist() for each in clusters(times)] == [[0, 5], [HOUR_NS + 5], [9 * HOUR_NS]]
    assert list(clusters(np.array([], np.int64))) == []


def test_a_time_before_the_first_row_has_none() -> None:
    """Null in every column, and the row itself from its time on."""
    found = at_times(one_row(2.5), np.array([4, 5, 9]))
    assert found["value"].to_pylist() == [None, 2.5, 2.5]


def test_only_a_good_number_is_held_into_a_window() -> None:
    """A bad one, a text or infinity is not."""
    assert known_of(one_row(2.5), 9, []).value == 2.5
    assert known_of(one_row(2.5, int(Quality.BAD)), 9, []).value is None
    assert known_of(one_row(math.inf), 9, []).value is None


def test_a_plot_of_nothing_has_its_columns() -> None:
    """So that a page need not ask."""
    assert few_table(None, []).column_names == ["t_ns", "value", "quality"]
