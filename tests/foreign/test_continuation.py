"""A server that gives more than fits one answer is looked through to its end, and no further."""

import pytest

from linewright.connectors.opcua.browsing import Bounds, Found
from linewright.connectors.opcua.session import Session
from linewright.connectors.sources import Endpoint
from tests.connectors.making import run
from tests.foreign.peers import NodeOpcua

COUNT = 300
"""Variables, each tenth below the machine and nine below each of these."""

START_S = 60.0


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> NodeOpcua:
    """A machine on node-opcua: five references in an answer, and one continuation point at once."""
    return NodeOpcua(
        tmp_path_factory.mktemp("machine"),
        variables=COUNT,
        per_s=0,
        nested=True,
        extra={"references": 5, "continuation_points": 1},
    )


def looked(machine: NodeOpcua, *bounds: Bounds) -> list[list[Found]]:
    """What one session finds, again and again."""

    async def live() -> list[list[Found]]:
        session = await Session.open(Endpoint(url=machine.url))
        try:
            asked = "nsu=urn:test:machine;s=Machine"
            return [await session.browse(asked, each) for each in bounds]
        finally:
            await session.close()

    return run(live())


def test_what_does_not_fit_one_answer_is_asked_for(machine: NodeOpcua) -> None:
    """All of it, once; a look that stops early gives its continuation point back."""
    few, all_ = Bounds(nodes=8, with_values=False), Bounds(with_values=False)
    with machine:
        machine.ready(START_S)
        found = looked(machine, few, few, all_)
    items = [each.item for each in found[2] if each.item.rpartition("s=")[2].startswith("v")]
    assert len(items) == len(set(items)) == COUNT
    assert [len(each) for each in found[:2]] == [8, 8]
