"""What pages show of calls: those that are open with their clocks, and what could be called for."""

from collections.abc import Iterable

import msgspec

from linewright.live.calls.levels import FIRST, levels_of
from linewright.live.calls.life import CallNow, CallStatus
from linewright.plant import Address, Plant
from linewright.plant.records import CallKind, Role, StationNow, StationState

__all__ = ["CallRow", "Suggestion", "open_calls", "suggested"]

SUGGEST_S = 120
"""A station that is down for two minutes is one that somebody could call for."""

_NS_PER_S = 1_000_000_000

_KINDS = {
    "unplanned/material": CallKind.MATERIAL,
    "unplanned/quality": CallKind.QUALITY,
    "unplanned/program": CallKind.ENGINEERING,
}
"""Whose help a stop needs by the bucket of its reason; maintenance for all others."""


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """An open call with its clocks.

    Examples
    --------
    >>> CallRow.__struct_fields__[:3]
    ('call', 'address', 'kind')
    """

    call: str
    address: Address
    kind: CallKind
    status: CallStatus
    text: str
    material: str | None
    case: str | None
    raised_ns: int
    raised_by: str | None
    age_s: float
    """Time since it was raised."""
    level: int
    to: Role
    """Role that is asked now."""
    next_ns: int | None
    """When the next level is asked if nobody answers; None: nobody is left, or one has answered."""
    acknowledged_ns: int | None
    acknowledged_by: str | None
    arrived_ns: int | None
    arrived_by: str | None


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A stop that nobody has called for: one touch makes the call, nothing else does.

    Examples
    --------
    >>> Suggestion.__struct_fields__
    ('address', 'kind', 'since_ns', 'reason')
    """

    address: Address
    kind: CallKind
    since_ns: int
    """Since when the station is down."""
    reason: str | None = None


def open_calls(calls: Iterable[CallNow], *, now_ns: int) -> tuple[CallRow, ...]:
    """Open calls: those that nobody has answered first, then by age, the oldest first.

    Parameters
    ----------
    calls
        Calls as far as known.
    now_ns
        Plant time.

    Examples
    --------
    >>> from linewright.live.calls import learn
    >>> from linewright.plant.records import Call
    >>> from linewright.plant.records.examples import example
    >>> raised = example(Call)
    >>> [row] = open_calls([learn(None, raised)], now_ns=raised.t_ns + 60 * 10**9)
    >>> row.age_s, row.level, (row.next_ns - raised.t_ns) // 10**9
    (60.0, 0, 300)
    """
    waiting = sorted(
        (not now.waits, now.raised.t_ns, now.id, now)
        for now in calls
        if now.is_open and now.raised is not None
    )
    return tuple(_row(now, now_ns) for *_, now in waiting)


def suggested(
    plant: Plant,
    stations: Iterable[StationNow],
    calls: Iterable[CallNow],
    *,
    now_ns: int,
) -> tuple[Suggestion, ...]:
    """Calls that somebody could make: stations that are down and that nobody has called for.

    Parameters
    ----------
    plant
        For the buckets of reasons.
    stations
        Stations as they are now.
    calls
        Calls as far as known.
    now_ns
        Plant time.

    Returns
    -------
    tuple of Suggestion
        The longest stop first. Whose help: by the bucket of the reason, else maintenance.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> at = Address("reno/shop/a/t")
    >>> down = StationNow(address=at, state=StationState.DOWN, since_ns=0, seen_ns=0)
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> [one] = suggested(plant.done(), [down], [], now_ns=120 * 10**9)
    >>> one.kind.value
    'maintenance'
    """
    called = [each.address for each in calls if each.is_open]
    found = [
        Suggestion(
            address=each.address,
            kind=_kind(plant, each),
            since_ns=each.since_ns,
            reason=each.reason,
        )
        for each in stations
        if each.state is StationState.DOWN
        and now_ns - each.since_ns >= SUGGEST_S * _NS_PER_S
        and not any(at.contains(each.address) for at in called)
    ]
    return tuple(sorted(found, key=lambda each: (each.since_ns, each.address)))


def _row(now: CallNow, now_ns: int) -> CallRow:
    assert now.raised is not None, "only calls that were raised are listed"
    levels = levels_of(now.kind)
    left = levels[now.level :] if now.waits else ()
    return CallRow(
        call=now.id,
        address=now.address,
        kind=now.kind,
        status=now.status,
        text=now.text,
        material=now.material,
        case=now.case,
        raised_ns=now.raised.t_ns,
        raised_by=now.raised.by,
        age_s=max(0, now_ns - now.raised.t_ns) / _NS_PER_S,
        level=now.level,
        to=now.asked or now.to or FIRST[now.kind],
        next_ns=now.raised.t_ns + left[0].after_s * _NS_PER_S if left else None,
        acknowledged_ns=None if now.acknowledged is None else now.acknowledged.t_ns,
        acknowledged_by=None if now.acknowledged is None else now.acknowledged.by,
        arrived_ns=None if now.arrived is None else now.arrived.t_ns,
        arrived_by=None if now.arrived is None else now.arrived.by,
    )


def _kind(plant: Plant, station: StationNow) -> CallKind:
    """Whose help a stop needs, by the bucket of its reason or of a reason above it."""
    names = (station.reason or "").split("/")
    placed = dict(plant.stations_in(station.address)).get(station.address)
    tree = plant.reasons.get(placed.reasons or "") if placed is not None else None
    bucket = None
    for name in names:
        node = None if tree is None else tree.get(name)
        if node is None:
            break
        bucket, tree = node.bucket or bucket, node.reasons
    return _KINDS.get(bucket or "", CallKind.MAINTENANCE)
