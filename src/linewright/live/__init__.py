"""Live: what the machines of a site are doing, as it happens.

Hides how samples become states, parts and line states: maps of raw states, counters that roll
over or are set back, late and bad samples, silence. The verbs: ``begin`` (or ``resume`` from a
snapshot), ``step`` (a frame in, records out), ``line_states``, ``shade`` (what is silent).

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
>>> _ = line.station("t", does={"turn": "48 s"})
>>> fold = begin(plant.done(), "r1", "reno")
>>> fold == resume(encode_fold(fold), plant.done(), "r1", "reno")
True

Sub-faces with docstrings of their own: `alarms`, `calls`, and `attending`, which folds both beside
the samples. The shell, ``service.run(bus, folder, stop)``, is wired by the server alone.
"""

from linewright.live.fold import FoldInvalid, LiveFold, begin, encode_fold, resume, ripen, step
from linewright.live.lines import line_states, shade

__all__ = [
    "FoldInvalid",
    "LiveFold",
    "alarms",
    "attending",
    "begin",
    "calls",
    "day",
    "encode_fold",
    "line_states",
    "resume",
    "ripen",
    "service",
    "shade",
    "step",
]
