"""The tournament against sorting."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.numeric import views
from linewright.numeric.tournament import (
    FAR,
    clear_keys,
    first,
    first_key,
    key_of,
    set_key,
    size_for,
)

ELEMENTS = st.integers(1, 40)
SETTINGS = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 9)), max_size=100)


@given(ELEMENTS, SETTINGS)
def test_first_is_the_least_key_and_the_lowest_element(
    elements: int, settings: list[tuple[int, int]]
) -> None:
    """After any settings, what is next is the minimum of (key, element)."""
    n = size_for(elements)
    a, _ = views(bytearray(8 * (4 * n + 3)), 4 * n + 3)
    clear_keys(a, 3, n)
    assert (first(a, 3), first_key(a, 3)) == (0, FAR)
    keys = [FAR] * n
    for element, key in settings:
        keys[element % elements] = key
        set_key(a, 3, n, element % elements, key)
        best = min(range(n), key=lambda e: (keys[e], e))
        assert (first(a, 3), first_key(a, 3)) == (best, keys[best])
        assert [key_of(a, 3, n, e) for e in range(n)] == keys
    assert [a[k] for k in range(3)] == [0, 0, 0]


@given(ELEMENTS, SETTINGS, SETTINGS)
def test_what_is_next_does_not_depend_on_what_was(
    elements: int, one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:
    """Two tournaments with equal keys are equal, number by number, whatever came before."""
    n = size_for(elements)
    found = []
    for settings in (one + two, two + one):
        a, _ = views(bytearray(8 * 4 * n), 4 * n)
        clear_keys(a, 0, n)
        for element, key in settings:
            set_key(a, 0, n, element % elements, key)
        for element in range(n):
            set_key(a, 0, n, element, (7 * element) % 5)
        found.append([a[k] for k in range(1, 4 * n) if k != 2 * n])
    assert found[0] == found[1]
