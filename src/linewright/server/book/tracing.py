"""A tag over a window, asked of history: the few rows that a plot needs, or all rows as CSV."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from linewright.bus import BusUnavailable
from linewright.live.day import day_at
from linewright.plant import Address
from linewright.plant.records import AlarmEvent
from linewright.server.book.asking import HistoryAsked
from linewright.server.book.days import lane_of
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import so_far
from linewright.server.book.reckoning.plain import NS_PER_H, NS_PER_MS, ms
from linewright.server.book.signals import (
    Asked,
    csv_head,
    csv_rows,
    gap_concerns,
    tag_of,
    trend_view,
)
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.signals import TrendView

__all__ = ["CSV_ROWS_MAX", "STATES_MS", "csv_of", "no_history", "trend_of", "with_station"]

CSV_ROWS_MAX = 2_000_000
"""Most rows of one CSV, some 150 MB; more are exported by `linewright export`."""

STATES_MS = 48 * 3_600_000
"""Longest window whose trend also tells what the station did: beyond it they are too many."""

GAP_BACK_NS = 72 * NS_PER_H
"""How long before a window a gap may have begun that reaches into it."""


def no_history(error: BusUnavailable, where: str) -> Refusal:
    """Return the refusal of what history should have answered."""
    what = f"history does not answer: {error}"
    return Refusal(503, what, where[:200], "ask again in some seconds")


async def trend_of(
    history: HistoryAsked, kept: Kept, moment: Moment, wanted: Asked, points: int
) -> TrendView:
    """Return one tag over a window: the few rows that keep its outline, bad stretches, gaps.

    Parameters
    ----------
    history
        Where rows and gaps are asked for.
    kept, moment
        For the unit and the source of the tag.
    wanted
        Tag and window.
    points
        Most rows.

    Raises
    ------
    Refusal
        There is no such tag, the window ends before it begins, or history does not answer.
    """
    tag, unit = tag_of(kept, moment, wanted.tag)
    _must_run_forward(wanted)
    window = wanted.from_ns, wanted.until_ns
    try:
        columns, gaps = await asyncio.gather(
            history.decimated(tag, *window, points),
            history.gaps(max(0, wanted.from_ns - GAP_BACK_NS), wanted.until_ns),
        )
    except BusUnavailable as error:
        raise no_history(error, f"trend {tag}") from error
    own = [each for each in gaps if gap_concerns(kept, tag, each)]
    return trend_view(wanted, columns, own, unit)


def with_station(drawn: TrendView, kept: Kept, moment: Moment, *, since_ns: int = 0) -> TrendView:
    """Return a trend with what its station did in the window, and its alarms.

    Parameters
    ----------
    drawn
        The trend.
    kept
        A book that covers its window from `since_ns` on.
    moment
        Now: what lies ahead is left out.
    since_ns
        Where the book begins; what lies before is left out.
    """
    tag = Address(drawn.tag)
    from_ns, until_ns = max(since_ns, drawn.from_ms * NS_PER_MS), drawn.until_ms * NS_PER_MS
    day = day_at(kept.plan.calendar, from_ns)
    period = msgspec.structs.replace(day, name="", start_ns=from_ns, end_ns=until_ns)
    lane = lane_of(kept, moment, tag.owner, so_far(kept, moment, tag.owner, period))
    ends = {
        each.occurrence: each.t_ns
        for each in kept.alarms
        if each.event is AlarmEvent.RETURNED and each.occurrence is not None
    }
    alarms = [
        (ms(each.t_ns), _end_ms(ends.get(each.id)), each.alarm, each.priority.value)
        for each in kept.alarms
        if each.event is AlarmEvent.RAISED
        and each.address in {tag, tag.owner}
        and each.t_ns < until_ns
        and ends.get(each.id, until_ns) > from_ns
    ]
    return msgspec.structs.replace(drawn, states=lane, alarms=tuple(alarms))


async def csv_of(
    history: HistoryAsked, kept: Kept, moment: Moment, wanted: Sequence[Asked]
) -> AsyncIterator[bytes]:
    """Return every row of some tags in their windows as CSV, piece by piece.

    Raises
    ------
    Refusal
        There is no such tag, there are more than `CSV_ROWS_MAX` rows, or history does not answer.
    """
    count = 0
    for each in wanted:
        tag, _ = tag_of(kept, moment, each.tag)
        _must_run_forward(each)
        try:
            count += await history.count(tag, each.from_ns, each.until_ns)
        except BusUnavailable as error:
            raise no_history(error, f"rows of {tag}") from error
    if count > CSV_ROWS_MAX:
        what = f"{count} rows are more than {CSV_ROWS_MAX}"
        raise Refusal(422, what, "tag", "ask for a shorter time, or use `linewright export`")
    return _lines(history, wanted)


async def _lines(history: HistoryAsked, wanted: Sequence[Asked]) -> AsyncIterator[bytes]:
    yield csv_head()
    for each in wanted:
        async for columns, texts in history.rows(each.tag, each.from_ns, each.until_ns):
            yield csv_rows(each.tag, columns, texts)


def _must_run_forward(wanted: Asked) -> None:
    if wanted.until_ns <= wanted.from_ns:
        raise Refusal(422, "the window ends before it begins", "until_ms", "swap the two times")


def _end_ms(t_ns: int | None) -> int | None:
    return None if t_ns is None else ms(t_ns)
