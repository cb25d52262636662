"""Findings: what they flag, at which limit, and that they say where and what to do."""

import pytest

from linewright.plant.kpi import Counts, Ledger, Times, findings
from linewright.plant.kpi.findings import FindingCode


def codes(times: Times, *counts: Counts) -> list[FindingCode]:
    """Return the codes of the findings of a station."""
    ledger = Ledger(address="n/m/b/saw", calendar_ns=times.total_ns, times=times, counts=counts)
    return [one.code for one in findings(ledger)]


def made(produced: int, good: int, scrap: int = 0, rework: int = 0) -> Counts:
    """Return counts of a product that takes 1 ns per piece."""
    return Counts(
        product="lid", standard_ns=1, produced=produced, good=good, scrap=scrap, rework=rework
    )


@pytest.mark.parametrize(("produced", "flagged"), [(1100, False), (1101, True)])
def test_the_standard_time_is_doubted_above_110_per_cent(produced: int, *, flagged: bool) -> None:
    """At the limit nothing is said; one piece above it the standard time is named."""
    found = codes(Times(producing_ns=1000), made(produced, produced))
    assert (FindingCode.STANDARD_TIME_LONG in found) is flagged


def test_a_healthy_ledger_has_no_findings() -> None:
    """Losses are no findings."""
    times = Times(no_shift_ns=500, breakdown_ns=20, producing_ns=80)
    assert codes(times, made(70, 60, 5, 5)) == []


def test_each_defect_is_named_once_and_in_order() -> None:
    """Missing standard, negative and contradicting counts and silence come in a fixed order."""
    special = Counts(product="special", standard_ns=None, produced=1, good=1)
    found = codes(Times(producing_ns=80, unknown_ns=20), special, made(10, 12, 0, -1))
    assert found == [
        FindingCode.STANDARD_TIME_MISSING,
        FindingCode.COUNT_NEGATIVE,
        FindingCode.COUNTS_DISAGREE,
        FindingCode.DATA_MISSING,
    ]


def test_parts_without_production_time_point_at_the_state_signal() -> None:
    """Parts cannot come from a station that never produced."""
    assert codes(Times(starved_ns=9), made(1, 1)) == [FindingCode.PRODUCTION_TIME_MISSING]
    assert codes(Times(starved_ns=9), made(0, 0)) == []


def test_a_finding_says_where_and_what_to_do() -> None:
    """The text names the share, and the address is the ledger's."""
    ledger = Ledger(address="n/m/b/saw", calendar_ns=8, times=Times(unknown_ns=2, producing_ns=6))
    (found,) = findings(ledger)
    assert found.address == "n/m/b/saw"
    assert found.text == (
        "no data for 25.0 % of planned busy time: OEE is a lower bound; check the connection or "
        "book the time"
    )
