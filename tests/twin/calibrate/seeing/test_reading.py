"""Records are put in order whatever order they come in."""

import random

from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, How, Reason, revise
from linewright.twin.calibrate.seeing.observe import stations_at
from linewright.twin.calibrate.seeing.reading import Heard, heard
from tests.twin.calibrate.said import LINE, NS, head, parts, plant_of, states

A = Address(f"{LINE}/a")


def _heard(records: list[object]) -> Heard:
    plant = plant_of("a")
    return heard(records, stations_at(plant, LINE))[A]  # type: ignore[arg-type]  # records


def test_any_order_is_the_same_order() -> None:
    """Shuffled records give the same states and parts by time."""
    records = [*states("R0 S10 R12 D20 R30"), *parts([10, 35, 40])]
    whole = _heard(list(records))
    random.Random(1).shuffle(records)  # noqa: S311  # a test's order
    assert (_heard(list(records)).states, _heard(list(records)).parts) == (
        whole.states,
        whole.parts,
    )


def test_twice_counts_once() -> None:
    """A record that comes twice is one record, and is counted as a duplicate."""
    said = _heard([*states("R0"), *states("R0")])
    assert len(said.states) == 1
    assert said.left["duplicate records, counted once"] == 1


def test_late_is_taken_in_at_its_time() -> None:
    """A record that comes after a later one stands at its own time, and is counted as late."""
    said = _heard([*states("R0 S20"), *states("D10")])
    assert [one.state.value for one in said.states] == ["running", "down", "starved"]
    assert said.left["late records, taken in at their time"] == 1


def test_the_newest_revision_holds() -> None:
    """A corrected record replaces the first one, and one that is taken back never was."""
    (state,) = states("D10")
    corrected = revise(state, seen_ns=99, how=How.PERSON, by="p7", reason="jam")
    assert [one.reason for one in _heard([corrected, state]).states] == ["jam"]
    assert (
        _heard([state, revise(state, seen_ns=99, how=How.PERSON, by="p7", void=True)]).states == []
    )


def test_replaced_reasons_are_gone() -> None:
    """A reason that another one replaces no longer holds."""
    first = Reason(**head(10), code="jam")  # type: ignore[arg-type]  # fields
    second = Reason(**head(10), code="belt", replaces=(first.id or "",))  # type: ignore[arg-type]  # fields
    assert [one.code for one in _heard([first, second]).reasons] == ["belt"]


def test_gaps_that_matter() -> None:
    """A gap of the station or of the line counts; one of other tags, or filled, does not."""
    keys = {"of_source": "a", "epoch": 1, "until_ns": 20 * NS, "reason": GapReason.OVERRUN}
    own = Gap(**head(10), **keys)  # type: ignore[arg-type]  # fields
    elsewhere = Gap(**{**head(11), **keys, "tags": (f"{LINE}/b#kw",)})  # type: ignore[arg-type]  # fields
    filled = Gap(**{**head(12), **keys, "filled": True})  # type: ignore[arg-type]  # fields
    whole = Gap(**{**head(13), **keys, "address": Address(LINE)})  # type: ignore[arg-type]  # fields
    found = _heard([own, elsewhere, filled, whole]).gaps
    assert found == [(10 * NS, 20 * NS), (13 * NS, 20 * NS)]
