"""One NATS server for the tests of the bus that do not end it; each test has its own names."""

import asyncio
from collections.abc import Iterator

import pytest

from linewright.bus import NatsServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server that runs until the last test of the bus is over."""
    running = asyncio.run(NatsServer.start(tmp_path_factory.mktemp("bus")))
    yield running
    asyncio.run(running.stop())
