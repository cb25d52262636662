"""A line as its records tell that it was is the line as the kernel has it."""

from linewright.plant import Address
from linewright.plant.records import StationState
from linewright.twin import advance, begin, compile_line, outcome
from linewright.twin.calibrate import by_twin, observe, present
from tests.twin.calibrate.recover import AT, NS, random_truth, recorded, traced
from tests.twin.calibrate.said import LINE, parts, plant_of, states

HOUR_NS = 3600 * NS


def test_parts_and_states_are_those_of_the_kernel() -> None:
    """After eight hours each buffer holds as many parts as in the run that left the records."""
    plant, until_ns = random_truth(2).plant(), 8 * HOUR_NS
    seen = observe(plant, AT, recorded(plant, traced(plant, 2, until_ns)), 0, until_ns)
    now = present(plant, seen)
    model = compile_line(plant, AT)
    told = outcome(model, advance(model, begin(model, at_ns=0, seed=2), until_ns))
    counts = {str(one.address): one.count for one in now.buffers}
    held = {one.name: one.count for one in told.stores if one.name in counts}
    assert counts == held
    assert now.as_of_ns == until_ns
    assert {one.state for one in now.stations} <= {*StationState} - {StationState.UNKNOWN}


def test_what_is_not_known_is_the_mean_or_nothing() -> None:
    """A buffer that was never known to be empty or full begins empty, an unheard station free."""
    plant = plant_of("a", 5, "b")
    now = present(plant, observe(plant, LINE, [*states("R0"), *parts([10])], 0, 50 * NS))
    assert [one.count for one in now.buffers] == [0]
    assert [one.state.value for one in now.stations] == ["running", "unknown"]
    assert now.stations[0].since_ns == 0


def test_a_twin_begins_as_the_line_was() -> None:
    """What was inside leaves in the first half hour; a twin that begins empty makes less."""
    plant = plant_of("a", 3, "b", 3, "c", time="600 s")
    told = [
        *states("R0"),
        *states("S0 R600", "b"),
        *states("S0 R1200", "c"),
        *parts([600.0 * k for k in range(1, 13)]),
        *parts([600.0 * k for k in range(2, 13)], "b"),
        *parts([600.0 * k for k in range(3, 13)], "c"),
    ]
    now = present(plant, observe(plant, LINE, told, 0, 2 * HOUR_NS + 1))
    full = by_twin(LINE, 0.5, begins=now)(plant, 0)
    empty = by_twin(LINE, 0.5, start_ns=2 * HOUR_NS)(plant, 0)
    last = Address(f"{LINE}/c")
    assert full.parts in (2.0, 3.0)
    assert full.starved[last] < 0.1 < empty.starved[last]
    assert empty.parts < full.parts
