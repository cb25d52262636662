"""The emulated plant: a plant file played as foreign machines over OPC UA and Sparkplug.

Hides the kernel behind machines that know only their own state: servers and edge nodes with the
items that the plant file names, the signals that they show, the faults of a scenario on the way
to their clients, the plant clock, and how a play goes on after it was killed. The verbs: `set_up`
a play from a plant and a scenario, `played` to have it run, `machines` to see what is played,
`unplayed` to see what of a scenario is not, `without_flow` to see which machines are played each
by itself.
`service.py` plays what is applied, for the whole house.

>>> async def endpoints(plant: str, scenario: str, folder: "Path") -> None:
...     async with played(plant, scenario, folder, speed=20.0) as play:
...         for station, url in play.endpoints.items():
...             print(station, url)

What a machine shows is a pure function of plant, scenario and seed; what really happened stands
in `truth.jsonl` of the folder, before anybody can see it. What is played and what is not:
`docs/emulate.md`.
"""

from linewright.emulate import service
from linewright.emulate.faults.unplayed import unplayed
from linewright.emulate.flows.models import without_flow
from linewright.emulate.machines import Machine, Sample, machines
from linewright.emulate.opcua.servers import PortTaken
from linewright.emulate.play import Options, PlayInvalid, set_up
from linewright.emulate.service import Played, played

__all__ = [
    "Machine",
    "Options",
    "PlayInvalid",
    "Played",
    "PortTaken",
    "Sample",
    "machines",
    "past",
    "played",
    "service",
    "set_up",
    "unplayed",
    "without_flow",
]
