"""Laws of linewright.plant.authority: limits are never passed, and less authority allows less."""

import math
from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.address import Address
from linewright.plant.authority import (
    FRESH_NS,
    DecisionReason,
    Grant,
    Limit,
    Mode,
    Reading,
    Usage,
    authorise,
    reserve,
)
from linewright.plant.money import Money
from linewright.plant.records import NEVER_ALLOWED, ActionKind, Role
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
    permits,
    usage,
)

AGES_NS = st.sampled_from([0, FRESH_NS, FRESH_NS + 1, 2**62])
MANY = settings(max_examples=300)
ODD = [float("nan"), float("inf"), float("-inf")]
NUMBERS = st.sampled_from([60.0, 80.0, 84.9, 85.0, 90.0, 95.0, 95.1, 120.0, *ODD])
BOUNDS = st.none() | NUMBERS
LOWS = st.sampled_from([60.0, 80.0, 84.9, 85.0, None, *ODD])
HIGHS = st.sampled_from([85.0, 90.0, 95.0, 110.0, 120.0, None, *ODD])
LIMITS = st.builds(Limit, parameter=st.just("speed"), low=LOWS, high=HIGHS)
ALL_FLIPS = [*FLIPS.values(), *(flip for _, flip in VARIANTS)]
MILD: list[Flip] = [
    permits(present=90.0),
    grant(mode=Mode.CONFIRM),
    grant(count=1),
    grant(limits=(Limit(parameter="speed", low=0.0, high=200.0),)),
    grant(addresses=(Address("nogales"), Address("nogales/machining/bracket/mill"))),
    ceiling(step=None, longest_ns=None, roles=()),
    usage(count=2),
]


@st.composite
def worlds(draw: st.DrawFn) -> AuthorityFacts:
    """Draw facts: the allowed example with some things wrong and some only different."""
    facts = authority_example()
    mild = draw(st.lists(st.sampled_from(MILD), max_size=3))
    wrong = draw(st.lists(st.sampled_from(ALL_FLIPS), max_size=2))
    for flip in [*mild, *wrong]:
        facts = flip(facts)
    return facts


def slower(rate_per_h: float | None) -> st.SearchStrategy[float | None]:
    """Rates that allow no more than the given one; no rate is no limit, and a NaN allows none."""
    if rate_per_h is None:
        return st.none() | st.floats(0, 5)
    return st.just(rate_per_h) if math.isnan(rate_per_h) else st.floats(0, rate_per_h)


@st.composite
def smaller(draw: st.DrawFn, whole: Grant) -> Grant:
    """Draw a grant that gives no more than the whole one in any respect."""
    tighter = Limit(parameter="speed", low=draw(BOUNDS), high=draw(BOUNDS))
    modes = [mode for mode in Mode if mode.rank <= whole.mode.rank]
    changes: dict[str, object] = {
        "roles": tuple(draw(st.lists(st.sampled_from(whole.roles or (Role.ADMIN,)), unique=True)))
        if whole.roles
        else (),
        "actions": whole.actions[: draw(st.integers(0, 2))],
        "addresses": tuple(
            each.child("saw") if each.level == "line" and draw(st.booleans()) else each
            for each in whole.addresses[: draw(st.integers(0, 2))]
        ),
        "limits": (*whole.limits, tighter),
        "count": draw(st.integers(0, whole.count)),
        "rate_per_h": draw(slower(whole.rate_per_h)),
        "money": None
        if whole.money is None
        else Money(whole.money.amount * draw(st.integers(0, 10)) / 10, whole.money.currency),
        "until_ns": whole.until_ns - draw(st.integers(0, 9 * HOUR_NS)),
        "mode": draw(st.sampled_from(modes)),
        "confirmed": (),
        "revoked": whole.revoked or draw(st.booleans()),
        "only_command": whole.only_command or draw(st.none() | st.just("a" * 26)),
    }
    if draw(st.booleans()):
        changes = dict([draw(st.sampled_from(sorted(changes.items(), key=lambda item: item[0])))])
    return msgspec.structs.replace(whole, **changes)


@given(NUMBERS, LIMITS, LIMITS, st.none() | LIMITS, st.none() | NUMBERS)
@MANY
def test_a_value_is_allowed_exactly_inside_every_range(
    value: float, granted: Limit, most: Limit, validated: Limit | None, present: float | None
) -> None:
    """It lies in grant, ceiling and validated window, is finite, and within the step; or never."""
    facts = command(value=value)(authority_example())
    facts = ceiling(limit=most, validated=validated)(grant(limits=(granted,))(facts))
    ranges = [(each.low, each.high) for each in (granted, most, validated or most)]
    inside = all(
        low is not None and high is not None and low <= value <= high for low, high in ranges
    )
    step = present is not None and abs(value - present) <= 20.0
    wanted = inside and step and math.isfinite(value)
    assert authorise(**permits(present=present)(facts)).allowed == wanted


@given(worlds(), st.data())
@MANY
def test_less_grant_never_allows_more(facts: AuthorityFacts, data: st.DataObject) -> None:
    """What is refused under a grant stays refused under every smaller one."""
    whole = facts["grant"]
    if whole is None:
        return
    less: AuthorityFacts = {**facts, "grant": data.draw(smaller(whole))}
    assert authorise(**facts).allowed or not authorise(**less).allowed


@given(worlds(), st.sampled_from(sorted(NEVER_ALLOWED)))
def test_no_facts_allow_what_is_never_allowed(facts: AuthorityFacts, action: ActionKind) -> None:
    """Nothing starts, resumes, jogs, homes or resets a machine, even if all agree to it."""
    facts = command(action=action)(grant(actions=tuple(ActionKind))(facts))
    facts = ceiling(action=action)(facts)
    assert authorise(**facts).reason is DecisionReason.FORBIDDEN_ACTION


@given(worlds(), st.builds(Reading, value=st.booleans(), age_ns=AGES_NS))
def test_no_facts_pass_a_stop(facts: AuthorityFacts, stop: Reading) -> None:
    """A stop, or silence about it for more than 5 s, ends every write, undo included."""
    if stop.value or stop.age_ns > FRESH_NS:
        assert not authorise(**permits(stop=stop)(facts)).allowed
    assert not authorise(**permits(stop=None)(facts)).allowed


@given(worlds())
@MANY
def test_what_is_refused_says_why(facts: AuthorityFacts) -> None:
    """Every decision is of the closed set of reasons, with words, and allowed only as such."""
    decision = authorise(**facts)
    assert decision.allowed == (decision.reason is DecisionReason.ALLOWED)
    assert decision.explanation
    assert not (decision.allowed and decision.escalate)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2 * HOUR_NS),
            st.decimals(min_value=0, max_value=200, places=2),
            st.booleans(),
        ),
        max_size=25,
    )
)
@MANY
def test_a_whole_day_stays_within_number_rate_and_cost(
    asked: list[tuple[int, Decimal, bool]],
) -> None:
    """Whatever is asked for and however often, the acts of a grant stay within its limits."""
    facts = grant(count=8, until_ns=NOW_NS + 100 * HOUR_NS)(authority_example())
    facts = permits(present=None)(ceiling(step=None, longest_ns=None, rate_per_h=None)(facts))
    used, now_ns, done_ns = Usage(grant_id="g-0057"), NOW_NS, []
    previous = facts["command"]
    for wait_ns, amount, repeats in asked:
        now_ns += wait_ns
        cost = Money(amount, "MXN")
        fresh = command(t_ns=now_ns, expires_ns=now_ns + 1, cost=cost, max_rate_per_h=None)(facts)
        wanted = previous if repeats else fresh["command"]
        if authorise(**fact(command=wanted, usage=used, now_ns=now_ns)(fresh)).allowed:
            used = reserve(used, wanted, now_ns, undo_value=100.0)
            done_ns.append(now_ns)
        previous = wanted
    assert used.count == len(done_ns) <= 8
    assert len({undo.of for undo in used.undos}) == len(done_ns)
    assert used.money is None or used.money.amount <= 500
    assert all(sum(t - HOUR_NS < other <= t for other in done_ns) <= 3 for t in done_ns)
