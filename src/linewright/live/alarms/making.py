"""How alarm records are made: of a change at a tag, or of what follows from something else."""

from collections.abc import Mapping

import msgspec

from linewright.live.alarms.condition import Change
from linewright.live.alarms.life import AlarmNow, Occurrence
from linewright.live.alarms.memory import AlarmFold, key_of
from linewright.live.alarms.watches import MACHINE_PRIORITY, TagWatch
from linewright.live.station import NAME
from linewright.plant import Address
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmPriority,
    AlarmState,
    How,
    StationState,
)

__all__ = ["SUPPRESSING", "Told", "of_change", "of_occurrence"]

SUPPRESSING = frozenset([StationState.OFF, StationState.PLANNED_STOP])
"""States of a station in which its alarms are hidden by design; critical ones never are."""


def of_change(
    fold: AlarmFold, alarms: Mapping[str, AlarmNow], watch: TagWatch, change: Change
) -> Alarm:
    """Record of a change at a tag; its occurrence is named by the id of the one that raised it."""
    address = watch.station if watch.reports else watch.tag
    limit = change.watch
    raised = change.event is AlarmEvent.RAISED
    priority = MACHINE_PRIORITY if limit is None else limit.priority
    made = Alarm(
        address=address,
        t_ns=change.raised_ns,
        seen_ns=change.seen_ns,
        plant_rev=fold.layout.plant_rev,
        how=How.MACHINE,
        source=NAME,
        quality=change.quality,
        alarm=change.alarm,
        event=AlarmEvent.RAISED,
        state=_raised_state(fold, watch.station, priority),
        priority=priority,
        kind=change.kind,
        value=change.value,
        limit=None if limit is None else limit.limit,
        unit=None if limit is None else watch.unit,
        code=change.code,
        text=change.text,
    )
    if raised:
        return made
    now = alarms.get(key_of(made))
    known = [] if now is None else [each for each in now.occurrences if each.id == made.id]
    return msgspec.structs.replace(
        made,
        id="",
        t_ns=change.t_ns,
        event=AlarmEvent.RETURNED,
        occurrence=made.id,
        raw_t_ns=change.raw_t_ns,
        state=_returned_state(known[0] if known else None, change),
    )


def _raised_state(fold: AlarmFold, station: Address, priority: AlarmPriority) -> AlarmState:
    hidden = fold.stations.get(station) in SUPPRESSING and priority is not AlarmPriority.CRITICAL
    return AlarmState.SUPPRESSED if hidden else AlarmState.UNACKNOWLEDGED


def _returned_state(occurrence: Occurrence | None, change: Change) -> AlarmState:
    known = occurrence or Occurrence(id="", raised_ns=change.raised_ns)
    latches = change.watch is not None and change.watch.latches
    return msgspec.structs.replace(known, returned_ns=change.t_ns, latches=latches).state()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An event that follows from something else than the tag of the alarm."""

    event: AlarmEvent
    t_ns: int
    seen_ns: int
    comment: str = ""


def of_occurrence(fold: AlarmFold, now: AlarmNow, after: Occurrence, told: Told) -> Alarm:
    """Record of an event of an occurrence; `after` is the occurrence as it is then."""
    return Alarm(
        address=now.address,
        t_ns=told.t_ns,
        seen_ns=told.seen_ns,
        plant_rev=fold.layout.plant_rev,
        how=How.INFERRED,
        source=NAME,
        alarm=now.alarm,
        event=told.event,
        state=after.state(),
        priority=after.priority,
        kind=after.kind,
        occurrence=after.id,
        limit=after.limit,
        unit=after.unit,
        code=after.code,
        comment=told.comment,
    )
