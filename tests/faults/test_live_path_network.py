"""Faults between a machine and us: it freezes, vanishes, is cut off. Nothing is lost in silence."""

import time
from pathlib import Path

import pytest

from tests.faults.bench import Bench

pytestmark = pytest.mark.faults

FROZEN_S = 6.0
"""Beyond every keep-alive of ours."""


def test_a_machine_that_freezes(tmp_path: Path) -> None:
    """Its sockets stay open; the link is red within three seconds, three times over."""
    with Bench(tmp_path, "machine frozen") as bench:
        bench.connected()
        for _ in range(3):
            since_s = time.monotonic()
            bench.machine.freeze()
            bench.silent_since(since_s)
            time.sleep(FROZEN_S / 2)
            bench.machine.thaw()
            bench.connected()
    bench.in_order()


def test_a_network_that_freezes(tmp_path: Path) -> None:
    """The machine goes on; what it showed meanwhile is stored or in a gap."""
    with Bench(tmp_path, "network frozen", is_relayed=True) as bench:
        bench.connected()
        for _ in range(3):
            assert bench.relay is not None
            since_s = time.monotonic()
            bench.relay.freeze()
            bench.silent_since(since_s)
            time.sleep(FROZEN_S / 2)
            bench.relay.flow()
            bench.connected()
    bench.in_order()


def test_a_connection_that_is_half_open(tmp_path: Path) -> None:
    """The machine is gone for us and nobody says so; we find out and connect anew."""
    with Bench(tmp_path, "half open", is_relayed=True) as bench:
        bench.connected()
        for _ in range(3):
            assert bench.relay is not None
            since_s = time.monotonic()
            bench.relay.half_open()
            bench.silent_since(since_s)
            bench.connected()
    bench.in_order()


def test_a_connection_that_is_cut(tmp_path: Path) -> None:
    """A reset, and for a while nobody listens."""
    with Bench(tmp_path, "cut", is_relayed=True) as bench:
        bench.connected()
        for _ in range(3):
            assert bench.relay is not None
            since_s = time.monotonic()
            bench.relay.refuse()
            bench.silent_since(since_s)
            time.sleep(2.0)
            bench.relay.flow()
            bench.connected()
    bench.in_order()


def test_a_slow_network_is_no_fault(tmp_path: Path) -> None:
    """300 ms either way: nothing is lost, not even into a gap, and the link stays green."""
    with Bench(tmp_path, "slow network", is_relayed=True) as bench:
        assert bench.relay is not None
        bench.relay.delay_s = 0.3
        bench.connected()
        since_s = time.monotonic()
        time.sleep(10.0)
        assert bench.stand.watch.red_after("m1", since_s) is None
    bench.in_order()
