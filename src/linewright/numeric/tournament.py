"""What comes next among elements that each have one key: a tournament, a heap of fixed places.

`n` elements, a power of two, numbered from 0, stand in `4 n` integers from `at` on: the keys of
the nodes, the whole tournament's at place 1 and those of the elements from place `n` on, then
the winners of the nodes. Of equal keys the lower element wins, so what is next never depends on
what was before. Setting a key replays the games of one element; key and winner are carried up,
so that no game waits for a look-up of the one before.
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
    for k in range(2 * n):
        a[at + k] = FAR
    for e in range(n):
        a[at + 3 * n + e] = e
    for back in range(1, n):
        k = n - back
        a[at + 2 * n + k] = a[at + 2 * n + 2 * k]


def first(a: Ints, at: int, n: int) -> int:
    """Return the element with the least key; `first_key` is that key."""
    return a[at + 2 * n + 1]


def first_key(a: Ints, at: int) -> int:
    """Return the least key."""
    return a[at + 1]


def key_of(a: Ints, at: int, n: int, e: int) -> int:
    """Return the key of an element."""
    return a[at + n + e]


def set_key(a: Ints, at: int, n: int, e: int, key: int) -> None:
    """Give an element a key. Cost: logarithmic in `n`.

    Examples
    --------
    >>> from linewright.numeric.arrays import views
    >>> a, _ = views(bytearray(16 * 8), 16)
    >>> clear_keys(a, 0, 4)
    >>> set_key(a, 0, 4, 2, 50)
    >>> set_key(a, 0, 4, 1, 50)
    >>> first(a, 0, 4), first_key(a, 0)
    (1, 50)
    """
    winners = at + 2 * n
    k = n + e
    a[at + k] = key
    winner = e
    while k > 1:
        other = k ^ 1
        there = a[at + other]
        rival = a[winners + other]
        if there < key or (there == key and rival < winner):
            key = there
            winner = rival
        k >>= 1
        a[at + k] = key
        a[winners + k] = winner
