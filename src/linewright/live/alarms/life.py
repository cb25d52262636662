"""The life of one alarm after ISA-18.2, as the fold of its records in any order.

What happened to an alarm is a set of events, each in a place of its own: when an occurrence was
raised, returned, acknowledged and reset; the newest word on shelving; the newest word on service.
So the same records give the same alarm whatever their order, a repeat changes nothing, and the
state at a time follows (`AlarmNow.state_at`). The `state` that stands in a record is what its maker
knew then; nothing here relies on it, but that an alarm is raised suppressed and returns latched.
"""

from collections.abc import Mapping

import msgspec

from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    AlarmPriority,
    AlarmState,
)

__all__ = [
    "OCCURRENCES_KEPT",
    "SHELF_MAX_S",
    "AlarmNow",
    "Mark",
    "Occurrence",
    "alarm_key",
    "learn",
]

SHELF_MAX_S: Mapping[AlarmPriority, int] = FrozenMap(
    {
        AlarmPriority.CRITICAL: 3600,
        AlarmPriority.HIGH: 12 * 3600,
        AlarmPriority.MEDIUM: 12 * 3600,
        AlarmPriority.LOW: 12 * 3600,
    }
)
"""Longest time on the shelf: a shift of 12 h, and 1 h for what is critical."""

OCCURRENCES_KEPT = 4
"""Occurrences that an alarm remembers: the newest, and a few whose late records still come."""

_NS_PER_S = 1_000_000_000

_LATCHED = frozenset([AlarmState.LATCHED_UNACKNOWLEDGED, AlarmState.LATCHED_ACKNOWLEDGED])


class Occurrence(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One time that an alarm was raised, with what became of it.

    Examples
    --------
    >>> Occurrence(id="sknop7igenacqkzye4szrz34kn", raised_ns=5).is_active
    True
    """

    id: str
    raised_ns: int | None = None
    """None where only a later event of it is known yet."""
    priority: AlarmPriority = AlarmPriority.MEDIUM
    kind: AlarmKind = AlarmKind.MACHINE
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    code: str | None = None
    text: str = ""
    source: str = ""
    quality: int = 0
    returned_ns: int | None = None
    returned_value: float | None = None
    acknowledged_ns: int | None = None
    acknowledged_by: str | None = None
    reset_ns: int | None = None
    latches: bool = False
    suppressed_ns: int = -1
    """When it was last suppressed, or taken out of that (`shown_ns`); -1: never."""
    shown_ns: int = -1
    is_void: bool = False
    """Whether the record that raised it was taken back."""

    @property
    def is_active(self) -> bool:
        """Whether it was raised and has not returned."""
        return self.raised_ns is not None and self.returned_ns is None and not self.is_void

    @property
    def is_suppressed(self) -> bool:
        """Whether it is hidden by design."""
        return self.suppressed_ns > self.shown_ns

    @property
    def order(self) -> tuple[int, str]:
        """Key that puts occurrences in order: raised, else first heard of."""
        known = (self.raised_ns, self.acknowledged_ns, self.returned_ns, self.reset_ns)
        return next((each for each in known if each is not None), 0), self.id

    def state(self) -> AlarmState:
        """State of the deviation, shelf and service aside."""
        acknowledged = self.acknowledged_ns is not None
        if self.is_void or self.raised_ns is None:
            return AlarmState.NORMAL
        if self.returned_ns is None and self.is_suppressed:
            return AlarmState.SUPPRESSED
        if self.returned_ns is None:
            return AlarmState.ACKNOWLEDGED if acknowledged else AlarmState.UNACKNOWLEDGED
        if self.latches and self.reset_ns is None:
            kept = AlarmState.LATCHED_ACKNOWLEDGED
            return kept if acknowledged else AlarmState.LATCHED_UNACKNOWLEDGED
        seen = acknowledged or self.reset_ns is not None or self.is_suppressed
        return AlarmState.NORMAL if seen else AlarmState.RETURNED_UNACKNOWLEDGED


class Mark(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The newest word on the shelf or on service.

    Examples
    --------
    >>> Mark(t_ns=5, id="a", is_on=True, by="p7").is_on
    True
    """

    t_ns: int
    id: str
    is_on: bool
    until_ns: int | None = None
    by: str | None = None
    comment: str = ""


class AlarmNow(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One alarm as far as its records tell.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> now = learn(None, example(Alarm))
    >>> now.state_at(example(Alarm).t_ns + 1).value
    'unacknowledged'
    """

    address: Address
    alarm: str
    occurrences: tuple[Occurrence, ...] = ()
    """The newest ones, oldest first."""
    shelf: Mark | None = None
    service: Mark | None = None

    @property
    def key(self) -> str:
        """Key of the alarm: its address and name.

        Examples
        --------
        >>> AlarmNow(address=Address("reno/shop/a/t#temp"), alarm="high").key
        'reno/shop/a/t#temp!high'
        """
        return alarm_key(self.address, self.alarm)

    @property
    def current(self) -> Occurrence | None:
        """The newest occurrence, or None.

        Examples
        --------
        >>> AlarmNow(address=Address("reno"), alarm="high").current is None
        True
        """
        told = [e for e in self.occurrences if e.raised_ns is not None and not e.is_void]
        return told[-1] if told else None

    def is_shelved_at(self, now_ns: int) -> bool:
        """Whether it is on the shelf at a time; the shelf ends by itself.

        Examples
        --------
        >>> AlarmNow(address=Address("reno"), alarm="high").is_shelved_at(5)
        False
        """
        shelf = self.shelf
        return shelf is not None and shelf.is_on and now_ns < (shelf.until_ns or 0)

    def state_at(self, now_ns: int) -> AlarmState:
        """State at a time not before its newest record.

        Examples
        --------
        >>> AlarmNow(address=Address("reno"), alarm="high").state_at(5)
        <AlarmState.NORMAL: 'normal'>
        """
        if self.service is not None and self.service.is_on:
            return AlarmState.OUT_OF_SERVICE
        if self.is_shelved_at(now_ns):
            return AlarmState.SHELVED
        current = self.current
        return AlarmState.NORMAL if current is None else current.state()


def alarm_key(address: str, alarm: str) -> str:
    """Key of an alarm in a map: its address and its name.

    Parameters
    ----------
    address
        Address of its records.
    alarm
        Its name there.

    Examples
    --------
    >>> alarm_key("reno/shop/a/t#temp", "high")
    'reno/shop/a/t#temp!high'
    """
    return f"{address}!{alarm}"


def learn(now: AlarmNow | None, record: Alarm) -> AlarmNow:
    """Alarm with one more of its records; any order gives the same, a repeat changes nothing.

    Parameters
    ----------
    now
        The alarm so far, or None before its first record.
    record
        A record of this alarm, of any revision. Of revisions only those that take a raised record
        back mean something here.

    Returns
    -------
    AlarmNow
        With at most `OCCURRENCES_KEPT` occurrences.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> once = learn(None, example(Alarm))
    >>> learn(once, example(Alarm)) == once
    True
    """
    if now is None:
        now = AlarmNow(address=record.address, alarm=record.alarm)
    assert now.key == alarm_key(record.address, record.alarm), "a record of another alarm"
    if record.event in _SHELF:
        return msgspec.structs.replace(now, shelf=_newer(now.shelf, _shelf(record)))
    if record.event in _SERVICE:
        return msgspec.structs.replace(now, service=_newer(now.service, _mark(record)))
    name = record.id if record.event is AlarmEvent.RAISED else record.occurrence
    if name is None:
        return now  # who suppresses an alarm names the occurrence, or means nothing
    known = {each.id: each for each in now.occurrences}
    known[name] = _told(known.get(name) or Occurrence(id=name), record)
    kept = sorted(known.values(), key=lambda each: each.order)[-OCCURRENCES_KEPT:]
    return msgspec.structs.replace(now, occurrences=tuple(kept))


_SHELF = {AlarmEvent.SHELVED: True, AlarmEvent.UNSHELVED: False}
_SERVICE = {AlarmEvent.REMOVED_FROM_SERVICE: True, AlarmEvent.RETURNED_TO_SERVICE: False}


def _mark(record: Alarm) -> Mark:
    is_on = _SHELF.get(record.event, False) or _SERVICE.get(record.event, False)
    return Mark(t_ns=record.t_ns, id=record.id, is_on=is_on, by=record.by, comment=record.comment)


def _shelf(record: Alarm) -> Mark:
    """Word on the shelf; however long was asked for, it ends within the longest time."""
    mark = _mark(record)
    if not mark.is_on:
        return mark
    longest_ns = record.t_ns + SHELF_MAX_S[record.priority] * _NS_PER_S
    until_ns = min(record.shelved_until_ns or longest_ns, longest_ns)
    return msgspec.structs.replace(mark, until_ns=until_ns)


def _newer(one: Mark | None, other: Mark) -> Mark:
    return other if one is None or (one.t_ns, one.id) < (other.t_ns, other.id) else one


def _told(known: Occurrence, record: Alarm) -> Occurrence:
    """Put an event of an occurrence into its place; of two that say the same the earlier counts."""
    change: dict[str, object] = {}
    if record.event is AlarmEvent.RAISED:
        change = _raised(known, record)
    elif record.event is AlarmEvent.RETURNED:
        if known.returned_ns is None or record.t_ns < known.returned_ns:
            change = {"returned_ns": record.t_ns, "returned_value": record.value}
        if record.state in _LATCHED:
            change["latches"] = True
    elif record.event is AlarmEvent.ACKNOWLEDGED:
        before = (known.acknowledged_ns, known.acknowledged_by or "")
        if before[0] is None or (record.t_ns, record.by or "") < before:
            change = {"acknowledged_ns": record.t_ns, "acknowledged_by": record.by}
    elif record.event is AlarmEvent.RESET:
        change = {"reset_ns": min(record.t_ns, known.reset_ns or record.t_ns)}
    elif record.event is AlarmEvent.SUPPRESSED:
        change = {"suppressed_ns": max(record.t_ns, known.suppressed_ns)}
    else:
        assert record.event is AlarmEvent.UNSUPPRESSED, record.event
        change = {"shown_ns": max(record.t_ns, known.shown_ns)}
    return msgspec.structs.replace(known, **change)


def _raised(known: Occurrence, record: Alarm) -> dict[str, object]:
    if record.void:
        return {"is_void": True}
    if known.raised_ns is not None:
        return {}
    suppressed = record.state is AlarmState.SUPPRESSED
    return {
        "raised_ns": record.t_ns,
        "priority": record.priority,
        "kind": record.kind,
        "value": record.value,
        "limit": record.limit,
        "unit": record.unit,
        "code": record.code,
        "text": record.text,
        "source": record.source,
        "quality": record.quality,
        "suppressed_ns": max(known.suppressed_ns, record.t_ns if suppressed else -1),
    }
