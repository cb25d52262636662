"""Process plans of other tools."""

from linewright.plant.cmsd import read_cmsd
from tests.plant.cmsd.foreign import file, group, machine, plan, process, prop


def steps(*processes: str, first: str = "") -> list[str]:
    """Return the operations of a route."""
    found = read_cmsd(file(machine("M1"), machine("M2"), plan("P", *processes, first=first)))
    return [step.operation for step in found.plant.products["P"].routes["standard"].steps]


def test_repetitions_and_nested_sequences() -> None:
    """A sequence inside a sequence is done in its place, as often as it says."""
    inner = group("inner", "sequence", "a", "b").replace(
        "</Identifier>", "</Identifier><RepetitionCount>2</RepetitionCount>", 1
    )
    outer = group("outer", "sequence", "inner", "c")
    leaves = [process("a", "M1", "1"), process("b", "M2", "1"), process("c", "M1", "2")]
    assert steps(outer, inner, *leaves) == ["a", "b", "a", "b", "c"]


def test_without_a_first_process_all_that_stand_alone_are_done_in_order() -> None:
    """Processes that no other names are the plan."""
    assert steps(process("a", "M1", "1"), process("b", "M2", "1")) == ["a", "b"]


def test_a_process_without_a_station_is_outside() -> None:
    """It takes its time and holds nothing up."""
    found = read_cmsd(
        file(machine("M1"), plan("P", process("a", "M1", "1"), process("cure", "", "9")))
    )
    cure = found.plant.operations["cure"]
    assert cure.outside == "elsewhere"
    assert cure.takes is not None
    assert cure.takes.mean_s == 540.0


def test_one_name_with_two_times_is_two_operations() -> None:
    """Plans of two parts may call different work at one machine by one name."""
    plans = [plan(part, process("do", "M1", time)) for part, time in (("P", "1"), ("R", "2"))]
    found = read_cmsd(file(machine("M1"), *plans))
    ((_, station),) = found.plant.stations()
    assert sorted(cycle.time.mean_s or 0 for cycle in station.does.values()) == [60.0, 120.0]
    assert any("became two" in each for each in found.notes)


def test_scrap_is_in_percent() -> None:
    """A `ScrapPercentage` of 2 is a share of 0.02."""
    made = plan("P", process("a", "M1", "1", prop("ScrapPercentage", "2")))
    product = read_cmsd(file(machine("M1"), made)).plant.products["P"]
    assert product.routes["standard"].steps[0].scrap_share == 0.02
