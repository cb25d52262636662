"""Records about commands say who, what and under which grant."""

from linewright.connectors.enforce import Ruling, Verdict
from linewright.connectors.records import (
    Result,
    Stamp,
    ack_of,
    audit_of,
    change_words,
    refused,
)
from linewright.plant.records import Outcome
from tests.connectors.making import command

AT = Stamp(t_ns=5, seen_ns=6, plant_rev="r1")


def test_an_acknowledgement_tells_before_and_after() -> None:
    """Times, values and the command are those of the act."""
    wanted = command()
    ack = ack_of(wanted, Result(outcome=Outcome.CONFIRMED, before=100.0, after=80.0), AT)
    assert (ack.command, ack.before, ack.after, ack.t_ns) == (wanted.id, 100.0, 80.0, 5)
    assert (ack.address, ack.source) == (wanted.address, "connect")


def test_a_refusal_gives_its_reason_and_calls_a_person_where_it_must() -> None:
    """The reason of the ruling is the reason of the acknowledgement."""
    ruling = Ruling(verdict=Verdict.REFUSE, reason="guard_open", explanation="x", escalate=True)
    ack = ack_of(command(), refused(ruling), AT)
    assert (ack.outcome, ack.reason, ack.escalate) == (Outcome.REFUSED, "guard_open", True)


def test_the_same_step_at_the_same_time_is_the_same_audit() -> None:
    """Told again after a restart it has the same id, so that it is stored once."""
    wanted = command()
    first = audit_of(wanted, "authorised", AT, text="a")
    assert audit_of(wanted, "authorised", AT, text="a").id == first.id
    assert (first.action, first.of, first.grant_id) == ("command.authorised", wanted.id, "g1")


def test_a_change_is_told_in_words() -> None:
    """With the value before, where it is known."""
    assert change_words(command(), 100.0) == "speed from 100 to 80"
    assert change_words(command(), None) == "speed to 80"
