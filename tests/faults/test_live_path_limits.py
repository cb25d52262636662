"""Limits of real servers, imposed on node-opcua: all that the server can give comes, and is told.

Profiles from the published collection of limits; what each does beyond its numbers is in `EXTRA`.
"""

import time
from pathlib import Path
from typing import Any

import pytest

from linewright.testing.emitted import balance_of
from tests.faults.bench import STATION, Bench
from tests.foreign.peers import profile

pytestmark = pytest.mark.faults

BACK_S = 45.0
"""Longest time to read a server with limits; the slowest one alone needs half of it."""

CASES: dict[str, dict[str, Any]] = {
    "siemens-s7-1200": {"variables": 400, "extra": {"create_ms": 1500}},
    "siemens-s7-1500-small": {
        "variables": 1500,
        "per_s": 0.3,
        "nested": True,
        "extra": {"outstanding_sum": 1000, "silent_after": 2},
    },
    "siemens-s7-1500-large": {"variables": 1500, "extra": {"browse_ms": 100, "read_ms": 300}},
    "wago-pfc200": {"variables": 340, "nested": True},
    "schneider-bmenua0100": {"variables": 400, "slow_ms": 20_000},
    "omron-nj-nx": {"variables": 1990},
    "br-automation-runtime": {"extra": {"keep_alive_max": 200, "lifetime_max": 600}},
    "weidmueller-uc20": {"variables": 200},
    "ignition-gateway": {"variables": 600},
    "prosys-simulation": {"variables": 600, "nested": True},
    "kepware-kepserverex": {"variables": 200},
    "embedded-20-nodes": {"variables": 60},
    "open62541-default": {
        "variables": 300,
        "extra": {"hidden": True, "continuation_points": 2},
        "limits": {
            "max_nodes_per_read": 100,
            "max_nodes_per_browse": 100,
            "max_monitored_items_per_call": 100,
        },
    },
    "node-opcua-default": {"variables": 600},
}
"""What each server is asked for, beside its limits."""


def limited(name: str) -> dict[str, Any]:
    """Settings of a machine with the limits of one profile."""
    settings = {"per_s": 1, **CASES[name]}
    found = profile(name)
    found["limits"] |= settings.pop("limits", {})
    return {**settings, "profile": found}


@pytest.mark.parametrize("name", CASES)
def test_everything_comes_within_the_limits(name: str, tmp_path: Path) -> None:
    """The link is green, nothing is missing, and no value is lost or doubled."""
    with Bench(tmp_path, f"limits {name}", **limited(name)) as bench:
        bench.connected(wait_s=BACK_S)
        bench.stand.wait_until(
            lambda: bench.stand.watch.newest(STATION).get("missing") == [],
            BACK_S,
            "all of its items are watched",
        )
        time.sleep(4.0)
    bench.in_order()


def test_what_a_server_cannot_give_is_told(tmp_path: Path) -> None:
    """100 variables beyond the 2,000 items of an Omron are missing by name, the rest come."""
    settings = {**limited("omron-nj-nx"), "variables": 2100}
    with Bench(tmp_path, "limits too many items", is_kept=False, **settings) as bench:
        bench.connected(wait_s=BACK_S)
        time.sleep(6.0)
        missing = set(bench.stand.watch.newest(STATION)["missing"])
    assert len(missing) == 100
    named = {item.rpartition("=")[2].rpartition("#")[2] for item in missing}
    heard = [one for one in bench.stand.emitted(STATION) if one.tag.rpartition("#")[2] not in named]
    with bench.stand.history() as history:
        bench.account = balance_of(heard, history, STATION)
    bench.keep(missing=len(missing))
    bench.in_order()


def test_few_sessions_and_many_losses(tmp_path: Path) -> None:
    """Five sessions, eight lost connections: we never lock ourselves out."""
    settings = {**limited("omron-nj-nx"), "variables": 200}
    with Bench(tmp_path, "limits sessions", is_relayed=True, **settings) as bench:
        bench.connected()
        assert bench.relay is not None
        for _ in range(8):
            before = bench.stand.watch.newest(STATION)["since_ns"]
            bench.relay.cut()
            bench.stand.wait_for_new(STATION, before, BACK_S)
            time.sleep(1.0)
    bench.in_order()


def test_a_refused_filter_is_applied_at_home(tmp_path: Path) -> None:
    """An S7-1200 takes no deadband: every value comes, and what is small is left out here."""
    settings = {**limited("siemens-s7-1200"), "variables": 50, "per_s": 5}
    deadband = {"deadband": 3}
    with Bench(tmp_path, "limits filter refused", tag=deadband, is_kept=False, **settings) as bench:
        bench.connected(6.0, wait_s=BACK_S)
    shown, stored = bench.account.shown, bench.account.stored
    assert bench.account.doubled == bench.account.invented == 0
    assert shown / 4 - 100 < stored < shown / 2
