"""Event logs: what happened to which part where and when, out of a run and into calibration.

Hides CSV and XES (IEEE 1849), the column names of other tools, and how parts are followed
through a trace. `rows_of` makes a log of a trace, `csv_text` and `xes_text` write it; `csv_rows`
and `xes_rows` read one, of whatever tool; `records_of` gives the states and parts in it.

>>> row = EventRow(case="p1", activity="mill", resource="reno/shop/pump/mill", t_ns=0)
>>> [each == row for each in csv_rows(csv_text([row]))]
[True]
"""

from linewright.twin.logs.playing import events_of
from linewright.twin.logs.recording import places_from, records_of
from linewright.twin.logs.rows import EventRow, Transition, activities_of, rows_of
from linewright.twin.logs.spreadsheet import LogInvalid, csv_rows, csv_text
from linewright.twin.logs.xes import xes_rows, xes_text

__all__ = [
    "EventRow",
    "LogInvalid",
    "Transition",
    "activities_of",
    "csv_rows",
    "csv_text",
    "events_of",
    "places_from",
    "records_of",
    "rows_of",
    "xes_rows",
    "xes_text",
]
