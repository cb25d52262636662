"""Levels of escalation."""

from linewright.live.calls import FIRST, levels_of
from linewright.plant.records import CallKind


def test_every_kind_has_someone_to_ask_and_levels_that_rise() -> None:
    """Each kind of call begins with a role, and its levels come one after the other."""
    for kind in CallKind:
        assert kind in FIRST
        times = [each.after_s for each in levels_of(kind)]
        assert times == sorted(set(times))
        assert times[0] > 0
    assert levels_of(CallKind.SAFETY)[0].after_s < levels_of(CallKind.MATERIAL)[0].after_s
