"""What asks for attention: alarms after ISA-18.2, their journal and report, and andon calls."""

import statistics
from collections.abc import Iterable

from linewright.live.alarms import AlarmList, AlarmRow, journal, listing, performance
from linewright.live.calls import CallNow, CallRow, open_calls
from linewright.plant import Address
from linewright.plant.records import Alarm, AlarmState
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import window_of
from linewright.server.book.reckoning.plain import NS_PER_S, address_of, finite, ms
from linewright.server.book.reckoning.windows import period_of, settled_ns, until_now
from linewright.server.known import Moment
from linewright.server.views.attention import (
    AlarmFigureView,
    AlarmReportView,
    AlarmsView,
    AlarmView,
    CallJournalView,
    CallPastView,
    CallsView,
    CallView,
    JournalRow,
    JournalView,
)

__all__ = [
    "alarm_report_view",
    "alarm_view",
    "alarms_at",
    "alarms_view",
    "call_journal_view",
    "call_view",
    "calls_at",
    "calls_view",
    "journal_view",
]

RECENT_NS = 3600 * NS_PER_S
"""How far back floods and chattering are looked for."""

STALE_BACK_NS = 14 * 86_400 * NS_PER_S
"""How far before a window an alarm may have been raised that still stands in it."""

WAITING = frozenset(
    [
        AlarmState.UNACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED,
        AlarmState.LATCHED_UNACKNOWLEDGED,
    ]
)
"""States in which nobody has seen the alarm yet."""

ACTIVE = frozenset([AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED])


def alarms_at(kept: Kept, moment: Moment) -> AlarmList:
    """Return the alarms of the site that are not normal, the most urgent first; made once."""
    now_ns = settled_ns(moment)

    def made() -> AlarmList:
        recent = list(kept.alarms.between(now_ns - RECENT_NS, now_ns + NS_PER_S))
        states = kept.alarm_now.values()
        return listing(states, now_ns=now_ns, recent=recent, layout=kept.watched)

    return kept.memo("alarms", (kept.version("alarm", kept.site), now_ns), made)


def alarms_view(kept: Kept, moment: Moment, address: str) -> AlarmsView:
    """Return the alarms at and below an address that are not normal, by id of their occurrence.

    Raises
    ------
    Refusal
        There is no such place.
    """
    place = address_of(address, moment)
    found = alarms_at(kept, moment)
    rows = [row for row in found.rows if place.contains(row.address)]
    floods = (each.address for each in found.floods)
    return AlarmsView(
        alarms={alarm_id(kept, row): alarm_view(row) for row in rows},
        flood=any(each.contains(place) or place.contains(each) for each in floods),
        unacknowledged=sum(row.state in WAITING for row in rows),
    )


def alarm_id(kept: Kept, row: AlarmRow) -> str:
    """Return the id by which an alarm is named: its occurrence, else what marked it."""
    if row.occurrence is not None:
        return row.occurrence
    now = kept.alarm_now[f"{row.address}!{row.alarm}"]
    mark = now.service or now.shelf
    return mark.id if mark is not None else f"{row.address}!{row.alarm}"


def alarm_view(row: AlarmRow) -> AlarmView:
    """Return one alarm as it is shown."""
    return AlarmView(
        address=str(row.address),
        alarm=row.alarm,
        state=row.state.value,
        priority=row.priority.value,
        kind=row.kind.value,
        raised_ms=ms(row.raised_ns or 0),
        returned_ms=_ms(row.returned_ns),
        acknowledged_ms=_ms(row.acknowledged_ns),
        acknowledged_by=row.acknowledged_by or "",
        value=finite(row.value),
        limit=finite(row.limit),
        unit=row.unit or "",
        label=dict(row.label),
        action=dict(row.action),
        text=row.text or row.code or "",
        shelved_until_ms=_ms(row.shelved_until_ns),
        shelved_by=row.marked_by or "",
        comment=row.comment,
        chattering=row.is_chattering,
        stale=row.is_stale,
    )


def journal_view(kept: Kept, moment: Moment, address: str, window: str, limit: int) -> JournalView:
    """Return the events of alarms at and below an address in a window, the latest first.

    Raises
    ------
    Refusal
        There is no such place or window.
    """
    place = address_of(address, moment)
    period = period_of(window, moment)
    rows = journal(
        kept.alarms.between(period.start_ns, period.end_ns),
        from_ns=period.start_ns,
        until_ns=period.end_ns,
        at=place,
    )
    return JournalView(rows=tuple(_row(each) for each in rows[:limit]), more=len(rows) > limit)


def alarm_report_view(kept: Kept, moment: Moment, address: str, window: str) -> AlarmReportView:
    """Return how the alarms of a place did in a window, beside ISA-18.2 and EEMUA 191.

    Raises
    ------
    Refusal
        There is no such place or window.
    """
    place = address_of(address, moment)
    period = until_now(period_of(window, moment), moment)
    from_ns, until_ns = period.start_ns, max(period.end_ns, period.start_ns + 1)
    found = performance(
        kept.alarms.between(from_ns - STALE_BACK_NS, settled_ns(moment) + NS_PER_S),
        from_ns=from_ns,
        until_ns=until_ns,
        at=place,
    )
    figures = {each.name: each.value for each in found.figures}
    now = [row.state for row in alarms_at(kept, moment).rows if place.contains(row.address)]
    return AlarmReportView(
        from_ms=ms(from_ns),
        until_ms=ms(until_ns),
        raised=found.count,
        per_10min=finite(figures["alarms_per_10_min"]),
        peak_10min=int(figures["peak_per_10_min"]),
        flood_share=finite(figures["flood_share"]),
        acknowledge_s_p50=finite(found.acknowledge_s_median),
        acknowledge_s_p95=finite(found.acknowledge_s_p95),
        figures={
            each.name: AlarmFigureView(
                value=finite(each.value), target=each.target, source=each.source, met=each.met
            )
            for each in found.figures
        },
        priorities=dict(found.by_priority),
        top=tuple((str(each.address), each.alarm, each.count) for each in found.top),
        chattering=tuple((str(each.address), each.alarm, each.count) for each in found.chattering),
        stale=tuple((str(each.address), each.alarm, ms(each.t_ns)) for each in found.stale),
        shelved_now=now.count(AlarmState.SHELVED),
        out_of_service_now=now.count(AlarmState.OUT_OF_SERVICE),
    )


def calls_at(kept: Kept, moment: Moment) -> tuple[CallRow, ...]:
    """Return the open calls of the site, those that nobody has answered first; made once."""
    now_ns = settled_ns(moment)
    version = kept.version("call", kept.site), now_ns
    return kept.memo("calls", version, lambda: open_calls(kept.call_now.values(), now_ns=now_ns))


def calls_view(kept: Kept, moment: Moment, address: str) -> CallsView:
    """Return the open calls at and below an address, by id.

    Raises
    ------
    Refusal
        There is no such place.
    """
    place = address_of(address, moment)
    rows = calls_at(kept, moment)
    return CallsView(calls={r.call: call_view(r) for r in rows if place.contains(r.address)})


def call_view(row: CallRow) -> CallView:
    """Return one open call as it is shown."""
    escalated = row.level > 0 and row.status == "raised"
    return CallView(
        address=str(row.address),
        kind=row.kind.value,
        state="escalated" if escalated else row.status,
        raised_ms=ms(row.raised_ns),
        by=row.raised_by or "",
        text=row.text,
        level=row.level,
        to=row.to.value,
        escalates_ms=_ms(row.next_ns),
        acknowledged_ms=_ms(row.acknowledged_ns),
        acknowledged_by=row.acknowledged_by or "",
        arrived_ms=_ms(row.arrived_ns),
        case=row.case or "",
    )


def call_journal_view(
    kept: Kept, moment: Moment, address: str, window: str, limit: int
) -> CallJournalView:
    """Return the calls that were raised in a window, the latest first, and how soon people came.

    Parameters
    ----------
    kept
        What is kept of the days that the window touches.
    moment
        The plant in force, and the time now.
    address
        Calls at and below it.
    window
        As `period_of` reads it.
    limit
        Most rows; the figures are of all calls.

    Raises
    ------
    Refusal
        There is no such place, or the window is no window.
    """
    place = address_of(address, moment)
    period = period_of(window, moment)
    found = sorted(
        (
            each
            for each in kept.call_now.values()
            if each.raised is not None
            and not each.is_void
            and period.start_ns <= each.raised.t_ns < period.end_ns
            and place.contains(each.address)
        ),
        key=lambda each: (-each.raised.t_ns if each.raised else 0, each.id),
    )
    rows = [_past(each) for each in found]
    resolved = [each for each in rows if each.state == "resolved"]
    return CallJournalView(
        window=window_of(kept, moment, str(place), period),
        raised=len(rows),
        escalated=sum(each.level > 0 for each in rows),
        answer_s_p50=_median_s((each.raised_ms, each.answered_ms) for each in rows),
        arrive_s_p50=_median_s((each.raised_ms, each.arrived_ms) for each in rows),
        resolve_s_p50=_median_s((each.raised_ms, each.ended_ms) for each in resolved),
        rows=tuple(rows[:limit]),
        more=len(rows) > limit,
    )


def _past(now: CallNow) -> CallPastView:
    """Return a call with what has happened of it so far."""
    assert now.raised is not None, "only calls that were raised are listed"
    answers = [each for each in (now.acknowledged, now.arrived) if each is not None]
    answered = min(answers, key=lambda each: each.t_ns, default=None)
    ended = now.cancelled or now.resolved
    waits = now.waits and now.level > 0
    return CallPastView(
        call=now.id,
        address=str(now.address),
        kind=now.kind.value,
        state="escalated" if waits else now.status,
        raised_ms=ms(now.raised.t_ns),
        by=now.raised.by or "",
        text=now.text,
        level=now.level,
        answered_ms=None if answered is None else ms(answered.t_ns),
        answered_by="" if answered is None else answered.by or "",
        arrived_ms=None if now.arrived is None else ms(now.arrived.t_ns),
        arrived_by="" if now.arrived is None else now.arrived.by or "",
        ended_ms=None if ended is None else ms(ended.t_ns),
        ended_by="" if ended is None else ended.by or "",
    )


def _median_s(times: Iterable[tuple[int, int | None]]) -> float | None:
    """Return the median time from the first to the second of those that have both."""
    known = [(until - since) / 1000 for since, until in times if until is not None]
    return statistics.median(known) if known else None


def waiting_at(kept: Kept, moment: Moment, address: Address) -> int:
    """Return how many alarms at and below an address are active and not acknowledged."""
    rows = alarms_at(kept, moment).rows
    return sum(row.state in WAITING and address.contains(row.address) for row in rows)


def active_at(kept: Kept, moment: Moment, address: Address) -> int:
    """Return how many alarms at and below an address are active."""
    rows = alarms_at(kept, moment).rows
    return sum(row.state in ACTIVE and address.contains(row.address) for row in rows)


def _row(record: Alarm) -> JournalRow:
    return JournalRow(
        t_ms=ms(record.t_ns),
        address=str(record.address),
        alarm=record.alarm,
        event=record.event.value,
        state=record.state.value,
        priority=record.priority.value,
        by=record.by or "",
        value=finite(record.value),
        limit=finite(record.limit),
        unit=record.unit or "",
        text=record.text or record.code or "",
        comment=record.comment,
    )


def _ms(t_ns: int | None) -> int | None:
    return None if t_ns is None else ms(t_ns)
