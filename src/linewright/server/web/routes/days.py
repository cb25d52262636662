"""What the day was: hours, losses, stops, their reasons, and the shift report."""

from collections.abc import Callable
from typing import Any, TypeVar

from linewright.server.book.days import (
    hours_view,
    losses_view,
    pareto_view,
    stops_view,
    strips_view,
)
from linewright.server.book.keeping import Kept
from linewright.server.book.reports import report_view
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.day import (
    HoursView,
    HourView,
    LossesView,
    ParetoView,
    ReportView,
    StopsView,
    StopView,
    StripsView,
)
from linewright.server.web.asked import Asked
from linewright.server.web.routes.asking import acting_of

__all__ = [
    "comment",
    "hours",
    "losses",
    "merge",
    "note",
    "pareto",
    "reason",
    "report",
    "sign",
    "split",
    "stops",
    "strips",
    "undo",
    "window_of",
]

V = TypeVar("V")

LONGEST_MS = 31 * 86_400_000
"""Longest stretch of time that one answer is about: a month."""


def window_of(asked: Asked) -> str:
    """Return the window that is asked for, as the book reads it.

    Raises
    ------
    Refusal
        Only one end is given, the end is not after the beginning, or it is too long.
    """
    query = asked.query
    from_ms, until_ms = query["from_ms"], query["until_ms"]
    if from_ms is None and until_ms is None:
        return str(query["window"])
    to_do = "give from_ms and until_ms, or a window"
    if from_ms is None or until_ms is None:
        raise Refusal(422, "one end of the window is missing", asked.where, to_do)
    if not 0 < until_ms - from_ms <= LONGEST_MS:
        what = "the window ends before it begins, or is longer than 31 days"
        raise Refusal(422, what, asked.where, to_do)
    return f"{from_ms}..{until_ms}"


async def _of_window(asked: Asked, view: Callable[..., V], **more: Any) -> V:  # noqa: ANN401  # of the view
    window = window_of(asked)
    kept: Kept = await asked.site.book.of(window)
    moment: Moment = asked.site.moment()
    return view(kept, moment, asked.query["address"], window, **more)


async def hours(asked: Asked) -> HoursView:
    """Return the hours of a line against target."""
    return await _of_window(asked, hours_view)


async def losses(asked: Asked) -> LossesView:
    """Return the loss waterfall of a place."""
    return await _of_window(asked, losses_view)


async def stops(asked: Asked) -> StopsView:
    """Return the downtime events of a place."""
    return await _of_window(asked, stops_view, waiting=asked.query["waiting"])


async def strips(asked: Asked) -> StripsView:
    """Return the swim lanes of the stations of a place."""
    return await _of_window(asked, strips_view)


async def pareto(asked: Asked) -> ParetoView:
    """Return stops summed by reason."""
    return await _of_window(asked, pareto_view, by=asked.query["by"])


async def report(asked: Asked) -> ReportView:
    """Return the shift report."""
    return await _of_window(asked, report_view)


async def reason(asked: Asked) -> StopView:
    """Give the reason of a stop."""
    return await acting_of(asked).reason(asked.path["stop_id"], asked.body)


async def split(asked: Asked) -> StopsView:
    """Cut a stop in two."""
    return await acting_of(asked).split(asked.path["stop_id"], asked.body)


async def merge(asked: Asked) -> StopView:
    """Make one stop of several."""
    return await acting_of(asked).merge(asked.body)


async def undo(asked: Asked) -> StopsView:
    """Take back the last change of a stop."""
    return await acting_of(asked).undo(asked.path["stop_id"])


async def comment(asked: Asked) -> HourView:
    """Write the comment of an hour."""
    query = asked.query
    return await acting_of(asked).comment(query["address"], query["hour_ms"], asked.body.text)


async def note(asked: Asked) -> ReportView:
    """Write the supervisor's note of a shift report."""
    text = asked.body.text
    return await acting_of(asked).note(asked.query["address"], window_of(asked), text)


async def sign(asked: Asked) -> ReportView:
    """Sign a shift report."""
    return await acting_of(asked).sign(asked.query["address"], window_of(asked))
