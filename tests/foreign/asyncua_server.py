"""A machine on asyncua's own server: counters that change, each value written down before it shows.

`python asyncua_server.py PORT VARIABLES PER_S TRUTH [FIRST]`; the truth is as that of
`node_opcua_server.js`.
"""

import asyncio
import datetime as dt
import json
import logging
import sys
import time
from pathlib import Path
from typing import TextIO

from asyncua import Server, ua

TICK_S = 0.02
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def say(line: str) -> None:
    """Tell the test one line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def serve(port: int, variables: int, per_s: float, truth: TextIO, first: int) -> None:
    """Serve until killed."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace("urn:test:machine")
    nodes = []
    for number in range(variables):
        node = ua.NodeId(f"v{number}", index)
        name = ua.QualifiedName(f"v{number}", index)
        nodes.append(await server.nodes.objects.add_variable(node, name, float(first)))
    counts = [first] * variables
    async with server:
        say(json.dumps({"ready": {"port": port, "namespace_index": index}}))
        begun, done = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - begun) * variables * per_s)
            for step in range(done, due):
                number = step % variables
                counts[number] += 1
                ms = time.time_ns() // 1_000_000
                said = {"node": f"v{number}", "value": counts[number], "t_ns": ms * 1_000_000}
                truth.write(json.dumps(said) + "\n")
                stamp = EPOCH + dt.timedelta(milliseconds=ms)
                value = ua.DataValue(ua.Variant(float(counts[number])), SourceTimestamp=stamp)
                await nodes[number].write_value(value)
            done = due
            await asyncio.sleep(TICK_S)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    with Path(sys.argv[4]).open("a", encoding="utf-8", buffering=1) as book:
        began = int((sys.argv[5:] or ["0"])[0])
        asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), book, began))
