"""What comes next among elements that each have one key: a tournament, a heap of fixed places.

`n` elements, a power of two, numbered from 0, stand in `2 n` integers from `at` on: the keys by
element, then the winner of every pair of pairs, the whole tournament's at place 1. Of equal keys
the lower element wins, so what is next never depends on what was before. Setting a key replays
the games of one element, without a branch that depends on the numbers.
"""

from linewright.numeric.arrays import Ints

FAR = 9_000_000_000_000_000_000
"""A key that never comes: the year 2255 in nanoseconds."""


def size_for(elements: int) -> int:
    """Return the least size that holds so many elements: a power of two, at least 2.

    Examples
    --------
    >>> size_for(1), size_for(5)
    (2, 8)
    """
    return max(2, 1 << (elements - 1).bit_length())


def clear_keys(a: Ints, at: int, n: int) -> None:
    """Set all keys to `FAR`. Cost: linear in `n`."""
    for e in range(n):
        a[at + e] = FAR
    for back in range(1, n):
        k = n - back
        a[at + n + k] = 2 * k - n if 2 * k >= n else a[at + n + 2 * k]


def first(a: Ints, at: int, n: int) -> int:
    """Return the element with the least key; its key is `a[at + element]`."""
    return a[at + n + 1]


def set_key(a: Ints, at: int, n: int, e: int, key: int) -> None:
    """Give an element a key. Cost: logarithmic in `n`.

    Examples
    --------
    >>> from linewright.numeric.arrays import views
    >>> a, _ = views(bytearray(8 * 8), 8)
    >>> clear_keys(a, 0, 4)
    >>> set_key(a, 0, 4, 2, 50)
    >>> set_key(a, 0, 4, 1, 50)
    >>> first(a, 0, 4)
    1
    """
    a[at + e] = key
    games = at + n
    low = e & ~1
    winner = low if a[at + low] <= a[at + low + 1] else low + 1
    k = (n + e) >> 1
    a[games + k] = winner
    while k > 1:
        pair = games + (k & ~1)
        left, right = a[pair], a[pair + 1]
        winner = left if a[at + left] <= a[at + right] else right
        k >>= 1
        a[games + k] = winner
