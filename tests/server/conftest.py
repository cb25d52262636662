"""A NATS server of its own for each test: it starts in a tenth of a second."""

import asyncio
from collections.abc import Iterator

import pytest

from linewright.bus import NatsServer


@pytest.fixture
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server with nothing in it."""
    running = asyncio.run(NatsServer.start(tmp_path_factory.mktemp("bus")))
    yield running
    asyncio.run(running.stop())
