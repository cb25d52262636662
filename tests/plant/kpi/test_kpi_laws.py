"""Laws that hold for any ledger: ranges, exact sums, roll-up, percentages, OEE = A x E x Q."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.kpi import Counts, Ledger, TimeCategory, Times, kpis, roll_up, waterfall
from linewright.plant.kpi.ledger import Failures

WEEK_NS = 7 * 24 * 3600 * 10**9
SHARES = (
    "availability",
    "quality_ratio",
    "data_coverage",
    "allocation_efficiency",
    "utilisation_efficiency",
    "technical_efficiency",
    "set_up_ratio",
    "scrap_ratio",
    "rework_ratio",
    "first_pass_yield",
)
NOT_NEGATIVE = (
    "effectiveness",
    "oee",
    "nee",
    "teep",
    "throughput_rate_per_h",
    "mtbf_h",
    "mttr_h",
)

pieces = st.integers(-20, 20) | st.integers(-1_000_000, 1_000_000)
spent_ns = st.just(0) | st.integers(0, 50) | st.integers(0, WEEK_NS)


@st.composite
def rows(draw: st.DrawFn) -> Counts:
    """Return counts with corrections and contradictions, or, half of the time, sound ones."""
    standard_ns = draw(st.none() | st.integers(1, 9) | st.integers(1, 3600 * 10**9))
    product = draw(st.sampled_from(("", "cup", "lid")))
    if draw(st.booleans()):
        good, scrap, rework, unjudged = draw(st.tuples(*[st.integers(0, 30)] * 4))
        produced = good + scrap + rework + unjudged
    else:
        produced, good, scrap, rework = draw(st.tuples(*[pieces] * 4))
    return Counts(
        product=product,
        standard_ns=standard_ns,
        produced=produced,
        good=good,
        scrap=scrap,
        rework=rework,
    )


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Return any ledger, with many categories empty."""
    times = Times.of(draw(st.dictionaries(st.sampled_from(TimeCategory), spent_ns)))
    return Ledger(
        address="n/m/b/saw",
        calendar_ns=times.total_ns,
        times=times,
        counts=tuple(draw(st.lists(rows(), max_size=4))),
        failures=draw(
            st.builds(
                Failures,
                events=st.integers(0, 3),
                restorations=st.integers(0, 3),
                restoration_ns=st.integers(0, WEEK_NS),
            )
        ),
    )


def indicators_stay_in_range(ledger: Ledger) -> None:
    """Shares lie in [0, 1], the others are not negative, or undefined."""
    found = kpis(ledger)
    for name in SHARES:
        value = getattr(found, name)
        assert math.isnan(value) or 0.0 <= value <= 1.0, (name, value)
    for name in NOT_NEGATIVE:
        value = getattr(found, name)
        assert math.isnan(value) or 0.0 <= value < math.inf, (name, value)


def waterfall_is_exact(ledger: Ledger) -> None:
    """Bars sum to calendar time and their percentages to 100.0."""
    falls = waterfall(ledger)
    assert sum(bar.ns for bar in falls.bars) == ledger.calendar_ns
    parts = falls.percents()
    if ledger.calendar_ns == 0:
        assert all(part.is_nan() for part in parts)
        return
    assert sum(parts) == Decimal("100.0")
    for bar, part in zip(falls.bars, parts, strict=True):
        assert part == part.quantize(Decimal("0.1"))
        off = Fraction(part) - Fraction(100 * bar.ns, ledger.calendar_ns)
        assert abs(off) < Fraction(1, 10), (bar, part)


def oee_is_the_waterfalls_and_the_product(ledger: Ledger) -> None:
    """OEE follows from two levels of the waterfall and is A x E x Q."""
    found, falls = kpis(ledger), waterfall(ledger)
    busy_ns, good_ns = falls.left_after("approval"), falls["fully_productive"]
    if math.isnan(found.oee):
        earned_ns = falls.left_after("no_standard_time")
        undefined = ledger.unvalued or not 0 <= good_ns <= earned_ns
        assert busy_ns == 0 or undefined
    else:
        assert found.oee == good_ns / busy_ns
        product = found.availability * found.effectiveness * found.quality_ratio
        nothing_to_multiply = falls.left_after("unknown") == 0 or ledger.earned_ns == 0
        assert math.isnan(product) == nothing_to_multiply
        if not nothing_to_multiply:
            assert found.oee == pytest.approx(product, rel=1e-12)


def nee_forgives_set_up(ledger: Ledger) -> None:
    """NEE is OEE or more, and OEE where there was no set-up."""
    found, times = kpis(ledger), ledger.times
    if math.isnan(found.nee):
        assert math.isnan(found.oee) or times.producing_ns == 0
    else:
        assert found.nee >= found.oee
        if times.set_up_ns == 0:
            assert found.nee == found.oee


LAWS = (
    indicators_stay_in_range,
    waterfall_is_exact,
    oee_is_the_waterfalls_and_the_product,
    nee_forgives_set_up,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=200, deadline=None)
@given(ledger=ledgers())
def test_any_ledger_keeps_the_law(law: Callable[[Ledger], None], ledger: Ledger) -> None:
    """Ranges, exact waterfall, OEE = A x E x Q and NEE >= OEE hold for every ledger."""
    law(ledger)


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(ledgers(), max_size=5), cut=st.integers(0, 5))
def test_the_roll_up_of_parts_is_the_whole(parts: list[Ledger], cut: int) -> None:
    """Any grouping and any order of the parts gives the same ledger, to the integer."""
    whole = roll_up(parts, "n")
    grouped = roll_up([roll_up(parts[:cut], "x"), roll_up(parts[cut:], "y")], "n")
    assert grouped == whole
    assert roll_up(parts[::-1], "n") == whole
    assert waterfall(whole).calendar_ns == sum(part.calendar_ns for part in parts)


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(ledgers(), max_size=4))
def test_the_waterfall_of_the_whole_is_the_sum_of_the_parts(parts: list[Ledger]) -> None:
    """Bars add; only the split of speed loss needs a standard time for every product."""
    whole = waterfall(roll_up(parts, "n"))
    speed = {"speed_loss", "no_standard_time"}
    for bar in whole.bars:
        if bar.code not in speed:
            assert bar.ns == sum(waterfall(part)[bar.code] for part in parts), bar.code
    split = sum(waterfall(part)[code] for part in parts for code in speed)
    assert sum(whole[code] for code in speed) == split


@pytest.mark.laws
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=5_000, deadline=None)
@given(ledger=ledgers())
def test_the_laws_hold_at_length(law: Callable[[Ledger], None], ledger: Ledger) -> None:
    """The same laws over many more ledgers."""
    law(ledger)
