"""A load source: an OPC UA server whose notifications are packed by numpy, a tick at a time.

`python -m benchmarks.live_path.source_program PORT NODES PER_S TRUTH` serves NODES counters
`ns=2;s=v<i>` and changes each PER_S times a second. Sessions, browsing and reading are asyncua's
own; only the publishing is replaced, because asyncua's makes an object for each value. A value is
the running number of its node, so what is lost or doubled can be counted exactly.

A line `stop` on standard input ends the changing: the counts go to TRUTH, the server stays.
"""

import asyncio
import json
import logging
import struct
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import Server, ua
from asyncua.server import subscription_service
from asyncua.server.internal_subscription import InternalSubscription

TICK_S = 0.1
"""Values of one tick bear one time; a node changes at most once in it."""

KEEP_ALIVE_S = 1.0
"""Longest silence towards a client; none where values flow."""

QUEUE_TICKS = 600
"""Ticks that wait for a client that does not ask; a minute, then the oldest is lost and told."""

MESSAGE_ITEMS = 2_000
"""Most values of one message."""

NS_TO_TICKS = 100
EPOCH_TICKS = 116_444_736_000_000_000

ITEM = np.dtype(
    [
        ("handle", "<u4"),
        ("mask", "u1"),
        ("kind", "u1"),
        ("value", "<f8"),
        ("source", "<i8"),
    ]
)
HAS_VALUE_AND_SOURCE_TIME = 0x05
DOUBLE = 11
PUBLISH_RESPONSE = b"\x01\x00" + struct.pack("<H", 829)
DATA_CHANGE = b"\x01\x00" + struct.pack("<H", 811)

Array = np.ndarray[Any, Any]


def uatime(ns: int) -> int:
    """Time of OPC UA, 100 ns since 1601."""
    return ns // NS_TO_TICKS + EPOCH_TICKS


class Counters:
    """The nodes of one source: how often each has changed, and when last."""

    def __init__(self, nodes: int, per_s: float) -> None:
        self.counts = np.zeros(nodes, dtype=np.int64)
        self.times = np.full(nodes, uatime(time.time_ns()), dtype=np.int64)
        self.per_s = per_s
        self.is_stopped = False
        self.offered = 0
        self.overrun = 0
        self.subscribers: list[Lean] = []
        self._next = 0
        self._begun_s = time.monotonic()

    def begin(self) -> None:
        """Change from now on."""
        self._begun_s = time.monotonic()

    def tick(self) -> None:
        """Change as many nodes as are due, in their turn, and queue them for every subscriber."""
        nodes = len(self.counts)
        elapsed_s = time.monotonic() - self._begun_s
        due = min(int(elapsed_s * nodes * self.per_s) - self.offered, nodes)
        if self.is_stopped or due <= 0:
            return
        index = (self._next + np.arange(due)) % nodes
        self._next = (self._next + due) % nodes
        self.counts[index] += 1
        self.times[index] = uatime(time.time_ns())
        self.offered += due
        for each in self.subscribers:
            each.changed(index)


class Lean(InternalSubscription):  # type: ignore[misc]  # the library is not typed for us
    """A subscription that sends bytes made for a whole tick; its items are the counters."""

    counters: Counters

    async def start(self) -> None:
        """Take part in the ticks."""
        self._handles = np.full(len(self.counters.counts), -1, dtype=np.int64)
        self._queue: deque[bytes] = deque()
        self._sequence = 1
        self._sent_s = time.monotonic()
        self.monitored_item_srv.create_monitored_items = self._create_items
        self.counters.subscribers.append(self)

    async def stop(self) -> None:
        """Leave."""
        if self in self.counters.subscribers:
            self.counters.subscribers.remove(self)

    async def _create_items(self, params: Any) -> list[Any]:  # noqa: ANN401 - asyncua's own type
        wanted, results = [], []
        for number, item in enumerate(params.ItemsToCreate):
            name = str(item.ItemToMonitor.NodeId.Identifier)
            result = ua.MonitoredItemCreateResult()
            results.append(result)
            if not name.startswith("v") or int(name[1:]) >= len(self._handles):
                result.StatusCode = ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown)
                continue
            result.MonitoredItemId = number + 1
            result.RevisedSamplingInterval = TICK_S * 1000
            result.RevisedQueueSize = item.RequestedParameters.QueueSize
            self._handles[int(name[1:])] = item.RequestedParameters.ClientHandle
            wanted.append(int(name[1:]))
        self.changed(np.array(wanted, dtype=np.int64))
        return results

    def changed(self, index: Array) -> None:
        """Queue the present values of these nodes, as far as they are watched."""
        index = index[self._handles[index] >= 0]
        for begin in range(0, len(index), MESSAGE_ITEMS):
            part = index[begin : begin + MESSAGE_ITEMS]
            items = np.empty(len(part), dtype=ITEM)
            items["handle"] = self._handles[part]
            items["mask"] = HAS_VALUE_AND_SOURCE_TIME
            items["kind"] = DOUBLE
            items["value"] = self.counters.counts[part]
            items["source"] = self.counters.times[part]
            body = struct.pack("<i", len(part)) + items.tobytes() + struct.pack("<i", -1)
            data = DATA_CHANGE + b"\x01" + struct.pack("<i", len(body)) + body
            if len(self._queue) >= QUEUE_TICKS:
                self._queue.popleft()
                self.counters.overrun += 1
            self._queue.append(data)

    def flush(self) -> None:
        """Send what waits, as far as the client has asked."""
        processor = self.pub_request_callback.__self__
        while self._queue or time.monotonic() - self._sent_s > KEEP_ALIVE_S:
            if not processor._publish_requests:  # noqa: SLF001 - asyncua has no other way
                return
            self._send(processor, processor._publish_requests.popleft())  # noqa: SLF001 - as above

    def _send(self, processor: Any, asked: Any) -> None:  # noqa: ANN401 - asyncua's own types
        now = uatime(time.time_ns())
        data = self._queue.popleft() if self._queue else b""
        body = b"".join(
            (
                PUBLISH_RESPONSE,
                struct.pack("<qIIBi", now, asked.requesthdr.RequestHandle, 0, 0, -1),
                b"\x00\x00\x00",
                struct.pack("<Ii", self.data.SubscriptionId, -1),
                struct.pack("<?Iqi", bool(self._queue), self._sequence, now, 1 if data else -1),
                data,
                struct.pack("<ii", -1, -1),
            )
        )
        self._sequence += bool(data)
        self._sent_s = time.monotonic()
        connection = processor._connection  # noqa: SLF001 - asyncua has no other way
        made = connection.message_to_binary(
            body, message_type=ua.MessageType.SecureMessage, request_id=asked.seqhdr.RequestId
        )
        processor._transport.write(made)  # noqa: SLF001 - as above

    async def publish_results(self, requestdata: Any = None) -> bool:  # noqa: ANN401 - asyncua's
        """Take a request at once where something waits."""
        if requestdata is None or not self._queue:
            return False
        self._send(self.pub_request_callback.__self__, requestdata)
        return True


async def serve(port: int, counters: Counters, truth: Path) -> None:
    """Serve until killed."""
    Lean.counters = counters
    subscription_service.InternalSubscription = Lean
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:test:machine")
    for index in range(len(counters.counts)):
        node = ua.NodeId(f"v{index}", 2)
        name = ua.QualifiedName(f"v{index}", 2)
        await server.nodes.objects.add_variable(node, name, 0.0)
        server.iserver.aspace.set_attribute_value_callback(
            node, ua.AttributeIds.Value, lambda found, _: _present(counters, found)
        )
    async with server:
        asyncio.get_running_loop().add_reader(sys.stdin, _told, counters, truth)
        counters.begin()
        print(json.dumps({"ready": {"port": port, "nodes": len(counters.counts)}}), flush=True)
        next_s = time.monotonic()
        while True:
            counters.tick()
            for each in counters.subscribers:
                each.flush()
            next_s = max(next_s + TICK_S, time.monotonic())
            await asyncio.sleep(next_s - time.monotonic())


def _present(counters: Counters, node: Any) -> Any:  # noqa: ANN401 - asyncua's own types
    index = int(str(node.Identifier)[1:])
    return ua.DataValue(ua.Variant(float(counters.counts[index]), ua.VariantType.Double))


def _told(counters: Counters, truth: Path) -> None:
    """Stop where a line came: any line."""
    if not sys.stdin.readline():
        asyncio.get_running_loop().remove_reader(sys.stdin)
        return
    counters.is_stopped = True
    said = {
        "counts": counters.counts.tolist(),
        "offered": counters.offered,
        "overrun": counters.overrun,
        "cpu_s": time.process_time(),
    }
    truth.write_text(json.dumps(said), encoding="utf-8")
    print(json.dumps({"done": {}}), flush=True)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    numbers = Counters(int(sys.argv[2]), float(sys.argv[3]))
    asyncio.run(serve(int(sys.argv[1]), numbers, Path(sys.argv[4])))
