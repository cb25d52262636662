"""A server is looked through within its limits, once each, and not for ever."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from asyncua import ua

from linewright.connectors.faults import LinkLost
from linewright.connectors.opcua.browsing import Bounds, Found
from linewright.connectors.opcua.session import Session
from linewright.connectors.sources import Endpoint
from tests.connectors.making import run
from tests.connectors.opcua.controller import URI, Controller, Manners, controller

PARTS = 40


@pytest.fixture(scope="module")
def press() -> Iterator[Controller]:
    """A controller with objects, variables below variables, a unit and a loop."""
    with controller() as running:
        running.do(structure(running))
        yield running


async def structure(there: Controller) -> None:
    """Build what is looked through."""
    server, space = there._server, there.space
    press = await server.nodes.objects.add_object(ua.NodeId("Press", space), f"{space}:Press")
    force = await press.add_variable(
        ua.NodeId("Force", space), f"{space}:Force", 1.5, ua.VariantType.Float
    )
    await force.set_writable()
    await force.write_attribute(
        ua.AttributeIds.Description, ua.DataValue(ua.LocalizedText("of the ram"))
    )
    unit = ua.EUInformation(DisplayName=ua.LocalizedText("kN"), UnitId=1)
    await force.add_property(ua.NodeId("Unit", space), "0:EngineeringUnits", unit)
    await force.add_variable(ua.NodeId("Peak", space), f"{space}:Peak", 9, ua.VariantType.Int32)
    for number in range(PARTS):
        await press.add_variable(ua.NodeId(f"P{number}", space), f"{space}:P{number}", 0.0)
    await force.add_reference(press, ua.ObjectIds.Organizes)  # a loop


@contextlib.asynccontextmanager
async def session(there: Controller) -> AsyncIterator[Session]:
    """A session with the controller."""
    opened = await Session.open(Endpoint(url=there.url))
    try:
        yield opened
    finally:
        await opened.close()


def look(there: Controller, node: str = "", bounds: Bounds | None = None) -> list[Found]:
    """What is found below a node."""

    async def once() -> list[Found]:
        async with session(there) as opened:
            return await opened.browse(node, bounds or Bounds())

    return run(once())


def test_everything_is_found_once_breadth_first(press: Controller) -> None:
    """Variables below variables too; loops and the server's own object are left out."""
    press.reset()
    found = look(press)
    assert [each.path for each in found][:2] == ["Press", "Press/Force"]
    assert found[-1].path == "Press/Force/Peak"
    assert len({each.item for each in found}) == len(found) == PARTS + 3


def test_a_variable_is_described(press: Controller) -> None:
    """Node id by URI, type, access, description and unit."""
    press.reset()
    found = {each.path: each for each in look(press)}
    force = found["Press/Force"]
    assert (force.item, force.type, force.rank) == (f"nsu={URI};s=Force", "Float", -1)
    assert (force.writable, force.description, force.unit) == (True, "of the ram", "kN")
    assert (force.has_more, found["Press/P1"].has_more, found["Press/P1"].writable) == (
        True,
        False,
        False,
    )


def test_scarce_limits_are_kept(press: Controller) -> None:
    """Few pairs in a read, few nodes in a browse and few continuation points change nothing."""
    press.reset()
    whole = look(press)
    press.reset(Manners(read_pairs=10, browse=2, references=3))
    assert look(press) == whole
    assert max(press.seen.reads[-20:]) <= 10


def test_a_look_is_bounded(press: Controller) -> None:
    """So many nodes and no more; a node may be named by the URI; progress is told."""
    press.reset()
    assert len(look(press, bounds=Bounds(nodes=5))) == 5
    assert [each.path for each in look(press, f"nsu={URI};s=Force")][:1] == ["Peak"]
    assert look(press, bounds=Bounds(seconds=0.0)) == []
    told: list[tuple[int, int]] = []

    async def once() -> None:
        async with session(press) as opened:
            await opened.browse("", Bounds(), lambda found, left: told.append((found, left)))

    run(once())
    assert told[-1] == (PARTS + 3, 0)


def test_a_node_that_is_not_there_is_an_error(press: Controller) -> None:
    """A misspelled start is told and not taken for an empty server."""
    press.reset()
    for node, words in (
        ("nsu=urn:elsewhere;s=Press", "no namespace"),
        ("?", "no node id"),
        (f"nsu={URI};s=Nowhere", "BadNodeId.*; list what stands above it"),
    ):
        with pytest.raises(LinkLost, match=words):
            look(press, node)
    assert look(press, f"nsu={URI};s=P1") == []  # a value, and nothing below it
