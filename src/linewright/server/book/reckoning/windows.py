"""What a window means: `shift`, `day`, a date, a date with a shift, or two times in ms."""

import datetime as dt
import re

import msgspec

from linewright.live.day import Period, day_at, day_of, shift_at, shifts_of
from linewright.plant.calendar import CalendarInvalid, WorkCalendar
from linewright.server.book.reckoning.plain import NS_PER_MS, NS_PER_S, ms
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.day import WindowView

__all__ = ["SPAN_DAYS_MAX", "is_open", "period_of", "settled_ns", "until_now", "window_view"]

SPAN_DAYS_MAX = 35
"""Longest window that can be asked for: five weeks; longer ones belong to queries of history."""

DAYS_BACK = 14
"""How far back the last shift is looked for: works holidays are shorter."""

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:/([a-z0-9_]{1,63}))?")
_SPAN = re.compile(r"(\d{1,13})\.\.(\d{1,13})")
_DAY_NS = 86_400 * NS_PER_S
_TO_DO = "write `shift`, `day`, a date, a date and a shift such as `2026-11-23/day`, or two times"


def period_of(window: str, moment: Moment) -> Period:
    """Return the window that a text names, on the calendar of the site.

    Parameters
    ----------
    window
        `shift`: the open one, else the last; `day`: the production day now; a date; a date and
        a shift; or two times in ms, `FROM..UNTIL`.
    moment
        The plant in force, and plant time.

    Raises
    ------
    Refusal
        It names none, one that is longer than `SPAN_DAYS_MAX`, or one of now while plant time is
        not known.
    """
    if not moment.t_ns and window in {"shift", "day"}:
        what, to_do = "plant time is not known yet", "wait until the emulated plant has begun"
        raise Refusal(503, what, f"window {window}", to_do)
    calendar = moment.plant.sites[moment.site].calendar()
    span = _SPAN.fullmatch(window)
    try:
        if window == "shift":
            return _last_shift(calendar, moment.t_ns)
        if window == "day":
            return day_at(calendar, moment.t_ns)
        if span is not None:
            return _span(int(span[1]) * NS_PER_MS, int(span[2]) * NS_PER_MS, calendar)
        return _dated(window, calendar)
    except CalendarInvalid as error:
        raise Refusal(422, str(error), f"window {window[:64]}", _TO_DO) from error


def until_now(period: Period, moment: Moment) -> Period:
    """Return a window up to now: what lies ahead of an open one is left out.

    Now is a whole second of the wall clock in plant time, so that all who ask within it get
    figures of one window.
    """
    end_ns = max(period.start_ns, min(period.end_ns, settled_ns(moment)))
    return msgspec.structs.replace(period, end_ns=end_ns)


def settled_ns(moment: Moment) -> int:
    """Return plant time, cut to the step that a second of the wall clock makes in it."""
    step_ns = round(max(1.0, moment.speed)) * NS_PER_S
    return moment.t_ns // step_ns * step_ns


def is_open(period: Period, moment: Moment) -> bool:
    """Return whether a window still goes on."""
    return period.start_ns <= moment.t_ns < period.end_ns


def window_view(
    period: Period, moment: Moment, *, watermark_ns: int | None, revision: int
) -> WindowView:
    """Return a window as views tell it."""
    end_ns = period.end_ns
    whole_ns = None if watermark_ns is None else min(max(watermark_ns, period.start_ns), end_ns)
    return WindowView(
        from_ms=ms(period.start_ns),
        until_ms=ms(end_ns),
        name=period.name,
        open=is_open(period, moment),
        watermark_ms=None if whole_ns is None else ms(whole_ns),
        revision=revision,
    )


def _last_shift(calendar: WorkCalendar, t_ns: int) -> Period:
    """Return the shift that is on, else the last one before; without shifts the day."""
    open_now = shift_at(calendar, t_ns)
    if open_now is not None:
        return open_now
    day = day_at(calendar, t_ns)
    for back in range(DAYS_BACK):
        past = [
            each
            for each in shifts_of(calendar, day.day - dt.timedelta(days=back))
            if each.start_ns <= t_ns
        ]
        if past:
            return max(past, key=lambda each: each.start_ns)
    return day


def _dated(window: str, calendar: WorkCalendar) -> Period:
    found = _DATE.fullmatch(window)
    where = f"window {window[:64]}"
    if found is None:
        raise Refusal(422, "it is no window", where, _TO_DO)
    try:
        date = dt.date.fromisoformat(found[1])
    except ValueError as error:
        raise Refusal(422, f"it is no date: {error}", where, _TO_DO) from error
    if found[2] is None:
        return day_of(calendar, date)
    shifts = {each.shift: each for each in shifts_of(calendar, date)}
    if found[2] not in shifts:
        there = ", ".join(shifts) or "none"
        raise Refusal(404, f"there is no such shift on {date}", where, f"shifts there: {there}")
    return shifts[found[2]]


def _span(from_ns: int, until_ns: int, calendar: WorkCalendar) -> Period:
    where = f"window {from_ns // NS_PER_MS}..{until_ns // NS_PER_MS}"
    if until_ns <= from_ns:
        raise Refusal(422, "it ends before it begins", where, "swap the two times")
    if until_ns - from_ns > SPAN_DAYS_MAX * _DAY_NS:
        what = f"it is longer than {SPAN_DAYS_MAX} days"
        raise Refusal(422, what, where, "ask for less at once")
    day = day_at(calendar, from_ns)
    return msgspec.structs.replace(day, name="", start_ns=from_ns, end_ns=until_ns)
