"""One session with a real OPC UA server."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from linewright.connectors.faults import LinkLost, WriteRefused
from linewright.connectors.opcua.session import Session
from linewright.connectors.sources import Endpoint, Point
from linewright.connectors.values import Heard
from linewright.plant import Address
from linewright.plant.records import Value
from tests.connectors.making import Machine, run, until

TAG = Address("nogales/shop/mills/mill#tag")


def points(*nodes: str) -> list[Point]:
    """Points of the mill."""
    return [Point(tag=TAG, item=node) for node in nodes]


def within(machine: Machine, what: Callable[[Session], Awaitable[None]]) -> None:
    """Do something in a session with the mill."""

    async def whole() -> None:
        await machine.reset()
        session = await Session.open(Endpoint(url=machine.url))
        try:
            await what(session)
        finally:
            await session.close()

    run(whole())


def test_every_change_is_heard_and_the_first_is_told_apart(machine: Machine) -> None:
    """Twenty changes within one publishing interval come one by one, in their order."""
    heard: list[Heard] = []

    async def listen(session: Session) -> None:
        refused = await session.subscribe(points("ns=2;s=Count", "ns=2;s=No", "n"), heard.append)
        assert refused == (1, 2)
        session.listen()
        await until(lambda: got(heard, 1))
        for number in range(1, 21):
            await machine.show("Count", number)
        await until(lambda: got(heard, 21))
        assert [value for each in heard for value in each.values] == list(range(21))
        firsts = [each.is_first for each in heard for _ in each.values]
        assert firsts == [True] + [False] * 20

    within(machine, listen)


async def got(heard: list[Heard], count: int) -> bool:
    """Whether so many values were heard."""
    return sum(len(each.values) for each in heard) >= count


def test_reading_gives_every_node_its_status(machine: Machine) -> None:
    """A node that is not there does not spoil the others."""

    async def read(session: Session) -> None:
        good, bad = await session.read(["ns=2;s=SpeedSet", "ns=2;s=No"])
        assert (good.value, good.status) == (100.0, 0)
        assert bad.status >> 30 == 2

    within(machine, read)


@pytest.mark.parametrize(
    ("node", "value"),
    [("SpeedSet", "fast"), ("SpeedSet", True), ("Count", 1.0), ("Automatic", 1.0), ("No", 1.0)],
)
def test_what_does_not_fit_or_may_not_be_written_is_refused(
    machine: Machine, node: str, value: Value
) -> None:
    """Another type, a node that is read only or missing leave the machine as it was."""

    async def write(session: Session) -> None:
        with pytest.raises(WriteRefused):
            await session.write("node", f"ns=2;s={node}", value)
        assert machine.writes == [] or node == "Count"

    within(machine, write)


def test_a_session_ends_when_its_connection_does(machine: Machine) -> None:
    """A dropped connection sets `lost`, and every further question is an error."""

    async def lose(session: Session) -> None:
        await session.subscribe(points("ns=2;s=Count"), lambda _: None)
        session.listen()
        machine.hang_up()
        async with asyncio.timeout(15):
            await session.lost.wait()
        with pytest.raises(LinkLost):
            await session.read(["ns=2;s=Count"])

    within(machine, lose)


def test_security_that_is_lacking_is_not_connected_without_it() -> None:
    """An endpoint that asks for encryption is not reached in the clear."""
    with pytest.raises(LinkLost, match="not supported"):
        run(Session.open(Endpoint(url="opc.tcp://127.0.0.1:1", security="Basic128Rsa15")))


def test_a_server_that_is_not_there_is_a_lost_link() -> None:
    """Nobody at the port is an error that says where."""
    with pytest.raises(LinkLost, match=r"opc\.tcp://127\.0\.0\.1:1"):
        run(Session.open(Endpoint(url="opc.tcp://127.0.0.1:1")))
