"""Laws are found again from clocks that were cut off, entered late or met under way."""

import random

import pytest

from linewright.twin.calibrate.fitting.fit import fit_spells, share_interval
from linewright.twin.calibrate.seeing.observe import Spell
from linewright.twin.engines import special


def _spell(until_s: float, *, ended: bool = True, entry_s: float | None = 0.0) -> Spell:
    return Spell(entry_s=entry_s, until_s=until_s, ended=ended, t_ns=0)


def test_an_exponential_mean_is_time_over_events() -> None:
    """With cut-off spells: total time over events, and Cox's interval of 2n + 1 degrees."""
    spells = [_spell(x) for x in (10.0, 20.0, 30.0, 40.0, 50.0)] + [_spell(70.0, ended=False)]
    fit = fit_spells(spells, family="exponential")
    assert fit is not None
    assert fit.mean.value == pytest.approx(220.0 / 5)
    assert fit.mean.low == pytest.approx(2 * 220.0 / (2 * special.gammaincinv(5.5, 0.95)))
    assert fit.censored == pytest.approx(1 / 6)


def test_too_few_events_are_no_fit() -> None:
    """Four events, or none, give nothing."""
    assert fit_spells([_spell(10.0)] * 4, family="exponential") is None
    assert fit_spells([], family="exponential") is None


def test_few_events_keep_the_plants_spread() -> None:
    """With six events only the mean is fitted, in the plant's family and with its spread."""
    fit = fit_spells(
        [_spell(x) for x in (9.0, 10.0, 11.0, 10.0, 9.5, 10.5)], family="weibull", cv=0.1
    )
    assert fit is not None
    assert (fit.family, fit.cv) == ("weibull", None)
    assert fit.mean.low < 10.0 < fit.mean.high


@pytest.mark.parametrize(
    ("family", "shape"), [("weibull", 2.0), ("gamma", 4.0), ("lognormal", 0.5)]
)
def test_a_law_is_found_through_censoring_and_truncation(family: str, shape: float) -> None:
    """Half the spells cut off or entered at an age: mean and spread come out, and it fits."""
    chance = random.Random(5)  # noqa: S311  # a test's sample
    draws = {
        "weibull": lambda: chance.weibullvariate(100.0, shape),
        "gamma": lambda: chance.gammavariate(shape, 25.0),
        "lognormal": lambda: chance.lognormvariate(4.5, shape),
    }
    spells = []
    for k in range(1500):
        x, end, entry = draws[family](), chance.uniform(50.0, 250.0), 40.0 * (k % 3 == 0)
        if min(x, end) > entry:
            spells.append(_spell(min(x, end), ended=x <= end, entry_s=entry))
    fit = fit_spells(spells, family=family)
    means = {"weibull": 88.62, "gamma": 100.0, "lognormal": 102.0}
    assert fit is not None
    assert fit.family == family
    assert fit.mean.value == pytest.approx(means[family], rel=0.06)
    assert fit.shape == pytest.approx(shape, rel=0.08)
    assert fit.p_value is not None
    assert fit.p_value > 0.001


def test_lives_met_under_way_are_no_whole_lives() -> None:
    """Of a renewal process met at a random time, what is left alone tells mean and spread."""
    chance = random.Random(6)  # noqa: S311  # a test's sample
    spells = []
    for _ in range(800):
        t, meets = 0.0, chance.uniform(5000.0, 6000.0)
        while t <= meets:
            t += chance.gammavariate(4.0, 25.0)
        spells.append(_spell(t - meets, entry_s=None))
    fit = fit_spells(spells, family="gamma")
    assert fit is not None
    assert fit.mean.value == pytest.approx(100.0, rel=0.1)


def test_another_family_must_be_clearly_better() -> None:
    """The plant's family is kept where it fits, and left where it plainly does not."""
    chance = random.Random(7)  # noqa: S311  # a test's sample
    plain = [_spell(chance.expovariate(0.01)) for _ in range(200)]
    narrow = [_spell(chance.lognormvariate(4.0, 0.2)) for _ in range(200)]
    kept, left = fit_spells(plain, family="exponential"), fit_spells(narrow, family="exponential")
    assert kept is not None
    assert left is not None
    assert (kept.family, left.family != "exponential") == ("exponential", True)


def test_a_bad_fit_is_told() -> None:
    """Times of two kinds, a thousandfold apart, fit no family."""
    spells = [_spell(1.0 + 0.01 * (k % 7) + 1000.0 * (k % 2)) for k in range(200)]
    fit = fit_spells(spells, family="exponential")
    assert fit is not None
    assert fit.p_value is not None
    assert fit.p_value < 1e-3


def test_shares() -> None:
    """No bad part of many: from zero to a small share; the middle is count over number."""
    none = share_interval(0, 1000, 0.9)
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high < 0.003
    some = share_interval(20, 1000, 0.9)
    assert some.low < 0.02 < some.high
    assert share_interval(10, 10, 0.9).high == 1.0
