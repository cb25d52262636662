"""Roll-up adds; a flow line is its bottleneck's time and its exit's output."""

import math

import msgspec
import pytest

from linewright.plant.kpi import Counts, Ledger, Times, flow_line, kpis, roll_up
from linewright.plant.kpi.ledger import Failures
from linewright.plant.kpi.rollup import LineEmpty, StandardTimeUnclear, bottleneck


def lids(standard_ns: int | None, good: int, scrap: int = 0, product: str = "lid") -> Counts:
    """Return counts of good and scrapped pieces."""
    return Counts(
        product=product, standard_ns=standard_ns, produced=good + scrap, good=good, scrap=scrap
    )


def station(name: str, *counts: Counts, producing_ns: int = 80) -> Ledger:
    """Return the ledger of a station that produced and starved."""
    times = Times(producing_ns=producing_ns, starved_ns=100 - producing_ns)
    return Ledger(address=f"n/m/b/{name}", calendar_ns=100, times=times, counts=counts)


def test_a_roll_up_adds_rows_of_equal_product_and_standard_only() -> None:
    """Two standards of one product stay two rows, in a fixed order, unknown ones last."""
    parts = [
        station("a", lids(None, 1), lids(5, 2)),
        station("b", lids(5, 3, 1), lids(4, 7), lids(9, 1, product="cup")),
    ]
    expected = (lids(9, 1, product="cup"), lids(4, 7), lids(5, 5, 1), lids(None, 1))
    assert roll_up(parts, "n/m/b").counts == expected
    assert roll_up(parts[::-1], "n/m/b").counts == expected


def test_an_indicator_of_the_whole_is_not_the_mean_of_the_parts() -> None:
    """A small station with a bad day weighs what its time weighs."""
    small = Ledger(address="s", calendar_ns=10, times=Times(breakdown_ns=10))
    large = Ledger(address="l", calendar_ns=990, times=Times(producing_ns=990))
    assert kpis(roll_up([small, large], "n")).availability == 0.99


def test_a_roll_up_of_nothing_is_an_empty_window() -> None:
    """No ledgers give zero time, no parts and no energy figure."""
    assert roll_up([], "n") == Ledger(address="n", calendar_ns=0, times=Times())


def test_energy_that_one_station_did_not_measure_is_missing_in_the_sum() -> None:
    """A partial sum would read as a low consumption, so there is none."""
    metered = msgspec.structs.replace(station("a"), energy_kwh=2.5)
    assert roll_up([metered, metered], "n").energy_kwh == 5.0
    assert roll_up([metered, station("b")], "n").energy_kwh is None


def test_the_bottleneck_has_the_most_standard_work_for_the_mix() -> None:
    """Which station limits depends on the mix, and of equals it is the first."""
    slow_cup = station("a", lids(3, 9), lids(9, 1, product="cup"))
    slow_lid = station("b", lids(4, 9), lids(1, 1, product="cup"))
    assert bottleneck([slow_cup, slow_lid], "n/m/b") == 1
    assert (
        bottleneck([slow_cup, slow_lid, station("c", lids(1, 0), lids(9, 99, 0, "cup"))], "l") == 0
    )
    assert bottleneck([station("a", lids(3, 5)), station("b", lids(3, 5))], "n/m/b") == 0


def test_a_station_that_stood_all_day_can_be_the_bottleneck() -> None:
    """A row without parts still says what the station would need."""
    assert bottleneck([station("a", lids(3, 5)), station("b", lids(7, 0))], "n/m/b") == 1


def test_scrap_before_the_bottleneck_cost_it_no_time() -> None:
    """Only scrap of the bottleneck and after it is a loss of the line."""
    parts = [
        station("saw", lids(2, 30, 10)),
        station("mill", lids(3, 20, 4), producing_ns=90),
        station("wash", lids(1, 18, 2)),
    ]
    line = flow_line(parts, "n/m/b")
    assert line.counts == (lids(3, 18, 6),)
    assert line.times == parts[1].times
    assert kpis(line).oee == 0.54


def test_work_in_process_is_speed_not_quality() -> None:
    """Ten pieces drained from the buffers behind the bottleneck make a gain, not 150 % good."""
    parts = [station("mill", lids(4, 20)), station("wash", lids(2, 30))]
    found = kpis(flow_line(parts, "n/m/b"))
    assert (found.quality_ratio, found.effectiveness) == (1.0, 1.5)


def test_what_left_the_line_unjudged_was_produced_but_is_not_good() -> None:
    """Pieces that nobody inspected at the exit lower the line's quality until they are."""
    waiting = Counts(product="lid", standard_ns=2, produced=20, good=15)
    line = flow_line([station("mill", lids(4, 20)), station("inspect", waiting)], "n/m/b")
    assert line.pieces.unjudged == 5
    assert kpis(line).quality_ratio == 0.75


def test_the_line_takes_its_failures_from_the_bottleneck_and_energy_from_all() -> None:
    """A failure elsewhere shows as starved or blocked at the bottleneck, not as its own."""
    mill = msgspec.structs.replace(station("mill", lids(4, 20)), energy_kwh=3.0)
    wash = msgspec.structs.replace(
        station("wash", lids(2, 20)), energy_kwh=1.0, failures=Failures(events=5)
    )
    line = flow_line([mill, wash], "n/m/b")
    assert (line.failures, line.energy_kwh, line.address) == (Failures(), 4.0, "n/m/b")


def test_a_named_bottleneck_needs_no_standard_times() -> None:
    """Where standards are missing the line has an OEE of nan, but its availability."""
    parts = [station("mill", lids(None, 20)), station("wash", lids(2, 20))]
    with pytest.raises(StandardTimeUnclear, match=r"n/m/b/mill.*'lid' has no standard time"):
        flow_line(parts, "n/m/b")
    found = kpis(flow_line(parts, "n/m/b", limited_by=0))
    assert found.availability == 0.8
    assert math.isnan(found.oee)


def test_a_standard_time_that_changed_in_the_window_is_refused() -> None:
    """Two values of a piece cannot be told apart at the exit; the window must be split."""
    parts = [station("mill", lids(4, 10), lids(5, 10))]
    with pytest.raises(StandardTimeUnclear, match="split the window") as caught:
        flow_line(parts, "n/m/b")
    assert caught.value.standards_ns == (4, 5)


@pytest.mark.parametrize("limited_by", [-1, 1])
def test_a_line_without_its_bottleneck_is_refused(limited_by: int) -> None:
    """No stations, or an index outside them, is an error that names the line."""
    with pytest.raises(LineEmpty, match="n/m/b: 1 ledgers"):
        flow_line([station("mill", lids(4, 1))], "n/m/b", limited_by=limited_by)
    with pytest.raises(LineEmpty, match="flow order"):
        flow_line([], "n/m/b")
