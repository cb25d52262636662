"""Plants with known parameters are found again from damaged records: the long look."""

import pytest

from tests.twin.calibrate.recover import (
    bottlenecks_found,
    changes_predicted,
    coverage,
    throughput_errors,
)

pytestmark = pytest.mark.laws


def test_intervals_cover() -> None:
    """Of the 90 % intervals of 200 lines 85 to 95 % hold the truth, and so of each kind."""
    found = coverage(200)
    for kind, (hits, of) in found.items():
        assert 0.82 <= hits / of <= 0.97, kind
    hits, of = found["all"]
    assert 0.85 <= hits / of <= 0.95


def test_throughput_after_a_long_history() -> None:
    """After 400 hours of history each of ten twins is off by at most 2 % on held-out time."""
    assert max(throughput_errors(10, 400.0)) <= 0.02


def test_bottlenecks() -> None:
    """Of the lines with a clear bottleneck nine in ten are told right."""
    hits, of = bottlenecks_found(30)
    assert of >= 15
    assert hits / of >= 0.9


def test_changed_plants() -> None:
    """Six more places in every buffer: 90 % intervals hold what then happens in 40 lines."""
    hits, of = changes_predicted(40)
    assert hits / of >= 0.82
