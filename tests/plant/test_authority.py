"""Claims about linewright.plant.authority: the whole decision table, undo, and the count of use."""

import re
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

import linewright.plant.authority as face
from linewright.plant.authority import (
    CHECKS,
    Act,
    Confirmation,
    DecisionReason,
    Limit,
    Mode,
    NamedPermit,
    Permits,
    Reading,
    Signal,
    Undo,
    Usage,
    authorise,
    reserve,
)
from linewright.plant.money import Money
from linewright.plant.records import ActionKind, Command, Origin, Role
from linewright.plant.records.examples import AuthorityFacts, authority_example
from tests.plant.authority_cases import (
    FLIPS,
    HOUR_NS,
    NOW_NS,
    VARIANTS,
    Flip,
    ceiling,
    command,
    fact,
    grant,
    no_permits,
    permits,
    usage,
)

R = DecisionReason
ORDER = [check.reason for check in CHECKS]
SCOPES = {check.reason: check.scope.value for check in CHECKS}
ESCALATES = {R.FORBIDDEN_ACTION, R.LOCKED_OUT, R.GUARD_OPEN, R.MAINTENANCE, R.SET_UP}


def decided(*flips: Flip, base: AuthorityFacts | None = None) -> DecisionReason:
    """Reason of the decision on the example, changed by the flips one after the other."""
    facts = authority_example() if base is None else base
    for flip in flips:
        facts = flip(facts)
    return authorise(**facts).reason


def undo_example() -> AuthorityFacts:
    """An undo after the end of its grant: the act before it has reserved exactly this."""
    facts = authority_example()
    act = facts["command"]
    undo = msgspec.structs.replace(
        act, id="", t_ns=act.t_ns + 1, value=100.0, is_undo=True, undo_of=act.id
    )
    assert facts["usage"] is not None
    used = reserve(facts["usage"], act, facts["now_ns"], undo_value=100.0)
    changed = fact(command=undo, usage=used)(facts)
    return permits(present=85.0)(grant(until_ns=NOW_NS - 1)(changed))


def test_the_example_is_allowed() -> None:
    """Within grant and ceiling, with every permit, a command is allowed and nobody is called."""
    decision = authorise(**authority_example())
    assert (decision.allowed, decision.reason, decision.escalate) == (True, R.ALLOWED, False)


def test_every_reason_is_a_row_of_the_table() -> None:
    """The codes, the checks, the flips below and both printed tables agree, in order."""
    assert [R.ALLOWED, *ORDER] == list(DecisionReason)
    assert set(FLIPS) | {R.UNDO_NOT_RESERVED} == set(ORDER)
    row = re.compile(r"^\|?\s*(\d+)[ |]+`?(\w+)`?[ |]+(yes|no|only)[ |]+(yes|no)\b", re.MULTILINE)
    page = (Path(__file__).parents[2] / "docs/authority.md").read_text(encoding="utf-8")
    wanted = [
        (str(n), check.reason.value, check.scope.value, "yes" if check.escalate else "no")
        for n, check in enumerate(CHECKS, 1)
    ]
    assert row.findall(face.__doc__ or "") == wanted
    assert row.findall(page) == wanted


@pytest.mark.parametrize("reason", FLIPS)
def test_one_change_gives_exactly_its_reason(reason: DecisionReason) -> None:
    """From the allowed example, each single change is refused for its own reason."""
    decision = authorise(**FLIPS[reason](authority_example()))
    assert (decision.allowed, decision.reason) == (False, reason)
    assert decision.explanation
    assert decision.escalate == (reason in ESCALATES)
    assert not decision.temporary_change


@pytest.mark.parametrize(("reason", "flip"), VARIANTS)
def test_further_ways_to_a_reason(reason: DecisionReason, flip: Flip) -> None:
    """Every other way to break the same rule gives the same reason."""
    assert decided(flip) is reason


def test_of_two_faults_the_earlier_rule_speaks() -> None:
    """For each pair of changes the reason is that of the rule that stands first."""
    wrong = []
    for early, late in combinations([reason for reason in ORDER if reason in FLIPS], 2):
        found = decided(FLIPS[late], FLIPS[early])
        if found is not early:
            wrong.append((early, late, found))
    assert wrong == []


def test_an_undo_is_allowed_after_the_end_of_its_grant() -> None:
    """What an act has reserved may be written back though time, number and money are used up."""
    ended = undo_example()
    assert authorise(**ended).allowed
    spent = usage(count=5, money=Money(Decimal(500), "MXN"))(ended)
    assert authorise(**grant(revoked=True, mode=Mode.ADVISE, limits=())(spent)).allowed


@pytest.mark.parametrize("reason", FLIPS)
def test_an_undo_obeys_the_machine_and_not_the_grant(reason: DecisionReason) -> None:
    """Rules for all commands refuse an undo too; those of the grant's limits do not."""
    changes = {
        R.REPEATED: grant(until_ns=NOW_NS - 1),
        R.WRONG_PERSON: grant(person="p99"),
        R.CURRENCY_MISMATCH: command(cost=Money(Decimal(1), "USD")),
        R.ABOVE_CEILING: ceiling(limit=Limit(parameter="speed", low=50.0, high=99.0)),
        R.OUTSIDE_VALIDATED: ceiling(validated=Limit(parameter="speed", low=50.0, high=99.0)),
    }
    flip = changes.get(reason, FLIPS[reason])
    found = decided(flip, base=undo_example())
    assert found is (R.ALLOWED if SCOPES[reason] == "no" else reason)


@pytest.mark.parametrize(
    "flip",
    [
        usage(undos=()),
        command(value=101.0),
        command(undo_of="a" * 26),
        permits(present=float("nan")),
        permits(stop=Reading(value=True, age_ns=0)),
    ],
)
def test_an_undo_is_only_what_was_reserved(flip: Flip) -> None:
    """Another value, another act, a used reservation, an unknown step or a stop: refused."""
    assert not authorise(**flip(undo_example())).allowed


def test_an_undo_is_used_once() -> None:
    """Reserving the undo takes the reservation away, and counts against nothing."""
    facts = undo_example()
    assert facts["usage"] is not None
    used = reserve(facts["usage"], facts["command"], facts["now_ns"])
    assert (used.undos, used.count) == ((), facts["usage"].count)
    assert decided(fact(usage=used), base=facts) is R.UNDO_NOT_RESERVED


def test_no_undo_for_an_act_that_reserved_none() -> None:
    """An act whose former value is not known cannot be taken back."""
    facts = authority_example()
    assert facts["usage"] is not None
    used = reserve(facts["usage"], facts["command"], facts["now_ns"])
    assert used.undos == ()
    assert decided(fact(usage=used), base=undo_example()) is R.UNDO_NOT_RESERVED


def test_a_confirmation_opens_one_command_for_a_time() -> None:
    """Mode confirm lets pass what a person confirmed, this command only, and not later."""
    wanted = authority_example()["command"].id
    said = Confirmation(
        command_id=wanted, person="p3", role=Role.OPERATOR, at_ns=NOW_NS, until_ns=NOW_NS + 1
    )
    confirm = grant(mode=Mode.CONFIRM, confirmed=(said,))
    assert decided(confirm) is R.ALLOWED
    assert decided(confirm, fact(now_ns=NOW_NS + 1)) is R.NOT_CONFIRMED
    assert decided(confirm, fact(now_ns=NOW_NS - 1)) is R.NOT_CONFIRMED
    assert decided(confirm, command(value=86.0)) is R.NOT_CONFIRMED


def test_what_is_in_a_control_plan_needs_quality() -> None:
    """Only a confirmation as quality opens it, and the act leaves a temporary change."""
    plan = ceiling(
        confirm_by=Role.QUALITY, validated=Limit(parameter="speed", low=80.0, high=110.0)
    )
    said = Confirmation(
        command_id=authority_example()["command"].id,
        person="p4",
        role=Role.ENGINEER,
        at_ns=NOW_NS,
        until_ns=NOW_NS + 1,
    )
    assert decided(plan, grant(confirmed=(said,))) is R.ROLE_NOT_CONFIRMED
    quality = msgspec.structs.replace(said, role=Role.QUALITY)
    decision = authorise(**grant(confirmed=(quality,))(plan(authority_example())))
    assert (decision.allowed, decision.temporary_change) == (True, True)


def own_command(facts: AuthorityFacts) -> AuthorityFacts:
    """A person's own command with the one-shot grant made for it."""
    own = command(origin=Origin.PERSON, by="p3", case=None)(facts)
    return grant(one_shot=True, only_command=own["command"].id, mode=Mode.CONFIRM)(own)


def test_a_persons_own_command_is_a_one_shot_grant() -> None:
    """It needs no further confirmation, works once, for that person and that command."""
    assert decided(own_command) is R.ALLOWED
    assert decided(own_command, usage(count=1)) is R.COUNT_USED_UP
    assert decided(own_command, grant(person="p9")) is R.WRONG_PERSON
    assert decided(own_command, grant(only_command="a" * 26)) is R.WRONG_COMMAND
    plan = ceiling(confirm_by=Role.QUALITY)
    assert decided(own_command, plan) is R.ALLOWED
    only_supervisor = grant(roles=(Role.SUPERVISOR,))
    assert decided(own_command, plan, only_supervisor) is R.ROLE_NOT_CONFIRMED


def test_a_missing_signal_refuses_unless_the_machine_has_none() -> None:
    """Guard, maintenance and set-up can be declared absent; lock-out and remote never."""
    facts = authority_example()
    assert decided(fact(permits=no_permits(facts))) is R.STOP_UNCONFIRMED
    absent = ceiling(absent=(Signal.GUARD_OPEN, Signal.MAINTENANCE, Signal.SET_UP))
    unknown = permits(guard_open=None, maintenance=None, set_up=None)
    assert decided(absent, unknown) is R.ALLOWED
    assert decided(absent, permits(guard_open=Reading(value=True, age_ns=0))) is R.GUARD_OPEN
    never = ceiling(absent=(Signal.LOCKED_OUT, Signal.REMOTE_ENABLED, Signal.AUTOMATIC))
    for name in ("locked_out", "remote_enabled", "automatic"):
        assert decided(never, permits(**{name: None})) is R.PERMIT_MISSING


def test_a_named_permit_must_be_fresh_and_yes() -> None:
    """A further permit of the command or of the plant file is asked for like the others."""

    def ready(*, value: bool, age_ns: int = 0) -> Flip:
        reading = Reading(value=value, age_ns=age_ns)
        return permits(named=(NamedPermit(name="cell_ready", reading=reading),))

    for asks in (command(permit="cell_ready"), ceiling(permits=("cell_ready",))):
        assert decided(asks, ready(value=True)) is R.ALLOWED
        assert decided(asks, ready(value=False)) is R.PERMIT_REFUSED
        assert decided(asks, ready(value=True, age_ns=5_000_000_001)) is R.PERMIT_STALE
    assert decided(command(permit="remote_enabled")) is R.ALLOWED


@pytest.mark.parametrize(
    ("flip", "allowed"),
    [
        (permits(grant_age_ns=5_000_000_000), True),
        (permits(stop=Reading(value=False, age_ns=5_000_000_000)), True),
        (command(expires_ns=NOW_NS + 1), True),
        (command(expires_ns=NOW_NS + HOUR_NS), True),
        (grant(from_ns=NOW_NS), True),
        (grant(until_ns=NOW_NS + 1), True),
        (ceiling(step=15.0), True),
        (usage(count=4), True),
        (grant(limits=(Limit(parameter="speed", low=85.0, high=85.0),)), True),
        (usage(money=Money(Decimal("465.00"), "MXN")), True),
        (permits(written_ns=(NOW_NS - HOUR_NS,) * 6), True),
        (permits(written_ns=(NOW_NS - HOUR_NS + 1,) * 6), False),
        (command(cost=None), True),
        (command(cost=Money(Decimal(0), "MXN")), True),
    ],
)
def test_limits_hold_to_the_last_unit(flip: Flip, *, allowed: bool) -> None:
    """At its bound a rule still allows; one step beyond it refuses."""
    assert authorise(**flip(authority_example())).allowed == allowed


def test_a_slow_rate_has_a_long_window() -> None:
    """Half an act in an hour is one in two hours; less than one in a day is none."""
    slow = grant(rate_per_h=0.5)
    for age_ns, reason in ((2 * HOUR_NS - 1, R.RATE_EXCEEDED), (2 * HOUR_NS, R.ALLOWED)):
        acts = (Act(command_id="a" * 26, at_ns=NOW_NS - age_ns),)
        assert decided(slow, usage(acts=acts, count=1)) is reason
    assert decided(grant(rate_per_h=1 / 24)) is R.ALLOWED
    assert decided(grant(rate_per_h=1 / 25)) is R.RATE_EXCEEDED


def test_texts_and_switches_are_allowed_by_name_only() -> None:
    """A program or a yes needs to be listed by grant and ceiling; a number is neither."""
    limit = Limit(parameter="speed", choices=("O1001", "true"))
    listed = (ceiling(limit=limit, step=None), grant(limits=(limit,)))
    for value, reason in (
        ("O1001", R.ALLOWED),
        (True, R.ALLOWED),
        (False, R.ABOVE_CEILING),
        ("O9999", R.ABOVE_CEILING),
        (1.0, R.ABOVE_CEILING),
    ):
        assert decided(*listed, command(value=value)) is reason


def test_a_call_needs_no_value() -> None:
    """Calling a person writes no value; the other rules still hold."""
    call = (
        command(action=ActionKind.CALL, parameter="andon", value=None),
        ceiling(action=ActionKind.CALL, limit=Limit(parameter="andon")),
    )
    assert decided(*call) is R.ALLOWED
    assert decided(*call, grant(actions=(ActionKind.SPEED,))) is R.ACTION_NOT_GRANTED


def test_use_is_counted_before_the_write() -> None:
    """Each reservation counts the act, its cost and its undo, and forgets acts after a day."""
    facts = authority_example()
    used = Usage(grant_id="g-0057")
    for number in range(3):
        made = command(t_ns=number)(facts)["command"]
        used = reserve(used, made, NOW_NS + number * 20 * HOUR_NS, undo_value=100.0)
    assert used.count == 3
    assert used.money == Money(Decimal("105.00"), "MXN")
    assert [act.at_ns for act in used.acts] == [NOW_NS + 20 * HOUR_NS, NOW_NS + 40 * HOUR_NS]
    assert isinstance(used.undos[0], Undo)
    assert len(used.undos) == 3


def test_decisions_are_pure() -> None:
    """Asked twice, the same facts give the same decision, and nothing is changed by asking."""
    facts = authority_example()
    before = {name: repr(value) for name, value in facts.items()}
    assert authorise(**facts) == authorise(**facts)
    assert {name: repr(value) for name, value in facts.items()} == before
    assert isinstance(facts["permits"], Permits)
    assert isinstance(facts["command"], Command)
