"""The decision table of authority: for each reason, the one change that brings it about."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from linewright.plant.address import Address
from linewright.plant.authority import Act, DecisionReason, Limit, Mode, Permits, Reading, Usage
from linewright.plant.money import Money
from linewright.plant.records import ActionKind, Origin, Role, SiteKind
from linewright.plant.records.examples import AuthorityFacts, authority_example

Flip = Callable[[AuthorityFacts], AuthorityFacts]

HOUR_NS = 3_600_000_000_000
R = DecisionReason


def command(**changes: Any) -> Flip:  # noqa: ANN401 - fields of any type
    """Change the command; its id follows."""

    def flip(facts: AuthorityFacts) -> AuthorityFacts:
        changed = msgspec.structs.replace(facts["command"], id="", **changes)
        return {**facts, "command": changed}

    return flip


def grant(**changes: Any) -> Flip:  # noqa: ANN401 - fields of any type
    """Change the grant, where there is one."""

    def flip(facts: AuthorityFacts) -> AuthorityFacts:
        if facts["grant"] is None:
            return facts
        return {**facts, "grant": msgspec.structs.replace(facts["grant"], **changes)}

    return flip


def ceiling(**changes: Any) -> Flip:  # noqa: ANN401 - fields of any type
    """Change the ceiling, where there is one."""

    def flip(facts: AuthorityFacts) -> AuthorityFacts:
        if facts["ceiling"] is None:
            return facts
        return {**facts, "ceiling": msgspec.structs.replace(facts["ceiling"], **changes)}

    return flip


def usage(**changes: Any) -> Flip:  # noqa: ANN401 - fields of any type
    """Change the usage, where it is known."""

    def flip(facts: AuthorityFacts) -> AuthorityFacts:
        if facts["usage"] is None:
            return facts
        return {**facts, "usage": msgspec.structs.replace(facts["usage"], **changes)}

    return flip


def permits(**changes: Any) -> Flip:  # noqa: ANN401 - fields of any type
    """Change the permits."""

    def flip(facts: AuthorityFacts) -> AuthorityFacts:
        return {**facts, "permits": msgspec.structs.replace(facts["permits"], **changes)}

    return flip


def fact(**changes: Any) -> Flip:  # noqa: ANN401 - facts of any type
    """Replace a whole fact."""

    def flip(facts: AuthorityFacts) -> AuthorityFacts:
        return {**facts, **changes}  # type: ignore[typeddict-item]  # keys are those of the facts

    return flip


def repeated(facts: AuthorityFacts) -> AuthorityFacts:
    """Count the command itself as reserved."""
    act = Act(command_id=facts["command"].id, at_ns=facts["now_ns"] - 2 * HOUR_NS)
    return usage(acts=(act,))(facts)


def rate_used(facts: AuthorityFacts) -> AuthorityFacts:
    """Three acts within the hour, as many as the grant allows."""
    times_ns = [facts["now_ns"] - minutes * HOUR_NS // 60 for minutes in (59, 30, 1)]
    acts = tuple(Act(command_id=str(i) * 26, at_ns=ns) for i, ns in enumerate(times_ns, 2))
    return usage(acts=acts, count=3)(facts)


OLD = Reading(value=False, age_ns=5_000_000_001)
NO = Reading(value=False, age_ns=0)
YES = Reading(value=True, age_ns=0)
USD = Money(Decimal("0.01"), "USD")
MXN_466 = Money(Decimal("465.01"), "MXN")
ELSEWHERE = Address("nogales/machining/bracket/mill")
NARROW = Limit(parameter="speed", low=90.0, high=105.0)
NOW_NS = authority_example()["now_ns"]

FLIPS: dict[DecisionReason, Flip] = {
    R.FORBIDDEN_ACTION: command(action=ActionKind.RESET),
    R.STOPPED: permits(stop=YES),
    R.STOP_UNCONFIRMED: permits(stop=OLD),
    R.PERMITS_ELSEWHERE: permits(address=ELSEWHERE),
    R.LOCKED_OUT: permits(locked_out=YES),
    R.GUARD_OPEN: permits(guard_open=YES),
    R.MAINTENANCE: permits(maintenance=YES),
    R.SET_UP: permits(set_up=YES),
    R.PERMIT_MISSING: permits(remote_enabled=None),
    R.PERMIT_STALE: permits(automatic=Reading(value=True, age_ns=5_000_000_001)),
    R.PERMIT_REFUSED: permits(automatic=NO),
    R.COMMAND_EXPIRED: command(expires_ns=NOW_NS),
    R.EXPIRY_TOO_FAR: command(expires_ns=NOW_NS + HOUR_NS + 1),
    R.NOT_IN_PLANT: fact(ceiling=None),
    R.WRONG_SITE_KIND: command(for_site=SiteKind.SIMULATED),
    R.VALUE_INVALID: command(value=float("nan")),
    R.NO_GRANT: fact(grant=None),
    R.WRONG_GRANT: command(grant_id="g-1"),
    R.GRANT_UNCONFIRMED: permits(grant_age_ns=5_000_000_001),
    R.PLANT_REV_MISMATCH: command(plant_rev="other"),
    R.USAGE_UNKNOWN: fact(usage=None),
    R.REPEATED: repeated,
    R.GRANT_NOT_YET_VALID: grant(from_ns=NOW_NS + 1),
    R.GRANT_REVOKED: grant(revoked=True),
    R.GRANT_EXPIRED: grant(until_ns=NOW_NS),
    R.ROLE_NOT_ALLOWED: grant(roles=(Role.OPERATOR,)),
    R.WRONG_PERSON: command(origin=Origin.PERSON, by="p99"),
    R.WRONG_COMMAND: grant(only_command="a" * 26),
    R.ACTION_NOT_GRANTED: grant(actions=(ActionKind.CALL,)),
    R.ADDRESS_NOT_GRANTED: grant(addresses=(ELSEWHERE,)),
    R.ABOVE_CEILING: ceiling(limit=NARROW),
    R.OUTSIDE_VALIDATED: ceiling(validated=NARROW),
    R.STEP_TOO_LARGE: ceiling(step=14.9),
    R.VALUE_NOT_GRANTED: grant(limits=(NARROW,)),
    R.MODE_TOO_LOW: grant(mode=Mode.ADVISE),
    R.NOT_CONFIRMED: grant(mode=Mode.CONFIRM),
    R.ROLE_NOT_CONFIRMED: ceiling(confirm_by=Role.QUALITY),
    R.COUNT_USED_UP: usage(count=5),
    R.RATE_EXCEEDED: rate_used,
    R.CURRENCY_MISMATCH: command(cost=USD),
    R.MONEY_USED_UP: usage(money=MXN_466),
}
"""For every reason but that of an undo alone, one change of the allowed example."""

VARIANTS: list[tuple[DecisionReason, Flip]] = [
    *((R.FORBIDDEN_ACTION, command(action=each)) for each in list(ActionKind)[-5:]),
    (R.STOPPED, permits(stop=Reading(value=True, age_ns=2**60))),
    (R.STOP_UNCONFIRMED, permits(stop=None)),
    (R.STOP_UNCONFIRMED, permits(stop=Reading(value=False, age_ns=-1))),
    (R.LOCKED_OUT, permits(locked_out=Reading(value=True, age_ns=2**60))),
    *((R.PERMIT_MISSING, permits(**{name: None})) for name in ("automatic", "locked_out")),
    *((R.PERMIT_MISSING, permits(**{n: None})) for n in ("guard_open", "maintenance", "set_up")),
    *((R.PERMIT_STALE, permits(**{name: OLD})) for name in ("locked_out", "guard_open")),
    *((R.PERMIT_STALE, permits(**{name: OLD})) for name in ("maintenance", "set_up")),
    (R.PERMIT_REFUSED, permits(remote_enabled=NO)),
    (R.PERMIT_MISSING, command(permit="cell_ready")),
    (R.PERMIT_MISSING, ceiling(permits=("cell_ready",))),
    (R.NOT_IN_PLANT, command(parameter="feed")),
    (R.NOT_IN_PLANT, command(action=ActionKind.OFFSET)),
    (R.NOT_IN_PLANT, ceiling(address=ELSEWHERE)),
    (R.WRONG_SITE_KIND, grant(for_site=SiteKind.SIMULATED)),
    (R.WRONG_SITE_KIND, permits(site_kind=SiteKind.SIMULATED)),
    (R.WRONG_SITE_KIND, ceiling(site_kinds=(SiteKind.SIMULATED,))),
    (R.VALUE_INVALID, command(value=float("inf"))),
    (R.VALUE_INVALID, command(value=None)),
    (R.VALUE_INVALID, command(cost=Money(Decimal(-1), "MXN"))),
    (R.GRANT_UNCONFIRMED, permits(grant_age_ns=None)),
    (R.PLANT_REV_MISMATCH, grant(plant_rev="other")),
    (R.PLANT_REV_MISMATCH, ceiling(plant_rev="other")),
    (R.USAGE_UNKNOWN, fact(usage=Usage(grant_id="another"))),
    (R.GRANT_EXPIRED, ceiling(longest_ns=60_000_000_000)),
    (R.WRONG_COMMAND, grant(one_shot=True)),
    (R.ABOVE_CEILING, command(value="fast")),
    (R.ABOVE_CEILING, command(value=True)),
    (R.ABOVE_CEILING, ceiling(limit=Limit(parameter="speed", low=float("nan"), high=120.0))),
    (R.STEP_TOO_LARGE, permits(present=None)),
    (R.STEP_TOO_LARGE, permits(present=float("nan"))),
    (R.STEP_TOO_LARGE, permits(present_age_ns=5_000_000_001)),
    (R.VALUE_NOT_GRANTED, grant(limits=())),
    (R.VALUE_NOT_GRANTED, grant(limits=(Limit(parameter="feed", low=0.0, high=200.0),))),
    (R.MODE_TOO_LOW, grant(mode=Mode.OBSERVE)),
    (R.MODE_TOO_LOW, ceiling(mode=Mode.ADVISE)),
    (R.NOT_CONFIRMED, ceiling(mode=Mode.CONFIRM)),
    (R.COUNT_USED_UP, grant(count=0)),
    (R.COUNT_USED_UP, ceiling(count=0)),
    (R.RATE_EXCEEDED, grant(rate_per_h=0.0)),
    (R.RATE_EXCEEDED, grant(rate_per_h=float("nan"))),
    (R.RATE_EXCEEDED, permits(written_ns=(NOW_NS,) * 6)),
    (R.RATE_EXCEEDED, command(max_rate_per_h=0.01)),
    (R.MONEY_USED_UP, grant(money=None)),
    (R.MONEY_USED_UP, grant(money=Money(Decimal("34.99"), "MXN"))),
    (R.MONEY_USED_UP, ceiling(money=Money(Decimal("34.99"), "MXN"))),
    (R.CURRENCY_MISMATCH, grant(money=Money(Decimal(500), "USD"))),
    (R.CURRENCY_MISMATCH, usage(money=USD)),
]
"""Further ways to each reason."""


def no_permits(facts: AuthorityFacts) -> Permits:
    """Permits of which nothing was ever heard."""
    known = facts["permits"]
    return Permits(address=known.address, site_kind=known.site_kind)
