"""The server: the processes of a plant, the page, and the only place where rooms are wired.

Hides how services are started, supervised and joined to the bus, how a person's decision becomes
a grant, and how the page hears of it. Verbs: `supervise` runs a whole plant (`linewright up`),
`run_service` one of its services (`linewright run`), `read_running` tells what runs on a data
folder.

>>> from pathlib import Path
>>> plan = Plan(data=Path("data"), site="reno", text="linewright: 1", scenario="")
>>> plan.services
('server', 'emulate', 'connect', 'history', 'live', 'think', 'query')

Nothing here loads a room's engine or a web framework before the service that needs it runs.
"""

from linewright.server.applying import ApplyRefused, instant_ns
from linewright.server.assemble import SERVICES, run_service
from linewright.server.folder import FolderInUse, Running, read_belongs, read_running
from linewright.server.lifeline import bind_to_parent
from linewright.server.supervise import Plan, PortTaken, supervise
from linewright.server.up.told import Told

__all__ = [
    "SERVICES",
    "ApplyRefused",
    "FolderInUse",
    "Plan",
    "PortTaken",
    "Running",
    "Told",
    "bind_to_parent",
    "instant_ns",
    "peers",
    "read_belongs",
    "read_running",
    "run_service",
    "signing",
    "supervise",
]
