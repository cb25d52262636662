"""The twin: a line of the plant that can be played on from any moment, forked and changed.

Hides the event kernel: stations, finite buffers, failures, wear, working time. The verbs:
`compile_line` makes the model, `begin` or `from_line` a state, `with_changes` says what will be
different, `advance` lets time pass, `fork` makes another future, `outcome` tells what came of
it. A state is a value; nothing here keeps anything.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
>>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
>>> _ = line.station("turn", does={"turn": "48 s"})
>>> _ = line.station("test", does={"test": "30 s"})
>>> model = compile_line(plant.done(), "reno/shop/pump")
>>> state = advance(model, begin(model, at_ns=0, seed=1), 3600 * 10**9, jit=False)
>>> outcome(model, state).good
74

Importing it loads neither numpy nor numba; the first compiled `advance` does.
"""

from linewright.twin.changes import with_changes
from linewright.twin.compiling import compile_line, compile_plant
from linewright.twin.engine import advance
from linewright.twin.faults import TwinFault
from linewright.twin.model import Model
from linewright.twin.outcome import outcome, symptom_level
from linewright.twin.ring import Ring
from linewright.twin.starting import fork, from_line
from linewright.twin.state import State, begin

__all__ = [
    "Model",
    "Ring",
    "State",
    "TwinFault",
    "advance",
    "begin",
    "calibrate",
    "choosing",
    "compile_line",
    "compile_plant",
    "experiment",
    "forecasting",
    "fork",
    "from_line",
    "logs",
    "outcome",
    "reporting",
    "service",
    "symptom_level",
    "with_changes",
]
