"""The day of a site: from the records of its stations to everything a supervisor is shown.

Hides the sums: which reason holds, what is a micro-stop, how silence is booked, how shifts and
days are cut, where a window begins. Every page reads the same functions, so that one figure is
the same everywhere. `docs/live.md` has the definitions and the decisions.

The way: `plan_of` a plant, a `Book` that takes records, `course_of` each station (kept by the
book's version, moved on by `heard_on`), and from courses `timeline`, `stops`, `station_ledger`,
`hour_by_hour`, `losses`, `pareto`, `limiting_now`. What people say of stops (`explain`, `split`,
`merge`, `undo`) gives the records to publish.

>>> from linewright.plant import Address, PlantBuilder
>>> from linewright.plant.records import How, State, StationState
>>> plant = PlantBuilder("acme")
>>> site = plant.site("reno", timezone="UTC", currency="USD")
>>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
>>> plan, book = plan_of(plant.done(), "r1", "reno"), Book()
>>> turn = Address("reno/shop/pump/turn")
>>> head = {"address": turn, "seen_ns": 9, "plant_rev": "r1", "how": How.MACHINE}
>>> book.take(State(t_ns=10, source="live", state=StationState.RUNNING, **head))
True
>>> course = course_of(plan.stations[turn], book.station(turn), heard_ns=30)
>>> times = station_ledger(plan, course, 0, 40).times
>>> times.producing_ns, times.unknown_ns
(20, 20)
"""

from linewright.live.day.bottleneck import Limiting, limiting_now, limiting_over
from linewright.live.day.course import Course, course_of, heard_on
from linewright.live.day.explaining import (
    Entry,
    ReasonRefused,
    Said,
    explain,
    merge,
    split,
    undo,
)
from linewright.live.day.hours import Hour, HourByHour, Projection, hour_by_hour
from linewright.live.day.ledgers import (
    Made,
    group_ledger,
    line_ledger,
    made_in,
    output_of,
    station_ledger,
)
from linewright.live.day.losses import LossBar, LossEvent, Pareto, ParetoRow, losses, pareto
from linewright.live.day.plan import DayPlan, LinePlan, ReasonMeaning, StationPlan, plan_of
from linewright.live.day.records import Book, StationBook
from linewright.live.day.stops import Stop, stops, unexplained
from linewright.live.day.timeline import Stretch, timeline
from linewright.live.day.windows import Period, day_at, day_of, gaps_of, shift_at, shifts_of

__all__ = [
    "Book",
    "Course",
    "DayPlan",
    "Entry",
    "Hour",
    "HourByHour",
    "Limiting",
    "LinePlan",
    "LossBar",
    "LossEvent",
    "Made",
    "Pareto",
    "ParetoRow",
    "Period",
    "Projection",
    "ReasonMeaning",
    "ReasonRefused",
    "Said",
    "StationBook",
    "StationPlan",
    "Stop",
    "Stretch",
    "course_of",
    "day_at",
    "day_of",
    "explain",
    "gaps_of",
    "group_ledger",
    "heard_on",
    "hour_by_hour",
    "limiting_now",
    "limiting_over",
    "line_ledger",
    "losses",
    "made_in",
    "merge",
    "output_of",
    "pareto",
    "plan_of",
    "shift_at",
    "shifts_of",
    "split",
    "station_ledger",
    "stops",
    "timeline",
    "undo",
    "unexplained",
]
