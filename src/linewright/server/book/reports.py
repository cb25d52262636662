"""The shift report: generated from the same functions as the pages, noted and signed by people."""

import hashlib
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from linewright.live.day import Period
from linewright.plant import Address
from linewright.plant.records import Approval
from linewright.server.book.attention import alarm_report_view
from linewright.server.book.days import stop_view, stops_of
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import lines_of, so_far, window_of
from linewright.server.book.reckoning.notes import note_of, signature_of, text_of
from linewright.server.book.reckoning.plain import NS_PER_H, address_of, ms
from linewright.server.book.reckoning.sums import HOURS_MAX, hours_view, losses_view, pareto_view
from linewright.server.book.reckoning.windows import period_of
from linewright.server.known import Moment
from linewright.server.views.day import (
    HoursView,
    LossesView,
    ParetoView,
    ReportView,
    WindowView,
)

__all__ = ["report_sha256", "report_view"]

W = TypeVar("W", HoursView | None, LossesView | None, ParetoView | None)

STOPS_LISTED = 20
"""Stops of a report: the longest."""


def report_view(kept: Kept, moment: Moment, address: str, window: str) -> ReportView:
    """Return the report of a place over a window, usually of a line over a shift.

    Raises
    ------
    Refusal
        There is no such place or window.
    """
    place = address_of(address, moment)
    period = period_of(window, moment)
    drawn = _drawn(kept, moment, place, (window, period))
    note = note_of(kept, place, period.start_ns, period.end_ns)
    noted = msgspec.structs.replace(
        drawn,
        note=text_of(note),
        note_by=(note.by or "") if note is not None else "",
        note_ms=None if note is None else ms(note.t_ns),
    )
    return _signed(noted, signature_of(kept, place, period.start_ns, period.end_ns))


def report_sha256(report: ReportView) -> str:
    """Return the hash of what a report says: its figures and its note, without signatures.

    What only says how fresh a figure is (watermark, revision, whether the window is open) is left
    out, so that the hash changes when a figure does, and not else.

    Examples
    --------
    >>> from linewright.server.views.day import WindowView
    >>> one = ReportView(address="a", window=WindowView(from_ms=0, until_ms=1), shift="day")
    >>> late = WindowView(from_ms=0, until_ms=1, revision=3)
    >>> again = msgspec.structs.replace(one, window=late, signed_by="p7")
    >>> report_sha256(one) == report_sha256(again)
    True
    """
    bare = msgspec.structs.replace(
        report,
        window=_still(report.window),
        hours=_with_still(report.hours),
        losses=_with_still(report.losses),
        pareto=_with_still(report.pareto),
        signed_by="",
        signed_ms=None,
        signed_sha256="",
        changed_since=False,
    )
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def _drawn(kept: Kept, moment: Moment, place: Address, window: tuple[str, Period]) -> ReportView:
    """Return what is generated."""
    text, period = window
    known = so_far(kept, moment, place, period)
    stops = [each for each in stops_of(kept, moment, place, known) if not each.is_micro]
    stops.sort(key=lambda each: (each.start_ns - each.end_ns, each.start_ns, each.address))
    one_line = len(lines_of(kept, place)) == 1 and period.length_ns <= HOURS_MAX * NS_PER_H
    between = range(period.start_ns, period.end_ns)
    return ReportView(
        address=str(place),
        window=window_of(kept, moment, place, period),
        shift=period.shift,
        hours=hours_view(kept, moment, place, text) if one_line else None,
        losses=losses_view(kept, moment, place, text),
        stops=tuple(stop_view(each) for each in stops[:STOPS_LISTED]),
        pareto=pareto_view(kept, moment, place, text),
        alarms=_alarms(kept, moment, place, text),
        calls=tuple(
            sorted(
                each.id
                for each in kept.call_now.values()
                if each.raised is not None
                and not each.is_void
                and each.raised.t_ns in between
                and place.contains(each.address)
            )
        ),
        cases=tuple(
            sorted(
                name
                for name, case in kept.known.cases.items()
                if case.t_ns in between and place.contains(case.address)
            )
        ),
    )


def _alarms(kept: Kept, moment: Moment, place: Address, window: str) -> Mapping[str, float]:
    found = alarm_report_view(kept, moment, place, window)
    numbers: dict[str, float | None] = {
        "raised": float(found.raised),
        "per_10min": found.per_10min,
        "peak_10min": float(found.peak_10min),
        "flood_share": found.flood_share,
        "acknowledge_s_p50": found.acknowledge_s_p50,
        "chattering": float(len(found.chattering)),
        "stale": float(len(found.stale)),
    }
    return {name: number for name, number in numbers.items() if number is not None}


def _signed(report: ReportView, approval: Approval | None) -> ReportView:
    if approval is None:
        return report
    return msgspec.structs.replace(
        report,
        signed_by=approval.by or "",
        signed_ms=ms(approval.t_ns),
        signed_sha256=approval.of_rev or "",
        changed_since=approval.of_rev != report_sha256(report),
    )


def _still(window: WindowView) -> WindowView:
    return WindowView(from_ms=window.from_ms, until_ms=window.until_ms, name=window.name)


def _with_still(view: W) -> W:
    return None if view is None else msgspec.structs.replace(view, window=_still(view.window))
