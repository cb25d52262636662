"""Applying: a revision is the content, and real and emulated plants never share a folder."""

import asyncio

import pytest

from linewright.bus import Applied, Bus, NatsServer
from linewright.plant.records import Audit, decode
from linewright.server.applying import ApplyRefused, applied_of, apply, instant_ns, revision
from tests.server.scenes import applied_at


async def _apply(nats: NatsServer, *wanted: Applied) -> tuple[list[bool], list[Audit]]:
    """What applying plants one after the other changed, and the audit."""
    async with await Bus.connect(nats.address, site="reno", name="t") as bus:
        changed = [await apply(bus, each, t_ns=5, seen_ns=9, by="p7") for each in wanted]
        stored = await bus.stored("lw.audit.reno")
        return changed, [decode(each.data, Audit) for each in stored]


def test_the_revision_is_the_content() -> None:
    """Equal texts have one revision, other texts another; it fits into a record."""
    one = applied_of("linewright: 1", site="reno", scenario=None)
    assert one.rev == revision("linewright: 1") != revision("linewright: 1 ")
    assert (one.emulated, one.scenario) == (False, "")
    assert applied_of("linewright: 1", site="reno", scenario="").emulated


def test_applying_twice_is_one_act(nats: NatsServer) -> None:
    """The same plant again changes nothing; another revision does; each change is audited."""
    one, other = applied_at("reno"), applied_of("other", site="reno", scenario="")
    changed, audits = asyncio.run(_apply(nats, one, one, other))
    assert changed == [True, False, True]
    assert [(each.action, each.of, each.by) for each in audits] == [
        ("plant.applied", one.rev, "p7"),
        ("plant.applied", other.rev, "p7"),
    ]


@pytest.mark.parametrize(("first", "second"), [(None, ""), ("", None)])
def test_real_and_emulated_never_mix(
    first: str | None, second: str | None, nats: NatsServer
) -> None:
    """A folder that holds the one kind refuses the other, and says what to do."""
    plants = [applied_at("reno", scenario=each) for each in (first, second)]
    with pytest.raises(ApplyRefused) as refused:
        asyncio.run(_apply(nats, *plants))
    assert "--data" in refused.value.to_do
    assert "emulated" in refused.value.what


def test_local_times_become_instants() -> None:
    """A local time is one of the site's zone, summer time included; what is none is refused."""
    plant = applied_at("reno").plant()
    assert instant_ns(plant, "reno", "2026-11-23 08:57") == 1_795_449_420_000_000_000
    with pytest.raises(ValueError, match="Invalid isoformat"):
        instant_ns(plant, "reno", "tomorrow")
