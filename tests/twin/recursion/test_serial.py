"""What the recursion reads from a model, and the lines that it refuses."""

import pytest

from linewright.numeric import draws
from linewright.plant import PlantBuilder
from linewright.twin import TwinFault, compile_line
from linewright.twin.recursion.serial import serial_of
from tests.twin.lines import bracket, line_of


def test_everything_that_the_recursion_needs() -> None:
    """Times, places and failure modes are those of the file, each with a stream of its own."""
    line = serial_of(line_of("4 s", "5 s exponential", places=3, fails=("100 s", "8 s to 10 s")))
    assert line.address == "reno/shop/line"
    first, second = line.stations
    assert (first.cycle.family, first.cycle.a, first.places) == (draws.CONSTANT, 4.0, 3)
    assert (second.cycle.family, second.cycle.a) == (draws.EXPONENTIAL, 5.0)
    (mode,) = second.modes
    assert (mode.life.family, mode.life.a) == (draws.EXPONENTIAL, 100.0)
    assert (mode.repair.family, mode.repair.a, mode.repair.b) == (draws.UNIFORM, 8.0, 10.0)
    chances = [one.cycle for one in line.stations]
    chances += [each for one in line.stations for each in (one.modes[0].life, one.modes[0].repair)]
    assert len({(each.element, each.purpose) for each in chances}) == len(chances) == 6


def test_scrap_is_refused() -> None:
    """A line that loses parts is refused with the reason, the place and what to do."""
    plant = PlantBuilder("acme")
    line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("line", flow=["m"])
    _ = line.station("m", does={"do": {"time": "4 s", "scrap": "2 %"}})
    model = compile_line(plant.done(), "reno/shop/line")
    with pytest.raises(
        TwinFault, match=r"reno/shop/line: .* hold with scrap, rework .*; use the event"
    ):
        serial_of(model)


def test_a_calendar_clock_is_refused() -> None:
    """Failures whose clock runs while a station waits are refused."""
    plant = PlantBuilder("acme")
    line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("line", flow=["m"])
    mode = {"every": "100 s", "repair": "10 s", "clock": "calendar"}
    _ = line.station("m", does={"do": "4 s"}, fails=mode)
    with pytest.raises(TwinFault, match="hold with failures by another clock than operation"):
        serial_of(compile_line(plant.done(), "reno/shop/line"))


def test_all_reasons_are_told() -> None:
    """A line with wear and shifts is refused, with both."""
    with pytest.raises(TwinFault, match=r"shifts.*wear"):
        serial_of(bracket())
