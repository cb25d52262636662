"""Key performance indicators of ISO 22400-2 on a ledger of time categories and counts.

Hides the time model of the standard, which time lowers which indicator, what is undefined and
how rounding stays exact. `docs/kpi.md` has the definitions and the decisions.

The way: intervals become a `Ledger` (``ledger_from_intervals``), ledgers add up (``roll_up``) or
become a line (``flow_line``), and a ledger is read (``kpis``, ``waterfall``, ``findings``).

>>> from linewright.plant.kpi import Counts, Ledger, Times, kpis, waterfall
>>> row = Counts(product="bracket_a", standard_ns=48, produced=8, good=7, scrap=1)
>>> shift = Ledger(address="nogales/machining/bracket/saw", calendar_ns=600, counts=(row,),
...                times=Times(meal_ns=120, breakdown_ns=80, producing_ns=400))
>>> kpis(shift).oee
0.7
>>> [(bar.code, bar.ns) for bar in waterfall(shift).bars if bar.ns]  # doctest: +ELLIPSIS
[('meal', 120), ('breakdown', 80), ('speed_loss', 16), ('scrap', 48), ('fully_productive', 336)]
"""

from linewright.plant.kpi.categories import TimeCategory
from linewright.plant.kpi.findings import findings
from linewright.plant.kpi.intervals import Span, Window, ledger_from_intervals
from linewright.plant.kpi.ledger import Counts, Ledger, Times
from linewright.plant.kpi.rollup import flow_line, roll_up
from linewright.plant.kpi.summary import kpis
from linewright.plant.kpi.waterfall import waterfall

__all__ = [
    "Counts",
    "Ledger",
    "Span",
    "TimeCategory",
    "Times",
    "Window",
    "findings",
    "flow_line",
    "kpis",
    "ledger_from_intervals",
    "roll_up",
    "waterfall",
]
