"""`/api/plant`: what exists, from the plant file in force; changes only with its revision."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from linewright.server.views.base import Labels, View

__all__ = [
    "BufferView",
    "CommandView",
    "GroupView",
    "LimitView",
    "PlantView",
    "ReasonView",
    "ShiftView",
    "SiteView",
    "StationView",
    "TagView",
]


class LimitView(View, frozen=True, kw_only=True):
    """A limit of a tag and its alarm."""

    limit: float
    priority: str
    label: Labels = msgspec.field(default_factory=dict)
    action: Labels = msgspec.field(default_factory=dict)


class TagView(View, frozen=True, kw_only=True):
    """One signal of a station."""

    label: Labels
    unit: str = ""
    role: str = ""
    low_range: Annotated[float | None, Meta(description="least that the sensor can show")] = None
    high_range: Annotated[float | None, Meta(description="most that the sensor can show")] = None
    limits: Annotated[
        Mapping[str, LimitView], Meta(description="by low_low, low, high, high_high, alarm")
    ] = {}
    states: Annotated[
        Mapping[str, str], Meta(description="our state by the machine's own word for it")
    ] = {}


class CommandView(View, frozen=True, kw_only=True):
    """Something that may be written to a station."""

    label: Labels
    unit: str = ""
    low: Annotated[float | None, Meta(description="least that the machine takes")] = None
    high: Annotated[float | None, Meta(description="most that the machine takes")] = None
    allowed: Annotated[
        bool, Meta(description="whether `authority:` of the plant file lets anybody write it")
    ] = False
    allowed_low: Annotated[float | None, Meta(description="least that it lets people write")] = None
    allowed_high: Annotated[float | None, Meta(description="most that it lets people write")] = None
    roles: Annotated[
        tuple[str, ...], Meta(description="roles that it lets write; empty where it names none")
    ] = ()
    choices: Annotated[
        Mapping[str, Labels], Meta(description="of a command that is no number")
    ] = {}


class StationView(View, frozen=True, kw_only=True):
    """A station."""

    label: Labels
    type: str = ""
    connected: bool = False
    places: int = 1
    cycle_s: Annotated[float | None, Meta(description="standard time of a piece")] = None
    micro_stop_s: Annotated[float, Meta(description="stops shorter than this are micro-stops")] = (
        0.0
    )
    reasons: Annotated[str, Meta(description="name of its reason tree")] = ""
    tags: Mapping[str, TagView] = {}
    commands: Mapping[str, CommandView] = {}
    wears: Annotated[Mapping[str, Labels], Meta(description="what wears, by name")] = {}


class BufferView(View, frozen=True, kw_only=True):
    """A buffer between two stations; its address is `<line>/<upstream>-<downstream>`."""

    upstream: str
    downstream: str
    places: int | None = None


class GroupView(View, frozen=True, kw_only=True):
    """A line with its flow, or a work centre of interchangeable stations."""

    label: Labels
    kind: Literal["line", "work_centre"]
    area: str
    flow: Annotated[tuple[str, ...], Meta(description="names of stations in flow order")] = ()
    stations: Annotated[Mapping[str, StationView], Meta(description="by name")] = {}
    buffers: Annotated[tuple[BufferView, ...], Meta(description="in flow order")] = ()
    target_oee: float | None = None


class ReasonView(View, frozen=True, kw_only=True):
    """A node of a reason tree; a leaf can be picked."""

    code: Annotated[str, Meta(description="path, such as breakdown/mechanical")]
    label: Labels
    category: Annotated[str, Meta(description="time category that it books on")] = ""
    comment: Annotated[bool, Meta(description="whether a comment is asked for")] = False
    reasons: tuple["ReasonView", ...] = ()


class ShiftView(View, frozen=True, kw_only=True):
    """A shift in words of the plant file, such as `Mon-Fri 06:00-14:30 break 10:00-10:30`."""

    text: str


class SiteView(View, frozen=True, kw_only=True):
    """A site."""

    label: Labels
    timezone: str
    currency: str
    language: str
    here: Annotated[bool, Meta(description="whether this server is the site's own")] = False
    latitude: float | None = None
    longitude: float | None = None
    country: str = ""
    region: str = ""
    shifts: Mapping[str, ShiftView] = {}
    areas: Annotated[Mapping[str, Labels], Meta(description="by name")] = {}


class PlantView(View, frozen=True, kw_only=True):
    """The plant as applied."""

    enterprise: str
    label: Labels
    rev: str
    site: Annotated[str, Meta(description="site that this server serves")]
    simulated: bool
    languages: tuple[str, ...] = ()
    sites: Mapping[str, SiteView] = {}
    groups: Annotated[
        Mapping[str, GroupView], Meta(description="lines and work centres of the site, by address")
    ] = {}
    reasons: Annotated[
        Mapping[str, tuple[ReasonView, ...]], Meta(description="reason trees by name")
    ] = {}
    names: Annotated[
        Mapping[str, str],
        Meta(description="names of people who did or signed something lately, by id"),
    ] = {}
