"""Rules of authority before any grant is looked at: the stop, the machine, the command itself.

A rule returns why it refuses, or None. What is not known refuses.

>>> [check.reason.value for check in MACHINE_CHECKS][:2]
['forbidden_action', 'stopped']
"""

import math
from collections.abc import Callable

from linewright.plant.authority.checks import (
    FRESH_NS,
    Ask,
    Check,
    DecisionReason,
    is_fresh,
    seconds,
)
from linewright.plant.records.classes.acts import NEVER_ALLOWED, ActionKind
from linewright.plant.records.grants import Permits, Reading, Signal

__all__ = ["COMMAND_CHECKS", "COMMAND_LIFE_MAX_NS", "MACHINE_CHECKS"]

COMMAND_LIFE_MAX_NS = 3_600_000_000_000
"""Longest time until a command expires; usage remembers acts for longer than this."""

_WITHOUT_VALUE = frozenset(
    {ActionKind.HOLD, ActionKind.SAFE_STOP, ActionKind.INSPECT, ActionKind.CALL}
)
_CAN_BE_ABSENT = frozenset({Signal.GUARD_OPEN, Signal.MAINTENANCE, Signal.SET_UP})
_MUST_BE_TRUE = frozenset({Signal.REMOTE_ENABLED, Signal.AUTOMATIC})
_R = DecisionReason


# --- what nobody can allow, the stop, people at the machine, its permits


def _forbidden_action(ask: Ask) -> str | None:
    if ask.command.action in NEVER_ALLOWED:
        return f"nothing here may {ask.command.action} a machine"
    return None


def _stopped(ask: Ask) -> str | None:
    stop = ask.permits.stop
    # A stop holds however old it is: only silence about it is a reason of its own.
    return "automatic actions are stopped" if stop is not None and stop.value else None


def _stop_unconfirmed(ask: Ask) -> str | None:
    stop = ask.permits.stop
    if stop is None or not is_fresh(stop.age_ns):
        return f"the stop was not confirmed for {seconds(FRESH_NS)}"
    return None


def _permits_elsewhere(ask: Ask) -> str | None:
    if ask.permits.address != ask.command.address:
        return f"the permits are those of {ask.permits.address}"
    return None


def _inhibited(signal: Signal, words: str) -> Callable[[Ask], str | None]:
    """Refuse while `signal` says yes, however old that is."""

    def fault(ask: Ask) -> str | None:
        reading = _reading(ask.permits, signal)
        return words if reading is not None and reading.value else None

    return fault


_locked_out = _inhibited(Signal.LOCKED_OUT, "the station is locked out")
_guard_open = _inhibited(Signal.GUARD_OPEN, "a guard is open")
_maintenance = _inhibited(Signal.MAINTENANCE, "the machine is under maintenance")
_set_up = _inhibited(Signal.SET_UP, "the machine is being set up")


def _permit_missing(ask: Ask) -> str | None:
    missing = [name for name, reading in _needed(ask) if reading is None]
    return f"never heard: {', '.join(missing)}" if missing else None


def _permit_stale(ask: Ask) -> str | None:
    stale = [name for name, reading in _needed(ask) if reading and not is_fresh(reading.age_ns)]
    return f"older than {seconds(FRESH_NS)}: {', '.join(stale)}" if stale else None


def _permit_refused(ask: Ask) -> str | None:
    inhibits = {signal.value for signal in Signal} - {signal.value for signal in _MUST_BE_TRUE}
    refused = [
        name
        for name, reading in _needed(ask)
        if name not in inhibits and reading is not None and not reading.value
    ]
    return f"the machine says no: {', '.join(refused)}" if refused else None


def _needed(ask: Ask) -> list[tuple[str, Reading | None]]:
    """Signals that this command needs, each with its reading."""
    ceiling = ask.ceiling
    absent = _CAN_BE_ABSENT & set(ceiling.absent) if ceiling is not None else frozenset()
    needed = [
        (signal.value, _reading(ask.permits, signal)) for signal in Signal if signal not in absent
    ]
    known = {permit.name: permit.reading for permit in ask.permits.named}
    wanted = [] if ask.command.permit is None else [ask.command.permit]
    wanted += [] if ceiling is None else ceiling.permits
    signals = {signal.value for signal in Signal}
    return needed + [(name, known.get(name)) for name in wanted if name not in signals]


def _reading(permits: Permits, signal: Signal) -> Reading | None:
    readings: dict[Signal, Reading | None] = {
        Signal.REMOTE_ENABLED: permits.remote_enabled,
        Signal.AUTOMATIC: permits.automatic,
        Signal.LOCKED_OUT: permits.locked_out,
        Signal.GUARD_OPEN: permits.guard_open,
        Signal.MAINTENANCE: permits.maintenance,
        Signal.SET_UP: permits.set_up,
    }
    return readings[signal]


# --- the command itself


def _command_expired(ask: Ask) -> str | None:
    over_ns = ask.now_ns - ask.command.expires_ns
    return f"the command expired {seconds(over_ns)} ago" if over_ns >= 0 else None


def _expiry_too_far(ask: Ask) -> str | None:
    if ask.command.expires_ns - ask.now_ns > COMMAND_LIFE_MAX_NS:
        return f"the command would stay valid for more than {seconds(COMMAND_LIFE_MAX_NS)}"
    return None


def _not_in_plant(ask: Ask) -> str | None:
    command, ceiling = ask.command, ask.ceiling
    here = ceiling is not None and (ceiling.address, ceiling.limit.parameter) == (
        command.address,
        command.parameter,
    )
    if ceiling is None or not here:
        return f"the plant file has no command {command.parameter!r} at {command.address}"
    if ceiling.action is not command.action:
        return f"the plant file says that {command.parameter!r} is {ceiling.action}"
    return None


def _wrong_site_kind(ask: Ask) -> str | None:
    kind = ask.permits.site_kind
    grant_kind = kind if ask.grant is None else ask.grant.for_site
    allowed = (kind,) if ask.ceiling is None else ask.ceiling.site_kinds
    if ask.command.for_site is kind and grant_kind is kind and kind in allowed:
        return None
    return (
        f"the site is {kind}, the command for {ask.command.for_site}, the grant for {grant_kind}, "
        f"the plant file allows {', '.join(allowed) or 'none'}"
    )


def _value_invalid(ask: Ask) -> str | None:
    value, cost = ask.command.value, ask.command.cost
    if value is None and ask.command.action not in _WITHOUT_VALUE:
        return f"{ask.command.action} needs a value"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no finite number"
    if cost is not None and cost.amount < 0:
        return f"the cost is negative: {cost}"
    return None


MACHINE_CHECKS: tuple[Check, ...] = (
    Check(reason=_R.FORBIDDEN_ACTION, fault=_forbidden_action, escalate=True),
    Check(reason=_R.STOPPED, fault=_stopped),
    Check(reason=_R.STOP_UNCONFIRMED, fault=_stop_unconfirmed),
    Check(reason=_R.PERMITS_ELSEWHERE, fault=_permits_elsewhere),
    Check(
        reason=_R.LOCKED_OUT,
        fault=_locked_out,
        escalate=True,
    ),
    Check(reason=_R.GUARD_OPEN, fault=_guard_open, escalate=True),
    Check(
        reason=_R.MAINTENANCE,
        fault=_maintenance,
        escalate=True,
    ),
    Check(reason=_R.SET_UP, fault=_set_up, escalate=True),
    Check(reason=_R.PERMIT_MISSING, fault=_permit_missing),
    Check(reason=_R.PERMIT_STALE, fault=_permit_stale),
    Check(reason=_R.PERMIT_REFUSED, fault=_permit_refused),
)
"""What nobody can allow, the stop, people at the machine, its permits."""

COMMAND_CHECKS: tuple[Check, ...] = (
    Check(reason=_R.COMMAND_EXPIRED, fault=_command_expired),
    Check(reason=_R.EXPIRY_TOO_FAR, fault=_expiry_too_far),
    Check(reason=_R.NOT_IN_PLANT, fault=_not_in_plant),
    Check(reason=_R.WRONG_SITE_KIND, fault=_wrong_site_kind),
    Check(reason=_R.VALUE_INVALID, fault=_value_invalid),
)
"""The command itself, against the plant file."""
