"""Levels and noise of measuring tags."""

import statistics

from linewright.emulate.gauges import Gauge, gauge_of, normal, settled
from linewright.plant import Address
from linewright.plant.language import load_text
from linewright.plant.model import Station, Tag
from tests.emulate.playing import Bracket


def gauges(bracket: Bracket) -> list[tuple[Gauge, Tag]]:
    """Return the measuring tags of the bracket line that have limits."""
    return [
        (gauge_of(address.with_tag(name), tag, station), tag)
        for address, station in load_text(bracket.plant).stations()
        for name, tag in station.tags.items()
        if tag.role is None and any((tag.low_low, tag.low, tag.high, tag.high_high))
    ]


def test_no_single_cause_passes_a_limit_by_itself(bracket: Bracket) -> None:
    """At rest and at work, with any one cause at full effect and noise, no limit is passed."""
    found = gauges(bracket)
    assert len(found) == 4
    for gauge, tag in found:
        shifts = [0.0, *(one.by for one in gauge.showings)]
        reached = [level + by for level in (gauge.rest, gauge.work) for by in shifts]
        for limit in (tag.high, tag.high_high):
            assert limit is None or max(reached) + 4 * gauge.noise < limit.limit
        for limit in (tag.low, tag.low_low):
            assert limit is None or min(reached) - 4 * gauge.noise > limit.limit


def test_the_worn_tool_and_lost_coolant_heat_the_spindle(bracket: Bracket) -> None:
    """The spindle's gauge knows both causes with the plant file's amounts and times."""
    spindle = next(one for one, _ in gauges(bracket) if one.tag.tag == "spindle_temp")
    shown = {one.cause: (one.is_wear, one.by, one.over_s) for one in spindle.showings}
    assert shown == {"end_mill": (True, 24.0, 0.0), "coolant_low": (False, 20.0, 900.0)}


def test_a_tag_without_limits_shows_a_room() -> None:
    """A temperature that nothing bounds is that of the room."""
    tag = gauge_of(Address("a/b/c/d#x"), Tag(unit="degC"), Station())
    assert tag.rest == tag.work == 22.0


def test_settling_does_not_depend_on_the_steps() -> None:
    """Two steps of 5 s bring a gauge as far as one of 10 s."""
    assert abs(settled(settled(20.0, 40.0, 5.0), 40.0, 5.0) - settled(20.0, 40.0, 10.0)) < 1e-9


def test_noise_is_standard_normal_and_streams_differ() -> None:
    """Mean 0, deviation 1 within four standard errors, and two names do not go together."""
    one = [normal(1, "a", k) for k in range(4000)]
    two = [normal(1, "b", k) for k in range(4000)]
    assert abs(statistics.mean(one)) < 4 / 4000**0.5
    assert abs(statistics.stdev(one) - 1) < 4 / 8000**0.5
    assert abs(statistics.correlation(one, two)) < 4 / 4000**0.5


def test_what_work_causes_rests_with_the_work() -> None:
    """A force is nothing at rest and moves with speed; a level that has a lower limit stays."""
    force = gauge_of(Address("a/b/c/d#force"), Tag(unit="kN"), Station())
    assert (force.rest, force.work, force.by_speed) == (0.0, 20.0, True)
    weight = gauge_of(Address("a/b/c/d#weight"), Tag(unit="kg"), Station())
    assert weight.rest == weight.work > 0.0
    assert not weight.by_speed


def test_quick_gauges_settle_within_a_grid_step() -> None:
    """What work causes is within a tenth of its new level after five seconds."""
    assert abs(settled(0.0, 10.0, 5.0, 2.0) - 10.0) < 1.0
