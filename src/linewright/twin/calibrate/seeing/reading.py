"""Records, put in order: one revision of each, by time, and by the station they speak of."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from linewright.plant import Address
from linewright.plant.model import Station
from linewright.plant.records import Gap, Maintenance, Parts, Reason, Record, State

__all__ = ["Heard", "heard"]

ROLES = ("state", "parts.", "cycle")
"""Roles of tags whose loss leaves a hole in what is known of a station."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard of one station, each kind by time."""

    states: list[State] = msgspec.field(default_factory=list)
    parts: list[Parts] = msgspec.field(default_factory=list)
    reasons: list[Reason] = msgspec.field(default_factory=list)
    works: list[Maintenance] = msgspec.field(default_factory=list)
    gaps: list[tuple[int, int]] = msgspec.field(default_factory=list)
    """Times without data, from and until, ns."""
    left: Counter[str] = msgspec.field(default_factory=Counter)
    """What was repaired or left out, and how often."""


def heard(records: Iterable[Record], stations: Mapping[Address, Station]) -> dict[Address, Heard]:
    """Return what records say of each station; order, duplicates and revisions do not matter.

    Parameters
    ----------
    records
        Of any classes, in any order; state, parts, reason, maintenance and gap are read.
    stations
        The stations that are asked for.
    """
    found = {address: Heard() for address in stations}
    newest: dict[str, Record] = {}
    times: dict[tuple[Address, type], int] = {}
    for record in records:
        place = found.get(record.address)
        known = newest.get(record.id or "")
        if place is not None and known is not None and known.rev == record.rev:
            place.left["duplicate records, counted once"] += 1
        if place is not None and known is None:
            key = (record.address, type(record))
            if record.t_ns < times.get(key, 0):
                place.left["late records, taken in at their time"] += 1
            times[key] = max(record.t_ns, times.get(key, 0))
        if known is None or record.rev > known.rev:
            newest[record.id or ""] = record
    held = sorted(
        (one for one in newest.values() if not one.void), key=lambda r: (r.t_ns, r.seen_ns)
    )
    for record in held:
        if isinstance(record, Gap):
            _gap(record, stations, found)
        elif record.address in found:
            _one(record, found[record.address])
    for place in found.values():
        gone = {each for reason in place.reasons for each in reason.replaces}
        place.reasons[:] = [reason for reason in place.reasons if reason.id not in gone]
    return found


def _one(record: Record, place: Heard) -> None:
    if isinstance(record, State):
        place.states.append(record)
    elif isinstance(record, Parts):
        place.parts.append(record)
    elif isinstance(record, Reason):
        place.reasons.append(record)
    elif isinstance(record, Maintenance):
        place.works.append(record)


def _gap(gap: Gap, stations: Mapping[Address, Station], found: Mapping[Address, Heard]) -> None:
    for address, station in stations.items():
        inside = address == gap.address or address.startswith(f"{gap.address}/")
        if inside and not gap.filled and _matters(gap, address, station):
            found[address].gaps.append((gap.t_ns, gap.until_ns))


def _matters(gap: Gap, address: Address, station: Station) -> bool:
    """Return whether what is missing would have told states or parts."""
    if not gap.tags:
        return True
    for name in gap.tags:
        owner, _, tag = name.partition("#")
        known = station.tags.get(tag)
        if owner == address and (known is None or str(known.role or "").startswith(ROLES)):
            return True
    return False
