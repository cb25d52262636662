"""What has moved since the calibration is found, and what has not gives no alarm."""

import random

import msgspec
import pytest

from linewright.plant.records import Record
from linewright.twin.calibrate import drift, observe
from linewright.twin.calibrate.drift import Drift
from tests.twin.calibrate.recover import AT, NS, WARM_NS, random_truth, recorded, traced
from tests.twin.calibrate.said import LINE, parts, plant_of, states


def _cycles(seed: int, mean: float, moved: float, since: int = 150, n: int = 300) -> list[Record]:
    """Return a running station whose cycles get longer from one of them on."""
    chance = random.Random(seed)  # noqa: S311  # a test's sample
    t, times = 0.0, []
    for k in range(n):
        t += chance.lognormvariate(0.0, 0.2) * (mean * moved if k >= since else mean)
        times.append(t)
    return [*states("R0"), *parts(times)]


def _moved(records: list[Record], alarm: float = 0.05) -> tuple[Drift, ...]:
    plant = plant_of("a")
    end_ns = max(one.t_ns for one in records) + 1
    cut_ns = sorted(one.t_ns for one in records)[110]
    return drift(
        observe(plant, LINE, records, 0, cut_ns),
        observe(plant, LINE, records, cut_ns, end_ns),
        alarm=alarm,
    )


def test_a_slower_station_is_found_with_its_time() -> None:
    """Cycles that last 15 % longer from one moment on: which, by how much and when."""
    records = _cycles(1, 10.0, 1.15)
    (found,) = _moved(records)
    true_ns = sorted(one.t_ns for one in records)[151]
    assert found.parameter == "does.make.time.mean"
    assert found.after / found.before == pytest.approx(1.15, rel=0.05)
    assert abs(found.since_ns - true_ns) < 15 * 10 * NS


def test_an_unchanged_station_gives_no_more_alarms_than_said() -> None:
    """Of 60 unchanged stations at an alarm rate of 10 %, no more than chance bears alarm."""
    alarms = sum(bool(_moved(_cycles(seed, 10.0, 1.0), alarm=0.1)) for seed in range(60))
    assert alarms <= 13


def test_a_repair_that_takes_longer() -> None:
    """In a whole line with one repair time doubled, that parameter and no other is told."""
    truth, until_ns = random_truth(8), WARM_NS + 40 * 3600 * NS
    slow = truth.stations[1]
    slow = msgspec.structs.replace(slow, repair=(slow.repair[0] * 2.5, *slow.repair[1:]))
    after = msgspec.structs.replace(truth, stations=(truth.stations[0], slow, truth.stations[2]))
    seen = [
        observe(
            one.plant(),
            AT,
            recorded(one.plant(), traced(one.plant(), seed, until_ns)),
            WARM_NS,
            until_ns,
        )
        for seed, one in ((1, truth), (2, after))
    ]
    found = drift(*seen)
    assert [(one.address.name, one.parameter) for one in found] == [
        ("m1", "fails.failure.repair.mean")
    ]
