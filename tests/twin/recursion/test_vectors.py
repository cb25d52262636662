"""The recursion by arrays: the same draws, and the same runs."""

import numpy as np
import pytest

from linewright.numeric import base_of, draw, stream
from linewright.twin.recursion import departures
from linewright.twin.recursion.vectors import quantiles, run_vectors
from tests.twin.recursion.mixed import CYCLES, chance, mixed


@pytest.mark.parametrize("numbers", CYCLES)
def test_draws_are_those_of_the_streams(numbers: tuple[int, float, float, float]) -> None:
    """In every family, draws by arrays and one by one differ by rounding at most."""
    keys = [stream(base_of(3, r), 4, 1) for r in range(5)]
    expected = [[draw(*numbers, (key, n)) for key in keys] for n in range(40)]
    counted = np.arange(40, dtype=np.uint64)[:, None]
    found = quantiles(chance(numbers, 4, 1), np.array(keys, np.uint64), counted)
    assert np.allclose(found, expected, rtol=1e-13, atol=0.0)


@pytest.mark.parametrize(("places", "modes"), [(0, 0), (0, 2), (3, 1), (1_000, 2)])
def test_last_departures_are_those_of_the_oracle(places: int, modes: int) -> None:
    """Every station's last departure and the marked one agree, in all replications."""
    line, parts, mark = mixed(places=places, modes=modes), 300, 77
    found = run_vectors(line, [base_of(5, r) for r in range(4)], parts, mark)
    for r in range(4):
        expected = departures(line, parts=parts, seed=5, replication=r)
        off_ns = found.left_ns[r] - [row[-1] for row in expected]
        assert np.abs(off_ns).max() <= 1
        assert abs(found.marked_ns[r] - expected[-1][mark - 1]) <= 1
