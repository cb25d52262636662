"""Intervals hold as often as they say: a law of many runs."""

import pytest

from linewright.twin.experiment import Precision
from tests.twin.experiment.anchors import coverage

pytestmark = pytest.mark.laws


def test_of_a_thousand_intervals_950_hold_but_for_chance() -> None:
    """Of 1,000 95 % intervals on anchor 4, 930 to 970 hold the exact throughput."""
    assert 930 <= coverage(1000) <= 970


def test_stopping_at_a_precision_costs_little() -> None:
    """Replications until 1.5 %: of 400 intervals at least 91 % hold (Law, 9.4.1)."""
    asked = Precision(relative=0.015, first=10, most=300)
    assert 364 <= coverage(400, precision=asked) <= 396
