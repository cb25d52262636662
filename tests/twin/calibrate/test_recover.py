"""Plants with known parameters are found again from damaged records: the quick look."""

from tests.twin.calibrate.recover import (
    bottlenecks_found,
    changes_predicted,
    coverage,
    throughput_errors,
)


def test_intervals_cover() -> None:
    """Of some 140 intervals of 90 %, four in five at least hold the true value."""
    hits, of = coverage(8, hours=8.0)["all"]
    assert of > 100
    assert hits / of >= 0.8


def test_the_calibrated_twin_makes_as_many_parts() -> None:
    """After 100 hours of history the throughput on held-out time is off by 2 % at most."""
    assert max(throughput_errors(1)) <= 0.02


def test_a_bottleneck_and_a_change() -> None:
    """The clear bottleneck is found, and six more buffer places do what was predicted."""
    hits, of = bottlenecks_found(1)
    assert hits == of
    assert changes_predicted(1) == (1, 1)
