"""What is told twice is known again, within bounds."""

import math
from collections import OrderedDict
from typing import Any

import pytest

from linewright.connectors.feeding import repeats
from linewright.connectors.feeding.repeats import Deadbands, Once
from linewright.connectors.sources import Point
from linewright.plant import Address

TAG = Address("reno/shop/pump/turn#tag")


def test_an_older_value_that_was_never_told_is_kept_at_its_time() -> None:
    """Out of order is not twice."""
    once = Once(1)
    assert once.times([0, 0], [9, 5], [1.0, 1.0], [0, 0]) == ([9, 5], None)
    assert once.times([0], [5], [1.0], [0]) == ([5], [])
    assert once.newest_ns(0) == 9


def test_what_is_no_number_is_known_again_too() -> None:
    """NaN is itself, a yes is not a 1."""
    once = Once(1)
    once.times([0], [3], [math.nan], [2])
    _, places = once.times([0, 0], [3, 3], [math.nan, 1.0], [2, 2])
    assert places == [1]
    assert once.times([0, 0], [8, 8], [True, 1], [0, 0]) == ([8, 9], None)


def test_a_value_that_comes_back_within_one_tick_is_kept() -> None:
    """Of 1, 0, 1 in one message all three stand; each of them is known again once."""
    once = Once(1)
    assert once.times([0] * 3, [7] * 3, [1.0, 0.0, 1.0], [0] * 3) == ([7, 8, 9], None)
    assert once.times([0] * 3, [7] * 3, [1.0, 0.0, 1.0], [0] * 3)[1] == []
    assert once.times([0] * 3, [7] * 3, [1.0, 1.0, 1.0], [0] * 3)[1] == [2]
    assert once.times([0, 0], [3, 3], [5.0, 5.0], [0, 0], late=True) == ([3, 4], None)
    assert once.times([0, 0], [3, 3], [5.0, 5.0], [0, 0], late=True)[1] == []


def test_numbered_messages_are_compared_with_earlier_connections_only() -> None:
    """5, 6, 5 in three messages with one time are three values; told again they are none."""
    once = Once(1, is_numbered=True)
    kept = [once.times([0], [7], [value], [0]) for value in (5.0, 6.0, 5.0)]
    assert kept == [([7], None), ([8], None), ([9], None)]
    once.begin()
    kept = [once.times([0], [7], [value], [0]) for value in (5.0, 6.0, 5.0)]
    assert [places for _, places in kept] == [[], [], []]


def test_more_values_of_one_tick_than_are_known_stand_apart() -> None:
    """Nothing takes the time of a value that was forgotten meanwhile."""
    once, count = Once(1), 3 * repeats.REMEMBERED
    times, _ = once.times([0] * count, [7] * count, [float(k) for k in range(count)], [0] * count)
    assert times == [7 + k for k in range(count)]


def test_memory_is_bounded() -> None:
    """Beyond what is remembered a repeat is a sample again: that is said in the docs."""
    once, count = Once(1), repeats.REMEMBERED + 1
    times = list(range(count))
    once.times([0] * count, list(times), [1.0] * count, [0] * count)
    assert once.times([0], [0], [1.0], [0])[1] is None
    many = repeats.LATE_REMEMBERED + 1
    late = list(range(1000, 1000 + many))
    once.times([0] * many, list(late), [1.0] * many, [0] * many, late=True)
    assert once.times([0], [late[-1]], [1.0], [0], late=True)[1] == []
    assert once.times([0], [late[0]], [1.0], [0], late=True)[1] is None


def test_a_deadband_keeps_texts_readings_and_bad_values() -> None:
    """Only numbers of one quality are compared."""
    bands = Deadbands([Point(tag=TAG, item="i", deadband=1.0)])
    values = [math.nan, math.nan, 1.0, 1.0, 1.0, 1.0]
    qualities = [2, 2, 0, 8192, 0, 0]
    assert bands.kept([0] * 6, values, qualities, range(6)) == [0, 1, 2, 3]


class Counted(OrderedDict[tuple[int, int], tuple[int, float | int | bool | str | None, int, int]]):
    """Values told late that count how often they are asked for."""

    asked = 0

    def get(self, *given: Any) -> Any:  # noqa: ANN401 - as of a dictionary
        """Count, and answer."""
        self.asked += 1
        return super().get(*given)


@pytest.mark.parametrize("times", [[5], [5, 40]])
def test_any_number_of_values_of_one_time_is_taken_in(times: list[int]) -> None:
    """Each is looked for among a bounded number of others, and has a time of its own."""
    count = 5_000
    once = Once(1)
    once._late = late = Counted()
    told = [float(number) for number in range(count)]
    given = [times[number % len(times)] for number in range(count)]
    found, places = once.times([0] * count, given, told, [0] * count, late=True)
    assert (len(set(found)), places) == (count, None)
    assert late.asked <= 2 * count * repeats.SAME_TIME_MAX
    assert once.newest_ns(0) == max(found)
