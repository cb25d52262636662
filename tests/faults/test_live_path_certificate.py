"""The certificate of a machine: taken at first, refused when it changes, until a person says so."""

import asyncio
import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from linewright.bus import Bus, BusAddress
from tests.faults.bench import STATION, Bench
from tests.foreign.standing import SITE

pytestmark = pytest.mark.faults

USER = "operator"
SECRET = "LINEWRIGHT_SECRET_"  # noqa: S105 - the name of a setting, not a password
PASSWORD = "a pass word"  # noqa: S105 - of a machine that this test makes up
SECURE = {
    "security": "basic256sha256",
    "user": USER,
    "password": {"secret": "MACHINE"},
}


def accept(bench: Bench, fingerprint: str) -> dict[str, Any]:
    """Accept a certificate as a person does."""

    async def asked() -> bytes:
        address = BusAddress.read(bench.stand.folder, "server")
        async with await Bus.connect(address, site=SITE, name="trust") as bus:
            told = {"source": STATION, "fingerprint": fingerprint, "by": "tester"}
            return await bus.ask(f"lw.ask.{SITE}.connect.trust", json.dumps(told).encode())

    return dict(json.loads(asyncio.run(asked())))


def test_a_changed_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused with its fingerprint and what to do; accepted, values flow again, with a gap."""
    monkeypatch.setenv(f"{SECRET}MACHINE", PASSWORD)
    users = {USER: PASSWORD}
    with Bench(tmp_path, "certificate", connect=SECURE, secure=True, users=users) as bench:
        bench.connected()
        first = bench.stand.watch.newest(STATION)["certificate"]
        since_s = time.monotonic()
        bench.machine.kill()
        shutil.rmtree(bench.machine.settings["pki"])
        bench.machine.start().ready()
        bench.silent_since(since_s)
        bench.stand.wait_for_state(STATION, "untrusted")
        time.sleep(5.0)
        report = bench.stand.watch.newest(STATION)
        assert report["state"] == "untrusted"
        assert report["why"]
        shown = report["certificate"]
        assert (shown != first, report["trusted"]) == (True, first)
        assert "said" in accept(bench, shown)
        bench.connected()
    bench.in_order()


def test_a_wrong_password_is_no_loss_of_the_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link is refused and says why; it never turns green."""
    monkeypatch.setenv(f"{SECRET}MACHINE", "wrong")
    users = {USER: PASSWORD}
    with Bench(tmp_path, "wrong password", connect=SECURE, secure=True, users=users) as bench:
        bench.stand.wait_for_state(STATION, "refused")
        report = bench.stand.watch.newest(STATION)
        assert report["why"]
        assert report["next_step"]
        time.sleep(5.0)
        states = {one["state"] for _, _, one in bench.stand.watch.seen}
    assert "connected" not in states
    assert bench.account.stored == 0
