"""Until when replications are run: asked, precise, bounded; and where warm-ups end."""

import itertools

import pytest

from linewright.plant import Address, PlantBuilder
from linewright.plant.records import Change
from linewright.twin.experiment import (
    Precision,
    Progress,
    RunResult,
    Runs,
    RunsInvalid,
    Scenario,
    Workers,
    run,
)
from tests.twin.experiment.anchors import AT, HERE, pair, runs


def _run(how: Runs, workers: Workers = HERE) -> RunResult:
    return run(pair(), AT, how, workers=workers)


def test_replications_are_added_until_the_interval_is_narrow() -> None:
    """The half-width that is asked for is reached, and fewer would not have been enough."""
    found = _run(runs(precision=Precision(relative=0.01, first=5, most=400)))
    one = found.measured.at("throughput")
    assert one is not None
    assert found.stopped == "precise"
    assert one.relative <= 0.01
    assert 5 < found.replications < 400
    coarse = _run(runs(precision=Precision(relative=0.1, first=5, most=400)))
    assert coarse.replications == 5


def test_an_absolute_precision_in_the_unit_of_any_figure() -> None:
    """Precision may be asked of the mean level of a buffer."""
    asked = Precision(absolute=0.2, measure="level", at=f"{AT}/one-two", first=5)
    found = _run(runs(precision=asked))
    one = found.measured.at("level", f"{AT}/one-two")
    assert one is not None
    assert one.half_width <= 0.2


def test_a_precision_out_of_reach_is_given_up_and_told() -> None:
    """The bound on replications holds, and the result says so."""
    found = _run(runs(precision=Precision(relative=1e-6, first=3, most=17)))
    assert (found.stopped, found.replications) == ("most", 17)
    assert "the precision asked for was not reached" in found.notes


def test_a_bound_on_time_is_kept_by_the_clock_passed_in() -> None:
    """After so many seconds of that clock it ends with what there is."""
    seconds = itertools.count()
    workers = Workers(over="here", clock=lambda: float(next(seconds)))
    asked = Precision(relative=1e-6, first=50, most=1000, within_s=20.0)
    found = _run(runs(seconds=200, warm_s=0, precision=asked), workers)
    assert found.stopped == "time"
    assert 50 <= found.replications < 1000


def test_progress_is_told_to_the_end() -> None:
    """How much is done only grows, and the last is all of it."""
    told: list[Progress] = []
    _run(runs(seconds=100, warm_s=10), Workers(over="here", told=told.append))
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert (told[-1].done, told[-1].expected) == (10, 10)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"hours": 0.0}, "no length"),
        ({"hours": float("nan")}, "no length"),
        ({"hours": 1.0, "replications": 0}, "give 1 to"),
        ({"hours": 1.0, "warm_up": 1.0}, "leaves nothing"),
        ({"hours": 1.0, "precision": Precision()}, "no half-width"),
        ({"hours": 1.0, "precision": Precision(relative=0.1, first=1)}, "give bounds"),
        ({"hours": 1.0, "precision": Precision(relative=0.1, measure="thruput")}, "`throughput`?"),
        ({"hours": 1.0, "level": 95.0}, "0.95"),
        ({"hours": 1.0, "level": 95.0, "replications": 1}, "0.95"),
        ({"hours": 1e-13}, "no length"),
        ({"hours": 1.0, "seed": 2**63}, "whole number of 64 bits"),
        ({"hours": 1.0, "seed": -(2**63) - 1}, "whole number of 64 bits"),
        ({"hours": 1.0, "at_ns": 9 * 10**18}, "before the year 2200"),
        ({"hours": 1.0, "at_ns": -1}, "before the year 2200"),
        ({"hours": 1e6, "at_ns": 5 * 10**18}, "before the year 2200"),
    ],
)
def test_what_cannot_be_run_is_refused(keys: dict[str, object], said: str) -> None:
    """Each impossible request says what would be possible."""
    with pytest.raises(RunsInvalid, match=said):
        _run(Runs(**keys))  # type: ignore[arg-type]  # wrong on purpose


def test_a_warm_up_is_found() -> None:
    """A line whose second machine is three times slower for its first 20 minutes of 2 h."""
    slow = Change(
        address=Address(f"{AT}/two"), parameter="speed", value=33.0, at_ns=0, until_ns=1200 * 10**9
    )
    scenario = Scenario(name="slow", changes=(slow,))
    how = Runs(hours=2.0, warm_up="mser5")
    warm = run(pair(), AT, how, scenario=scenario, workers=HERE).warm_up
    assert (warm.how, warm.warning) == ("mser5", "")
    assert 1 / 3 <= warm.hours < 0.6
    assert len(warm.series) == 60
    assert warm.hours == pytest.approx(warm.cut * warm.batch_hours, rel=1e-6)


def test_nights_are_no_trend() -> None:
    """With one shift a day the series is of working time: no warning, and no zero in it."""
    plant = PlantBuilder("acme")
    site = plant.site("reno", timezone="UTC", currency="USD", shifts={"day": "daily 06:00-14:00"})
    line = site.area("shop").line("pair", flow=["one", 5, "two"])
    line.station("one", does={"turn": "30 s exponential"})
    line.station("two", does={"test": "30 s exponential"})
    found = run(plant.done(), AT, Runs(hours=240.0, warm_up="mser5"), workers=HERE)
    assert not found.warm_up.warning
    assert min(found.warm_up.series) > 60.0
    assert found.warm_up.batch_hours == pytest.approx(80.0 / 60, rel=1e-2)


def test_a_run_that_is_too_short_is_told() -> None:
    """A line that has not filled when the run ends gets a warning, not a number to trust."""
    plant = PlantBuilder("acme")
    line = (
        plant.site("reno", timezone="UTC", currency="USD").area("shop").line("pair", flow=["one"])
    )
    wear = {"end": {"life": "4 h", "slows": "90 %", "change": "1 h"}}
    line.station("one", does={"turn": "10 s"}, wears=wear)
    found = run(plant.done(), AT, Runs(hours=3.0, warm_up="mser5"), workers=HERE)
    assert "has not settled" in found.warm_up.warning
    assert found.warm_up.warning in found.notes


def test_closed_all_the_time_is_refused() -> None:
    """A run that lies in a night has no throughput to find a warm-up on."""
    plant = pair(shifts={"day": "daily 06:00-14:00"})  # type: ignore[arg-type]  # keys of the site
    with pytest.raises(RunsInvalid, match="closed all the time"):
        run(plant, AT, Runs(hours=2.0, warm_up="mser5"), workers=HERE)
