"""Cycle times are found through stops that nobody told."""

import random

import pytest

from linewright.plant.model import Duration
from linewright.twin.calibrate.fitting.cycles import fit_cycles, kept
from linewright.twin.calibrate.seeing.observe import Group


def _groups(seed: int, n: int = 1000, sigma: float = 0.2) -> list[Group]:
    chance = random.Random(seed)  # noqa: S311  # a test's sample
    return [Group(t_ns=k, seconds=chance.lognormvariate(3.0, sigma), count=1) for k in range(n)]


def test_mean_spread_and_family() -> None:
    """A thousand lognormal cycles give the mean, the spread and the family."""
    fit = fit_cycles(_groups(1), Duration(mean_s=30.0))
    assert fit is not None
    assert fit.cv is not None
    assert fit.family == "lognormal"
    assert fit.mean.low < 20.49 < fit.mean.high
    assert fit.cv.low < 0.202 < fit.cv.high


def test_a_stop_is_no_cycle() -> None:
    """Ten stops of ten minutes among them change neither mean nor spread much, and are counted."""
    stops = [Group(t_ns=k, seconds=600.0, count=1) for k in range(10)]
    clean, dirty = (
        fit_cycles(_groups(1), Duration(mean_s=30.0)),
        fit_cycles([*_groups(1), *stops], Duration(mean_s=30.0)),
    )
    assert clean is not None
    assert dirty is not None
    assert dirty.outliers == 10
    assert dirty.mean.value == pytest.approx(clean.mean.value)


def test_exponential_cycles_have_no_outliers() -> None:
    """The long tail of an exponential law is not taken for stops."""
    chance = random.Random(3)  # noqa: S311  # a test's sample
    groups = [Group(t_ns=k, seconds=chance.expovariate(0.05), count=1) for k in range(2000)]
    assert kept(groups)[1] == 0
    assert kept([]) == ([], 0)


def test_counts_of_several_cycles() -> None:
    """Counts of five cycles give the same mean and the spread of one cycle."""
    single = _groups(4, 3000)
    five = [
        Group(t_ns=k, seconds=sum(one.seconds for one in single[k : k + 5]), count=5)
        for k in range(0, 3000, 5)
    ]
    one, other = fit_cycles(single, Duration(mean_s=20.0)), fit_cycles(five, Duration(mean_s=20.0))
    assert one is not None
    assert other is not None
    assert one.cv is not None
    assert other.cv is not None
    assert other.mean.value == pytest.approx(one.mean.value)
    assert other.cv.low < one.cv.value < other.cv.high


def test_a_constant_time_stays_constant() -> None:
    """Equal cycles have no spread; micro-stops among them belong to the time."""
    equal = [Group(t_ns=k, seconds=30.0, count=1) for k in range(50)]
    fit = fit_cycles(equal, Duration(mean_s=20.0))
    assert fit is not None
    assert (fit.family, fit.cv, fit.mean.value) == ("constant", None, 30.0)
    micro = [Group(t_ns=k, seconds=30.0, count=1, micro_s=1.0) for k in range(50)]
    slower = fit_cycles(micro, Duration(mean_s=20.0))
    assert slower is not None
    assert slower.mean.value == 31.0


def test_too_few_cycles() -> None:
    """Nineteen cycles are too few."""
    assert fit_cycles(_groups(1, 19), Duration(mean_s=20.0)) is None
