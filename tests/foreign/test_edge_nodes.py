"""Three Sparkplug edge nodes of others, on Debian's broker and on our own listener."""

import os
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest

from tests.foreign.peers import EdgeNode, Mosquitto
from tests.foreign.standing import Stand, meet

KINDS = ("js", "psp", "msw")
FLOW_S = 4.0
QUIET_S = 2.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Debian's mosquitto."""
    with Mosquitto(tmp_path) as running:
        running.wait_for_port(running.port)
        yield running


def flow(stand: Stand, nodes: Mapping[str, EdgeNode]) -> None:
    """Let the nodes publish for a while, the stand up, and then be quiet."""
    for node in nodes.values():
        node.start().ready()
    for name in nodes:
        stand.wait_for_state(name, "connected", 30.0)
    time.sleep(FLOW_S)
    end(nodes.values())


def end(nodes: Collection[EdgeNode]) -> None:
    """Kill nodes that have sent what they noted: they are silent for a while before."""
    for node in nodes:
        node.tell({"pause": True})
    time.sleep(QUIET_S)
    for node in nodes:
        node.kill()
    time.sleep(QUIET_S)


def in_order(stand: Stand, names: Mapping[str, EdgeNode]) -> None:
    """Every number, -13 and below, is stored once and signed, or in a gap."""
    for name in names:
        found = stand.account(name)
        assert found.stored > 20, (name, found)
        bad = (found.unaccounted, found.doubled, found.invented, found.differing)
        assert bad == (0, 0, 0, 0), (name, found)


def test_on_mosquitto(broker: Mosquitto, tmp_path: Path) -> None:
    """The broker of others; the bad citizen among them included."""
    nodes = {kind: EdgeNode(tmp_path, kind, port=broker.port, broker=broker.url) for kind in KINDS}
    with Stand(tmp_path, nodes) as stand:
        flow(stand, nodes)
    in_order(stand, nodes)


def test_on_our_own_listener(tmp_path: Path) -> None:
    """With the credentials that field devices get: only declared topics, no way into the bus."""
    nodes = {kind: EdgeNode(tmp_path, kind, port=0) for kind in KINDS}
    with Stand(tmp_path, nodes) as stand:
        meet(stand, nodes)
        flow(stand, nodes)
        assert stand.running()["refused"] == []
    in_order(stand, nodes)


def test_a_rebirth_on_our_own_listener(tmp_path: Path) -> None:
    """A `connect` that is new asks the node for its births; the node hears that, and answers."""
    nodes = {"js": EdgeNode(tmp_path, "js", port=0)}
    with Stand(tmp_path, nodes) as stand:
        meet(stand, nodes)
        node = nodes["js"].start()
        node.ready()
        stand.wait_for_state("js", "connected", 30.0)
        before_ns = time.time_ns()
        os.kill(stand.running()["pids"]["connect"], signal.SIGKILL)
        stand.wait_until(lambda: {"rebirth": {}} in node.lines(), 30.0, "a rebirth is asked for")
        stand.wait_for_new("js", before_ns, 10.0)
        time.sleep(FLOW_S)
        end(nodes.values())
    in_order(stand, nodes)
