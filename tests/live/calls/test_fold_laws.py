"""Laws of linewright.live.calls: any records in any order."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from linewright.live.calls import begin, learn, step
from linewright.plant.records import Call, CallEvent
from tests.live.calls.floor import after, at, raised
from tests.live.floor import SITE

LATER = st.sampled_from([e for e in CallEvent if e not in {CallEvent.RAISED, CallEvent.ESCALATED}])


@st.composite
def lives(draw: st.DrawFn) -> list[Call]:
    """A call and any later events of it, by any of two people."""
    first = raised()
    drawn = draw(st.lists(st.tuples(LATER, st.integers(1, 2000), st.booleans()), max_size=8))
    return [first, *(after(first, e, at_s, by="p8" if one else "p9") for e, at_s, one in drawn)]


@given(lives(), st.randoms(use_true_random=False))
def test_a_call_is_its_records_in_any_order(records: list[Call], random: Random) -> None:
    """Shuffled and repeated, the same records make the same call."""
    mixed = [*records, *records[::2]]
    random.shuffle(mixed)
    one = other = None
    for each in records:
        one = learn(one, each)
    for each in mixed:
        other = learn(other, each)
    assert one == other


@given(lives(), st.lists(st.integers(0, 3000), max_size=12))
def test_no_level_is_asked_once_somebody_answered(records: list[Call], times: list[int]) -> None:
    """Records and time in their order: each level once at most, none later than an answer."""
    fold, told = begin(SITE, "r1"), list[Call]()
    given_ = [(each.t_ns, each) for each in records] + [(at(t), at(t)) for t in times]
    for _, each in sorted(given_, key=lambda pair: (pair[0], isinstance(pair[1], int))):
        fold, made = step(fold, each)
        told += made
    answers = [each.t_ns for each in records if each.event is not CallEvent.RAISED]
    assert len({each.level for each in told}) == len(told)
    last_ns = max((t for t in times), default=0)
    assert all(each.t_ns <= at(last_ns) for each in told)
    assert all(each.t_ns <= min(answers, default=each.t_ns) + 10**9 * 3000 for each in told)
    if answers and min(answers) < at(300):
        assert told == []
