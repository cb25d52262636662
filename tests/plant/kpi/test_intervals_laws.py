"""Laws of the split of calendar time, against an oracle that asks each nanosecond by itself."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.kpi import Ledger, Span, TimeCategory, Window, ledger_from_intervals, roll_up
from linewright.plant.kpi.intervals import Stretch

FIRST_NS, LAST_NS = 10, 50
WORK_ON_THE_STATION = {"maintenance", "cleaning", "change_over", "trial", "approval"}
UNSCHEDULED = ["no_shift", "no_order", "no_operator"]
PLANNED = ["meal", "meeting", "maintenance", "cleaning", "change_over", "trial", "approval"]
DID = [
    *("breakdown", "tooling", "material", "quality", "program", "utilities", "other"),
    *("unknown", "no_reason", "set_up", "blocked", "starved", "micro_stop", "producing"),
]

edges = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)
stretches = edges.map(lambda edge: Stretch(start_ns=edge[0], end_ns=edge[1]))
spans = st.builds(
    lambda edge, category: Span(start_ns=edge[0], end_ns=edge[1], category=category),
    edges,
    st.sampled_from(TimeCategory),
)
some = st.lists(stretches, max_size=3)
maybe = st.none() | some


def holds(given_: Sequence[Stretch], t_ns: int) -> bool:
    """Whether an instant lies in one of the stretches."""
    return any(one.start_ns <= t_ns < one.end_ns for one in given_)


def oracle(
    t_ns: int,
    shifts: list[Stretch],
    booked: list[Span],
    orders: list[Stretch] | None,
    people: list[Stretch] | None,
) -> str:
    """Return the category of one nanosecond, by the rules as `docs/kpi.md` tells them."""
    here = {one.category.value for one in booked if holds([one], t_ns)}
    did = next((name for name in DID if name in here), None)
    if did == "producing" and not here & WORK_ON_THE_STATION:
        return did
    if not holds(shifts, t_ns):
        return "no_shift"
    if orders is not None and not holds(orders, t_ns):
        return "no_order"
    if people is not None and not holds(people, t_ns):
        return "no_operator"
    for name in (*UNSCHEDULED, *PLANNED):
        if name in here:
            return name
    return did or "unknown"


Inputs = tuple[list[Stretch], list[Span], list[Stretch] | None, list[Stretch] | None]
inputs = st.tuples(some, st.lists(spans, max_size=6), maybe, maybe)


def ledger(first_ns: int, last_ns: int, given_: Inputs) -> Ledger:
    """Return the ledger of a part of the window."""
    shifts, booked, orders, people = given_
    window = Window(address="n/m/b/saw", start_ns=first_ns, end_ns=last_ns)
    return ledger_from_intervals(window, shifts, booked, scheduled=orders, signed_on=people)


def split_is_the_oracles(given_: Inputs) -> None:
    """Each category holds as many nanoseconds as the oracle books in it."""
    found = ledger(FIRST_NS, LAST_NS, given_)
    expected = Counter(oracle(t_ns, *given_) for t_ns in range(FIRST_NS, LAST_NS))
    assert {one.value: found.times[one] for one in TimeCategory} == {
        one.value: expected[one.value] for one in TimeCategory
    }


@settings(max_examples=300, deadline=None)
@given(given_=inputs)
def test_each_nanosecond_is_booked_as_the_rules_say(given_: Inputs) -> None:
    """The sweep gives what asking every nanosecond by itself gives."""
    split_is_the_oracles(given_)


@settings(max_examples=200, deadline=None)
@given(given_=inputs, cuts=st.lists(st.integers(FIRST_NS, LAST_NS), max_size=4))
def test_hours_add_up_to_the_shift(given_: Inputs, cuts: list[int]) -> None:
    """A window cut anywhere rolls up to the same ledger, failures included."""
    at_ns = [FIRST_NS, *sorted(cuts), LAST_NS]
    parts = [ledger(first_ns, last_ns, given_) for first_ns, last_ns in pairwise(at_ns)]
    assert roll_up(parts, "n/m/b/saw") == ledger(FIRST_NS, LAST_NS, given_)


@settings(max_examples=100, deadline=None)
@given(given_=inputs)
def test_the_order_of_the_intervals_does_not_matter(given_: Inputs) -> None:
    """Late records that arrive in another order give the same ledger."""
    shifts, booked, orders, people = given_
    turned = (
        shifts[::-1],
        booked[::-1],
        None if orders is None else orders[::-1],
        None if people is None else people[::-1],
    )
    assert ledger(FIRST_NS, LAST_NS, turned) == ledger(FIRST_NS, LAST_NS, given_)


@pytest.mark.laws
@settings(max_examples=10_000, deadline=None)
@given(given_=inputs)
def test_each_nanosecond_at_length(given_: Inputs) -> None:
    """The same law over many more inputs."""
    split_is_the_oracles(given_)
