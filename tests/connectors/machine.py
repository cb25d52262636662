"""A machine as a process of its own, so that a test can kill or freeze it: a real OPC UA server.

`python machine.py PORT LOG [START]` serves a counter and a level and changes both every few
milliseconds from START on. Every value is written to LOG before it is shown:
`tag time-in-microseconds value`.
"""

import asyncio
import datetime as dt
import logging
import sys
import time
from pathlib import Path

from asyncua import Server, ua

CHANGE_S = 0.02
NODES = {"count": "ns=2;s=Count", "level": "ns=2;s=Level"}


async def serve(port: int, log: Path, start: int) -> None:
    """Serve until killed."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:test:machine")
    variables = {}
    for name, node in NODES.items():
        first: int | float = start if name == "count" else float(start)
        variables[name] = await server.nodes.objects.add_variable(
            ua.NodeId.from_string(node), ua.QualifiedName(name, 2), first
        )
    async with server:
        with log.open("a", encoding="utf-8", buffering=1) as book:
            for number in range(start + 1, start + 1_000_000):
                for name, variable in variables.items():
                    micros = time.time_ns() // 1000
                    book.write(f"{name} {micros} {number}\n")
                    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
                        microseconds=micros
                    )
                    value = number if name == "count" else number / 2
                    await variable.write_value(
                        ua.DataValue(ua.Variant(value), SourceTimestamp=moment)
                    )
                await asyncio.sleep(CHANGE_S)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), int((sys.argv[3:] or ["0"])[0])))
