"""What a scenario says of people's entries."""

import pytest

from linewright.emulate.paper.habits import ALL_RIGHT, Habits
from linewright.plant import Address
from tests.emulate.faulty import plant, scenario

ONE = Address("reno/shop/lathes/one")
HOUR_NS = 3600 * 10**9


def habits(text: str) -> tuple[Habits, int]:
    """Return the habits of people, and when the scenario begins."""
    told = scenario(f"people: {{{text}}}")
    return Habits(told, plant()), told.start_ns(plant())


def test_without_a_share_every_entry_is_hit_and_others_are_not() -> None:
    """A fault of counts leaves jobs alone, and one that begins later leaves the time before."""
    found, start_ns = habits("p: {counts: missing, from: 2 min}")
    assert found.of("counts", ONE, start_ns + 120 * 10**9).missing
    assert found.of("counts", ONE, start_ns + 120 * 10**9 - 1) == ALL_RIGHT
    assert found.of("jobs", ONE, start_ns + 120 * 10**9) == ALL_RIGHT
    assert (found.tells("counts"), found.tells("jobs")) == (True, False)


def test_a_share_hits_so_many_entries_the_same_ones_in_each_run() -> None:
    """Of a thousand entries some three hundred, by their own keys."""
    found, start_ns = habits("p: {scrap: late, delay: 2 h to 4 h, share: 30 %}")
    again, _ = habits("p: {scrap: late, delay: 2 h to 4 h, share: 30 %}")
    late = [found.of("scrap", ONE, start_ns + n).late_ns for n in range(1000)]
    assert late == [again.of("scrap", ONE, start_ns + n).late_ns for n in range(1000)]
    hit = [one for one in late if one]
    assert 250 < len(hit) < 350
    assert all(2 * HOUR_NS <= one <= 4 * HOUR_NS for one in hit)


def test_entries_of_one_key_have_one_fate() -> None:
    """Begin and end of a job are both on the lost paper, or neither."""
    found, start_ns = habits("p: {jobs: missing, share: 50 %}")
    fates = [
        {found.of("jobs", ONE, start_ns + n, f"job{k}").missing for n in range(5)}
        for k in range(50)
    ]
    assert all(len(one) == 1 for one in fates)
    assert {True} in fates
    assert {False} in fates


def test_a_wrong_count_is_off_by_so_much_at_most() -> None:
    """Within 20 %, to both sides."""
    found, start_ns = habits("p: {counts: wrong, wrong_by: 20 %}")
    off = [found.of("counts", ONE, start_ns + n) for n in range(200)]
    assert all(one.wrong and 0.8 <= one.factor <= 1.2 for one in off)
    assert min(one.factor for one in off) == pytest.approx(0.8, abs=0.02)
    assert max(one.factor for one in off) == pytest.approx(1.2, abs=0.02)
