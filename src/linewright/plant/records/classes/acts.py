"""Records of acting: changes, commands, their outcome, and changes that hold for a time.

>>> ActionKind("start") in NEVER_ALLOWED
True
"""

import enum
from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.address import NAME_PATTERN, Address
from linewright.plant.money import Money
from linewright.plant.records.base import (
    Key,
    NonNegative,
    Part,
    Record,
    RecordId,
    SiteKind,
    Text,
    TimeNs,
    Value,
)

__all__ = [
    "NEVER_ALLOWED",
    "Ack",
    "ActionKind",
    "Change",
    "ChangeStatus",
    "Command",
    "Origin",
    "Outcome",
    "TemporaryChange",
]

ParameterName = Annotated[str, Meta(pattern=rf"^{NAME_PATTERN}$(?!\n)")]
ParameterPath = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-zA-Z0-9_-]*(\.[a-zA-Z0-9_+-]+)*$(?!\n)", max_length=200)
]
"""A parameter of the twin, or attributes of the plant model with dots between them."""


class ActionKind(enum.StrEnum):
    """What a command does to a machine or to the work around it.

    The last five exist only so that they can be named and refused.

    Examples
    --------
    >>> ActionKind("offset")
    <ActionKind.OFFSET: 'offset'>
    """

    SPEED = "speed"
    """Change speed or feed."""
    SETPOINT = "setpoint"
    """Change any other process value."""
    OFFSET = "offset"
    """Correct a tool or process offset."""
    PROGRAM = "program"
    """Choose the program or recipe of the next part."""
    ROUTE = "route"
    """Send parts another way."""
    SEQUENCE = "sequence"
    """Change the order of waiting jobs."""
    INSPECT = "inspect"
    """Send parts to an extra inspection."""
    HOLD = "hold"
    """Keep the next part from beginning, or material from use."""
    SAFE_STOP = "safe_stop"
    """Stop at the end of the cycle."""
    CALL = "call"
    """Call a person, or ask for maintenance."""
    START = "start"
    RESUME = "resume"
    JOG = "jog"
    HOME = "home"
    RESET = "reset"


NEVER_ALLOWED = frozenset(
    {
        ActionKind.START,
        ActionKind.RESUME,
        ActionKind.JOG,
        ActionKind.HOME,
        ActionKind.RESET,
    }
)
"""Kinds that no grant can allow: nothing here starts, resumes, jogs, homes or resets a machine."""


class Origin(enum.StrEnum):
    """Who wants a command: a person at a screen, or a case.

    Examples
    --------
    >>> Origin("case")
    <Origin.CASE: 'case'>
    """

    PERSON = "person"
    CASE = "case"


class Outcome(enum.StrEnum):
    """What became of a command at the machine.

    Examples
    --------
    >>> Outcome("unknown")
    <Outcome.UNKNOWN: 'unknown'>
    """

    REFUSED = "refused"
    """Not written: the decision says why."""
    WRITTEN = "written"
    """Accepted by the machine, not yet read back."""
    CONFIRMED = "confirmed"
    """Read back with the value that was written."""
    FAILED = "failed"
    """The machine did not take it, or holds another value."""
    UNKNOWN = "unknown"
    """No answer: read back, never repeat blindly."""


class ChangeStatus(enum.StrEnum):
    """Whether a temporary change holds.

    Examples
    --------
    >>> ChangeStatus("in_force")
    <ChangeStatus.IN_FORCE: 'in_force'>
    """

    IN_FORCE = "in_force"
    ENDED = "ended"
    MADE_PERMANENT = "made_permanent"


class Change(Part, frozen=True, kw_only=True):
    """One parameter has another value for a time.

    The one form of a scenario's difference, an injected fault, a command's effect and a rehearsed
    action.

    Examples
    --------
    >>> mill = Address("nogales/machining/bracket/mill")
    >>> Change(address=mill, parameter="speed", value=80.0, at_ns=0).until_ns is None
    True
    """

    address: Annotated[Address, Meta(description="what is changed")]
    parameter: Annotated[
        ParameterPath,
        Meta(description="which parameter of it, such as speed or does.cut.time.mean_s"),
    ]
    value: Annotated[Value, Meta(description="its value during the change, in its own unit")]
    at_ns: Annotated[TimeNs, Meta(description="when it begins")]
    until_ns: Annotated[TimeNs | None, Meta(description="when it ends; left out: it stays")] = None


class Command(Record, frozen=True, kw_only=True):
    """Somebody wants one value written to one machine, under one grant, before it expires.

    The address is the station and `parameter` the name of the command there in the plant file.
    Whether it may be written is decided by `linewright.plant.authority.authorise` alone.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = (
        "action",
        "parameter",
        "value",
        "by",
        "case",
        "undo_of",
    )

    action: Annotated[ActionKind, Meta(description="kind of action")]
    parameter: Annotated[ParameterName, Meta(description="command of the station, by its name")]
    value: Annotated[Value | None, Meta(description="value to write, in the command's unit")] = None
    expires_ns: Annotated[TimeNs, Meta(description="not to be written from here on")]
    grant_id: Annotated[Key, Meta(description="grant under which it is asked for")]
    for_site: Annotated[SiteKind, Meta(description="for a real or a simulated site")]
    origin: Annotated[Origin, Meta(description="whether a person or a case wants it")]
    case: Annotated[RecordId | None, Meta(description="case that wants it")] = None
    idempotent: Annotated[bool, Meta(description="whether twice does the same as once")] = False
    readback: Annotated[bool, Meta(description="whether the result can be read back")] = False
    permit: Annotated[
        ParameterName | None, Meta(description="further machine-side permit that must be fresh")
    ] = None
    max_rate_per_h: Annotated[
        NonNegative | None, Meta(description="how often it may be written in an hour")
    ] = None
    cost: Annotated[Money | None, Meta(description="what it is expected to cost")] = None
    is_undo: Annotated[bool, Meta(description="whether it takes an earlier act back")] = False
    undo_of: Annotated[RecordId | None, Meta(description="the command it takes back")] = None
    why: Annotated[Text, Meta(description="reason, for the person who reads the audit")] = ""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: a case or a person wants it, and an undo names what it takes back.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Command).faults())
        []
        """
        yield from super().faults()
        if self.origin is Origin.CASE and self.case is None:
            yield "case", "the case that wants it is not named"
        if self.origin is Origin.PERSON and self.by is None:
            yield "by", "the person who wants it is not named"
        if self.is_undo != (self.undo_of is not None):
            yield "undo_of", "an undo, and only one, names the command it takes back"


class Ack(Record, frozen=True, kw_only=True):
    """What became of a command. Success is judged later, by the effect in the data."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("command", "outcome")

    command: Annotated[RecordId, Meta(description="id of the command")]
    outcome: Annotated[Outcome, Meta(description="what became of it")]
    reason: Annotated[
        Key | None, Meta(description="reason code of the decision, or error of the machine")
    ] = None
    explanation: Annotated[Text, Meta(description="the same in words")] = ""
    escalate: Annotated[bool, Meta(description="whether a person must look at it now")] = False
    before: Annotated[Value | None, Meta(description="value read before the write")] = None
    after: Annotated[Value | None, Meta(description="value read back after the write")] = None
    written_ns: Annotated[TimeNs | None, Meta(description="when it was written")] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: a refusal gives its reason.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Ack).faults())
        []
        """
        yield from super().faults()
        if self.outcome is Outcome.REFUSED and self.reason is None:
            yield "reason", "a refusal gives its reason"


class TemporaryChange(Record, frozen=True, kw_only=True):
    """Something in a control plan holds another value for a time, confirmed by quality."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("parameter", "command", "status")

    parameter: Annotated[ParameterName, Meta(description="what is changed at the address")]
    status: Annotated[ChangeStatus, Meta(description="whether it holds")]
    value: Annotated[Value, Meta(description="value while it holds")]
    normal: Annotated[Value, Meta(description="value of the control plan")]
    unit: Annotated[Key | None, Meta(description="unit of both")] = None
    until_ns: Annotated[TimeNs, Meta(description="when it ends at the latest")]
    window_low: Annotated[float | None, Meta(description="validated window, from")] = None
    window_high: Annotated[float | None, Meta(description="validated window, to")] = None
    control_plan: Annotated[Key | None, Meta(description="control plan and its revision")] = None
    approval: Annotated[RecordId, Meta(description="approval by quality")]
    command: Annotated[RecordId | None, Meta(description="command that made it")] = None
    case: Annotated[RecordId | None, Meta(description="case that asked for it")] = None
    products: Annotated[
        tuple[Key, ...], Meta(max_length=1000, description="products concerned")
    ] = ()
    lots: Annotated[tuple[Key, ...], Meta(max_length=1000, description="lots concerned")] = ()
    comment: Annotated[Text, Meta(description="why")] = ""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: it ends after it begins.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(TemporaryChange).faults())
        []
        """
        yield from super().faults()
        if self.status is ChangeStatus.IN_FORCE and self.until_ns <= self.t_ns:
            yield "until_ns", "the change ends before it begins"
