"""The emulated plant: a plant file played as foreign machines over OPC UA.

Hides the kernel behind machines that know only their own state: servers with the nodes that the
plant file names, the signals that they show, the plant clock, and how a play goes on after it
was killed. The verbs: `set_up` a play from a plant and a scenario, `played` to have it run,
`machines` to see what is played. `service.py` plays what is applied, for the whole house.

>>> async def endpoints(plant: str, scenario: str, folder: "Path") -> None:
...     async with played(plant, scenario, folder, speed=20.0) as play:
...         for station, url in play.endpoints.items():
...             print(station, url)

What a machine shows is a pure function of plant, scenario and seed; what really happened stands
in `truth.jsonl` of the folder. Bad values, lost links and dead servers of a scenario are not
played yet.
"""

from linewright.emulate import service
from linewright.emulate.machines import Machine, Sample, machines
from linewright.emulate.play import Options, PlayInvalid, set_up
from linewright.emulate.servers import PortTaken
from linewright.emulate.service import Played, played

__all__ = [
    "Machine",
    "Options",
    "PlayInvalid",
    "Played",
    "PortTaken",
    "Sample",
    "machines",
    "played",
    "service",
    "set_up",
]
