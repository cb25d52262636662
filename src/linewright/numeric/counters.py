"""Random numbers by counter: a number is a function of its stream and its place in it.

A stream is named by (seed, replication, element, purpose). Nothing is carried from one number
to the next, so that a state needs no generator, scenarios share their numbers, and results do
not depend on the order in which anything is asked for or on the number of workers.

The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
generators", OOPSLA 2014) read at any place: word `n` of a stream is `mix(key + n * GOLDEN)`.
The functions run as they are, and under the JIT with the same bits.
"""

MASK = 0xFFFFFFFFFFFFFFFF
"""64 bits."""
GOLDEN = 0x9E3779B97F4A7C15
"""Step of SplitMix64: 2**64 over the golden ratio, odd."""
STEP = 0xD1B54A32D192ED03
"""Step from stream to stream of one base; odd, and unlike the other."""
HALF_ULP = 1.0 / 4503599627370496.0
"""2**-52."""
SUB_STREAM = 64
"""Words that one draw may take; draw `n` takes those from `64 n` on."""


def word(x: int) -> int:
    """Return an integer as 64 unsigned bits; under the JIT a conversion of type."""
    return x & MASK


def mix(x: int) -> int:
    """Return the output function of SplitMix64: 64 unsigned bits, well mixed.

    Examples
    --------
    >>> hex(mix(GOLDEN))  # first number of SplitMix64 with seed 0
    '0xe220a8397b1dcdaf'
    """
    z = word(x)
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def base_of(seed: int, replication: int) -> int:
    """Return what the streams of one replication start from; 63 bits.

    Parameters
    ----------
    seed, replication
        Any integers of 64 bits.

    Examples
    --------
    >>> base_of(1, 0) != base_of(0, 1)
    True
    """
    first = mix(word(seed) + word(GOLDEN))
    return mix(first + word(replication) * word(STEP)) >> 1


def stream(base: int, element: int, purpose: int) -> int:
    """Return the key of one stream: 64 unsigned bits.

    Parameters
    ----------
    base
        From `base_of`.
    element, purpose
        Who draws (below 2**32) and what for (below 256).

    Examples
    --------
    >>> stream(base_of(7, 0), 3, 1) == stream(base_of(7, 0), 3, 2)
    False
    """
    return mix(word(base) + (word(element) * word(256) + word(purpose)) * word(STEP))


def uniform(key: int, n: int) -> float:
    """Return number `n` of a stream, between 0 and 1 without either; 52 bits.

    Parameters
    ----------
    key
        From `stream`.
    n
        Place in the stream, from 0.

    Examples
    --------
    >>> key = stream(base_of(7, 0), 3, 1)
    >>> uniform(key, 5) == uniform(key, 5), 0.0 < uniform(key, 6) < 1.0
    (True, True)
    """
    bits = mix(word(key) + word(n) * word(GOLDEN)) >> 12
    return (float(bits) + 0.5) * HALF_ULP
