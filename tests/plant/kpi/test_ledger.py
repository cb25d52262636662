"""Ledger: what it accepts, what it refuses, and the time elements of the standard."""

import msgspec
import pytest

from linewright.plant.kpi import Counts, Ledger, TimeCategory, Times
from linewright.plant.kpi.categories import Group
from linewright.plant.kpi.ledger import (
    Failures,
    LedgerUnbalanced,
    StandardTimeInvalid,
    TimeNegative,
    standard_per_piece_ns,
)

ALL = Times.of({category: 1 << index for index, category in enumerate(TimeCategory)})
"""Each category has its own bit, so a sum shows which categories are in it."""


def bits(*groups: Group) -> int:
    """Return the sum of the categories of some groups."""
    return sum(ALL[category] for category in TimeCategory if category.group in groups)


def test_a_ledger_off_by_one_nanosecond_is_refused() -> None:
    """Too much and too little are both refused, with what, where and by how much."""
    for off_ns in (-1, 1):
        with pytest.raises(LedgerUnbalanced, match=r"n/m/b/saw.*book what is missing") as caught:
            Ledger(address="n/m/b/saw", calendar_ns=100 - off_ns, times=Times(meal_ns=100))
        assert caught.value.booked_ns - caught.value.calendar_ns == off_ns


def test_a_negative_time_is_refused() -> None:
    """No category can hold less than no time, even if the sum would fit."""
    with pytest.raises(TimeNegative, match="meal_ns is -5"):
        Times(meal_ns=-5, producing_ns=105)


def test_a_time_that_is_no_integer_is_our_mistake() -> None:
    """Floats never enter a ledger: sums of them are not exact."""
    with pytest.raises(AssertionError, match="must be an int"):
        Times(producing_ns=1.5)  # type: ignore[arg-type] # the mistake under test


@pytest.mark.parametrize("standard_ns", [0, -1])
def test_a_standard_time_is_positive_or_not_known(standard_ns: int) -> None:
    """A standard time of zero would earn nothing and hide every loss."""
    with pytest.raises(StandardTimeInvalid, match="or None where it is not known"):
        Counts(product="lid", standard_ns=standard_ns)
    assert Counts(product="lid", standard_ns=None).standard_ns is None


def test_cavities_share_the_cycle_and_round_down() -> None:
    """Four cavities quarter the cycle; a third of a nanosecond is dropped, never added."""
    assert standard_per_piece_ns(20_000_000_000, 4) == 5_000_000_000
    assert standard_per_piece_ns(10_000_000_000, 3) == 3_333_333_333
    for cycle_ns, pieces in ((10, 0), (10, -2), (3, 4), (0, 1)):
        with pytest.raises(StandardTimeInvalid):
            standard_per_piece_ns(cycle_ns, pieces)


def test_the_time_elements_hold_the_categories_that_the_documentation_says() -> None:
    """POT, PDOT, PBT, AUBT, ADOT, ADET and AUPT are sums of exactly their categories."""
    everything = (1 << len(TimeCategory)) - 1
    assert ALL.total_ns == everything
    assert ALL.planned_operation_ns == everything - bits(Group.UNSCHEDULED)
    assert ALL.planned_down_ns == bits(Group.PLANNED)
    assert ALL.planned_busy_ns == everything - bits(Group.UNSCHEDULED, Group.PLANNED)
    assert ALL.down_ns == bits(Group.BLOCKED, Group.STARVED)
    assert ALL.delay_ns == bits(Group.UNPLANNED, Group.MICRO_STOP)
    assert ALL.processing_ns == bits(Group.SET_UP, Group.PRODUCING)
    assert ALL.busy_ns == ALL.processing_ns + ALL.delay_ns
    assert ALL.planned_busy_ns == ALL.busy_ns + ALL.down_ns + ALL.unknown_ns


def test_a_ledger_survives_json_and_is_checked_on_the_way_in() -> None:
    """Encoding and decoding gives an equal ledger; a changed time is refused."""
    row = Counts(product="lid", standard_ns=5, produced=3, good=4, rework=-1)
    ledger = Ledger(
        address="n/m/b/saw",
        calendar_ns=ALL.total_ns,
        times=ALL,
        counts=(row,),
        failures=Failures(events=1),
    )
    text = msgspec.json.encode(ledger)
    assert msgspec.json.decode(text, type=Ledger) == ledger
    with pytest.raises(msgspec.ValidationError, match="the time categories add up"):
        msgspec.json.decode(text.replace(b'"meal_ns":8', b'"meal_ns":9'), type=Ledger)


def test_products_without_a_standard_time_are_named_only_when_counted() -> None:
    """A row of zeros does not make the value of the output unknown."""
    rows = (
        Counts(product="b", standard_ns=None, produced=1),
        Counts(product="a", standard_ns=None, scrap=-1),
        Counts(product="c", standard_ns=None),
        Counts(product="d", standard_ns=4, produced=2, good=1),
    )
    ledger = Ledger(address="n/m/b/saw", calendar_ns=0, times=Times(), counts=rows)
    assert ledger.unvalued == ("a", "b")
    assert (ledger.earned_ns, ledger.earned_good_ns) == (8, 4)
    assert ledger.pieces.unjudged == 3
