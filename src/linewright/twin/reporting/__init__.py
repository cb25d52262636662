"""What people see of a run: a report and a replay, each one HTML page that needs nothing else.

Hides markup, style, drawing and script. `study_of` tells a run or an experiment as a `Study`,
`report` writes it; `film` records a stretch of a run, `replay` writes the page that plays it.

>>> page = report(Study(asked=Asked(plant="acme", address="reno/shop/pump", hours=8.0)))
>>> page.startswith("<!doctype html>")
True
"""

from linewright.twin.reporting.film import Film, film
from linewright.twin.reporting.page import report
from linewright.twin.reporting.player import replay
from linewright.twin.reporting.study import Asked, Series, Study, Value, Worth
from linewright.twin.reporting.studying import over_time, study_of, worth_of

__all__ = [
    "Asked",
    "Film",
    "Series",
    "Study",
    "Value",
    "Worth",
    "film",
    "over_time",
    "replay",
    "report",
    "study_of",
    "worth_of",
]
