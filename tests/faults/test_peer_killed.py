"""The server of another site is killed: our page says so, keeps its values, and heals."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from linewright.bus import Applied, Bus, BusAddress, NatsServer
from linewright.plant import to_text
from tests.live.floor import bracket
from tests.server.web.calling import Caller

pytestmark = pytest.mark.faults

SEEN_S = 5.0
"""Within which the outage is told."""

BACK_S = 30.0
"""Within which one that was started again is followed again: its start, and the longest wait."""


class _Server(NamedTuple):
    folder: Path
    site: str

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server's process."""
        words = ["run", "server", "--data", str(self.folder), "--site", self.site]
        return subprocess.Popen([sys.executable, "-m", "linewright", *words])

    async def caller(self, process: "subprocess.Popen[bytes]") -> Caller:
        """Wait until this process serves; returns what asks it as its admin."""
        end_s = time.monotonic() + BACK_S
        path = self.folder / "server" / "http.json"
        while time.monotonic() < end_s:
            with contextlib.suppress(OSError, ValueError):
                told = json.loads(path.read_text())
                if told["pid"] == process.pid:
                    key = (self.folder / "server" / "key").read_text().strip()
                    return Caller(told["url"], key)
            assert process.poll() is None, "it ended"
            await asyncio.sleep(0.05)
        raise AssertionError(f"the server of {self.site} did not come up")


@contextlib.asynccontextmanager
async def _bus_of(folder: Path, site: str) -> AsyncIterator[_Server]:
    """A bus with a plant in force, for a server of this site."""
    async with await NatsServer.start(folder, site=site):
        async with await Bus.connect(BusAddress.read(folder, "up"), site=site, name="up") as bus:
            await bus.prepare()
            text = to_text(bracket()).replace("nogales", site)
            applied = Applied(rev="r1", text=text, site=site, emulated=False)
            await (await bus.bucket("plant")).put("applied", applied.encode())
        (folder / "server").mkdir(parents=True, exist_ok=True)
        who = {"person": "p7", "role": "admin"}
        (folder / "server" / "server.json").write_bytes(msgspec.json.encode(who))
        yield _Server(folder, site)


async def _link(ask: Caller, site: str, wanted: str, within_s: float) -> tuple[float, Any]:
    """Wait until a site has this link on a page; returns after how long, and the site."""
    began_s = time.monotonic()
    while True:
        found = (await ask.ask("/api/sites")).body["sites"][site]
        took_s = time.monotonic() - began_s
        if found["link"] == wanted:
            return took_s, found
        assert took_s < within_s, found
        await asyncio.sleep(0.1)


async def _story(tmp_path: Path) -> None:
    async with _bus_of(tmp_path / "a", "nogales") as here, _bus_of(tmp_path / "b", "reno") as there:
        ours, theirs = here.start(), there.start()
        try:
            us, them = await here.caller(ours), await there.caller(theirs)
            made = await them.ask("/api/tokens", "POST", {"name": "a", "scopes": ["sites"]})
            peer = {"url": them.url, "token": made.body["token"]}
            assert (await us.ask("/api/peers", "POST", peer)).status == 200
            _, before = await _link(us, "reno", "fresh", SEEN_S)
            theirs.kill()
            theirs.wait()
            _, after = await _link(us, "reno", "offline", SEEN_S)
            assert after["stations"] == before["stations"]
            assert after["why"] == "unreachable"
            theirs = there.start()
            _, again = await _link(us, "reno", "fresh", BACK_S)
            assert "why" not in again
        finally:
            for process in (ours, theirs):
                process.terminate()
                process.wait()


def test_a_killed_site_is_offline_within_five_seconds(tmp_path: Path) -> None:
    """Told within 5 s, with the values it had; fresh again by itself once it is back."""
    asyncio.run(_story(tmp_path))
