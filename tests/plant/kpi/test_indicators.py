"""The undefined, the empty and the corrected: what each indicator answers at its edges."""

import math

import msgspec
import pytest

from linewright.plant.kpi import Counts, Ledger, Times, kpis
from linewright.plant.kpi.efficiency import CREW_PEOPLE_MIN, Crew, worker_efficiency
from linewright.plant.kpi.ledger import NS_PER_H, Failures
from linewright.plant.kpi.reliability import mttf_h
from linewright.plant.kpi.summary import Kpis

NAN = math.nan


def ledger(times: Times, *counts: Counts) -> Ledger:
    """Return the ledger of a station."""
    return Ledger(address="n/m/b/saw", calendar_ns=times.total_ns, times=times, counts=counts)


def made(produced: int, good: int, scrap: int = 0, rework: int = 0) -> Counts:
    """Return counts of a product that takes 2 ns per piece."""
    return Counts(
        product="lid", standard_ns=2, produced=produced, good=good, scrap=scrap, rework=rework
    )


def same(found: float, expected: float) -> bool:
    """Whether two numbers are equal, nan included."""
    return found == expected or (math.isnan(found) and math.isnan(expected))


def test_an_empty_window_defines_nothing() -> None:
    """Without time and parts every indicator is nan, none is 0 or 1."""
    found = msgspec.structs.asdict(kpis(ledger(Times())))
    assert all(math.isnan(value) for value in found.values())


@pytest.mark.parametrize("times", [Times(no_shift_ns=50), Times(meal_ns=50)])
def test_without_planned_busy_time_only_teep_is_defined(times: Times) -> None:
    """A day off and a day of planned stops have no OEE; against the calendar it is zero."""
    found = kpis(ledger(times))
    assert found.teep == 0.0
    assert math.isnan(found.availability)
    assert math.isnan(found.oee)
    assert math.isnan(found.nee)
    assert math.isnan(found.throughput_rate_per_h)


def test_a_station_down_all_day_has_an_oee_of_zero() -> None:
    """Effectiveness and quality are undefined, but a total loss is not hidden behind nan."""
    found = kpis(ledger(Times(breakdown_ns=100)))
    assert (found.availability, found.oee, found.nee) == (0.0, 0.0, 0.0)
    assert math.isnan(found.effectiveness)
    assert math.isnan(found.quality_ratio)


def test_silence_is_never_production() -> None:
    """A window of unknown time has OEE and availability zero and covers nothing."""
    found = kpis(ledger(Times(unknown_ns=100)))
    assert (found.availability, found.oee, found.data_coverage) == (0.0, 0.0, 0.0)
    assert math.isnan(found.technical_efficiency)


def test_production_without_parts_is_all_speed_loss() -> None:
    """A station that runs and makes nothing is effective by zero; its quality is undefined."""
    found = kpis(ledger(Times(producing_ns=100)))
    assert (found.availability, found.effectiveness, found.oee) == (1.0, 0.0, 0.0)
    assert math.isnan(found.quality_ratio)


def test_parts_without_production_time_still_count_in_oee() -> None:
    """Where the state signal failed, OEE is by output; what needs production time is nan."""
    found = kpis(ledger(Times(unknown_ns=100), made(10, 9, 1)))
    assert found.oee == 0.18
    assert math.isnan(found.effectiveness)
    assert math.isnan(found.nee)


CORRECTIONS = [
    # produced, good, scrap, rework: quality, scrap ratio, rework ratio, first pass yield
    (made(10, 11, 0, -1), (NAN, 0.0, NAN, NAN)),
    (made(10, 10, 1, -1), (1.0, 0.1, NAN, 1.0)),
    (made(10, -1, 5, 0), (NAN, 0.5, 0.0, NAN)),
    (made(10, 8, 12, 0), (0.8, NAN, 0.0, 0.4)),
    (made(0, 0, 0, 0), (NAN, NAN, NAN, NAN)),
    (made(-3, -3, 0, 0), (NAN, NAN, NAN, NAN)),
    (made(10, 0, 0, 0), (0.0, 0.0, 0.0, NAN)),
]


@pytest.mark.parametrize(("row", "expected"), CORRECTIONS)
def test_corrections_give_a_share_or_nan(row: Counts, expected: tuple[float, ...]) -> None:
    """Negative and contradicting counts never give a share outside [0, 1]."""
    found = kpis(ledger(Times(producing_ns=100), row))
    shares = (found.quality_ratio, found.scrap_ratio, found.rework_ratio, found.first_pass_yield)
    assert all(same(one, right) for one, right in zip(shares, expected, strict=True)), shares


def test_a_negative_output_has_no_effectiveness() -> None:
    """More pieces taken back than made: effectiveness, OEE and the rate are undefined."""
    found = kpis(ledger(Times(producing_ns=100), made(-3, -3)))
    assert math.isnan(found.effectiveness)
    assert math.isnan(found.oee)
    assert math.isnan(found.throughput_rate_per_h)


def test_quality_weighs_products_by_their_standard_time() -> None:
    """Scrap of a piece that takes nine times as long costs nine times as much quality."""
    small = Counts(product="small", standard_ns=1, produced=10, good=10)
    large = Counts(product="large", standard_ns=9, produced=10, good=5, scrap=5)
    found = kpis(ledger(Times(producing_ns=100), small, large))
    assert found.quality_ratio == 0.55
    assert found.scrap_ratio == 0.25


def test_effectiveness_is_never_clipped() -> None:
    """Three times the standard is shown as 3, not as 1."""
    found = kpis(ledger(Times(producing_ns=10), made(15, 15)))
    assert (found.effectiveness, found.oee) == (3.0, 3.0)


def test_mean_times_need_failures_and_restorations() -> None:
    """One failure that still goes on gives an MTBF but no MTTR; none gives neither."""
    times = Times(producing_ns=5 * NS_PER_H, set_up_ns=NS_PER_H, breakdown_ns=2 * NS_PER_H)
    open_failure = msgspec.structs.replace(ledger(times), failures=Failures(events=1))
    found = kpis(open_failure)
    assert found.mtbf_h == 6.0
    assert math.isnan(found.mttr_h)
    assert math.isnan(kpis(ledger(times)).mtbf_h)


def test_running_items_lengthen_the_mean_time_to_failure() -> None:
    """Items that did not fail are exposure; leaving them out would punish the long-lived."""
    failed = [NS_PER_H, 3 * NS_PER_H]
    assert mttf_h(failed) == 2.0
    assert mttf_h(failed, running_ns=[4 * NS_PER_H]) == 4.0
    assert math.isnan(mttf_h([]))


def test_energy_is_not_zero_where_it_was_not_measured() -> None:
    """No meter gives nan; energy without parts gives nan too."""
    metered = msgspec.structs.replace(ledger(Times(), made(10, 8, 2)), energy_kwh=4.0)
    assert kpis(metered).energy_per_part_kwh == 0.4
    assert kpis(metered).energy_per_good_part_kwh == 0.5
    assert math.isnan(kpis(ledger(Times(), made(10, 8, 2))).energy_per_part_kwh)
    idle = msgspec.structs.replace(ledger(Times()), energy_kwh=4.0)
    assert math.isnan(kpis(idle).energy_per_part_kwh)


def test_no_worker_efficiency_points_at_a_person() -> None:
    """A crew below the smallest size has no number, at it there is one."""
    for people in range(CREW_PEOPLE_MIN + 2):
        found = worker_efficiency(Crew(people=people, work_ns=30, attendance_ns=40))
        assert same(found, 0.75 if people >= CREW_PEOPLE_MIN else NAN)
    large = Crew(people=9, work_ns=50, attendance_ns=40)
    assert math.isnan(worker_efficiency(large))


def test_undefined_is_null_in_json() -> None:
    """A screen gets null for what is undefined, never a number."""
    text = msgspec.json.encode(kpis(ledger(Times(producing_ns=4))))
    assert b'"quality_ratio":null' in text
    assert set(msgspec.json.decode(text)) == set(Kpis.__struct_fields__)
