r"""The bus: what the rooms tell each other, kept in order by a NATS server.

Hides NATS: its server as a child process, its streams and buckets, its client, and what all of
them need to outlive each other. The verbs: `NatsServer.start`, `Bus.connect`; then `publish`,
`append` and `publish_frame` to store, `follow` and `take` to read, `bucket` for newest values,
`tell`, `listen`, `ask` and `answer` for what is not stored, `applied` for the plant in force.

>>> from pathlib import Path
>>> async def five_lines(folder: Path, record: "Record") -> int:
...     async with await NatsServer.start(folder) as server:
...         async with await Bus.connect(server.address, site="nogales", name="tour") as bus:
...             seq = await bus.publish(record)
...             assert (await bus.last("lw.state.nogales.machining.bracket.mill")).seq == seq
...             return seq

A server that was killed and started again loses nothing that was acknowledged; whatever waits
for it goes on.
"""

from linewright.bus.address import BusAddress
from linewright.bus.applied import Applied
from linewright.bus.bucket import Bucket
from linewright.bus.client import Bus
from linewright.bus.clock import PlantClock
from linewright.bus.errors import BusUnavailable, Conflict, PermissionRefused
from linewright.bus.layout import Stream
from linewright.bus.messages import Message
from linewright.bus.permissions import DeviceTopics
from linewright.bus.serving.server import NatsServer

__all__ = [
    "Applied",
    "Bucket",
    "Bus",
    "BusAddress",
    "BusUnavailable",
    "Conflict",
    "DeviceTopics",
    "Message",
    "NatsServer",
    "PermissionRefused",
    "PlantClock",
    "Stream",
]
