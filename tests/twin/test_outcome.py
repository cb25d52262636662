"""What came of a run."""

import pytest

from linewright.plant.records import StationState
from linewright.twin import advance, begin, outcome, symptom_level
from tests.twin.lines import MILL, NS, SIX_NS, bracket, line_of


def test_one_station_by_hand() -> None:
    """After 100 s of cycles of 9 s: eleven parts, one second into the twelfth."""
    model = line_of("9 s")
    found = outcome(model, advance(model, begin(model, at_ns=0, seed=1), 100 * NS, jit=False))
    one = found.stations[0]
    assert (found.good, found.scrap, found.begun, found.inside) == (11, 0, 12, 1)
    assert (one.good, one.cycle_began_ns, one.last_cycle_s) == (11, 99 * NS, 9.0)
    assert one.seconds[StationState.RUNNING] == 100.0


def test_wear_is_told_to_the_instant() -> None:
    """In the middle of a cycle the life used counts what has been worked so far."""
    model = bracket()
    state = advance(model, begin(model, at_ns=SIX_NS, seed=1), SIX_NS + 78 * NS, jit=False)
    assert outcome(model, state).at(MILL).used["end_mill"] == pytest.approx(30 / (8 * 3600))


def test_an_unknown_station() -> None:
    """Asking for a station of another line is a `KeyError`."""
    model = line_of("9 s")
    with pytest.raises(KeyError):
        outcome(model, begin(model, at_ns=0, seed=1)).at(MILL)


def test_symptoms_go_with_wear_and_speed() -> None:
    """Full effect at the end of life and full speed, in proportion below."""
    assert symptom_level(1.0, 100.0) == 1.0
    assert symptom_level(0.5, 80.0) == pytest.approx(0.4)
