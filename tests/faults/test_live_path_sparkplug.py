"""Sparkplug edge nodes of others that freeze, die or lose their broker: told in time, accounted."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from linewright.testing.emitted import emitted_in
from tests.faults.bench import keep
from tests.foreign.peers import EdgeNode, Mosquitto
from tests.foreign.standing import Stand, meet

pytestmark = pytest.mark.faults

NODE = "edge"
KEEP_ALIVE_S = 3.0
RED_S = 1.5 * KEEP_ALIVE_S + 2.0
"""A broker may wait one and a half keep-alives before it publishes the will."""

CHECK_S = 6.0
"""How often mosquitto 2.0 looks for dead connections: `python -m tests.foreign.wills` shows it."""


class Field(NamedTuple):
    """A broker, a node and a plant that reads it."""

    broker: Mosquitto | None
    node: EdgeNode
    stand: Stand
    reds_s: list[float]
    bound_s: float = RED_S

    def connected(self) -> None:
        """Wait until the node is alive, and let values flow."""
        self.stand.wait_for_state(NODE, "connected", 40.0)
        time.sleep(3.0)

    def silent_since(self, since_s: float) -> None:
        """Wait until the link is told as lost."""
        watch = self.stand.watch
        self.stand.wait_until(lambda: watch.red_after(NODE, since_s) is not None, 20.0, "red")
        self.reds_s.append(watch.red_after(NODE, since_s) or 0.0)


def told(found: Field, case: str) -> None:
    """Keep the line of a case: nothing is unaccounted for, and red came in time."""
    account = found.stand.account(NODE)
    line = {"case": f"sparkplug {case}", "shown": account.shown, "in_gaps": account.in_gaps}
    line |= {"unaccounted": account.unaccounted, "doubled": account.doubled}
    line |= {"invented": account.invented, "differing": account.differing}
    keep({**line, "sparkplug_red_s": [round(each, 3) for each in found.reds_s]})
    counts = (account.unaccounted, account.doubled, account.invented, account.differing)
    assert account.stored > 40
    assert counts == (0, 0, 0, 0), account
    assert all(red_s <= found.bound_s for red_s in found.reds_s), found.reds_s


@contextmanager
def field(folder: Path, case: str, kind: str, *, is_first: bool = False) -> Iterator[Field]:
    """Run all of it; afterwards nothing is unaccounted for, and the line of the case is kept."""
    with Mosquitto(folder) as broker:
        broker.wait_for_port(broker.port)
        node = EdgeNode(folder, kind, port=broker.port, broker=broker.url, per_s=4)
        stand = Stand(folder, {NODE: node})
        found = Field(broker, node, stand, [], RED_S + CHECK_S)
        if is_first:
            node.start().ready()
            time.sleep(2.0)
        with stand:
            try:
                stand.wait_until(lambda: bool(stand.watch.state(NODE)), 40.0, "a host")
                if not is_first:
                    time.sleep(2.0)
                    node.start().ready()
                yield found
            finally:
                node.kill()
            time.sleep(3.0)
    told(found, case)


@pytest.mark.parametrize("kind", ["js", "psp"])
def test_a_node_that_freezes(kind: str, tmp_path: Path) -> None:
    """Its broker publishes the will; what it tells after the thaw is stored or in a gap."""
    with field(tmp_path, f"{kind} frozen", kind) as all_of_it:
        all_of_it.connected()
        since_s = time.monotonic()
        all_of_it.node.freeze()
        all_of_it.silent_since(since_s)
        time.sleep(2.0)
        all_of_it.node.thaw()
        all_of_it.connected()


def test_a_node_that_freezes_on_our_own_listener(tmp_path: Path) -> None:
    """Red within one and a half keep-alives and two seconds."""
    node = EdgeNode(tmp_path, "js", port=0, per_s=4)
    with Stand(tmp_path, {NODE: node}) as stand:
        found = Field(None, node, stand, [])
        meet(stand, {NODE: node})
        node.start().ready()
        found.connected()
        for _ in range(2):
            since_s = time.monotonic()
            node.freeze()
            found.silent_since(since_s)
            node.thaw()
            found.connected()
        node.kill()
        time.sleep(3.0)
    told(found, "js frozen on our listener")


@pytest.mark.parametrize("kind", ["js", "psp"])
def test_a_node_that_dies(kind: str, tmp_path: Path) -> None:
    """Its death comes at once; its next life is born and counts on."""
    with field(tmp_path, f"{kind} killed", kind) as all_of_it:
        all_of_it.connected()
        since_s = time.monotonic()
        all_of_it.node.kill()
        all_of_it.silent_since(since_s)
        last = min(one.value for one in emitted_in(all_of_it.node.truth, str))
        all_of_it.node.change(first=int(-12 - last))
        all_of_it.node.start().ready()
        all_of_it.connected()


def test_a_node_that_was_there_before_us(tmp_path: Path) -> None:
    """It answers no rebirth, so it was never seen to be born; its death is told all the same."""
    with field(tmp_path, "psp there before us", "psp", is_first=True) as all_of_it:
        time.sleep(8.0)
        since_s = time.monotonic()
        all_of_it.node.kill()
        all_of_it.silent_since(since_s)
        last = min(one.value for one in emitted_in(all_of_it.node.truth, str))
        all_of_it.node.change(first=int(-12 - last))
        all_of_it.node.start().ready()
        all_of_it.connected()


def test_a_broker_that_dies(tmp_path: Path) -> None:
    """The link is red, not green with old values; the node is born anew behind it."""
    with field(tmp_path, "broker killed", "js") as all_of_it:
        all_of_it.connected()
        since_s = time.monotonic()
        assert all_of_it.broker is not None
        all_of_it.broker.kill()
        all_of_it.silent_since(since_s)
        all_of_it.broker.start().wait_for_port(all_of_it.broker.port)
        all_of_it.connected()
