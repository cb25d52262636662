"""What the tests of the bus publish, and how they wait."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import msgspec

from linewright.bus import Bus, Message, NatsServer
from linewright.plant import Address
from linewright.plant.records import State, subject_of
from linewright.plant.records.examples import example

T = TypeVar("T")

SITE = "nogales"
LIMIT_S = 30.0


def run(what: Coroutine[Any, Any, T]) -> T:
    """Result of a coroutine, which must be there within `LIMIT_S`."""

    async def bounded() -> T:
        async with asyncio.timeout(LIMIT_S):
            return await what

    return asyncio.run(bounded())


def state(number: int, station: str = "mill") -> State:
    """The `number`-th of many records of a station."""
    one = example(State)
    address = Address(f"{SITE}/machining/bracket/{station}")
    return msgspec.structs.replace(one, id="", address=address, t_ns=one.t_ns + number)


def subject(station: str = "mill") -> str:
    """Subject of the records of a station."""
    return subject_of(state(0, station))


async def connected(server: NatsServer, name: str = "test") -> Bus:
    """Return a connection to the site of the tests."""
    return await Bus.connect(server.address, site=SITE, name=name)


async def gathered(messages: AsyncIterator[Message], count: int) -> list[Message]:
    """Return the next messages, without ending the reader."""
    return [await anext(messages) for _ in range(count)]
