"""Hour by hour, the loss waterfall and the Pareto of a place over a window."""

from collections.abc import Mapping
from typing import Literal

from linewright.live.day import (
    Course,
    Hour,
    HourByHour,
    LossBar,
    Period,
    hour_by_hour,
    losses,
    pareto,
)
from linewright.plant import Address
from linewright.plant.kpi import TimeCategory, findings
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import (
    course_at,
    cut_ns,
    figures,
    lines_of,
    so_far,
    window_of,
)
from linewright.server.book.reckoning.notes import comment_of
from linewright.server.book.reckoning.plain import (
    NS_PER_H,
    NS_PER_S,
    address_of,
    ms,
    seconds,
    spread,
    stop_id,
)
from linewright.server.book.reckoning.windows import period_of
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.day import BarView, HoursView, HourView, LossesView, ParetoView

__all__ = ["hours_at", "hours_view", "losses_view", "pareto_view", "units_of"]

HOURS_MAX = 60
"""Most hours of one answer: a production day, and the longest shift over its end."""

NO_REASON = TimeCategory.NO_REASON.value

STOPS_LISTED = 50
"""Most events named with one bar: the longest."""

ORDERS: Mapping[str, Literal["time", "count", "money"]] = {
    "minutes": "time",
    "count": "count",
    "money": "money",
}
"""What a Pareto can be ordered by."""


def hours_at(kept: Kept, moment: Moment, line: str, period: Period) -> HourByHour:
    """Return a window of a line hour by hour, as every page that shows a target reads it."""
    as_of_ns = cut_ns(kept, moment, line)
    courses = {str(each): course_at(kept, moment, each) for each in kept.plan.lines[line].stations}
    forecasts = kept.day.station(line)
    seen_ns = min(as_of_ns, period.end_ns)
    known = ((each.book.version, min(each.until_ns, seen_ns)) for each in courses.values())
    version = (seen_ns, forecasts.version, *known)
    key = "hours", line, period.start_ns, period.end_ns
    window = period.start_ns, period.end_ns
    return kept.memo(
        key,
        version,
        lambda: hour_by_hour(
            kept.plan, line, courses, window, as_of_ns, forecasts=forecasts.forecasts
        ),
    )


def hours_view(kept: Kept, moment: Moment, address: str, window: str) -> HoursView:
    """Return a line hour by hour against its target; of a station, the line that it stands in.

    Raises
    ------
    Refusal
        There is no such place or window, it has several lines, or it is longer than `HOURS_MAX`.
    """
    place = address_of(address, moment)
    period = period_of(window, moment)
    lines = lines_of(kept, place)
    if len(lines) != 1:
        what = f"{place} has {len(lines)} lines, and hours are those of one"
        raise Refusal(422, what, "address", "ask for one line or work centre")
    if period.length_ns > HOURS_MAX * NS_PER_H:
        what = f"it is longer than {HOURS_MAX} h"
        raise Refusal(422, what, "window", "ask for a shift or a day")
    found = hours_at(kept, moment, lines[0], period)
    projection = found.projection
    told = None
    if projection is not None:
        told = spread(projection.mean, projection.low, projection.high)
    return HoursView(
        address=str(place),
        window=window_of(kept, moment, lines[0], period),
        bottleneck=found.bottleneck.rpartition("/")[2],
        rate_per_h=None if not found.standard_ns else NS_PER_H / found.standard_ns,
        hours=tuple(hour_view(kept, lines[0], each) for each in found.hours),
        target_end=found.target,
        projection=told,
        projection_by="" if projection is None else projection.by,
    )


def hour_view(kept: Kept, line: str, hour: Hour) -> HourView:
    """Return one hour as it is shown."""
    return HourView(
        from_ms=ms(hour.start_ns),
        until_ms=ms(hour.end_ns),
        planned_s=seconds(hour.planned_ns),
        target=hour.target or 0.0,
        due=hour.due,
        good=hour.good,
        scrap=hour.scrap,
        gap=hour.gap,
        red=hour.is_red,
        lost_s={str(each): seconds(ns) for each, ns in hour.lost.items() if ns},
        reason=hour.code or ("" if hour.category == NO_REASON else hour.category),
        unexplained_s=seconds(hour.unexplained_ns),
        comment=comment_of(kept, line, hour.start_ns, hour.end_ns),
    )


def losses_view(kept: Kept, moment: Moment, address: str, window: str) -> LossesView:
    """Return the loss waterfall of a place over a window, its indicators and its findings.

    Raises
    ------
    Refusal
        There is no such place or window.
    """
    place = address_of(address, moment)
    whole = period_of(window, moment)
    period = so_far(kept, moment, place, whole)
    found = figures(kept, moment, place, period)
    units = units_of(kept, place, period)
    courses = [course_at(kept, moment, each) for each in units]
    bars = losses(found.ledger, courses, period.start_ns, period.end_ns, events_max=STOPS_LISTED)
    stations = [str(each.address) for each in kept.plan.stations_in(place)]
    return LossesView(
        address=str(place),
        window=window_of(kept, moment, place, whole),
        of=tuple(units),
        calendar_s=seconds(found.ledger.calendar_ns),
        bars=tuple(_bar(bar) for bar in bars),
        kpis=found.kpis(),
        findings=tuple(each.code.value for each in findings(found.ledger)),
        stations={each: figures(kept, moment, each, period).kpis() for each in stations},
    )


def units_of(kept: Kept, place: Address, period: Period) -> list[str]:
    """Return the stations whose time the ledger of a place is: of a flow line its bottleneck."""
    if place.station is not None:
        return [str(place)]
    found: list[str] = []
    for line in lines_of(kept, place):
        limit, _ = kept.plan.limit(line, period.day)
        plan = kept.plan.lines[line]
        found += [str(each) for each in plan.stations] if limit is None else [str(limit)]
    return found


def _bar(bar: LossBar) -> BarView:
    stops = [stop_id(each.address, each.stop) for each in bar.events if each.stop]
    return BarView(
        code=bar.code,
        s=bar.ns / NS_PER_S,
        left_s=bar.left_ns / NS_PER_S,
        percent=str(bar.percent),
        group=bar.group,
        stops=tuple(dict.fromkeys(stops)),
    )


def pareto_view(
    kept: Kept, moment: Moment, address: str, window: str, *, by: str = "minutes"
) -> ParetoView:
    """Return the stops of a place summed by reason, the largest first.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        A station or what stands above it: of a line all of its stations.
    window
        As `period_of` reads it.
    by
        What is large: `minutes`, `count` or `money`.

    Raises
    ------
    Refusal
        There is no such place, window or order.
    """
    place = address_of(address, moment)
    whole = period_of(window, moment)
    period = so_far(kept, moment, place, whole)
    if by not in ORDERS:
        raise Refusal(422, f"{by[:40]!r} is no order", "by", f"write one of {', '.join(ORDERS)}")
    courses: list[Course] = [
        course_at(kept, moment, each.address) for each in kept.plan.stations_in(place)
    ]
    found = pareto(kept.plan, courses, period.start_ns, period.end_ns, by=ORDERS[by])
    return ParetoView(
        address=str(place),
        window=window_of(kept, moment, place, whole),
        currency=found.currency,
        rows=tuple(
            (
                _code(row.code, row.category),
                seconds(row.ns),
                row.count,
                "" if row.money is None else str(row.money),
            )
            for row in found.rows
        ),
    )


def _code(code: str, category: TimeCategory) -> str:
    """Return the code of a row; the category where no code was given but the cause is known."""
    return code or ("" if category.value == NO_REASON else category.value)
