"""The recursion over numbers, plain and compiled, against every departure."""

import pytest

from linewright.numeric import base_of, engine, views
from linewright.twin.recursion import departures
from linewright.twin.recursion.block import block_of
from linewright.twin.recursion.chain import (
    BASE,
    CHUNK,
    HEAD,
    LEFT,
    MARKED,
    STATION_WIDTH,
    run_chain,
)
from tests.twin.recursion.mixed import CYCLES, mixed

BYTES = 8


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(("places", "modes"), [(0, 0), (0, 2), (3, 1), (1_000, 2)])
def test_last_departures_are_those_of_the_oracle(*, places: int, modes: int, jit: bool) -> None:
    """Every station's last departure and the marked one agree to the nanosecond."""
    line, parts, mark = mixed(places=places, modes=modes), 2 * CHUNK + 41, CHUNK + 3
    expected = departures(line, parts=parts, seed=5, replication=2)
    take, kernel = (engine.arrays, engine.compiled(run_chain)) if jit else (views, run_chain)
    block = block_of(line, parts, mark)
    ints = len(block.ints) // BYTES
    s, f = take(bytearray(block.ints + block.floats), ints)
    times = take(bytearray(BYTES * CHUNK * len(CYCLES)), CHUNK * len(CYCLES))[0]
    ring = take(bytearray(BYTES * block.ring_ints), block.ring_ints)[0]
    s[BASE] = base_of(5, 2)
    kernel(s, f, times, ring)
    left = [s[HEAD + i * STATION_WIDTH + LEFT] for i in range(len(CYCLES))]
    assert left == [row[-1] for row in expected]
    assert s[MARKED] == expected[-1][mark - 1]
