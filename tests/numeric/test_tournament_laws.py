"""The tournament against sorting."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.numeric import views
from linewright.numeric.tournament import FAR, clear_keys, first, set_key, size_for

ELEMENTS = st.integers(1, 40)
SETTINGS = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 9)), max_size=100)


@given(ELEMENTS, SETTINGS)
def test_first_is_the_least_key_and_the_lowest_element(
    elements: int, settings: list[tuple[int, int]]
) -> None:
    """After any settings, what is next is the minimum of (key, element)."""
    n = size_for(elements)
    a, _ = views(bytearray(8 * (2 * n + 3)), 2 * n + 3)
    clear_keys(a, 3, n)
    keys = [FAR] * n
    for element, key in settings:
        keys[element % elements] = key
        set_key(a, 3, n, element % elements, key)
        assert first(a, 3, n) == min(range(n), key=lambda e: (keys[e], e))
