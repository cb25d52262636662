"""What a rule of authority is: its reason, what it looks at, and when it is asked.

>>> DecisionReason("stopped")
<DecisionReason.STOPPED: 'stopped'>
"""

import enum
from collections.abc import Callable

import msgspec

from linewright.plant.records.classes.acts import Command
from linewright.plant.records.grants import Ceiling, Grant, Permits, Usage

__all__ = ["FRESH_NS", "Ask", "Check", "DecisionReason", "Granted", "Scope", "is_fresh", "seconds"]

FRESH_NS = 5_000_000_000
"""Oldest confirmation of a grant, a stop or a machine's signal that still counts, 5 s."""


class DecisionReason(enum.StrEnum):
    """Why a command is allowed or refused; the codes are stable, in the order of the checks.

    Examples
    --------
    >>> DecisionReason("stopped")
    <DecisionReason.STOPPED: 'stopped'>
    """

    ALLOWED = "allowed"
    FORBIDDEN_ACTION = "forbidden_action"
    STOPPED = "stopped"
    STOP_UNCONFIRMED = "stop_unconfirmed"
    PERMITS_ELSEWHERE = "permits_elsewhere"
    LOCKED_OUT = "locked_out"
    GUARD_OPEN = "guard_open"
    MAINTENANCE = "maintenance"
    SET_UP = "set_up"
    PERMIT_MISSING = "permit_missing"
    PERMIT_STALE = "permit_stale"
    PERMIT_REFUSED = "permit_refused"
    COMMAND_EXPIRED = "command_expired"
    EXPIRY_TOO_FAR = "expiry_too_far"
    NOT_IN_PLANT = "not_in_plant"
    WRONG_SITE_KIND = "wrong_site_kind"
    VALUE_INVALID = "value_invalid"
    NO_GRANT = "no_grant"
    WRONG_GRANT = "wrong_grant"
    GRANT_UNCONFIRMED = "grant_unconfirmed"
    PLANT_REV_MISMATCH = "plant_rev_mismatch"
    USAGE_UNKNOWN = "usage_unknown"
    UNDO_NOT_RESERVED = "undo_not_reserved"
    REPEATED = "repeated"
    GRANT_NOT_YET_VALID = "grant_not_yet_valid"
    GRANT_REVOKED = "grant_revoked"
    GRANT_EXPIRED = "grant_expired"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    WRONG_PERSON = "wrong_person"
    WRONG_COMMAND = "wrong_command"
    ACTION_NOT_GRANTED = "action_not_granted"
    ADDRESS_NOT_GRANTED = "address_not_granted"
    ABOVE_CEILING = "above_ceiling"
    OUTSIDE_VALIDATED = "outside_validated"
    STEP_TOO_LARGE = "step_too_large"
    VALUE_NOT_GRANTED = "value_not_granted"
    MODE_TOO_LOW = "mode_too_low"
    NOT_CONFIRMED = "not_confirmed"
    ROLE_NOT_CONFIRMED = "role_not_confirmed"
    COUNT_USED_UP = "count_used_up"
    RATE_EXCEEDED = "rate_exceeded"
    CURRENCY_MISMATCH = "currency_mismatch"
    MONEY_USED_UP = "money_used_up"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """All that a check may look at; see `authorise` for each.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> Ask(**authority_example()).command.parameter
    'speed'
    """

    command: Command
    grant: Grant | None
    usage: Usage | None
    permits: Permits
    now_ns: int
    ceiling: Ceiling | None


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """The same behind the checks that found grant, usage and ceiling in place.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> Granted(**authority_example()).grant.id
    'g-0057'
    """

    command: Command
    grant: Grant
    usage: Usage
    permits: Permits
    now_ns: int
    ceiling: Ceiling


class Scope(enum.StrEnum):
    """For which commands a check is asked.

    Examples
    --------
    >>> [scope.value for scope in Scope]
    ['yes', 'no', 'only']
    """

    ALL = "yes"
    ACTS = "no"
    UNDO = "only"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: its reason, whether it holds for an undo, whether it calls a person.

    Examples
    --------
    >>> Check(reason=DecisionReason.STOPPED, fault=lambda ask: None).scope
    <Scope.ALL: 'yes'>
    """

    reason: DecisionReason
    fault: Callable[[Ask], str | None]
    scope: Scope = Scope.ALL
    escalate: bool = False


def is_fresh(age_ns: int) -> bool:
    """Whether a confirmation of this age counts; a negative age is a broken clock.

    Examples
    --------
    >>> is_fresh(FRESH_NS), is_fresh(FRESH_NS + 1), is_fresh(-1)
    (True, False, False)
    """
    return 0 <= age_ns <= FRESH_NS


def seconds(duration_ns: int) -> str:
    """Duration in words.

    Examples
    --------
    >>> seconds(1_500_000_000)
    '1.5 s'
    """
    return f"{duration_ns / 1e9:g} s"
