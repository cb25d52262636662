"""Calibration: a plant fitted to what was seen of it, and whether its twin can be believed.

Hides how records become observations (gaps, late, missing and impossible events), and how laws
are fitted to clocks that were cut off. Records in, parameters out; nothing is read or kept.

`calibrate` fits a plant, `validity` compares its twin with time that was held out, `predict`
tells what a changed plant would do, `bottleneck` where the line is tight, `drift` whether it
has changed since.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
>>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
>>> made = calibrate(plant.done(), "reno/shop/pump", [], since_ns=0, until_ns=3600 * 10**9)
>>> made.settings
()
"""

from linewright.twin.calibrate.bottleneck import Bottleneck, bottleneck
from linewright.twin.calibrate.calibrating import (
    Calibration,
    CalibrationInvalid,
    Estimate,
    calibrate,
)
from linewright.twin.calibrate.drift import Drift, drift
from linewright.twin.calibrate.figures import Figures, by_twin, seen_figures
from linewright.twin.calibrate.present import present
from linewright.twin.calibrate.seeing.observe import observe
from linewright.twin.calibrate.settings import Setting
from linewright.twin.calibrate.validity import Comparison, Validity, predict, validity

__all__ = [
    "Bottleneck",
    "Calibration",
    "CalibrationInvalid",
    "Comparison",
    "Drift",
    "Estimate",
    "Figures",
    "Setting",
    "Validity",
    "bottleneck",
    "by_twin",
    "calibrate",
    "drift",
    "observe",
    "predict",
    "present",
    "seen_figures",
    "validity",
]
