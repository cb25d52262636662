"""Every process of ours is killed at random while values flow: nothing is lost, nothing doubled."""

import random
import time
from pathlib import Path

import pytest

from tests.faults.bench import Bench

pytestmark = pytest.mark.faults

SERVICES = ("connect", "history", "bus", "live", "server")
KILLS = 8
PAGE_S = 3.0
"""Longest time that the page may show a dead process as alive."""


@pytest.mark.parametrize("seed", [1, 2])
def test_all_services_at_random(seed: int, tmp_path: Path) -> None:
    """Eight kills between one and five seconds apart, each followed by the next wherever it is."""
    rng = random.Random(seed)  # noqa: S311 - the same kills in every run
    with Bench(tmp_path, f"services killed at random {seed}", per_s=4) as bench:
        bench.connected()
        killed = []
        for _ in range(KILLS):
            service = rng.choice(SERVICES)
            if service in bench.stand.running()["pids"]:
                bench.stand.kill(service)
                killed.append(service)
            time.sleep(rng.uniform(1.0, 5.0))
        time.sleep(8.0)
        bench.connected()
    assert len(killed) > KILLS // 2
    bench.in_order()


@pytest.mark.parametrize("service", ["connect", "history", "bus"])
def test_one_service_and_nothing_else(service: str, tmp_path: Path) -> None:
    """While `connect` lives, a death of the server or of `history` costs not even a gap."""
    with Bench(tmp_path, f"{service} killed", per_s=4) as bench:
        bench.connected()
        since_s = time.monotonic()
        pid = bench.stand.kill(service)
        bench.reds_s.append(bench.stand.told_after(service, pid, since_s, PAGE_S * 4))
        time.sleep(8.0)
        bench.connected()
    bench.in_order(gaps_allowed=service == "connect")


def test_connect_frozen_is_no_green(tmp_path: Path) -> None:
    """A connector that stands still is told as down by the page, and nothing is lost in silence."""
    with Bench(tmp_path, "connect frozen", per_s=4) as bench:
        bench.connected()
        since_s = time.monotonic()
        pid = bench.stand.freeze("connect")
        bench.reds_s.append(bench.stand.told_after("connect", pid, since_s, PAGE_S * 4))
        time.sleep(3.0)
        bench.stand.thaw("connect")
        time.sleep(5.0)
        bench.connected()
    bench.in_order()
