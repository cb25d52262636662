"""The ruling on a command, from facts alone."""

import hashlib

import msgspec
import pytest

from linewright.connectors import Facts, Ruling, decide
from linewright.connectors.enforce import (
    TRANSIENT,
    Authority,
    Readings,
    Verdict,
    agrees,
    permits_of,
    places_of,
)
from linewright.connectors.sources import Place, place_of
from linewright.connectors.values import Raw
from linewright.plant.authority import FRESH_NS, Reading, Usage, ceiling_of
from linewright.plant.language import load_text
from linewright.plant.model import Command as Writable
from linewright.plant.model import Station, Tag
from linewright.plant.records import Command, SiteKind
from tests.connectors.making import MILL, PLANT, command, grant_for

NODES = {"remote_enabled", "automatic", "locked_out", "readback", "target"}


def station() -> Station:
    """The mill of the test plant."""
    plant = load_text(PLANT.replace("URL", "opc.tcp://a"))
    return dict(plant.stations())[MILL]


def node(name: str) -> Place:
    """A node of the mill."""
    return Place("", "node", f"ns=2;s={name}")


def where(name: str, one: Tag | Writable) -> Place | None:
    """Where the mill has a tag or command."""
    plant = load_text(PLANT.replace("URL", "opc.tcp://a"))
    return place_of(plant, MILL, name, one)


def heard(age_ns: int = 0) -> Readings:
    """What a mill says that may be written to, read `age_ns` before the time 10 s."""
    readings = Readings()
    values = {"RemoteEnabled": True, "Automatic": True, "LockedOut": False, "SpeedActual": 100.0}
    raws = [Raw(value=value) for value in values.values()]
    readings.read([node(name) for name in values], raws, steady_ns=10**10 - age_ns)
    return readings


def facts(wanted: Command, readings: Readings, kind: SiteKind = SiteKind.SIMULATED) -> Facts:
    """Facts with a confirmed grant."""
    permits = permits_of(
        wanted, kind, places_of(station(), wanted, where), readings, steady_ns=10**10
    )
    plant = load_text(PLANT.replace("URL", "opc.tcp://a"))
    return Facts(
        command=wanted,
        grant=grant_for(wanted),
        usage=Usage(grant_id=wanted.grant_id),
        permits=msgspec.structs.replace(
            permits, stop=Reading(value=False, age_ns=0), grant_age_ns=0
        ),
        now_ns=wanted.seen_ns + 1,
        ceiling=ceiling_of(plant, MILL, "speed", "r1"),
    )


def test_a_granted_command_on_an_emulated_site_is_written() -> None:
    """Only where everything is known, fresh and granted."""
    assert decide(facts(command(), heard()), None).verdict is Verdict.WRITE


def test_a_real_site_is_read_only() -> None:
    """The same facts on a real site refuse."""
    ruling = decide(facts(command(), heard(), SiteKind.REAL), None)
    assert (ruling.verdict, ruling.reason) == (Verdict.REFUSE, "read_only")


def test_stale_permits_are_asked_for_again() -> None:
    """A permit older than five seconds is no answer yet; at the expiry it is the reason."""
    known = facts(command(), heard(FRESH_NS + 1))
    again = decide(known, None)
    assert (again.verdict, again.reason) == (Verdict.AGAIN, "permit_stale")
    late = msgspec.structs.replace(known, now_ns=known.command.expires_ns)
    assert (decide(late, again).verdict, decide(late, again).reason) == (
        Verdict.REFUSE,
        "permit_stale",
    )
    assert decide(late, None).reason == "command_expired"


def test_an_answer_is_not_waited_over() -> None:
    """A reason that does not pass by itself refuses at once."""
    known = facts(command(value=60.0), heard())
    assert decide(known, None).verdict is Verdict.REFUSE
    assert "above_ceiling" not in {reason.value for reason in TRANSIENT}


def test_a_bad_value_does_not_make_an_old_permit_fresh() -> None:
    """What a machine sends with a bad status leaves the older reading, which ages."""
    readings = heard(3)
    readings.read([node("Automatic")], [Raw(value=True, status=0x80000000)], steady_ns=10**10)
    found = readings.yes(node("Automatic"), steady_ns=10**10)
    assert found is not None
    assert found.age_ns == 3


def test_the_places_of_a_command_are_its_permits_its_target_and_what_is_read_back() -> None:
    """A command that the plant does not have needs none."""
    assert set(places_of(station(), command(), where)) == NODES
    other = msgspec.structs.replace(command(), id="", parameter="feed")
    assert places_of(station(), other, where) == {}


def test_only_the_stored_grant_that_was_confirmed_counts() -> None:
    """The server confirms a grant by its hash; a missing, changed or forgotten one has no age."""
    authority = Authority()
    sha256 = hashlib.sha256(b"grant").hexdigest()
    said = {"stop": False, "grants": {"g1": sha256}}
    authority.hear(msgspec.json.encode(said), steady_ns=5)
    assert authority.age_ns("g1", b"grant", steady_ns=9) == 4
    assert authority.age_ns("g1", b"other", steady_ns=9) is None
    assert authority.age_ns("g2", b"grant", steady_ns=9) is None
    authority.hear(b'{"stop": false}', steady_ns=10)
    assert authority.age_ns("g1", b"grant", steady_ns=11) is None


@pytest.mark.parametrize(
    ("stored", "stopped"),
    [(None, False), (b'{"stopped":false}', False), (b'{"stopped":true}', True), (b"{", True)],
)
def test_a_stored_stop_that_cannot_be_read_stops(stored: bytes | None, *, stopped: bool) -> None:
    """Either the message or what is stored is enough, and damage is a stop."""
    authority = Authority()
    assert authority.stop(stored, steady_ns=1) is None
    authority.hear(b'{"stop": false}', steady_ns=1)
    found = authority.stop(stored, steady_ns=2)
    assert found is not None
    assert (found.value, found.age_ns) == (stopped, 1)


def test_a_damaged_message_confirms_nothing() -> None:
    """What is no message of the server leaves everything as old as it was."""
    authority = Authority()
    authority.hear(b"stop", steady_ns=1)
    assert authority.stop(None, steady_ns=2) is None


def test_agreement_is_within_a_hundredth() -> None:
    """Numbers may differ a little, texts and yes or no not at all."""
    assert agrees(80.0, 80.8)
    assert not agrees(80.0, 80.9)
    assert not agrees(80.0, float("nan"))
    assert not agrees(1.0, found=True)
    assert agrees("O1", "O1")


def test_a_ruling_carries_its_words() -> None:
    """What is refused says why in code and in words."""
    ruling = decide(facts(command(value=60.0), heard()), None)
    assert isinstance(ruling, Ruling)
    assert "outside the ceiling" in ruling.explanation


def test_a_command_that_would_never_expire_is_refused_at_once() -> None:
    """An expiry beyond the longest life is an answer, also where a permit is still missing."""
    wanted = command(life_s=3601.0)
    assert decide(facts(wanted, Readings()), None).reason == "expiry_too_far"
    assert decide(facts(command(), Readings()), None).verdict is Verdict.AGAIN


def test_a_permit_known_from_before_is_as_old_as_the_sign_of_life_behind_it() -> None:
    """An answer from memory is not of the moment of the question."""
    readings, automatic = Readings(), node("Automatic")
    readings.read([automatic], [Raw(value=True, as_of_ns=10**10 - 7)], steady_ns=10**10)
    found = readings.yes(automatic, steady_ns=10**10)
    assert found == Reading(value=True, age_ns=7)


@pytest.mark.parametrize(("as_of_ns", "found"), [(4, None), (5, 80.0), (None, 80.0)])
def test_what_is_known_from_before_a_write_is_no_answer_to_it(
    as_of_ns: int | None, found: float | None
) -> None:
    """A value that is read back counts from the moment of the write on."""
    readings, actual = Readings(), node("SpeedActual")
    readings.read([actual], [Raw(value=80.0, as_of_ns=as_of_ns)], steady_ns=9, since_ns=5)
    assert readings.value(actual) == found
