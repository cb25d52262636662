"""From an event log to records."""

from collections import Counter
from pathlib import Path

import pytest

from linewright.plant import Address
from linewright.plant.records import Parts, State, StationState
from linewright.twin import advance, begin, outcome
from linewright.twin.logs import (
    EventRow,
    LogInvalid,
    Transition,
    csv_rows,
    places_from,
    records_of,
)
from tests.twin.lines import BRACKET, SIX_NS, bracket, minutes
from tests.twin.logs.logs import log

MILL = {"M": Address("a/b/c/mill")}


def row(t_ns: int, transition: str, case: str = "7") -> EventRow:
    """Return an event at the mill."""
    what = Transition(transition)
    return EventRow(case=case, activity="cut", resource="M", t_ns=t_ns, transition=what)


def test_our_own_log_gives_the_counts_of_the_run() -> None:
    """Parts by station are those of the outcome, and cycles last what they lasted."""
    rows = log()
    model = bracket()
    found = list(records_of(rows, places_from(rows, BRACKET)))
    told = outcome(
        model, advance(model, begin(model, at_ns=SIX_NS, seed=3), SIX_NS + minutes(120), jit=False)
    )
    good: Counter[Address] = Counter()
    for each in found:
        if isinstance(each, Parts):
            good[each.address] += each.good
    assert good == {one.address: one.good + one.rework for one in told.stations}
    saw = [each.cycle_s for each in found if isinstance(each, Parts) and each.address.name == "saw"]
    assert set(saw) == {48.0}


def test_suspended_work_is_down_and_not_counted() -> None:
    """A cycle that was suspended is down meanwhile, and its time is what was worked."""
    rows = [row(0, "start"), row(10, "suspend"), row(30, "resume"), row(40, "complete")]
    found = list(records_of(rows, MILL))
    states = [(each.t_ns, each.state) for each in found if isinstance(each, State)]
    assert states == [
        *((0, StationState.RUNNING), (10, StationState.DOWN)),
        *((30, StationState.RUNNING), (40, StationState.IDLE)),
    ]
    parts = next(each for each in found if isinstance(each, Parts))
    assert (parts.good, parts.from_ns, parts.cycle_s) == (1, 0, 20e-9)


def test_a_suspension_that_is_told_twice_counts_once() -> None:
    """What was worked before a suspension is not worked again when it is told once more."""
    told = ((0, "start"), (10, "suspend"), (25, "suspend"), (30, "resume"), (40, "complete"))
    found = records_of([row(t_ns, what) for t_ns, what in told], MILL)
    assert next(each for each in found if isinstance(each, Parts)).cycle_s == 20e-9


def test_two_at_once_are_one_record_and_one_run() -> None:
    """Parts that overlap keep the station running; those that end together are counted once."""
    rows = [row(0, "start"), row(5, "start", "8"), row(9, "complete"), row(9, "complete", "8")]
    found = list(records_of(rows, MILL))
    assert [type(each).__name__ for each in found] == ["State", "Parts", "State"]
    assert len({each.id for each in found}) == 3
    parts = next(each for each in found if isinstance(each, Parts))
    assert (parts.good, parts.units) == (2, ("7", "8"))


def test_what_takes_no_time_ends() -> None:
    """An activity that starts and ends at one instant leaves nothing under way."""
    found = list(records_of([row(4, "complete"), row(4, "start")], MILL))
    assert [type(each).__name__ for each in found] == ["Parts"]


def test_two_resources_are_not_one_place() -> None:
    """Names that become the same address are refused."""
    rows = [EventRow(case="1", activity="a", resource=name, t_ns=0) for name in ("M 1", "m-1")]
    with pytest.raises(LogInvalid, match="would both be a/b/c/m_1"):
        places_from(rows, "a/b/c")


def test_a_log_that_none_of_us_wrote(data_folder: Path) -> None:
    """4,503 activities of 46 workers are read, and every one of them is counted."""
    with (data_folder / "production-log-4tu" / "Production.csv").open(encoding="utf-8") as file:
        rows = list(csv_rows(file, "Europe/Amsterdam"))
    assert len(rows) == 2 * 4503
    places = places_from(rows, "noel/shop/floor")
    found = list(records_of(rows, places))
    assert len(places) == 46
    assert sum(each.good for each in found if isinstance(each, Parts)) == 4503
    assert len({each.id for each in found}) == len(found)
