"""What is known is bounded, and its version tells every change."""

from linewright.plant.records import Ack, Audit, Case, CaseStage, Command, Reason
from linewright.plant.records.examples import example
from linewright.server.known import ALIVE_S, AUDITS_MAX, CASES_MAX, UP, Alive, Known, Stop
from tests.server.scenes import step, steps_of


def test_every_change_counts() -> None:
    """Each thing heard raises the version by one; what does not concern the page does not."""
    known = Known()
    for record in (example(Audit), example(Command), example(Ack)):
        known.hear_record(record)
    known.hear_alive("live", Alive(pid=1, since_ns=0))
    known.hear_stop(Stop(stopped=True))
    known.hear_case(example(Case))
    assert known.version == 6
    known.hear_record(example(Reason))
    assert known.version == 6
    assert known.acks[example(Command).id] == example(Ack)


def test_a_case_is_kept_once() -> None:
    """Later steps of a case take the place of earlier ones."""
    known = Known()
    for each in steps_of("reno"):
        known.hear_case(each)
    assert [case.stage for case in known.cases.values()] == [CaseStage.PROPOSED]


def test_memory_is_bounded() -> None:
    """The oldest cases and audit records go when there are too many."""
    known = Known()
    for n in range(CASES_MAX + 3):
        known.hear_case(step("reno", CaseStage.OPEN, n, kind="k"))
    for _ in range(AUDITS_MAX + 3):
        known.hear_record(example(Audit))
    assert len(known.cases) == CASES_MAX
    assert len(known.audits) == AUDITS_MAX
    last = step("reno", CaseStage.OPEN, CASES_MAX + 2, kind="k")
    assert next(reversed(known.cases)) == last.id


def test_a_service_that_ended_is_not_up() -> None:
    """What the supervisor tells of an end counts at once, also over a sign of life of before."""
    known = Known()
    known.hear_alive("live", Alive(pid=7, since_ns=0, heard_s=9.9))
    known.hear_alive(UP, Alive(pid=1, since_ns=0, heard_s=9.9, pids={"live": 7}))
    assert known.is_up("live", 10.0)
    known.hear_alive(UP, Alive(pid=1, since_ns=0, heard_s=10.0, pids={}))
    known.hear_alive("live", Alive(pid=7, since_ns=0, heard_s=10.0))
    assert not known.is_up("live", 10.0)


def test_a_service_is_up_again_once_its_new_process_speaks() -> None:
    """Started again it is not up by what the process before it had said."""
    known = Known()
    known.hear_alive("live", Alive(pid=7, since_ns=0, heard_s=10.0))
    known.hear_alive(UP, Alive(pid=1, since_ns=0, heard_s=10.0, pids={"live": 8}))
    assert not known.is_up("live", 10.0)
    known.hear_alive("live", Alive(pid=8, since_ns=0, heard_s=10.0))
    assert known.is_up("live", 10.0)
    assert not known.is_up("live", 10.1 + ALIVE_S)
