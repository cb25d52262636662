"""From what a person says to records, without a bus."""

import pytest

from linewright.plant import Address
from linewright.plant.records import Correction, How, JobStatus, Parts, order_of
from linewright.server.book.entries.told import (
    ByPerson,
    acts_of,
    found_bad,
    job_told,
    next_status,
    parts_told,
    taken_back,
)
from linewright.server.views.entries import JobReported, PartsReported

SAW = Address("reno/shop/pump/saw")
BY = ByPerson(by="p7", address=SAW, t_ns=100, seen_ns=200, plant_rev="r1")


def counted(t_ns: int, good: int, **more: object) -> Parts:
    """Return pieces that a counter told."""
    head: dict[str, object] = {"address": SAW, "t_ns": t_ns, "seen_ns": t_ns, "plant_rev": "r1"}
    head["how"] = How.MACHINE
    head |= {"source": "live", "counter": "good", "good": good} | more
    return Parts(**head)  # type: ignore[arg-type]  # fields of a record by name


def found(
    counts: list[Parts], scrap: int = 0, rework: int = 0, cause: str = ""
) -> tuple[list[Correction], dict[str, Parts], int]:
    """Return corrections and revised counts of what was found bad, and how many are missing."""
    said = PartsReported(address=str(SAW), scrap=scrap, rework=rework, cause=cause, found=True)
    records, missing = found_bad(counts, said, BY, 300)
    revised = {one.id: one for one in records if isinstance(one, Parts)}
    return [one for one in records if isinstance(one, Correction)], revised, missing


def test_a_report_is_a_record_of_a_person() -> None:
    """With who, when it happened and when it came in; what was not said is not there."""
    said = PartsReported(address=str(SAW), good=2, scrap=1, cause="burr")
    record = parts_told(said, BY)
    assert (record.how, record.by, record.t_ns, record.seen_ns) == (How.PERSON, "p7", 100, 200)
    assert (record.good, record.scrap, record.cause, record.product, record.counter) == (
        2, 1, "burr", None, None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "after"),
    [
        ("set_up", {None, "queued", "finished"}),
        ("start", {None, "queued", "set_up", "finished"}),
        ("pause", {"started", "resumed"}),
        ("resume", {"paused"}),
        ("finish", {"set_up", "started", "paused", "resumed"}),
    ],
)
def test_each_act_on_a_job_has_its_place(act: str, after: set[str | None]) -> None:
    """It can be after these and after nothing else."""
    told = {
        None if one is None else one.value for one in (None, *JobStatus) if next_status(act, one)[1]
    }
    assert told == after


def test_a_job_keeps_what_is_not_said_again() -> None:
    """Order, product and quantity of its begin stand in its end."""
    begin = JobReported(address=str(SAW), job="J1", act="start", product="pin", quantity=5)
    begun = job_told(begin, JobStatus.STARTED, None, BY)
    end = JobReported(address=str(SAW), job="J1", act="finish")
    ended = job_told(end, JobStatus.FINISHED, begun, BY)
    assert (ended.product, ended.quantity, ended.order) == ("pin", 5, None)


def test_the_latest_good_pieces_are_the_bad_ones() -> None:
    """Not those after the time told, not those after rework, nor where another cause stands."""
    counts = [
        counted(10, 5),
        counted(20, 3, reworked=2),
        counted(30, 4, scrap=1, cause="pores"),
        counted(101, 9),
    ]
    corrections, revised, missing = found(counts, scrap=2, rework=3, cause="burr")
    assert missing == 0
    changed = sorted(revised.values(), key=order_of)
    assert [(one.t_ns, one.good, one.scrap, one.rework, one.rev) for one in changed] == [
        (10, 1, 1, 3, 1), (20, 2, 1, 0, 1)
    ]  # fmt: skip
    assert {one.of: one.of_rev for one in corrections} == {one.id: 1 for one in changed}
    assert all(one.why == "found bad: burr" and one.t_ns == 300 for one in corrections)
    assert sum(one.good + one.scrap + one.rework for one in changed) == 8


def test_what_is_missing_is_told() -> None:
    """Seven of five cannot be bad."""
    assert found([counted(10, 5)], scrap=7)[2] == 2


def test_taking_back_gives_every_count_its_values_again() -> None:
    """In a further revision, with a correction of its own that is no act."""
    counts = [counted(10, 5), counted(20, 3)]
    corrections, revised, _ = found(counts, scrap=6)
    (act,) = acts_of(corrections)
    records = taken_back(act, revised, BY)
    back = sorted((one for one in records if isinstance(one, Parts)), key=order_of)
    assert [(one.good, one.scrap, one.cause, one.rev) for one in back] == [
        (5, 0, None, 2), (3, 0, None, 2)
    ]  # fmt: skip
    assert not list(acts_of(one for one in records if isinstance(one, Correction)))
