"""Gaps: from when to when values of a source may be missing, so that no loss goes uncounted.

>>> from linewright.connectors.sources import Endpoint
>>> saw = Source(
...     name="saw", address=Address("nogales/machining/bracket/saw"),
...     endpoint=Endpoint(url="opc.tcp://127.0.0.1:4840"), points=(),
... )
>>> window = Window(from_ns=10**18, until_ns=10**18 + 5, reason=GapReason.STOPPED)
>>> gap_of(saw, window, epoch=5, seen_ns=10**18 + 6, plant_rev="r1").of_source
'saw'
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.connectors.sources import Source
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, How, revise

__all__ = ["PUBLISHER", "Window", "gap_of", "margin_ns", "not_before"]

PUBLISHER = "connect"
"""Source of the records that the connectors make."""

SPREAD_S = 0.5
"""How far apart a server may send values of one moment, besides its publishing interval."""

_NS_PER_S = 1_000_000_000


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """When values may be missing, and why.

    Examples
    --------
    >>> Window(from_ns=1, until_ns=2, reason=GapReason.OVERRUN).count is None
    True
    """

    from_ns: int
    until_ns: int
    reason: GapReason
    count: Annotated[int | None, Meta(description="rows lost, where they were counted")] = None
    tags: tuple[Address, ...] = ()


def margin_ns(publish_s: float, speed: float) -> int:
    """By how much a gap begins before the newest stored value and ends after data came again.

    A server sends the values of one moment within one publishing interval and the half second in
    which it may write them; the clock of an emulated plant is known as well as that. All of it is
    wall time, so it grows with the speed of the plant.

    Parameters
    ----------
    publish_s
        Publishing interval.
    speed
        Plant seconds in a second.

    Returns
    -------
    int
        Nanoseconds of plant time, above zero.

    Examples
    --------
    >>> margin_ns(0.1, 20.0)
    12000000000
    """
    return round((publish_s + SPREAD_S) * max(1.0, speed) * _NS_PER_S)


def gap_of(source: Source, window: Window, *, epoch: int, seen_ns: int, plant_rev: str) -> Gap:
    """Record of a gap; one that would end before it begins is empty.

    Examples
    --------
    >>> from linewright.connectors.sources import Endpoint
    >>> saw = Source(
    ...     name="saw", address=Address("nogales/machining/bracket/saw"),
    ...     endpoint=Endpoint(url="opc.tcp://127.0.0.1:4840"), points=(),
    ... )
    >>> window = Window(from_ns=9, until_ns=5, reason=GapReason.STOPPED)
    >>> gap_of(saw, window, epoch=5, seen_ns=1, plant_rev="r1").until_ns
    9
    """
    start_ns = max(0, window.from_ns)
    return Gap(
        address=source.address,
        t_ns=start_ns,
        seen_ns=seen_ns,
        plant_rev=plant_rev,
        how=How.MACHINE,
        source=PUBLISHER,
        of_source=source.name,
        epoch=epoch,
        until_ns=max(start_ns, window.until_ns),
        reason=window.reason,
        count=window.count,
        tags=tuple(str(tag) for tag in window.tags),
    )


def not_before(gap: Gap, stored: Gap | None) -> Gap:
    """Revise the stored gap where it is the same one, grown longer; else leave `gap` as it is.

    A connector that dies between a gap and the first data behind it begins the same gap again.

    Parameters
    ----------
    gap
        What is to be published.
    stored
        Newest stored gap of the same station, if any.

    Returns
    -------
    Gap
        `gap`, or the next revision of `stored` with the later end.

    Examples
    --------
    >>> from linewright.connectors.sources import Endpoint
    >>> saw = Source(
    ...     name="saw", address=Address("nogales/machining/bracket/saw"),
    ...     endpoint=Endpoint(url="opc.tcp://127.0.0.1:4840"), points=(),
    ... )
    >>> window = Window(from_ns=1, until_ns=5, reason=GapReason.STOPPED)
    >>> first = gap_of(saw, window, epoch=5, seen_ns=6, plant_rev="r1")
    >>> again = gap_of(
    ...     saw, msgspec.structs.replace(window, until_ns=9), epoch=5, seen_ns=10, plant_rev="r1"
    ... )
    >>> not_before(again, first).rev, not_before(again, first).until_ns, not_before(again, None).rev
    (1, 9, 0)
    """
    if stored is None or stored.id != gap.id:
        return gap
    until_ns = max(stored.until_ns, gap.until_ns)
    return revise(stored, seen_ns=gap.seen_ns, how=gap.how, until_ns=until_ns)
