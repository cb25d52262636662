"""`/api/line` and its kin: what happens now, and what the twin expects next."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.server.views.base import Labels, Ms, Number, View

__all__ = [
    "AheadView",
    "BufferNowView",
    "LineView",
    "StationNowView",
    "StationPageView",
    "StripView",
    "ValueView",
    "WearView",
]


class WearView(View, frozen=True, kw_only=True):
    """Life used of a tool or component; 1 is all of it."""

    used: float


class StationNowView(View, frozen=True, kw_only=True):
    """A station now."""

    state: Annotated[str, Meta(description="running, idle, blocked, starved, set_up, down, ...")]
    since_ms: Ms | None = None
    seen_ms: Annotated[Ms | None, Meta(description="wall time of what was last heard")] = None
    t_ms: Annotated[Ms | None, Meta(description="source time of the last change of state")] = None
    doubts: Annotated[tuple[str, ...], Meta(description="quality words against it")] = ()
    good: int = 0
    scrap: int = 0
    reason: Annotated[str, Meta(description="code, where known")] = ""
    product: str = ""
    order: str = ""
    alarms: Annotated[int, Meta(description="active and not acknowledged")] = 0
    calls: int = 0
    case: Annotated[str, Meta(description="id of its open case")] = ""
    wear: Mapping[str, WearView] = {}


class BufferNowView(View, frozen=True, kw_only=True):
    """What is in a buffer."""

    count: int
    about: Annotated[bool, Meta(description="computed from counters, not counted")] = False
    doubts: tuple[str, ...] = ()


class LineView(View, frozen=True, kw_only=True):
    """A line or work centre now."""

    address: str
    as_of_ms: Annotated[Ms | None, Meta(description="event time up to which all is counted")] = None
    stations: Annotated[Mapping[str, StationNowView], Meta(description="by name")] = {}
    buffers: Annotated[
        Mapping[str, BufferNowView], Meta(description="by `upstream-downstream`")
    ] = {}
    bottleneck: Annotated[str, Meta(description="name of the station that limits now")] = ""
    bottleneck_why: Annotated[str, Meta(description="code of the sentence that says why")] = ""
    bottleneck_share: Annotated[float | None, Meta(description="the number in it, 0..1")] = None
    bottleneck_s: Annotated[
        float | None, Meta(description="working time that it is active without a pause")
    ] = None
    shift: Annotated[str, Meta(description="name of the shift that is open; empty: none")] = ""
    shift_until_ms: Ms | None = None
    good: Annotated[int | None, Meta(description="good parts of this shift")] = None
    target: Annotated[float | None, Meta(description="planned good parts of this shift so far")] = (
        None
    )
    oee: Annotated[float | None, Meta(description="of this shift so far")] = None
    watermark_ms: Annotated[
        Ms | None, Meta(description="plant time at which good, target and oee end")
    ] = None


class AheadView(View, frozen=True, kw_only=True):
    """The twin's next hours beside the real ones: cumulative good parts of the line."""

    address: str
    made_ms: Annotated[Ms | None, Meta(description="when the forecast was made")] = None
    valid: bool = True
    caveat: str = ""
    past: Annotated[
        tuple[tuple[Ms, float], ...], Meta(description="good parts counted, since the first time")
    ] = ()
    ahead: Annotated[
        tuple[tuple[Ms, Number], ...],
        Meta(description="expected, counted from the first of past, as it is"),
    ] = ()
    was: Annotated[
        tuple[tuple[Ms, Number], ...],
        Meta(description="what was expected for the past, by the forecast of an hour ago"),
    ] = ()
    scores: Annotated[str, Meta(description="how often intervals of 90 % held, such as 36/40")] = ""


class ValueView(View, frozen=True, kw_only=True):
    """Newest value of a tag."""

    t_ms: Ms
    value: float | None = None
    text: str = ""
    doubts: tuple[str, ...] = ()
    seen_ms: Ms | None = None


class StripView(View, frozen=True, kw_only=True):
    """Stretches of one station, in order and without holes."""

    stretches: Annotated[
        tuple[tuple[Ms, Ms, str, str], ...],
        Meta(description="from, until, state, time category"),
    ] = ()


class StationPageView(View, frozen=True, kw_only=True):
    """A station's faceplate."""

    address: str
    now: StationNowView
    values: Annotated[Mapping[str, ValueView], Meta(description="by tag name")] = {}
    strip: StripView = StripView()
    labels: Labels = msgspec.field(default_factory=dict)
    watermark_ms: Annotated[
        Ms | None, Meta(description="plant time at which the strip and the indicators end")
    ] = None
    oee: float | None = None
    availability: float | None = None
    effectiveness: float | None = None
    quality_ratio: float | None = None
    mtbf_h: float | None = None
    mttr_h: float | None = None
    maintenance: Annotated[
        tuple[str, ...], Meta(description="open maintenance orders, one sentence each")
    ] = ()
