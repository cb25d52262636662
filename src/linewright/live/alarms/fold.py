"""The fold of alarms: samples, records and time go in, alarm records come out.

Three things move it on (`step`):

- a **frame**: its samples against the limits of their tags (`condition`). What comes out depends
  on the samples of a tag alone, and on the states of its station for suppression.
- a **record**: `State` suppresses the alarms of a station that is off or in a planned stop, and
  shows them again; `Alarm` is what people did, or what this fold said before a restart.
- a **tick**: delays that ended without a sample, shelves that ended, silent sources, and what
  cannot be right any more (`_mended`). Ticks are given only once everything stored was read.
"""

from collections.abc import Iterator

import msgspec

from linewright.live.alarms.condition import TagMemory, judge, report
from linewright.live.alarms.life import AlarmNow, Occurrence, learn
from linewright.live.alarms.making import SUPPRESSING, Told, of_change, of_occurrence
from linewright.live.alarms.memory import AlarmFold, Tick, bounded, key_of, learned
from linewright.live.alarms.ticking import ticked
from linewright.live.station import T_NS_MAX, Row
from linewright.plant import Address
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmPriority,
    Quality,
    Record,
    State,
    StationState,
    order_of,
)
from linewright.plant.samples import Frame

__all__ = ["step"]

_BAD = int(Quality.BAD)


def step(fold: AlarmFold, given: Frame | Record | Tick) -> tuple[AlarmFold, tuple[Alarm, ...]]:
    """Fold a frame, a record or the time.

    Parameters
    ----------
    fold
        What is known.
    given
        A frame that was not read before; a record, of which `State` and `Alarm` mean something; or
        a tick.

    Returns
    -------
    AlarmFold
        What is known then, the records that come out included.
    tuple of Alarm
        New alarm records, in the order of `order_of`. Derived again they have the same ids.

    Notes
    -----
    A frame is linear in its rows, some three microseconds each; a tick is linear in the alarms that
    were ever raised and in the tags that were heard. Never raises for what a machine or a person
    sends.

    Examples
    --------
    >>> from linewright.live.alarms import begin
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.samples import Columns, FrameHeader, frame
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> tags = {"temp": {"node": "ns=2;s=T", "unit": "degC", "high": 80}}
    >>> _ = line.station("t", does={"turn": "48 s"}, connect={"opcua": "opc.tcp://t"}, tags=tags)
    >>> one = Columns(tag=["reno/shop/a/t#temp"], t_ns=[7], seen_ns=[8], value=[81.0], quality=[0])
    >>> made = frame(FrameHeader(site="reno", source="t", epoch=0, n=0), one)
    >>> fold, [record] = step(begin(plant.done(), "r1", "reno"), made)
    >>> record.event.value, record.value, record.limit
    ('raised', 81.0, 80.0)
    """
    if isinstance(given, Frame):
        return _frame(fold, given)
    if isinstance(given, Tick):
        return ticked(fold, given)
    if isinstance(given, State):
        return _state(fold, given)
    if isinstance(given, Alarm) and given.address.site == fold.layout.site:
        return learned(fold, [given]), ()
    return fold, ()


def _frame(fold: AlarmFold, frame: Frame) -> tuple[AlarmFold, tuple[Alarm, ...]]:
    changed: dict[str, TagMemory] = {}
    records: list[Alarm] = []
    alarms = dict(fold.alarms)
    for tag, memory, row in _rows(fold, frame, changed):
        watch = fold.layout.tags[tag]
        after, changes = (
            report(memory, row, watch.tag.tag or "") if watch.reports else judge(watch, memory, row)
        )
        changed[tag] = after
        for change in changes:
            record = of_change(fold, alarms, watch, change)
            records.append(record)
            alarms[key_of(record)] = learn(alarms.get(key_of(record)), record)
    if not changed:
        return fold, ()
    after_fold = msgspec.structs.replace(fold, tags={**fold.tags, **changed})
    if records:
        after_fold = msgspec.structs.replace(after_fold, alarms=bounded(alarms))
    return after_fold, tuple(sorted(records, key=order_of))


def _rows(
    fold: AlarmFold, frame: Frame, changed: dict[str, TagMemory]
) -> Iterator[tuple[str, TagMemory, Row]]:
    """Samples that could mean something; one within quiet bounds only moves its tag's time on."""
    batch = frame.batch
    names = batch.column("tag").dictionary.to_pylist()
    if not any(name in fold.layout.tags for name in names):
        return
    columns = ("t_ns", "seen_ns", "value", "int", "text", "quality")
    rows = zip(
        batch.column("tag").indices.to_pylist(),
        *(batch.column(name).to_pylist() for name in columns),
        strict=True,
    )
    for index, t_ns, seen_ns, value, integer, text, quality in rows:
        name = names[index]
        if name not in fold.layout.tags or t_ns > T_NS_MAX:
            continue
        memory = changed.get(name) or fold.tags.get(name) or TagMemory()
        bounds = fold.layout.quiet.get(name)
        quiet = bounds is not None and bounds[0] <= value <= bounds[1] and not quality & _BAD
        if quiet and memory.is_quiet:
            changed[name] = memory.moved(t_ns)
            continue
        yield (
            name,
            memory,
            Row(
                t_ns=t_ns,
                seen_ns=seen_ns,
                value=value,
                integer=integer,
                text=text,
                quality=quality,
            ),
        )


def _state(fold: AlarmFold, record: State) -> tuple[AlarmFold, tuple[Alarm, ...]]:
    """A station says what it does: its alarms are hidden by design, or shown again."""
    if record.void or record.state is StationState.UNKNOWN:
        return fold, ()
    before = fold.stations.get(record.address)
    stations = {**fold.stations, record.address: record.state}
    fold = msgspec.structs.replace(fold, stations=stations)
    hide = record.state in SUPPRESSING
    if (before in SUPPRESSING) == hide:
        return fold, ()
    made = [
        _overlay(fold, now, occurrence, hide=hide, state=record)
        for now, occurrence in _active_at(fold, record.address)
        if occurrence.is_suppressed is not hide
        and occurrence.priority is not AlarmPriority.CRITICAL
    ]
    return learned(fold, made), tuple(sorted(made, key=order_of))


def _active_at(fold: AlarmFold, station: Address) -> Iterator[tuple[AlarmNow, Occurrence]]:
    """Active alarms of a station and its tags, in the order of their keys."""
    for key in sorted(fold.alarms):
        now = fold.alarms[key]
        current = now.current
        if current is not None and current.is_active and station.contains(now.address):
            yield now, current


def _overlay(
    fold: AlarmFold, now: AlarmNow, occurrence: Occurrence, *, hide: bool, state: State
) -> Alarm:
    event = AlarmEvent.SUPPRESSED if hide else AlarmEvent.UNSUPPRESSED
    newest_ns = max(occurrence.raised_ns or 0, occurrence.suppressed_ns, occurrence.shown_ns)
    t_ns = max(state.t_ns, newest_ns + 1)
    change = {"suppressed_ns": t_ns} if hide else {"shown_ns": t_ns}
    after = msgspec.structs.replace(occurrence, **change)
    words = state.state.value.replace("_", " ")
    return of_occurrence(
        fold,
        now,
        after,
        Told(
            event=event,
            t_ns=t_ns,
            seen_ns=state.seen_ns,
            comment=f"the station is in state {words}",
        ),
    )
