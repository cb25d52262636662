"""A line now, the twin's next hours beside the real ones, and a station's faceplate."""

from linewright.live.day import Period, day_at, limiting_now, limiting_over, shift_at
from linewright.plant import Address
from linewright.plant.model import Line, WorkCentre
from linewright.plant.records import (
    BufferNow,
    LineState,
    Quality,
    StationNow,
    StationState,
    WorkStatus,
)
from linewright.server.book.attention import calls_at, waiting_at
from linewright.server.book.days import lane_of
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.ahead import ahead_view
from linewright.server.book.reckoning.figures import course_at, cut_ns, figures, made_at, so_far
from linewright.server.book.reckoning.plain import (
    NS_PER_H,
    NS_PER_S,
    address_of,
    doubts,
    finite,
    ms,
)
from linewright.server.book.reckoning.sums import hours_at
from linewright.server.book.signals import value_now
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.line import (
    BufferNowView,
    LineView,
    StationNowView,
    StationPageView,
    StripView,
    WearView,
)

__all__ = ["ahead_view", "line_view", "period_now", "station_now", "station_view"]

SEEN_MS = 1000
"""Times of hearing are told to the second: they change with every frame."""

LIMIT_NS = NS_PER_H
"""Window over which it is told how little the bottleneck waited."""

NOT_HEARD = Quality.BAD | Quality.NOT_CONNECTED

_ENDED = frozenset([WorkStatus.DONE, WorkStatus.CANCELLED])


def line_view(kept: Kept, moment: Moment, address: str) -> LineView:
    """Return a line or work centre as it is now.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        The line or work centre, or a station in it.

    Raises
    ------
    Refusal
        There is no such line.
    """
    place = address_of(address, moment)
    line = _line_of(place)
    group = _group(line, moment)
    state = kept.known.lines.get(line)
    period, shift = period_now(moment, kept)
    now = {} if state is None else {each.address.name: each for each in state.stations}
    known = None if period is None else so_far(kept, moment, line, period)
    hours = None if period is None else hours_at(kept, moment, line, period)
    names = group.flow if isinstance(group, Line) else tuple(group.stations)
    limit, why, share, s = _limit(kept, moment, line)
    return LineView(
        address=str(line),
        as_of_ms=_second(state.as_of_ns) if state is not None and state.as_of_ns else None,
        stations={
            name: station_now(kept, moment, line.child(name), now.get(name), known)
            for name in dict.fromkeys((*names, *group.stations))
        },
        buffers=_buffers(state),
        bottleneck=limit,
        bottleneck_why=why,
        bottleneck_share=share,
        bottleneck_s=s,
        shift="" if shift is None else shift.shift,
        shift_until_ms=None if shift is None else ms(shift.end_ns),
        good=None if hours is None else hours.good,
        target=None if hours is None else hours.due,
        oee=None if known is None else figures(kept, moment, line, known).oee,
        watermark_ms=None if known is None else ms(known.end_ns),
    )


def period_now(moment: Moment, kept: Kept) -> tuple[Period | None, Period | None]:
    """Return the window of the figures of now, and the shift that is open.

    It is the open shift; at a site without shifts the production day; between shifts none, and
    none while plant time is not known.
    """
    if not moment.t_ns:
        return None, None
    calendar = kept.plan.calendar
    shift = shift_at(calendar, moment.t_ns)
    if shift is not None or calendar.shifts:
        return shift, shift
    return day_at(calendar, moment.t_ns), None


def station_now(
    kept: Kept, moment: Moment, address: Address, now: StationNow | None, period: Period | None
) -> StationNowView:
    """Return a station as it is now.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        The station.
    now
        As `live` tells it; None: it has told nothing yet.
    period
        Window whose parts are counted; None: those of the production day.
    """
    quality = int(NOT_HEARD) if now is None else now.quality
    if now is None or period is None:
        good, scrap = (0, 0) if now is None else (now.good, now.scrap)
    else:
        made = made_at(kept, address, period.start_ns, moment.t_ns + NS_PER_S)
        good, scrap = made.good, made.scrap
    since_ms = ms(now.since_ns) if now is not None and now.since_ns else None
    return StationNowView(
        state=StationState.UNKNOWN.value if now is None else now.state.value,
        since_ms=since_ms,
        seen_ms=_seen_ms(kept, address, now),
        t_ms=since_ms,
        doubts=doubts(quality),
        good=good,
        scrap=scrap,
        reason=_reason(kept, moment, address, now),
        product=(now.product or "") if now is not None else "",
        order=(now.job or "") if now is not None else "",
        alarms=waiting_at(kept, moment, address),
        calls=sum(address.contains(row.address) for row in calls_at(kept, moment)),
        case=_case(kept, address),
        wear={} if now is None else {w.part: WearView(used=w.used_ratio) for w in now.wear},
    )


def _seen_ms(kept: Kept, address: Address, now: StationNow | None) -> int | None:
    """Return the wall time at which a station was last heard; before its first frame, `live`'s."""
    heard = [each.wall_ns for each in kept.newest.sources_of(address)]
    seen_ns = max(heard, default=0 if now is None else now.seen_ns)
    return _second(seen_ns) if seen_ns else None


def station_view(kept: Kept, moment: Moment, address: str) -> StationPageView:
    """Return a station's faceplate.

    Raises
    ------
    Refusal
        There is no such station.
    """
    place = address_of(address, moment)
    if place.station is None:
        raise Refusal(404, f"{place} is no station", "address", "/api/plant lists the stations")
    station = dict(moment.plant.stations_in(place))[place]
    line = _line_of(place)
    state = kept.known.lines.get(line)
    now = {} if state is None else {each.address: each for each in state.stations}
    period, _ = period_now(moment, kept)
    whole = period or day_at(kept.plan.calendar, moment.t_ns)
    shown = so_far(kept, moment, place, whole)
    found = figures(kept, moment, place, shown)
    kpis = found.kpis()
    values = {name: value_now(kept, moment, place.with_tag(name)) for name in station.tags}
    return StationPageView(
        address=str(place),
        now=station_now(kept, moment, place, now.get(place), None if period is None else shown),
        values={name: value for name, value in values.items() if value is not None},
        strip=StripView(stretches=lane_of(kept, moment, place, shown)),
        labels=dict(station.label),
        watermark_ms=ms(shown.end_ns),
        oee=found.oee,
        availability=kpis.get("availability"),
        effectiveness=kpis.get("effectiveness"),
        quality_ratio=kpis.get("quality_ratio"),
        mtbf_h=kpis.get("mtbf_h"),
        mttr_h=kpis.get("mttr_h"),
        maintenance=_maintenance(kept, place),
    )


def _line_of(place: Address) -> Address:
    if place.line is None:
        raise Refusal(404, f"{place} is no line", "address", "/api/plant lists the lines")
    return place if place.station is None else Address(place.rpartition("/")[0])


def _group(line: Address, moment: Moment) -> Line | WorkCentre:
    areas = moment.plant.sites[moment.site].areas
    return dict(areas[line.area or ""].groups())[line.line or ""]


def _second(t_ns: int) -> int:
    return ms(t_ns) // SEEN_MS * SEEN_MS


def _buffers(state: LineState | None) -> dict[str, BufferNowView]:
    if state is None:
        return {}
    return {each.address.name: _buffer(each) for each in state.buffers if _is_known(each)}


def _is_known(buffer: BufferNow) -> bool:
    return not buffer.quality & Quality.BAD


def _buffer(buffer: BufferNow) -> BufferNowView:
    return BufferNowView(
        count=buffer.count,
        about=bool(buffer.quality & Quality.ESTIMATED),
        doubts=doubts(buffer.quality),
    )


def _limit(kept: Kept, moment: Moment, line: str) -> tuple[str, str, float | None, float | None]:
    """Return which station limits a line now, why, the share that it waited, and for how long."""
    as_of_ns = cut_ns(kept, moment, line)
    plan = kept.plan.lines[line]
    if not plan.is_flow or as_of_ns < LIMIT_NS:  # the latter: plant time is not known yet
        return "", "", None, None
    courses = {str(each): course_at(kept, moment, each) for each in plan.stations}
    version = as_of_ns, *(each.book.version for each in courses.values())

    def made() -> tuple[str, str, float | None, float | None]:
        now = limiting_now(kept.plan, line, courses, as_of_ns)
        window = as_of_ns - LIMIT_NS, as_of_ns
        over = limiting_over(kept.plan, line, courses, window)
        if now is not None:
            share = None if over is None else finite(over.stations.get(now.address))
            return now.address.rpartition("/")[2], "active", share, now.active_ns / NS_PER_S
        if over is not None:
            return over.address.rpartition("/")[2], "waiting", finite(over.waiting_share), None
        return "", "", None, None

    return kept.memo(("limit", line), version, made)


def _reason(kept: Kept, moment: Moment, address: Address, now: StationNow | None) -> str:
    """Return why a station does not run: what people or the machine said of the open stop."""
    if now is None or now.state is StationState.RUNNING:
        return ""
    course = course_at(kept, moment, address)
    last = course.pieces[-1] if course.pieces else None
    said = "" if last is None or last.kind == "running" else last.code
    return said or now.reason or ""


def _case(kept: Kept, address: Address) -> str:
    """Return the id of the open case of a station; empty: there is none."""
    cases = [
        case
        for case in kept.known.cases.values()
        if case.address == address and case.outcome is None
    ]
    return cases[-1].case_id if cases else ""


def _maintenance(kept: Kept, place: Address) -> tuple[str, ...]:
    """Return the open maintenance orders of a station, one sentence each."""
    last = {each.work_order: each for each in kept.upkeep if each.address == place}
    return tuple(
        f"{each.work_order}: {each.task or each.kind.value.replace('_', ' ')}"
        f" ({each.status.value.replace('_', ' ')})"
        for each in last.values()
        if each.status not in _ENDED
    )
