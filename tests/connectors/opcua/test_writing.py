"""Writes and calls carry one value in the right type, or nothing is sent."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asyncua import ua

from linewright.connectors.faults import WriteRefused, WriteUnanswered
from linewright.connectors.opcua.session import Session
from linewright.connectors.sources import Endpoint
from linewright.plant.records import Value
from tests.connectors.making import run
from tests.connectors.opcua.controller import Controller, controller


@pytest.fixture(scope="module")
def press() -> Iterator[Controller]:
    """A controller with methods and a writable value."""
    with controller() as running:
        running.do(methods(running))
        yield running


async def methods(there: Controller) -> None:
    """Put an object with methods below the objects, and one of its methods below another too."""
    server, space = there._server, there.space
    owner = await server.nodes.objects.add_object(ua.NodeId("Press", space), f"{space}:Press")
    other = await server.nodes.objects.add_object(ua.NodeId("Twin", space), f"{space}:Twin")

    async def take(_: Any, *given: Any) -> list[Any]:  # noqa: ANN401 - the library's own types
        there.seen.calls.append([each.Value for each in given])
        return []

    async def refuse(_: Any, *__: Any) -> Any:  # noqa: ANN401 - likewise
        raise ua.uaerrors.BadOutOfRange

    for name, kinds in (("SetSpeed", [ua.VariantType.UInt16]), ("Reset", []), ("Two", [1, 1])):
        given = [ua.VariantType(kind) for kind in kinds]
        await owner.add_method(ua.NodeId(name, space), f"{space}:{name}", take, given, [])
    await owner.add_method(
        ua.NodeId("Refuse", space), f"{space}:Refuse", refuse, [ua.VariantType.Double], []
    )
    shared = server.get_node(ua.NodeId("Reset", space))
    await other.add_reference(shared, ua.ObjectIds.HasComponent)
    speed = await owner.add_variable(
        ua.NodeId("Speed", space), f"{space}:Speed", 5, ua.VariantType.UInt16
    )
    await speed.set_writable()
    array = await owner.add_variable(ua.NodeId("Array", space), f"{space}:Array", [1.0, 2.0])
    await array.set_writable()


@contextlib.asynccontextmanager
async def session(there: Controller) -> AsyncIterator[Session]:
    """A session with the controller, whose memory of calls is empty."""
    there.reset()
    opened = await Session.open(Endpoint(url=there.url))
    try:
        yield opened
    finally:
        await opened.close()


def write(there: Controller, via: str, item: str, value: Value) -> list[Any]:
    """Write once; what methods were called with."""

    async def once() -> None:
        async with session(there) as opened:
            await opened.write(via, item.replace("ns=2", f"ns={there.space}"), value)

    run(once())
    return [each for each in there.seen.calls if isinstance(each, list)]


def test_a_method_takes_the_value_in_its_own_type(press: Controller) -> None:
    """The object is found from the method, and the number becomes the declared type."""
    assert write(press, "method", "ns=2;s=SetSpeed", 80.0) == [[80]]


def test_a_method_of_two_objects_needs_the_object(press: Controller) -> None:
    """`object|method` says which one; without it nothing is called."""
    with pytest.raises(WriteRefused, match="write `object"):
        write(press, "method", "ns=2;s=Reset", value=True)
    assert write(press, "method", "ns=2;s=Press|ns=2;s=Reset", value=True) == [[]]


@pytest.mark.parametrize(
    ("via", "item", "value"),
    [
        ("method", "ns=2;s=SetSpeed", 70_000.0),
        ("method", "ns=2;s=SetSpeed", "fast"),
        ("method", "ns=2;s=SetSpeed", 1.5),
        ("method", "ns=2;s=Two", True),
        ("method", "ns=2;s=Press|ns=2;s=Reset", 1.0),
        ("method", "ns=2;s=Nowhere", 1.0),
        ("method", "ns=2;s=Refuse", 1.0),
        ("node", "ns=2;s=Speed", -1.0),
        ("node", "ns=2;s=Array", 1.0),
    ],
)
def test_what_does_not_fit_is_refused(press: Controller, via: str, item: str, value: Value) -> None:
    """Out of the type's range, another type, another number of arguments: nothing is changed."""
    with pytest.raises(WriteRefused):
        write(press, via, item, value)
    assert [each for each in press.seen.calls if isinstance(each, list)] == []


def test_a_call_that_is_not_answered_is_unknown(press: Controller) -> None:
    """The connection breaks during the call: it is not known whether it ran."""

    async def broken() -> None:
        async with session(press) as opened:
            item = f"ns={press.space};s=SetSpeed"
            await opened.write("method", item, 60.0)
            press.manners.deaf = True
            with pytest.raises(WriteUnanswered):
                await opened.write("method", item, 61.0)

    run(broken())
