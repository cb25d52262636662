"""What comes next among elements that each have one key: a tournament, a heap of fixed places.

`n` elements, a power of two, numbered from 0, stand in `4 n` integers from `at` on: key and winner
of each node, the whole tournament's at place 1 and those of the elements from place `n` on. Two
that meet lie side by side, in one line of the cache. Of equal keys the lower element wins, so
what is next never depends on what was before. Setting a key replays the games of one element;
key and winner are carried up, so that no game waits for a look-up of the one before.
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
    for back in range(2 * n):
        k = 2 * n - 1 - back
        a[at + 2 * k] = FAR
        a[at + 2 * k + 1] = k - n if k >= n else a[at + 4 * k + 1]


def first(a: Ints, at: int) -> int:
    """Return the element with the least key; `first_key` is that key."""
    return a[at + 3]


def first_key(a: Ints, at: int) -> int:
    """Return the least key."""
    return a[at + 2]


def key_of(a: Ints, at: int, n: int, e: int) -> int:
    """Return the key of an element."""
    return a[at + 2 * (n + e)]


def set_key(a: Ints, at: int, n: int, e: int, key: int) -> None:
    """Give an element a key. Cost: logarithmic in `n`.

    Examples
    --------
    >>> from linewright.numeric.arrays import views
    >>> a, _ = views(bytearray(16 * 8), 16)
    >>> clear_keys(a, 0, 4)
    >>> set_key(a, 0, 4, 2, 50)
    >>> set_key(a, 0, 4, 1, 50)
    >>> first(a, 0), first_key(a, 0)
    (1, 50)
    """
    k = at + 2 * (n + e)
    a[k] = key
    winner = e
    node = n + e
    while node > 1:
        other = at + 2 * (node ^ 1)
        there = a[other]
        rival = a[other + 1]
        wins = there < key + (node & 1)  # a left one wins a tie
        key = there if wins else key
        winner = rival if wins else winner
        node >>= 1
        a[at + 2 * node] = key
        a[at + 2 * node + 1] = winner
