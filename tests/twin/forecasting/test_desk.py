"""Which lines are due, and which forecasts are over."""

import msgspec

from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.records import Forecast, LineState
from linewright.twin import TwinFault, begin, compile_line
from linewright.twin.forecasting import records_of, settled
from linewright.twin.forecasting.desk import Desk
from tests.twin.forecasting.lives import HOUR, line_state, nothing_known
from tests.twin.lines import minutes

LINE = Address("reno/shop/pump")


def _plant(*, counter: bool = True) -> Plant:
    plant = PlantBuilder("acme")
    line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("pump", flow=["t"])
    line.station("t", does={"turn": "60 s"}, tags={"n": {"role": "parts.good"}} if counter else {})
    return plant.done()


def _desk(**keys: bool) -> Desk:
    return Desk(_plant(**keys), "reno", every_ns=minutes(15))


def _state(t_ns: int) -> LineState:
    model = compile_line(_plant(), LINE)
    return msgspec.structs.replace(line_state(model, begin(model, at_ns=t_ns, seed=1)))


def _made(desk: Desk, line: LineState) -> tuple[Forecast, ...]:
    records = records_of(desk.make(line, now_ns=line.as_of_ns), seen_ns=1)
    desk.done(line, records)
    return records


def test_a_line_is_due_once_in_each_quarter_of_an_hour() -> None:
    """As soon as something is known of it; after a forecast not again in the same quarter."""
    desk = _desk()
    assert not desk.is_due(nothing_known(compile_line(_plant(), LINE)))
    assert desk.is_due(_state(minutes(1)))
    _made(desk, _state(minutes(1)))
    assert not desk.is_due(_state(minutes(14)))
    assert desk.is_due(_state(minutes(15)))
    assert desk.told()[0].forecasts == 1


def test_a_line_that_the_twin_cannot_play_is_told_once() -> None:
    """It is not tried again, and the reason stands for who asks."""
    desk = _desk()
    fault = TwinFault(LINE, "release conwip is not simulated", "use push")
    assert desk.refuse(LINE, fault)
    assert not desk.refuse(LINE, fault)
    assert not desk.is_due(_state(minutes(1)))
    assert desk.told()[0].why == str(fault)


def test_what_is_over_is_scored_once() -> None:
    """A settled forecast is open no more and counts in the standing, also when read back."""
    desk = _desk()
    records = _made(desk, _state(0))
    first = desk.over(LINE, minutes(15))
    assert [one.until_ns for one in first] == [minutes(15)]
    done = settled(first[0], 15.0, seen_ns=2)
    desk.take([done])
    assert desk.over(LINE, minutes(15)) == []
    assert desk.standing(LINE).startswith("of 1 forecasts, 90 % intervals held 1")
    again = _desk()
    again.take([*records, done])
    assert (again.told()[0].scored, len(again.over(LINE, 9 * HOUR))) == (1, len(records) - 1)
    assert not again.is_due(_state(minutes(1)))
    assert again.since_ns() == 0


def test_a_line_that_nobody_counts_is_not_scored() -> None:
    """Without a counter nothing made would look like nothing foreseen."""
    desk = _desk(counter=False)
    _made(desk, _state(0))
    assert desk.over(LINE, 9 * HOUR) == []
    assert desk.since_ns() is None


def test_a_shift_long_with_a_seed_of_its_own() -> None:
    """Each forecast draws its own chance, the same one again for the same moment."""
    desk = _desk()
    found = [desk.make(_state(t_ns), now_ns=t_ns) for t_ns in (0, 0, minutes(15))]
    assert found[0].seed == found[1].seed != found[2].seed
    assert (found[0].horizons[-1].name, found[0].replications) == ("8 h", 200)
