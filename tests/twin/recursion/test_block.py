"""The blocks of numbers that the compiled recursion reads."""

from array import array

import msgspec
import pytest

from linewright.twin.recursion.block import ALWAYS_ZERO, RINGS, block_of
from linewright.twin.recursion.chain import HEAD, MARK, PARTS, READ, STATION_WIDTH
from tests.twin.recursion.mixed import CYCLES, mixed


@pytest.mark.parametrize("parts", [10, 10**4, 10**9])
def test_memory_does_not_depend_on_the_parts(parts: int) -> None:
    """Three departures a station are remembered, of all but the first, however many parts pass."""
    block = block_of(mixed(places=2), parts)
    assert block.ring_ints == RINGS + (len(CYCLES) - 1) * 3


def test_a_buffer_for_all_parts_needs_no_ring() -> None:
    """Where every part finds room, no departure is remembered."""
    line = mixed(places=2)
    wide = msgspec.structs.replace(line.stations[0], places=1 << 40)
    line = msgspec.structs.replace(line, stations=(wide, *line.stations[1:]))
    block = block_of(line, 10**6, mark=7)
    assert block.ring_ints == RINGS + (len(CYCLES) - 2) * 3
    ints = array("q", block.ints)
    assert (ints[PARTS], ints[MARK]) == (10**6, 7)
    reads = [ints[HEAD + i * STATION_WIDTH + READ] for i in range(len(CYCLES))]
    assert reads[:3] == [ALWAYS_ZERO, ALWAYS_ZERO, RINGS]
