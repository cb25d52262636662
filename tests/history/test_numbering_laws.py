"""Laws of numbering, against a set of numbers as the oracle."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.history.numbering import Numbering, Times, judge
from linewright.plant.records import Gap

NUMBERS = st.lists(st.integers(0, 30), max_size=40)


@given(numbers=NUMBERS)
def test_each_number_is_new_once_and_the_open_gaps_are_what_is_missing(numbers: list[int]) -> None:
    """In any order, with any repeats: new is what was not seen, missing is what never came."""
    state = Numbering(site="nogales", source="mill", epoch=1)
    seen: set[int] = set()
    for n in numbers:
        judged = judge(state, n, Times(n, n, n), plant_rev="r1")
        assert judged.is_new == (n not in seen)
        seen.add(n)
        state = judged.numbering
    open_numbers = {
        n
        for each in state.open_gaps
        for first, last in each.missing
        for n in range(first, last + 1)
    }
    assert open_numbers == set(range(max(seen, default=-1) + 1)) - seen


@given(numbers=NUMBERS)
def test_gaps_without_the_filled_ones_cover_what_is_missing(numbers: list[int]) -> None:
    """The newest revisions of all gap records account for every number that never came."""
    state = Numbering(site="nogales", source="mill", epoch=1)
    latest: dict[str, Gap] = {}
    for n in numbers:
        judged = judge(state, n, Times(n, n, n), plant_rev="r1")
        latest |= {gap.id: gap for gap in judged.gaps}
        state = judged.numbering
    covered: set[int] = set()
    for gap in latest.values():
        assert gap.first_n is not None
        assert gap.last_n is not None
        if not gap.filled:
            covered |= set(range(gap.first_n, gap.last_n + 1))
    assert covered >= set(range(max(numbers, default=-1) + 1)) - set(numbers)
