"""Trends and the namespace: tags, their newest values and their history."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from linewright.server.views.base import Ms, View
from linewright.server.views.line import ValueView

__all__ = ["NamespaceView", "SourceView", "TagNowView", "TrendView", "ValuesView"]


class ValuesView(View, frozen=True, kw_only=True):
    """Newest values of the tags asked for, by `address#name`."""

    values: Mapping[str, ValueView] = {}


class TrendView(View, frozen=True, kw_only=True):
    """One tag over a window: at most as many points as asked for, in columns.

    Of each bucket of time the first, least, greatest and last row, so that no peak is lost.
    """

    tag: str
    unit: str = ""
    from_ms: Ms
    until_ms: Ms
    t_ms: tuple[int, ...] = ()
    value: Annotated[
        tuple[float | None, ...], Meta(description="null: a gap begins, nothing is known from here")
    ] = ()
    bad: Annotated[
        tuple[tuple[Ms, Ms, str], ...], Meta(description="from, until, quality words")
    ] = ()
    gaps: Annotated[tuple[tuple[Ms, Ms, str], ...], Meta(description="from, until, why")] = ()
    states: Annotated[
        tuple[tuple[Ms, Ms, str, str], ...], Meta(description="of its station: as swim lanes")
    ] = ()
    alarms: Annotated[
        tuple[tuple[Ms, Ms | None, str, str], ...],
        Meta(description="raised, returned, name, priority"),
    ] = ()
    rows: Annotated[int, Meta(description="rows that history has in the window")] = 0
    decimated: bool = False


class SourceView(View, frozen=True, kw_only=True):
    """Where a tag comes from."""

    protocol: str = ""
    endpoint: str = ""
    item: Annotated[str, Meta(description="in the protocol's own spelling")] = ""
    formula: Annotated[str, Meta(description="of a derived tag")] = ""
    link: Annotated[str, Meta(description="state of the link")] = ""


class TagNowView(View, frozen=True, kw_only=True):
    """A tag in the namespace."""

    now: ValueView | None = None
    source: SourceView = SourceView()
    subject: Annotated[str, Meta(description="where its samples travel on the bus")] = ""
    path: Annotated[str, Meta(description="path into the plant file")] = ""
    file: Annotated[str, Meta(description="`file:line` of it, as the plant was applied")] = ""
    type: str = ""


class NamespaceView(View, frozen=True, kw_only=True):
    """Tags at and below an address, by `address#name`."""

    address: str
    tags: Mapping[str, TagNowView] = {}
    more: bool = False
