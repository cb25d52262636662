"""Array kernels without plant nouns: random numbers by counter, durations, a tournament, the JIT.

Hides how a stream of random numbers is named, how a duration is drawn, how kernels are compiled
and where their machine code is kept. Importing it loads neither numpy nor numba; only the
sub-face `engine` does. The others: `counters`, `draws` (families), `tournament`.

>>> key = stream(base_of(seed=7, replication=0), element=3, purpose=1)
>>> draw(1, 60.0, 0.0, 0.0, (key, 0)) == draw(1, 60.0, 0.0, 0.0, (key, 0))  # exponential
True
"""

from linewright.numeric.arrays import Block, Floats, Ints, views
from linewright.numeric.counters import base_of, stream, uniform
from linewright.numeric.draws import draw

__all__ = [
    "Block",
    "Floats",
    "Ints",
    "base_of",
    "counters",
    "draw",
    "draws",
    "engine",
    "stream",
    "tournament",
    "uniform",
    "views",
]
