"""Questions about a machine are put to its link."""

import hashlib
import time

import msgspec

from linewright.bus import Bus, NatsServer
from linewright.connectors.link import Browsed, Browsing, Clocks, Link
from linewright.connectors.linking.answers import BROWSE_MAX, QUESTION_BYTES_MAX, Answers
from linewright.plant.records import Audit, decode
from tests.connectors.making import SITE, Machine, connected, run, until


def asked(**fields: object) -> bytes:
    """A question."""
    return msgspec.json.encode(fields)


def nothing(source: str) -> Link:
    """There is no link."""
    raise LookupError(f"there is no source {source}")


def test_a_question_that_cannot_be_read_is_answered_in_words(server: NatsServer) -> None:
    """Damaged, too large or about nothing: the answer is an error, never silence."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            clocks = Clocks(
                plant=bus.clock,
                wall_ns=time.time_ns,
                steady_ns=time.monotonic_ns,
                begun_ns=0,
            )
            answers = Answers(nothing, bus, clocks)
            for data in (b"{", asked(source=1), asked(source="a", limit=BROWSE_MAX + 1)):
                assert "error" in msgspec.json.decode(await answers.browse(data))
            long = asked(source="a" * QUESTION_BYTES_MAX, fingerprint="f", by="p")
            assert "error" in msgspec.json.decode(await answers.trust(long))
            found = msgspec.json.decode(await answers.browse(asked(source="saw")))
            assert found["error"] == "there is no source saw"

    run(play())


def test_a_decision_to_trust_is_audited_here(server: NatsServer, machine: Machine) -> None:
    """Whoever asks stands in the audit before anything is taken; who has no name takes nothing."""

    async def play() -> None:
        async with connected(server, machine) as world:
            await until(world.report)
            before = await world.bus.stored(f"lw.audit.{SITE}")
            for by in ("p7", ""):
                question = asked(source="mill", fingerprint="ab12", by=by)
                data = await world.bus.ask("lw.ask.nogales.connect.trust", question)
                assert "error" in msgspec.json.decode(data)
            messages = (await world.bus.stored(f"lw.audit.{SITE}"))[len(before) :]
            found = [decode(each.data, Audit) for each in messages]
            told = [(each.action, each.outcome, each.of, each.by) for each in found]
            first = ("certificate.taken", "begun", "mill", "p7")
            assert told == [first, ("certificate.taken", "refused", "mill", "p7")]
            assert found[0].content_sha256 == hashlib.sha256(b"ab12").hexdigest()

    run(play())


def test_a_machine_is_looked_through(server: NatsServer, machine: Machine) -> None:
    """What the server has comes back with items that a plant file can name."""

    async def play() -> None:
        async with connected(server, machine) as world:
            await until(world.report)
            data = await world.bus.ask(
                "lw.ask.nogales.connect.browse", asked(source="mill", node="", limit=500)
            )
            items = msgspec.json.decode(data, type=dict[str, list[Browsed]])["items"]
            assert any(each.item.endswith(";s=Count") for each in items)

    run(play())


def test_only_what_can_be_looked_through_is() -> None:
    """The protocol is found by what the link can, not by its name."""
    assert not isinstance(object(), Browsing)
