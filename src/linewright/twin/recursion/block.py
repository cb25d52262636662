"""A serial line as the two blocks of numbers that `chain` reads."""

from array import array
from collections.abc import Sequence

import msgspec

from linewright.twin.recursion import chain as at
from linewright.twin.recursion.serial import Chance, Serial

ALWAYS_ZERO = 0
"""Cell of the ring that is never written."""
NEVER_READ = 1
"""Cell of the ring that is never read."""
RINGS = 2
"""Where the rings of stations begin."""


class Block(msgspec.Struct, frozen=True):
    """A line before its first part: the integers and the numbers, and how long its rings are."""

    ints: bytes
    floats: bytes
    ring_ints: int


def block_of(serial: Serial, parts: int, mark: int = 0) -> Block:
    """Return the numbers of a line through which so many parts go.

    Parameters
    ----------
    serial
        The line.
    parts
        A buffer that holds them all never blocks, and needs no ring.
    mark
        Part behind which the count begins, from 1; 0: none.
    """
    n = len(serial.stations)
    ints = array("q", [n, 0, parts, mark, 0])
    floats = array("d", [x for one in serial.stations for x in _numbers(one.cycle)])
    modes = array("q")
    first = at.HEAD + n * at.STATION_WIDTH
    ring = RINGS
    for i, one in enumerate(serial.stations):
        mode = first + len(modes)
        for each in one.modes:
            modes.extend((*_drawn(each.life), *_drawn(each.repair), len(floats), 0, 0))
            floats.extend((*_numbers(each.life), *_numbers(each.repair)))
        places = serial.stations[i - 1].places if i else parts
        size, read, write = 1, ALWAYS_ZERO, NEVER_READ
        if places < parts:
            size, read, write = places + 1, ring, ring
            ring += size
        ints.extend((*_drawn(one.cycle), mode, first + len(modes), size, read, write))
        ints.extend([0] * (at.STATION_WIDTH - at.SLOT))
    return Block((ints + modes).tobytes(), floats.tobytes(), ring)


def _drawn(chance: Chance) -> Sequence[int]:
    return chance.family, chance.element, chance.purpose


def _numbers(chance: Chance) -> Sequence[float]:
    return chance.a, chance.b, chance.c
