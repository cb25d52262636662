"""A machine on node-opcua, read by `linewright up`: with limits, with security and a login."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.foreign.peers import NodeOpcua, profile
from tests.foreign.standing import Stand

MACHINE = "m1"
SECRET = "LINEWRIGHT_SECRET_"  # noqa: S105 - the name of a setting, not a password
FLOW_S = 3.5


def read_through(stand: Stand, machine: NodeOpcua) -> None:
    """Let values flow, then end the machine's changing and let the last ones arrive."""
    stand.wait_for_state(MACHINE, "connected", 40.0)
    time.sleep(FLOW_S)
    machine.tell({"pause": True})
    time.sleep(2.5)


def in_order(stand: Stand, least: int) -> None:
    """Every number that the machine showed is stored once; not one is in a gap afterwards."""
    found = stand.account(MACHINE)
    assert found.stored >= least, found
    bad = (found.unaccounted, found.doubled, found.invented, found.differing)
    assert bad == (0, 0, 0, 0), found


@pytest.mark.parametrize("name", ["siemens-s7-1200", "wago-pfc200"])
def test_within_the_limits_of_a_real_server(name: str, tmp_path: Path) -> None:
    """Refused filters, 100 values a read, variables below variables: everything comes."""
    settings: dict[str, Any] = {
        "variables": 340,
        "per_s": 1,
        "nested": True,
        "profile": profile(name),
    }
    with NodeOpcua(tmp_path, **settings) as machine:
        machine.ready()
        with Stand(tmp_path, {MACHINE: machine}) as stand:
            read_through(stand, machine)
    in_order(stand, 340 * 2)


def test_encrypted_and_with_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed and encrypted, with a user; the certificate is taken at first sight and told."""
    monkeypatch.setenv(f"{SECRET}MACHINE", "a pass word")
    connect = {
        "security": "basic256sha256",
        "user": "operator",
        "password": {"secret": "MACHINE"},
    }
    users = {"operator": "a pass word"}
    with NodeOpcua(tmp_path, variables=100, per_s=2, secure=True, users=users) as machine:
        machine.ready()
        with Stand(tmp_path, {MACHINE: machine}, connect={MACHINE: connect}) as stand:
            read_through(stand, machine)
            report = stand.watch.newest(MACHINE)
    assert len(report["certificate"]) >= 40
    assert "256" in report["security"]
    in_order(stand, 100 * 3)


def test_under_another_name_than_it_says(tmp_path: Path) -> None:
    """It advertises a host that nobody knows; the address in the plant file holds."""
    with NodeOpcua(tmp_path, variables=50, per_s=2, hostname="plc.invalid") as machine:
        machine.ready()
        with Stand(tmp_path, {MACHINE: machine}) as stand:
            read_through(stand, machine)
    in_order(stand, 50 * 3)
