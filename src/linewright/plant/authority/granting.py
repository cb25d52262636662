"""Rules of authority about the grant and its limits, together with the plant file's ceiling.

Comparisons are written so that a NaN refuses.

>>> [check.reason.value for check in GRANT_CHECKS][-1]
'money_used_up'
"""

import math
from collections.abc import Callable

from linewright.plant.authority.checks import (
    FRESH_NS,
    Ask,
    Check,
    DecisionReason,
    Granted,
    Scope,
    is_fresh,
    seconds,
)
from linewright.plant.money import Money
from linewright.plant.records.classes.acts import Command, Origin
from linewright.plant.records.grants import Confirmation, Limit, Mode

__all__ = ["DAY_NS", "GRANT_CHECKS"]

DAY_NS = 86_400_000_000_000
"""How long acts are remembered: the longest window of a rate."""

_HOUR_NS = 3_600_000_000_000
_R = DecisionReason


# --- the grant


def _no_grant(ask: Ask) -> str | None:
    return "there is no grant" if ask.grant is None else None


def _wrong_grant(ask: Ask) -> str | None:
    grant = ask.grant
    if grant is not None and grant.id != ask.command.grant_id:
        return f"the command names grant {ask.command.grant_id}, not {grant.id}"
    return None


def _grant_unconfirmed(ask: Ask) -> str | None:
    age_ns = ask.permits.grant_age_ns
    if age_ns is None or not is_fresh(age_ns):
        return f"the grant was not confirmed for {seconds(FRESH_NS)}"
    return None


def _plant_rev_mismatch(ask: Ask) -> str | None:
    if ask.grant is None or ask.ceiling is None:
        return None
    # An undo outlives its grant, so only its own revision counts.
    granted_rev = ask.command.plant_rev if ask.command.is_undo else ask.grant.plant_rev
    revs = (ask.ceiling.plant_rev, ask.command.plant_rev, granted_rev)
    if len(set(revs)) > 1:
        return f"plant revision {revs[0]} is in force, command has {revs[1]}, grant {revs[2]}"
    return None


def _usage_unknown(ask: Ask) -> str | None:
    if ask.usage is None or ask.grant is None or ask.usage.grant_id != ask.grant.id:
        return "what was used of the grant is not known"
    return None


def _granted(rule: Callable[[Granted], str | None]) -> Callable[[Ask], str | None]:
    """Ask `rule` behind the checks that found grant, usage and ceiling in place."""

    def fault(ask: Ask) -> str | None:
        assert ask.grant is not None, "the check no_grant comes before"
        assert ask.usage is not None, "the check usage_unknown comes before"
        assert ask.ceiling is not None, "the check not_in_plant comes before"
        return rule(
            Granted(
                command=ask.command,
                grant=ask.grant,
                usage=ask.usage,
                permits=ask.permits,
                now_ns=ask.now_ns,
                ceiling=ask.ceiling,
            )
        )

    return fault


def _undo_not_reserved(ask: Granted) -> str | None:
    command = ask.command
    wanted = (command.undo_of, command.action, command.address, command.parameter, command.value)
    reserved: tuple[tuple[object, ...], ...] = tuple(
        (undo.of, undo.action, undo.address, undo.parameter, undo.value) for undo in ask.usage.undos
    )
    return None if wanted in reserved else "no act has reserved exactly this undo"


def _repeated(ask: Granted) -> str | None:
    if any(act.command_id == ask.command.id for act in ask.usage.acts):
        return "the command was reserved before; read back what the machine holds"
    return None


def _grant_not_yet_valid(ask: Granted) -> str | None:
    early_ns = ask.grant.from_ns - ask.now_ns
    return f"the grant begins in {seconds(early_ns)}" if early_ns > 0 else None


def _grant_revoked(ask: Granted) -> str | None:
    return "the grant was ended by a person" if ask.grant.revoked else None


def _grant_expired(ask: Granted) -> str | None:
    end_ns = ask.grant.until_ns
    if ask.ceiling.longest_ns is not None:
        end_ns = min(end_ns, ask.grant.from_ns + ask.ceiling.longest_ns)
    over_ns = ask.now_ns - end_ns
    return f"the grant ended {seconds(over_ns)} ago" if over_ns >= 0 else None


def _role_not_allowed(ask: Granted) -> str | None:
    roles = ask.ceiling.roles
    if roles and not set(roles) & set(ask.grant.roles):
        return f"only {', '.join(roles)} may grant this"
    return None


def _wrong_person(ask: Granted) -> str | None:
    if ask.command.origin is Origin.PERSON and ask.command.by != ask.grant.person:
        return "the grant belongs to another person"
    return None


def _wrong_command(ask: Granted) -> str | None:
    single = ask.grant.one_shot or ask.grant.only_command is not None
    if single and ask.grant.only_command != ask.command.id:
        return "the grant is for another command"
    return None


def _action_not_granted(ask: Granted) -> str | None:
    if ask.command.action not in ask.grant.actions:
        return f"the grant does not name {ask.command.action}"
    return None


def _address_not_granted(ask: Granted) -> str | None:
    if not any(place.contains(ask.command.address) for place in ask.grant.addresses):
        return f"the grant does not reach {ask.command.address}"
    return None


# --- its limits


def _above_ceiling(ask: Granted) -> str | None:
    return _outside(ask.command, ask.ceiling.limit, "the ceiling")


def _outside_validated(ask: Granted) -> str | None:
    window = ask.ceiling.validated
    return None if window is None else _outside(ask.command, window, "the validated window")


def _step_too_large(ask: Granted) -> str | None:
    step, value = ask.ceiling.step, ask.command.value
    if step is None or value is None or isinstance(value, bool | str):
        return None
    present, age_ns = ask.permits.present, ask.permits.present_age_ns
    if present is None or age_ns is None or not is_fresh(age_ns):
        return "the present value is not known, and the step is limited"
    # Written so that a NaN refuses.
    return None if abs(value - present) <= step else f"the step from {present} is above {step}"


def _value_not_granted(ask: Granted) -> str | None:
    if ask.command.value is None:
        return None
    limits = [each for each in ask.grant.limits if each.parameter == ask.command.parameter]
    faults = [_outside(ask.command, limit, "the grant") for limit in limits]
    # Several limits of one parameter narrow each other: adding one never allows more.
    return next((fault for fault in faults if fault), None) if faults else "no value is granted"


def _mode_too_low(ask: Granted) -> str | None:
    mode = _mode(ask)
    return None if mode.rank >= Mode.CONFIRM.rank else f"the mode is {mode}"


def _not_confirmed(ask: Granted) -> str | None:
    if _mode(ask) is Mode.ACT or ask.grant.one_shot or _confirmations(ask):
        return None
    return "nobody has confirmed this command"


def _role_not_confirmed(ask: Granted) -> str | None:
    role = ask.ceiling.confirm_by
    own = ask.grant.one_shot and role in ask.grant.roles
    if role is None or own or any(each.role is role for each in _confirmations(ask)):
        return None
    return f"nobody confirmed it as {role}"


def _count_used_up(ask: Granted) -> str | None:
    most = min(1, ask.grant.count) if ask.grant.one_shot else ask.grant.count
    if ask.ceiling.count is not None:
        most = min(most, ask.ceiling.count)
    used = ask.usage.count
    return f"{used} of {most} acts were used" if used >= most else None


def _rate_exceeded(ask: Granted) -> str | None:
    acts_ns = [act.at_ns for act in ask.usage.acts]
    here_ns = list(ask.permits.written_ns)
    for rate_per_h, times_ns in (
        (ask.grant.rate_per_h, acts_ns),
        (ask.ceiling.rate_per_h, here_ns),
        (ask.command.max_rate_per_h, here_ns),
    ):
        if rate_per_h is not None and not _rate_left(rate_per_h, times_ns, ask.now_ns):
            return f"more than {rate_per_h:g} in an hour"
    return None


def _currency_mismatch(ask: Granted) -> str | None:
    cost = ask.command.cost
    if cost is None:
        return None
    amounts = (*_money_limits(ask), ask.usage.money)
    others = {money.currency for money in amounts if money is not None} - {cost.currency}
    return f"the cost is in {cost.currency}, not {', '.join(sorted(others))}" if others else None


def _money_used_up(ask: Granted) -> str | None:
    cost = ask.command.cost
    if cost is None or cost.amount == 0:
        return None
    total = cost.plus(ask.usage.money)
    if ask.grant.money is None:
        return "the grant allows no cost"
    for most in _money_limits(ask):
        if most is not None and total.amount > most.amount:
            return f"it would make {total} of {most}"
    return None


def _money_limits(ask: Granted) -> tuple[Money | None, Money | None]:
    return ask.grant.money, ask.ceiling.money


def _mode(ask: Granted) -> Mode:
    """How far grant and ceiling together go."""
    return min(ask.grant.mode, ask.ceiling.mode, key=lambda mode: mode.rank)


def _confirmations(ask: Granted) -> list[Confirmation]:
    """Confirmations of this command that are valid now."""
    return [
        each
        for each in ask.grant.confirmed
        if each.command_id == ask.command.id and each.at_ns <= ask.now_ns < each.until_ns
    ]


def _outside(command: Command, limit: Limit, whose: str) -> str | None:
    if command.value is None or limit.allows(command.value):
        return None
    inside = ", ".join(limit.choices) if limit.choices else f"{limit.low} to {limit.high}"
    return f"{command.value} is outside {whose}: {inside}"


def _rate_left(rate_per_h: float, times_ns: list[int], now_ns: int) -> bool:
    """Whether one more act fits: below one in an hour the window is longer, up to a day."""
    if not math.isfinite(rate_per_h) or rate_per_h * DAY_NS < _HOUR_NS:
        return False
    window_ns = _HOUR_NS if rate_per_h >= 1 else int(_HOUR_NS / rate_per_h)
    used = sum(time_ns > now_ns - window_ns for time_ns in times_ns)
    return used < max(1, int(rate_per_h))


GRANT_CHECKS: tuple[Check, ...] = (
    Check(reason=_R.NO_GRANT, fault=_no_grant),
    Check(reason=_R.WRONG_GRANT, fault=_wrong_grant),
    Check(reason=_R.GRANT_UNCONFIRMED, fault=_grant_unconfirmed),
    Check(reason=_R.PLANT_REV_MISMATCH, fault=_plant_rev_mismatch),
    Check(reason=_R.USAGE_UNKNOWN, fault=_usage_unknown),
    Check(reason=_R.UNDO_NOT_RESERVED, fault=_granted(_undo_not_reserved), scope=Scope.UNDO),
    Check(reason=_R.REPEATED, fault=_granted(_repeated), scope=Scope.ACTS),
    Check(reason=_R.GRANT_NOT_YET_VALID, fault=_granted(_grant_not_yet_valid), scope=Scope.ACTS),
    Check(reason=_R.GRANT_REVOKED, fault=_granted(_grant_revoked), scope=Scope.ACTS),
    Check(reason=_R.GRANT_EXPIRED, fault=_granted(_grant_expired), scope=Scope.ACTS),
    Check(reason=_R.ROLE_NOT_ALLOWED, fault=_granted(_role_not_allowed), scope=Scope.ACTS),
    Check(reason=_R.WRONG_PERSON, fault=_granted(_wrong_person), scope=Scope.ACTS),
    Check(reason=_R.WRONG_COMMAND, fault=_granted(_wrong_command), scope=Scope.ACTS),
    Check(reason=_R.ACTION_NOT_GRANTED, fault=_granted(_action_not_granted), scope=Scope.ACTS),
    Check(reason=_R.ADDRESS_NOT_GRANTED, fault=_granted(_address_not_granted), scope=Scope.ACTS),
    Check(reason=_R.ABOVE_CEILING, fault=_granted(_above_ceiling)),
    Check(reason=_R.OUTSIDE_VALIDATED, fault=_granted(_outside_validated)),
    Check(reason=_R.STEP_TOO_LARGE, fault=_granted(_step_too_large)),
    Check(reason=_R.VALUE_NOT_GRANTED, fault=_granted(_value_not_granted), scope=Scope.ACTS),
    Check(reason=_R.MODE_TOO_LOW, fault=_granted(_mode_too_low), scope=Scope.ACTS),
    Check(reason=_R.NOT_CONFIRMED, fault=_granted(_not_confirmed), scope=Scope.ACTS),
    Check(reason=_R.ROLE_NOT_CONFIRMED, fault=_granted(_role_not_confirmed), scope=Scope.ACTS),
    Check(reason=_R.COUNT_USED_UP, fault=_granted(_count_used_up), scope=Scope.ACTS),
    Check(reason=_R.RATE_EXCEEDED, fault=_granted(_rate_exceeded), scope=Scope.ACTS),
    Check(reason=_R.CURRENCY_MISMATCH, fault=_granted(_currency_mismatch), scope=Scope.ACTS),
    Check(reason=_R.MONEY_USED_UP, fault=_granted(_money_used_up), scope=Scope.ACTS),
)
"""The grant, its limits and those of the plant file."""
