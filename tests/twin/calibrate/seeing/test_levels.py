"""Levels of buffers follow from what both sides counted."""

import pytest

from linewright.twin.calibrate.figures import by_twin, seen_figures
from linewright.twin.calibrate.seeing.levels import level_at, mean_level
from linewright.twin.calibrate.seeing.observe import observe
from tests.twin.calibrate.recover import AT, NS, WARM_NS, random_truth, recorded, traced
from tests.twin.calibrate.said import LINE, parts, plant_of, states


def test_a_level_by_hand() -> None:
    """An empty buffer that gets two parts, of which one is taken, has a mean level of its own."""
    up = [*states("R0"), *parts([10, 20, 30])]
    down = [*states("S0 R10", "b"), *parts([40], "b")]
    plant = plant_of("a", 5, "b")
    seen = observe(plant, LINE, [*up, *down], 0, 50 * NS)
    level = mean_level(seen.stations[0].line, seen.stations[1].line, 5, seen)
    assert level == pytest.approx((10 * 0 + 10 * 0 + 10 * 1 + 10 * 2 + 10 * 1) / 50)


def test_the_level_at_a_moment() -> None:
    """Parts counted until then are in it; before anything is sure it is not known."""
    up = [*states("R0"), *parts([10, 20, 30])]
    down = [*states("S0 R10", "b"), *parts([40], "b")]
    seen = observe(plant_of("a", 5, "b"), LINE, [*up, *down], 0, 50 * NS)
    lines = [one.line for one in seen.stations]
    assert [level_at(lines[0], lines[1], 5, t * NS) for t in (5, 25, 35, 45)] == [0, 1, 2, 1]
    assert level_at(lines[0], lines[1], 5, 0) is None


def test_never_empty_never_full_is_not_known() -> None:
    """Without a moment at which the level is sure there is no level."""
    plant = plant_of("a", 5, "b")
    told = [*states("R0"), *states("R0", "b"), *parts([10])]
    seen = observe(plant, LINE, told, 0, 50 * NS)
    assert mean_level(seen.stations[0].line, seen.stations[1].line, 5, seen) is None


def test_levels_are_those_of_the_kernel() -> None:
    """From records alone the mean level is what the kernel itself has."""
    truth, hours = random_truth(2), 10.0
    until_ns = WARM_NS + round(hours * 3600 * NS)
    records = recorded(truth.plant(), traced(truth.plant(), 2, until_ns))
    seen = seen_figures(truth.plant(), observe(truth.plant(), AT, records, WARM_NS, until_ns))
    run = by_twin(AT, 40.0, seed=9)
    told = [run(truth.plant(), k).buffers for k in range(4)]
    for address, level in seen.buffers.items():
        mean = sum(each[address] for each in told) / len(told)
        assert level == pytest.approx(mean, abs=0.5)
