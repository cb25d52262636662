"""Questions about a machine are put to its link."""

import msgspec

from linewright.bus import NatsServer
from linewright.connectors.link import Browsed, Browsing, Link
from linewright.connectors.linking.answers import BROWSE_MAX, QUESTION_BYTES_MAX, Answers
from tests.connectors.making import Machine, connected, run, until


def asked(**fields: object) -> bytes:
    """A question."""
    return msgspec.json.encode(fields)


def nothing(source: str) -> Link:
    """There is no link."""
    raise LookupError(f"there is no source {source}")


def test_a_question_that_cannot_be_read_is_answered_in_words() -> None:
    """Damaged, too large or about nothing: the answer is an error, never silence."""
    answers = Answers(nothing)
    for data in (b"{", asked(source=1), asked(source="a", limit=BROWSE_MAX + 1)):
        assert "error" in msgspec.json.decode(run(answers.browse(data)))
    long = asked(source="a" * QUESTION_BYTES_MAX, fingerprint="f", by="p")
    assert "error" in msgspec.json.decode(run(answers.trust(long)))
    found = msgspec.json.decode(run(answers.browse(asked(source="saw"))))
    assert found["error"] == "there is no source saw"


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
