"""Hours, losses, stops, shift report: what the day was, from the ledgers of `live.day`."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from linewright.server.views.base import Ms, Number, View

__all__ = [
    "BarView",
    "HourView",
    "HoursView",
    "LossesView",
    "ParetoView",
    "ReasonGiven",
    "ReportView",
    "ShiftNote",
    "StopMerge",
    "StopSplit",
    "StopView",
    "StopsView",
    "StripsView",
    "WindowView",
]


class WindowView(View, frozen=True, kw_only=True):
    """The stretch of time that an answer is about."""

    from_ms: Ms
    until_ms: Ms
    name: Annotated[
        str, Meta(description="such as `2026-11-23` or `2026-11-23/day`; else empty")
    ] = ""
    open: Annotated[bool, Meta(description="whether it still goes on")] = False
    watermark_ms: Annotated[
        Ms | None, Meta(description="event time at which every figure ends")
    ] = None
    revision: Annotated[int, Meta(description="rises when late data changed it")] = 0


class HourView(View, frozen=True, kw_only=True):
    """One hour of a line."""

    from_ms: Ms
    until_ms: Ms
    planned_s: float
    target: Annotated[float, Meta(description="standard rate of the bottleneck x planned time")]
    due: Annotated[float | None, Meta(description="of the target, what was due by now")] = None
    good: int | None = None
    scrap: int = 0
    gap: Annotated[float | None, Meta(description="good less target, from the first hour on")] = (
        None
    )
    red: Annotated[bool, Meta(description="so far below target that a reason is asked for")] = False
    lost_s: Annotated[
        Mapping[str, float], Meta(description="lost time of the bottleneck by time category")
    ] = {}
    reason: Annotated[str, Meta(description="largest loss: its code, else its category")] = ""
    unexplained_s: float = 0.0
    comment: str = ""


class HoursView(View, frozen=True, kw_only=True):
    """Hour by hour against target."""

    address: str
    window: WindowView
    bottleneck: str = ""
    rate_per_h: float | None = None
    hours: tuple[HourView, ...] = ()
    target_end: Annotated[float | None, Meta(description="target at the end of the window")] = None
    projection: Annotated[
        Number | None, Meta(description="good parts at the end if nothing changes")
    ] = None
    projection_by: Annotated[
        Literal["twin", "pace", ""], Meta(description="where the projection comes from")
    ] = ""


class BarView(View, frozen=True, kw_only=True):
    """One bar of the loss waterfall."""

    code: str
    s: float
    left_s: float
    percent: Annotated[str, Meta(description="printed share; all together 100.0")]
    group: Annotated[str, Meta(description="unscheduled, planned, unplanned, ...")] = ""
    stops: Annotated[tuple[str, ...], Meta(description="ids of the events behind it")] = ()


class LossesView(View, frozen=True, kw_only=True):
    """The loss waterfall of a place over a window, and its indicators."""

    address: str
    window: WindowView
    of: Annotated[
        tuple[str, ...],
        Meta(description="whose time it is: of a flow line its bottleneck"),
    ] = ()
    calendar_s: float
    bars: tuple[BarView, ...] = ()
    kpis: Annotated[
        Mapping[str, float], Meta(description="ISO 22400; undefined ones left out")
    ] = {}
    findings: Annotated[tuple[str, ...], Meta(description="codes")] = ()
    stations: Annotated[
        Mapping[str, Mapping[str, float]], Meta(description="kpis of each station, by address")
    ] = {}


class StopView(View, frozen=True, kw_only=True):
    """A downtime event."""

    address: str
    from_ms: Ms
    until_ms: Annotated[Ms | None, Meta(description="left out: it goes on")] = None
    s: float
    state: str
    category: str
    reason: str = ""
    by: Annotated[str, Meta(description="id of who gave the reason; `machine`, `inferred`")] = ""
    suggested: Annotated[str, Meta(description="code")] = ""
    suggested_p: float | None = None
    comment: str = ""
    micro: bool = False
    unexplained: Annotated[bool, Meta(description="waits for a reason")] = False
    edited: Annotated[bool, Meta(description="split, merged or changed by a person")] = False
    can_undo: bool = False
    part_of: Annotated[str, Meta(description="id of the event it was split from")] = ""


class StopsView(View, frozen=True, kw_only=True):
    """Downtime events of a place over a window, by id."""

    address: str
    window: WindowView
    stops: Mapping[str, StopView] = {}
    waiting: Annotated[
        tuple[str, ...], Meta(description="ids without a reason, longest first")
    ] = ()
    micro_stops: Annotated[Mapping[str, int], Meta(description="count by station address")] = {}
    more: Annotated[bool, Meta(description="whether there are more than are listed")] = False


class StripsView(View, frozen=True, kw_only=True):
    """Swim lanes: stretches of each station, in order and without holes."""

    address: str
    window: WindowView
    lanes: Annotated[
        Mapping[str, tuple[tuple[Ms, Ms, str, str], ...]],
        Meta(description="by station address: from, until, state, time category"),
    ] = {}


class ParetoView(View, frozen=True, kw_only=True):
    """Stops of a place summed by reason, largest first."""

    address: str
    window: WindowView
    currency: Annotated[str, Meta(description="of money; empty: no cost is known")] = ""
    rows: Annotated[
        tuple[tuple[str, float, int, str], ...],
        Meta(description="reason code (empty: none given), seconds, count, money as text"),
    ] = ()


class ReasonGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says of a stop."""

    code: str
    comment: Annotated[str, Meta(max_length=1000)] = ""


class StopSplit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a stop is cut in two, and why each half was."""

    at_ms: Ms
    first: ReasonGiven
    second: ReasonGiven


class StopMerge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stops of one station, one after the other, that were one."""

    stops: Annotated[tuple[str, ...], Meta(min_length=2, max_length=100)]
    reason: ReasonGiven


class ShiftNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the supervisor adds to a shift report."""

    text: Annotated[str, Meta(max_length=8000)]


class ReportView(View, frozen=True, kw_only=True):
    """A shift report: generated, edited, signed."""

    address: str
    window: WindowView
    shift: str
    hours: HoursView | None = None
    losses: LossesView | None = None
    stops: Annotated[tuple[StopView, ...], Meta(description="longest first")] = ()
    pareto: ParetoView | None = None
    alarms: Annotated[Mapping[str, float], Meta(description="counts and rates by name")] = {}
    calls: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    note: str = ""
    note_by: str = ""
    note_ms: Ms | None = None
    signed_by: str = ""
    signed_ms: Ms | None = None
    signed_sha256: Annotated[str, Meta(description="of the report as it was signed")] = ""
    changed_since: Annotated[bool, Meta(description="late data changed a figure since")] = False
