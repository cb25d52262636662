"""What authority rests on: grants, their use, the plant file's ceilings, the machine's permits.

Only the facts stand here; the decision is `linewright.plant.authority.authorise`.

>>> Mode.ACT.rank > Mode.CONFIRM.rank
True
"""

import enum
from typing import Annotated

from msgspec import Meta

from linewright.plant.address import NAME_PATTERN, Address
from linewright.plant.money import Money
from linewright.plant.records.base import (
    Key,
    Natural,
    NonNegative,
    Part,
    PersonId,
    Positive,
    RecordId,
    Role,
    SiteKind,
    Text,
    TimeNs,
    Value,
)
from linewright.plant.records.classes.acts import ActionKind

__all__ = [
    "GRANT_COUNT_MAX",
    "Act",
    "Ceiling",
    "Confirmation",
    "Grant",
    "Limit",
    "Mode",
    "NamedPermit",
    "Permits",
    "Reading",
    "Signal",
    "Undo",
    "Usage",
]

GRANT_COUNT_MAX = 1000
"""Most acts of one grant: a grant without a bound is none, and its usage fits one message."""

ParameterName = Annotated[str, Meta(pattern=rf"^{NAME_PATTERN}$(?!\n)")]


class Mode(enum.StrEnum):
    """How far a grant goes; each mode includes the ones before it.

    Examples
    --------
    >>> [mode.value for mode in Mode]
    ['observe', 'advise', 'confirm', 'act']
    """

    OBSERVE = "observe"
    ADVISE = "advise"
    CONFIRM = "confirm"
    ACT = "act"

    @property
    def rank(self) -> int:
        """Place in the order, 0 for the least.

        Examples
        --------
        >>> Mode.OBSERVE.rank
        0
        """
        return tuple(Mode).index(self)


class Signal(enum.StrEnum):
    """What a machine says about whether it may be written to.

    The first two must be true, the others false.

    Examples
    --------
    >>> Signal("guard_open")
    <Signal.GUARD_OPEN: 'guard_open'>
    """

    REMOTE_ENABLED = "remote_enabled"
    AUTOMATIC = "automatic"
    LOCKED_OUT = "locked_out"
    GUARD_OPEN = "guard_open"
    MAINTENANCE = "maintenance"
    SET_UP = "set_up"


class Limit(Part, frozen=True, kw_only=True):
    """Values that a parameter may be given: a closed range for numbers, a list for the rest.

    A kind of value that is not mentioned is not allowed: without `low` and `high` no number is,
    without `choices` no text, and yes or no only as the choices ``true`` and ``false``.

    Examples
    --------
    >>> Limit(parameter="speed", low=80.0, high=110.0).allows(95.0)
    True
    """

    parameter: Annotated[ParameterName, Meta(description="command of a station, by its name")]
    low: Annotated[float | None, Meta(description="least number allowed")] = None
    high: Annotated[float | None, Meta(description="greatest number allowed")] = None
    choices: Annotated[tuple[Key, ...], Meta(max_length=1000, description="texts allowed")] = ()

    def allows(self, value: Value) -> bool:
        """Whether `value` lies inside. A NaN, as value or as bound, is never inside.

        Examples
        --------
        >>> limit = Limit(parameter="program", choices=("O1001", "O1002"))
        >>> limit.allows("O1002"), limit.allows("O9999"), limit.allows(1.0)
        (True, False, False)
        """
        if isinstance(value, bool):
            return str(value).lower() in self.choices
        if isinstance(value, str):
            return value in self.choices
        return self.low is not None and self.high is not None and self.low <= value <= self.high


class Confirmation(Part, frozen=True, kw_only=True):
    """A signed-in person has confirmed one command.

    Examples
    --------
    >>> Confirmation(
    ...     command_id="a" * 26, person="p7", role=Role.QUALITY, at_ns=0, until_ns=60
    ... ).role.value
    'quality'
    """

    command_id: Annotated[RecordId, Meta(description="the command confirmed, and no other")]
    person: Annotated[PersonId, Meta(description="who")]
    role: Annotated[Role, Meta(description="in which role")]
    at_ns: Annotated[TimeNs, Meta(description="when")]
    until_ns: Annotated[TimeNs, Meta(description="valid until")]


class Grant(Part, frozen=True, kw_only=True):
    """What a signed-in person allows, where, within which limits, for how long.

    Written by the server alone. Whatever is not named is not allowed. A person's own command is
    a grant with `one_shot` and the command's id in `only_command`.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> example(Grant).mode
    <Mode.ACT: 'act'>
    """

    id: Annotated[Key, Meta(description="id of the grant")]
    person: Annotated[PersonId, Meta(description="who grants it")]
    roles: Annotated[
        tuple[Role, ...], Meta(max_length=10, description="roles of that person at the time")
    ]
    actions: Annotated[tuple[ActionKind, ...], Meta(max_length=100, description="kinds of action")]
    addresses: Annotated[
        tuple[Address, ...], Meta(max_length=1000, description="where, all below included")
    ]
    limits: Annotated[
        tuple[Limit, ...], Meta(max_length=1000, description="values allowed, per parameter")
    ] = ()
    count: Annotated[int, Meta(ge=0, le=GRANT_COUNT_MAX, description="most acts under this grant")]
    rate_per_h: Annotated[
        NonNegative | None, Meta(description="most acts in an hour; left out: as many as `count`")
    ] = None
    money: Annotated[
        Money | None, Meta(description="most cost of all acts; left out: nothing that costs")
    ] = None
    from_ns: Annotated[TimeNs, Meta(description="valid from")]
    until_ns: Annotated[TimeNs, Meta(description="valid until, this moment excluded")]
    mode: Annotated[Mode, Meta(description="how far it goes")] = Mode.ADVISE
    for_site: Annotated[SiteKind, Meta(description="for a real or a simulated site")]
    one_shot: Annotated[bool, Meta(description="for one command only")] = False
    only_command: Annotated[
        RecordId | None, Meta(description="that command; a one-shot grant names it")
    ] = None
    confirmed: Annotated[
        tuple[Confirmation, ...],
        Meta(max_length=GRANT_COUNT_MAX, description="commands confirmed under mode confirm"),
    ] = ()
    revoked: Annotated[bool, Meta(description="ended early by a person")] = False
    plant_rev: Annotated[Key, Meta(description="revision of the plant file it was given for")]
    comment: Annotated[Text, Meta(description="why it was given")] = ""


class Act(Part, frozen=True, kw_only=True):
    """One act counted against a grant.

    Examples
    --------
    >>> Act(command_id="a" * 26, at_ns=5).at_ns
    5
    """

    command_id: Annotated[RecordId, Meta(description="its command")]
    at_ns: Annotated[TimeNs, Meta(description="when it was reserved")]


class Undo(Part, frozen=True, kw_only=True):
    """An undo reserved by an act: exactly this may be written back, once.

    Examples
    --------
    >>> Undo(
    ...     of="a" * 26,
    ...     action=ActionKind.SPEED,
    ...     address=Address("nogales/machining/bracket/mill"),
    ...     parameter="speed",
    ...     value=100.0,
    ... ).value
    100.0
    """

    of: Annotated[RecordId, Meta(description="command whose effect it takes back")]
    action: Annotated[ActionKind, Meta(description="kind of action")]
    address: Annotated[Address, Meta(description="where")]
    parameter: Annotated[ParameterName, Meta(description="which command of the station")]
    value: Annotated[Value, Meta(description="value before the act")]


class Usage(Part, frozen=True, kw_only=True):
    """What was used of a grant; stored durably before each write.

    Examples
    --------
    >>> Usage(grant_id="g1").count
    0
    """

    grant_id: Annotated[Key, Meta(description="the grant")]
    count: Annotated[int, Meta(ge=0, le=GRANT_COUNT_MAX, description="acts reserved")] = 0
    money: Annotated[Money | None, Meta(description="cost of all of them")] = None
    acts: Annotated[
        tuple[Act, ...],
        Meta(max_length=GRANT_COUNT_MAX, description="acts of the last day, oldest first"),
    ] = ()
    undos: Annotated[
        tuple[Undo, ...], Meta(max_length=GRANT_COUNT_MAX, description="undos reserved, not used")
    ] = ()


class Reading(Part, frozen=True, kw_only=True):
    """A yes or no from a machine, and how old it is on the monotonic clock.

    Examples
    --------
    >>> Reading(value=True, age_ns=0).value
    True
    """

    value: Annotated[bool, Meta(description="what it says")]
    age_ns: Annotated[Natural, Meta(description="time since it was last confirmed")]


class NamedPermit(Part, frozen=True, kw_only=True):
    """A further permit that a command asks for by name.

    Examples
    --------
    >>> NamedPermit(name="cell_ready", reading=Reading(value=True, age_ns=0)).name
    'cell_ready'
    """

    name: Annotated[ParameterName, Meta(description="tag of the station, or permit of the plant")]
    reading: Annotated[Reading, Meta(description="what it says")]


class Permits(Part, frozen=True, kw_only=True):
    """What the enforcing process knows at this moment about one machine, its site and its stop.

    A signal that was never heard is None and refuses.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> example(Permits).stop.value
    False
    """

    address: Annotated[Address, Meta(description="the machine")]
    site_kind: Annotated[SiteKind, Meta(description="whether the site is real or simulated")]
    stop: Annotated[
        Reading | None, Meta(description="whether automatic actions are stopped for the site")
    ] = None
    grant_age_ns: Annotated[
        Natural | None,
        Meta(description="time since the grant was last confirmed"),
    ] = None
    remote_enabled: Annotated[
        Reading | None, Meta(description="the machine accepts writes from outside")
    ] = None
    automatic: Annotated[Reading | None, Meta(description="automatic mode")] = None
    locked_out: Annotated[
        Reading | None, Meta(description="a person has locked it out at the station")
    ] = None
    guard_open: Annotated[Reading | None, Meta(description="a guard is open")] = None
    maintenance: Annotated[Reading | None, Meta(description="under maintenance")] = None
    set_up: Annotated[Reading | None, Meta(description="being set up")] = None
    named: Annotated[
        tuple[NamedPermit, ...], Meta(max_length=100, description="further permits")
    ] = ()
    present: Annotated[
        float | None, Meta(description="present value of the parameter, for a limited step")
    ] = None
    present_age_ns: Annotated[Natural | None, Meta(description="how old that value is")] = None
    written_ns: Annotated[
        tuple[TimeNs, ...],
        Meta(
            max_length=GRANT_COUNT_MAX,
            description="when this parameter was written in the last day, under any grant",
        ),
    ] = ()


class Ceiling(Part, frozen=True, kw_only=True):
    """The most that any grant can allow for one command of one station: the plant file's side.

    Resolved from the plant file for one address and parameter. Limits left out here are left to
    the grant, except `limit` and `mode`, which every command has.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> example(Ceiling).limit.high
    120.0
    """

    address: Annotated[Address, Meta(description="the station")]
    limit: Annotated[Limit, Meta(description="the parameter and the values it can take")]
    action: Annotated[ActionKind, Meta(description="what writing it does")]
    mode: Annotated[Mode, Meta(description="the most that a grant may be")]
    plant_rev: Annotated[Key, Meta(description="revision of the plant file in force")]
    site_kinds: Annotated[
        tuple[SiteKind, ...], Meta(max_length=2, description="kinds of site it may be used on")
    ]
    roles: Annotated[
        tuple[Role, ...], Meta(max_length=10, description="who may grant; none listed: anybody")
    ] = ()
    permits: Annotated[
        tuple[ParameterName, ...], Meta(max_length=10, description="further permits by name")
    ] = ()
    absent: Annotated[
        tuple[Signal, ...],
        Meta(
            max_length=3,
            description="of guard_open, maintenance and set_up, those the machine does not have",
        ),
    ] = ()
    step: Annotated[
        Positive | None, Meta(description="largest change of the value in one command")
    ] = None
    rate_per_h: Annotated[
        NonNegative | None, Meta(description="writes in an hour, under all grants together")
    ] = None
    count: Annotated[Natural | None, Meta(description="most acts of one grant")] = None
    money: Annotated[Money | None, Meta(description="most cost of one grant")] = None
    longest_ns: Annotated[TimeNs | None, Meta(description="longest time box of a grant")] = None
    confirm_by: Annotated[
        Role | None, Meta(description="role that confirms each act: quality, for control plans")
    ] = None
    validated: Annotated[
        Limit | None, Meta(description="validated window, for what is in a control plan")
    ] = None
