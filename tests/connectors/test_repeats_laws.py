"""Laws of what is told twice, out of order, or late."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.connectors.feeding.repeats import REMEMBERED, Once

TOLD = st.tuples(
    st.integers(min_value=0, max_value=2),
    st.integers(min_value=0, max_value=REMEMBERED // 4),
    st.sampled_from([1.0, 2.0]),
)
"""Point, time and value: so few times that all of them are remembered."""

MESSAGES = st.lists(st.tuples(st.lists(TOLD, max_size=6), st.booleans()), max_size=6)


@given(messages=MESSAGES)
def test_every_value_stands_once_at_a_time_of_its_own(
    messages: list[tuple[list[tuple[int, int, float]], bool]],
) -> None:
    """No tag has two values at one time, no time moves back, and telling all again adds nothing."""
    once = Once(3)
    stored: dict[tuple[int, int], float] = {}
    for rows, late in messages:
        points, given_ns = [row[0] for row in rows], [row[1] for row in rows]
        values = [row[2] for row in rows]
        times, places = once.times(points, list(given_ns), values, [0] * len(rows), late=late)
        for row in range(len(rows)) if places is None else places:
            assert times[row] >= given_ns[row]
            assert (points[row], times[row]) not in stored
            stored[points[row], times[row]] = values[row]
    if any(count > REMEMBERED for count in _counts(stored)):
        return  # beyond what is remembered a repeat is new again
    told = list(stored.items())
    points, times = [key[0] for key, _ in told], [key[1] for key, _ in told]
    _, places = once.times(points, times, [value for _, value in told], [0] * len(told))
    assert places == [] or not told


def _counts(stored: dict[tuple[int, int], float]) -> list[int]:
    return [sum(point == each for each, _ in stored) for point in range(3)]
