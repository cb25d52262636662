"""Records that ask for attention: alarms (ISA-18.2) and andon calls.

>>> AlarmState("unacknowledged").value
'unacknowledged'
"""

import enum
from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.records.base import Key, Record, RecordId, Role, Text, TimeNs

__all__ = [
    "Alarm",
    "AlarmEvent",
    "AlarmKind",
    "AlarmPriority",
    "AlarmState",
    "Call",
    "CallEvent",
    "CallKind",
]


class AlarmEvent(enum.StrEnum):
    """What happened to an alarm (ISA-18.2 transitions).

    Examples
    --------
    >>> AlarmEvent("shelved")
    <AlarmEvent.SHELVED: 'shelved'>
    """

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    RESET = "reset"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"
    REMOVED_FROM_SERVICE = "removed_from_service"
    RETURNED_TO_SERVICE = "returned_to_service"


class AlarmState(enum.StrEnum):
    """State of an alarm after the event (ISA-18.2, states A to I without the latched pair's split).

    Examples
    --------
    >>> AlarmState("shelved")
    <AlarmState.SHELVED: 'shelved'>
    """

    NORMAL = "normal"
    """A: no deviation."""
    UNACKNOWLEDGED = "unacknowledged"
    """B: deviation, nobody has seen it."""
    ACKNOWLEDGED = "acknowledged"
    """C: deviation, somebody has."""
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    """D: gone before anybody saw it."""
    LATCHED_UNACKNOWLEDGED = "latched_unacknowledged"
    """E: gone, waits for a reset, nobody has seen it."""
    LATCHED_ACKNOWLEDGED = "latched_acknowledged"
    """F: gone, waits for a reset."""
    SHELVED = "shelved"
    """G: put aside by a person for a time."""
    SUPPRESSED = "suppressed"
    """H: not shown, by design."""
    OUT_OF_SERVICE = "out_of_service"
    """I: switched off for maintenance."""


class AlarmPriority(enum.StrEnum):
    """How soon somebody must act.

    Examples
    --------
    >>> AlarmPriority("high")
    <AlarmPriority.HIGH: 'high'>
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class AlarmKind(enum.StrEnum):
    """What is watched.

    Examples
    --------
    >>> AlarmKind("high_high")
    <AlarmKind.HIGH_HIGH: 'high_high'>
    """

    HIGH_HIGH = "high_high"
    HIGH = "high"
    LOW = "low"
    LOW_LOW = "low_low"
    DEVIATION = "deviation"
    RATE = "rate"
    DISCRETE = "discrete"
    MACHINE = "machine"
    SILENCE = "silence"
    PREDICTED = "predicted"


class CallEvent(enum.StrEnum):
    """What happened to a call.

    Examples
    --------
    >>> CallEvent("arrived")
    <CallEvent.ARRIVED: 'arrived'>
    """

    RAISED = "raised"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    ARRIVED = "arrived"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class CallKind(enum.StrEnum):
    """Whose help is called for.

    Examples
    --------
    >>> CallKind("material")
    <CallKind.MATERIAL: 'material'>
    """

    MATERIAL = "material"
    MAINTENANCE = "maintenance"
    QUALITY = "quality"
    ENGINEERING = "engineering"
    LOGISTICS = "logistics"
    SUPERVISOR = "supervisor"
    SAFETY = "safety"


class Alarm(Record, frozen=True, kw_only=True):
    """An alarm changes its state. All records of one occurrence name the one that raised it.

    The address is the tag that is watched, or the station for what the machine reports.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("alarm", "event")

    alarm: Annotated[Key, Meta(description="name of the alarm, unique at its address")]
    event: Annotated[AlarmEvent, Meta(description="what happened")]
    state: Annotated[AlarmState, Meta(description="state after the event")]
    priority: Annotated[AlarmPriority, Meta(description="how soon somebody must act")]
    kind: Annotated[AlarmKind, Meta(description="what is watched")] = AlarmKind.MACHINE
    occurrence: Annotated[
        RecordId | None, Meta(description="record that raised it; none if this one does")
    ] = None
    value: Annotated[float | None, Meta(description="value at the event, in `unit`")] = None
    limit: Annotated[float | None, Meta(description="limit that was crossed, in `unit`")] = None
    unit: Annotated[Key | None, Meta(description="unit of value and limit")] = None
    code: Annotated[Key | None, Meta(description="the machine's own code")] = None
    text: Annotated[Text, Meta(description="the machine's own words")] = ""
    shelved_until_ns: Annotated[
        TimeNs | None, Meta(description="when a shelved alarm comes back by itself")
    ] = None
    comment: Annotated[Text, Meta(description="why it was shelved or taken out of service")] = ""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: a later event names its occurrence, and shelving always ends.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Alarm).faults())
        []
        """
        yield from super().faults()
        follows = {AlarmEvent.ACKNOWLEDGED, AlarmEvent.RETURNED, AlarmEvent.RESET}
        if self.event in follows and self.occurrence is None:
            yield "occurrence", "the record that raised the alarm is not named"
        if self.event is AlarmEvent.SHELVED and self.shelved_until_ns is None:
            yield "shelved_until_ns", "a shelved alarm comes back at a set time"


class Call(Record, frozen=True, kw_only=True):
    """Somebody calls for help, is heard, is helped. All records name the one that raised it."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("kind", "event", "call")

    kind: Annotated[CallKind, Meta(description="whose help is called for")]
    event: Annotated[CallEvent, Meta(description="what happened")]
    call: Annotated[
        RecordId | None, Meta(description="record that raised it; none if this one does")
    ] = None
    text: Annotated[Text, Meta(description="what is wrong, in words")] = ""
    level: Annotated[int, Meta(ge=0, le=9, description="level of escalation, from 0")] = 0
    to: Annotated[Role | None, Meta(description="role that is asked now")] = None
    material: Annotated[Key | None, Meta(description="material asked for")] = None
    cause: Annotated[Key | None, Meta(description="cause found, if resolved")] = None
    case: Annotated[RecordId | None, Meta(description="case it belongs to")] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: a later event names the call.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Call).faults())
        []
        """
        yield from super().faults()
        if (self.event is CallEvent.RAISED) == (self.call is not None):
            yield "call", "every event but the first, and only these, names the call"
