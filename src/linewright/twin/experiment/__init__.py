"""Experiments on the twin: runs with honest intervals, and scenarios compared.

Hides replications and their workers, warm-ups, Student intervals, common random numbers, and
how a scenario's settings become a checked plant. The verbs: `run` a plant or a scenario of it,
`experiment` with several against the plant as it stands, `read_scenarios` from a file,
`map_over` workers.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line(
...     "pump", flow=["turn", 4, "test"])
>>> _ = line.station("turn", does={"turn": "48 s exponential"})
>>> _ = line.station("test", does={"test": "40 s"})
>>> slow = Scenario(name="slow", settings=(Setting("test.does.test.time", "60 s"),))
>>> found = experiment(plant.done(), "reno/shop/pump", [slow], Runs(hours=8, jit=False))
>>> found.comparisons[0].differences.at("throughput").mean < 0
True

A result is the same bits for one worker and for many. Nothing here reads a clock: who wants a
bound on time passes one in.
"""

from linewright.twin.experiment.faults import RunsInvalid, SettingInvalid, WorkersLost
from linewright.twin.experiment.intervals import Paired, estimated, half_width, paired
from linewright.twin.experiment.mapping import map_over
from linewright.twin.experiment.measures import MEASURES
from linewright.twin.experiment.results import (
    Comparison,
    Estimate,
    ExperimentResult,
    Measured,
    Precision,
    Progress,
    RunResult,
    Scenario,
    Setting,
    WarmUp,
    key_of,
)
from linewright.twin.experiment.running import BASELINE, experiment, model_of, run
from linewright.twin.experiment.scenarios import read_scenarios, setting_of
from linewright.twin.experiment.settings import named, with_settings
from linewright.twin.experiment.study import Runs, Workers
from linewright.twin.experiment.warming import mser5

__all__ = [
    "BASELINE",
    "MEASURES",
    "Comparison",
    "Estimate",
    "ExperimentResult",
    "Measured",
    "Paired",
    "Precision",
    "Progress",
    "RunResult",
    "Runs",
    "RunsInvalid",
    "Scenario",
    "Setting",
    "SettingInvalid",
    "WarmUp",
    "Workers",
    "WorkersLost",
    "estimated",
    "experiment",
    "half_width",
    "key_of",
    "map_over",
    "model_of",
    "mser5",
    "named",
    "paired",
    "read_scenarios",
    "run",
    "setting_of",
    "with_settings",
]
