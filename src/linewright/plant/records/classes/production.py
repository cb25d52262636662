"""Records of production: what a station does, why it stops, what it makes, who works there.

`State` and `Parts` are what OEE needs (ISO 22400-2); `Reason` explains stretches of time and can
split or merge them; `Job` says what is worked on; `SignOn` who is there.

>>> StationState("set_up")
<StationState.SET_UP: 'set_up'>
"""

import enum
from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.records.base import (
    Key,
    Natural,
    NonNegative,
    PersonId,
    Probability,
    Record,
    RecordId,
    Text,
    TimeNs,
)

__all__ = [
    "Job",
    "JobStatus",
    "Parts",
    "Presence",
    "Reason",
    "SignOn",
    "State",
    "StationMode",
    "StationState",
]

Count = Annotated[int, Meta(ge=0, le=2**53)]


class StationState(enum.StrEnum):
    """What a station does; the plant file maps a machine's own states to these.

    Examples
    --------
    >>> [each.value for each in StationState][:4]
    ['running', 'idle', 'blocked', 'starved']
    """

    RUNNING = "running"
    """Making parts."""
    IDLE = "idle"
    """Able to run, not asked to, or the machine does not say why it waits."""
    BLOCKED = "blocked"
    """Done, but no place behind for the part."""
    STARVED = "starved"
    """Free, but no part in front."""
    SET_UP = "set_up"
    """Being prepared for another product."""
    DOWN = "down"
    """Failed or stopped and not able to run."""
    PLANNED_STOP = "planned_stop"
    """Stopped by plan: maintenance, cleaning, trial."""
    OFF = "off"
    """Switched off."""
    UNKNOWN = "unknown"
    """Nothing is known: not connected, or a state without a meaning in the plant file."""


class StationMode(enum.StrEnum):
    """Operating mode of a station, as the machine reports it.

    Examples
    --------
    >>> StationMode("automatic")
    <StationMode.AUTOMATIC: 'automatic'>
    """

    AUTOMATIC = "automatic"
    SEMI_AUTOMATIC = "semi_automatic"
    MANUAL = "manual"
    SET_UP = "set_up"
    MAINTENANCE = "maintenance"


class JobStatus(enum.StrEnum):
    """What has become of a job.

    Examples
    --------
    >>> JobStatus("paused")
    <JobStatus.PAUSED: 'paused'>
    """

    QUEUED = "queued"
    SET_UP = "set_up"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"
    ABORTED = "aborted"


class Presence(enum.StrEnum):
    """Whether a person came or left.

    Examples
    --------
    >>> Presence("on")
    <Presence.ON: 'on'>
    """

    ON = "on"
    OFF = "off"


class State(Record, frozen=True, kw_only=True):
    """A station enters a state at `t_ns` and stays in it until the next record of its kind."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("state",)

    state: Annotated[StationState, Meta(description="state entered")]
    mode: Annotated[StationMode | None, Meta(description="operating mode, where known")] = None
    raw_state: Annotated[Key | None, Meta(description="state in the machine's own words")] = None
    reason: Annotated[
        Key | None, Meta(description="reason code that the machine gives: a path in the tree")
    ] = None
    product: Annotated[Key | None, Meta(description="product being made")] = None
    operation: Annotated[Key | None, Meta(description="operation being done")] = None
    job: Annotated[Key | None, Meta(description="job being worked on")] = None
    program: Annotated[Key | None, Meta(description="machine program that is active")] = None
    speed_ratio: Annotated[
        NonNegative | None,
        Meta(description="speed set, over the speed of the plant file; 1 = full"),
    ] = None


class Reason(Record, frozen=True, kw_only=True):
    """Why a station was not running from `t_ns` to `until_ns`.

    Reasons split and merge stretches of time: cutting a stop in two is two reasons that both name
    the old one in `replaces`; merging three is one that names all three. What a code means for
    the ledger stands in the reason tree of the plant file.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("until_ns", "code")

    code: Annotated[Key, Meta(description="path in the reason tree, such as mechanical/jam")]
    until_ns: Annotated[
        TimeNs | None, Meta(description="end of the stretch; left out: until the state ends")
    ] = None
    states: Annotated[
        tuple[RecordId, ...], Meta(max_length=1000, description="state records it explains")
    ] = ()
    replaces: Annotated[
        tuple[RecordId, ...],
        Meta(max_length=1000, description="reasons that no longer hold: split or merged"),
    ] = ()
    comment: Annotated[Text, Meta(description="what the operator adds")] = ""
    probability: Annotated[
        Probability | None, Meta(description="of an inferred reason: how sure")
    ] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: the stretch does not end before it begins.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Reason).faults())
        []
        """
        yield from super().faults()
        if self.until_ns is not None and self.until_ns < self.t_ns:
            yield "until_ns", "the stretch ends before it begins"


class Parts(Record, frozen=True, kw_only=True):
    """Parts counted at a station between `from_ns` and `t_ns`: increments, never totals.

    A part is counted once, as good, scrap or rework; good parts of the first pass are `good`
    less what came back from rework under the same operation.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("product", "operation", "job", "lot", "counter")

    from_ns: Annotated[TimeNs | None, Meta(description="start of the time counted over")] = None
    good: Annotated[Count, Meta(description="good parts")] = 0
    scrap: Annotated[Count, Meta(description="parts thrown away")] = 0
    rework: Annotated[Count, Meta(description="parts sent to rework")] = 0
    reworked: Annotated[Count, Meta(description="of the good parts, those after rework")] = 0
    cause: Annotated[Key | None, Meta(description="defect code of scrap and rework")] = None
    product: Annotated[Key | None, Meta(description="product made")] = None
    operation: Annotated[Key | None, Meta(description="operation done")] = None
    job: Annotated[Key | None, Meta(description="job they were made for")] = None
    lot: Annotated[Key | None, Meta(description="lot they belong to")] = None
    units: Annotated[
        tuple[Key, ...], Meta(max_length=1000, description="ids of the parts, where they have one")
    ] = ()
    cycle_s: Annotated[
        NonNegative | None, Meta(description="time of the cycle that made them, in s")
    ] = None
    counter: Annotated[
        Key | None, Meta(description="counter that was read, where several exist")
    ] = None
    reading: Annotated[
        Natural | None, Meta(description="reading of that counter after the increment")
    ] = None
    restarted: Annotated[
        bool, Meta(description="whether the counter was found set back: parts may be missing")
    ] = False

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: time runs forward, and reworked parts are among the good ones.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Parts).faults())
        []
        """
        yield from super().faults()
        if self.from_ns is not None and self.from_ns > self.t_ns:
            yield "from_ns", "the time counted over begins after it ends"
        if self.reworked > self.good:
            yield "reworked", "more parts came from rework than were good"


class Job(Record, frozen=True, kw_only=True):
    """One operation of one lot at a station: queued, begun, interrupted, finished."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("job", "status")

    job: Annotated[Key, Meta(description="name of the job, unique in the site")]
    status: Annotated[JobStatus, Meta(description="what has become of it")]
    order: Annotated[Key | None, Meta(description="order it belongs to")] = None
    lot: Annotated[Key | None, Meta(description="lot it works on")] = None
    product: Annotated[Key | None, Meta(description="product made")] = None
    operation: Annotated[Key | None, Meta(description="operation done")] = None
    quantity: Annotated[Natural | None, Meta(description="parts to make")] = None
    done: Annotated[Natural | None, Meta(description="parts made so far")] = None
    set_up: Annotated[Key | None, Meta(description="set-up that it needs")] = None
    program: Annotated[Key | None, Meta(description="machine program")] = None
    program_rev: Annotated[Key | None, Meta(description="revision of that program")] = None
    planned_start_ns: Annotated[TimeNs | None, Meta(description="start in the schedule")] = None
    planned_end_ns: Annotated[TimeNs | None, Meta(description="end in the schedule")] = None


class SignOn(Record, frozen=True, kw_only=True):
    """A person signs on or off at a station, for skills and responsibility, never for ranking."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("person", "presence")

    person: Annotated[PersonId, Meta(description="who")]
    presence: Annotated[Presence, Meta(description="came or left")]
    skill: Annotated[Key | None, Meta(description="skill used there")] = None
    crew: Annotated[Key | None, Meta(description="crew the person works in")] = None
    shift: Annotated[Key | None, Meta(description="shift of the plant file")] = None
    until_ns: Annotated[
        TimeNs | None, Meta(description="when the sign-on ends by itself, against forgotten ones")
    ] = None
