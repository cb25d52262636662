"""Throughput of serial lines by recursion, against every departure and the event kernel."""

import numpy as np
import pytest

from linewright.plant.records import StationState
from linewright.twin import TwinFault, advance, begin, outcome
from linewright.twin.recursion import (
    departures,
    serial_of,
    serial_sums,
    serial_throughput,
)
from linewright.twin.recursion.vectors import GROUP
from tests.twin.lines import bracket, line_of
from tests.twin.recursion.mixed import mixed

MODEL = line_of(*["1 s exponential"] * 5, places=4, fails=("100 s", "10 s"))


@pytest.mark.parametrize("jit", [False, True])
def test_throughput_is_counted_behind_the_warm_up(*, jit: bool) -> None:
    """It is the number of parts over the time between two departures, in every replication."""
    found = serial_throughput(MODEL, parts=400, replications=3, seed=8, warm_up_parts=150, jit=jit)
    for r in range(3):
        out = departures(MODEL, parts=400, seed=8, replication=r)[-1]
        assert found[r] == pytest.approx(250e9 / (out[-1] - out[149]), rel=1e-12)


def test_the_kernel_has_the_same_times() -> None:
    """Working, repair, blocked and starved times of the first and last station are the kernel's."""
    found = serial_sums(MODEL, parts=3_000, replications=[6], seed=2)
    end_ns = int(found.left_ns[0, -1])
    state = advance(MODEL, begin(MODEL, at_ns=0, seed=2, replication=6), end_ns)
    out = outcome(MODEL, state)
    assert out.good == 3_000
    last = out.stations[-1]
    for now, ns in (
        (StationState.RUNNING, found.worked_ns),
        (StationState.DOWN, found.down_ns),
        (StationState.STARVED, found.starved_ns),
    ):
        assert ns[0, -1] / 1e9 == pytest.approx(last.seconds[now], abs=1e-6)
    assert found.failures[0, -1] == sum(last.failures.values())
    assert (found.blocked_ns[0, :-1] > 0).all()


def test_compiled_and_arrays_are_one_run() -> None:
    """All times of all stations agree, for more replications than one group has."""
    rows = range(GROUP + 3)
    fast, slow = (
        serial_sums(mixed(places=1), parts=30, replications=rows, warm_up_parts=9, jit=jit)
        for jit in (True, False)
    )
    for name in ("marked_ns", "left_ns", "worked_ns", "down_ns", "blocked_ns", "starved_ns"):
        assert np.abs(getattr(fast, name) - getattr(slow, name)).max() <= 2, name
    assert (fast.failures == slow.failures).all()
    assert fast.left_ns.shape == (GROUP + 3, 9)


def test_replications_are_named_by_number() -> None:
    """A share of the replications gives their rows, whoever runs it."""
    whole = serial_sums(MODEL, parts=50, replications=range(6))
    share = serial_sums(serial_of(MODEL), parts=50, replications=[4, 1])
    assert (share.left_ns == whole.left_ns[[4, 1]]).all()


def test_what_is_refused() -> None:
    """A line where it does not hold, and counts that leave nothing to measure."""
    with pytest.raises(TwinFault, match=r"does not hold with .*scrap.*shifts, wear"):
        serial_throughput(bracket(), parts=10)
    with pytest.raises(TwinFault, match="10 parts after 10, 1 replications"):
        serial_throughput(MODEL, parts=10, warm_up_parts=10)
    with pytest.raises(TwinFault, match="0 replications"):
        serial_throughput(MODEL, parts=10, replications=0)
