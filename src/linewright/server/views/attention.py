"""Alarms (ISA-18.2) and andon calls."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.server.views.base import Labels, Ms, View
from linewright.server.views.day import WindowView

__all__ = [
    "AlarmActed",
    "AlarmFigureView",
    "AlarmReportView",
    "AlarmView",
    "AlarmsView",
    "CallActed",
    "CallJournalView",
    "CallPastView",
    "CallRaised",
    "CallView",
    "CallsView",
    "JournalRow",
    "JournalView",
]


class AlarmView(View, frozen=True, kw_only=True):
    """One alarm that is not normal."""

    address: str
    alarm: Annotated[str, Meta(description="name, unique at its address")]
    state: str
    priority: str
    kind: str
    raised_ms: Ms
    returned_ms: Ms | None = None
    acknowledged_ms: Ms | None = None
    acknowledged_by: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    label: Labels = msgspec.field(default_factory=dict)
    action: Annotated[Labels, Meta(description="what the operator should do")] = msgspec.field(
        default_factory=dict
    )
    text: Annotated[str, Meta(description="the machine's own words")] = ""
    shelved_until_ms: Ms | None = None
    shelved_by: str = ""
    comment: str = ""
    chattering: bool = False
    stale: bool = False


class AlarmsView(View, frozen=True, kw_only=True):
    """All alarms that are not normal, by id of their occurrence."""

    alarms: Mapping[str, AlarmView] = {}
    flood: Annotated[bool, Meta(description="more than 10 in 10 min")] = False
    unacknowledged: int = 0


class AlarmActed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person does to an alarm.

    One of acknowledge, shelve, unshelve, reset, remove_from_service, return_to_service.
    """

    act: str
    until_ms: Annotated[Ms | None, Meta(description="of shelving: needed")] = None
    comment: Annotated[str, Meta(max_length=1000, description="of shelving: needed")] = ""


class JournalRow(View, frozen=True, kw_only=True):
    """One event of an alarm."""

    t_ms: Ms
    address: str
    alarm: str
    event: str
    state: str
    priority: str
    by: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    text: str = ""
    comment: str = ""


class JournalView(View, frozen=True, kw_only=True):
    """Events of alarms, the latest first."""

    rows: tuple[JournalRow, ...] = ()
    more: bool = False


class AlarmFigureView(View, frozen=True, kw_only=True):
    """A figure of the alarms beside what ISA-18.2 or EEMUA 191 publishes for it."""

    value: Annotated[float | None, Meta(description="left out: nothing was raised to judge")] = None
    target: float
    source: str
    met: bool


class AlarmReportView(View, frozen=True, kw_only=True):
    """How the alarm system does, beside what ISA-18.2 and EEMUA 191 ask for."""

    from_ms: Ms
    until_ms: Ms
    raised: int = 0
    per_10min: float | None = None
    peak_10min: int = 0
    flood_share: float | None = None
    acknowledge_s_p50: float | None = None
    acknowledge_s_p95: float | None = None
    figures: Annotated[
        Mapping[str, AlarmFigureView], Meta(description="by name, each beside its target")
    ] = msgspec.field(default_factory=dict)
    priorities: Annotated[Mapping[str, int], Meta(description="raised by priority")] = {}
    top: Annotated[tuple[tuple[str, str, int], ...], Meta(description="address, alarm, count")] = ()
    chattering: tuple[tuple[str, str, int], ...] = ()
    stale: tuple[tuple[str, str, Ms], ...] = ()
    shelved_now: int = 0
    out_of_service_now: int = 0


class CallView(View, frozen=True, kw_only=True):
    """An andon call that is open."""

    address: str
    kind: str
    state: Annotated[str, Meta(description="raised, escalated, acknowledged or arrived")]
    raised_ms: Ms
    by: str = ""
    text: str = ""
    level: int = 0
    to: str = ""
    escalates_ms: Annotated[Ms | None, Meta(description="when it goes up a level by itself")] = None
    acknowledged_ms: Ms | None = None
    acknowledged_by: str = ""
    arrived_ms: Ms | None = None
    case: str = ""


class CallsView(View, frozen=True, kw_only=True):
    """Open calls by id."""

    calls: Mapping[str, CallView] = {}


class CallPastView(View, frozen=True, kw_only=True):
    """A call of a window with its clocks; what has not happened is left out."""

    call: str
    address: str
    kind: str
    state: Annotated[
        str, Meta(description="raised, escalated, acknowledged, arrived, resolved or cancelled")
    ]
    raised_ms: Ms
    by: str = ""
    text: str = ""
    level: int = 0
    answered_ms: Annotated[
        Ms | None, Meta(description="when somebody first acknowledged or arrived")
    ] = None
    answered_by: str = ""
    arrived_ms: Ms | None = None
    arrived_by: str = ""
    ended_ms: Annotated[Ms | None, Meta(description="when it was resolved or cancelled")] = None
    ended_by: str = ""


class CallJournalView(View, frozen=True, kw_only=True):
    """The calls that were raised in a window, the latest first, and how soon people came.

    A call that was cancelled before anybody answered counts in `raised` alone.
    """

    window: WindowView
    raised: int = 0
    escalated: Annotated[int, Meta(description="those that went up a level")] = 0
    answer_s_p50: Annotated[float | None, Meta(description="median until somebody answered")] = None
    arrive_s_p50: Annotated[float | None, Meta(description="median until somebody was there")] = (
        None
    )
    resolve_s_p50: Annotated[float | None, Meta(description="median until it was resolved")] = None
    rows: tuple[CallPastView, ...] = ()
    more: bool = False


class CallRaised(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call for help."""

    address: Annotated[str, Meta(max_length=400)]
    kind: str
    text: Annotated[str, Meta(max_length=1000)] = ""


class CallActed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person does to a call: acknowledge, arrive, resolve, cancel."""

    act: str
    text: Annotated[str, Meta(max_length=1000)] = ""
