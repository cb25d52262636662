"""How figures are spelled: no more digits than mean something."""

import math

import msgspec
import pytest

from linewright.cli.twin.showing import rounded, short_names, spelled
from linewright.twin.experiment import Estimate


@pytest.mark.parametrize(
    ("mean", "half", "unit", "text"),
    [
        (18.8271, 0.0914, "1/h", "18.827 +/- 0.091"),
        (10736.2, 52.134, "pieces", "10736 +/- 52"),
        (0.26525, 0.00204, "share", "26.52 +/- 0.20 %"),
        (-2.874, 0.7096, "1/h", "-2.87 +/- 0.71"),
        (0.0, 0.0, "share", "0 %"),
        (12.0, math.inf, "pieces", "12 +/- ?"),
        (math.nan, math.nan, "share", "-"),
        (123456.7, 0.0, "pieces", "123457"),
        (-1.1e-16, 3e-17, "share", "0 %"),
        (8.794e-20, 0.0, "share", "0 %"),
        (0.0000020, 0.0000056, "share", "0 %"),
        (0.5557082, 0.0000057, "share", "55.57 %"),
        (0.0004123, 0.0012567, "pieces", "0.0004 +/- 0.0013"),
        (0.00073, 0.000043, "pieces", "0.0007"),
        (-0.001, 0.02, "1/h", "-0.001 +/- 0.020"),
        (-0.0004, 0.02, "1/h", "0.000 +/- 0.020"),
    ],
)
def test_a_figure_is_spelled(mean: float, half: float, unit: str, text: str) -> None:
    """The half-width has two digits and the mean as many places; shares are in percent."""
    one = Estimate(measure="x", mean=mean, half_width=half, level=0.95, replications=9, unit=unit)
    assert spelled(one) == text


def test_times_are_told_in_a_unit() -> None:
    """Only what is in seconds is told in minutes."""
    one = Estimate(measure="x", mean=7869.0, half_width=274.0, level=0.95, replications=9, unit="s")
    assert spelled(one, ("min", 60.0)) == "131.2 +/- 4.6"
    other = msgspec.structs.replace(one, unit="pieces")
    assert spelled(other, ("min", 60.0)) == "7869 +/- 274"


def test_never_minus_nothing() -> None:
    """What rounds to 0 has no sign."""
    assert rounded(-0.001, 0.004, 2) == "0"
    assert rounded(-0.0, 0.0) == "0"


def test_two_of_one_name_are_told_apart() -> None:
    """A place is called by its own name, or with the line before it where another has that."""
    places = ["a/b/shaft/wash", "a/b/finish/wash", "a/b/shaft/press"]
    assert short_names(places) == ["shaft/wash", "finish/wash", "press"]
