"""Tests of plants/corridor: what is maintained, spoiled and found, and taken step by step."""

from functools import cache
from pathlib import Path

from linewright.plant import Plant, check

FOLDER = Path(__file__).parents[2] / "plants" / "corridor"


@cache
def _plant() -> Plant:
    plant = check(FOLDER).plant
    assert plant is not None, "the plant has errors"
    return plant


def test_maintenance_comes_before_what_it_prevents() -> None:
    """Each renews what lives longer than it waits, and takes less time than the repair."""
    seen = set()
    for address, station in _plant().stations():
        for name, work in station.maintenance.items():
            seen.add(name)
            modes = [station.fails[mode] for mode in work.renews if mode in station.fails]
            assert work.renews, address
            assert (work.opportunity_share or 0.0) < (work.at_share or 1.0), address
            for mode in modes:
                assert mode.every is not None, address
                assert mode.repair is not None, address
                assert (work.every_s or 0.0) < mode.every.expected_s, (address, name)
                assert work.takes.expected_s < mode.repair.expected_s, (address, name)
    assert {"filter_change", "wheel_change", "probe_change", "blade_change"} <= seen
    assert {"pump_service", "heater_check", "insert_change", "master_check"} <= seen


def test_what_nobody_notices_is_looked_for_later() -> None:
    """Each route that makes pieces bad unseen has a later step that finds most of them."""
    spoiling = 0
    for product, made in _plant().products.items():
        for route in made.routes.values():
            for index, step in enumerate(route.steps):
                if step.defects_share:
                    spoiling += 1
                    assert any(later.detects_share > 0.9 for later in route.steps[index:]), product
    assert spoiling >= 5


def test_the_steps_of_the_van_line_take_its_bill_of_material() -> None:
    """What the steps take is the whole bill of material, each item at one step."""
    made = _plant().products["gb_220v"]
    taken = [item for step in made.routes["standard"].steps for item in step.takes.items()]
    assert dict(taken) == dict(made.bom)
    assert len(taken) == len(made.bom)
