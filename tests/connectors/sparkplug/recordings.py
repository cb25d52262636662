"""The recorded messages of three foreign nodes, and a host application that hears them again."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

from linewright.connectors.sparkplug.host import begin, step
from linewright.connectors.sparkplug.node import Event, Message, Node
from linewright.connectors.sparkplug.payload import decode_payload
from linewright.connectors.sparkplug.topics import parse_topic

FOLDER = Path(__file__).parents[2] / "data" / "sparkplug-captures"
NODES = ("js", "psp", "msw")
TICK_NS = 250_000_000


class Recorded(NamedTuple):
    """One recorded message."""

    t_ns: int
    topic: str
    body: bytes
    retain: bool


def lines(name: str) -> list[dict[str, Any]]:
    """Lines of a file of the recordings."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def recorded(node: str) -> list[Recorded]:
    """Messages of a node, in order."""
    return [
        Recorded(
            line["t_ns"],
            line["topic"],
            base64.b64decode(line["payload_base64"]),
            bool(line["retain"]),
        )
        for line in lines(f"capture-{node}")
    ]


class Heard(NamedTuple):
    """An event, and the number of the message that made it; -1: time alone."""

    at: int
    event: Event


def played(node: str, *, wait_s: float = 10.0) -> tuple[Node, list[Heard]]:
    """Hear a whole recording, time going on between the messages and after them."""
    messages = recorded(node)
    now_ns = messages[0].t_ns
    known = begin(Node(wanted=frozenset({None, "D1"})), now_ns)
    heard: list[Heard] = []
    for index, (t_ns, topic, body, _) in enumerate(messages):
        while now_ns + TICK_NS < t_ns:
            now_ns += TICK_NS
            known, events = step(known, None, now_ns)
            heard += [Heard(-1, event) for event in events]
        found = parse_topic(topic)
        if found is None:
            continue
        now_ns = t_ns
        message = Message(found.kind, found.device, decode_payload(body))
        known, events = step(known, message, now_ns)
        heard += [Heard(index, event) for event in events]
    for _ in range(round(wait_s * 1e9 / TICK_NS)):
        now_ns += TICK_NS
        known, events = step(known, None, now_ns)
        heard += [Heard(-1, event) for event in events]
    return known, heard
