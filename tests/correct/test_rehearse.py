"""Rehearsal: draws from the errors of a diagnosis, effects with intervals, and the choice."""

from collections.abc import Sequence
from statistics import fmean, stdev

import pytest

from linewright.correct.candidates import Gap, candidates
from linewright.correct.diagnose import Diagnosis, Severity
from linewright.correct.rehearse import (
    Draw,
    Forks,
    Prices,
    Rehearsal,
    Result,
    Scene,
    draws,
    rehearse,
    seed_of,
)
from linewright.plant.records import Candidate, Cause
from tests.correct.machine import MILL, NS
from tests.correct.scene import plant, view

FOUND = Diagnosis(
    causes=(Cause(cause="end_mill", probability=1.0),),
    severity=Severity(used=0.7, used_error=0.03, faster=4.0, faster_error=2.0),
    shifts=(),
)


def fixed(*results: tuple[float, float, float]) -> Forks:
    """Return forks that give each candidate the same result, with a little of the replication."""

    def forks(given: Sequence[Candidate], drawn: Sequence[Draw]) -> list[list[Result]]:
        assert len(given) == len(results)
        return [
            [
                Result(good=good + (n % 3) * (k + 1), scrap=scrap, stops=stops)
                for n, _ in enumerate(drawn)
            ]
            for k, (good, scrap, stops) in enumerate(results)
        ]

    return forks


def rehearsed(*results: tuple[float, float, float], prices: Prices | None = None) -> Rehearsal:
    """Rehearse the three ways with given results."""
    cause = view().cause("end_mill")
    assert cause is not None
    scene = Scene(view=view(), cause=cause, as_of_ns=5, prices=prices)
    gap = Gap(start_ns=10 * NS, end_ns=20 * NS)
    given = candidates(plant(), view(), "end_mill", gap, 5 * NS)
    return rehearse(scene, given, draws(FOUND, 40, seed=1), fixed(*results))


def test_draws_have_the_means_and_errors_of_the_diagnosis() -> None:
    """Same seed, same draws; used 0.70 +- 0.03, faster 4 +- 2 and never below 1."""
    drawn = draws(FOUND, 4000, seed=seed_of("a" * 26))
    assert drawn == draws(FOUND, 4000, seed=seed_of("a" * 26))
    assert drawn != draws(FOUND, 4000, seed=seed_of("b" * 26))
    used, faster = [each.used for each in drawn], [each.faster for each in drawn]
    assert (fmean(used), stdev(used)) == pytest.approx((0.7, 0.03), rel=0.05)
    assert (fmean(faster), stdev(faster)) == pytest.approx((4.0, 2.0), rel=0.08)
    assert min(faster) >= 1.0


def test_the_best_of_several_is_chosen() -> None:
    """The one that is clearly better than the rest, here the slower one."""
    found = rehearsed((80, 2, 1), (85, 2, 1), (95, 2, 0))
    assert found.chosen.name == "slow_down"
    good = next(each for each in found.chosen.effects if each.measure == "good")
    assert good.low < good.mean < good.high
    assert good.mean == pytest.approx(15 + 2 * fmean(n % 3 for n in range(40)))


def test_what_is_not_better_is_not_chosen() -> None:
    """Where no difference can be told and no stop is saved, nothing is done."""
    assert rehearsed((80, 2, 1), (78, 2, 1), (60, 2, 1)).chosen.name == "nothing"


def test_fewer_stops_decide_between_equals() -> None:
    """Where good parts do not tell two apart, the one with fewer stops is taken."""
    found = rehearsed((80, 2, 1.0), (90, 2, 1.0), (89, 2, 0.4))
    assert found.chosen.name == "slow_down"


def test_prices_weigh_good_and_bad_parts() -> None:
    """Ten good parts more do not pay for a hundred bad ones."""
    prices = Prices(good=10.0, scrap=3.0, currency="USD")
    assert rehearsed((80, 2, 1), (90, 102, 1), (70, 2, 1)).chosen.name == "change_tool"
    found = rehearsed((80, 2, 1), (90, 102, 1), (70, 2, 1), prices=prices)
    assert found.chosen.name == "nothing"
    assert [each.unit for each in found.candidates[1].effects][-1] == "USD"


def test_a_slower_mill_is_longer_cooler_and_draws_less() -> None:
    """At 70 % worn: 60 s * 1.175 / 0.8 is 17.6 s more; a fifth of 24 degC and 1.8 kW, times 0.7."""
    effects = {
        each.measure: each for each in rehearsed((80, 2, 1), (80, 2, 1), (95, 2, 0)).chosen.effects
    }
    assert effects[f"{MILL}#cycle_time"].mean == pytest.approx(17.6, abs=0.1)
    assert effects[f"{MILL}#spindle_temp"].mean == pytest.approx(-3.36, abs=0.2)
    assert effects[f"{MILL}#active_power"].mean == pytest.approx(-0.252, abs=0.02)
    assert effects[f"{MILL}#spindle_temp"].unit == "degC"
