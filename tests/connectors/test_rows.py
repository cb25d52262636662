"""Columns keep their rows together."""

from linewright.connectors.feeding.rows import Rows, is_timed
from linewright.plant.records import Quality


def three() -> Rows:
    """Rows of times 5, 3 and 5."""
    rows = Rows()
    for tag, t_ns in enumerate((5, 3, 5)):
        rows.add_one(tag, t_ns=t_ns, seen_ns=9, value=float(tag), quality=tag)
    return rows


def test_rows_are_put_in_order_together_and_stably() -> None:
    """Every column follows the time; what has one time stays as it came."""
    ordered = three().in_order()
    assert (ordered.t_ns, ordered.tag) == ([3, 5, 5], [1, 0, 2])
    assert (ordered.value, ordered.quality) == ([1.0, 0.0, 2.0], [1, 0, 2])
    assert ordered.in_order() is ordered


def test_first_rows_are_copied_and_dropped() -> None:
    """What is taken away stays as it is when more come."""
    rows = three()
    taken = rows.first(2)
    rows.drop_first(2)
    rows.extend(three())
    assert (taken.tag, rows.tag, len(rows)) == ([0, 1], [2, 0, 1, 2], 4)


def test_raw_times_stay_with_their_rows() -> None:
    """Ordered, picked, split and joined, each row keeps the time that its source gave."""
    rows = three()
    rows.raw_ns = {0: 50, 1: -3}
    assert rows.in_order().raw_ns == {0: -3, 1: 50}
    assert rows.at([2, 1, 1]).raw_ns == {1: -3, 2: -3}
    assert rows.first(1).raw_ns == {0: 50}
    rows.drop_first(1)
    assert rows.raw_ns == {0: -3}
    rows.extend(rows)
    rows.extend(three())
    assert rows.raw_ns == {0: -3, 2: -3}
    assert Rows().raw_ns == {}


def test_only_changes_bear_a_time() -> None:
    """The newest row may be a loss."""
    rows = three()
    rows.add_missing(0, Quality.NOT_CONNECTED, t_ns=99, seen_ns=9)
    assert rows.newest_timed_ns() == 5
    assert not is_timed(rows.quality[-1])
