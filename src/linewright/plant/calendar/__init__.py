"""Working time: shifts, breaks and holidays, compiled to intervals of true time.

>>> from linewright.plant.calendar import WorkCalendar, never_opens, parse_shift
>>> day = parse_shift("day", "Mon-Fri 06:00-14:30 break 10:00-10:30")
>>> never_opens(WorkCalendar(timezone="America/Hermosillo", shifts=(day,)))
False
"""

from linewright.plant.calendar.shift import Break, Bucket, CalendarInvalid, Shift
from linewright.plant.calendar.shift_text import ShiftInvalid, format_shift, parse_shift
from linewright.plant.calendar.work import (
    Holiday,
    Interval,
    NotEnoughWorkingTime,
    Overlap,
    WorkCalendar,
    add_working_time,
    compile_calendar,
    never_opens,
    open_at,
    overlaps,
    production_day,
    working_ns,
)

__all__ = [
    "Break",
    "Bucket",
    "CalendarInvalid",
    "Holiday",
    "Interval",
    "NotEnoughWorkingTime",
    "Overlap",
    "Shift",
    "ShiftInvalid",
    "WorkCalendar",
    "add_working_time",
    "compile_calendar",
    "format_shift",
    "never_opens",
    "open_at",
    "overlaps",
    "parse_shift",
    "production_day",
    "working_ns",
]
