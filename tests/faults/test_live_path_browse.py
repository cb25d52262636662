"""A server with 100,000 nodes is looked through while its values go on, and nothing is lost."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from linewright.bus import Bus, BusAddress
from tests.faults.bench import STATION, Bench, keep
from tests.foreign.standing import SITE

pytestmark = pytest.mark.faults

NODES = 100_000
EACH_MAX = 5_000
ASK_S = 240.0
MACHINE = "ns=2;s=Machine"


async def _below(bus: Bus, node: str) -> list[dict[str, Any]]:
    wanted = {"source": STATION, "node": node, "limit": EACH_MAX}
    subject = f"lw.ask.{SITE}.connect.browse"
    reply = await bus.ask(subject, json.dumps(wanted).encode(), timeout_s=ASK_S)
    found = json.loads(reply)
    assert "items" in found, found
    return list(found["items"])


def browse(bench: Bench) -> set[str]:
    """All items below the machine, folder by folder, as a page asks for them."""

    async def asked() -> set[str]:
        address = BusAddress.read(bench.stand.folder, "server")
        found: set[str] = set()
        async with await Bus.connect(address, site=SITE, name="browse") as bus:
            open_nodes = [MACHINE]
            while open_nodes:
                items = await _below(bus, open_nodes.pop())
                new = [each for each in items if each["item"] not in found]
                found |= {each["item"] for each in new}
                open_nodes += [each["item"] for each in new if each["has_more"]]
        return found

    return asyncio.run(asked())


def test_a_hundred_thousand_nodes(tmp_path: Path) -> None:
    """Browsed in batches; the subscription beside it loses nothing and stays green."""
    with Bench(tmp_path, "browse", variables=200, static_nodes=NODES) as bench:
        bench.connected()
        since_s = time.monotonic()
        found = browse(bench)
        took_s = time.monotonic() - since_s
        assert bench.stand.watch.red_after(STATION, since_s) is None
    keep({"case": "browse speed", "nodes": len(found), "took_s": round(took_s, 1)})
    assert len(found) >= NODES
    bench.in_order(gaps_allowed=False)
