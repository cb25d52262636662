"""Changes that cannot be, and those that come late."""

import pickle

import pytest

from linewright.plant import Address
from linewright.plant.records import Change
from linewright.twin import TwinFault, begin, outcome, with_changes
from linewright.twin.engine import advance
from linewright.twin.faults import ChangeInvalid
from tests.twin.lines import BRACKET, MILL, NS, SIX_NS, bracket

WRONG = [
    (MILL, "speeed", 80.0, None, "nothing of this name"),
    (MILL, "used_blade", 0.5, None, "nothing of this name"),
    (f"{BRACKET}/saw", "used_end_mill", 0.5, None, "nothing of this name"),
    (f"{BRACKET}/press", "speed", 80.0, None, "no such station"),
    (MILL, "speed", 0.0, None, "out of range"),
    (MILL, "speed", float("nan"), None, "out of range"),
    (MILL, "speed", "fast", None, "not a number"),
    (MILL, "speed", 80.0, SIX_NS, "ends before it begins"),
]


@pytest.mark.parametrize(("address", "parameter", "value", "until", "what"), WRONG)
def test_impossible_changes_are_refused(
    address: str, parameter: str, value: float | str, until: int | None, what: str
) -> None:
    """The error names the place, the parameter and what would do."""
    model = bracket()
    change = Change(
        address=Address(address),
        parameter=parameter,
        value=value,
        at_ns=SIX_NS + 1,
        until_ns=until,
    )
    with pytest.raises(TwinFault, match=what) as told:
        with_changes(model, begin(model, at_ns=SIX_NS, seed=1), [change])
    assert isinstance(told.value, ChangeInvalid)
    assert (told.value.where, told.value.parameter) == (address, parameter)
    assert str(pickle.loads(pickle.dumps(told.value))) == str(told.value)  # noqa: S301  # our own


def test_the_table_of_changes_is_bounded() -> None:
    """The 33rd change that is still to come is refused."""
    model = bracket()
    change = Change(address=Address(MILL), parameter="speed", value=90.0, at_ns=SIX_NS + NS)
    state = with_changes(model, begin(model, at_ns=SIX_NS, seed=1), [change] * 32)
    with pytest.raises(TwinFault, match="too many changes"):
        with_changes(model, state, [change])
    later = advance(model, state, SIX_NS + 2 * NS, jit=False)
    with_changes(model, later, [change])


def test_a_change_from_the_past() -> None:
    """One that began before begins at once; one that has ended is left out."""
    model = bracket()
    state = begin(model, at_ns=SIX_NS, seed=1)
    early = SIX_NS - 60 * NS
    begun = Change(address=Address(MILL), parameter="speed", value=90.0, at_ns=early)
    ended = Change(
        address=Address(MILL), parameter="speed", value=70.0, at_ns=early, until_ns=SIX_NS
    )
    state = advance(model, with_changes(model, state, [begun, ended]), SIX_NS, jit=False)
    assert outcome(model, state).at(MILL).speed_percent == 90.0
