"""What time alone brings: delays that ended, shelves that ended, silence, and mending."""

from collections.abc import Iterator

import msgspec

from linewright.live.alarms.condition import TagMemory, code_name, ripe
from linewright.live.alarms.life import AlarmNow, alarm_key, learn
from linewright.live.alarms.making import SUPPRESSING, Told, of_change, of_occurrence
from linewright.live.alarms.memory import AlarmFold, Silence, Tick, bounded, key_of, learned
from linewright.live.alarms.watches import MACHINE_PRIORITY, SILENCE_PRIORITY
from linewright.live.station import NAME
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    AlarmPriority,
    AlarmState,
    How,
    order_of,
)

__all__ = ["ticked"]


def ticked(fold: AlarmFold, tick: Tick) -> tuple[AlarmFold, tuple[Alarm, ...]]:
    """Fold the time."""
    records: list[Alarm] = []
    for part in (_ripened, _unshelved, _silences, _mended):
        fold, made = part(fold, tick)
        records += made
    return fold, tuple(sorted(records, key=order_of))


def _ripened(fold: AlarmFold, tick: Tick) -> tuple[AlarmFold, list[Alarm]]:
    """Alarms whose delay has ended though no further sample came."""
    tags, alarms, made = dict(fold.tags), dict(fold.alarms), []
    for name, memory in fold.tags.items():
        if not memory.waits:
            continue
        watch = fold.layout.tags[name]
        tags[name], changes = ripe(watch, memory, tick.settled_ns)
        for change in changes:
            record = of_change(fold, alarms, watch, change)
            made.append(record)
            alarms[key_of(record)] = learn(alarms.get(key_of(record)), record)
    if not made:
        return fold, made
    return msgspec.structs.replace(fold, tags=tags, alarms=bounded(alarms)), made


def _unshelved(fold: AlarmFold, tick: Tick) -> tuple[AlarmFold, list[Alarm]]:
    """Alarms that come back from the shelf because their time is over."""
    made = []
    for now in fold.alarms.values():
        shelf = now.shelf
        if shelf is None or not shelf.is_on or shelf.until_ns is None:
            continue
        if shelf.until_ns <= tick.now_ns:
            current = now.current
            shown = msgspec.structs.replace(now, shelf=None).state_at(shelf.until_ns)
            made.append(
                Alarm(
                    address=now.address,
                    t_ns=shelf.until_ns,
                    seen_ns=shelf.until_ns,
                    plant_rev=fold.layout.plant_rev,
                    how=How.INFERRED,
                    source=NAME,
                    alarm=now.alarm,
                    event=AlarmEvent.UNSHELVED,
                    state=shown,
                    priority=_priority(fold, now),
                    kind=AlarmKind.MACHINE if current is None else current.kind,
                    occurrence=None if current is None else current.id,
                    comment="the time on the shelf is over",
                )
            )
    return learned(fold, made), made


def _priority(fold: AlarmFold, now: AlarmNow) -> AlarmPriority:
    watch = fold.layout.limits.get(now.key)
    if watch is not None:
        return watch.priority
    return MACHINE_PRIORITY if now.current is None else now.current.priority


def _silences(fold: AlarmFold, tick: Tick) -> tuple[AlarmFold, list[Alarm]]:
    """Sources that fell silent or speak again."""
    made = []
    for silence in tick.silent:
        now = fold.alarms.get(_silence_key(silence))
        current = None if now is None else now.current
        if current is None or not current.is_active:
            after_ns = 0 if current is None else max(current.returned_ns or 0, 0) + 1
            made.append(_silent(fold, silence, max(tick.now_ns, after_ns)))
    for silence in tick.heard:
        now = fold.alarms.get(_silence_key(silence))
        current = None if now is None else now.current
        if now is None or current is None or not current.is_active:
            continue
        t_ns = max(tick.now_ns, (current.raised_ns or 0) + 1)
        after = msgspec.structs.replace(current, returned_ns=t_ns)
        made.append(
            of_occurrence(
                fold, now, after, Told(event=AlarmEvent.RETURNED, t_ns=t_ns, seen_ns=t_ns)
            )
        )
    return learned(fold, made), made


def _silence_key(silence: Silence) -> str:
    return alarm_key(silence.address, f"silence_{silence.source}")


def _silent(fold: AlarmFold, silence: Silence, t_ns: int) -> Alarm:
    """Raise the alarm of a silent source; a site whose machines are switched off is no news."""
    hidden = all(fold.stations.get(each) in SUPPRESSING for each in silence.stations)
    return Alarm(
        address=silence.address,
        t_ns=t_ns,
        seen_ns=t_ns,
        plant_rev=fold.layout.plant_rev,
        how=How.INFERRED,
        source=NAME,
        alarm=f"silence_{silence.source}",
        event=AlarmEvent.RAISED,
        state=AlarmState.SUPPRESSED if hidden else AlarmState.UNACKNOWLEDGED,
        priority=SILENCE_PRIORITY,
        kind=AlarmKind.SILENCE,
        text=f"nothing is heard of {silence.source}",
    )


def _mended(fold: AlarmFold, tick: Tick) -> tuple[AlarmFold, list[Alarm]]:
    """Alarms that this room raised and that cannot be active: they return, so that none stays.

    After a restart without its snapshot, or under a plant that no longer watches the tag, a raised
    record may stand of which the tags know nothing. What a tag has not yet been heard of stays.
    """
    doubtful = [
        (now, each)
        for now in fold.alarms.values()
        for each in now.occurrences
        if each.is_active and each.source == NAME and each.kind is not AlarmKind.SILENCE
    ]
    standing = set(_standing(fold)) if doubtful else set()
    made = []
    for now, occurrence in doubtful:
        if (now.key, occurrence.raised_ns) in standing or not _is_judged(fold, now):
            continue
        t_ns = max(tick.now_ns, (occurrence.raised_ns or 0) + 1)
        made.append(
            of_occurrence(
                fold,
                now,
                msgspec.structs.replace(occurrence, returned_ns=t_ns),
                Told(
                    event=AlarmEvent.RETURNED,
                    t_ns=t_ns,
                    seen_ns=t_ns,
                    comment="the tag does not show it any more, or is not watched any more",
                ),
            )
        )
    return learned(fold, made), made


def _standing(fold: AlarmFold) -> Iterator[tuple[str, int]]:
    """Alarms that are active by what their tags show: key, and when each was raised."""
    for name, memory in fold.tags.items():
        watch = fold.layout.tags[name]
        if memory.codes is not None and memory.codes.code is not None:
            alarm = code_name(watch.tag.tag or "", memory.codes.code)
            yield alarm_key(watch.station, alarm), memory.codes.raised_ns
        for each in memory.conditions:
            if each.raised_ns is not None:
                yield alarm_key(watch.tag, each.alarm), each.raised_ns


def _is_judged(fold: AlarmFold, now: AlarmNow) -> bool:
    """Whether the tag of an alarm has been heard, or is not watched any more."""
    if now.key in fold.layout.limits:
        return fold.tags.get(now.address, TagMemory()).is_judged
    reporting = [
        watch.tag
        for watch in fold.layout.tags.values()
        if watch.reports
        and watch.station == now.address
        and now.alarm.startswith(f"{watch.tag.tag}_")
    ]
    return all(fold.tags.get(tag, TagMemory()).is_judged for tag in reporting)
